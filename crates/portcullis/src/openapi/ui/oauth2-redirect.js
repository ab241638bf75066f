// Where an authorization server sends the browser back to: hands its answer to the documentation page
// that opened this window, and closes it. Ours, for Swagger UI's own goes on when the state is not the
// one that was sent (RFC 6749, section 10.12), and loses the second code of a page.

function handOver({ auth, state, redirectUrl, callback, errCb }) {
  const answer = new URLSearchParams(window.location.search);
  // The implicit flow answers in the fragment.
  for (const [name, value] of new URLSearchParams(window.location.hash.slice(1))) answer.append(name, value);
  const refuse = (message) => errCb({ authId: auth.name, source: "auth", level: "error", message });

  if (answer.get("state") !== state) {
    refuse("The answer is not to the question that was asked (another state). Nothing was authorized.");
  } else if (answer.has("error")) {
    refuse([answer.get("error"), answer.get("error_description"), answer.get("error_uri")].filter(Boolean).join(": "));
  } else if (auth.schema.get("flow") === "implicit") {
    callback({ auth, token: Object.fromEntries(answer), isValid: true, redirectUrl });
  } else if (answer.has("code")) {
    auth.code = answer.get("code");
    callback({ auth, redirectUrl });
  } else {
    refuse("The authorization server sent no code.");
  }
}

/** What the page that opened this window waits for; taken from it: one answer to one question. */
function takePending() {
  try {
    const pending = window.opener?.swaggerUIRedirectOauth2;
    if (pending) delete window.opener.swaggerUIRedirectOauth2;
    return pending;
  } catch {
    // Another site opened it.
    return undefined;
  }
}

const pending = takePending();
if (pending) {
  handOver(pending);
  window.close();
} else {
  document.getElementById("told").textContent =
    "No documentation page waits for this answer. Close this window, and authorize again from there.";
}
