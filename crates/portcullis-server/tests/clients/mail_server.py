"""A mail server that nobody here wrote (aiosmtpd). Prints its port, then each mail as a line of JSON, as
Python's own library reads it."""

import asyncio
import json
import sys
from email import message_from_bytes, policy

from aiosmtpd.smtp import SMTP


class Printer:
    async def handle_DATA(self, server, session, envelope) -> str:
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        parts = {part.get_content_type(): part.get_content() for part in message.iter_parts()}
        mail = {
            "envelope_from": envelope.mail_from,
            "envelope_to": envelope.rcpt_tos,
            "headers": [[name, str(value)] for name, value in message.items()],
            "content_type": message.get_content_type(),
            "parts": parts,
            "defects": [str(defect) for part in message.walk() for defect in part.defects],
        }
        print(json.dumps(mail), flush=True)
        return "250 taken"


async def serve() -> None:
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(Printer(), enable_SMTPUTF8=True), "127.0.0.1", 0)
    print(listening.sockets[0].getsockname()[1], flush=True)
    # Until whoever started it goes away.
    await asyncio.to_thread(sys.stdin.read)


asyncio.run(serve())
