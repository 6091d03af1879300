"""A small HTTP/1.1 server for pages that machines fetch: bounded requests, keep-alive, TLS, graceful end.

GET and HEAD; POST for the few paths that do something, without a body unless the server is made to take one.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import re
import socket
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from inventory.errors import GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Mapping

REQUEST_OCTETS = 16 << 10
IDLE_SECONDS = 75.0
REQUEST_SECONDS = 10.0
CONNECTIONS = 1024
_COMPRESS_FROM = 1024

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. `headers` have lower-case names; a repeated parameter keeps all of its values.

    `certificate` is the client's, as `ssl.SSLSocket.getpeercert` gives it; empty without one. `body` is empty unless
    the server takes bodies.
    """

    method: str
    path: str
    parameters: dict[str, list[str]]
    headers: dict[str, str]
    certificate: Mapping[str, Any] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: HTTPStatus = HTTPStatus.OK
    body: bytes = b""
    kind: str = "text/plain; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class RequestError(Exception):
    """A request that cannot be answered; the text is for whoever asked."""

    def __init__(self, status: HTTPStatus, message: Message) -> None:
        super().__init__(str(message))
        self.status = status


class BadRequestError(Exception):
    """A request that is not HTTP as it is understood here."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


def parse(head: bytes) -> Request:
    """A request's head (request line and headers, without the empty line)."""
    try:
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ")
    except ValueError:
        raise BadRequestError(HTTPStatus.BAD_REQUEST) from None
    if not version.startswith("HTTP/1."):
        raise BadRequestError(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        headers[name.lower()] = value.strip()
    try:
        parts = urlsplit(target)
        parameters = parse_qs(parts.query, keep_blank_values=True, max_num_fields=64)
    except ValueError:
        raise BadRequestError(HTTPStatus.BAD_REQUEST) from None
    headers.setdefault("connection", "close" if version == "HTTP/1.0" else "keep-alive")
    return Request(method, unquote(parts.path), parameters, headers)


class Server:
    """Serves `answer` on listening sockets until `stop` is called. `largest` is how many octets a body may have."""

    def __init__(
        self, answer: Callable[[Request], Awaitable[Response]], tls: ssl.SSLContext | None = None, *, largest: int = 0
    ) -> None:
        self._answer = answer
        self._tls = tls
        self._largest = largest
        self._connections: set[asyncio.Task[None]] = set()
        self._busy = 0
        self._idle = asyncio.Event()
        self._ending = False
        self._servers: list[asyncio.Server] = []

    async def start(self, sockets: list[socket.socket]) -> None:
        """Begin to accept."""
        for sock in sockets:
            patience = REQUEST_SECONDS if self._tls is not None else None
            self._servers.append(
                await asyncio.start_server(
                    self._connection, sock=sock, limit=REQUEST_OCTETS, ssl=self._tls, ssl_handshake_timeout=patience
                )
            )

    async def stop(self, grace: float = 5.0) -> None:
        """Accept no more, let requests under way finish for `grace` seconds, then end what is left."""
        self._ending = True
        for server in self._servers:
            server.close()
        if self._busy:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), grace)
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        for server in self._servers:
            await server.wait_closed()

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
        try:
            if len(self._connections) > CONNECTIONS:
                await _send(writer, Response(HTTPStatus.SERVICE_UNAVAILABLE), keep=False)
                return
            await self._requests(reader, writer)
        except (OSError, asyncio.CancelledError):
            # The other side has gone (TimeoutError and ssl.SSLError are OSErrors too).
            pass
        finally:
            if task is not None:
                self._connections.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wait = REQUEST_SECONDS
        certificate = writer.get_extra_info("peercert") or {}
        while not self._ending:
            try:
                head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), wait)
                request = replace(parse(head[:-4]), certificate=certificate)
                if self._largest:
                    body = await asyncio.wait_for(reader.readexactly(self._length(request)), REQUEST_SECONDS)
                    request = replace(request, body=body)
            except asyncio.IncompleteReadError:
                return
            except asyncio.LimitOverrunError:
                await _send(writer, Response(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), keep=False)
                return
            except BadRequestError as error:
                await _send(writer, Response(error.status), keep=False)
                return
            wait = IDLE_SECONDS
            unread = "transfer-encoding" in request.headers or (
                not self._largest and request.headers.get("content-length", "0") != "0"
            )
            if request.method not in ("GET", "HEAD", "POST"):
                allowed = {"Allow": "GET, HEAD, POST"}
                await _send(writer, Response(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed), keep=False)
                return
            self._busy += 1
            self._idle.clear()
            try:
                response = await self._answer(request)
            except Exception:
                log.exception("a request failed")
                response = Response(HTTPStatus.INTERNAL_SERVER_ERROR, b"a fault of govnet itself; its log has more\n")
            finally:
                self._busy -= 1
                if not self._busy:
                    self._idle.set()
            keep = request.headers["connection"].lower() != "close" and not unread and not self._ending
            await _send(writer, _compressed(request, response), keep=keep, head=request.method == "HEAD")
            if not keep:
                return

    def _length(self, request: Request) -> int:
        """How long the request's body is, where bodies are taken."""
        given = request.headers.get("content-length", "0")
        if "transfer-encoding" in request.headers or not re.fullmatch(r"\d{1,10}", given):
            raise BadRequestError(HTTPStatus.LENGTH_REQUIRED)
        if int(given) > self._largest:
            raise BadRequestError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return int(given)


def _compressed(request: Request, response: Response) -> Response:
    if "gzip" not in request.headers.get("accept-encoding", "") or len(response.body) < _COMPRESS_FROM:
        return response
    body = gzip.compress(response.body, compresslevel=1, mtime=0)
    headers = {**response.headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(response.status, body, response.kind, headers)


async def _send(writer: asyncio.StreamWriter, response: Response, *, keep: bool, head: bool = False) -> None:
    status = response.status
    body = response.body or (f"{status.value} {status.phrase}\n".encode() if status >= HTTPStatus.BAD_REQUEST else b"")
    headers = {
        "Content-Type": response.kind,
        "Content-Length": str(len(body)),
        "X-Content-Type-Options": "nosniff",
        "Connection": "keep-alive" if keep else "close",
        **response.headers,
    }
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (b"" if head else body))
    await asyncio.wait_for(writer.drain(), REQUEST_SECONDS)


def listen(address: str) -> list[socket.socket]:
    """Listening sockets for `host:port`, `[v6]:port` or `:port`; GovnetError if they cannot be had."""
    match = re.fullmatch(r"(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})", address)
    if match is None or int(match[3]) >= 1 << 16:
        raise GovnetError(
            Message("“{address}” is not an address to listen on", address=address),
            Message("write host:port, for example 127.0.0.1:9116"),
        )
    host, port = match[1] or match[2] or "0.0.0.0", int(match[3])  # noqa: S104 - `:9116` asks for all addresses
    sockets: list[socket.socket] = []
    try:
        for family, kind, _, _, where in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            sock = socket.socket(family, kind)
            sockets.append(sock)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.bind(where)
            sock.listen(1024)
            sock.setblocking(False)
    except OSError as error:
        for sock in sockets:
            sock.close()
        raise GovnetError(
            Message("cannot listen on {address}: {reason}", address=address, reason=error.strerror or str(error)),
            Message("end the program that uses the port, or choose another with --listen"),
        ) from None
    return sockets
