"""What a request for a device's metrics asks for: which device, which modules, how long it waits."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import re
import socket
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from collectors.http import RequestError
from inventory.text import Message, shortened

if TYPE_CHECKING:
    from collections.abc import Container

    from collectors.http import Request

_DEFAULT_SECONDS = 120.0
# SnmpAdminString of a context's name (RFC 3411 section 4).
_CONTEXT_OCTETS = 255


@dataclass(frozen=True, slots=True)
class Asked:
    """A scrape's parameters: `modules` in their order, empty for the device's own."""

    target: str
    modules: tuple[str, ...]
    auth: str
    context: str

    @property
    def plain(self) -> bool:
        """Whether nothing but the target is given."""
        return not (self.modules or self.auth or self.context)


def asked(request: Request, known: Container[str]) -> Asked:
    """The parameters, as snmp_exporter understands them; `known` are the modules that there are."""
    given = request.parameters.get("target", [])
    if len(given) != 1 or not given[0]:
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("'target' parameter must be specified once"))
    single = {}
    for key in ("auth", "snmp_context"):
        values = request.parameters.get(key, [""])
        if len(values) != 1:
            message = Message("'{name}' parameter must only be specified once", name=key)
            raise RequestError(HTTPStatus.BAD_REQUEST, message)
        single[key] = values[0]
    if len(single["snmp_context"].encode()) > _CONTEXT_OCTETS:
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("the context's name is too long"))
    names = tuple(
        dict.fromkeys(name for value in request.parameters.get("module", []) for name in value.split(",") if name)
    )
    for name in names:
        if name not in known:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("Unknown module '{name}'", name=shortened(name)))
    return Asked(given[0], names, single["auth"], single["snmp_context"])


def patience(request: Request) -> float:
    """The seconds that Prometheus gives a scrape, less what the answer's way takes."""
    try:
        seconds = float(request.headers.get("x-prometheus-scrape-timeout-seconds", ""))
    except ValueError:
        return _DEFAULT_SECONDS
    return min(max(seconds - 0.25, 0.1), _DEFAULT_SECONDS) if seconds == seconds else _DEFAULT_SECONDS  # noqa: PLR0124 - NaN


async def resolve(text: str) -> tuple[str, int]:
    """`host`, `host:port`, `[v6]:port`, with or without `udp://`, as an address and a port."""
    bare = text.removeprefix("udp://")
    host, port = bare, 161
    match = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?|([^:]+):(\d{1,5})", bare)
    if match:
        host, port = match[1] or match[3], int(match[2] or match[4] or 161)
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host)), _port(port)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("{target} has no address", target=shortened(text))) from None
    return str(found[0][4][0]), _port(port)


def _port(port: int) -> int:
    if not 0 < port < 1 << 16:
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("not a port: {port}", port=port))
    return port
