// A real browser on the running demo: the four steps, several ways. Each test gets a browser context of its own.
// `node run.mjs [words]` runs those whose name has the words in it. Exit code 1 when anything failed.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { browse, folder, run, shots, start } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };
const STATES = ["proven", "attested", "stale", "claimed", "missing"];
const tests = [];
const test = (name, options, act) => tests.push({ name, options, act });

test("the four steps with the sample", { viewport: WIDE }, async ({ page, shot }) => {
  await page.goto("/");
  await page.getByRole("button", { name: /^Try with/ }).click();
  await page.waitForURL("**/");
  for (const state of STATES) assert.ok(await page.locator(`.ad .m.${state}`).count() > 0, `nothing is ${state}`);
  const mark = page.locator(".ad .m.proven").first();
  const words = await mark.evaluate((node) => node.firstChild.textContent);
  await mark.click();
  const panel = page.locator("#why-panel");
  await panel.getByText(words, { exact: false }).first().waitFor();
  assert.match(await panel.innerText(), /Criterion[\s\S]*Result[\s\S]*Evidence/);
  await shot("sample-why", { whole: false });
  await page.keyboard.press("Escape");
  assert.ok(await mark.evaluate((node) => node === document.activeElement), "focus goes back to the passage");
  assert.ok(await page.locator(".badge").count() >= 6);
  const picture = page.locator(".badge img").first();
  assert.ok(await picture.evaluate((node) => node.decode().then(() => node.naturalWidth > 0)), "the picture loads");
  assert.ok(await page.locator(".path .stone").count() > 0, "the plan has steps");
  assert.match(await page.locator(".versus").innerText(), /The runner-up/);
  await page.getByLabel("Hours in all").fill("20");
  await page.getByRole("button", { name: "Plan again" }).click();
  await page.waitForURL("**/#plan");
  assert.match(await page.locator("#plan").innerText(), /Within 20 hours/);
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.waitForURL("**/s/*");
  assert.match(await page.locator("main").innerText(), /proves nothing by itself/);
  await shot("sample-share");
  const link = await page.getByLabel("Address of this page").inputValue();
  assert.equal(link, page.url());
});

test("what is shared verifies on the employer's side, offline", { viewport: WIDE }, async ({ page, temp }) => {
  await sample(page);
  await page.getByRole("button", { name: "Make the link" }).click();
  await page.waitForURL("**/s/*");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Download the proof" }).click()]);
  const file = join(temp, "proof.cairn.json");
  await download.saveAs(file);
  const checked = await run(["verify", "--offline", file], temp);
  assert.equal(checked.code, 0, checked.out);
  await page.goto("/verify");
  await page.getByLabel("Badge files").setInputFiles(file);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  assert.match(await page.locator("h1").innerText(), /genuine and current/i);
});

test("the four steps with uploaded files", { viewport: WIDE }, async ({ page, files, shot }) => {
  await page.goto("/");
  await page.getByLabel("Badge files").setInputFiles(files);
  assert.match(await page.locator("[data-chosen]").first().innerText(), /\d+ files/);
  await page.getByLabel(/Or paste: a badge/).fill("I use SQL every week and speak Spanish.");
  await page.getByLabel(/The address your badges/).fill("maya@learner.example");
  await page.getByRole("button", { name: "Check these" }).click();
  await page.waitForURL("**/#badges");
  assert.equal(await page.locator(".badge").count(), files.length + 1);
  await page.getByLabel("The whole ad").fill("Cloud engineer\n\nYou need AWS, SQL and project management. Kubernetes is a plus.");
  await page.getByRole("button", { name: "Read it", exact: true }).click();
  await page.locator(".ad .m").first().waitFor();
  assert.match(await page.locator(".whys").innerText(), /attested/);
  await page.getByLabel("Hours in all").fill("100");
  await page.getByLabel("Money in all").fill("500");
  await page.getByRole("button", { name: "Make a plan" }).click();
  await page.waitForURL("**/#plan");
  assert.ok(await page.locator(".path .stone").count() > 0, "the plan has steps");
  await shot("uploaded");
  await page.locator(".badge h3 a").first().click();
  await page.waitForURL("**/desk/badges/*");
  assert.equal(await page.locator(".ans").count(), 5);
});

test("files dropped on the page", { viewport: WIDE }, async ({ page, files }) => {
  await page.goto("/");
  const data = files.slice(0, 2).map((path) => ({ name: path.split("/").pop(), base64: readFileSync(path).toString("base64") }));
  await page.locator("[data-dropzone]").first().evaluate((zone, data) => {
    const transfer = new DataTransfer();
    for (const { name, base64 } of data) {
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }, data);
  await page.locator("[data-chosen]", { hasText: "2 files" }).first().waitFor();
  await page.getByRole("button", { name: "Check these" }).click();
  await page.waitForURL("**/#badges");
  assert.equal(await page.locator(".badge").count(), 2);
});

test("without a script", { viewport: WIDE, javaScriptEnabled: false }, async ({ page, files, shot }) => {
  await page.goto("/");
  await page.getByLabel("Badge files").setInputFiles(files[0]);
  await page.getByRole("button", { name: "Check these" }).click();
  assert.equal(await page.locator(".badge").count(), 1);
  await page.getByRole("button", { name: /^Cloud Engineer/ }).first().click();
  const mark = page.locator(".ad .m").first();
  const to = (await mark.getAttribute("href")).slice(1);
  await mark.click();
  assert.ok(page.url().endsWith(`#${to}`));
  assert.ok(await page.locator(`#${to}`).isVisible(), "the reason unfolds by itself");
  await shot("no-script", { whole: false });
  await page.getByLabel("Hours in all").fill("80");
  await page.getByRole("button", { name: /plan/i }).click();
  assert.match(await page.locator("#plan").innerText(), /This plan/);
  await page.getByRole("button", { name: "Make the link" }).click();
  assert.match(await page.locator("main").innerText(), /proves nothing by itself/);
  await page.goto("/verify");
  await page.getByLabel("Badge files").setInputFiles(files);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  assert.equal(await page.locator("section.verdict").count(), files.length);
});

test("at phone width", { viewport: PHONE, hasTouch: true, isMobile: true }, async ({ page, shot }) => {
  await page.goto("/");
  await shot("phone-home");
  await page.getByRole("button", { name: /^Try with/ }).tap();
  await page.locator(".ad .m").first().waitFor();
  await shot("phone-result");
  const mark = page.locator(".ad .m.stale").first();
  await mark.tap();
  await page.locator("#why-panel:not(.idle)").waitFor();
  const [of, panel] = [await mark.boundingBox(), await page.locator("#why-panel").boundingBox()];
  assert.ok(of.y + of.height <= panel.y, "what was chosen stays in sight above the panel");
  await shot("phone-why", { whole: false });
  for (const path of ["/", "/verify", "/catalogue", "/about", "/docs/api", "/desk/badges/0"]) {
    await page.goto(path);
    for (const width of [390, 360]) {
      await page.setViewportSize({ width, height: 844 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${path} is ${wide} wide on a screen of ${width}`);
    }
  }
});

test("by keyboard only", { viewport: WIDE }, async ({ page }) => {
  await page.goto("/");
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "Skip to the content");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Try with/);
  await page.keyboard.press("Enter");
  await page.locator(".ad .m").first().waitFor();
  await tabTo(page, /\(proven/);
  await page.keyboard.press("Enter");
  await page.locator("#why-panel:not(.idle)").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "why-panel");
  await page.keyboard.press("Escape");
  assert.match(await focused(page), /\(proven/);
  await tabTo(page, /Plan again/, 400);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/#plan");
  await tabTo(page, /Make the link/, 400);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/s/*");
});

test("searching the catalogue", { viewport: WIDE }, async ({ page, shot }) => {
  await page.goto("/catalogue");
  const all = await page.locator(".item:visible").count();
  await page.getByLabel("Search").pressSequentially("security");
  const some = await page.locator(".item:visible").count();
  assert.ok(some > 0 && some < all, `${some} of ${all}`);
  await page.getByLabel("Industry").selectOption({ index: 1 });
  await page.getByRole("button", { name: "Find" }).click();
  await page.waitForURL("**/catalogue?*q=security*");
  await shot("catalogue");
  await page.locator(".item h3 a").first().click();
  assert.ok(await page.locator("h1").innerText());
  await page.goto("/catalogue/roles/cloud-engineer");
  await shot("role");
  await page.getByRole("button", { name: "Hold my badges against it" }).click();
  assert.match(await page.locator("h1").innerText(), /proven|required/);
});

test("bad input gets a sentence", { viewport: WIDE }, async ({ page, temp }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Read it", exact: true }).click();
  assert.match(await page.locator("main").innerText(), /The ad is empty/);
  const broken = join(temp, "broken.json");
  writeFileSync(broken, "{ this is not JSON");
  await page.goto("/verify");
  await page.getByLabel("Badge files").setInputFiles(broken);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  assert.match(await page.locator("main").innerText(), /Could not be read|Counts as a claim/);
  await page.goto("/no/such/page");
  assert.match(await page.locator("main").innerText(), /no page at this address/);
});

for (const colorScheme of ["light", "dark"]) {
  for (const [name, viewport] of [["wide", WIDE], ["phone", PHONE]]) {
    test(`axe finds nothing, ${colorScheme}, ${name}`, { viewport, colorScheme, bypassCSP: true }, async ({ page, files, shot }) => {
      const found = [];
      const look = async (label) => {
        await shot(`${label}-${colorScheme}-${name}`);
        found.push(...(await faults(page, label)));
      };
      await page.goto("/");
      await look("home");
      await sample(page);
      await page.locator(".ad .m").first().click();
      found.push(...(await faults(page, "why")));
      await page.keyboard.press("Escape");
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      await look("result");
      for (const path of ["/desk/badges/0", "/verify", "/catalogue", "/catalogue/roles/cloud-engineer", "/about", "/docs/api", "/nowhere"]) {
        await page.goto(path);
        await look(path === "/desk/badges/0" ? "badge" : path.split("/").filter(Boolean).join("-"));
      }
      await page.goto("/catalogue");
      await page.goto(await page.locator('a[href^="/catalogue/offers/"]').first().getAttribute("href"));
      await look("offer");
      await page.goto("/verify");
      await page.getByLabel("Badge files").setInputFiles(files);
      await page.getByRole("button", { name: "Verify", exact: true }).click();
      await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
      await look("verified");
      await page.goto("/");
      await page.getByRole("button", { name: "Make the link" }).click();
      await page.waitForURL("**/s/*");
      await look("share");
      assert.equal(found.length, 0, `\n${found.join("\n")}`);
    });
  }
}

test("on paper", { viewport: WIDE }, async ({ page }) => {
  await sample(page);
  await page.emulateMedia({ media: "print" });
  assert.ok(!(await page.locator(".top nav").isVisible()) && !(await page.locator("#share").isVisible()));
  assert.ok(await page.locator(".ad").first().isVisible());
  writeFileSync(join(shots, "paper.pdf"), await page.pdf({ format: "A4" }));
});

async function sample(page) {
  await page.goto("/");
  await page.getByRole("button", { name: /^Try with/ }).click();
  await page.locator(".ad .m").first().waitFor();
}

/** What axe finds wrong on the page, one sentence each. */
async function faults(page, label) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const place = (node) => `\n    ${node.html.slice(0, 160)}\n      ${node.failureSummary.split("\n").slice(1, 2).join("").trim()}`;
  return found.violations.map((fault) => `${label}: ${fault.id}: ${fault.help}${fault.nodes.slice(0, 4).map(place).join("")}`);
}

const focused = (page) => page.evaluate(() => (document.activeElement.textContent || document.activeElement.value || "").trim());

async function tabTo(page, words, most = 200) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    if (words.test(await focused(page))) return;
  }
  assert.fail(`${words} was not reached within ${most} presses of Tab`);
}

/** Maya's badges as files, signed by the site under test. */
async function sampleFiles(base, temp) {
  const about = await (await fetch(`${base}/about`)).text();
  const paths = [...about.matchAll(/href="(\/samples\/maya\/[^"]+)"/g)].map((found) => found[1]);
  assert.ok(paths.length >= 6, `${paths.length} sample files`);
  return Promise.all(paths.map(async (path) => {
    const to = join(temp, path.split("/").pop());
    writeFileSync(to, Buffer.from(await (await fetch(base + path)).arrayBuffer()));
    return to;
  }));
}

async function main() {
  mkdirSync(shots, { recursive: true });
  const temp = folder();
  const site = await start();
  const files = await sampleFiles(site.base, temp);
  const browser = await browse();
  const chosen = tests.filter((one) => !process.argv[2] || one.name.includes(process.argv[2]));
  let failed = 0;
  for (const { name, options, act } of chosen) {
    const context = await browser.newContext({ baseURL: site.base, locale: "en-GB", ...options });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(`the script failed: ${error}`));
    page.on("console", (line) => {
      if (/Content Security Policy|Refused to/.test(line.text())) errors.push(line.text());
    });
    const shot = (label, { whole = true } = {}) => page.screenshot({ path: join(shots, `${label}.png`), fullPage: whole });
    try {
      await act({ page, files, temp, shot });
      assert.deepEqual(errors, []);
      console.log(`ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED  ${name}\n${String(error.stack ?? error).slice(0, 4000)}`);
      await page.screenshot({ path: join(shots, `failed-${failed}.png`) }).catch(() => {});
    }
    await context.close();
  }
  await browser.close();
  const code = await site.end();
  if (code !== 0) {
    failed += 1;
    console.log(`FAILED  the demo did not end as asked: exit code ${code}`);
  }
  console.log(`${chosen.length - Math.min(failed, chosen.length)} of ${chosen.length} browser tests passed`);
  process.exitCode = failed > 0 || chosen.length === 0 ? 1 : 0;
}

await main();
