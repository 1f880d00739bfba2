"""Who is told: a real SMTP server, and a server for webhooks."""

import contextlib
import email
import email.policy
import http.server
import threading

from aiosmtpd.controller import Controller

from service import free_port


class Inbox:
    """Every mail that came, with whom it came to; `refuses` are addresses that nobody has here."""

    def __init__(self):
        self.mails = []
        self.refuses = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 OK"

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for _, mail in self.mails]


@contextlib.contextmanager
def receiving_mails(handler):
    """`handler` gets what comes to `handler.port`."""
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    try:
        yield handler
    finally:
        controller.stop()


@contextlib.contextmanager
def receiving_posts(handler):
    """The address of a server whose requests this class of handlers takes."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
