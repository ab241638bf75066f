"""Authlib finds everything by the metadata, renews its token by itself, and revokes it.

The server's access tokens live for 60 seconds, and Authlib renews a token 60 seconds
before its end: so it takes every token for one that is about to expire, and no test
has to wait.
"""

import os

# RFC 8414 wants TLS; the server under test listens on loopback alone.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata, get_well_known_url

from said import base_url, check

BASE = base_url()
ME = f"{BASE}/users/me"


def metadata() -> AuthorizationServerMetadata:
    answer = requests.get(get_well_known_url(BASE, external=True), timeout=10)
    check(answer.status_code == 200, "the metadata is published", answer.text)
    read = AuthorizationServerMetadata(answer.json())
    check(read["issuer"] == BASE, "its issuer is the one that was asked", read)
    # RFC 8414 demands the member, and no flow here has a response type: the list is
    # empty, which Authlib alone takes for missing.
    check(read["response_types_supported"] == [], "there are no response types", read)
    faults = [name for name in read.REGISTRY_KEYS if not is_valid(read, name)]
    check(faults == ["response_types_supported"], "Authlib finds all else valid", faults)
    check("refresh_token" in read["grant_types_supported"], "it offers renewal", read)
    return read


def is_valid(read: AuthorizationServerMetadata, name: str) -> bool:
    try:
        # Its `__getattr__` looks among the members first.
        object.__getattribute__(read, f"validate_{name}")()
    except ValueError:
        return False
    return True


class Session:
    """A login that renews itself, as their documentation sets it up."""

    def __init__(self, server: AuthorizationServerMetadata, leeway: int = 0) -> None:
        self.told: list[tuple[dict, str | None]] = []
        self.renewals = 0
        self.server = server
        self.oauth = OAuth2Session(
            "portcullis",
            token_endpoint=server["token_endpoint"],
            update_token=self.update,
            leeway=leeway,
        )
        self.oauth.hooks["response"].append(self.count)
        self.oauth.fetch_token(username="johndoe", password="secret")

    def update(self, token: dict, refresh_token: str | None = None, access_token: str | None = None) -> None:
        self.told.append((dict(token), refresh_token))

    def count(self, answer: requests.Response, **_: object) -> None:
        body = answer.request.body or ""
        self.renewals += "grant_type=refresh_token" in body

    def me(self) -> requests.Response:
        return self.oauth.get(ME)

    def me_as_it_is(self) -> int:
        """Without the renewal that Authlib would put before."""
        bearer = {"Authorization": f"Bearer {self.oauth.token['access_token']}"}
        return requests.get(ME, headers=bearer, timeout=10).status_code

    def refusal(self) -> object:
        try:
            return self.me()
        except OAuthError as error:
            return error.error


def renews_itself(server: AuthorizationServerMetadata) -> Session:
    session = Session(server)
    before = dict(session.oauth.token)
    check(session.me().status_code == 200, "the first token is good")
    check(session.renewals == 0, "and is not renewed before its time", session.renewals)
    # Authlib's own default: from now on a token is old when it has 60 seconds left.
    session.oauth.leeway = 60
    me = session.me()
    check(me.status_code == 200, "the call that renews succeeds", me.text)
    check(me.json()["username"] == "johndoe", "it is johndoe still", me.text)
    check(session.renewals == 1, "exactly one renewal was sent", session.renewals)
    check(len(session.told) == 1, "the hook was told once", session.told)
    after, spent = session.told[0]
    check(spent == before["refresh_token"], "and which token was spent", spent)
    for kind in ("access_token", "refresh_token"):
        check(before[kind] != after[kind], f"the {kind} is another")
        check(session.oauth.token[kind] == after[kind], f"the session has the new {kind}")
    check(after["scope"] == before["scope"], "the scope is as before", after)
    session.oauth.leeway = 0
    check(session.me().status_code == 200, "the new token is good")
    check(session.renewals == 1, "and needs no renewal", session.renewals)
    return session


def a_spent_token_ends_the_session(server: AuthorizationServerMetadata) -> None:
    session = Session(server, leeway=60)
    spent = session.oauth.token["refresh_token"]
    for _ in range(2):
        check(session.me().status_code == 200, "renewed")
    check(session.renewals == 2, "twice", session.renewals)
    newest = dict(session.oauth.token)
    check(session.me_as_it_is() == 200, "the newest token is good")
    seen = "renewed"
    try:
        session.oauth.refresh_token(refresh_token=spent)
    except OAuthError as error:
        seen = error.error
    check(seen == "invalid_grant", "the spent refresh token is refused", seen)
    session.oauth.token = newest
    check(session.me_as_it_is() == 401, "and has ended the session")
    check(session.refusal() == "invalid_grant", "nothing renews it any more")


def is_revoked(session: Session, **token: str) -> None:
    other = Session(session.server)
    answer = session.oauth.revoke_token(session.server["revocation_endpoint"], **token)
    check((answer.status_code, answer.text) == (200, ""), f"revoked by {sorted(token)}", answer.text)
    check(session.me_as_it_is() == 401, "the access token is dead")
    session.oauth.leeway = 60
    check(session.refusal() == "invalid_grant", "the refresh token is dead")
    check(other.me().status_code == 200, "another login lives")


server = metadata()
is_revoked(renews_itself(server))
by_access = renews_itself(server)
is_revoked(by_access, token=by_access.oauth.token["access_token"], token_type_hint="access_token")
a_spent_token_ends_the_session(server)
