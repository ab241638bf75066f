// What the forms of all pages have in common.

const element = (id) => document.getElementById(id);

/** Says one thing to the person, `error` or `status`, and takes back what was said before. */
export function say(id, words) {
  element("error").textContent = id === "error" ? words : "";
  element("status").textContent = id === "status" ? words : "";
}

export function setTitle(words) {
  element("heading").textContent = words;
  document.title = `${words} · Portcullis`;
}

export function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}

export function setBusy(button, busy, words) {
  // Not `disabled`, which would drop the focus to the page's start.
  button.setAttribute("aria-disabled", String(busy));
  button.textContent = words;
}

/** A field is wrong, or is so no longer. */
export function mark(field, wrong) {
  if (wrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
}

export function showPassword(field, reveal, shown) {
  field.type = shown ? "text" : "password";
  reveal.firstElementChild.textContent = shown ? "Hide" : "Show";
}

/** A button that shows what is typed into a password's field, and hides it again. */
export function wakeReveal(field, reveal) {
  reveal.addEventListener("click", () => {
    showPassword(field, reveal, field.type === "password");
    field.focus();
  });
  reveal.hidden = false;
}
