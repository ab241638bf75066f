"""requests-oauthlib renews its token by itself, and revokes it in the end.

What it does of itself is counted on the wire: when its token has expired, one call
of the API makes exactly one renewal.
"""

import os

# RFC 6749 wants TLS; the server under test listens on loopback alone.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

import time

import requests
from oauthlib.oauth2 import LegacyApplicationClient
from oauthlib.oauth2.rfc6749.errors import InvalidGrantError
from requests_oauthlib import OAuth2Session

from said import base_url, check

BASE = base_url()
TOKEN, ME, REVOKE = f"{BASE}/token", f"{BASE}/users/me", f"{BASE}/revoke"


class Session:
    """A login that renews itself, as their documentation sets it up."""

    def __init__(self, scope: list[str] | None) -> None:
        self.told: list[dict] = []
        self.renewals = 0
        self.oauth = OAuth2Session(
            client=LegacyApplicationClient(client_id="portcullis", scope=scope),
            auto_refresh_url=TOKEN,
            auto_refresh_kwargs={"client_id": "portcullis"},
            token_updater=self.told.append,
        )
        self.oauth.hooks["response"].append(self.count)
        self.oauth.fetch_token(TOKEN, username="johndoe", password="secret", include_client_id=True)

    def count(self, answer: requests.Response, **_: object) -> None:
        body = answer.request.body or ""
        self.renewals += answer.request.url == TOKEN and "grant_type=refresh_token" in body

    def expires(self) -> None:
        """As if its time were over: nothing but the client's own clock knows of it."""
        self.oauth.token = {**self.oauth.token, "expires_at": time.time() - 1}

    def me(self) -> requests.Response:
        return self.oauth.get(ME)

    def revoke(self, kind: str) -> requests.Response:
        # The library prepares the request, and leaves the sending to others.
        prepare = self.oauth._client.prepare_token_revocation_request
        url, headers, body = prepare(REVOKE, self.oauth.token[kind], kind, client_id="portcullis")
        return requests.post(url, headers=headers, data=body, timeout=10)


def who(access_token: str) -> int:
    return requests.get(ME, headers={"Authorization": f"Bearer {access_token}"}, timeout=10).status_code


def renews_itself(scope: list[str] | None) -> Session:
    session = Session(scope)
    check(session.me().status_code == 200, "the first token is good")
    check(session.renewals == 0, "and needs no renewal", session.renewals)
    before = dict(session.oauth.token)
    session.expires()
    me = session.me()
    check(me.status_code == 200, "the call that renews succeeds", me.text)
    check(me.json()["username"] == "johndoe", "it is johndoe still", me.text)
    check(session.renewals == 1, "exactly one renewal was sent", session.renewals)
    check(len(session.told) == 1, "the updater was told once", session.told)
    after = session.told[0]
    for kind in ("access_token", "refresh_token"):
        check(before[kind] != after[kind], f"the {kind} is another")
        check(session.oauth.token[kind] == after[kind], f"the session has the new {kind}")
    check(set(after["scope"]) == set(before["scope"]), "the scope is as before", after["scope"])
    session.me()
    check(session.renewals == 1, "the next call needs no renewal", session.renewals)
    return session


def a_spent_token_ends_the_session() -> None:
    session = Session(None)
    spent = session.oauth.token["refresh_token"]
    for _ in range(2):
        session.expires()
        check(session.me().status_code == 200, "renewed")
    check(session.renewals == 2, "twice", session.renewals)
    newest = dict(session.oauth.token)
    check(who(newest["access_token"]) == 200, "the newest token is good")
    seen: object = "renewed"
    try:
        session.oauth.refresh_token(TOKEN, refresh_token=spent, client_id="portcullis")
    except InvalidGrantError as error:
        seen = error
    check(isinstance(seen, InvalidGrantError), "the spent refresh token is refused", seen)
    check(who(newest["access_token"]) == 401, "and has ended the session")
    session.oauth.token = newest
    session.expires()
    try:
        seen = session.me()
    except InvalidGrantError as error:
        seen = error
    check(isinstance(seen, InvalidGrantError), "nothing renews it any more", seen)


def is_revoked_by_its(kind: str, session: Session) -> None:
    other = Session(None)
    answer = session.revoke(kind)
    check((answer.status_code, answer.text) == (200, ""), f"revoked by its {kind}", answer.text)
    check(session.me().status_code == 401, "the access token is dead")
    session.expires()
    seen: object = "renewed"
    try:
        session.me()
    except InvalidGrantError as error:
        seen = error
    check(isinstance(seen, InvalidGrantError), "the refresh token is dead", seen)
    check(other.me().status_code == 200, "another login lives")


is_revoked_by_its("refresh_token", renews_itself(None))
is_revoked_by_its("access_token", renews_itself(["users:read"]))
a_spent_token_ends_the_session()
