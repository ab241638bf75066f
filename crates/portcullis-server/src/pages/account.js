// The pages for what is not signing in: those that mails link to, and two that ask for such a mail.
// Each is some views, of which one is shown: `ask`; `over`, when its link works no more; `done`.
import { call, giveUp } from "./api.js";
import { isBusy, mark, say, setBusy, setTitle, showPassword, wakeReveal } from "./form.js";

const NO_LINK = "The address is not complete: open this page by the link in the mail.";
const OVER = "This link does not work, or no longer: each works once, and for a while.";
// The member that a refusal is about which names none.
const MEMBERS = { username_taken: "username", email_taken: "email" };

const forms = [...document.forms];
const needsLink = forms.some((form) => form.dataset.token);

// The secret of the link. It lives here and nowhere else, until it is spent.
let token = "";

const submitOf = (form) => form.querySelector("button[type=submit]");
const inputsOf = (form) => [...form.querySelectorAll("input")];
const faultOf = (input) => document.getElementById(`${input.name}-fault`);

// Out of the address bar and the history at once. A fragment is sent to nobody.
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return given;
}

let shown = "ask";

function show(name) {
  shown = name;
  for (const view of document.querySelectorAll("[data-view]")) {
    view.hidden = view.dataset.view !== name;
    if (!view.hidden) setTitle(view.dataset.title);
  }
}

// Another view: what it is must be read out.
function turnTo(name) {
  show(name);
  document.getElementById("heading").focus();
}

function tellFault(input, words) {
  mark(input, words !== "");
  faultOf(input).textContent = words;
}

function hidePasswords(form) {
  for (const reveal of form.querySelectorAll("[data-reveal]")) {
    showPassword(form.elements[reveal.dataset.reveal], reveal, false);
  }
}

function forget(form) {
  form.reset();
  hidePasswords(form);
  for (const input of inputsOf(form)) tellFault(input, "");
  setBusy(submitOf(form), false, submitOf(form).dataset.words);
}

function forgetAll() {
  giveUp();
  token = "";
  forms.forEach(forget);
  say("status", "");
}

function askForLink() {
  show("over");
  say("error", NO_LINK);
}

// What was typed before the script came stays.
function begin() {
  token = takeToken();
  if (needsLink && !token) askForLink();
  else show("ask");
}

function leave() {
  forgetAll();
  if (needsLink && shown === "ask") askForLink();
}

// What the API is told. A name or an address that is left out is not there.
function membersOf(form) {
  const members = {};
  for (const { name, value } of inputsOf(form)) {
    if (value === "") continue;
    // No username has an @, and every address has one.
    if (name === form.dataset.splits) members[value.includes("@") ? "email" : "username"] = value;
    else members[name] = value;
  }
  if (form.dataset.token) members[form.dataset.token] = token;
  return members;
}

function sentence(words) {
  const text = String(words ?? "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

// Which field the server means: by its name, or the only one that there is.
function inputFor(form, member) {
  const inputs = inputsOf(form);
  return inputs.find(({ name }) => name === member) ?? (form.dataset.splits ? inputs[0] : undefined);
}

function complain(form, refusal) {
  if (refusal.code === "invalid_token") {
    token = "";
    turnTo("over");
    say("error", OVER);
    return;
  }
  const member = MEMBERS[refusal.code];
  const faults = member ? [{ loc: [member], msg: refusal.message }] : refusal.faults;
  const wrong = faults.map(({ loc, msg }) => [inputFor(form, loc?.at?.(-1)), sentence(msg)]);
  const placed = wrong.filter(([input]) => input);
  for (const [input, words] of placed) tellFault(input, words);
  placed[0]?.[0].focus();
  const rest = wrong.filter(([input]) => !input).map(([, words]) => words);
  if (rest.length > 0) say("error", rest.join(" "));
  else if (placed.length === 0) say("error", refusal.message);
}

function findMissing(form) {
  const missing = inputsOf(form).filter((input) => input.required && input.value === "");
  for (const input of missing) tellFault(input, input.dataset.missing);
  missing[0]?.focus();
  return missing.length > 0;
}

async function send(form, event) {
  event.preventDefault();
  const button = submitOf(form);
  if (isBusy(button)) return;
  say("error", "");
  for (const input of inputsOf(form)) {
    tellFault(input, "");
    // Keyboards that complete words add a space. In a password it is meant.
    if (input.autocomplete !== "new-password") input.value = input.value.trim();
  }
  if (findMissing(form)) return;
  // A revealed password would be remembered by the browser as plain text.
  hidePasswords(form);
  setBusy(button, true, button.dataset.busy);
  try {
    const headers = { "Content-Type": "application/json" };
    await call(form.getAttribute("action"), { method: "POST", headers, body: JSON.stringify(membersOf(form)) });
    if (form.dataset.token) token = "";
    form.reset();
    turnTo(form.dataset.done ?? "done");
  } catch (refusal) {
    if (refusal) complain(form, refusal);
  } finally {
    setBusy(button, false, button.dataset.words);
  }
}

for (const form of forms) {
  form.addEventListener("submit", (event) => send(form, event));
  for (const reveal of form.querySelectorAll("[data-reveal]")) {
    wakeReveal(form.elements[reveal.dataset.reveal], reveal);
  }
  submitOf(form).disabled = false;
}
begin();
// Another link to the page that is open already: the browser does not load it again.
window.addEventListener("hashchange", () => {
  if (!location.hash) return;
  forgetAll();
  begin();
});
// The browser may keep a page that was left, for its Back button: nothing stays in it.
window.addEventListener("pagehide", leave);
