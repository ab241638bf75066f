// The sign-in page. It uses the public API alone: POST token, POST revoke,
// GET users/me.
// What the server issued lives in the variable `session` and nowhere else.
import { Refusal, call, giveUp } from "./api.js";
import { isBusy, mark, say, setBusy, setTitle, showPassword, wakeReveal } from "./form.js";

// A longer delay overflows the timer and would fire at once.
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const element = (id) => document.getElementById(id);
const heading = element("heading");
const form = element("form");
const username = element("username");
const password = element("password");
const reveal = element("reveal");
const submit = element("submit");
const account = element("account");

// While somebody is signed in: { token, handle (by which it is ended), expiry
// (a timer) }. Whatever answers to a session that is no longer this one is
// thrown away.
let session = null;

async function requestToken() {
  const body = await call("token", { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (typeof body.access_token !== "string" || !body.access_token) {
    throw new Refusal("The server gave an unexpected answer: it holds no token.");
  }
  return body;
}

async function requestAccount(token) {
  const user = await call("users/me", { headers: { Authorization: `Bearer ${token}` } });
  if (typeof user.username !== "string") {
    throw new Refusal("The server gave an unexpected answer: it holds no account.");
  }
  return user;
}

function markOnly(...wrong) {
  for (const field of [username, password]) mark(field, wrong.includes(field));
}

function fillScopes(cell, scopes) {
  const list = document.createElement("ul");
  for (const scope of scopes) {
    const item = document.createElement("li");
    item.textContent = scope;
    list.append(item);
  }
  cell.append(list);
}

function fillTime(cell, written) {
  const moment = new Date(written);
  if (Number.isNaN(moment.getTime())) {
    cell.textContent = written;
    return;
  }
  const time = document.createElement("time");
  time.dateTime = written;
  time.textContent = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short" }).format(moment);
  cell.append(time);
}

function fill(cell, name, value) {
  cell.replaceChildren();
  const absent = value === null || value === undefined || value === "" || value.length === 0;
  cell.classList.toggle("absent", absent);
  if (absent) cell.textContent = name === "scopes" ? "None" : "Not given";
  else if (name === "scopes" && Array.isArray(value)) fillScopes(cell, value);
  else if (name === "created_at") fillTime(cell, String(value));
  else cell.textContent = String(value);
}

function showAccount(user) {
  if (!account.hasChildNodes()) {
    account.append(element("account-template").content.cloneNode(true));
    element("refresh").addEventListener("click", refresh);
    element("sign-out").addEventListener("click", () => signOut("status", "You are signed out."));
  }
  for (const cell of account.querySelectorAll("[data-field]")) {
    fill(cell, cell.dataset.field, user[cell.dataset.field]);
  }
}

// Forgets everything about the person, on the page and in memory. What ends
// here must end there, or it would be good for days more.
function forget() {
  giveUp();
  if (session) revoke(session.handle);
  clearTimeout(session?.expiry);
  session = null;
  account.replaceChildren();
  form.reset();
  showPassword(password, reveal, false);
  markOnly();
  setBusy(submit, false, "Sign in");
  form.hidden = false;
  setTitle("Sign in");
  say("status", "");
}

// The page does not wait for the answer: it has forgotten the token in any case.
function revoke(token) {
  const body = new URLSearchParams({ token });
  fetch("revoke", { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
}

function signOut(id, words) {
  forget();
  say(id, words);
  username.focus();
}

function expire() {
  signOut("error", "Your session has ended. Sign in again.");
}

// The refresh token outlives the access token, and is used for nothing else.
const handleOf = (granted) => granted.refresh_token ?? granted.access_token;

function begin(granted) {
  session = { token: granted.access_token, handle: handleOf(granted), expiry: undefined };
  const delay = Number(granted.expires_in) * 1000;
  if (delay > 0 && delay <= LONGEST_TIMER_MS) session.expiry = setTimeout(expire, delay);
}

function complain(refusal) {
  say("error", refusal.message);
  if (refusal.code === "invalid_grant") {
    // Which of the two is wrong is not told, so both are marked.
    markOnly(username, password);
    password.focus();
    password.select();
  }
}

function missing() {
  if (!username.value && !password.value) return [[username, password], "Enter your username and password."];
  if (!username.value) return [[username], "Enter your username."];
  if (!password.value) return [[password], "Enter your password."];
  return null;
}

async function signIn(event) {
  event.preventDefault();
  if (isBusy(submit)) return;
  say("error", "");
  markOnly();
  // No username has a space at its ends, but keyboards that complete words add one.
  username.value = username.value.trim();
  const gap = missing();
  if (gap) {
    const [fields, words] = gap;
    say("error", words);
    markOnly(...fields);
    fields[0].focus();
    return;
  }
  // A revealed password would be remembered by the browser as plain text.
  showPassword(password, reveal, false);
  setBusy(submit, true, "Signing in…");
  let granted = null;
  try {
    granted = await requestToken();
    const user = await requestAccount(granted.access_token);
    begin(granted);
    form.reset();
    form.hidden = true;
    setTitle("Your account");
    showAccount(user);
    heading.focus();
  } catch (refusal) {
    // A login that cannot be shown is not kept.
    if (granted) revoke(handleOf(granted));
    if (refusal) complain(refusal);
  } finally {
    setBusy(submit, false, "Sign in");
  }
}

async function refresh() {
  const button = element("refresh");
  const current = session;
  if (!current || isBusy(button)) return;
  say("status", "");
  setBusy(button, true, "Refreshing…");
  try {
    showAccount(await requestAccount(current.token));
    say("status", "The account is up to date.");
  } catch (refusal) {
    if (session !== current || !refusal) return;
    if (refusal.status === 401) expire();
    else if (refusal.code === "inactive_user") signOut("error", refusal.message);
    else say("error", refusal.message);
  } finally {
    setBusy(button, false, "Refresh");
  }
}

form.addEventListener("submit", signIn);
wakeReveal(password, reveal);
// The browser may keep a page that was left, for its Back button: whoever
// goes back finds nobody signed in.
window.addEventListener("pagehide", forget);
submit.disabled = false;
