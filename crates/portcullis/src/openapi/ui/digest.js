// HTTP Digest (RFC 7616), which Swagger UI shows as unsupported: its entry in the Authorize dialogue,
// and its handshake. The page computes the response itself, for what the browser remembers of its own
// digest dialogue cannot be logged out.

const ALGORITHM = /^SHA-256(-sess)?$/i;

const quoted = (text) => `"${text.replace(/["\\]/g, "\\$&")}"`;

async function hash(text) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The Digest challenges among those of a WWW-Authenticate header, their parameters by lower-case name. */
function challenges(header) {
  const all = [];
  const word = /[\s,]*([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+)))?/gy;
  for (const [, name, text, token] of (header ?? "").matchAll(word)) {
    const value = text?.replace(/\\(.)/g, "$1") ?? token;
    if (value === undefined) all.push({ scheme: name.toLowerCase() });
    else if (all.length > 0) all.at(-1)[name.toLowerCase()] ??= value;
  }
  return all.filter(({ scheme, nonce }) => scheme === "digest" && nonce);
}

function choose(offered) {
  const usable = offered.find(({ algorithm, qop }) =>
    ALGORITHM.test(algorithm ?? "") && (qop ?? "").split(/[\s,]+/).includes("auth"));
  if (!usable) {
    throw new Error("The server asks for a Digest that a page cannot compute: only SHA-256 with qop=auth can be.");
  }
  if (!crypto.subtle) {
    throw new Error("A page computes a Digest only where it came over https, or from this machine.");
  }
  return usable;
}

/** RFC 7616, section 3.4. A nonce is used once, so its count is always the first. */
async function credentials(challenge, { username, password = "" }, method, url) {
  const { realm = "", nonce, opaque, algorithm } = challenge;
  const uri = url.pathname + url.search;
  const cnonce = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let key = await hash(`${username}:${realm}:${password}`);
  if (/-sess$/i.test(algorithm)) key = await hash(`${key}:${nonce}:${cnonce}`);
  const response = await hash(`${key}:${nonce}:00000001:${cnonce}:auth:${await hash(`${method}:${uri}`)}`);
  // A header is no place for other letters (section 3.4).
  const name = /^[\x20-\x7e]*$/.test(username)
    ? `username=${quoted(username)}`
    : `username*=UTF-8''${encodeURIComponent(username).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)}`;
  return `Digest ${name}, realm=${quoted(realm)}, nonce=${quoted(nonce)}, uri=${quoted(uri)}, algorithm=${algorithm}, `
    + `qop=auth, nc=00000001, cnonce="${cnonce}", response="${response}"`
    + (opaque === undefined ? "" : `, opaque=${quoted(opaque)}`);
}

/** Asks for a challenge by making the call without an answer to one, then makes it with the answer. */
export async function fetchWithDigest(address, request, user) {
  const first = await fetch(address, request);
  // A challenge is answered only where the call was made: who redirected it may choose who challenges.
  if (first.redirected) return first;
  const offered = first.status === 401 ? challenges(first.headers.get("www-authenticate")) : [];
  // Another scheme's credentials are there already, none are needed, or there is nothing to compute from.
  if (offered.length === 0 || request.headers.Authorization) return first;
  const url = new URL(address, document.baseURI);
  const Authorization = await credentials(choose(offered), user, request.method.toUpperCase(), url);
  return fetch(address, { ...request, headers: { ...request.headers, Authorization } });
}

/** The entry in the dialogue: a user's name and password, or what some other program computed. */
function entry(React, { name, schema, authorized, getComponent, onChange }) {
  const make = React.createElement;
  const [Row, Col, Input] = ["Row", "Col", "Input"].map((part) => getComponent(part));
  const Markdown = getComponent("Markdown", true);
  const [fields, setFields] = React.useState({});
  const given = authorized?.getIn([name, "value"]);
  const change = ({ target }) => {
    const value = { ...fields, [target.name]: target.value };
    setFields(value);
    onChange({ name, schema, value });
  };
  const field = (part, label, type, shown) => {
    const id = `auth-digest-${part}-${name}`;
    const input = () => make(Col, null, make(Input, { id, name: part, type, autoComplete: "off", onChange: change }));
    return make(Row, { key: part }, make("label", { htmlFor: id }, label), given ? make("code", null, ` ${shown} `) : input());
  };
  const username = given?.get("username");
  return make("div", null,
    make("h4", null, make("code", null, name), "\u00a0(http, Digest)"),
    given && make("h6", null, "Authorized"),
    make(Row, null, make(Markdown, { source: schema.get("description") })),
    (!given || username) && [field("username", "Username:", "text", username), field("password", "Password:", "password", "******")],
    !(given && username) && field("response", "Or what stands after “Digest”:", "text", "******"));
}

export const digest = ({ React }) => ({
  wrapComponents: {
    HttpAuth: (Original) => {
      const DigestAuth = (props) => entry(React, props);
      return (props) =>
        React.createElement(props.schema.get("scheme")?.toLowerCase() === "digest" ? DigestAuth : Original, props);
    },
  },
});
