// The pages beside the sign-in page: what each of them asks, keeps, sends and says, without any mail.
// node pages.mjs BASE_URL SCREENSHOT_DIR, against `portcullis serve --demo`.
import { LOOKS, audit } from "./audit.mjs";
import { filesAnswer, holds, openContext, openUnderPolicy, readArguments, run, same } from "./browser.mjs";

const { base, shots } = readArguments();
const TOKEN = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const at = (path) => new URL(path, base);
const field = (page, label) => page.getByLabel(label, { exact: true });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const told = (page, words) => page.getByRole("alert").filter({ hasText: words }).waitFor();
const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");
const fault = (page, name) => page.locator(`#${name}-fault`).innerText();

const LINKED = [
  ["verify-email", "Confirm your e-mail address", "Confirm the address"],
  ["reset-password", "Choose a password", "Set the password"],
  ["confirm-email", "Confirm your new e-mail address", "Confirm the new address"],
  ["invitation", "You are invited", "Create the account"],
];
const ASKING = [
  ["register", "Create an account", "Create the account"],
  ["forgot-password", "Forgot the password?", "Send the mail"],
];

async function openByLink(page, path) {
  // The same page with another fragment would not be loaded again.
  await page.goto("about:blank");
  await openUnderPolicy(page, at(`${path}#token=${TOKEN}`), "'self'");
}

async function fillInvitation(page, password) {
  await openByLink(page, "invitation");
  await field(page, "Username").fill("grace");
  await field(page, "Password").fill(password);
}

const links = [
  ["every page opens under the policy, with a title, and loads two files of ours", async ({ page }) => {
    for (const [path, title, words] of [...LINKED, ...ASKING]) {
      await openByLink(page, path);
      same(await page.title(), `${title} · Portcullis`, path);
      await heading(page, title).waitFor();
      holds(await button(page, words).isEnabled(), `${path}: the button is awake`);
      await filesAnswer(page, 2);
    }
  }],
  ["a link's secret leaves the address at once, is kept nowhere, and sends nothing by itself", async ({ page, context }) => {
    for (const [path] of LINKED) {
      const sent = [];
      const hear = (request) => sent.push([request.method(), request.url()]);
      page.on("request", hear);
      await openByLink(page, path);
      await page.waitForLoadState("networkidle");
      page.off("request", hear);
      same(page.url(), at(path).href, "the address");
      same(await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie, document.referrer]), [0, 0, "", ""], "kept");
      holds(!(await page.content()).includes(TOKEN), `${path}: the secret is in the document`);
      same(await page.evaluate(() => JSON.stringify(history.state)), "null", "history");
      same(sent.filter(([method, url]) => method !== "GET" || url.includes(TOKEN) && !url.includes("#")), [], "requests");
      same(await context.cookies(), [], "cookies");
    }
  }],
  ["going back does not bring the secret back", async ({ page }) => {
    await openByLink(page, "reset-password");
    await page.getByRole("link", { name: "Sign in" }).click();
    await heading(page, "Sign in").waitFor();
    await page.goBack();
    await heading(page, "Another link is needed").waitFor();
    same(page.url(), at("reset-password").href, "the address");
    await told(page, "The address is not complete");
  }],
  ["a page that the browser keeps for its Back button keeps nothing", async ({ page }) => {
    await openByLink(page, "reset-password");
    await field(page, "New password").fill("eleven purple kites");
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await heading(page, "Another link is needed").waitFor();
    same(await page.locator("#new_password").inputValue(), "", "the password");
  }],
  ["a page without a link says what to do, and so does one whose link is wrong", async ({ page, watch, at: shot }) => {
    for (const [path, , words] of LINKED) {
      await page.goto(at(path).href);
      await heading(page, "Another link is needed").waitFor();
      await told(page, "The address is not complete");
      watch.expectNotice("400");
      if (path === "invitation") await fillInvitation(page, "eleven purple kites");
      else await openByLink(page, path);
      if (path === "reset-password") await field(page, "New password").fill("eleven purple kites");
      await button(page, words).click();
      await told(page, "This link does not work, or no longer: each works once, and for a while.");
      await heading(page, "Another link is needed").waitFor();
      same(await focused(page), "heading", "focus");
      await page.screenshot({ path: shot(`${path}-over.png`) });
    }
    await page.goto(at("reset-password").href);
    await page.getByRole("link", { name: "Ask for a new link" }).click();
    await heading(page, "Forgot the password?").waitFor();
  }],
  ["another link in the same tab is taken, too", async ({ page }) => {
    await page.goto(at("reset-password").href);
    await heading(page, "Another link is needed").waitFor();
    await page.goto(at(`reset-password#token=${TOKEN}`).href);
    await heading(page, "Choose a password").waitFor();
    same(page.url(), at("reset-password").href, "the address");
    same(await page.getByRole("alert").innerText(), "", "no complaint");
  }],
  ["no page can be put into a frame", async ({ browser }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    for (const [path] of [...LINKED, ...ASKING, [""]]) {
      await page.setContent(`<iframe src="${at(path).href}"></iframe>`);
      const frame = page.frames()[1];
      await frame.waitForURL(/^chrome-error:/).catch(() => {});
      same(new URL(frame.url()).protocol, "chrome-error:", `${path} in a frame`);
    }
    await context.close();
  }],
];

const fields = [
  ["passwords are masked, can be shown, pasted, and found by password managers", async ({ page }) => {
    for (const [path, label] of [["reset-password", "New password"], ["invitation", "Password"], ["register", "Password"]]) {
      await openByLink(page, path);
      const input = field(page, label);
      same(await input.getAttribute("type"), "password", "masked");
      same(await input.getAttribute("autocomplete"), "new-password", "autocomplete");
      await input.focus();
      const pasted = await input.evaluate((node) => {
        const paste = new ClipboardEvent("paste", { bubbles: true, cancelable: true, clipboardData: new DataTransfer() });
        return node.dispatchEvent(paste);
      });
      holds(pasted, "nothing stops a paste");
      await page.keyboard.insertText("eleven purple kites");
      await button(page, "Show password").click();
      same([await input.getAttribute("type"), await input.inputValue()], ["text", "eleven purple kites"], "shown");
      await button(page, "Hide password").click();
      same(await input.getAttribute("type"), "password", "hidden again");
      const advice = await page.locator(`#${await input.getAttribute("id")}-hint`).innerText();
      holds(advice.startsWith("At least 15 characters"), `advice: ${advice}`);
    }
  }],
  ["a real paste from the clipboard arrives", async ({ page, context }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: base.origin });
    await openByLink(page, "reset-password");
    await page.evaluate(() => navigator.clipboard.writeText("from a password manager, 32 signs"));
    await field(page, "New password").focus();
    await page.keyboard.press("Control+V");
    same(await field(page, "New password").inputValue(), "from a password manager, 32 signs", "pasted");
  }],
  ["what is typed before the script comes stays", async ({ page }) => {
    let release;
    const held = new Promise((done) => { release = done; });
    const script = page.waitForRequest(at("assets/account.js").href);
    await page.route(at("assets/account.js").href, async (route) => {
      await held;
      await route.continue();
    }, { times: 1 });
    const opened = page.goto(at("register").href);
    await script;
    await field(page, "Username").fill("quick");
    holds(await button(page, "Create the account").isDisabled(), "the button is asleep");
    release();
    await opened;
    await page.locator("button[type=submit]:enabled").waitFor();
    same(await field(page, "Username").inputValue(), "quick", "typed");
  }],
  ["what is left out is named at its field, without asking the server", async ({ page, watch }) => {
    await openByLink(page, "register");
    const before = watch.requests;
    await button(page, "Create the account").click();
    same([await fault(page, "username"), await fault(page, "password")], ["Choose a username.", "Choose a password."], "faults");
    same([await focused(page), watch.requests], ["username", before], "focus and requests");
    same(await field(page, "Username").getAttribute("aria-invalid"), "true", "aria-invalid");
  }],
  ["what the server refuses is told at its field", async ({ page, watch, at: shot }) => {
    await openByLink(page, "register");
    await field(page, "Username").fill("no/name");
    await field(page, "E-mail address (optional)").fill("nowhere");
    await field(page, "Password").fill("short");
    watch.expectNotice("422");
    await button(page, "Create the account").click();
    await page.locator("#password-fault").filter({ hasText: "choose at least 15" }).waitFor();
    holds((await fault(page, "username")).startsWith("A username has no"), await fault(page, "username"));
    same(await fault(page, "email"), "An e-mail address is like name@example.com.", "e-mail");
    same(await focused(page), "username", "focus");
    await page.screenshot({ path: shot("register-refused.png"), fullPage: true });
    await field(page, "Username").fill("JohnDoe");
    await field(page, "E-mail address (optional)").fill("");
    await field(page, "Password").fill("eleven purple kites");
    watch.expectNotice("409");
    await button(page, "Create the account").click();
    await page.locator("#username-fault").filter({ hasText: "This username is taken." }).waitFor();
    same([await fault(page, "email"), await fault(page, "password")], ["", ""], "the others");
  }],
  ["a server that is busy or away is told, and what was typed stays", async ({ page, watch }) => {
    await openByLink(page, "forgot-password");
    await field(page, "Username or e-mail address").fill("johndoe");
    const url = at("password-recovery").href;
    const busy = { status: 503, headers: { "Retry-After": "7" }, json: { detail: "", error: "temporarily_unavailable" } };
    watch.expectNotice("503");
    await page.route(url, (route) => route.fulfill(busy), { times: 1 });
    await button(page, "Send the mail").click();
    await told(page, "Try again in 7 seconds.");
    watch.expectNotice("net::ERR_INTERNET_DISCONNECTED");
    await page.route(url, (route) => route.abort("internetdisconnected"), { times: 1 });
    await button(page, "Send the mail").click();
    await told(page, "The server cannot be reached.");
    same(await field(page, "Username or e-mail address").inputValue(), "johndoe", "typed");
  }],
  ["an address and a name are asked for as what they are, and answered alike", async ({ page }) => {
    const said = [];
    for (const [typed, body] of [["johndoe@example.com ", { email: "johndoe@example.com" }], ["nobody", { username: "nobody" }]]) {
      await openByLink(page, "forgot-password");
      await field(page, "Username or e-mail address").fill(typed);
      const asked = page.waitForRequest(at("password-recovery").href);
      await button(page, "Send the mail").click();
      same(JSON.parse((await asked).postData()), body, "body");
      await heading(page, "Look at your mail").waitFor();
      said.push(await page.locator("main").innerText());
    }
    same(said[0], said[1], "what is said");
  }],
  ["the keyboard alone is enough", async ({ page }) => {
    await openByLink(page, "register");
    same(await focused(page), "username", "focus at the start");
    await page.keyboard.type("keyboardist");
    for (const id of ["email", "full_name", "password"]) {
      await page.keyboard.press("Tab");
      same(await focused(page), id, "next stop");
    }
    await page.keyboard.type("eleven purple kites");
    await page.keyboard.press("Enter");
    await heading(page, "Your account is made").waitFor();
    same(await focused(page), "heading", "focus at the end");
    same(await page.locator("#password").inputValue(), "", "the password");
  }],
  ["the sign-in page leads to both, and they lead back", async ({ page }) => {
    for (const [words, title] of [["Create an account", "Create an account"], ["Forgot the password?", "Forgot the password?"]]) {
      await page.goto(base.href);
      await page.getByRole("link", { name: words }).click();
      await heading(page, title).waitFor();
      await page.getByRole("link", { name: "Sign in" }).click();
      await heading(page, "Sign in").waitFor();
      same(page.url(), base.href, "the address");
    }
  }],
  ["without JavaScript nothing can be sent, and the page says so", async ({ browser, watch }) => {
    const context = await openContext(browser, watch, { javaScriptEnabled: false });
    const page = await context.newPage();
    for (const [path, title, words] of [...LINKED, ...ASKING]) {
      await page.goto(at(path).href);
      await heading(page, title).waitFor();
      await page.locator("noscript p", { visible: true }).waitFor();
      holds(await button(page, words).isDisabled(), `${path}: the button is asleep`);
    }
    await context.close();
  }],
];

// Both colours and both widths of every page: audited, measured, photographed. One style sheet has all pages, and
// sign_in.mjs looks at the other two looks.
const looks = LOOKS.filter(([look]) => look === "light" || look === "dark-320").map(([look, options]) => [`${look}: no accessibility violation, no sideways scroll`, async ({ browser, watch, at: shot }) => {
  const states = [
    ...[...LINKED, ...ASKING].map(([path]) => [path, `${path}#token=${TOKEN}`, async () => {}]),
    ...LINKED.map(([path]) => [`${path}-missing`, path, async () => {}]),
    ["register-faults", "register", async (page) => button(page, "Create the account").click()],
    ["sign-in-with-links", "", async () => {}],
  ];
  for (const [state, path, act] of states) {
    const { page, context } = await audit({ browser, watch }, `${state}, ${look}`, at(path).href, options, act);
    await page.screenshot({ path: shot(`${state}-${look}.png`), fullPage: true });
    await context.close();
  }
}]);

await run(base, shots, [...links, ...fields, ...looks]);
