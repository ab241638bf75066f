"""The FastAPI that Portcullis is compared with: one route for every scheme and composition.

Says its port and version on standard output, and ends when standard input closes.
"""

import socket
import sys
import threading
from typing import Annotated

import fastapi
import uvicorn
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Security
from fastapi.security import (
    APIKeyCookie,
    APIKeyHeader,
    APIKeyQuery,
    HTTPAuthorizationCredentials,
    HTTPBasic,
    HTTPBasicCredentials,
    HTTPBearer,
    HTTPDigest,
    OAuth2,
    OAuth2AuthorizationCodeBearer,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    OAuth2PasswordRequestFormStrict,
    OpenIdConnect,
    SecurityScopes,
)

from tutorial import tutorial

app = FastAPI(title="Compared", version="1")
app.mount("/tutorial", tutorial)


def shown(credential):
    """A credential as JSON; what the schemes of Portcullis hand out has the same names."""
    if isinstance(credential, HTTPBasicCredentials):
        return {"username": credential.username, "password": credential.password}
    if isinstance(credential, HTTPAuthorizationCredentials):
        return {"credential": credential.credentials}
    return {"credential": credential}


def route(path, scheme):
    @app.get(path)
    def asked(credential: Annotated[object, Depends(scheme)]):
        return shown(credential)


SCOPES = {"items": "Read items.", "me": "Read yourself."}
FLOWS = {
    "implicit": {"authorizationUrl": "https://id.example.com/authorize", "scopes": {}},
    "password": {"tokenUrl": "token", "scopes": SCOPES},
    "clientCredentials": {"tokenUrl": "token", "scopes": {"items": "Read items."}},
    "authorizationCode": {
        "authorizationUrl": "https://id.example.com/authorize",
        "tokenUrl": "https://id.example.com/token",
        "refreshUrl": "https://id.example.com/refresh",
        "scopes": SCOPES,
    },
}
CODE_URLS = {
    "authorizationUrl": "https://id.example.com/authorize",
    "tokenUrl": "https://id.example.com/token",
}
DISCOVERY = "https://id.example.com/.well-known/openid-configuration"

# Name of the route, class, and what it is made of.
SCHEMES = [
    ("api_key_query", APIKeyQuery, {"name": "key"}),
    ("api_key_header", APIKeyHeader, {"name": "X-Key"}),
    ("api_key_cookie", APIKeyCookie, {"name": "key"}),
    ("http_basic", HTTPBasic, {}),
    ("http_basic_realm", HTTPBasic, {"realm": "staff only", "scheme_name": "StaffBasic"}),
    ("http_bearer", HTTPBearer, {}),
    (
        "http_bearer_named",
        HTTPBearer,
        {
            "bearerFormat": "JWT",
            "scheme_name": "Signed",
            "description": "A signed token, from the console.",
        },
    ),
    ("http_digest", HTTPDigest, {}),
    ("oauth2", OAuth2, {"flows": FLOWS}),
    ("oauth2_password", OAuth2PasswordBearer, {"tokenUrl": "token", "scopes": SCOPES}),
    (
        "oauth2_password_named",
        OAuth2PasswordBearer,
        {
            "tokenUrl": "https://id.example.com/token",
            "refreshUrl": "https://id.example.com/refresh",
            "scheme_name": "Elsewhere",
            "description": "Tokens from elsewhere.",
        },
    ),
    ("oauth2_code", OAuth2AuthorizationCodeBearer, CODE_URLS),
    (
        "oauth2_code_named",
        OAuth2AuthorizationCodeBearer,
        CODE_URLS
        | {
            "refreshUrl": "https://id.example.com/refresh",
            "scopes": SCOPES,
            "scheme_name": "SignIn",
        },
    ),
    ("open_id_connect", OpenIdConnect, {"openIdConnectUrl": DISCOVERY}),
    (
        "api_key_header_named",
        APIKeyHeader,
        {"name": "X-Other", "scheme_name": "OtherKey", "description": "Another key."},
    ),
]
required, optional = {}, {}
for name, kind, made_of in SCHEMES:
    required[name] = kind(**made_of)
    optional[name] = kind(**made_of, auto_error=False)
    route(f"/{name}/required", required[name])
    route(f"/{name}/optional", optional[name])


# AND: two arguments.
Bearer = Annotated[HTTPAuthorizationCredentials, Depends(required["http_bearer"])]
MaybeBearer = Annotated[HTTPAuthorizationCredentials | None, Depends(optional["http_bearer"])]
Basic = Annotated[HTTPBasicCredentials | None, Depends(optional["http_basic"])]
Key = Annotated[str, Depends(required["api_key_header"])]
MaybeKey = Annotated[str | None, Depends(optional["api_key_header"])]
MaybeCookie = Annotated[str | None, Depends(optional["api_key_cookie"])]


def token_of(credential):
    return credential and credential.credentials


@app.get("/and")
def and_(bearer: Bearer, key: Key):
    return {"bearer": bearer.credentials, "key": key}


@app.get("/and/optional")
def and_optional(bearer: Bearer, key: MaybeKey):
    return {"bearer": bearer.credentials, "key": key}


@app.get("/and/both_optional")
def and_both_optional(bearer: MaybeBearer, key: MaybeKey):
    return {"bearer": token_of(bearer), "key": key}


# OR: FastAPI has none; this is how its users write it.
def either(challenges, **credentials):
    for name, credential in credentials.items():
        if credential is not None:
            return {name: credential}
    if challenges is None:
        return {}
    raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": challenges})


@app.get("/or")
def or_(bearer: MaybeBearer, key: MaybeKey):
    return either("Bearer, APIKey", bearer=token_of(bearer), key=key)


@app.get("/or/optional")
def or_optional(bearer: MaybeBearer, key: MaybeKey):
    return either(None, bearer=token_of(bearer), key=key)


@app.get("/or/three")
def or_three(basic: Basic, bearer: MaybeBearer, cookie: MaybeCookie):
    username = basic and basic.username
    return either("Basic, Bearer, APIKey", basic=username, bearer=token_of(bearer), key=cookie)


@app.get("/or/both")
def or_both(bearer: MaybeBearer, key: MaybeKey, cookie: MaybeCookie):
    if bearer is not None and key is not None:
        return {"bearer": bearer.credentials, "key": key}
    return either("Bearer, APIKey", cookie=cookie)


# Scopes. A token is a name and its scopes, with dots between: `johndoe.items.me`.
def caller(needed: SecurityScopes, token: Annotated[str, Depends(required["oauth2_password"])]):
    challenge = f'Bearer scope="{needed.scope_str}"' if needed.scopes else "Bearer"
    name, *scopes = token.split(".")
    if name != "johndoe":
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": challenge})
    if not set(needed.scopes) <= set(scopes):
        raise HTTPException(401, "Not enough permissions", {"WWW-Authenticate": challenge})
    return {"name": name, "needed": needed.scopes}


def reader(user: Annotated[dict, Security(caller, scopes=["me"])]):
    return user


def twice(user: Annotated[dict, Security(reader, scopes=["items", "me"])]):
    return user


@app.get("/scopes/none")
def scopes_none(user: Annotated[dict, Depends(caller)]):
    return user


@app.get("/scopes/me")
def scopes_me(user: Annotated[dict, Depends(reader)]):
    return user


@app.get("/scopes/items")
def scopes_items(user: Annotated[dict, Security(reader, scopes=["items"])]):
    return user


@app.get("/scopes/repeated")
def scopes_repeated(user: Annotated[dict, Security(twice, scopes=["items"])]):
    return user


@app.get("/scopes/siblings")
def scopes_siblings(
    left: Annotated[dict, Security(caller, scopes=["items"])],
    right: Annotated[dict, Security(caller, scopes=["me"])],
):
    return {"left": left, "right": right}


# Forms.
def form_shown(form):
    return {
        name: getattr(form, name)
        for name in ("grant_type", "username", "password", "scopes", "client_id", "client_secret")
    }


@app.post("/form/loose")
def form_loose(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    return form_shown(form)


@app.post("/form/strict")
def form_strict(form: Annotated[OAuth2PasswordRequestFormStrict, Depends()]):
    return form_shown(form)


# A router of its own, with a scheme that no argument asks for.
nested = APIRouter(prefix="/nested", dependencies=[Depends(required["http_bearer"])])


@nested.get("/bearer")
def nested_bearer():
    return {}


@nested.get("/key")
def nested_key(key: Key):
    return {"key": key}


app.include_router(nested)


# Documents with defects, each an application of its own.
name_twice = FastAPI(title="One name for two schemes", version="1")
app.mount("/name_twice", name_twice)


@name_twice.get("/a")
def name_twice_a(key: Annotated[str, Depends(APIKeyHeader(name="X-A"))]):
    return key


@name_twice.get("/b")
def name_twice_b(key: Annotated[str, Depends(APIKeyHeader(name="X-B"))]):
    return key


undeclared = FastAPI(title="A scope that the scheme does not declare", version="1")
app.mount("/undeclared", undeclared)


@undeclared.get("/a")
def undeclared_a(user: Annotated[dict, Security(caller, scopes=["zzz"])]):
    return user


# One request has one Authorization header.
never_together = FastAPI(title="Two credentials in one place", version="1")
app.mount("/never_together", never_together)


@never_together.get("/a")
def never_together_a(
    basic: Annotated[object, Depends(required["http_basic"])],
    bearer: Annotated[object, Depends(required["http_bearer"])],
):
    return {}


never_reached = FastAPI(title="An alternative that is never asked", version="1")
app.mount("/never_reached", never_reached)


@never_reached.get("/a")
def never_reached_a(
    first: Annotated[str | None, Depends(optional["oauth2_password"])],
    second: Annotated[str | None, Depends(optional["oauth2_code"])],
):
    return either("Bearer", first=first, second=second)


def main():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    config = uvicorn.Config(app, http="h11", lifespan="off", log_level="error", server_header=False)
    server = uvicorn.Server(config)

    def stop_with_parent():
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=stop_with_parent, daemon=True).start()
    print(listener.getsockname()[1], fastapi.__version__, flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
