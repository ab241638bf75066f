// How the pages speak to the API: one request at a time, and every refusal in words.

const ANSWER_WITHIN_MS = 20_000;

let pending = null;

/** A refusal in words that can be shown; `faults` are the members that do not fit, if it names any. */
export class Refusal extends Error {
  constructor(words, status = 0, body = {}) {
    super(words);
    this.status = status;
    this.code = typeof body.error === "string" ? body.error : "";
    this.faults = Array.isArray(body.detail) ? body.detail.map(Object) : [];
  }
}

function plural(count, unit) {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

// Retry-After is a number of seconds or a date (RFC 9110, section 10.2.3).
function retryWords(value) {
  if (!value) return "Try again in a moment.";
  const given = /^\d+$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1000;
  if (!Number.isFinite(given)) return "Try again in a moment.";
  const seconds = Math.max(1, Math.ceil(given));
  const wait = seconds < 120 ? plural(seconds, "second") : plural(Math.ceil(seconds / 60), "minute");
  return `Try again in ${wait}.`;
}

function refusalOf(response, body) {
  const { status } = response;
  const detail = typeof body.detail === "string" ? body.detail : "";
  const retry = retryWords(response.headers.get("Retry-After"));
  let words = `The server gave an unexpected answer (${status}). Try again later.`;
  if (status === 429) words = `Too many attempts. ${retry}`;
  else if (status === 503) words = `The server is busy or cannot reach its database. ${retry}`;
  else if (body.error === "inactive_user") words = `${detail || "Inactive user"}: this account is switched off, so you cannot sign in with it.`;
  else if (body.error === "unsupported_grant_type") words = "This server does not let anybody sign in with a password.";
  else if (status === 413) words = "That is longer than anything that can be right.";
  else if (status >= 400 && status < 500 && detail) words = `${detail}.`;
  return new Refusal(words, status, body);
}

// What stands in between may answer with a page: that is no member at all.
function parsed(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Gives up the request that is on its way, if there is one: there is nobody left to tell. */
export function giveUp() {
  pending?.abort();
}

/** Asks, and answers with the members of the body. Throws a Refusal; or null, if it was given up. */
export async function call(path, options) {
  giveUp();
  const mine = new AbortController();
  pending = mine;
  const late = setTimeout(() => mine.abort("late"), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(path, { ...options, cache: "no-store", redirect: "error", signal: mine.signal });
    const body = parsed(await response.text());
    mine.signal.throwIfAborted();
    if (!response.ok) throw refusalOf(response, body);
    return body;
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    if (mine.signal.aborted && mine.signal.reason !== "late") throw null;
    throw new Refusal(mine.signal.aborted
      ? "The server did not answer in time. Try again in a moment."
      : "The server cannot be reached. Check your connection and try again.");
  } finally {
    clearTimeout(late);
    if (pending === mine) pending = null;
  }
}
