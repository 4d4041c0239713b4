"""E-mails, by SMTP: how one is composed, and how it is handed to the server that takes it.

Source: RFC 5321 (replies), RFC 3207 (STARTTLS), RFC 5322, RFC 3834 (Auto-Submitted).
"""

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime
from email import policy
from email.header import Header
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from photolens.messages import Undelivered

TIMEOUT = 10.0  # seconds for a connection, and again for each answer
PORTS = {"smtps": 465, "smtp": 587}


class _Policy(policy.EmailPolicy):
    """Subjects and names in any script, for servers that know ASCII alone.

    The package's newer way of folding them loses blanks between encoded words, or puts words side by side that may not
    be, in many versions of Python: https://github.com/python/cpython/issues/92081, /issues/144156.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        if self.utf8 or str(value).isascii():
            return super().fold_binary(name, value)
        words, rest = str(value), ""
        if name == "From":
            [sender] = value.addresses
            words, rest = sender.display_name, f" <{sender.addr_spec}>"
        encoded = Header(words, "utf-8", header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{rest}{self.linesep}".encode("ascii")


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


def compose(
    *, sender: str, recipient: str, subject: str, text: str, reference: UUID, written_at: datetime
) -> EmailMessage:
    """An e-mail of plain text, the same one whenever it is composed of the same.

    The sender is an address, with a name or without; the reference becomes its Message-ID. Raises Undelivered, for
    good, for a recipient or subject that no header can hold.
    """
    mail = EmailMessage(_POLICY)
    try:
        mail["From"] = sender
        mail["To"] = recipient
        mail["Subject"] = subject
        [address] = mail["To"].addresses
    except ValueError:
        raise Undelivered("The recipient or the subject cannot stand in an e-mail", is_final=True) from None
    if not address.domain or address.addr_spec != recipient:
        raise Undelivered("The recipient is not an e-mail address", is_final=True)
    mail["Date"] = format_datetime(written_at)
    mail["Message-ID"] = f"<{reference}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # nobody's absence is to be answered to it
    mail.set_content(text)
    return mail


def send_mail(mail: EmailMessage, url: str, *, is_password_sealed: bool) -> None:
    """Hand an e-mail to the server of an address such as `smtps://user:password@mail.example`.

    Under `smtp` it goes over to TLS where the server can, with a certificate that is good for its name. With
    `is_password_sealed`, no password is sent before that. Raises Undelivered: for good, where the server refuses this
    recipient or this e-mail, and will again.
    """
    [address] = mail["To"].addresses
    try:
        server = _connect(url)
        try:
            _sign_in(server, url, is_password_sealed)
            server.send_message(mail, to_addrs=[address.addr_spec])
            with suppress(OSError):  # it has been taken, however they part
                server.quit()
        finally:
            server.close()
    except smtplib.SMTPRecipientsRefused as error:
        [(code, _words)] = error.recipients.values()
        raise Undelivered(f"The mail server refuses the recipient: {code}", is_final=code >= 500) from None
    except smtplib.SMTPDataError as error:
        code = error.smtp_code
        raise Undelivered(f"The mail server refuses the e-mail: {code}", is_final=code >= 500) from None
    except smtplib.SMTPNotSupportedError:
        raise Undelivered("The mail server takes no address with such letters", is_final=True) from None
    except smtplib.SMTPResponseException as error:  # of us, and not of this e-mail
        raise Undelivered(f"The mail server refuses us: {error.smtp_code}", is_final=False) from None
    except OSError as error:
        raise Undelivered(f"The mail server cannot be used: {type(error).__name__}", is_final=False) from None


def _connect(url: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        server.ehlo_or_helo_if_needed()
        if server.has_extn("starttls"):
            server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, url: str, is_password_sealed: bool) -> None:
    parts = urlsplit(url)
    if not parts.username:
        return
    if is_password_sealed and not isinstance(server.sock, ssl.SSLSocket):
        raise Undelivered("The mail server has no TLS, and is sent no password without", is_final=False)
    server.ehlo_or_helo_if_needed()
    if not server.has_extn("auth"):
        raise Undelivered("The mail server takes no password", is_final=False)
    name, password = unquote(parts.username), unquote(parts.password or "")
    if not (name + password).isascii():  # smtplib knows no others
        raise Undelivered("The mail server can be sent no password but of ASCII letters", is_final=False)
    server.login(name, password)
