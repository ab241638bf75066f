"""What every client program here shares: its one argument, and how it speaks.

A check that holds prints one line; the first that does not ends the program
with exit code 1.
"""

import os
import sys

# The server is on this machine; a login must not travel to anybody's proxy.
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"


def base_url() -> str:
    """The only argument: where the server is, without a slash at the end."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} BASE_URL")
    return sys.argv[1].rstrip("/")


def check(holds: bool, what: str, seen: object = None) -> None:
    """Tells that `what` holds, or ends the program and shows what was seen."""
    if not holds:
        sys.exit(f"FAILED: {what}; seen: {seen!r}")
    print(f"ok: {what}", flush=True)
