"""The exporter: Prometheus asks it for a device, it asks the device by SNMP.

    /snmp?target=NAME[&module=…][&auth=…]   a device's metrics, as snmp_exporter answers
    /sd/snmp[?where=…]                      Prometheus http_sd: the inventory's devices with their labels
    /metrics                                the exporter's own
    /-/healthy                              for whoever watches the exporter

Only devices of the inventory are asked, unless it is opened for any target: an exporter must not be a probe into the
network for whoever reaches its port. No credential is part of any answer or log line.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import logging
import re
import signal
import socket
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from collectors import modules as shipped_modules
from collectors.exposition import page
from collectors.http import Request, Response, Server
from collectors.poll import DEVICE_RATE, Poller
from collectors.results import about
from collectors.targets import Target, access_of, access_of_auth, target_of
from inventory.errors import GovnetError, InputError, SnmpError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from prometheus_client import CollectorRegistry

    from collectors.modules.schema import Auth
    from collectors.results import PollResult
    from collectors.snmp.client import Client, Counts
    from collectors.targets import Access
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
DEFAULT_MODULES = shipped_modules.DEFAULT
_INDEX = b"govnet: /snmp?target=NAME&module=if_mib  /sd/snmp  /metrics  /-/healthy\n"
_DEFAULT_SECONDS = 120.0
_HOST = re.compile(r"[A-Za-z0-9.\-_\[\]:]{1,255}\Z")

log = logging.getLogger(__name__)


class RequestError(Exception):
    """A request that cannot be answered; the text is for whoever asked."""

    def __init__(self, status: HTTPStatus, message: Message) -> None:
        super().__init__(str(message))
        self.status = status


@dataclass(frozen=True, slots=True)
class _Parts:
    target: str
    modules: tuple[str, ...]
    auth: str


class Exporter:
    """Answers requests from a workspace's inventory. Use `serve` to run it."""

    def __init__(
        self,
        workspace: Workspace,
        endpoints: Endpoints,
        *,
        files: Sequence[Path] = (),
        any_target: bool = False,
        parallel: int = 64,
        rate: float = 0.0,
        device_rate: float = DEVICE_RATE,
    ) -> None:
        self._workspace = workspace
        self._endpoints = endpoints
        self._any_target = any_target
        names = dict.fromkeys(shipped_modules.shipped())
        self._auths: dict[str, Auth] = {}
        for path in files:
            loaded = shipped_modules.load(path)
            names.update(dict.fromkeys(loaded.modules))
            self._auths.update(loaded.auths)
        self._poller = Poller(tuple(names), files=files, parallel=parallel, rate=rate, device_rate=device_rate)
        self._client: Client | None = None
        self._locks: dict[Target, asyncio.Lock] = {}
        self._addresses: dict[str, Device] = {}
        for device in workspace.inventory.devices.values():
            if device.address is not None:
                self._addresses.setdefault(str(device.address.ip), device)
        self._numbers: _Numbers | None = None

    async def run(self, sockets: list[socket.socket], stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve on listening sockets until `stop` is set."""
        async with self._poller.client() as client:
            self._client = client
            self._numbers = _Numbers(client.counts)
            server = Server(self.answer)
            await server.start(sockets)
            ready()
            await stop.wait()
            await server.stop()

    async def answer(self, request: Request) -> Response:
        """One request."""
        path = request.path
        try:
            if path == "/snmp":
                return await self._snmp(request)
            if path.startswith("/sd/"):
                return self._discovery(request)
        except RequestError as error:
            return Response(error.status, f"{error}\n".encode())
        if path == "/metrics":
            return Response(body=self._own_metrics(), kind=PROMETHEUS)
        text = {"/": _INDEX, "/-/healthy": b"Healthy\n"}.get(path)
        return Response(HTTPStatus.NOT_FOUND) if text is None else Response(body=text)

    # -- /snmp ------------------------------------------------------------------------------------------------

    async def _snmp(self, request: Request) -> Response:
        parts = self._parts(request)
        target = await self._target(parts)
        started = time.perf_counter()
        lock = self._locks.setdefault(target, asyncio.Lock())
        try:
            async with asyncio.timeout(_patience(request)), lock:
                result = await self._poll(target, parts.modules)
        except TimeoutError:
            self._count(parts.modules, "scrape_timeout", time.perf_counter() - started)
            message = Message("{target}: not done within the scrape's time", target=target.device)
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, message) from None
        self._count(parts.modules, result.reason, time.perf_counter() - started)
        if result.error is not None:
            log.info("%s: %s", target.device, result.reason)
        if result.error is not None and not any(part.families for part in result.modules):
            text = f"{target.device}: {result.error.message} [{result.reason}]\n"
            if str(result.error.hint):
                text += f"{result.error.hint}\n"
            return Response(HTTPStatus.INTERNAL_SERVER_ERROR, text.encode())
        body = page([*(part.families for part in result.modules), about(result.modules)])
        return Response(body=body, kind=PROMETHEUS)

    async def _poll(self, target: Target, modules: Sequence[str]) -> PollResult:
        if self._client is None:
            raise RuntimeError("the exporter is not running")
        return await self._poller.poll_one(self._client, target, modules)

    def _parts(self, request: Request) -> _Parts:
        """The parameters, as snmp_exporter understands them."""
        given = request.parameters.get("target", [])
        if len(given) != 1 or not given[0]:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("'target' parameter must be specified once"))
        auths = request.parameters.get("auth", [""])
        if len(auths) != 1:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("'auth' parameter must only be specified once"))
        names = tuple(
            dict.fromkeys(name for value in request.parameters.get("module", []) for name in value.split(",") if name)
        )
        for name in names:
            if name not in self._poller.modules:
                raise RequestError(HTTPStatus.BAD_REQUEST, Message("Unknown module '{name}'", name=name))
        return _Parts(given[0], names or DEFAULT_MODULES, auths[0])

    async def _target(self, parts: _Parts) -> Target:
        inventory = self._workspace.inventory
        credential = parts.auth if parts.auth in inventory.credentials else ""
        device = inventory.devices.get(parts.target) or self._addresses.get(parts.target)
        if parts.auth and not credential and parts.auth not in self._auths:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("Unknown auth '{name}'", name=parts.auth))
        if device is not None:
            target = target_of(self._workspace, device, self._endpoints, credential)
            if parts.auth and not credential:
                endpoint = self._endpoints.snmp(device)
                return Target(device.name, endpoint.host, endpoint.port, access_of_auth(self._auths[parts.auth]))
            return target
        if not self._any_target:
            raise RequestError(
                HTTPStatus.FORBIDDEN, Message("{target} is not a device of the inventory", target=parts.target)
            )
        host, port = await _resolve(parts.target)
        return Target(parts.target, host, port, self._access(parts))

    def _access(self, parts: _Parts) -> Access:
        if parts.auth in self._auths:
            return access_of_auth(self._auths[parts.auth])
        credential = self._workspace.inventory.credentials.get(parts.auth)
        if credential is None:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("'auth' is needed for a target outside the inventory"))
        try:
            return access_of(parts.target, credential.snmp, self._workspace.root)
        except SnmpError as error:
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, error.message) from None

    # -- the rest ---------------------------------------------------------------------------------------------

    def _count(self, modules: Sequence[str], reason: str, seconds: float) -> None:
        if self._numbers is not None:
            self._numbers.scraped(modules, reason, seconds)

    def _own_metrics(self) -> bytes:
        from prometheus_client import generate_latest  # noqa: PLC0415 - start-up time

        return bytes(generate_latest(self._numbers.registry)) if self._numbers is not None else b""

    def _discovery(self, request: Request) -> Response:
        """Prometheus http_sd: each device as a target behind this exporter; no relabelling is needed."""
        from inventory.filters import select  # noqa: PLC0415 - start-up time

        if request.path != "/sd/snmp":
            raise RequestError(HTTPStatus.NOT_FOUND, Message("the only job is /sd/snmp"))
        inventory = self._workspace.inventory
        try:
            devices = select(inventory, request.parameters.get("where", [""])[0])
        except InputError as error:
            text = "; ".join(str(problem.message) for problem in error.problems)
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("{reason}", reason=text)) from None
        here = request.headers.get("host", "")
        if not _HOST.match(here):
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("the request's Host header is needed"))
        modules = ",".join(request.parameters.get("module", [])) or ",".join(DEFAULT_MODULES)
        groups = []
        for device in devices:
            credential = inventory.credentials.get(device.credential)
            if credential is None or credential.snmp is None or device.address is None:
                continue
            site = inventory.sites[device.site]
            region = inventory.regions[site.region]
            labels = {
                "__metrics_path__": "/snmp",
                "__param_target": device.name,
                "__param_module": modules,
                "instance": device.name,
                "region": region.name,
                "region_code": region.code,
                "unit": site.unit,
                "site": site.name,
                "role": device.role,
                "platform": device.platform,
            }
            groups.append({"targets": [here], "labels": labels})
        return Response(body=json.dumps(groups, ensure_ascii=False).encode(), kind="application/json; charset=utf-8")


class _Numbers:
    """The exporter's own metrics, by prometheus-client."""

    def __init__(self, counts: Counts) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415 - start-up time
        from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415 - as above
        from prometheus_client.gc_collector import GCCollector  # noqa: PLC0415 - as above
        from prometheus_client.platform_collector import PlatformCollector  # noqa: PLC0415 - as above
        from prometheus_client.process_collector import ProcessCollector  # noqa: PLC0415 - as above

        self.registry: CollectorRegistry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self._scrapes = Counter(
            "govnet_snmp_scrapes", "Scrapes of devices by result.", ["reason"], registry=self.registry
        )
        self._seconds = Histogram(
            "snmp_collection_duration_seconds",
            "Duration of collections by the SNMP exporter",
            ["module"],
            registry=self.registry,
        )

        class Engine:
            """The SNMP engine's counts, read when they are asked for."""

            def collect(self) -> list[CounterMetricFamily]:
                dropped = CounterMetricFamily(
                    "govnet_snmp_dropped_datagrams", "Datagrams that answered nothing.", labels=["reason"]
                )
                for reason, number in sorted(counts.dropped_reasons.items()):
                    dropped.add_metric([reason], number)
                return [
                    CounterMetricFamily(
                        "snmp_packets", "Number of SNMP packet sent, including retries.", value=counts.sent
                    ),
                    CounterMetricFamily("snmp_packet_retries", "Number of SNMP packet retries.", value=counts.retried),
                    CounterMetricFamily("govnet_snmp_received_datagrams", "Datagrams received.", value=counts.received),
                    dropped,
                ]

        self.registry.register(Engine())

    def scraped(self, modules: Sequence[str], reason: str, seconds: float) -> None:
        """Count one scrape."""
        self._scrapes.labels(reason or "ok").inc()
        self._seconds.labels(",".join(modules)).observe(seconds)


def _patience(request: Request) -> float:
    """The seconds that Prometheus gives a scrape, less what the answer's way takes."""
    try:
        seconds = float(request.headers.get("x-prometheus-scrape-timeout-seconds", ""))
    except ValueError:
        return _DEFAULT_SECONDS
    return min(max(seconds - 0.25, 0.1), _DEFAULT_SECONDS) if seconds == seconds else _DEFAULT_SECONDS  # noqa: PLR0124 - NaN


async def _resolve(text: str) -> tuple[str, int]:
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
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("{target} has no address", target=text)) from None
    return str(found[0][4][0]), _port(port)


def _port(port: int) -> int:
    if not 0 < port < 1 << 16:
        raise RequestError(HTTPStatus.BAD_REQUEST, Message("not a port: {port}", port=port))
    return port


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


def serve(exporter: Exporter, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT; requests under way are finished."""

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await exporter.run(sockets, stop, ready)

    asyncio.run(main())
