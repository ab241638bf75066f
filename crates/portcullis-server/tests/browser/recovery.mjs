// Everything that begins with a mail, walked with the mails that really came.
// node recovery.mjs BASE_URL SCREENSHOT_DIR MAIL_FOLDER DATABASE_FILE: each mail lies in the folder as a
// file of JSON; carol has a verified address, and operator may write accounts.
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { holds, readArguments, run, same } from "./browser.mjs";

const { base, shots } = readArguments();
const [folder, database] = process.argv.slice(4);
const at = (name) => new URL(name, base);
const field = (page, label) => page.getByLabel(label, { exact: true });
const button = (page, name) => page.getByRole("button", { name, exact: true });
const heading = (page, name) => page.getByRole("heading", { level: 1, name, exact: true }).waitFor();
const told = (page, words) => page.getByRole("alert").filter({ hasText: words }).waitFor();

const OLD = "seven grey cranes over Uppsala";
const NEW = "eleven purple kites at noon";
const NEWER = "nine slow ferries to Gotland";

const taken = new Set();

/** The next mail to this address about this; it is nobody else's then. */
async function mailTo(address, subject) {
  for (let tries = 0; tries < 300; tries += 1) {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
    for (const name of names.filter((one) => !taken.has(one))) {
      const mail = JSON.parse(await readFile(path.join(folder, name), "utf8"));
      if (mail.to !== address || !mail.subject.startsWith(subject)) continue;
      taken.add(name);
      return mail;
    }
    await new Promise((done) => { setTimeout(done, 50); });
  }
  throw new Error(`no mail to ${address} about ${subject}`);
}

/** The one link of a mail, which leads to this page. */
function linkIn(mail, page) {
  const [link, ...more] = mail.text.split("\n").filter((line) => line.startsWith(at(`${page}#token=`).href));
  holds(link && more.length === 0, `one link to ${page} in ${mail.text}`);
  return link;
}

async function follow(page, link) {
  // As from a mail reader: the page is not open yet.
  await page.goto("about:blank");
  await page.goto(link);
}

async function api(method, name, token, body) {
  const headers = { "Content-Type": "application/json", ...token ? { Authorization: `Bearer ${token}` } : {} };
  const answer = await fetch(at(name), { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, ...text ? JSON.parse(text) : {} };
}

async function tokenOf(username, password) {
  const answer = await fetch(at("token"), { method: "POST", body: new URLSearchParams({ username, password }) });
  const body = await answer.json();
  return body.access_token ?? body.error;
}

async function signIn(page, username, password) {
  await page.goto(base.href);
  await field(page, "Username").fill(username);
  await field(page, "Password").fill(password);
  await button(page, "Sign in").click();
}

async function askForRecovery(page, account) {
  await page.goto(base.href);
  await page.getByRole("link", { name: "Forgot the password?" }).click();
  await field(page, "Username or e-mail address").fill(account);
  await button(page, "Send the mail").click();
  await heading(page, "Look at your mail");
  return page.locator("main").innerText();
}

async function choose(page, label, password, words) {
  await field(page, label).fill(password);
  await button(page, words).click();
}

let said = "";
let spent = "";

const recovery = [
  ["forgot the password: a mail, a link, a new password, and it signs in", async ({ page, watch, at: shot }) => {
    const before = await tokenOf("carol", OLD);
    said = await askForRecovery(page, "carol@example.com");
    await page.screenshot({ path: shot("recovery-1-asked.png") });
    spent = linkIn(await mailTo("carol@example.com", "Choose a new password"), "reset-password");
    // What looks at links before people do asks for them, and changes nothing.
    for (let times = 0; times < 3; times += 1) same((await fetch(spent)).status, 200, "a look at the link");
    await follow(page, spent);
    await heading(page, "Choose a password");
    same(page.url(), at("reset-password").href, "the address");
    for (const [bad, why] of [["too short", "choose at least 15"], ["passwordpassword", "tried first"], ["carol@example.com", "made of"]]) {
      watch.expectNotice("422");
      await choose(page, "New password", bad, "Set the password");
      await page.locator("#new_password-fault").filter({ hasText: why }).waitFor();
      same(await field(page, "New password").getAttribute("aria-invalid"), "true", "aria-invalid");
    }
    await page.screenshot({ path: shot("recovery-2-refused.png") });
    same(await tokenOf("carol", OLD) !== "invalid_grant", true, "the old password still works");
    await choose(page, "New password", NEW, "Set the password");
    await heading(page, "Your password is set");
    await page.screenshot({ path: shot("recovery-3-set.png") });
    same((await api("GET", "users/me", before)).status, 401, "who was signed in");
    same(await tokenOf("carol", OLD), "invalid_grant", "the old password");
    await page.getByRole("link", { name: "Sign in" }).first().click();
    await field(page, "Username").fill("carol");
    await choose(page, "Password", NEW, "Sign in");
    await heading(page, "Your account");
    const notice = await mailTo("carol@example.com", "Your password");
    holds(!notice.text.includes("#token="), "a notice has no link that does anything");
  }],
  ["a link works once, and the way to another one is shown", async ({ page, watch, at: shot }) => {
    await follow(page, spent);
    watch.expectNotice("400");
    await choose(page, "New password", NEWER, "Set the password");
    await told(page, "This link does not work, or no longer");
    await heading(page, "Another link is needed");
    await page.screenshot({ path: shot("recovery-4-used.png") });
    await page.getByRole("link", { name: "Ask for a new link" }).click();
    await heading(page, "Forgot the password?");
    same(await tokenOf("carol", NEWER), "invalid_grant", "the password that was not set");
  }],
  ["a link works for a while", async ({ page, watch }) => {
    await askForRecovery(page, "carol");
    const link = linkIn(await mailTo("carol@example.com", "Choose a new password"), "reset-password");
    // Half an hour later.
    execFileSync("sqlite3", [database, "UPDATE one_time_tokens SET created_at = created_at - 1800, expires_at = expires_at - 1800;"]);
    await follow(page, link);
    watch.expectNotice("400");
    await choose(page, "New password", NEWER, "Set the password");
    await told(page, "This link does not work, or no longer");
    same(await tokenOf("carol", NEWER), "invalid_grant", "the password that was not set");
  }],
  ["who has no account is answered alike, and gets no mail", async ({ page }) => {
    same(await askForRecovery(page, "nobody@example.com"), said, "what is said");
    // The outbox goes by turns: this one comes after.
    await askForRecovery(page, "carol@example.com");
    await mailTo("carol@example.com", "Choose a new password");
    const names = await readdir(folder);
    const mails = await Promise.all(names.filter((name) => name.endsWith(".json")).map((name) => readFile(path.join(folder, name), "utf8")));
    same(mails.filter((mail) => JSON.parse(mail).to === "nobody@example.com"), [], "mails to nobody");
  }],
];

async function register(page, username, address) {
  await page.goto(base.href);
  await page.getByRole("link", { name: "Create an account" }).click();
  await field(page, "Username").fill(username);
  await field(page, "E-mail address (optional)").fill(address);
  await choose(page, "Password", OLD, "Create the account");
  await heading(page, "Your account is made");
}

const isVerified = async (username) => (await api("GET", "users/me", await tokenOf(username, OLD))).email_verified;

const accounts = [
  ["registering, and proving the address", async ({ page, watch, at: shot }) => {
    await register(page, "dave", "dave@example.com");
    const link = linkIn(await mailTo("dave@example.com", "Confirm your e-mail address"), "verify-email");
    same([(await fetch(link)).status, await isVerified("dave")], [200, false], "a look at the link");
    await follow(page, link);
    await heading(page, "Confirm your e-mail address");
    same(await isVerified("dave"), false, "the page being open");
    await button(page, "Confirm the address").click();
    await heading(page, "Your address is confirmed");
    same(await isVerified("dave"), true, "verified");
    await page.screenshot({ path: shot("recovery-5-verified.png") });
    await follow(page, link);
    watch.expectNotice("400");
    await button(page, "Confirm the address").click();
    await told(page, "This link does not work, or no longer");
  }],
  ["a link that is lost is sent again", async ({ page }) => {
    await register(page, "erin", "erin@example.com");
    await mailTo("erin@example.com", "Confirm your e-mail address");
    await page.goto(at("verify-email").href);
    await field(page, "E-mail address").fill("erin@example.com");
    await button(page, "Send a new link").click();
    await heading(page, "Look at your mail");
    await follow(page, linkIn(await mailTo("erin@example.com", "Confirm your e-mail address"), "verify-email"));
    await button(page, "Confirm the address").click();
    await heading(page, "Your address is confirmed");
    same(await isVerified("erin"), true, "verified");
  }],
  ["an address that is somebody's: the same page, and its owner is told", async ({ page }) => {
    await register(page, "mallory", "carol@example.com");
    const mail = await mailTo("carol@example.com", "Your e-mail address was given again");
    holds(!mail.text.includes("#token="), `no link for it: ${mail.text}`);
    same(await isVerified("mallory"), false, "verified");
  }],
  ["an invitation becomes an account with its address and scopes", async ({ page, watch, at: shot }) => {
    const operator = await tokenOf("operator", OLD);
    const invitation = { email: "frank@example.com", scopes: ["users:read"] };
    same((await api("POST", "invitations", operator, invitation)).status, 202, "invited");
    const link = linkIn(await mailTo("frank@example.com", "Your invitation"), "invitation");
    await follow(page, link);
    await heading(page, "You are invited");
    await field(page, "Username").fill("carol");
    watch.expectNotice("409");
    await choose(page, "Password", OLD, "Create the account");
    await page.locator("#username-fault").filter({ hasText: "This username is taken." }).waitFor();
    await page.screenshot({ path: shot("recovery-6-invited.png") });
    await field(page, "Username").fill("frank");
    await field(page, "Full name (optional)").fill("Frank Ödegård");
    await button(page, "Create the account").click();
    await heading(page, "Your account is made");
    await signIn(page, "frank", OLD);
    await heading(page, "Your account");
    const { email, email_verified: verified, full_name: name, scopes } = await api("GET", "users/me", await tokenOf("frank", OLD));
    same([email, verified, name, scopes], ["frank@example.com", true, "Frank Ödegård", ["users:read"]], "the account");
    await follow(page, link);
    await field(page, "Username").fill("frank2");
    watch.expectNotice("400");
    await choose(page, "Password", OLD, "Create the account");
    await told(page, "This link does not work, or no longer");
  }],
  ["another address: the new one confirms, the old one is told", async ({ page, watch }) => {
    const token = await tokenOf("carol", NEW);
    const change = { email: "carol@example.org", password: NEW };
    same((await api("PUT", "users/me/email", token, change)).status, 202, "asked");
    const warning = await mailTo("carol@example.com", "Another e-mail address");
    holds(warning.text.includes("carol@example.org"), warning.text);
    const link = linkIn(await mailTo("carol@example.org", "Confirm your new e-mail address"), "confirm-email");
    same((await fetch(link)).status, 200, "a look at the link");
    same((await api("GET", "users/me", token)).email, "carol@example.com", "the address, before");
    await follow(page, link);
    await button(page, "Confirm the new address").click();
    await heading(page, "Your address is changed");
    const { email, email_verified: verified } = await api("GET", "users/me", await tokenOf("carol", NEW));
    same([email, verified], ["carol@example.org", true], "the address, after");
    await mailTo("carol@example.com", "Your e-mail address for");
    await follow(page, link);
    watch.expectNotice("400");
    await button(page, "Confirm the new address").click();
    await told(page, "This link does not work, or no longer");
  }],
  ["an account made by an operator: its owner sets the password", async ({ page }) => {
    const operator = await tokenOf("operator", OLD);
    same((await api("POST", "users", operator, { username: "heidi", email: "heidi@example.com" })).status, 201, "made");
    await follow(page, linkIn(await mailTo("heidi@example.com", "Your account"), "reset-password"));
    await choose(page, "New password", NEW, "Set the password");
    await heading(page, "Your password is set");
    await signIn(page, "heidi", NEW);
    await heading(page, "Your account");
  }],
];

await run(base, shots, [...recovery, ...accounts]);
