"""A web server in the test's own process, for what the product fetches from elsewhere."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Elsewhere:
    """`answer` is asked with each request's headers; `asked` are the requests so far: path and headers."""

    host: str
    port: int
    answer: Callable[[str, dict[str, str]], Answer]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/mine.ics") -> str:
        return f"http://{self.host}:{self.port}{path}"


@contextmanager
def elsewhere(host: str = "127.0.0.1") -> Iterator[Elsewhere]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            place.asked.append((self.path, headers))
            answer = place.answer(self.path, headers)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(answer.body)
            except OSError:
                return  # whoever asked has had enough

        def log_message(self, *_arguments: object) -> None:
            return

    server = ThreadingHTTPServer((host, 0), Handler)
    place = Elsewhere(host, server.server_port, lambda _path, _headers: Answer(status=404))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield place
    finally:
        place.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
