// The sign-in page: in, out, every refusal in words, and nothing left behind.
// node sign_in.mjs BASE_URL SCREENSHOT_DIR, against `portcullis serve --demo`.
import { LOOKS, audit } from "./audit.mjs";
import { filesAnswer, holds, openContext, openUnderPolicy, readArguments, run, same } from "./browser.mjs";

const { base, shots } = readArguments();
const ACCOUNT = new URL("users/me", base).href;
const TOKEN = new URL("token", base).href;

const field = (page, label) => page.getByLabel(label, { exact: true });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true });
const focused = (page) => page.evaluate(() => document.activeElement?.id ?? "");

// The token that the check before got, for those after it to look for.
let issued = "";

const open = (page) => openUnderPolicy(page, base, "'self'");

async function fillIn(page, username, password) {
  await field(page, "Username").fill(username);
  await field(page, "Password").fill(password);
  await button(page, "Sign in").click();
}

async function signIn(page, username = "johndoe", password = "secret") {
  await fillIn(page, username, password);
  await heading(page, "Your account").waitFor();
}

// Signs in, and answers how to wait until the server refuses what it issued.
async function signInToEnd(page, username, password) {
  const answered = page.waitForResponse(TOKEN);
  await fillIn(page, username, password);
  const { access_token: token } = await (await answered).json();
  return async () => {
    const headers = { Authorization: `Bearer ${token}` };
    // The page does not wait for the answer, so neither tells when it is there.
    for (let tries = 0; tries < 100; tries += 1) {
      if ((await fetch(ACCOUNT, { headers })).status === 401) return;
      await new Promise((done) => { setTimeout(done, 50); });
    }
    throw new Error("the session goes on at the server");
  };
}

async function told(page, words) {
  await page.getByRole("alert").filter({ hasText: words }).waitFor();
}

// What of the account is in the document, shown or not.
async function traces(page, ...words) {
  const html = await page.content();
  const values = await page.locator("input").evaluateAll((inputs) => inputs.map((input) => input.value));
  return words.filter((word) => html.includes(word) || values.includes(word));
}

async function leavesNothing(page, context) {
  const kept = await page.evaluate(async () => [
    localStorage.length,
    sessionStorage.length,
    (await indexedDB.databases()).length,
    (await caches?.keys())?.length ?? 0,
    document.cookie,
  ]);
  same(kept, [0, 0, 0, 0, ""], "what the page stored");
  same(await context.cookies(), [], "cookies");
  same(page.url(), base.href, "the address");
}

// Lets one answer of the server be another one, which a demo cannot be made to give.
async function instead(page, url, answer, act) {
  const asked = page.waitForRequest(url);
  await page.route(url, answer, { times: 1 });
  await act();
  await asked;
}

const refusals = [
  ["wrong credentials are refused in words, and nothing is lost", async ({ page, watch, at }) => {
    await open(page);
    await filesAnswer(page, 2);
    same(await page.title(), "Sign in · Portcullis", "title");
    await page.screenshot({ path: at("sign-in.png") });
    watch.expectNotice("400");
    await fillIn(page, "johndoe", "wrong");
    await told(page, "Incorrect username or password");
    same(await focused(page), "password", "focus");
    same(await field(page, "Username").inputValue(), "johndoe", "username");
    same(await field(page, "Password").getAttribute("aria-invalid"), "true", "aria-invalid");
    await page.screenshot({ path: at("sign-in-error.png") });
  }],
  ["empty fields are named without asking the server", async ({ page, watch }) => {
    await open(page);
    const before = watch.requests;
    await button(page, "Sign in").click();
    await told(page, "Enter your username and password.");
    same(await focused(page), "username", "focus");
    await field(page, "Username").fill("johndoe");
    await button(page, "Sign in").click();
    await told(page, "Enter your password.");
    same([await focused(page), watch.requests], ["password", before], "focus and requests");
  }],
  ["alice is told that she is inactive, and is not signed in", async ({ page, watch }) => {
    watch.expectNotice("400");
    await fillIn(page, "alice", "secret2");
    await told(page, "Inactive user");
    same(await heading(page, "Sign in").count(), 1, "still the form");
    same(await traces(page, "alice@example.com", "Alice Wonderson"), [], "traces of the account");
  }],
  ["429 and 503 tell when to try again", async ({ page, watch }) => {
    await open(page);
    const busy = (status, after) => (route) => route.fulfill({
      status,
      headers: { "Retry-After": after },
      json: { detail: "Try again later", error: "temporarily_unavailable" },
    });
    watch.expectNotice("429");
    await instead(page, TOKEN, busy(429, "1"), () => fillIn(page, "johndoe", "secret"));
    await told(page, "Too many attempts. Try again in 1 second.");
    watch.expectNotice("503");
    await instead(page, TOKEN, busy(503, "150"), () => button(page, "Sign in").click());
    await told(page, "The server is busy or cannot reach its database. Try again in 3 minutes.");
    watch.expectNotice("503");
    const date = new Date(Date.now() + 30_000).toUTCString();
    await instead(page, TOKEN, busy(503, date), () => button(page, "Sign in").click());
    await told(page, /Try again in (29|30) seconds\./);
  }],
  ["a network that is away, and an answer that is none, are told", async ({ page, watch }) => {
    watch.expectNotice("net::ERR_INTERNET_DISCONNECTED");
    await instead(page, TOKEN, (route) => route.abort("internetdisconnected"), () => button(page, "Sign in").click());
    await told(page, "The server cannot be reached.");
    watch.expectNotice("502");
    const gateway = (route) => route.fulfill({ status: 502, contentType: "text/html", body: "<h1>Bad</h1>" });
    await instead(page, TOKEN, gateway, () => button(page, "Sign in").click());
    await told(page, "The server gave an unexpected answer (502).");
    const page200 = (route) => route.fulfill({ status: 200, contentType: "text/html", body: "<h1>Hi</h1>" });
    await instead(page, TOKEN, page200, () => button(page, "Sign in").click());
    await told(page, "it holds no token");
  }],
];

const session = [
  ["johndoe signs in and sees the account", async ({ page, at }) => {
    await open(page);
    const answered = page.waitForResponse(TOKEN);
    await signIn(page);
    const response = await answered;
    issued = (await response.json()).access_token;
    const request = response.request();
    same(request.method(), "POST", "method");
    same(request.headers()["content-type"], "application/x-www-form-urlencoded;charset=UTF-8", "media type");
    same(request.postData(), "grant_type=password&username=johndoe&password=secret", "form");
    same([await focused(page), await page.title()], ["heading", "Your account · Portcullis"], "focus and title");
    const shown = await page.locator("dd").evaluateAll((cells) =>
      Object.fromEntries(cells.map((cell) => [cell.dataset.field, cell.innerText.trim()])));
    same(Object.keys(shown), ["username", "full_name", "email", "scopes", "id", "created_at"], "fields");
    same([shown.username, shown.full_name, shown.email], ["johndoe", "John Doe", "johndoe@example.com"], "account");
    const scopes = await page.locator("[data-field=scopes] li").allInnerTexts();
    same(scopes.sort(), ["items:read", "users:read"], "scopes");
    holds(shown.id.length > 0 && /\b20\d\d\b/.test(shown.created_at), `id and time: ${JSON.stringify(shown)}`);
    same(await page.getByRole("heading", { level: 1 }).count(), 1, "number of h1");
    await page.screenshot({ path: at("account.png") });
  }],
  ["nothing is stored, and the password is gone", async ({ page, context }) => {
    await leavesNothing(page, context);
    same(await field(page, "Password").inputValue(), "", "password");
    same(await traces(page, issued), [], "traces of the token");
  }],
  ["Refresh asks again, and tells what fails without signing out", async ({ page, watch }) => {
    const answered = page.waitForResponse(ACCOUNT);
    await button(page, "Refresh").click();
    same((await answered).status(), 200, "status");
    await page.getByRole("status").filter({ hasText: "up to date" }).waitFor();
    watch.expectNotice("net::ERR_CONNECTION_REFUSED");
    await instead(page, ACCOUNT, (route) => route.abort("connectionrefused"), () => button(page, "Refresh").click());
    await told(page, "The server cannot be reached.");
    same(await heading(page, "Your account").count(), 1, "still signed in");
  }],
  ["signing out brings the form back and removes the account", async ({ page, context }) => {
    await button(page, "Sign out").click();
    await heading(page, "Sign in").waitFor();
    await page.getByRole("status").filter({ hasText: "You are signed out." }).waitFor();
    same(await focused(page), "username", "focus");
    same(await traces(page, "johndoe", "John Doe", "johndoe@example.com", "secret"), [], "traces of the account");
    await leavesNothing(page, context);
  }],
  ["an expired session is told at the next Refresh", async ({ page, watch }) => {
    await signIn(page);
    watch.expectNotice("401");
    // The server itself refuses: the token on its way there is broken.
    const broken = (route) => route.continue({ headers: { ...route.request().headers(), authorization: "Bearer broken" } });
    await instead(page, ACCOUNT, broken, () => button(page, "Refresh").click());
    await told(page, "Your session has ended. Sign in again.");
    same(await traces(page, "johndoe", "John Doe"), [], "traces of the account");
  }],
  ["the account leaves the screen when the token expires", async ({ browser, watch }) => {
    const context = await openContext(browser, watch);
    const page = await context.newPage();
    await page.clock.install();
    await open(page);
    const ended = await signInToEnd(page, "johndoe", "secret");
    await heading(page, "Your account").waitFor();
    await page.clock.fastForward("14:00");
    same(await heading(page, "Your account").count(), 1, "signed in before");
    await page.clock.fastForward("02:00");
    await told(page, "Your session has ended. Sign in again.");
    same(await traces(page, "johndoe", "John Doe"), [], "traces of the account");
    await ended();
    await context.close();
  }],
  ["signing out while an answer is on its way keeps the account away", async ({ page }) => {
    await open(page);
    await signIn(page);
    let release;
    const held = new Promise((done) => { release = done; });
    const hold = async (route) => {
      await held;
      await route.continue().catch(() => {});
    };
    await instead(page, ACCOUNT, hold, () => button(page, "Refresh").click());
    await button(page, "Refreshing…").waitFor();
    await button(page, "Sign out").click();
    release();
    await heading(page, "Sign in").waitFor();
    await page.waitForLoadState("networkidle");
    same(await traces(page, "johndoe", "John Doe"), [], "traces of the account");
    same(await page.getByRole("alert").innerText(), "", "no complaint");
  }],
  ["leaving the page and going back finds nobody signed in", async ({ page }) => {
    const ended = await signInToEnd(page, "johndoe", "secret");
    await heading(page, "Your account").waitFor();
    // A driven Chromium keeps no page for its Back button; others do, and say it so.
    await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
    await ended();
    same(await traces(page, "johndoe", "John Doe", "secret"), [], "traces in a page that is kept");
    await signIn(page);
    await page.getByRole("link", { name: "API documentation" }).click();
    await page.waitForURL(new URL("docs", base).href);
    await page.goBack();
    await heading(page, "Sign in").waitFor();
    same(await traces(page, "johndoe", "John Doe", "secret"), [], "traces of the account");
  }],
];

const access = [
  ["the keyboard alone is enough", async ({ page }) => {
    await open(page);
    same(await focused(page), "username", "focus at the start");
    await page.keyboard.type("johndoe");
    await page.keyboard.press("Tab");
    await page.keyboard.type("secret");
    await page.keyboard.press("Tab");
    same(await focused(page), "reveal", "second stop");
    await page.keyboard.press("Enter");
    same(await field(page, "Password").getAttribute("type"), "text", "revealed");
    same(await focused(page), "password", "focus after revealing");
    const sent = page.waitForRequest(TOKEN);
    await page.keyboard.press("Enter");
    await sent;
    await heading(page, "Your account").waitFor();
    same(await page.locator("#password").getAttribute("type"), "password", "hidden again");
    await page.keyboard.press("Tab");
    same(await focused(page), "refresh", "first stop");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await heading(page, "Sign in").waitFor();
    same(await focused(page), "username", "focus at the end");
  }],
  ["a pasted name with a space around it is the same name", async ({ page }) => {
    await field(page, "Username").evaluate((input) => input.focus());
    await page.keyboard.insertText(" johndoe ");
    await field(page, "Password").evaluate((input) => input.focus());
    await page.keyboard.insertText("secret");
    await page.keyboard.press("Enter");
    await heading(page, "Your account").waitFor();
    await button(page, "Sign out").click();
  }],
  ["password managers find what they look for", async ({ page }) => {
    const form = await page.locator("form").evaluate((node) => ({
      method: node.method,
      action: node.action,
      fields: [...node.elements].filter(({ name }) => name).map(({ name, type, autocomplete }) => `${name} ${type} ${autocomplete}`),
    }));
    same(form, {
      method: "post",
      action: TOKEN,
      fields: ["grant_type hidden ", "username text username", "password password current-password"],
    }, "form");
  }],
  ["without JavaScript nothing can be sent, and the page says so", async ({ browser, watch }) => {
    const context = await openContext(browser, watch, { javaScriptEnabled: false });
    const page = await context.newPage();
    await open(page);
    await page.locator("noscript p", { visible: true }).waitFor();
    holds(await button(page, "Sign in").isDisabled(), "the button is asleep");
    const before = watch.requests;
    await field(page, "Username").fill("johndoe");
    await field(page, "Password").fill("secret");
    await field(page, "Password").press("Enter");
    same([page.url(), watch.requests], [base.href, before], "address and requests");
    await context.close();
  }],
];

// Every look of the page: audited, measured, photographed.
const looks = LOOKS.map(([look, options]) => [`${look}: no accessibility violation, no sideways scroll`, async ({ browser, watch, at }) => {
  const states = [
    ["sign-in", async () => {}],
    ["sign-in-error", async (page) => {
      watch.expectNotice("400");
      await fillIn(page, "johndoe", "wrong");
      await told(page, "Incorrect username or password");
    }],
    ["account", async (page) => {
      await signIn(page);
      await button(page, "Refresh").click();
      await page.getByRole("status").filter({ hasText: "up to date" }).waitFor();
    }],
  ];
  for (const [state, act] of states) {
    const { page, context } = await audit({ browser, watch }, `${state}, ${look}`, base.href, options, act);
    if (look !== "light") await page.screenshot({ path: at(`${state}-${look}.png`), fullPage: true });
    await context.close();
  }
}]);

await run(base, shots, [...refusals, ...session, ...access, ...looks]);
