"""Fetching from elsewhere: whatever the other side does, the answer is a body or a sentence, in bounded time."""

import gzip
import socket
import threading

import pytest

from elsewhere import Answer, Elsewhere, elsewhere
from schoolbell.kit import fetching
from schoolbell.kit.fetching import MOST_BYTES, Fetched, FetchFailed, fetch, is_public


@pytest.fixture
def place():
    with elsewhere() as found:
        yield found


def get(url: str, **more: object) -> Fetched:
    return fetch(url, accept="text/calendar", **{"allow_private": True} | more)


def failure(url: str, **more: object) -> str:
    with pytest.raises(FetchFailed) as failed:
        get(url, **more)
    return str(failed.value)


def test_a_body_comes_with_what_tells_it_from_the_next(place: Elsewhere):
    place.answer = lambda path, headers: Answer(b"here", headers={"ETag": '"1"', "Last-Modified": "yesterday"})
    assert get(place.url("/a%20b?x=%C3%A4")) == Fetched(b"here", '"1"', "yesterday")
    assert place.asked[0][0] == "/a%20b?x=%C3%A4"
    assert "if-none-match" not in place.asked[0][1]


def test_what_has_not_changed_is_not_sent_again(place: Elsewhere):
    place.answer = lambda path, headers: Answer(status=304 if headers.get("if-none-match") == '"1"' else 200)
    assert get(place.url(), etag='"1"', last_modified="yesterday") == Fetched(None)
    assert place.asked[0][1]["if-modified-since"] == "yesterday"
    assert get(place.url(), etag='"2"') == Fetched(b"")


def test_packed_bodies_are_unpacked_and_no_further_than_allowed(place: Elsewhere):
    packed = {"Content-Encoding": "gzip"}
    place.answer = lambda path, headers: Answer(gzip.compress(b"here"), headers=packed)
    assert get(place.url()).body == b"here"
    place.answer = lambda path, headers: Answer(gzip.compress(bytes(100 * MOST_BYTES)), headers=packed)
    assert failure(place.url()) == "It is too large: at most 5 MB."
    place.answer = lambda path, headers: Answer(gzip.compress(b"here")[:-4], headers=packed)
    assert failure(place.url()) == "The other side sent only a part of it."
    place.answer = lambda path, headers: Answer(b"not packed", headers=packed)
    assert failure(place.url()) == "Nobody answers at this address as a web server does."
    place.answer = lambda path, headers: Answer(b"?", headers={"Content-Encoding": "br"})
    assert failure(place.url()) == "The other side packed it in a way that cannot be read."


def test_ten_megabytes_are_too_many(place: Elsewhere):
    place.answer = lambda path, headers: Answer(bytes(2 * MOST_BYTES))
    assert failure(place.url()) == "It is too large: at most 5 MB."
    place.answer = lambda path, headers: Answer(bytes(MOST_BYTES))
    assert len(get(place.url()).body) == MOST_BYTES


def test_redirects_are_followed_a_few_times_and_only_on_the_web(place: Elsewhere):
    def hop(path: str, headers: dict[str, str]) -> Answer:
        left = int(path.rpartition("/")[2])
        return Answer(status=302, headers={"Location": f"/{left - 1}"}) if left else Answer(b"here")

    place.answer = hop
    assert get(place.url("/5")).body == b"here"
    assert failure(place.url("/6")) == "The address leads from one to another without end."
    for location in ("file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:25/"):
        place.answer = lambda path, headers, to=location: Answer(status=302, headers={"Location": to})
        assert failure(place.url()) == "This is no address on the web: it begins with https:// or http://."


def test_a_password_in_the_address_is_sent_there_and_not_where_it_leads(place: Elsewhere):
    place.answer = lambda path, headers: (
        Answer(b"here") if path == "/there" else Answer(status=302, headers={"Location": place.url("/there")})
    )
    get(place.url().replace("http://", "http://ida:s%40fe@"))
    assert [headers.get("authorization") for _path, headers in place.asked] == ["Basic aWRhOnNAZmU=", None]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "The other side asks for a password. Use the calendar's private address instead."),
        (403, "The other side does not let us read it. Use the calendar's private address."),
        (404, "There is no calendar at this address any more."),
        (410, "There is no calendar at this address any more."),
        (500, "The other side could not give it just now."),
        (302, "The other side could not give it just now."),  # and no word of where to
    ],
)
def test_what_is_not_given_is_told_in_a_sentence(place: Elsewhere, status: int, sentence: str):
    place.answer = lambda path, headers: Answer(status=status)
    assert failure(place.url()) == sentence


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mine.ics",
        "/mine.ics",
        "file:///etc/passwd",
        "ftp://example.org/",
        "https://",
        "http://a:99999/",
        "http://[/",
        "http://example.org/a b",
        "http://example.org/\r\nHost: other",
    ],
)
def test_what_is_no_address_is_not_asked(url: str):
    assert failure(url) == "This is no address on the web: it begins with https:// or http://."


def test_where_nobody_is_or_no_web_server_is_told():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert failure(f"http://127.0.0.1:{free.getsockname()[1]}/") == (
            "Nobody answers at this address as a web server does."
        )
    assert failure("http://no-such-host.invalid/") == "There is no such place on the web."


def test_who_answers_a_drop_at_a_time_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.5)
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            client, _address = server.accept()
            with client:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                while not over.wait(0.05):
                    try:
                        client.sendall(b".")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            assert failure(f"http://127.0.0.1:{server.getsockname()[1]}/") == "It took too long to answer."
        finally:
            over.set()
            thread.join()


PRIVATE = (
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1"),
    *("fec0::1", "feff:ffff::1", "ff0e::1", "100::1", "3fff::1", "5f00::1", "192.0.0.8", "192.88.99.1", "0.1.2.3"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:224.0.0.1", "::ffff:0:7f00:1"),
    *("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::1", "::7f00:1"),
)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_networks_are_not_public(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:2800:220:1::1", "::ffff:8.8.8.8"])
def test_the_internet_is_public(address: str):
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_asked_however_it_is_written(place: Elsewhere, host: str):
    sentence = "This address is inside a private network, where Schoolbell does not look."
    assert failure(f"http://{host}:{place.port}/", allow_private=False) == sentence
    assert place.asked == []


PUBLIC = "127.0.0.3"  # stands for an address on the internet
INSIDE = "This address is inside a private network, where Schoolbell does not look."


@pytest.fixture
def abroad(monkeypatch: pytest.MonkeyPatch):
    """A web server on the internet, so far as fetching can tell."""
    monkeypatch.setattr(fetching, "is_public", lambda address: address == PUBLIC or is_public(address))
    with elsewhere(PUBLIC) as found:
        yield found


@pytest.mark.parametrize(
    "there", ["127.0.0.1:{port}", "localhost:{port}", "[::ffff:127.0.0.1]:{port}", "2130706433:{port}", "10.0.0.1"]
)
def test_a_redirect_into_a_private_network_is_not_followed(abroad: Elsewhere, place: Elsewhere, there: str):
    to = f"http://{there.format(port=place.port)}/secret"
    abroad.answer = lambda path, headers: Answer(status=302, headers={"Location": to})
    assert failure(abroad.url(), allow_private=False) == INSIDE
    assert len(abroad.asked) == 1
    assert place.asked == []
    place.answer = lambda path, headers: Answer(b"inside")
    if there.startswith("127."):  # the control: where private addresses are allowed it is followed
        assert get(abroad.url()).body == b"inside"


def resolver(monkeypatch: pytest.MonkeyPatch, name: str, *answers: str) -> list[str]:
    """A name server that says one address after the other for that name; what it was asked so far."""
    real, asked = socket.getaddrinfo, []

    def look_up(host: str, port: int, *more: object, **named: object):
        if host != name:
            return real(host, port, *more, **named)
        asked.append(host)
        return real(answers[min(len(asked), len(answers)) - 1], port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


def test_a_name_is_looked_up_once_and_the_address_that_was_judged_is_connected_to(
    abroad: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    """Else a name could say a public address when it is judged, and a private one when it is connected to."""
    asked = resolver(monkeypatch, "calendar.example", PUBLIC, "127.0.0.1", "127.0.0.1")
    abroad.answer = lambda path, headers: Answer(headers["host"].encode())
    url = f"http://calendar.example:{abroad.port}/mine.ics"
    assert get(url, allow_private=False).body == f"calendar.example:{abroad.port}".encode()
    assert asked == ["calendar.example"]
    assert failure(url, allow_private=False) == INSIDE  # from now on it says a private one
    assert len(abroad.asked) == 1


def test_one_private_address_among_those_of_a_name_is_enough_to_refuse(
    abroad: Elsewhere, monkeypatch: pytest.MonkeyPatch
):
    real = socket.getaddrinfo
    both = [
        *real(PUBLIC, abroad.port, type=socket.SOCK_STREAM),
        *real("10.0.0.1", abroad.port, type=socket.SOCK_STREAM),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: both)
    assert failure("http://calendar.example/", allow_private=False) == INSIDE
    assert abroad.asked == []


def test_a_name_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "SECONDS", 0.2)
    over, real = threading.Event(), socket.getaddrinfo

    def look_up(*asked: object, **more: object):
        over.wait(30)
        return real("127.0.0.1", 80, type=socket.SOCK_STREAM)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    try:
        assert failure("http://calendar.example/") == "It took too long to answer."
        assert not over.is_set()
    finally:
        over.set()
