"""A provider of text messages on this machine: it speaks the wire of docs/operations.md."""

import base64
import json
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self


@dataclass(frozen=True)
class Posted:
    """A request as it came in."""

    path: str
    key: str
    login: str | None
    body: Any


class TextProvider:
    """Takes texts as long as the `with` block lasts, and answers each with its `status`."""

    def __init__(self) -> None:
        self.posted: list[Posted] = []
        self.status = 202
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                assert self.headers["Content-Type"] == "application/json"
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                scheme, _, login = (self.headers["Authorization"] or "").partition(" ")
                assert scheme in ("", "Basic")
                provider.posted.append(
                    Posted(
                        self.path,
                        self.headers["Idempotency-Key"],
                        base64.b64decode(login).decode() if login else None,
                        body,
                    )
                )
                self.send_response(provider.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://acme:s%3Acret@127.0.0.1:{self._server.server_port}/messages?from=Lumen"
