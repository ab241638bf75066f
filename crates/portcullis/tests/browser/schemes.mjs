// Every scheme in the interactive documentation: it appears, can be authorized, its calls succeed,
// and Logout ends that.
// node schemes.mjs BASE_URL SCREENSHOT_DIR PROVIDER_URL PROVIDER_ADDRESS PLACE
// At the place `root` all of it; at the others what depends on the place.
import { createHash } from "node:crypto";
import { filesAnswer, holds, openContext, openUnderPolicy, readArguments, run, same } from "./browser.mjs";
import { Docs, signIn } from "./dialogue.mjs";

const { base, shots } = readArguments();
const [providerUrl, providerAddress, place] = process.argv.slice(4);
const thorough = place === "root";
const provider = new URL(providerUrl);
const docsUrl = new URL("docs", base);
const connect = `'self' ${provider.origin}`;

let docs;

// What is typed, wrong and right, and how it arrives.
const typed = [
  ["header_key", { "#api_key_value": "wrong" }, { "#api_key_value": "header secret" },
    ({ headers, curl }) => {
      same(headers["x-key"], "header secret", "the header");
      holds(curl.includes("x-key: header secret"), curl);
    }],
  ["query_key", { "#api_key_value": "wrong" }, { "#api_key_value": "query secret&more" },
    ({ url }) => same(new URL(url).searchParams.get("key"), "query secret&more", "the query")],
  ["cookie_key", { "#api_key_value": "wrong" }, { "#api_key_value": "cookie+secret%26" },
    ({ headers, curl }) => {
      same(headers.cookie, "key=cookie+secret%26", "the cookie");
      holds(curl.includes("Cookie: key="), curl);
    }],
  ["basic", { "[name=username]": "jürgen", "[name=password]": "wrong" },
    { "[name=username]": "jürgen", "[name=password]": "пароль ✓" },
    ({ headers }) => same(headers.authorization,
      `Basic ${Buffer.from("jürgen:пароль ✓").toString("base64")}`, "the header")],
  ["bearer", { "#auth-bearer-value": "wrong" }, { "#auth-bearer-value": "bearer-secret" },
    ({ headers }) => same(headers.authorization, "Bearer bearer-secret", "the header")],
];

const digestFields = (password) => ({ "[name=username]": "mufasa", "[name=password]": password });

async function refused(name, detail = "Not authenticated") {
  const { shown } = await docs.execute(`/${name}`, 401);
  holds(shown.includes(detail), `it says: ${shown}`);
}

async function letIn(name, refusals = 0) {
  const answer = await docs.execute(`/${name}`, 200, refusals);
  holds(answer.shown.includes(`let in by ${name}`), `it says: ${answer.shown}`);
  return answer;
}

async function callsAndLogsOut(name, scheme = name) {
  const { headers, curl } = await letIn(name);
  holds(/^Bearer \S+$/.test(headers.authorization), `the header is ${headers.authorization}`);
  holds(curl.includes(headers.authorization), curl);
  await docs.logOut(scheme);
  await refused(name);
}

/** What somebody computed elsewhere, from a challenge that they were given. */
async function computedDigest(page) {
  const challenges = (await page.request.get(new URL("digest", base).href)).headersArray()
    .filter(({ name }) => name.toLowerCase() === "www-authenticate").map(({ value }) => value);
  const nonce = /nonce="([^"]+)"/.exec(challenges.find((value) => value.includes("SHA-256")))[1];
  const hash = (text) => createHash("sha256").update(text).digest("hex");
  const key = hash('mufasa:the "api":Circle of "Life"');
  const response = hash(`${key}:${nonce}:00000001:mine:auth:${hash("GET:/digest")}`);
  return `username="mufasa", realm="the \\"api\\"", uri="/digest", algorithm=SHA-256, nonce="${nonce}", `
    + `qop=auth, nc=00000001, cnonce="mine", response="${response}", opaque="as is"`;
}

const appearance = [
  ["the page opens under the strict policy, with the provider's origin", async ({ page, watch }) => {
    docs = new Docs(page, base, watch);
    await openUnderPolicy(page, docsUrl, "'none'", connect);
    await filesAnswer(page, 4);
    await docs.operation("/header_key").waitFor();
    same(await page.locator(".servers select").inputValue(), base.href, "the server");
  }],
  ["the dialogue names and describes every scheme", async ({ page, at }) => {
    await docs.open();
    const names = [...typed.map(([name]) => name), "digest", "code", "client_credentials",
      "implicit", "openid", "openid_here"];
    for (const name of names) {
      await docs.entry(name).getByText(`How ${name} comes in.`).waitFor();
    }
    await docs.entry("OAuth2PasswordBearer").waitFor();
    const discovery = new URL(".well-known/openid-configuration", base).href;
    await docs.entry("openid_here").getByText(discovery, { exact: true }).waitFor();
    await docs.entry("OAuth2Client").waitFor();
    same(await docs.dialog.locator(".auth-container h4").count(), names.length + 2, "number of entries");
    await page.screenshot({ path: at(`schemes-${place}.png`) });
    await docs.entry("digest").scrollIntoViewIfNeeded();
    await page.screenshot({ path: at(`schemes-digest-${place}.png`) });
    await docs.close();
  }],
];

const typedChecks = typed.map(([name, wrong, right, arrives]) => [
  `${name} is asked for, checked, sent and forgotten`, async () => {
    await docs.tryOut(`/${name}`);
    await refused(name);
    if (thorough) {
      await docs.authorize(name, wrong);
      await refused(name, "Could not validate credentials");
      await docs.logOut(name);
    }
    await docs.authorize(name, right);
    arrives(await letIn(name));
    await docs.logOut(name);
    await refused(name);
  },
]);

/** Execute answers with these words, and no answer of the server is a 200. */
async function fails(name, words) {
  await docs.operation(`/${name}`).locator(".btn.execute").click();
  await docs.operation(`/${name}`).locator(".live-responses-table", { hasText: words }).waitFor();
}

const digestChecks = [
  ["digest answers a challenge with a name and a password", async () => {
    await docs.tryOut("/digest");
    await refused("digest");
    if (thorough) {
      await docs.authorize("digest", digestFields("wrong"));
      // One answer is the challenge.
      await docs.execute("/digest", 401, 2);
      await docs.logOut("digest");
    }
    await docs.authorize("digest", digestFields('Circle of "Life"'));
    // Each call has a nonce of its own.
    for (let call = 0; call < 2; call += 1) {
      const { headers, curl } = await letIn("digest", 1);
      holds(headers.authorization.startsWith("Digest username=\"mufasa\""), headers.authorization);
      holds(/--digest.*--user.*'mufasa'/s.test(curl), curl);
    }
    await docs.logOut("digest");
    await refused("digest");
  }],
  ["digest sends what somebody computed", async ({ page }) => {
    const response = await computedDigest(page);
    await docs.authorize("digest", { "[name=response]": response });
    const { curl } = await letIn("digest");
    holds(curl.includes(`Authorization: Digest ${response}`), curl);
    await docs.logOut("digest");
    await refused("digest");
  }],
];

const tokenChecks = [
  ["password tells a wrong one, takes the right one", async ({ watch }) => {
    await docs.tryOut("/password");
    await refused("password");
    await docs.open();
    watch.expectNotice("400");
    await docs.submit("OAuth2PasswordBearer", { "#oauth_username": "johndoe", "#oauth_password": "wrong" });
    await docs.entry("OAuth2PasswordBearer").locator(".errors").waitFor();
    await docs.close();
    await docs.authorize("OAuth2PasswordBearer",
      { "#oauth_username": "johndoe", "#oauth_password": "secret", "[type=checkbox][id^='items:read']": true });
    await callsAndLogsOut("password", "OAuth2PasswordBearer");
  }],
  ["client_credentials tells wrong ones, takes the right ones", async ({ watch }) => {
    await docs.tryOut("/client_credentials");
    await refused("client_credentials");
    await docs.open();
    watch.expectNotice("401");
    const fields = (secret) => ({ "[data-name=clientId]": "machine", "[data-name=clientSecret]": secret });
    await docs.submit("client_credentials", fields("wrong"));
    await docs.entry("client_credentials").locator(".errors").waitFor();
    await docs.close();
    await docs.authorize("client_credentials", fields("secret"));
    await callsAndLogsOut("client_credentials");
  }],
];

const windowChecks = ["code", "implicit", "openid"].flatMap((name) => [
  [`${name} signs in through a window`, async () => {
    await docs.tryOut(`/${name}`);
    await refused(name);
    await docs.open();
    const asked = await signIn(docs, name, "allow", { "[data-name=clientId]": "docs" });
    await docs.isAuthorized(name);
    await docs.close();
    const home = name === "openid" ? provider : base;
    same(asked.origin + asked.pathname, new URL("authorize", home).href, "authorization endpoint");
    same(asked.searchParams.get("code_challenge_method"), name === "implicit" ? null : "S256", "PKCE");
    await callsAndLogsOut(name);
  }],
  thorough && [`${name} takes neither a denial nor another's answer`, async () => {
    await docs.open();
    await signIn(docs, name, "deny", { "[data-name=clientId]": "docs" });
    await docs.entry(name).locator(".errors", { hasText: "access_denied: No thanks" }).waitFor();
    const asked = await signIn(docs, name, "forge", {});
    await docs.entry(name).locator(".errors", { hasText: "another state" }).waitFor();
    await docs.close();
    await refused(name);
    holds(asked.searchParams.get("state").length > 20, "the state cannot be guessed");
  }],
  thorough && [`${name} signs in once more`, async () => {
    await docs.open();
    await signIn(docs, name, "allow", { "[data-name=clientId]": "docs" });
    await docs.isAuthorized(name);
    await docs.close();
    await callsAndLogsOut(name);
  }],
]).filter(Boolean);

const limits = [
  ["a value that no cookie can carry is told", async () => {
    await docs.authorize("cookie_key", { "#api_key_value": "a; Path=/" });
    await fails("cookie_key", "The cookie key cannot carry this value.");
    await docs.logOut("cookie_key");
  }],
  ["a page that is left in the middle of a call leaves no cookie behind", async ({ browser, watch }) => {
    const context = await openContext(browser, watch);
    const left = new Docs(await context.newPage(), base, watch);
    await left.page.goto(docsUrl.href);
    await left.tryOut("/cookie_key");
    await left.authorize("cookie_key", { "#api_key_value": "cookie+secret%26" });
    let asked;
    const arrived = new Promise((resolve) => { asked = resolve; });
    await left.page.route(new URL("cookie_key", base).href, asked);
    await left.operation("/cookie_key").locator(".btn.execute").click();
    await arrived;
    same((await context.cookies()).length, 1, "cookies during the call");
    await left.page.goto(new URL("docs/oauth2-redirect.html", base).href);
    same(await context.cookies(), [], "cookies");
    await context.close();
  }],
  ["a digest that a page cannot compute is told", async ({ page, watch }) => {
    const challenge = 'Basic realm="x", Digest realm="x", qop="auth", nonce="n", algorithm=MD5';
    await page.route(new URL("digest", base).href, (route) =>
      route.fulfill({ status: 401, headers: { "www-authenticate": challenge } }));
    await docs.authorize("digest", digestFields("any"));
    watch.expectNotice("401");
    await fails("digest", "only SHA-256 with qop=auth can be");
    await page.unrouteAll();
    await docs.logOut("digest");
  }],
  ["a challenge from where the call was sent on to is not answered", async ({ page }) => {
    const location = new URL("digest?elsewhere", base).href;
    await page.route(new URL("digest", base).href, (route) => route.fulfill({ status: 302, headers: { location } }));
    await docs.authorize("digest", digestFields('Circle of "Life"'));
    await refused("digest");
    await page.unrouteAll();
    await docs.logOut("digest");
  }],
  ["a challenge does not make the browser send a password of its own", async ({ browser, watch }) => {
    const httpCredentials = { username: "mufasa", password: 'Circle of "Life"' };
    const context = await openContext(browser, watch, { httpCredentials });
    const own = new Docs(await context.newPage(), base, watch);
    await own.page.goto(docsUrl.href);
    for (const path of ["/basic", "/digest"]) {
      await own.tryOut(path);
      await own.execute(path, 401);
    }
    await context.close();
  }],
  ["a redirect that nobody waits for says so", async ({ context }) => {
    const page = await context.newPage();
    await page.goto(new URL("docs/oauth2-redirect.html?code=x&state=y", base).href);
    await page.getByText("No documentation page waits").waitFor();
    await page.close();
  }],
];

const afterwards = [
  ["nothing is in a storage, cookie or address", async ({ page, context }) => {
    same(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0], "stored items");
    same(await context.cookies(), [], "cookies");
    same(page.url(), docsUrl.href, "the address");
  }],
  ["the dialogue is dark on a dark screen", async ({ browser, watch, at }) => {
    const context = await openContext(browser, watch, { colorScheme: "dark" });
    const dark = new Docs(await context.newPage(), base, watch);
    await openUnderPolicy(dark.page, docsUrl, "'none'", connect);
    await dark.open();
    await dark.page.screenshot({ path: at(`schemes-dark-${place}.png`) });
    await dark.entry("digest").scrollIntoViewIfNeeded();
    await dark.page.screenshot({ path: at(`schemes-digest-dark-${place}.png`) });
    await context.close();
  }],
];

await run(base, shots,
  [...appearance, ...typedChecks, ...digestChecks, ...tokenChecks, ...windowChecks,
    ...(thorough ? limits : []), ...afterwards],
  { [provider.host]: providerAddress });
