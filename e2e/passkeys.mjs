// Passkeys with a virtual authenticator (over the DevTools protocol): add one, sign in with it, refuse what is not it,
// remove it. Exit code 1 when anything failed.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { openSite } from "./office.mjs";
import { browse, folder, shots } from "./site.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const temp = folder();
mkdirSync(shots, { recursive: true });
const site = await openSite(temp);
const running = await site.serve();
const browser = await browse();
// axe is put into the page by the test, which the site's own policy would not let happen
const context = await browser.newContext({ baseURL: site.base, locale: "en-GB", bypassCSP: true, viewport: { width: 1280, height: 900 } });
context.setDefaultTimeout(15_000);
const page = await context.newPage();
const errors = [];
page.on("pageerror", (error) => errors.push(String(error)));
let failed = 0;

async function step(name, act) {
  try {
    await act();
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${String(error.stack ?? error).slice(0, 3000)}`);
    await page.screenshot({ path: join(shots, `failed-passkeys-${failed}.png`) }).catch(() => {});
  }
}

async function faults() {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return found.violations.map((fault) => `${fault.id}: ${fault.help} ${fault.nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`);
}

const protocol = await context.newCDPSession(page);
await protocol.send("WebAuthn.enable");
const addAuthenticator = async () => (await protocol.send("WebAuthn.addVirtualAuthenticator", {
  options: {
    protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true,
    isUserVerified: true, automaticPresenceSimulation: true,
  },
})).authenticatorId;
let authenticator = await addAuthenticator();
const keys = async () => (await protocol.send("WebAuthn.getCredentials", { authenticatorId: authenticator })).credentials;
const signOut = () => context.clearCookies();
const signInByPasskey = async () => {
  await page.goto("/sign-in");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
};
let stolen;

await step("the owner signs in by the printed link", async () => {
  await page.goto(site.link);
  const name = page.getByLabel("Your name");
  if (await name.isVisible()) await name.fill("Ada Harbour");
  await page.locator("main form button").first().click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
});

await step("a passkey is added", async () => {
  await page.goto("/account/passkeys");
  assert.match(await page.locator("main").innerText(), /You have no passkey yet/);
  await page.screenshot({ path: join(shots, "passkeys-none.png"), fullPage: true });
  await page.getByLabel("What you call it").fill("My phone <b>");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.locator(".keys-list li").waitFor();
  assert.match(await page.locator(".keys-list").innerText(), /My phone <b>[\s\S]*not used yet/);
  await page.screenshot({ path: join(shots, "passkeys-one.png"), fullPage: true });
  const [made] = await keys();
  assert.equal(made.rpId, "localhost");
  assert.ok(made.isResidentCredential && made.userHandle, "it is found without a name");
  assert.deepEqual(await faults(), []);
});

await step("the same device is not added twice", async () => {
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await page.getByText("has a passkey for your account already").waitFor();
});

await step("it signs in, and says when", async () => {
  await signOut();
  await signInByPasskey();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.goto("/account/passkeys");
  assert.match(await page.locator(".keys-list").innerText(), /last used/);
  stolen = (await keys())[0];
});

await step("it leads to where one wanted to go, on this site only", async () => {
  await signOut();
  await page.goto("/sign-in?next=%2Faccount%2Fpasskeys");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL("**/account/passkeys");
});

await step("a copy that counts fewer uses is refused", async () => {
  await signOut();
  await protocol.send("WebAuthn.removeCredential", { authenticatorId: authenticator, credentialId: stolen.credentialId });
  await protocol.send("WebAuthn.addCredential", { authenticatorId: authenticator, credential: { ...stolen, signCount: 0 } });
  await signInByPasskey();
  await page.getByText("counts fewer uses").waitFor();
});

await step("an exchange is finished once", async () => {
  const answer = await page.evaluate(async () => {
    const post = (address, body) => fetch(address, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    await post("/sign-in/passkey/begin", {});
    const first = await post("/sign-in/passkey/finish", { credential: {} });
    const second = await post("/sign-in/passkey/finish", { credential: {} });
    return [first.status, (await first.json()).code, second.status, (await second.json()).code];
  });
  assert.deepEqual(answer, [422, "passkey-refused", 422, "over"]);
});

await step("whoever is not verified by the device is not let in", async () => {
  await protocol.send("WebAuthn.addCredential", { authenticatorId: authenticator, credential: { ...stolen, signCount: 100 } }).catch(() => {});
  await protocol.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: false });
  await signInByPasskey();
  await page.locator("[data-passkey-says]:not([hidden])").waitFor();
  assert.ok(page.url().includes("/sign-in"));
  await protocol.send("WebAuthn.setUserVerified", { authenticatorId: authenticator, isUserVerified: true });
});

await step("removed, it opens nothing", async () => {
  await protocol.send("WebAuthn.clearCredentials", { authenticatorId: authenticator });
  await protocol.send("WebAuthn.addCredential", { authenticatorId: authenticator, credential: { ...stolen, signCount: 200 } });
  await signInByPasskey();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  await page.goto("/account/passkeys");
  await page.getByRole("button", { name: /^Remove/ }).click();
  await page.getByText("You have no passkey yet").waitFor();
  await signOut();
  await signInByPasskey();
  await page.getByText("does not know this passkey").waitFor();
  assert.deepEqual(await faults(), []);
  await page.screenshot({ path: join(shots, "passkeys-sign-in.png"), fullPage: true });
});

await step("without a script there is the way by letter", async () => {
  const plain = await browser.newContext({ baseURL: site.base, javaScriptEnabled: false });
  const other = await plain.newPage();
  await other.goto("/sign-in");
  assert.ok(!(await other.getByRole("button", { name: "Sign in with a passkey" }).isVisible()));
  assert.ok(await other.getByRole("button", { name: "Send me a link" }).isVisible());
  await plain.close();
});

await step("no script failed", async () => assert.deepEqual(errors, []));
await browser.close();
await running.end();
process.exitCode = failed > 0 ? 1 : 0;
