"""Reaching https addresses that a stranger has given, and never one that is not of the public internet.

The judgement falls on the very address that is connected to: a name is looked up once, every address it has must be
public, and the connection goes to one of these. The certificate is the name's. What is refused, unreachable or not to
be found is told in one sentence, which names the host and no address, so that nobody maps a network by our answers.
Source: IANA's special-purpose address registries; RFC 6052 (NAT64), RFC 7526 (6to4), RFC 9110 (redirects).
"""

import http.client
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import quote, urljoin, urlsplit

import certifi
import idna

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

CONNECT_TIMEOUT = 5.0  # seconds for each address, and as long again for TLS
READ_TIMEOUT = 10.0  # seconds that nothing comes; and that a name is looked up
DEADLINE = 30.0  # seconds for all of it, redirects included
MOST_REDIRECTS = 5
MOST_ADDRESSES = 4  # of one host that are tried
LONGEST_URL = 2048
PIECE = 65536  # bytes
HEADROOM = 2**20  # bytes that a host may send beside twice what is taken of a file: headers, and marks between pieces

# To look up a name may take longer than there is: then it goes on here, and nobody waits for it.
_LOOKING_UP = ThreadPoolExecutor(8, "look-up")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# Names that mean this machine or this network wherever they are asked for (RFC 6761, 6762, 8375; ICANN's .internal).
_LOCAL_NAME = re.compile(r"(.*\.)?(localhost|local|internal|home\.arpa)")
# The last label of a name is no number, of any base: `0x7f.1` is one way to write 127.0.0.1.
_NAME = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")

_REFUSED_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # Azure's own services, in each of its machines
        "169.254.0.0/16",  # link-local: among them every cloud's metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # IETF protocols
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
# All that is given out to the internet so far. What maps or translates IPv4 lies outside, and so does what is local.
_PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = [
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # IETF protocols: among them Teredo
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which leads on to an IPv4 address
        "3fff::/20",  # documentation
    )
]
# Where a network has IPv6 alone, this is how its resolver writes every public IPv4 address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class FetchFailed(Exception):  # noqa: N818  (these three are told apart, not raised at a programmer)
    """It cannot be fetched, and could not be the next time: absent, too large, of another type, not answered well."""


class NotPublic(FetchFailed):
    """The URL is none that is fetched, or leads to an address that is not public."""


class FetchLater(Exception):  # noqa: N818
    """It cannot be fetched now; it may be tried again: no answer, or the host is overburdened, or not to be found."""


@dataclass(frozen=True)
class Place:
    """What a URL of an accepted form names: a host, in ASCII, and what is asked of it, percent-encoded."""

    host: str
    target: str

    @property
    def url(self) -> str:
        return f"https://{f'[{self.host}]' if ':' in self.host else self.host}{self.target}"


@dataclass(frozen=True)
class Fetched:
    """What came: its media type in lower case, without parameters, or empty; its bytes; and from where in the end."""

    content_type: str
    size: int
    url: str


def _look_up(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)]


def _dial(address: Address, timeout: float) -> socket.socket:
    return socket.create_connection((str(address), 443), timeout)


@dataclass(frozen=True)
class Network:
    """How names are looked up and addresses dialled, and a file of whose certificates count.

    Tests, which stay on one machine, have one of their own. Which addresses are public is not among it.
    """

    look_up: Callable[[str], list[str]] = _look_up
    dial: Callable[[Address, float], socket.socket] = _dial
    authorities: str = certifi.where()


INTERNET = Network()


def is_public(address: str) -> bool:
    """Whether an address, as a resolver writes it, is one of the public internet.

    `64:ff9b::a00:1` is not: it is how 10.0.0.1 is written in a network with NAT64.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _REFUSED_V4)
    if parsed.scope_id is not None:
        return False
    if parsed in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)))
    return parsed in _PUBLIC_V6 and not any(parsed in network for network in _REFUSED_V6)


def require_public_form(url: str) -> Place:
    """What a URL names, judged by its form alone: https, at port 443, without a user, at a name or address in public.

    Raises NotPublic, with a sentence for whoever has given it. Nothing is looked up: what a name leads to is found out
    when it is fetched.
    """
    if len(url) > LONGEST_URL or not url.isprintable() or " " in url or "\\" in url:
        raise NotPublic(f"The URL has blanks, letters that no URL has, or more than {LONGEST_URL} of them.")
    try:
        parts = urlsplit(url)
        port = parts.port
        target = quote(f"{parts.path or '/'}?{parts.query}".removesuffix("?"), safe="/?%:@!$&'()*+,;=[]~")
    except ValueError:
        raise NotPublic("The URL cannot be read.") from None
    if parts.scheme != "https":
        raise NotPublic("The URL does not begin with https://.")
    if "@" in parts.netloc:
        raise NotPublic("The URL names a user.")
    if port not in (None, 443):
        raise NotPublic("The URL names a port other than 443.")
    return Place(_public_host(parts.hostname or ""), target)


def _public_host(host: str) -> str:
    """The host in ASCII, if it is a public address as it is always written, or a name that can have one."""
    try:
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        raise NotPublic("The URL names no host.") from None
    is_name = _NAME.fullmatch(host) is not None and len(host) <= 253 and not _LOCAL_NAME.fullmatch(host)
    if not is_name and not is_public(host):
        raise NotPublic("The URL names no host of the public internet.")
    return host


def fetch(
    url: str,
    *,
    largest: int,
    into: BinaryIO,
    media_types: Collection[str] = (),
    network: Network = INTERNET,
) -> Fetched:
    """Write what a URL leads to into a file: at most `largest` bytes, of one of these media types if any are given.

    After an error the file may hold a part. Raises NotPublic, FetchFailed, FetchLater; what the file raises on being
    written goes through.
    """
    deadline = time.monotonic() + DEADLINE
    place = require_public_form(url)
    for _ in range(MOST_REDIRECTS + 1):
        with (
            connected(place.host, deadline, 2 * largest + HEADROOM, network) as connection,
            closing(_ask(connection, place, media_types)) as response,
        ):
            location = response.headers.get("Location")
            if location is None or response.status not in (301, 302, 303, 307, 308):
                content_type = _require_good(response, place.host, largest, media_types)
                return Fetched(content_type, _receive(response, place.host, largest, into), place.url)
            place = _redirected(place, location)
    raise FetchFailed(f"{place.host} is where more than {MOST_REDIRECTS} redirects lead.")


@contextmanager
def connected(
    host: str, deadline: float, largest: int, network: Network = INTERNET
) -> Iterator[http.client.HTTPConnection]:
    """A connection to a host that is public, and certain to be the one of this name; for one request.

    Nothing on it outlasts the deadline (of time.monotonic), and no more than `largest` bytes are taken from it, headers
    included. What is done on it belongs into an `on_the_wire` block. Raises NotPublic, FetchFailed, FetchLater.
    """
    with on_the_wire(host):
        plain = _dial_one(_public_addresses(host, deadline, network), deadline, network)
        with closing(plain):  # TLS takes it over, or nobody
            plain.settimeout(_patience(deadline, CONNECT_TIMEOUT))
            wire = _tls(network.authorities).wrap_socket(plain, server_hostname=host)
    assert isinstance(wire, _Wire)
    wire.deadline, wire.left = deadline, largest
    with closing(_Connection(host, 443)) as connection:
        connection.sock = wire
        yield connection


@contextmanager
def on_the_wire(host: str) -> Iterator[None]:
    """What goes wrong between us and a host leaves as FetchFailed or FetchLater."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise FetchFailed(f"{host} has no certificate that holds.") from None
    except (OSError, http.client.IncompleteRead):
        raise FetchLater(_unreachable(host)) from None
    except (http.client.HTTPException, ValueError):  # the second: of a chunk with a length that is none
        raise FetchFailed(f"{host} does not answer as HTTP has it.") from None


class _Connection(http.client.HTTPConnection):
    """HTTP on a connection that it is given: by itself it connects to nothing."""

    default_port = 443
    auto_open = 0


class _Wire(ssl.SSLSocket):
    """A TLS connection with a deadline, however slowly something comes, and with an end, however much would."""

    deadline: float
    left: int

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        self.settimeout(_patience(self.deadline, READ_TIMEOUT))
        return super().send(data, flags)

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(_patience(self.deadline, READ_TIMEOUT))
        size = super().recv_into(buffer, nbytes, flags)
        self.left -= size
        if self.left < 0:
            raise FetchFailed(f"{self.server_hostname} sends more than is taken.")
        return size


@cache
def _tls(authorities: str) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authorities)
    context.sslsocket_class = _Wire
    return context


def _patience(deadline: float, most: float) -> float:
    """How many seconds to wait for one thing. Raises TimeoutError past the deadline."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, most)


def _unreachable(host: str) -> str:
    return f"{host} cannot be reached at an address of the public internet."


def _public_addresses(host: str, deadline: float, network: Network) -> list[Address]:
    """What a name leads to. One address that is not public condemns it: nobody in public has such a one."""
    found = _LOOKING_UP.submit(network.look_up, host).result(_patience(deadline, READ_TIMEOUT))
    if not all(map(is_public, found)):
        raise NotPublic(_unreachable(host))
    return [ipaddress.ip_address(address) for address in dict.fromkeys(found)]


def _dial_one(addresses: list[Address], deadline: float, network: Network) -> socket.socket:
    """A connection to the first address that takes one."""
    failure = OSError()
    for address in addresses[:MOST_ADDRESSES]:
        try:
            return network.dial(address, _patience(deadline, CONNECT_TIMEOUT))
        except OSError as error:
            failure = error
    raise failure


def _ask(
    connection: http.client.HTTPConnection, place: Place, media_types: Collection[str]
) -> http.client.HTTPResponse:
    headers = {
        "User-Agent": "Photolens",
        "Accept": ", ".join(media_types) or "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
    with on_the_wire(place.host):
        connection.request("GET", place.target, headers=headers)
        return connection.getresponse()


def _redirected(place: Place, location: str) -> Place:
    try:
        return require_public_form(urljoin(place.url, location))
    except (NotPublic, ValueError) as error:
        why = error if isinstance(error, NotPublic) else "The URL cannot be read."
        raise NotPublic(f"{place.host} redirects to what is not fetched. {why}") from None


def _require_good(response: http.client.HTTPResponse, host: str, largest: int, media_types: Collection[str]) -> str:
    """The media type of an answer that is good as far as its headers tell."""
    status = response.status
    if status in (408, 425, 429) or status >= 500:
        raise FetchLater(f"{host} answers {status}.")
    if status != 200:
        raise FetchFailed(f"{host} answers {status}.")
    if response.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise FetchFailed(f"{host} sends it encoded, and was asked not to.")
    if response.headers.get("Transfer-Encoding", "chunked").lower() != "chunked":
        raise FetchFailed(f"{host} sends it in a manner that is not known here.")
    if response.length is not None and response.length > largest:
        raise FetchFailed(f"{host} has more than {largest} bytes there.")
    content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_types and content_type not in media_types:
        raise FetchFailed(f"{host} has nothing of the type {' or '.join(media_types)} there.")
    return content_type


def _receive(response: http.client.HTTPResponse, host: str, largest: int, into: BinaryIO) -> int:
    """Write the body into the file; gives its size."""
    size = 0
    while piece := _read(response, host):
        size += len(piece)
        if size > largest:
            raise FetchFailed(f"{host} has more than {largest} bytes there.")
        into.write(piece)
    if response.length:  # what is still to come, and does not
        raise FetchLater(f"{host} broke off.")
    return size


def _read(response: http.client.HTTPResponse, host: str) -> bytes:
    with on_the_wire(host):
        return response.read(PIECE)
