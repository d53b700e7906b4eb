// A site of one's own for the browser: set up by `cairn init`, served with a mail server that keeps what it is sent.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { program, run } from "./site.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const python = process.env.CAIRN_PYTHON
  ?? [join(here, "..", ".tools", "venv", "bin", "python")].find((path) => existsSync(path)) ?? "python3";

/** A port that was free a moment ago. */
export function freePort() {
  return new Promise((good, bad) => {
    const server = createServer();
    server.on("error", bad);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => good(port));
    });
  });
}

/** Waits until `look` gives something. */
export async function until(look, what, seconds = 20) {
  for (let n = 0; n < seconds * 10; n++) {
    const found = await look();
    if (found) return found;
    await new Promise((on) => setTimeout(on, 100));
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** A process that says when it is ready. */
function started(command, args, ready, options = {}) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], ...options });
  let log = "";
  const up = new Promise((good, bad) => {
    const late = setTimeout(() => bad(new Error(`${command} was not ready within 60 s:\n${log}`)), 60_000);
    const hear = (chunk) => {
      log += chunk;
      if (ready.test(log)) { clearTimeout(late); good(); }
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => { clearTimeout(late); bad(new Error(`${command} ended with ${code}:\n${log}`)); });
  });
  const end = (signal = "SIGINT") => new Promise((done) => {
    if (child.exitCode !== null) return done(child.exitCode);
    child.removeAllListeners("exit");
    child.on("exit", (code) => done(code));
    child.kill(signal);
    setTimeout(() => child.kill("SIGKILL"), 8_000).unref();
  });
  return up.then(() => ({ child, log: () => log, end }));
}

/** A mail server that keeps letters as JSON lines. */
export async function mailServer(temp) {
  const port = await freePort();
  const kept = join(temp, `letters-${port}.jsonl`);
  writeFileSync(kept, "");
  const server = await started(python, [join(here, "mail.py"), "--port", String(port), "--file", kept], /ready/i);
  const all = () => readFileSync(kept, "utf8").split("\n").filter(Boolean).map((line) => JSON.parse(line));
  /** The newest letter to an address whose subject or text fits. */
  const letter = (to, fits = /./) => until(
    () => all().reverse().find((one) => [one.to].flat().some((a) => a.toLowerCase().includes(to)) && (fits.test(one.subject) || fits.test(one.text))),
    `a letter to ${to} like ${fits}`,
  );
  return { port, all, letter, end: server.end, log: server.log };
}

/** The address in a letter that leads to a path of the site. */
export function linkIn(letter, path) {
  const found = new RegExp(`https?://[^\\s<>"]*${path}[^\\s<>"]*`).exec(letter.text);
  if (!found) throw new Error(`no ${path} in the letter “${letter.subject}”:\n${letter.text}`);
  return found[0];
}

/** A site that `cairn init` made and `cairn serve` serves. */
export async function openSite(temp, { smtp, org = "Harbour College", owner = "ada@harbour.example", more = [] } = {}) {
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const place = ["--database", `sqlite:${join(temp, "site.sqlite")}`, "--key-file", join(temp, "cairn.key"), "--base-url", base];
  const made = await run(["init", ...place, "--name", "Harbour badges", "--org", org, "--owner", owner], temp);
  if (made.code !== 0) throw new Error(`cairn init: ${made.code}\n${made.out}`);
  const link = new RegExp(`${base}/sign-in/\\S+`).exec(made.out)?.[0];
  if (!link) throw new Error(`cairn init printed no link:\n${made.out}`);
  const args = ["serve", ...place, "--listen", `127.0.0.1:${port}`, "--files", `file:${join(temp, "files")}`, ...more];
  if (smtp) args.push("--smtp", `smtp+plain://127.0.0.1:${smtp}`, "--mail-from", "Harbour badges <badges@harbour.example>");
  const serve = () => started(program, args, /Cairn is ready/, { cwd: temp });
  return { base, link, place, serve, slug: /issuers\/([a-z0-9-]+)/.exec(made.out)?.[1] };
}
