// The issuing side in a real browser, one act per role: an owner invites, an issuer publishes, a learner asks with
// evidence, an assessor decides, letters arrive, a badge is claimed with another address, an employer verifies, the
// issuer revokes, a second version follows. The acts build on one another; what fails stops the story.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { linkIn, mailServer, openSite } from "./office.mjs";
import { browse, folder, run, shots } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const acts = [];
const act = (name, does) => acts.push({ name, does });
/** What one act leaves to the next. */
const kept = {};

act("the owner signs in by the link that init printed", async ({ site, person }) => {
  const ada = await person("ada");
  await ada.goto(site.link);
  const name = ada.getByLabel("Your name");
  if (await name.count()) await name.fill("Ada Owner");
  await ada.getByRole("button", { name: "Sign in" }).click();
  await ada.goto("/account");
  assert.match(await ada.locator("main").innerText(), /ada@harbour\.example/);
  await ada.getByRole("link", { name: "Harbour College" }).first().click();
  await ada.waitForURL("**/org/*");
  kept.slug = new URL(ada.url()).pathname.split("/")[2];
  await look(ada, "org-overview");
});

act("the owner invites an issuer and an assessor; letters arrive", async ({ person, mail }) => {
  const ada = await person("ada");
  for (const [email, role] of [["ines@harbour.example", "issuer"], ["amir@harbour.example", "assessor"]]) {
    await ada.goto(`/org/${kept.slug}/people`);
    await ada.getByLabel("Their e-mail address").fill(email);
    await ada.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
    await ada.getByRole("button", { name: "Send the invitation" }).click();
    await ada.getByText(email).first().waitFor();
  }
  await look(ada, "org-people");
  for (const [key, email, name] of [["ines", "ines@harbour.example", "Ines Issuer"], ["amir", "amir@harbour.example", "Amir Assessor"]]) {
    const letter = await mail.letter(email);
    const page = await person(key);
    await page.goto(linkIn(letter, "/invitations/"));
    await look(page, "invitation");
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Accept" }).click();
    await page.goto(`/org/${kept.slug}/achievements`);
    assert.equal(await page.getByRole("heading", { level: 1 }).first().innerText(), "Achievements", `${key} is inside`);
  }
});

act("the issuer writes an achievement, sees the review, publishes, opens it for requests", async ({ person }) => {
  const ines = await person("ines");
  await ines.goto(`/org/${kept.slug}/achievements/new`);
  await ines.getByLabel("Name", { exact: true }).first().fill("Water quality testing");
  await ines.getByLabel("Description").fill("Takes samples of drinking water, tests them, and says what the results mean.");
  if (!(await ines.getByLabel("Criterion 1").count())) await ines.getByRole("button", { name: "Add a criterion" }).click();
  await ines.getByLabel("Criterion 1").fill("Takes a sample without spoiling it");
  await ines.locator('[name="c0-levels"]').fill("beginning\nproficient\nexpert");
  await ines.locator('[name="c0-required"]').fill("proficient");
  await ines.getByRole("button", { name: "Ask for evidence" }).click();
  await ines.getByLabel("Evidence 1").fill("A report of a test of your own");
  await ines.locator('[name="e0-required"]').check();
  await ines.locator('[name="q"]').fill("water quality");
  await ines.getByRole("button", { name: "Search", exact: true }).click();
  await ines.locator(".found button").first().click();
  await look(ines, "achievement-editor");
  await ines.getByRole("button", { name: "Save and review" }).click();
  await ines.waitForURL("**/review");
  await look(ines, "achievement-review");
  await ines.getByRole("button", { name: /^Publish version 1/ }).click();
  await ines.waitForURL(/\/achievements\/[0-9a-f-]+$/);
  kept.achievement = new URL(ines.url()).pathname.split("/").pop();
  await ines.getByRole("button", { name: "Open for requests" }).click();
  await ines.getByText(`/ask/${kept.achievement}`).first().waitFor();
  await look(ines, "achievement");
  await ines.goto(`/achievements/${kept.achievement}/1`);
  await look(ines, "achievement-public");
});

act("a learner asks with evidence", async ({ person, mail }) => {
  const lena = await person("lena");
  await signIn(lena, mail, "lena@uni.example", "Lena Learner", `/ask/${kept.achievement}`);
  await lena.goto(`/ask/${kept.achievement}`);
  await look(lena, "ask");
  await lena.getByRole("button", { name: "Begin" }).click();
  await lena.waitForURL("**/home/requests/*");
  kept.mine = new URL(lena.url()).pathname;
  const report = join(kept.temp, "report.txt");
  writeFileSync(report, "Nitrate 12 mg/l, well below the limit of 50 mg/l.\n");
  await lena.getByLabel(/^A file/).setInputFiles(report);
  await lena.getByRole("button", { name: "Add it" }).click();
  await lena.getByText("report.txt").first().waitFor();
  await lena.getByLabel(/Anything you want to say/).fill("I tested the well of our garden.");
  await look(lena, "request-mine");
  await lena.getByRole("button", { name: "Send it", exact: true }).click();
  await lena.getByText("I tested the well of our garden.").first().waitFor();
});

act("the assessor sends it back, then awards it; letters arrive", async ({ person, mail }) => {
  const [amir, lena] = [await person("amir"), await person("lena")];
  await amir.goto(`/org/${kept.slug}/requests`);
  await look(amir, "requests");
  await amir.getByRole("link", { name: /Lena Learner/ }).click();
  await amir.getByText("report.txt").first().waitFor();
  await look(amir, "request");
  await amir.getByLabel("Words to the learner").fill("Please say on which day you took the sample.");
  await amir.getByRole("button", { name: "Send it back" }).click();
  await mail.letter("lena@uni.example", /which day/);
  await lena.goto(kept.mine);
  await lena.getByLabel(/Anything you want to say/).fill("I tested the well of our garden on 3 November.");
  await lena.getByRole("button", { name: "Send it", exact: true }).click();
  await amir.goto(`/org/${kept.slug}/requests`);
  await amir.getByRole("link", { name: /Lena Learner/ }).click();
  await amir.getByRole("radio", { name: /^expert/ }).check();
  await amir.getByRole("button", { name: "Award it" }).click();
  await amir.getByText(/It was awarded/).first().waitFor();
  await amir.goto(`/org/${kept.slug}/awards`).catch(() => {});
  await mail.letter("lena@uni.example", /\/(claim|credentials)\//);
});

act("the learner finds it at home", async ({ person }) => {
  const lena = await person("lena");
  await lena.goto("/home");
  await lena.getByRole("link", { name: "Water quality testing" }).first().waitFor();
  await look(lena, "wallet");
  await lena.getByRole("heading", { name: "Water quality testing" }).getByRole("link").click();
  await lena.waitForURL("**/credentials/*");
  kept.credential = new URL(lena.url()).pathname;
  await look(lena, "credential");
});

act("an employer verifies it without an account: page, files, certificate", async ({ site, person, temp }) => {
  const eve = await person("eve");
  await eve.goto(kept.credential);
  assert.match(await eve.locator("main").innerText(), /Lena Learner/);
  for (const [end, kind] of [[".json", "json"], ["/badge.png", "png"], ["/badge.svg", "svg"], [".jwt", "jwt"], ["/certificate.pdf", "pdf"]]) {
    const answer = await fetch(site.base + kept.credential + end);
    assert.equal(answer.status, 200, `${end}: ${answer.status}`);
    const file = join(temp, `badge.${kind}`);
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
    if (kind === "pdf") {
      assert.equal(readFileSync(file).subarray(0, 5).toString(), "%PDF-");
      continue;
    }
    await eve.goto("/verify");
    await eve.getByLabel("Badge files").setInputFiles(file);
    await eve.getByRole("button", { name: "Verify", exact: true }).click();
    assert.match(await eve.locator("h1").innerText(), /genuine and current/i, `${kind} verifies`);
  }
});

act("the issuer awards directly, and says why", async ({ person, mail }) => {
  const ines = await person("ines");
  await ines.goto(`/org/${kept.slug}/awards/new?achievement=${kept.achievement}`);
  await look(ines, "award-new");
  await ines.getByLabel(/^Name/).fill("Omar Oder");
  await ines.getByLabel("E-mail address").fill("omar@harbour.example");
  await ines.getByRole("radio", { name: /^proficient/ }).check();
  await ines.getByLabel("Why do you award it?").fill("Shown in the laboratory under my eyes.");
  await ines.getByRole("button", { name: "Look at it first" }).click();
  await ines.getByText("This is what will be signed").waitFor();
  await look(ines, "award-preview");
  await ines.getByRole("button", { name: "Sign and award" }).first().click();
  await ines.waitForURL(/\/awards\/[A-Za-z0-9]+/);
  await look(ines, "award");
  kept.claim = linkIn(await mail.letter("omar@harbour.example", /\/claim\//), "/claim/");
  const page = ines.url().split("?")[0];
  await ines.goto(`${page}/why`);
  assert.match(await ines.locator("main").innerText(), /laboratory/);
  await look(ines, "award-why");
  kept.award = page;
});

act("the badge is claimed by an account with another address", async ({ person, mail }) => {
  const other = await person("other");
  await signIn(other, mail, "omar@home.example", "Omar Order", "/home");
  await other.goto(kept.claim);
  await look(other, "claim");
  await other.getByRole("button", { name: "Make it mine" }).click();
  await other.goto("/home");
  await other.getByRole("link", { name: "Water quality testing" }).first().waitFor();
});

act("the issuer corrects a name: a new credential takes the old one's place", async ({ person }) => {
  const ines = await person("ines");
  await ines.goto(kept.award);
  await ines.locator("summary", { hasText: "Correct the name" }).click();
  await ines.getByLabel("The right name").fill("Omar Order");
  await ines.getByRole("button", { name: "Correct it" }).click();
  await ines.getByRole("heading", { name: "Omar Order" }).waitFor();
});

act("the issuer revokes; whoever looks is told why", async ({ site, person, temp }) => {
  const [ines, eve] = [await person("ines"), await person("eve")];
  const id = kept.credential.split("/").pop();
  await ines.goto(`/org/${kept.slug}/awards/${id}`);
  await ines.locator("summary", { hasText: /^Revoke/ }).click();
  await ines.getByRole("radio").first().check();
  await ines.getByRole("button", { name: /^Revoke/ }).click();
  await ines.getByText(/revoked/i).first().waitFor();
  await eve.goto(kept.credential);
  assert.match(await eve.locator("main").innerText(), /revoked/i);
  await look(eve, "credential-revoked");
  const file = join(temp, "badge.json");
  await eve.goto("/verify");
  await eve.getByLabel("Badge files").setInputFiles(file);
  await eve.getByRole("button", { name: "Verify", exact: true }).click();
  assert.match(await eve.locator("main").innerText(), /revoked/i);
});

act("version 2 with a changed criterion stands beside version 1", async ({ person }) => {
  const ines = await person("ines");
  await ines.goto(`/org/${kept.slug}/achievements/${kept.achievement}/edit`);
  await ines.getByLabel("Criterion 1").fill("Takes a sample without spoiling it, and writes down where and when");
  await ines.getByRole("button", { name: "Save and review" }).click();
  await ines.waitForURL("**/review");
  assert.match(await ines.locator("main").innerText(), /where and when/);
  await look(ines, "achievement-diff");
  await ines.getByRole("button", { name: /^Publish version 2/ }).click();
  await ines.waitForURL(/\/achievements\/[0-9a-f-]+$/);
  await ines.goto(`/achievements/${kept.achievement}/1`);
  assert.match(await ines.locator("main").innerText(), /superseded/i);
});

act("a list of many: what is wrong is said, the rest is awarded, all of it undone", async ({ person }) => {
  const ines = await person("ines");
  const list = join(kept.temp, "list.csv");
  const rows = Array.from({ length: 12 }, (_, n) => `Learner ${n},learner${n}@harbour.example,expert`);
  writeFileSync(list, `name,email,result:KEY\n${rows.join("\n")}\nNobody,not an address,expert\n`.replace("KEY", kept.criterion ?? "takes-a-sample-without-spoiling"));
  await ines.goto(`/org/${kept.slug}/batches`);
  const template = await (await ines.request.get(`/org/${kept.slug}/batches/template.csv`)).text();
  const column = /result:[a-z0-9-]+/.exec(template)?.[0];
  if (column) writeFileSync(list, readFileSync(list, "utf8").replace(/result:[a-z0-9-]+/, column));
  await ines.getByLabel(/^The file/).setInputFiles(list);
  await ines.getByRole("button", { name: "Check the file" }).click();
  await ines.waitForURL("**/batches/*");
  await ines.getByRole("button", { name: /^Award the 12 good rows/ }).waitFor({ timeout: 30_000 });
  await look(ines, "batch-checked");
  assert.match(await ines.locator("main").innerText(), /not an address/);
  await ines.getByRole("button", { name: /^Award the 12 good rows/ }).click();
  await ines.getByText("Undo this batch").waitFor({ timeout: 60_000 });
  await look(ines, "batch-done");
  await ines.getByText("Undo this batch").click();
  await ines.getByRole("button", { name: /^Revoke all 12/ }).click();
  await ines.getByText(/undone|revoked/i).first().waitFor({ timeout: 60_000 });
});

act("the owner looks at keys, audit, tokens, settings; the world at the issuer", async ({ person }) => {
  const ada = await person("ada");
  for (const [path, label] of [["keys", "keys"], ["audit", "audit"], ["tokens", "tokens"], ["settings", "settings"], ["awards", "awards"], ["frameworks", "org-frameworks"], ["single-sign-on", "sso"]]) {
    const answer = await ada.goto(`/org/${kept.slug}/${path}`);
    assert.equal(answer.status(), 200, path);
    await look(ada, label);
  }
  await ada.goto(`/org/${kept.slug}/audit`);
  assert.match(await ada.locator("main").innerText(), /revoke/i);
  for (const [path, label] of [["/account", "account"], [`/issuers/${kept.slug}`, "issuer"], ["/issuers", "issuers"], ["/frameworks", "frameworks"], ["/home", "wallet-empty"]]) {
    assert.equal((await ada.goto(path)).status(), 200, path);
    await look(ada, label);
  }
});

act("somebody of another organisation sees nothing of it", async ({ person, mail }) => {
  const mallory = await person("mallory");
  await signIn(mallory, mail, "mallory@elsewhere.example", "Mallory", "/home");
  for (const path of ["", "/achievements", "/awards", "/requests", "/people", "/keys", "/audit", "/batches", "/tokens", "/settings"]) {
    const answer = await mallory.goto(`/org/${kept.slug}${path}`);
    assert.equal(answer.status(), 404, path);
  }
});

act("a learner takes everything along and leaves; the badge still verifies as genuine", async ({ person, temp }) => {
  const other = await person("other");
  const [download] = await Promise.all([other.waitForEvent("download"), other.goto("/home/export").catch(() => {})]);
  await download.saveAs(join(temp, "everything"));
  await other.goto("/account/leave");
  await look(other, "leave");
});

/** Signs somebody in by the link in a letter. */
async function signIn(page, mail, email, name, next) {
  await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
  await page.getByLabel("Your e-mail address").fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const letter = await mail.letter(email, /\/sign-in\//);
  await page.goto(linkIn(letter, "/sign-in/"));
  const field = page.getByLabel("Your name");
  if (await field.count()) await field.fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in/"));
}

const faults = [];

/** A page at both widths: pictures to look at, nothing wider than the window, and no violation of axe. */
async function look(page, label) {
  for (const [width, viewport] of [["wide", WIDE], ["phone", PHONE]]) {
    await page.setViewportSize(viewport);
    await page.screenshot({ path: join(shots, `office-${label}-${width}.png`), fullPage: true });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 1) faults.push(`${label} ${width}: ${over} px wider than the window`);
    await page.evaluate(axe);
    const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
    for (const fault of found.violations) {
      faults.push(`${label} ${width}: ${fault.id}: ${fault.help}\n    ${fault.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join("\n    ")}`);
    }
  }
  await page.setViewportSize(WIDE);
}

async function main() {
  mkdirSync(shots, { recursive: true });
  const temp = folder();
  kept.temp = temp;
  const mail = await mailServer(temp);
  const site = await openSite(temp, { smtp: mail.port });
  const server = await site.serve();
  const browser = await browse();
  const people = new Map();
  const errors = [];
  const person = async (name) => {
    if (!people.has(name)) {
      const context = await browser.newContext({ baseURL: site.base, locale: "en-GB", viewport: WIDE, bypassCSP: true });
      context.setDefaultTimeout(15_000);
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(`${name}: the script failed: ${error}`));
      page.on("response", (answer) => { if (answer.status() >= 500) errors.push(`${name}: ${answer.status()} at ${answer.url()}`); });
      people.set(name, page);
    }
    return people.get(name);
  };
  let passed = 0;
  for (const { name, does } of acts) {
    try {
      await does({ site, mail, person, temp });
      assert.deepEqual(errors.splice(0), []);
      assert.deepEqual(faults.splice(0), []);
      passed += 1;
      console.log(`ok      ${name}`);
    } catch (error) {
      console.log(`FAILED  ${name}\n${String(error.stack ?? error).slice(0, 4000)}`);
      for (const [who, page] of people) await page.screenshot({ path: join(shots, `failed-office-${who}.png`) }).catch(() => {});
      if (!process.env.GO_ON) break;
    }
  }
  await browser.close();
  const code = await server.end();
  await mail.end("SIGTERM");
  if (code !== 0) console.log(`FAILED  the site did not end as asked: exit code ${code}\n${server.log().slice(-2000)}`);
  console.log(`${passed} of ${acts.length} acts of issuing passed`);
  process.exitCode = passed === acts.length && code === 0 ? 0 : 1;
}

await main();
