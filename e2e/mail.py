"""A mail server for the browser tests: every letter becomes one line of JSON in a file.

    python mail.py --port 2525 --file letters.jsonl
"""

import argparse
import asyncio
import email
import email.policy
import json
import signal

from aiosmtpd.controller import Controller


class Keeper:
    def __init__(self, file):
        self.file = file

    async def handle_DATA(self, server, session, envelope):
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text, html = letter.get_body(("plain",)), letter.get_body(("html",))
        line = {
            "to": envelope.rcpt_tos,
            "from": envelope.mail_from,
            "subject": str(letter["subject"]),
            "text": text.get_content() if text else "",
            "html": html.get_content() if html else "",
            "headers": {name: str(value) for name, value in letter.items()},
        }
        with open(self.file, "a", encoding="utf-8") as out:
            out.write(json.dumps(line) + "\n")
        return "250 kept"


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--port", type=int, required=True)
    arguments.add_argument("--file", required=True)
    given = arguments.parse_args()
    controller = Controller(Keeper(given.file), hostname="127.0.0.1", port=given.port)
    controller.start()
    print(f"ready on {given.port}", flush=True)
    loop = asyncio.new_event_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, loop.stop)
    loop.run_forever()
    controller.stop()


main()
