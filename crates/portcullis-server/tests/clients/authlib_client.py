"""Authlib logs in; joserfc and PyJWT, as two resource servers, verify the token.

The verifiers know nothing but the issuer's URL: the key comes from the published
key set, and the rules are those of RFC 9068.
"""

import time

import jwt
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt as jose
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from said import base_url, check

BASE = base_url()
TOKEN = f"{BASE}/token"


def session(scope: str | None = None) -> OAuth2Session:
    return OAuth2Session("portcullis", scope=scope, token_endpoint_auth_method="none")


def logs_in() -> str:
    oauth = session("users:read")
    token = oauth.fetch_token(TOKEN, username="johndoe", password="secret")
    check(token["token_type"].lower() == "bearer", "a bearer token", token)
    check(token.get("scope") == "users:read", "with the scope asked for", token)
    check(not token.is_expired(), "not expired", token)
    me = oauth.get(f"{BASE}/users/me")
    check(me.status_code == 200, "GET /users/me is 200", me.text)
    check(me.json()["username"] == "johndoe", "it is johndoe", me.text)
    return token["access_token"]


def is_refused(what: str, code: str, scope: str | None, password: str) -> None:
    seen = "a token"
    try:
        session(scope).fetch_token(TOKEN, username="johndoe", password=password)
    except OAuthError as error:
        seen = error.error
    check(seen == code, f"{what} is {code}", seen)


def altered(token: str) -> str:
    """The same token with another first letter in its signature."""
    signed, _, signature = token.rpartition(".")
    return f"{signed}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def joserfc_accepts(token: str, keys: dict) -> None:
    key_set = KeySet.import_key_set(keys)
    verified = jose.decode(token, key_set, algorithms=["ES256"])
    rules = jose.JWTClaimsRegistry(
        leeway=0,
        iss={"essential": True, "value": BASE},
        aud={"essential": True, "value": BASE},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        jti={"essential": True},
        client_id={"essential": True, "value": "portcullis"},
        scope={"essential": True, "value": "users:read"},
    )
    rules.validate(verified.claims)
    header = verified.header
    check(header.get("typ") == "at+jwt", "joserfc: typ is at+jwt", header)
    check(header.get("alg") == "ES256", "joserfc: alg is ES256", header)
    claims = verified.claims
    check(claims["sub"] != "johndoe", "joserfc: the subject is an id, not the username", claims)
    check(claims["exp"] - claims["iat"] > 0, "joserfc: it lives for some time", claims)
    check(abs(claims["iat"] - time.time()) < 60, "joserfc: it was issued just now", claims)
    seen = "accepted"
    try:
        jose.decode(altered(token), key_set, algorithms=["ES256"])
    except BadSignatureError:
        seen = "refused"
    check(seen == "refused", "joserfc: an altered signature is refused", seen)


def pyjwt_accepts(token: str) -> None:
    key = jwt.PyJWKClient(f"{BASE}/.well-known/jwks.json").get_signing_key_from_jwt(token)
    claims = jwt.decode(
        token,
        key,
        algorithms=["ES256"],
        audience=BASE,
        issuer=BASE,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "jti", "client_id"]},
    )
    check(claims["aud"] == BASE, "PyJWT: the audience is the issuer", claims)
    seen = "accepted"
    try:
        jwt.decode(altered(token), key, algorithms=["ES256"], audience=BASE, issuer=BASE)
    except jwt.InvalidSignatureError:
        seen = "refused"
    check(seen == "refused", "PyJWT: an altered signature is refused", seen)


def published_keys() -> dict:
    answer = requests.get(f"{BASE}/.well-known/jwks.json", timeout=10)
    check(answer.status_code == 200, "the key set is published", answer.text)
    check("max-age" in answer.headers.get("Cache-Control", ""), "for some time", answer.headers)
    keys = answer.json()
    check(bool(keys["keys"]), "it holds a key", keys)
    for key in keys["keys"]:
        wanted = {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig"}
        check(wanted.items() <= key.items(), "an ES256 key for signatures", key)
        check(bool(key.get("kid")), "with a kid", key)
        check("d" not in key, "without its private part", sorted(key))
    return keys


access_token = logs_in()
is_refused("a wrong password", "invalid_grant", None, "wrong")
is_refused("a scope that nobody declared", "invalid_scope", "no:such", "secret")
joserfc_accepts(access_token, published_keys())
pyjwt_accepts(access_token)
