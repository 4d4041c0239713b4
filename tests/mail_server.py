"""A real SMTP server on this machine, for what is sent by e-mail; and a certificate for it."""

import datetime
import ipaddress
import ssl
from asyncio.base_events import Server
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

LOGIN = ("studio@lumen.example", "p@ss:word/ with %41")
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Taken:
    """An e-mail that the server has taken: from whom and for whom it was given, as who, and whether under TLS."""

    sender: str
    recipients: list[str]
    content: bytes
    is_signed_in: bool
    is_encrypted: bool

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


class _OnAnyPort(Controller):
    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


class MailServer:
    """Takes e-mails as long as the `with` block lasts, from anybody, or from whoever signs in with LOGIN.

    `taken` is what it has. What it is to answer instead of taking one stands in `recipient_answer` or `data_answer`;
    `on_taking` is called before it answers that it has.
    """

    def __init__(self, context: ssl.SSLContext | None = None, *, is_tls_from_the_start: bool = False) -> None:
        self.taken: list[Taken] = []
        self.recipient_answer: str | None = None
        self.data_answer: str | None = None
        self.on_taking: Callable[[], Any] = lambda: None
        self._scheme = "smtps" if is_tls_from_the_start else "smtp"
        self._controller = _OnAnyPort(
            self,
            HOST,
            0,
            ssl_context=context if is_tls_from_the_start else None,
            tls_context=None if is_tls_from_the_start else context,
            authenticator=self._authenticate,
            auth_require_tls=False,
            server_hostname="mx.example",  # or it asks for its own name
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"{self._scheme}://{HOST}:{self._controller.port}"

    def url_with(self, name: str, password: str) -> str:
        return self.url.replace("://", f"://{quote(name, safe='')}:{quote(password, safe='')}@")

    def _authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        return AuthResult(success=(login.login.decode(), login.password.decode()) == LOGIN, handled=False)

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.recipient_answer is not None:
            return self.recipient_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_answer is not None:
            return self.data_answer
        is_encrypted = self._scheme == "smtps" or session.ssl is not None
        self.taken.append(
            Taken(envelope.mail_from, envelope.rcpt_tos, envelope.content, session.authenticated, is_encrypted)
        )
        self.on_taking()
        return "250 OK"


def make_certificate(folder: Path) -> Path:
    """A certificate for this machine, signed by itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mx.example")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file
