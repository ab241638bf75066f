// jose, as a resource server in Node, verifies by the published key set across a rotation.
//
// The one who started it makes the next key when a line `next: …` asks for it, and says on
// standard input when that is done. All that is fetched of the key set is counted on the way.
import { createServer, get } from "node:http";
import { createInterface } from "node:readline";

import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from "jose";

const base = process.argv[2];
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

function check(holds, what, seen) {
  if (!holds) {
    console.error(`FAILED: ${what}; seen: ${JSON.stringify(seen)}`);
    process.exit(1);
  }
  console.log(`ok: ${what}`);
}

async function asksFor(what) {
  console.log(`next: ${what}`);
  check(!(await lines.next()).done, `somebody did it: ${what}`);
}

async function login() {
  const body = new URLSearchParams({ username: "johndoe", password: "correct horse battery staple" });
  const answer = await fetch(`${base}/token`, { method: "POST", body });
  check(answer.status === 200, "a login", answer.status);
  return answer.json();
}

/** Sends the key set on, and counts. */
class Counter {
  fetched = 0;

  async listen() {
    this.server = createServer((_, answer) => {
      this.fetched += 1;
      get(`${base}/.well-known/jwks.json`, (set) => {
        answer.writeHead(set.statusCode, set.headers);
        set.pipe(answer);
      });
    });
    await new Promise((listening) => this.server.listen(0, "127.0.0.1", listening));
    return new URL(`http://127.0.0.1:${this.server.address().port}/`);
  }
}

/** An API that trusts this issuer (RFC 9068 §4). */
class ResourceServer {
  counter = new Counter();

  static async start(options) {
    const server = new ResourceServer();
    server.keys = createRemoteJWKSet(await server.counter.listen(), options);
    return server;
  }

  verify(token, wanted = {}) {
    return jwtVerify(token, this.keys, {
      issuer: base,
      audience: base,
      typ: "at+jwt",
      algorithms: ["ES256", "EdDSA", "RS256"],
      requiredClaims: ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"],
      clockTolerance: 0,
      ...wanted,
    });
  }

  async accepts(what, token, fetched) {
    const { payload, protectedHeader } = await this.verify(token);
    check(protectedHeader.typ === "at+jwt", `${what}: verified, and its typ is at+jwt`, protectedHeader);
    check(payload.iss === base && payload.aud === base, `${what}: of this issuer, for it`, payload);
    check(this.counter.fetched === fetched, `${what}: key sets fetched: ${fetched}`, this.counter.fetched);
  }

  async refuses(what, code, token, wanted = {}) {
    const seen = await this.verify(token, wanted).then(() => "accepted", (error) => error.code);
    check(seen === code, `${what}: ${code}`, seen);
  }
}

/** The token with another member in its header, under the signature that it had. */
function withHeader(token, changes) {
  const [, claims, signature] = token.split(".");
  const header = { ...decodeProtectedHeader(token), ...changes };
  return [Buffer.from(JSON.stringify(header)).toString("base64url"), claims, signature].join(".");
}

async function holdsToRfc9068(server, issued) {
  const token = issued.access_token;
  const claim = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  await server.refuses("wanted of another issuer", claim, token, { issuer: `${base}/` });
  await server.refuses("wanted for another audience", claim, token, { audience: "https://api.example.com" });
  await server.refuses("wanted as an ID token", claim, token, { typ: "JWT" });
  await server.refuses("wanted with a nonce", claim, token, { requiredClaims: ["nonce"] });
  const end = new Date(decodeJwt(token).exp * 1000);
  await server.refuses("when its time is over", "ERR_JWT_EXPIRED", token, { currentDate: end });
  const signature = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  await server.refuses("with another typ", signature, withHeader(token, { typ: "JWT" }), { typ: "JWT" });
  await server.refuses("without alg", "ERR_JOSE_ALG_NOT_ALLOWED", withHeader(token, { alg: "none" }));
  await server.refuses("a refresh token", "ERR_JWS_INVALID", issued.refresh_token);
}

const usual = await ResourceServer.start();
const patient = await ResourceServer.start();
// jose asks for the set again for a key that it does not know, 30 seconds after the last time
// unless told otherwise: no test waits for that.
const asking = await ResourceServer.start({ cooldownDuration: 0 });
const issued = await login();
const old = issued.access_token;
for (const server of [usual, asking]) await server.accepts("a token", old, 1);
await holdsToRfc9068(usual, issued);
const unknown = withHeader(old, { kid: "unknown" });
await usual.refuses("an unknown key, right after", "ERR_JWKS_NO_MATCHING_KEY", unknown);
check(usual.counter.fetched === 1, "is not asked for", usual.counter.fetched);
await asking.refuses("an unknown key", "ERR_JWKS_NO_MATCHING_KEY", unknown);
check(asking.counter.fetched === 2, "is asked for once", asking.counter.fetched);

await asksFor("publish");
const between = (await login()).access_token;
await usual.accepts("a token from between, by the old set", between, 1);
await patient.accepts("a token from between, by the set with both keys", between, 1);

await asksFor("sign");
const last = (await login()).access_token;
const kids = [old, between, last].map((token) => decodeProtectedHeader(token).kid);
check(kids[0] === kids[1] && kids[1] !== kids[2], "the new key signs when it has been published", kids);
for (const [what, token] of Object.entries({ old, between, new: last })) {
  await patient.accepts(`the ${what} token, by the set from before`, token, 1);
}
await asking.accepts("the new token, whose key is asked for", last, 3);
await asking.accepts("the old token, still", old, 3);
console.log("done");
process.exit(0);
