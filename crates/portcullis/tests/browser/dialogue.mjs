// The documentation page, as a person uses it: the Authorize dialogue, and Execute.
import { holds, same } from "./browser.mjs";

/** Drives one documentation page; `watch` is told of each refusal before the browser logs it. */
export class Docs {
  constructor(page, base, watch) {
    Object.assign(this, { page, base, watch });
    this.dialog = page.locator(".dialog-ux");
  }

  async open() {
    await this.page.locator(".scheme-container .btn.authorize").click();
    await this.dialog.locator(".modal-ux").waitFor();
  }

  async close() {
    await this.dialog.locator(".close-modal").click();
    await this.dialog.waitFor({ state: "detached" });
  }

  /** The part of the dialogue that is about one scheme. */
  entry(name) {
    const heading = this.page.locator("h4", { hasText: new RegExp(`^${name}\\s`) });
    return this.dialog.locator(".auth-container").filter({ has: heading });
  }

  /** Fills in `{selector: value}` and presses Authorize, without closing the dialogue. */
  async submit(name, fields) {
    for (const [selector, value] of Object.entries(fields)) {
      const field = this.entry(name).locator(selector);
      if (value === true) await this.entry(name).locator(`${selector} + label`).click();
      else await field.fill(value);
    }
    await this.entry(name).getByRole("button", { name: /^apply/i }).click();
  }

  async isAuthorized(name) {
    await this.entry(name).getByRole("button", { name: /remove/i }).waitFor();
  }

  async authorize(name, fields) {
    await this.open();
    await this.submit(name, fields);
    await this.isAuthorized(name);
    await this.close();
  }

  async logOut(name) {
    await this.open();
    await this.entry(name).getByRole("button", { name: /remove/i }).click();
    await this.entry(name).getByRole("button", { name: /^apply/i }).waitFor();
    await this.close();
  }

  operation(path) {
    return this.page.locator(".opblock").filter({ has: this.page.locator(`[data-path="${path}"]`) });
  }

  /** Opens an operation for Execute. */
  async tryOut(path) {
    await this.operation(path).locator(".opblock-summary-control").click();
    await this.operation(path).locator(".try-out__btn").click();
  }

  /** The final request, and what the page shows; `refusals` is how many answers of 401 there are. */
  async execute(path, status, refusals = status === 401 ? 1 : 0) {
    for (let count = 0; count < refusals; count += 1) this.watch.expectNotice("401");
    const address = new URL(path.slice(1), this.base).href;
    const answered = this.page.waitForResponse((response) =>
      response.url().split("?")[0] === address && response.status() === status);
    await this.operation(path).locator(".btn.execute").click();
    const request = (await answered).request();
    const live = this.operation(path).locator(".live-responses-table");
    await live.locator(".response-col_status", { hasText: String(status) }).first().waitFor();
    const shown = await live.locator(".response-col_description").last().innerText();
    const curl = await this.operation(path).locator(".curl-command").innerText();
    holds(curl.includes(`'${address}`), `the curl command is ${curl}`);
    return { shown, curl, headers: await request.allHeaders(), url: request.url() };
  }
}

/** Sign in through the window of an authorization server: `answer` is the link to follow there. */
export async function signIn(docs, name, answer, fields) {
  const opened = docs.page.waitForEvent("popup");
  await docs.submit(name, fields);
  const popup = await opened;
  const asked = new URL(popup.url());
  const closed = popup.waitForEvent("close");
  await popup.locator(`#${answer}`).click();
  await closed;
  same(asked.searchParams.get("redirect_uri"), new URL("docs/oauth2-redirect.html", docs.base).href, "redirect_uri");
  return asked;
}
