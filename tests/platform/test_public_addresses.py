"""What is fetched from outside, and what never is: real TLS, with hosts and a resolver of the tests' own."""

import io
import itertools
import socket
import ssl
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest

from photolens import public_addresses
from photolens.public_addresses import (
    Fetched,
    FetchFailed,
    FetchLater,
    Network,
    NotPublic,
    fetch,
    is_public,
    require_public_form,
)
from tests.outside import NAME, PUBLIC, Outside, answer

URL = f"https://{NAME}/1.jpg"
HERE = f"{NAME}/1.jpg"
UNREACHABLE = f"{NAME} cannot be reached at an address of the public internet."

PUBLIC_ADDRESSES = [
    *("8.8.8.8", "1.0.0.1", PUBLIC, "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "9.255.255.255"),
    *("11.0.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "192.167.255.255", "192.169.0.0"),
    *("198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.17", "192.0.1.0"),
    *("2606:4700:4700::1111", "2001:4860:4860::8888", "2a00:1450::1", "2001:200::1"),
    *("64:ff9b::808:808", "64:ff9b::5db8:d70e"),
]

OTHER_ADDRESSES = [
    # This machine, this network.
    *("127.0.0.1", "127.255.255.255", "0.0.0.0", "0.1.2.3", "::1", "::"),
    # Private.
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255"),
    *("fc00::1", "fd00:ec2::254", "fdff::1"),
    # Of the link, of the site, of a carrier.
    *("169.254.169.254", "169.254.0.1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "100.64.0.1"),
    *("100.100.100.200", "100.127.255.255"),
    # To many.
    *("224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1", "255.255.255.255"),
    # Reserved, for documents, benchmarks and protocols.
    *("240.0.0.1", "254.1.2.3", "192.0.0.1", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "192.88.99.1", "168.63.129.16"),
    *("2001:db8::1", "3fff::1", "2001:2::1", "2001:10::1", "2001:20::1", "100::1", "5f00::1", "4000::1", "1::1"),
    # IPv4 in IPv6: mapped, compatible, translated, 6to4, Teredo.
    *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1", "::127.0.0.1", "::8.8.8.8", "::ffff:0:8.8.8.8"),
    *("64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b::", "64:ff9b:1::808:808"),
    *("64:ff9b:1::1", "64:ff9b::1:808:808", "2002:7f00:1::", "2002:808:808::1", "2001:0:808:808::1", "2001::1"),
    # No address at all, though some would read one.
    *("2606:4700::1%1", "0x8.8.8.8", "8.8.8", "134744072", "08.8.8.8", "010.8.8.8", "8.8.8.8 ", "", "localhost"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with Outside(tmp_path_factory.mktemp("outside")).running() as outside:
        yield outside


@pytest.fixture
def outside(server: Outside) -> Outside:
    """The world outside: `photos.example`, at a public address, and nothing on it yet."""
    server.forget()
    return server


def get(outside: Outside, url: str = URL, largest: int = 1000, **more: Any) -> tuple[Fetched, bytes]:
    file = io.BytesIO()
    return fetch(url, largest=largest, into=file, network=outside.network, **more), file.getvalue()


def refused(kind: type[Exception], outside: Outside, url: str = URL, **more: Any) -> str:
    """What is said on refusing it, in this kind and no narrower one."""
    with pytest.raises(kind) as raised:
        get(outside, url, **more)
    assert type(raised.value) is kind
    return str(raised.value)


# Addresses and URLs.


@pytest.mark.parametrize("address", PUBLIC_ADDRESSES)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", OTHER_ADDRESSES)
def test_no_other_address_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://photos.example", "https://photos.example/"),
        ("HTTPS://Photos.Example:443/A.jpg#top", "https://photos.example/A.jpg"),
        ("https://photos.example?size=1&b=%20", "https://photos.example/?size=1&b=%20"),
        ("https://photos.example//a/../b", "https://photos.example//a/../b"),
        ("https://photos.example/zoë/ü?q=é", "https://photos.example/zo%C3%AB/%C3%BC?q=%C3%A9"),
        ('https://photos.example/<">|^`{}', "https://photos.example/%3C%22%3E%7C%5E%60%7B%7D"),
        ("https://a_b.photos.example/@user", "https://a_b.photos.example/@user"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://photos.xn--p1ai/", "https://photos.xn--p1ai/"),
        ("https://photos。example/", "https://photos.example/"),
        ("https://8.8.8.8/", "https://8.8.8.8/"),
        ("https://[2606:4700:4700::1111]:443/", "https://[2606:4700:4700::1111]/"),
    ],
)
def test_a_url_of_a_public_form_is_understood_in_one_way(url: str, place: str) -> None:
    assert require_public_form(url).url == place


@pytest.mark.parametrize(
    "url",
    [
        # Not https.
        *("", "photos.example/1.jpg", "//photos.example/", "http://photos.example/", "ftp://photos.example/"),
        *("file:///etc/passwd", "gopher://photos.example/", "data:image/png;base64,AA==", "https:photos.example"),
        *("https:///1.jpg", "https://", "https://?a", "https:///photos.example/", " https://photos.example/"),
        # A user, a port.
        *("https://user@photos.example/", "https://user:word@photos.example/", "https://@photos.example/"),
        *("https://8.8.8.8@127.0.0.1/", "https://photos.example:80/", "https://photos.example:8443/"),
        *("https://photos.example:0/", "https://photos.example:99999/", "https://photos.example:a/"),
        *("https://photos.example:-443/", "https://photos.example:443:443/", "https://photos.example:٤٤٣/"),
        # Letters that some readers drop, or take for others.
        *("https://photos.example\\@127.0.0.1/", "https://photos.example/\r\nHost: a", "https://photos.example/a b"),
        *(
            "https://photos\t.example/",
            "https://photos.example/\0",
            "https://photos.example/\u2028",
            "https://a\ud800.b/",
        ),
        *("https://photos.example/\ud800", "https://photos%2eexample/", "https://127.0.0.1%2f.example/"),
        *("https://[::1/", "https://::1/", "https://[photos.example]/", "https://[v1.a]/", "https://a" + "a" * 2048),
        # This machine by name, or a name that no one in public has.
        *("https://localhost/", "https://LOCALHOST/", "https://localhost./", "https://a.localhost/"),
        *("https://printer.local/", "https://metadata.google.internal/", "https://nas.home.arpa/", "https://intranet/"),
        *("https://photos.example./", "https://.photos.example/", "https://photos..example/", "https://-a.example/"),
        *("https://a-.example/", f"https://{'a' * 64}.example/", f"https://{'a.' * 130}example/", "https://*.example/"),
        # Numbers that are addresses, in whatever writing.
        *("https://127.0.0.1/", "https://127.0.0.1./", "https://127.1/", "https://2130706433/", "https://0x7f000001/"),
        *("https://0x7f.0.0.1/", "https://0177.0.0.1/", "https://017700000001/", "https://1.0x7f/", "https://8.8.8/"),
        *("https://08.8.8.8/", "https://8.8.8.8./", "https://photos.example.1/", "https://0/", "https://0.0.0.0/"),
        *("https://１２７.０.０.１/", "https://①②⑦.0.0.1/", "https://127。0。0。1/", "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/"),
        *("https://[::1]/", "https://[::]/", "https://[::ffff:8.8.8.8]/", "https://[fe80::1%25eth0]/"),
        *("https://[2606:4700:4700::1111%25eth0]/", "https://[64:ff9b::7f00:1]/", "https://169.254.169.254/latest/"),
    ],
)
def test_a_url_of_another_form_is_refused_before_anything_is_looked_up(url: str) -> None:
    with pytest.raises(NotPublic):
        require_public_form(url)


# What names lead to.


@pytest.mark.parametrize("address", OTHER_ADDRESSES)
def test_a_name_that_leads_to_another_address_is_connected_to_nowhere(outside: Outside, address: str) -> None:
    outside.addresses[NAME] = [address]

    assert refused(NotPublic, outside) == UNREACHABLE
    assert outside.dialled == []


def test_one_address_that_is_not_public_condemns_the_name(outside: Outside) -> None:
    for addresses in itertools.permutations([PUBLIC, "10.0.0.1", "8.8.8.8"]):
        outside.addresses[NAME] = list(addresses)
        refused(NotPublic, outside)

    assert outside.dialled == []


def test_a_name_is_looked_up_once_and_what_it_leads_to_later_has_no_effect(outside: Outside) -> None:
    outside.answers[HERE] = answer(b"photo")
    answers = iter([[PUBLIC], ["127.0.0.1"]])
    network = Network(lambda _: next(answers), outside.network.dial, outside.network.authorities)

    assert fetch(URL, largest=10, into=io.BytesIO(), network=network).size == 5
    assert next(answers) == ["127.0.0.1"]  # nobody has asked for it
    assert outside.dialled == [PUBLIC]


def test_an_address_that_takes_no_connection_leaves_it_to_the_next(outside: Outside) -> None:
    outside.answers[HERE] = answer(b"photo")
    outside.addresses[NAME] = ["2606:4700:4700::1111", "8.8.8.8"]

    def dial(address: public_addresses.Address, timeout: float) -> socket.socket:
        if address.version == 6:
            raise ConnectionRefusedError
        return outside.network.dial(address, timeout)

    network = Network(outside.network.look_up, dial, outside.network.authorities)
    assert fetch(URL, largest=10, into=io.BytesIO(), network=network).size == 5
    assert outside.dialled == ["8.8.8.8"]


def test_refused_unreachable_and_unknown_are_told_alike(outside: Outside) -> None:
    def dial(address: public_addresses.Address, timeout: float) -> socket.socket:
        raise ConnectionRefusedError(f"{address} within {timeout}")

    outside.addresses[NAME] = ["10.0.0.1"]
    private = refused(NotPublic, outside)
    outside.addresses[NAME] = [PUBLIC]
    with pytest.raises(FetchLater) as closed:
        fetch(URL, largest=10, into=io.BytesIO(), network=Network(outside.network.look_up, dial))
    outside.addresses.clear()
    unknown = refused(FetchLater, outside)

    assert {private, str(closed.value), unknown} == {UNREACHABLE}


def test_nothing_of_the_real_network_is_asked_for_an_address_of_this_machine() -> None:
    for url in ("https://127.0.0.1/", "https://localhost/"):
        with pytest.raises(NotPublic):
            fetch(url, largest=10, into=io.BytesIO())


# What is asked, and what is taken.


def test_a_file_is_fetched_with_its_type_and_size(outside: Outside) -> None:
    outside.answers[HERE] = answer(b"photo" * 100, "Content-Type: Image/JPEG; quality=high")

    fetched, content = get(outside, f"{URL}#part", largest=500, media_types=("image/jpeg", "image/png"))

    assert (fetched, content) == (Fetched("image/jpeg", 500, URL), b"photo" * 100)


def test_a_host_may_be_a_public_address_that_its_certificate_names(outside: Outside) -> None:
    outside.answers[f"{PUBLIC}/1.jpg"] = answer(b"photo")
    outside.addresses[PUBLIC] = [PUBLIC]

    assert get(outside, f"https://{PUBLIC}/1.jpg")[1] == b"photo"


def test_a_request_says_nothing_of_us_and_goes_past_every_proxy(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://user:word@127.0.0.1:9")
    outside.answers[f"{NAME}/a?b=1"] = answer(b"photo", "Content-Type: image/png")

    get(outside, f"https://{NAME}/a?b=1", media_types=["image/png", "image/webp"])

    assert outside.dialled == [PUBLIC]
    assert outside.requests[0].split("\r\n") == [
        "GET /a?b=1 HTTP/1.1",
        f"Host: {NAME}",
        "User-Agent: Photolens",
        "Accept: image/png, image/webp",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]


def test_a_certificate_of_another_name_is_refused(outside: Outside) -> None:
    outside.addresses["elsewhere.example"] = [PUBLIC]

    assert "certificate" in refused(FetchFailed, outside, "https://elsewhere.example/1.jpg")
    assert outside.requests == []


def test_a_certificate_that_nobody_known_has_signed_is_refused(outside: Outside) -> None:
    network = Network(outside.network.look_up, outside.network.dial)
    with pytest.raises(FetchFailed, match="certificate"):
        fetch(URL, largest=10, into=io.BytesIO(), network=network)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(answer(b"x" * 1000), id="with-a-length"),
        pytest.param(CHUNKED + b"190\r\n" + b"x" * 400 + b"\r\n258\r\n" + b"x" * 600 + b"\r\n0\r\n\r\n", id="chunked"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * 1000, id="till-the-end"),
    ],
)
def test_as_much_is_taken_as_was_said_and_not_one_byte_more(outside: Outside, reply: bytes) -> None:
    outside.answers[HERE] = reply

    assert get(outside, largest=1000)[1] == b"x" * 1000
    assert "more than 999 bytes" in refused(FetchFailed, outside, largest=999)


def test_what_is_said_to_be_too_large_is_not_read(outside: Outside) -> None:
    outside.answers[HERE] = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001
    file = io.BytesIO()
    with pytest.raises(FetchFailed):
        fetch(URL, largest=1000, into=file, network=outside.network)

    assert file.getvalue() == b""


@pytest.mark.parametrize(
    ("kind", "reply"),
    [
        (FetchLater, answer(b"", status="500 Internal Server Error")),
        (FetchLater, answer(b"", "Retry-After: 5", status="503 Service Unavailable")),
        (FetchLater, answer(b"", status="429 Too Many Requests")),
        (FetchLater, answer(b"", status="408 Request Timeout")),
        (FetchLater, b""),
        (FetchLater, b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
        (FetchLater, CHUNKED + b"a\r\nhalf"),
        (FetchFailed, answer(b"", status="404 Not Found")),
        (FetchFailed, answer(b"", status="403 Forbidden")),
        (FetchFailed, answer(b"", status="204 No Content")),
        (FetchFailed, answer(b"photo", "Content-Range: bytes 0-4/10", status="206 Partial Content")),
        (FetchFailed, answer(b"", "Location: /2.jpg", status="304 Not Modified")),
        (FetchFailed, answer(b"", status="302 Found")),
        (FetchFailed, answer(b"photo", "Content-Encoding: gzip")),
        (FetchFailed, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        (FetchFailed, b"SSH-2.0-OpenSSH_9.6\r\n"),
        (FetchFailed, b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 101 + b"\r\n"),
        (FetchFailed, b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\n"),
        (FetchFailed, CHUNKED + b"-1\r\n" + b"x" * 2_000_000),
        (FetchFailed, CHUNKED + b"-5\r\n" + b"x" * 2_000_000),
    ],
)
def test_an_answer_that_is_no_file_is_refused_for_good_or_for_now(
    outside: Outside, kind: type[Exception], reply: bytes
) -> None:
    outside.answers[HERE] = reply

    assert NAME in refused(kind, outside)


def test_no_more_is_read_than_a_file_may_have_whatever_it_is_wrapped_in(outside: Outside) -> None:
    sent: list[int] = []

    def go_on(wire: ssl.SSLSocket) -> None:
        for _ in range(100_000):
            wire.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)
            sent.append(25_000)

    outside.answers[HERE] = go_on
    assert "more than is taken" in refused(FetchFailed, outside)
    assert sum(sent) < 20_000_000


def test_a_file_of_another_type_is_refused(outside: Outside) -> None:
    outside.answers[HERE] = answer(b"<html>", "Content-Type: text/html")

    assert (
        refused(FetchFailed, outside, media_types=["image/png"]) == f"{NAME} has nothing of the type image/png there."
    )


def test_a_fault_of_the_file_that_is_written_is_not_taken_for_the_host_s(outside: Outside) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError("no space is left")

    outside.answers[HERE] = answer(b"photo")
    with pytest.raises(OSError, match="no space is left"):
        fetch(URL, largest=10, into=Full(), network=outside.network)


# Time.


def drip(wire: ssl.SSLSocket, head: bytes, drop: bytes) -> None:
    """Send one drop after another, more of them than anybody waits for."""
    wire.sendall(head)
    for _ in range(1000):
        wire.sendall(drop)
        Event().wait(0.02)


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x", id="of-the-body"),
        pytest.param(CHUNKED, b"1\r\nx\r\n", id="of-chunks"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: ", b"b", id="of-a-header"),
        pytest.param(b"", b"H", id="of-the-status"),
        pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="of-promises"),
    ],
)
def test_a_host_that_drips_is_left_at_the_deadline(
    outside: Outside, monkeypatch: pytest.MonkeyPatch, head: bytes, drop: bytes
) -> None:
    monkeypatch.setattr(public_addresses, "DEADLINE", 0.3)
    outside.answers[HERE] = lambda wire: drip(wire, head, drop)

    refused(FetchLater, outside)


def test_the_deadline_is_one_for_all_redirects(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_addresses, "DEADLINE", 0.3)

    def dawdle(wire: ssl.SSLSocket) -> None:
        Event().wait(0.1)
        wire.sendall(answer(b"", f"Location: {URL}", status="302 Found"))

    outside.answers[HERE] = dawdle
    refused(FetchLater, outside)


def test_a_host_that_falls_silent_is_left(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_addresses, "READ_TIMEOUT", 0.1)

    def fall_silent(wire: ssl.SSLSocket) -> None:
        wire.sendall(b"HTTP/1.1 200 OK\r\n")
        wire.recv(1)  # until whoever asked has gone

    outside.answers[HERE] = fall_silent

    refused(FetchLater, outside)


def test_a_host_that_never_speaks_tls_is_left(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_addresses, "CONNECT_TIMEOUT", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        network = Network(
            outside.network.look_up, lambda _, timeout: socket.create_connection(silent.getsockname(), timeout)
        )
        with pytest.raises(FetchLater):
            fetch(URL, largest=10, into=io.BytesIO(), network=network)


def test_nobody_waits_for_a_resolver_that_does_not_answer(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(public_addresses, "READ_TIMEOUT", 0.05)
    over = Event()

    def look_up(_: str) -> list[str]:
        over.wait(10)
        return [PUBLIC]

    with pytest.raises(FetchLater):
        fetch(URL, largest=10, into=io.BytesIO(), network=Network(look_up, outside.network.dial))
    over.set()


# Redirects.


def redirect(location: str, status: str = "302 Found") -> bytes:
    return answer(b"", f"Location: {location}", status=status)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
@pytest.mark.parametrize("location", [f"https://cdn.{NAME}/2.jpg", f"//cdn.{NAME}:443/2.jpg#a"])
def test_a_redirect_is_followed_to_another_host(outside: Outside, status: str, location: str) -> None:
    outside.addresses[f"cdn.{NAME}"] = ["8.8.8.8"]
    outside.answers |= {HERE: redirect(location, status), f"cdn.{NAME}/2.jpg": answer(b"photo")}

    fetched, content = get(outside)

    assert (fetched.url, content) == (f"https://cdn.{NAME}/2.jpg", b"photo")
    assert outside.dialled == [PUBLIC, "8.8.8.8"]
    assert all("referer" not in request.lower() for request in outside.requests)


def test_a_redirect_may_name_the_path_alone_and_sets_no_cookie(outside: Outside) -> None:
    to = answer(b"", "Location: ../b/2.jpg?c", "Set-Cookie: a=b; Secure", status="302 Found")
    outside.answers |= {f"{NAME}/a/1.jpg": to, f"{NAME}/b/2.jpg?c": answer(b"photo")}

    assert get(outside, f"https://{NAME}/a/1.jpg")[1] == b"photo"
    assert "cookie" not in outside.requests[1].lower()


@pytest.mark.parametrize(
    "location",
    [
        *("http://photos.example/2.jpg", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.1/"),
        *(
            "https://photos.example:8443/",
            "https://user@photos.example/",
            "file:///etc/passwd",
            "ftp://photos.example/",
        ),
        *("https://169.254.169.254/latest/meta-data/", "https://0x7f000001/", "https://photos.example\\@a.example/"),
        *("https://[::1", "https://[::ffff:8.8.8.8]/", "//127.0.0.1/", "https://a b.example/"),
    ],
)
def test_a_redirect_to_what_is_not_fetched_is_refused(outside: Outside, location: str) -> None:
    outside.answers[HERE] = redirect(location)

    assert refused(NotPublic, outside).startswith(f"{NAME} redirects to what is not fetched. The URL ")
    assert outside.dialled == [PUBLIC]


def test_a_redirect_to_a_name_that_is_not_public_is_refused_as_the_first_would_be(outside: Outside) -> None:
    outside.addresses["internal.example"] = ["192.168.0.1"]
    outside.answers[HERE] = redirect("https://internal.example/")

    assert "192.168" not in refused(NotPublic, outside)
    assert outside.dialled == [PUBLIC]


def test_a_name_is_judged_anew_when_a_redirect_leads_back_to_it(outside: Outside) -> None:
    def move(wire: ssl.SSLSocket) -> None:
        outside.addresses[NAME] = ["127.0.0.1"]
        wire.sendall(redirect(f"https://{NAME}/2.jpg"))

    outside.answers[HERE] = move

    refused(NotPublic, outside)
    assert outside.dialled == [PUBLIC]


def test_five_redirects_are_followed_and_no_sixth(outside: Outside) -> None:
    outside.answers |= {f"{NAME}/{n}": redirect(f"/{n + 1}") for n in range(6)} | {f"{NAME}/6": answer(b"photo")}

    assert get(outside, f"https://{NAME}/1")[1] == b"photo"
    assert "redirects" in refused(FetchFailed, outside, f"https://{NAME}/0")


def test_redirects_in_a_circle_end(outside: Outside) -> None:
    outside.answers[HERE] = redirect(URL)

    assert "redirects" in refused(FetchFailed, outside)
    assert len(outside.requests) == 6
