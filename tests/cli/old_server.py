"""A server that speaks PostgreSQL's protocol as far as a first greeting: it lets everybody in and says its version."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

ASKS_FOR_TLS = 80877103


class Greeting(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if self._startup() == ASKS_FOR_TLS:
            self.request.sendall(b"N")
            self._startup()
        self._send(b"R", struct.pack("!i", 0))
        for name, value in {"server_version": "14.9", "server_encoding": "UTF8", "client_encoding": "UTF8"}.items():
            self._send(b"S", f"{name}\0{value}\0".encode())
        self._send(b"Z", b"I")
        while self.request.recv(1024):
            pass

    def _startup(self) -> int:
        length, code = struct.unpack("!ii", self._read(8))
        self._read(length - 8)
        return int(code)

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += self.request.recv(size - len(found))
        return found

    def _send(self, kind: bytes, body: bytes) -> None:
        self.request.sendall(kind + struct.pack("!i", len(body) + 4) + body)


@contextmanager
def old_server() -> Iterator[int]:
    """Its port, on 127.0.0.1."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Greeting) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
