"""requests-oauthlib, a client that nobody here wrote, logs in and asks who it is."""

import os

# RFC 6749 wants TLS; the server under test listens on loopback alone.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import LegacyApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidScopeError
from requests_oauthlib import OAuth2Session

from said import base_url, check

BASE = base_url()
USER = {"username": "johndoe", "password": "secret"}


def session(scope: list[str] | None = None) -> OAuth2Session:
    client = LegacyApplicationClient(client_id="portcullis", scope=scope)
    return OAuth2Session(client=client)


def logs_in(what: str, scope: list[str] | None, granted: set[str], **how: object) -> None:
    oauth = session(scope)
    token = oauth.fetch_token(f"{BASE}/token", **USER, **how)
    check(token["token_type"].lower() == "bearer", f"{what}: a bearer token", token)
    check(token["expires_in"] > 0, f"{what}: it expires", token)
    check(set(token["scope"]) == granted, f"{what}: the scope is as asked for", token)
    me = oauth.get(f"{BASE}/users/me")
    check(me.status_code == 200, f"{what}: GET /users/me is 200", me.text)
    check(me.json()["username"] == "johndoe", f"{what}: it is johndoe", me.text)
    check("hashed_password" not in me.json(), f"{what}: no password hash", me.text)


def is_refused_as(error: type[Exception], what: str, scope: list[str] | None, **user: str) -> None:
    try:
        seen: object = session(scope).fetch_token(f"{BASE}/token", **user)
    except Exception as raised:  # which one it is, is the check
        seen = raised
    check(isinstance(seen, error), f"{what} is {error.__name__}", seen)


EVERYTHING = {"users:read", "items:read"}
logs_in("client id in the form", None, EVERYTHING, include_client_id=True)
logs_in("client id in the form, empty secret", None, EVERYTHING, include_client_id=True, client_secret="")
logs_in("client id in the header", None, EVERYTHING, include_client_id=False)
logs_in("no word on the client id", None, EVERYTHING)
logs_in("two scopes", ["users:read", "items:read"], EVERYTHING, include_client_id=True)
logs_in("one scope", ["items:read"], {"items:read"}, include_client_id=True)

is_refused_as(InvalidGrantError, "a wrong password", None, username="johndoe", password="wrong")
is_refused_as(InvalidGrantError, "an unknown user", None, username="nobody", password="secret")
is_refused_as(InvalidScopeError, "a scope that nobody declared", ["no:such"], **USER)

inactive = session()
inactive.fetch_token(f"{BASE}/token", username="alice", password="secret2")
answer = inactive.get(f"{BASE}/users/me")
check(answer.status_code == 400, "the inactive user is refused with 400", answer.text)
check(answer.json()["detail"] == "Inactive user", "and told why", answer.text)
