"""Schemathesis compares what the server does with what /openapi.json says.

First every situation that has to be put up on purpose (a good login, an inactive
user …), then the generated requests, anonymous and as an operator. All of Schemathesis'
checks are on.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import schemathesis
from schemathesis.checks import CheckFunction, CHECKS

from said import base_url, check

BASE = base_url()
DOCUMENT = f"{BASE}/openapi.json"
FORM = "application/x-www-form-urlencoded"
EXAMPLES = 50

# A logged-in run that is refused everywhere has tested nothing.
LOGGED_IN = '[warnings]\ndisplay = ["missing_auth"]\nfail-on = ["missing_auth"]\n'
# There, to be refused is the point.
ANONYMOUS = '[warnings]\nenabled = false\n'
# A body that fits its schema may still name a known password (422) or a link that is none (400).
MEANING = """[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 422, 429, "5xx"]
"""

# "Well-formed data must be accepted" and "a token must be valid" are no rules for
# requests that are refused on purpose; each of them states its status instead.
REFUSED_ON_PURPOSE = ["positive_data_acceptance"]


def checks() -> list[CheckFunction]:
    return [one for one in CHECKS.get_all() if one.__name__ not in REFUSED_ON_PURPOSE]


def known_situations() -> str:
    """Answers with each documented status; gives johndoe's access token."""
    api = schemathesis.openapi.from_url(DOCUMENT)
    token, me = api["/token"]["POST"], api["/users/me"]["GET"]

    def answers(status: int, what: str, operation, headers=None, body=None) -> dict:
        form = {"body": body, "media_type": FORM} if body else {}
        case = operation.Case(headers=headers or {}, **form)
        response = case.call(base_url=BASE)
        check(response.status_code == status, f"{what}: {status}", response.text)
        case.validate_response(response, checks=checks())
        print(f"ok: {what}: as documented", flush=True)
        return response.json()

    def bearer(value: str) -> dict:
        return {"Authorization": f"Bearer {value}"}

    password = os.environ["EVERYBODYS_PASSWORD"]
    john = {"username": "johndoe", "password": password}
    alice = {"username": "alice", "password": password}
    johns = answers(200, "a login", token, body=john)["access_token"]
    answers(200, "a login for one scope", token, body={**john, "scope": "items:read"})
    alices = answers(200, "an inactive user's login", token, body=alice)["access_token"]
    answers(400, "a wrong password", token, body={**john, "password": "wrong"})
    answers(400, "an undeclared scope", token, body={**john, "scope": "no:such"})
    answers(401, "an unknown client", token, body={**john, "client_id": "nobody"})
    answers(200, "a user's account", me, headers=bearer(johns))
    answers(400, "an inactive user's account", me, headers=bearer(alices))
    answers(401, "an account without a token", me)
    answers(401, "an account with a bad token", me, headers=bearer("bad"))
    sessions = api["/users/me/sessions"]
    answers(200, "the sessions", sessions["GET"], headers=bearer(johns))
    other = answers(200, "another login", token, body=john)
    renewal = {"grant_type": "refresh_token", "refresh_token": other["refresh_token"]}
    answers(200, "a renewal", token, body=renewal)
    answers(400, "a renewal by nonsense", token, body={**renewal, "refresh_token": "x"})
    introspect = api["/introspect"]["POST"]
    answers(401, "a question of a client that may not ask", introspect, body={"token": johns})
    return johns


def generated_requests(what: str, config: str, *more: str) -> None:
    # It leaves its caches where it runs.
    with tempfile.TemporaryDirectory(prefix="portcullis-schemathesis-") as folder:
        Path(folder, "schemathesis.toml").write_text(config + MEANING, encoding="utf-8")
        command = [
            str(Path(sys.prefix, "bin", "schemathesis")),
            *("run", DOCUMENT, "--checks=all", "--no-color", "--request-timeout=10"),
            *("--phases=examples,coverage,fuzzing,stateful", f"--max-examples={EXAMPLES}"),
            # The same requests in every run, and none remembered from the last one.
            "--generation-deterministic",
            "--continue-on-failure",
            *more,
        ]
        plain = {**os.environ, "PYTHONUTF8": "1", "COLUMNS": "100"}
        done = subprocess.run(command, cwd=folder, env=plain, check=False)
    check(done.returncode == 0, f"{what}: Schemathesis finds nothing", done.returncode)


access_token = known_situations()
generated_requests("anonymous", ANONYMOUS)
# Signing out everywhere is tried anonymously alone: it would end this token. So is
# introspection, which asks for a client: a user's token is nothing to it.
generated_requests(
    "logged in",
    LOGGED_IN,
    f"--header=Authorization:Bearer {access_token}",
    "--exclude-operation-id=delete_users_me_sessions",
    # They end the token, or the account, that asks: ids in answers are asked for again.
    "--exclude-operation-id=delete_users_me",
    "--exclude-operation-id=put_users_me_password",
    "--exclude-operation-id=delete_users_id_sessions",
    "--exclude-operation-id=delete_users_me_sessions_id",
    "--exclude-operation-id=post_introspect",
)
