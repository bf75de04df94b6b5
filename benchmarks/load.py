"""Clients that book over HTTP as fast as they are answered. One process drives them all, on raw sockets, because what
it uses of the machine is missing to the server."""

import gc
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from benchmarks.dataset import SLUG, Dataset
from benchmarks.pairs import session_of, student_of
from benchmarks.server import HOST

CREATED = 201
CONFLICT = 409
LONGEST = 30.0  # seconds that an answer may take

Ask = Callable[[], bytes]


BROKEN = 0  # in the place of a status: the connection was closed


@dataclass(slots=True)
class Measured:
    """What came back: every status, and in the `seconds` that count how long each 201 took. `unwanted` is one answer
    that should not have come, to show."""

    seconds: float = 0.0
    statuses: Counter[int] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)
    unwanted: bytes = b""

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    def milliseconds(self, percent: int) -> float:
        ordered = sorted(self.latencies)
        return 1_000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


class Requests:
    """The requests of one run: valid, each for another pair and under another key."""

    def __init__(self, dataset: Dataset, *, first: int = 0) -> None:
        self.dataset = dataset
        self.next = first
        length = len(_body(UUID(int=0), UUID(int=0), UUID(int=0)))
        self.head = (
            f"POST /api/v1/{SLUG}/bookings HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: benchmark\r\n"
            f"Authorization: Bearer {dataset.token}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
            "Idempotency-Key: "
        )

    def anywhere(self) -> bytes:
        """The next pair's."""
        number = self.next
        self.next += 1
        return self._request(self.dataset.sessions[session_of(number)], number)

    def in_session(self, session: UUID) -> Ask:
        """The next student's, always in this session."""

        def ask() -> bytes:
            number = self.next
            self.next += 1
            return self._request(session, number)

        return ask

    def _request(self, session: UUID, number: int) -> bytes:
        student, client = self.dataset.students[student_of(number)]
        return f"{self.head}{uuid4()}\r\n\r\n{_body(session, student, client)}".encode()


def _body(session: UUID, student: UUID, client: UUID) -> str:
    return f'{{"session":"{session}","student":"{student}","client":"{client}"}}'


class Client:
    """One connection, kept alive, with one request at a time on it."""

    __slots__ = ("answer", "asked_at", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection((HOST, port), timeout=LONGEST)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = b""
        self.asked_at = 0.0

    def send(self, request: bytes) -> None:
        self.answer = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> int | None:
        """The status of the answer; None while it is not here whole. Raises ConnectionError."""
        received = self.socket.recv(65_536)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        self.answer += received
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found or not _is_whole(head.lower(), body):
            return None
        return int(self.answer[9:12])


def _is_whole(head: bytes, body: bytes) -> bool:
    """Whether the body is as long as its head says, or ends as one of unknown length does."""
    _before, length, after = head.partition(b"content-length:")
    return len(body) >= int(after.split(b"\r\n", 1)[0]) if length else body.endswith(b"0\r\n\r\n")


def book_anywhere(port: int, clients: int, requests: Requests, *, warm_up: float, seconds: float) -> Measured:
    """Book all over the school with that many clients. What is answered in the warm-up is not in the rate."""
    measured = Measured(seconds)
    counts_from = time.perf_counter() + warm_up
    ends = counts_from + seconds

    def answered(client: Client, status: int, at: float) -> bool:
        measured.statuses[status] += 1
        if status != CREATED:
            measured.unwanted = client.answer
        elif counts_from <= at < ends:
            measured.latencies.append(at - client.asked_at)
        return at < ends

    _drive(port, clients, requests.anywhere, answered)
    return measured


def fight_for(session: UUID, port: int, clients: int, requests: Requests) -> Measured:
    """Book one session with that many clients until each of them was told that it is full."""
    measured = Measured()
    started = time.perf_counter()

    def answered(client: Client, status: int, at: float) -> bool:
        measured.statuses[status] += 1
        if status == CREATED:
            measured.latencies.append(at - client.asked_at)
            measured.seconds = at - started
        elif b'"session_full"' not in client.answer:
            measured.unwanted = client.answer
        return status == CREATED

    _drive(port, clients, requests.in_session(session), answered)
    return measured


def _drive(port: int, clients: int, ask: Ask, answered: Callable[[Client, int, float], bool]) -> None:
    """Everybody asks, and asks again as long as `answered` says so."""
    with selectors.DefaultSelector() as selector, _no_collector():
        asking = [Client(port) for _ in range(clients)]
        try:
            for client in asking:
                selector.register(client.socket, selectors.EVENT_READ, client)
                client.send(ask())
            while selector.get_map():
                ready = selector.select(LONGEST)
                if not ready:
                    raise TimeoutError(f"no answer within {LONGEST:.0f} s")
                for key, _events in ready:
                    client = key.data
                    try:
                        status = client.receive()
                    except ConnectionError:
                        status = BROKEN
                    if status is None:
                        continue
                    if answered(client, status, time.perf_counter()) and status != BROKEN:
                        client.send(ask())
                    else:
                        selector.unregister(client.socket)
        finally:
            for client in asking:
                client.socket.close()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Nothing here makes rings, and a pause of ours would look like one of the server's."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
