"""Who is told: a real SMTP server, and a server for webhooks."""

import contextlib
import http.server
import threading

from aiosmtpd.controller import Controller

from service import free_port


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
