"""What FastAPI's security tutorial builds, lessons 3 to 5 and 7, as one application.

Passwords are compared as they stand: how they are hashed is not what is compared here.
"""

import secrets
import time
from typing import Annotated

import jwt
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import (
    HTTPBasic,
    HTTPBasicCredentials,
    OAuth2PasswordBearer,
    OAuth2PasswordRequestForm,
    SecurityScopes,
)

KEY = secrets.token_hex(32)
LIFE_SECONDS = 900
PASSWORDS = {"johndoe": "secret", "alice": "secret2"}
INACTIVE = {"alice"}
SCOPES = {"users:read": "Read accounts.", "items:read": "Read items."}

tutorial = FastAPI(title="Tutorial", version="1")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token", scopes=SCOPES)
basic_scheme = HTTPBasic()


def is_right(username, password):
    expected = PASSWORDS.get(username)
    return expected is not None and secrets.compare_digest(password.encode(), expected.encode())


@tutorial.post("/token")
def login(form: Annotated[OAuth2PasswordRequestForm, Depends()]):
    if not is_right(form.username, form.password):
        raise HTTPException(400, "Incorrect username or password")
    claims = {
        "sub": form.username,
        "scope": " ".join(form.scopes),
        "exp": int(time.time()) + LIFE_SECONDS,
    }
    return {"access_token": jwt.encode(claims, KEY, "HS256"), "token_type": "bearer"}


def current_user(needed: SecurityScopes, token: Annotated[str, Depends(oauth2_scheme)]):
    challenge = f'Bearer scope="{needed.scope_str}"' if needed.scopes else "Bearer"
    headers = {"WWW-Authenticate": challenge}
    try:
        claims = jwt.decode(token, KEY, ["HS256"])
    except jwt.InvalidTokenError:
        raise HTTPException(401, "Could not validate credentials", headers)
    if claims["sub"] not in PASSWORDS:
        raise HTTPException(401, "Could not validate credentials", headers)
    granted = claims["scope"].split()
    for scope in needed.scopes:
        if scope not in granted:
            raise HTTPException(401, "Not enough permissions", headers)
    return claims["sub"]


def active_user(username: Annotated[str, Security(current_user, scopes=["users:read"])]):
    if username in INACTIVE:
        raise HTTPException(400, "Inactive user")
    return username


@tutorial.get("/status")
def status(username: Annotated[str, Depends(current_user)]):
    return {"username": username}


@tutorial.get("/me")
def me(username: Annotated[str, Depends(active_user)]):
    return {"username": username}


@tutorial.get("/items")
def items(username: Annotated[str, Security(active_user, scopes=["items:read"])]):
    return {"username": username}


@tutorial.get("/basic")
def basic(credentials: Annotated[HTTPBasicCredentials, Depends(basic_scheme)]):
    if not is_right(credentials.username, credentials.password):
        challenge = {"WWW-Authenticate": "Basic"}
        raise HTTPException(401, "Incorrect username or password", challenge)
    return {"username": credentials.username}
