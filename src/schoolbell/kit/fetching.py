"""Fetching what is kept elsewhere on the web, by an address that somebody typed in: nothing of it is trusted.

The address that a name stands for is looked up once, judged, and then connected to: a name that says one thing when
asked and another when used gains nothing by it. Size, time and redirects are limited, unpacked bytes count; the time
that looking the name up takes counts too.
"""

import base64
import http.client
import ipaddress
import re
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread, Timer
from typing import Any, Final
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_REDIRECTS: Final = 5
SECONDS: Final = 20.0
_CHUNK: Final = 64 * 1024
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
# Addresses of version 6 that stand for one of version 4 (NAT64, 6to4, Teredo, and the old forms "compatible" and
# "translated"): what they lead to cannot be seen from here.
_DISGUISES = [
    ipaddress.ip_network(net)
    for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96", "::ffff:0:0:0/96")
]
# Set apart by IANA since, or for uses that no calendar has.
_SET_APART = [ipaddress.ip_network(net) for net in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")]


class FetchFailed(Exception):
    """Why it could not be fetched, as a sentence for the person who typed the address in."""

    def __init__(self, sentence: str | Promise) -> None:
        super().__init__(str(sentence))


@dataclass(frozen=True, slots=True)
class Fetched:
    """`body` None: it has not changed since the one with that `etag` or `last_modified`."""

    body: bytes | None
    etag: str = ""
    last_modified: str = ""


def fetch(url: str, *, accept: str, etag: str = "", last_modified: str = "", allow_private: bool = False) -> Fetched:
    """Raises FetchFailed. `allow_private` lets it reach addresses of this machine and its own networks."""
    deadline = time.monotonic() + SECONDS
    headers = {"Accept": accept, "Accept-Encoding": "gzip", "User-Agent": "Schoolbell", "Connection": "close"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    for _redirect in range(MOST_REDIRECTS + 1):
        parts = parse_address(url)
        with _answer(parts, headers, deadline=deadline, allow_private=allow_private) as answer:
            location = answer.headers.get("Location", "")
            if answer.status not in _REDIRECTS or not location:
                return _fetched(answer)
        url = urljoin(url, location)
    raise FetchFailed(_("The address leads from one to another without end."))


def parse_address(url: str) -> SplitResult:
    """Raises FetchFailed for what is no address on the web."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or re.search(r"[\x00-\x20\x7f]", url):
        raise FetchFailed(_("This is no address on the web: it begins with https:// or http://."))
    return parts


class _Connection(http.client.HTTPConnection):
    """A connection to an address that was looked up and judged before, under the name that was asked for."""

    def __init__(self, parts: SplitResult, address: tuple[Any, ...], *, timeout: float) -> None:
        self.secure = parts.scheme == "https"
        super().__init__(parts.hostname or "", parts.port or (443 if self.secure else 80), timeout=timeout)
        self.address = address
        self.line: socket.socket | None = None

    def connect(self) -> None:
        self.sock = self.line = socket.create_connection(self.address[:2], timeout=self.timeout)
        if self.secure:
            # Known before the handshake, so that whoever watches the time can end that too.
            self.sock = self.line = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def end(self) -> None:
        """Whoever reads from it is told that there is no more. The library lets go of `sock` while it still reads."""
        if self.line is not None:
            try:
                self.line.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


@contextmanager
def _answer(
    parts: SplitResult, headers: dict[str, str], *, deadline: float, allow_private: bool
) -> Iterator[http.client.HTTPResponse]:
    """Raises FetchFailed, also for what goes wrong while it is read."""
    address = _address(parts, deadline=deadline, allow_private=allow_private)
    connection = _Connection(parts, address, timeout=_left(deadline))
    watch = Timer(_left(deadline), connection.end)
    watch.daemon = True
    watch.start()
    try:
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        connection.request("GET", path + query, headers=headers | _signed_in(parts))
        yield connection.getresponse()
        _left(deadline)  # what was cut off in the middle is not the whole
    except FetchFailed:
        raise
    except ssl.SSLError as failure:
        raise FetchFailed(_("The connection could not be made secure: its certificate is not good.")) from failure
    except (OSError, http.client.HTTPException, ValueError, zlib.error) as failure:
        _left(deadline)
        if isinstance(failure, TimeoutError):
            raise FetchFailed(_SLOW) from failure
        raise FetchFailed(_("Nobody answers at this address as a web server does.")) from failure
    finally:
        watch.cancel()
        connection.close()


_SLOW = _("It took too long to answer.")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchFailed(_SLOW)
    return left


def _signed_in(parts: SplitResult) -> dict[str, str]:
    """A name and password in the address are sent as browsers did; what it redirects to does not get them."""
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _address(parts: SplitResult, *, deadline: float, allow_private: bool) -> tuple[Any, ...]:
    """Where that host is. Raises FetchFailed when there is none, or when it must not be reached."""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = _looked_up(parts.hostname or "", port, deadline=deadline)
    except TimeoutError as failure:
        raise FetchFailed(_SLOW) from failure
    except (OSError, UnicodeError) as failure:
        raise FetchFailed(_("There is no such place on the web.")) from failure
    if not allow_private and not all(is_public(str(address[0])) for *_rest, address in found):
        raise FetchFailed(_("This address is inside a private network, where Schoolbell does not look."))
    address: tuple[Any, ...] = found[0][4]
    return address


def _looked_up(host: str, port: int, *, deadline: float) -> list[Any]:
    """The system's resolver takes no time limit: whoever has waited long enough goes without it. Raises OSError."""
    answer: Future[list[Any]] = Future()

    def look_up() -> None:
        try:
            answer.set_result(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as failure:
            answer.set_exception(failure)

    Thread(target=look_up, daemon=True).start()
    return answer.result(_left(deadline))


def is_public(address: str) -> bool:
    """Can anybody on the internet reach it? Not so: this machine, private, link-local, site-local and reserved
    networks."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            ip = ip.ipv4_mapped
        elif ip.is_site_local or any(ip in net for net in _DISGUISES):
            return False
    if any(ip in net for net in _SET_APART):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _fetched(answer: http.client.HTTPResponse) -> Fetched:
    if answer.status == 304:
        return Fetched(None)
    if answer.status != 200:
        raise FetchFailed(_NOT_GIVEN.get(answer.status, _("The other side could not give it just now.")))
    return Fetched(
        _body(answer),
        etag=answer.headers.get("ETag", "")[:500],
        last_modified=answer.headers.get("Last-Modified", "")[:100],
    )


_NOT_GIVEN = {
    401: _("The other side asks for a password. Use the calendar's private address instead."),
    403: _("The other side does not let us read it. Use the calendar's private address."),
    404: _("There is no calendar at this address any more."),
    410: _("There is no calendar at this address any more."),
}


def _body(answer: http.client.HTTPResponse) -> bytes:
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise FetchFailed(_("The other side packed it in a way that cannot be read."))
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
    body = bytearray()
    while chunk := answer.read(_CHUNK):
        body += unpack.decompress(chunk, MOST_BYTES + 1 - len(body)) if unpack else chunk
        if len(body) > MOST_BYTES:
            raise FetchFailed(_("It is too large: at most 5 MB."))
    if unpack and not unpack.eof:
        raise FetchFailed(_("The other side sent only a part of it."))
    return bytes(body)
