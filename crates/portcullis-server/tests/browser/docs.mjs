// The interactive documentation: log in, call, log out, be refused.
// node docs.mjs BASE_URL SCREENSHOT_DIR, against `portcullis serve --demo`.
import { filesAnswer, holds, openContext, openUnderPolicy, readArguments, run, same } from "./browser.mjs";

const { base, shots } = readArguments();
const docs = new URL("docs", base);

const operation = (page) =>
  page.locator(".opblock-get").filter({ has: page.locator('[data-path="/users/me"]') });

async function openAuthorize(page) {
  await page.locator(".scheme-container .btn.authorize").click();
  await page.locator(".dialog-ux .modal-ux").waitFor();
}

async function logIn(page, username, password) {
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("#oauth_username, input[name=username]").first().fill(username);
  await dialog.locator("#oauth_password, input[name=password]").first().fill(password);
  const answered = page.waitForResponse((response) => response.url() === new URL("token", base).href);
  await dialog.locator(".auth-btn-wrapper .authorize").click();
  return answered;
}

async function close(page) {
  await page.locator(".dialog-ux .btn-done").click();
  await page.locator(".dialog-ux").waitFor({ state: "detached" });
}

// What the page shows after Execute: the status and the body of the live answer.
async function execute(page) {
  const answered = page.waitForResponse((response) => response.url() === new URL("users/me", base).href);
  await operation(page).locator(".btn.execute").click();
  const response = await answered;
  const live = operation(page).locator(".live-responses-table");
  await live.locator(".response-col_status", { hasText: String(response.status()) }).first().waitFor();
  const shown = await live.locator(".response-col_description").last().innerText();
  return { status: response.status(), shown, authorization: response.request().headers().authorization };
}

await run(base, shots, [
  ["the page opens under the strict policy and lists the operations", async ({ page }) => {
    await openUnderPolicy(page, docs, "'none'");
    await filesAnswer(page, 4);
    await operation(page).waitFor();
    const title = await page.title();
    holds(title.endsWith(" · API documentation"), `the title is ${title}`);
  }],
  ["without authorization GET /users/me answers 401", async ({ page, watch }) => {
    await operation(page).locator(".opblock-summary-control").click();
    await operation(page).locator(".try-out__btn").click();
    watch.expectNotice("401");
    const { status, shown, authorization } = await execute(page);
    same([status, authorization], [401, undefined], "answer to nobody");
    holds(shown.includes("Not authenticated"), `it says: ${shown}`);
  }],
  ["a wrong password is told in the dialog", async ({ page, watch }) => {
    await openAuthorize(page);
    watch.expectNotice("400");
    const response = await logIn(page, "johndoe", "wrong");
    same(response.status(), 400, "status of the login");
    await page.locator(".dialog-ux .errors", { hasText: /incorrect|auth error/i }).first().waitFor();
  }],
  ["Authorize logs johndoe in with empty client credentials", async ({ page }) => {
    const response = await logIn(page, "johndoe", "secret");
    same(response.status(), 200, "status of the login");
    // The server must go on accepting this: it is what Swagger UI sends.
    same(response.request().headers().authorization, "Basic Og==", "client credentials");
    await page.locator(".dialog-ux .auth-btn-wrapper", { hasText: "Logout" }).waitFor();
    await close(page);
    await operation(page).locator(".authorization__btn .locked").waitFor();
  }],
  ["Try it out shows johndoe and no hash", async ({ page, at }) => {
    const { status, shown } = await execute(page);
    same(status, 200, "status of GET /users/me");
    holds(/"username":\s*"johndoe"/.test(shown), `it shows: ${shown}`);
    holds(!(await page.content()).includes("hashed_password"), "hashed_password is nowhere on the page");
    await page.screenshot({ path: at("docs-authorized.png"), fullPage: true });
  }],
  ["the token is in no storage, cookie or address", async ({ page, context }) => {
    same(await page.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0], "stored items");
    same(await context.cookies(), [], "cookies");
    same(page.url(), docs.href, "the address");
  }],
  ["the lock logs out, and the same call is refused", async ({ page, watch, at }) => {
    await operation(page).locator(".authorization__btn").first().click();
    const dialog = page.locator(".dialog-ux");
    await dialog.getByRole("button", { name: /log ?out|remove/i }).first().click();
    await dialog.locator("#oauth_username, input[name=username]").first().waitFor();
    await close(page);
    watch.expectNotice("401");
    const { status, shown, authorization } = await execute(page);
    same([status, authorization], [401, undefined], "answer after the logout");
    holds(shown.includes("Not authenticated"), `it says: ${shown}`);
    await page.screenshot({ path: at("docs-refused.png"), fullPage: true });
  }],
  ["alice logs in and is told that she is inactive", async ({ page, watch, at }) => {
    await openAuthorize(page);
    same((await logIn(page, "alice", "secret2")).status(), 200, "status of the login");
    await close(page);
    watch.expectNotice("400");
    const { status, shown } = await execute(page);
    same(status, 400, "status of GET /users/me");
    holds(shown.includes("Inactive user"), `it says: ${shown}`);
    await page.screenshot({ path: at("docs-inactive.png"), fullPage: true });
  }],
  ["a reload forgets the login", async ({ page }) => {
    await page.reload({ waitUntil: "load" });
    await page.locator(".scheme-container .btn.authorize.unlocked").waitFor();
  }],
  ["it follows a dark screen and fits a narrow one", async ({ browser, watch, at }) => {
    const narrow = { viewport: { width: 320, height: 800 }, colorScheme: "dark" };
    const context = await openContext(browser, watch, narrow);
    const page = await context.newPage();
    await openUnderPolicy(page, docs, "'none'");
    await operation(page).waitFor();
    holds(await page.evaluate(() => document.documentElement.classList.contains("dark-mode")), "dark colours are on");
    await page.screenshot({ path: at("docs-dark-320.png"), fullPage: true });
    await context.close();
  }],
]);
