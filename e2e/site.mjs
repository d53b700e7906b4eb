// The program under test, started on a free port, and a browser to look at it with.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
export const shots = join(here, "shots");

/** The program: CAIRN_BIN, else the debug build, else the release build. */
export const program = process.env.CAIRN_BIN
  ?? [join(target, "debug", "cairn"), join(target, "release", "cairn")].find((path) => existsSync(path));

/** Starts the demo; resolves to its address and a way to end it. */
export function start() {
  if (!program || !existsSync(program)) throw new Error(`no program at ${program}: build it first (cargo build)`);
  const child = spawn(program, ["demo", "--port", "0"], { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  return new Promise((good, bad) => {
    const late = setTimeout(() => bad(new Error(`the demo was not ready within 60 s:\n${log}`)), 60_000);
    const hear = (chunk) => {
      log += chunk;
      const ready = /Cairn is ready: (http:\/\/[^\s]+?)\/?\s/.exec(log);
      if (!ready) return;
      clearTimeout(late);
      good({ base: ready[1], log: () => log, end: () => ended(child) });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => bad(new Error(`the demo ended with ${code}:\n${log}`)));
  });
}

function ended(child) {
  return new Promise((done) => {
    child.removeAllListeners("exit");
    child.on("exit", (code) => done(code));
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), 5_000).unref();
  });
}

/** Runs the program to its end; resolves to its exit code and what it printed. */
export function run(args, cwd) {
  return new Promise((done) => {
    const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (out += chunk));
    child.on("exit", (code) => done({ code, out }));
  });
}

/** A browser that makes no connections of its own. */
export function browse() {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args });
}

/** A folder that goes when the tests end. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "cairn-e2e-"));
  process.on("exit", () => rmSync(path, { recursive: true, force: true }));
  return path;
}
