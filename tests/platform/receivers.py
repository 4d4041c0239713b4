"""A receiver of webhooks: a real https server, which takes only what an independent library finds well signed."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from socket import create_connection, socket
from threading import Thread
from typing import Any

import orjson
from standardwebhooks import Webhook

from photolens.public_addresses import Address, Network
from tests.outside import NAME, PUBLIC, certify

HOST = f"hooks.{NAME}"
URL = f"https://{HOST}/in"


@dataclass(frozen=True)
class Message:
    """What was sent, once."""

    id: str
    content: bytes
    signature: str

    @property
    def body(self) -> Any:
        return orjson.loads(self.content)

    @property
    def type(self) -> str:
        kind: str = self.body["type"]
        return kind


@dataclass(frozen=True)
class Reply:
    """What is answered."""

    status: int = 204
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Behaviour = Callable[[Message], Reply]


def well(_: Message) -> Reply:
    return Reply()


def away(_: Message) -> Reply:
    return Reply(503)


class Receiver:
    """`secrets` are what it verifies by, any of them; `asked` is all that came, `taken` what it answered with a 2xx."""

    def __init__(self, folder: Path) -> None:
        self._files = folder / "authority.pem", folder / "server.pem"
        certify(*self._files)
        self.authorities = str(self._files[0])
        self.port = 0
        self.forget()

    def forget(self) -> None:
        self.secrets: list[str] = []
        self.asked: list[Message] = []
        self.taken: list[Message] = []
        self.behave: Behaviour = well
        self.addresses = [PUBLIC]
        self.dialled: list[str] = []

    @property
    def network(self) -> Network:
        """What leads here, by whatever name."""
        return Network(lambda _: self.addresses, self._dial, self.authorities)

    def _dial(self, address: Address, timeout: float) -> socket:
        assert isinstance(address, IPv4Address)
        self.dialled.append(str(address))
        return create_connection(("127.0.0.1", self.port), timeout)

    def receive(self, headers: dict[str, str], content: bytes) -> Reply:
        for secret in self.secrets:
            try:
                Webhook(secret).verify(content, headers)
                break
            except Exception:
                continue
        else:
            return Reply(401, b"not signed by anybody I know")
        message = Message(headers["webhook-id"], content, headers["webhook-signature"])
        taken = self.taken  # what is answered late is of the test that it came in
        self.asked.append(message)
        reply = self.behave(message)
        if 200 <= reply.status < 300:
            taken.append(message)
        return reply

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["Content-Length"]))
                reply = receiver.receive(dict(self.headers), content)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.content)))
                self.end_headers()
                self.wfile.write(reply.content)

            def log_message(self, *_: Any) -> None:
                """Nothing."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 100

            def handle_error(self, *_: Any) -> None:
                """Nothing: whoever asked has gone."""

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._files[1])
        with Server(("127.0.0.1", 0), Handler) as server:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
            self.port = server.server_address[1]
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()
