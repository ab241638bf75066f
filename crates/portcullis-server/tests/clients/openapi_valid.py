"""/openapi.json is valid OpenAPI 3.1 and says what a client has to know to log in."""

import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from said import base_url, check

BASE = base_url()
FORM = "application/x-www-form-urlencoded"
SCHEME = "OAuth2PasswordBearer"


def resolved(document: dict, schema: dict) -> dict:
    """Follows one reference inside the document."""
    if "$ref" not in schema:
        return schema
    place: dict = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        place = place[part.replace("~1", "/").replace("~0", "~")]
    return place


def says_how_to_log_in(document: dict) -> None:
    scheme = document["components"]["securitySchemes"][SCHEME]
    check(scheme["type"] == "oauth2", f"{SCHEME} is an oauth2 scheme", scheme)
    flow = scheme["flows"]["password"]
    # Swagger UI resolves it against the document's own address.
    url = requests.compat.urljoin(f"{BASE}/openapi.json", flow["tokenUrl"])
    check(url == f"{BASE}/token", "its tokenUrl leads to POST /token", flow)
    declared = {"users:read", "items:read"}
    check(declared <= set(flow["scopes"]), "it lists the declared scopes", flow)
    check("refreshUrl" not in flow or isinstance(flow["refreshUrl"], str), "no null URL", flow)


def says_what_is_protected(document: dict) -> None:
    operation = document["paths"]["/users/me"]["get"]
    check(operation["security"] == [{SCHEME: []}], "GET /users/me needs a token", operation)
    responses = operation["responses"]
    for status in ("200", "400", "401"):
        check(status in responses, f"GET /users/me documents {status}", sorted(responses))
    headers = resolved(document, responses["401"]).get("headers", {})
    check("www-authenticate" in {name.lower() for name in headers}, "401 with its challenge", headers)
    check("security" not in document or {} in document["security"], "nothing else by default", None)
    check(not document["paths"]["/token"]["post"].get("security"), "POST /token needs none", None)


def says_what_the_form_is(document: dict) -> None:
    operation = document["paths"]["/token"]["post"]
    body = resolved(document, operation["requestBody"])
    check(body.get("required") is True, "POST /token needs a body", body)
    check(set(body["content"]) == {FORM}, f"its body is {FORM} alone", sorted(body["content"]))
    schema = resolved(document, body["content"][FORM]["schema"])
    needed = {one["title"]: set(one["required"]) for one in schema["anyOf"]}
    wanted = {
        "password": {"username", "password"},
        "refresh_token": {"grant_type", "refresh_token"},
        "client_credentials": {"grant_type"},
    }
    check(needed == wanted, "what each grant needs is required", needed)
    fields = set().union(*wanted.values())
    check(fields <= set(schema["properties"]), "and described", sorted(schema["properties"]))
    password = resolved(document, schema["properties"]["password"])
    check(password.get("format") == "password", "the password is not shown", password)
    for status in ("200", "400", "401"):
        check(status in operation["responses"], f"POST /token documents {status}", None)


answer = requests.get(f"{BASE}/openapi.json", timeout=10)
check(answer.status_code == 200, "GET /openapi.json is 200", answer.text)
document = answer.json()
check(document["openapi"].startswith("3.1."), "it is OpenAPI 3.1", document["openapi"])
faults = [fault.message for fault in OpenAPIV31SpecValidator(document).iter_errors()]
check(not faults, "it is valid", faults)
says_how_to_log_in(document)
says_what_is_protected(document)
says_what_the_form_is(document)
