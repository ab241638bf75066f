// One Chromium, one page, and a watch over everything that page does.
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PATIENCE_MS = 15_000;

/** Reads `node SCRIPT BASE_URL SCREENSHOT_DIR`. */
export function readArguments() {
  const [base, shots] = process.argv.slice(2);
  if (!base || !shots) {
    console.error(`usage: node ${path.basename(process.argv[1])} BASE_URL SCREENSHOT_DIR`);
    process.exit(2);
  }
  return { base: new URL(base.endsWith("/") ? base : `${base}/`), shots: path.resolve(shots) };
}

/** Fails with both values when they differ. */
export function same(actual, expected, what) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${what}: expected ${right}, got ${left}`);
}

/** Fails unless `condition` holds. */
export function holds(condition, what) {
  if (!condition) throw new Error(what);
}

/** What a page did that no page of ours may do, and the notices a check expects. */
class Watch {
  constructor(hosts) {
    this.hosts = hosts;
    this.requests = 0;
    this.faults = [];
    this.expected = [];
  }

  /** The browser itself logs a refused request: say so before it happens. */
  expectNotice(words) {
    this.expected.push(words);
  }

  attach(context) {
    context.on("request", (request) => {
      this.requests += 1;
      const url = new URL(request.url());
      if (url.protocol !== "data:" && !this.hosts.includes(url.host)) this.faults.push(`request to ${url.href}`);
    });
    context.on("console", (message) => this.hear(message));
    context.on("weberror", (error) => this.faults.push(`page error: ${error.error().stack}`));
  }

  hear(message) {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const text = message.text();
    const notice = text.startsWith("Failed to load resource");
    const at = notice ? this.expected.findIndex((words) => text.includes(words)) : -1;
    if (at >= 0) this.expected.splice(at, 1);
    else this.faults.push(`console ${message.type()}: ${text} (${message.location().url})`);
  }

  verify() {
    if (this.faults.length > 0) throw new Error(this.faults.join("\n"));
    if (this.expected.length > 0) throw new Error(`never logged: ${this.expected.join(", ")}`);
  }
}

/** Opens a context whose every request, console line and violation is watched. */
export async function openContext(browser, watch, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  watch.attach(context);
  await context.exposeBinding("reportViolation", (_source, words) => {
    watch.faults.push(`policy violation: ${words}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      globalThis.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`);
    });
  });
  return context;
}

/**
 * Runs the checks in order, one line each, and exits with 1 at the first that fails. `elsewhere` maps
 * the hosts beside `base` that the page may speak to to the addresses where they are.
 */
export async function run(base, shots, checks, elsewhere = {}) {
  await mkdir(shots, { recursive: true });
  const rules = Object.entries(elsewhere).map(([host, address]) => `MAP ${host}:80 ${address}`);
  const args = rules.length > 0 ? [...FLAGS, `--host-resolver-rules=${rules.join(", ")}`] : FLAGS;
  const browser = await chromium.launch({ executablePath: EXECUTABLE, headless: true, args });
  const watch = new Watch([base.host, ...Object.keys(elsewhere)]);
  let failed = false;
  try {
    const context = await openContext(browser, watch);
    const page = await context.newPage();
    const at = (name) => path.join(shots, name);
    for (const [name, check] of checks) {
      try {
        await check({ base, browser, context, page, watch, at });
        // A round trip through the page, so that what it logged has arrived.
        await page.evaluate(() => new Promise((done) => setTimeout(done, 50)));
        watch.verify();
        console.log(`ok    ${name}`);
      } catch (error) {
        console.log(`FAIL  ${name}\n${error.stack}`);
        for (const fault of watch.faults) console.log(`      ${fault}`);
        await page.screenshot({ path: at("failed.png"), fullPage: true }).catch(() => {});
        failed = true;
        break;
      }
    }
    holds(failed || watch.requests > 0, "no request was seen: the watch is blind");
  } finally {
    await browser.close();
  }
  process.exit(failed ? 1 : 0);
}

/** Opens a page and holds its Content-Security-Policy against the contract. */
export async function openUnderPolicy(page, url, formAction, connect = "'self'") {
  const response = await page.goto(url.href, { waitUntil: "load" });
  same(response.status(), 200, `status of ${url.pathname}`);
  const policy = response.headers()["content-security-policy"] ?? "";
  const directives = policy.split(";").map((part) => part.trim()).filter(Boolean).sort();
  same(directives, [
    "base-uri 'none'",
    `connect-src ${connect}`,
    "default-src 'none'",
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "img-src 'self' data:",
    "script-src 'self'",
    "style-src 'self'",
  ], `policy of ${url.pathname}`);
}

/** Fetches every file that the page names: each must be there, as what it is. */
export async function filesAnswer(page, count) {
  const named = await page.locator("link[href], script[src]").evaluateAll((nodes) =>
    nodes.map((node) => node.href || node.src).filter((address) => !address.startsWith("data:")));
  same(named.length, count, "number of files");
  for (const address of named) {
    const response = await page.request.get(address);
    const type = response.headers()["content-type"] ?? "";
    const wanted = { css: "text/css", js: "text/javascript", png: "image/png" }[address.split(".").pop()];
    same([response.status(), type.split(";")[0]], [200, wanted], address);
  }
}
