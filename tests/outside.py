"""The world outside, on this machine: https hosts at public addresses, which are really one server on 127.0.0.1."""

import socket
import socketserver
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from photolens.public_addresses import Address, Network

PUBLIC = "93.184.215.14"
NAME = "photos.example"

Answer = bytes | Callable[[ssl.SSLSocket], None]


class Outside:
    """Hosts with a certificate for `photos.example`, all that is below it, and 93.184.215.14.

    `answers` are what is sent for `host/path`, headers and all, or what is done with the connection. `addresses` are
    what the resolver says of a name, each time it is asked; of what it does not know it knows nothing. `requests`,
    `asked` and `dialled` tell what has been done.
    """

    def __init__(self, folder: Path) -> None:
        self.answers: dict[str, Answer] = {}
        self.addresses: dict[str, list[str]] = {}
        self.requests: list[str] = []
        self.asked: list[str] = []
        self.dialled: list[str] = []
        self._port = 0
        self._files = folder / "authority.pem", folder / "server.pem"
        certify(*self._files)

    @property
    def network(self) -> Network:
        """What leads here instead of outside."""
        return Network(self._look_up, self._dial, str(self._files[0]))

    def forget(self) -> None:
        for kept in (self.answers, self.addresses, self.requests, self.asked, self.dialled):
            kept.clear()
        self.addresses[NAME] = [PUBLIC]

    def _look_up(self, host: str) -> list[str]:
        self.asked.append(host)
        if host not in self.addresses:
            raise socket.gaierror(socket.EAI_NONAME, "there is no such name")
        return self.addresses[host]

    def _dial(self, address: Address, timeout: float) -> socket.socket:
        self.dialled.append(str(address))
        return socket.create_connection(("127.0.0.1", self._port), timeout)

    @contextmanager
    def running(self) -> Iterator["Outside"]:
        outside = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._files[1])

        class Connection(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.settimeout(10)
                try:
                    with context.wrap_socket(self.request, server_side=True) as wire:
                        outside._answer(wire)
                except OSError:
                    pass  # whoever asked has gone

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connection) as server:
            server.daemon_threads = True
            self._port = server.server_address[1]
            thread = Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()

    def _answer(self, wire: ssl.SSLSocket) -> None:
        request = b""
        while not request.endswith(b"\r\n\r\n"):
            piece = wire.recv(65536)
            if not piece:
                return
            request += piece
        self.requests.append(request.decode())
        lines = request.decode().split("\r\n")
        host = next(line.split(": ")[1] for line in lines if line.lower().startswith("host: "))
        answer = self.answers.get(host + lines[0].split()[1], b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        if callable(answer):
            answer(wire)
        else:
            wire.sendall(answer)


def answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """An answer with this body, its length, and these headers."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def certify(authority_file: Path, server_file: Path) -> None:
    """An authority's certificate, and a server's with its key."""
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = _certificate("The tests' authority", authority_key, None, authority_key).sign(
        authority_key, hashes.SHA256()
    )
    names = x509.SubjectAlternativeName(
        [x509.DNSName(NAME), x509.DNSName(f"*.{NAME}"), x509.IPAddress(IPv4Address(PUBLIC))]
    )
    server = (
        _certificate("A host outside", key, authority, authority_key)
        .add_extension(names, critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    authority_file.write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    server_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + server.public_bytes(serialization.Encoding.PEM)
    )


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
