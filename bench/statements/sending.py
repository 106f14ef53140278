"""A source at the other end of a line: whole requests written beforehand, on connections that stay open."""

import base64
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

CONNECTIONS: Final = 4
PATIENCE_SECONDS: Final = 60.0
_LENGTH: Final = b"content-length:"


class UnexpectedAnswerError(Exception):
    """The store did not take what it was sent."""


def request_of(body: bytes, *, port: int, key: str, secret: str) -> bytes:
    """Return a POST of statements as it goes over the line."""
    known = base64.b64encode(f"{key}:{secret}".encode()).decode()
    head = (
        f"POST /xapi/statements HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"X-Experience-API-Version: 1.0.3\r\nAuthorization: Basic {known}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def rate(port: int, requests: Sequence[bytes]) -> float:
    """Return how many requests a second are answered on four connections at once."""
    shares = [requests[one::CONNECTIONS] for one in range(CONNECTIONS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for done in [pool.submit(_send, port, share) for share in shares]:
            done.result()
    return len(requests) / (time.perf_counter() - began)


def _send(port: int, requests: Sequence[bytes]) -> None:
    line: socket.socket | None = None
    for one in requests:
        if line is None:
            line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(one)
        if not _answered(line):
            line.close()
            line = None
    if line is not None:
        line.close()


def _answered(line: socket.socket) -> bool:
    """Read an answer that says yes; return whether the connection stays open."""
    found = b""
    while b"\r\n\r\n" not in found:
        part = line.recv(65_536)
        if not part:
            raise UnexpectedAnswerError(found.decode("latin-1") or "the connection was closed")
        found += part
    head, _gap, body = found.partition(b"\r\n\r\n")
    small = head.lower()
    length = int(small.partition(_LENGTH)[2].partition(b"\r")[0])
    while len(body) < length:
        body += line.recv(65_536)
    if not head.startswith(b"HTTP/1.1 200"):
        raise UnexpectedAnswerError((head + body[:500]).decode("latin-1"))
    return b"connection: close" not in small
