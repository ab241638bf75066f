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


class ResourceServers:
    """Both, each with the key set as it is now."""

    def __init__(self) -> None:
        self.joserfc = KeySet.import_key_set(requests.get(JWKS, timeout=10).json())
        self.pyjwt = jwt.PyJWKClient(JWKS)
        self.pyjwt.fetch_data()  # and keeps it for five minutes


def verifies(what: str, a_token: str, servers: ResourceServers) -> None:
    key = servers.pyjwt.get_signing_key_from_jwt(a_token)
    claims = jwt.decode(a_token, key, algorithms=["ES256"], audience=BASE, issuer=BASE)
    check(claims["iss"] == BASE, f"PyJWT verifies {what}", claims)
    verified = jose.decode(a_token, servers.joserfc, algorithms=["ES256"])
    check(verified.claims == claims, f"joserfc verifies {what}", verified.claims)


first = ResourceServers()
old = token()
verifies("a token", old, first)
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
print("done", flush=True)
