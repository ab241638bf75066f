"""PyJWT and joserfc, as two resource servers, keep the key set across a rotation.

The one who started it makes the next key when a line `next: …` asks for it, and
says on standard input when that is done. Between the two only the server changes:
the key set that was fetched while the key was merely published must be enough.
"""

import sys

import jwt
import requests
from joserfc import jwt as jose
from joserfc.jwk import KeySet

from said import base_url, check

BASE = base_url()
JWKS = f"{BASE}/.well-known/jwks.json"


def token() -> str:
    form = {"username": "johndoe", "password": "correct horse battery staple"}
    answer = requests.post(f"{BASE}/token", data=form, timeout=30)
    check(answer.status_code == 200, "a login", answer.text)
    return answer.json()["access_token"]


def asks_for(what: str) -> None:
    print(f"next: {what}", flush=True)
    check(sys.stdin.readline() != "", f"somebody did it: {what}")


ALGORITHMS = ["ES256", "EdDSA", "RS256"]


class CountedKeys(jwt.PyJWKClient):
    """PyJWT's keys, and how often they were fetched."""

    fetched = 0

    def fetch_data(self) -> object:
        self.fetched += 1
        return super().fetch_data()


class ResourceServers:
    """Both, each with the key set as it is now."""

    def __init__(self) -> None:
        self.joserfc = KeySet.import_key_set(requests.get(JWKS, timeout=10).json())
        self.pyjwt = CountedKeys(JWKS)
        self.pyjwt.fetch_data()  # and keeps it for five minutes


def pyjwt_verifies(what: str, a_token: str, keys: CountedKeys, fetched: int) -> dict:
    key = keys.get_signing_key_from_jwt(a_token)
    claims = jwt.decode(
        a_token,
        key,
        algorithms=ALGORITHMS,
        audience=BASE,
        issuer=BASE,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"]},
    )
    check(jwt.get_unverified_header(a_token)["typ"] == "at+jwt", f"PyJWT verifies {what}", claims)
    check(keys.fetched == fetched, f"with key sets fetched: {fetched}", keys.fetched)
    for wrong in ({"audience": "https://api.example.com"}, {"issuer": f"{BASE}/"}):
        wanted = {"audience": BASE, "issuer": BASE, **wrong}
        seen: object = "accepted"
        try:
            jwt.decode(a_token, key, algorithms=ALGORITHMS, **wanted)
        except (jwt.InvalidAudienceError, jwt.InvalidIssuerError) as error:
            seen = error
        check(seen != "accepted", f"and refuses it where {wrong} is wanted", seen)
    return claims


def verifies(what: str, a_token: str, servers: ResourceServers) -> None:
    claims = pyjwt_verifies(what, a_token, servers.pyjwt, 1)
    verified = jose.decode(a_token, servers.joserfc, algorithms=ALGORITHMS)
    check(verified.claims == claims, f"joserfc verifies {what}", verified.claims)


first = ResourceServers()
# PyJWT asks again for a key that it does not know, 30 seconds after the last time unless
# told otherwise: no test waits for that.
asking = CountedKeys(JWKS, cooldown_duration=0)
old = token()
verifies("a token", old, first)
pyjwt_verifies("a token", old, asking, 1)
asks_for("publish")
both = ResourceServers()
keys = both.joserfc.keys
check(len(keys) == 2, "both keys are published", len(keys))
meanwhile = token()
verifies("a token from between, by the old set", meanwhile, first)
asks_for("sign")
new = token()
kids = [jwt.get_unverified_header(each)["kid"] for each in (old, meanwhile, new)]
check(kids[0] == kids[1] != kids[2], "the new key signs when it has been published", kids)
for what, a_token in (("the old token", old), ("the new token", new)):
    verifies(f"{what}, by the set from before", a_token, both)
pyjwt_verifies("the new token, whose key is asked for", new, asking, 2)
pyjwt_verifies("the old token, still", old, asking, 2)
print("done", flush=True)
