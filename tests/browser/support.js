// A service of its own, a browser, and people who use it.
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const program = process.env.PIXELPIM_PROGRAM ?? join(repository, "build/dev/pixelpim");
// The libraries are not in the source tree: ./test puts them there.
const require = createRequire(join(repository, "build/browser/"));
export const { chromium } = require("playwright-core");
export const axeSource = require("axe-core").source;
export const password = "correct horse battery staple";

// Below those that the system gives to connections: nobody gets it between its choice and its use.
async function freePort() {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 22_000);
    const isFree = await new Promise((resolve) => {
      const probe = createServer().once("error", () => resolve(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

export async function startService() {
  const folder = mkdtempSync(join(tmpdir(), "pixelpim-browser-"));
  chmodSync(folder, 0o755); // PostgreSQL runs as a user of its own
  const environment = { ...process.env, PIXELPIM_STATE: join(folder, "state") };
  const port = await freePort();
  const output = openSync(join(folder, "output.txt"), "a");
  const server = spawn(program, ["up", "--port", String(port)], { env: environment, stdio: ["ignore", output, output] });
  const url = `http://127.0.0.1:${port}`;
  await ready(url, server);
  let people = 0;
  return {
    url,
    // An account with a catalogue, and requests in its name.
    async person(role = "OWNER") {
      const email = `person-${++people}@shop.example`;
      const made = spawnSync(program, ["user", "add", email, "--password-stdin", "--role", role], { env: environment, input: `${password}\n` });
      if (made.status !== 0) throw new Error(`user add: ${made.stderr}`);
      const { token } = await (await fetch(`${url}/auth/login`, request("POST", { email, password }))).json();
      return { email, token, api: (method, path, body) => call(url + path, method, body, token) };
    },
    async stop() {
      const ended = new Promise((resolve) => server.once("exit", resolve));
      server.kill("SIGTERM");
      const code = await ended;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}

async function ready(url, server) {
  const end = Date.now() + 60_000;
  for (;;) {
    const isReady = await fetch(`${url}/health/ready`).then((answer) => answer.ok, () => false);
    if (isReady) return;
    if (server.exitCode !== null || Date.now() > end) throw new Error("the service did not start");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const request = (method, body, token) => ({
  method,
  headers: { ...(body && { "Content-Type": "application/json" }), ...(token && { Authorization: `Bearer ${token}` }) },
  body: body && JSON.stringify(body),
});

async function call(address, method, body, token) {
  const answer = await fetch(address, request(method, body, token));
  const found = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${JSON.stringify(found)}`);
  return found;
}

export const launch = () => chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });

// A page in which nothing may go wrong unseen: what it logs as an error is in `troubles`.
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("dialog", (dialog) => {
    page.troubles.push(`a script ran: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on("console", (message) => {
    // A refused request is told by the page itself.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.troubles.push(message.text());
  });
  return page;
}

export async function logIn(page, url, person) {
  await page.goto(url);
  await page.getByLabel("E-mail").fill(person.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.locator("nav.side").waitFor({ state: "attached" });
}

export const row = (page, name) => page.getByRole("row").filter({ hasText: name });
export const toast = (page, text) => page.getByRole("status", { name: "Messages" }).getByText(text);
