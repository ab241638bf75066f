// Sends the credentials that Swagger UI takes or shows, but cannot send by itself.
import { fetchWithDigest } from "./digest.js";
import { fetchWithCookies } from "./cookies.js";

/** The schemes that an operation names, in any of its alternatives: as Swagger UI applies them. */
function schemesOf(call) {
  const { definitions = {}, authorized = {}, specSecurity } = call.securities ?? {};
  const alternatives = call.operation.get("security")?.toJS() ?? specSecurity ?? [];
  const names = [...new Set(alternatives.flatMap((alternative) => Object.keys(alternative)))];
  return names
    .filter((name) => definitions?.[name])
    .map((name) => ({
      definition: definitions[name],
      authorization: authorized?.[name],
      value: authorized?.[name]?.value,
    }));
}

const isHttp = (scheme) => ({ definition }) =>
  definition.type === "http" && definition.scheme?.toLowerCase() === scheme;
const isCookie = ({ definition }) => definition.type === "apiKey" && definition.in === "cookie";

/** `btoa` takes bytes written as characters, and fails at others: RFC 7617 has them in UTF-8. */
function asBytes(text = "") {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

function prepare(call) {
  const schemes = schemesOf(call);
  for (const { value, authorization } of schemes.filter(isHttp("basic"))) {
    if (value) {
      const { username, password } = value;
      authorization.value = { username: asBytes(username), password: asBytes(password) };
    }
  }
  const cookies = schemes.filter(isCookie);
  const given = cookies.filter(({ value }) => value).map(({ definition, value }) => [definition.name, value]);
  const digest = schemes.filter(isHttp("digest")).find(({ value }) => value)?.value;
  // At a Basic or Digest challenge a browser asks for a password itself, and then remembers it
  // where Logout cannot reach. It does not when the call may carry nothing of its own.
  const challenged = schemes.some(isHttp("basic")) || schemes.some(isHttp("digest"));

  const send = (url, request) => {
    if (challenged && cookies.length === 0) request.credentials = "omit";
    const fetchIt = () => (digest?.username ? fetchWithDigest(url, request, digest) : fetch(url, request));
    return given.length > 0 ? fetchWithCookies(url, given, fetchIt) : fetchIt();
  };
  send.digest = digest;
  return { ...call, userFetch: send };
}

/** A request interceptor: what it adds to the request is also in the curl command. */
export function complete(request) {
  // The one POST that is no operation's asks for a token. A wrong client's challenge is Basic, too.
  if (!request.userFetch && request.method === "post") request.credentials = "omit";
  const digest = request.userFetch?.digest;
  if (!digest || request.headers.Authorization) return request;
  if (digest.username) request.curlOptions = ["--digest", "--user", digest.username];
  else if (digest.response) request.headers.Authorization = `Digest ${digest.response}`;
  return request;
}

export const calls = () => ({
  statePlugins: {
    spec: { wrapActions: { executeRequest: (original) => (call) => original(prepare(call)) } },
  },
});
