"""The exporter: Prometheus asks it for a device, it asks the device by SNMP.

    /snmp?target=NAME[&module=…][&auth=…][&snmp_context=…]   a device's metrics, as snmp_exporter answers
    /sd/snmp[?where=…][&module=…]           Prometheus http_sd: the inventory's devices with their labels
    /reach                                  how well devices, lines and paths are reached, if that is probed
    /workspace                              lines, rollouts and the last audit, as the workspace's files say
    /metrics                                the exporter's own
    /config                                 modules and ways to speak, without secrets
    /-/healthy  /-/reload (POST)            for whoever watches the exporter

Only devices of the inventory are asked, unless it is opened for any target: an exporter must not be a probe into the
network for whoever reaches its port. No credential is part of any answer or log line.

With `every` the devices are polled on a schedule, and `/snmp?target=NAME` gives the last page from memory. With
`reach` the probes that it makes of a workspace are sent on a schedule.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from collectors import modules as shipped_modules
from collectors import standing
from collectors.asked import asked, patience, resolve
from collectors.background import Background
from collectors.exposition import gauge, page
from collectors.forms import OPENMETRICS, TEXT, openmetrics, wants_openmetrics
from collectors.http import Request, RequestError, Response, Server
from collectors.poll import DEVICE_RATE, Poller
from collectors.results import about
from collectors.serving import said, until_told
from collectors.targets import Target, access_of, access_of_auth, target_of, targets
from collectors.web import guarded
from inventory.errors import DeviceError, GovnetError, SnmpError
from inventory.text import Message, shortened

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from collectors.asked import Asked
    from collectors.counters import Counters
    from collectors.modules.schema import Auth
    from collectors.reach.model import Probe
    from collectors.reach.watch import Watch
    from collectors.results import PollResult
    from collectors.snmp.client import Client
    from collectors.targets import Access
    from collectors.web import Web
    from inventory.endpoints import Endpoints
    from inventory.model import Device, Workspace

_INDEX = b"govnet: /snmp?target=NAME&module=if_mib  /sd/snmp  /reach  /workspace  /metrics  /config  /-/healthy\n"

# Of targets that only requests name (addresses, contexts) what was learnt is kept for so many: anyone can invent more.
_STRANGERS = 256

log = logging.getLogger(__name__)


class _Files:
    """What was read from files: the workspace, the modules and the ways to speak. Read again, it is made anew."""

    def __init__(self, workspace: Workspace, files: Sequence[Path], rates: Mapping[str, Any]) -> None:
        self.workspace = workspace
        self.auths: dict[str, Auth] = {}
        for path in files:
            self.auths.update(shipped_modules.load(path).auths)
        self.poller = Poller(files=files, **rates)
        self.addresses: dict[str, Device] = {}
        for device in workspace.inventory.devices.values():
            if device.address is not None:
                self.addresses.setdefault(str(device.address.ip), device)

    def shown(self) -> dict[str, Any]:
        """Everything, without secrets."""
        auths = {name: auth.model_dump(mode="json", exclude_defaults=True) for name, auth in self.auths.items()}
        for auth in auths.values():
            auth.update({key: "<secret>" for key in ("community", "password", "priv_password") if key in auth})
        credentials = {
            name: {"version": credential.snmp.version}
            for name, credential in self.workspace.inventory.credentials.items()
            if credential.snmp is not None
        }
        modules = {
            name: module.model_dump(mode="json", exclude_defaults=True) for name, module in self.poller.modules.items()
        }
        return {"auths": auths, "credentials": credentials, "modules": modules}


@dataclass(frozen=True, slots=True)
class Reach:
    """What probes on a schedule, and which probes a workspace means."""

    watch: Watch
    probes: Callable[[Workspace], list[Probe]]


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
        web: Web | None = None,
        every: float = 0.0,
        reread: Callable[[], Workspace] | None = None,
        rate: float = 0.0,
        device_rate: float = DEVICE_RATE,
        reach: Reach | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._any_target = any_target
        self._paths = tuple(files)
        self._rates: dict[str, Any] = {"parallel": parallel, "rate": rate, "device_rate": device_rate}
        self._web = web
        self._reread = reread
        self._files = _Files(workspace, self._paths, self._rates)
        self._background = Background(self._poll_and_count, every) if every else None
        self._reach = reach
        # Made before anything is changed: a mistake in its file is one in the files.
        self._probes = reach.probes(workspace) if reach is not None else []
        self._client: Client | None = None
        self._locks: WeakValueDictionary[Target, asyncio.Lock] = WeakValueDictionary()
        self._counters: Counters | None = None
        self._strangers: dict[Target, None] = {}

    async def run(self, sockets: list[socket.socket], stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Serve on listening sockets until `stop` is set."""
        from collectors.counters import Counters  # noqa: PLC0415 - start-up time

        async with self._files.poller.client() as client:
            self._client = client
            self._counters = Counters(client.counts)
            server = Server(self.answer, self._web.tls if self._web is not None else None)
            await server.start(sockets)
            self._follow()
            if self._reach is not None:
                await self._reach.watch.begin(self._probes)
            ready()
            await stop.wait()
            if self._background is not None:
                await self._background.end()
            if self._reach is not None:
                await self._reach.watch.end()
            await server.stop()

    def reload(self) -> None:
        """Read workspace, module files and web.yml again; InputError if one is wrong, and then all stays as it was."""
        try:
            shipped_modules.load.cache_clear()
            workspace = self._reread() if self._reread is not None else self._files.workspace
            files = _Files(workspace, self._paths, self._rates)
            probes = self._reach.probes(workspace) if self._reach is not None else []
            if self._web is not None:
                self._web.reload()
        except GovnetError:
            self._note_reload(good=False)
            raise
        self._files = files
        self._follow()
        if self._reach is not None:
            self._reach.watch.follow(probes)
        self._note_reload(good=True)

    async def answer(self, request: Request) -> Response:
        """One request."""
        return await guarded(self._web, request, self._page)

    async def _page(self, request: Request) -> Response:
        path = request.path
        if (request.method == "POST") != (path == "/-/reload"):
            allowed = {"Allow": "POST" if path == "/-/reload" else "GET, HEAD"}
            return Response(HTTPStatus.METHOD_NOT_ALLOWED, headers=allowed)
        if path == "/snmp":
            return await self._snmp(request)
        if path.startswith("/sd/"):
            return self._discovery(request)
        if path == "/reach" and self._reach is not None:
            return _metrics(request, self._reach.watch.page())
        if path == "/workspace":
            return _metrics(request, await asyncio.to_thread(standing.text, self._files.workspace))
        pages: dict[str, Callable[[Request], Response]] = {
            "/": lambda _: Response(body=_INDEX),
            "/metrics": self._own,
            "/config": lambda _: Response(body=_yaml(self._files.shown())),
            "/-/healthy": lambda _: Response(body=b"Healthy\n"),
            "/-/reload": self._reload,
        }
        return pages[path](request) if path in pages else Response(HTTPStatus.NOT_FOUND)

    # -- /snmp ------------------------------------------------------------------------------------------------

    async def _snmp(self, request: Request) -> Response:
        parts = asked(request, self._files.poller.modules)
        device = self._device(parts.target)
        if self._background is not None and parts.plain and device is not None:
            return _metrics(request, self._remembered(self._background, device))
        target = await self._target(parts)
        started = time.perf_counter()
        try:
            async with asyncio.timeout(patience(request)):
                result = await self._poll(target, parts.modules)
        except TimeoutError:
            self._count(parts.modules or target.modules, "scrape_timeout", time.perf_counter() - started)
            message = Message("{target}: not done within the scrape's time", target=target.device)
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, message) from None
        self._count(parts.modules or target.modules, result.reason, time.perf_counter() - started)
        if result.error is not None:
            log.info("%s: %s", target.device, result.reason)
            if not any(part.families for part in result.modules):
                raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, _failure(target.device, result.error))
        return _metrics(request, page([*(part.families for part in result.modules), about(result.modules)]))

    async def _poll(self, target: Target, modules: Sequence[str] = ()) -> PollResult:
        if self._client is None:
            raise RuntimeError("the exporter is not running")
        lock = self._locks.get(target)
        if lock is None:
            lock = self._locks[target] = asyncio.Lock()
        async with lock:
            return await self._files.poller.poll_one(self._client, target, modules)

    def _strange(self, target: Target) -> None:
        """Note a target that only a request names; of too many the oldest is forgotten."""
        self._strangers.pop(target, None)
        self._strangers[target] = None
        if len(self._strangers) > _STRANGERS:
            oldest = next(iter(self._strangers))
            del self._strangers[oldest]
            self._files.poller.forget(oldest)

    async def _poll_and_count(self, target: Target) -> PollResult:
        result = await self._poll(target)
        self._count(target.modules, result.reason, result.seconds)
        return result

    def _remembered(self, background: Background, device: Device) -> bytes:
        """A device's last page, and how old it is."""
        kept = background.kept.get(device.name)
        if kept is None:
            message = Message("{target}: not polled yet", target=device.name)
            raise RequestError(HTTPStatus.SERVICE_UNAVAILABLE, message)
        if background.stale(kept):
            message = Message("{target}: the last poll was too long ago", target=device.name)
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, message)
        if not kept.page and kept.error is not None:
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, _failure(device.name, kept.error))
        age = gauge("govnet_poll_age_seconds", "Time since the device was polled.", [({}, time.monotonic() - kept.at)])
        return kept.text() + age.head() + b"".join(age.lines)

    def _device(self, name: str) -> Device | None:
        """The inventory's device of this name or address."""
        return self._files.workspace.inventory.devices.get(name) or self._files.addresses.get(name)

    async def _target(self, parts: Asked) -> Target:
        workspace = self._files.workspace
        credential = parts.auth if parts.auth in workspace.inventory.credentials else ""
        if parts.auth and not credential and parts.auth not in self._files.auths:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("Unknown auth '{name}'", name=shortened(parts.auth)))
        device = self._device(parts.target)
        if device is not None:
            target = target_of(workspace, device, self._endpoints, credential)
            if parts.auth and not credential:
                target = self._with_auth(device, target, self._files.auths[parts.auth])
        elif self._any_target:
            host, port = await resolve(parts.target)
            target = Target(parts.target, host, port, self._access(parts))
        else:
            raise RequestError(
                HTTPStatus.FORBIDDEN,
                Message("{target} is not a device of the inventory", target=shortened(parts.target)),
            )
        if parts.context:
            target = replace(target, access=replace(target.access, context=parts.context))
        if parts.context or device is None:
            self._strange(target)
        return target

    def _with_auth(self, device: Device, target: Target, auth: Auth) -> Target:
        """The device spoken to by an auth of a module file, whatever its own credential is."""
        try:
            endpoint = self._endpoints.snmp(device)
        except DeviceError:
            return target
        return Target(device.name, endpoint.host, endpoint.port, access_of_auth(auth), modules=target.modules)

    def _access(self, parts: Asked) -> Access:
        if parts.auth in self._files.auths:
            return access_of_auth(self._files.auths[parts.auth])
        credential = self._files.workspace.inventory.credentials.get(parts.auth)
        if credential is None:
            raise RequestError(HTTPStatus.BAD_REQUEST, Message("'auth' is needed for a target outside the inventory"))
        try:
            return access_of(parts.target, credential.snmp, self._files.workspace.root)
        except SnmpError as error:
            raise RequestError(HTTPStatus.INTERNAL_SERVER_ERROR, error.message) from None

    # -- the rest ---------------------------------------------------------------------------------------------

    def _follow(self) -> None:
        """In background mode: poll every device that has an SNMP credential."""
        if self._background is None:
            return
        inventory = self._files.workspace.inventory
        polled = [
            device
            for device in inventory.devices.values()
            if device.credential in inventory.credentials and inventory.credentials[device.credential].snmp is not None
        ]
        self._background.follow(targets(self._files.workspace, polled, self._endpoints))

    def _own(self, request: Request) -> Response:
        form = wants_openmetrics(request)
        body = self._counters.page(openmetrics=form) if self._counters is not None else b""
        return Response(body=body, kind=OPENMETRICS if form else TEXT)

    def _reload(self, _: Request) -> Response:
        try:
            self.reload()
        except GovnetError as error:
            return Response(HTTPStatus.INTERNAL_SERVER_ERROR, f"{said(error)}\n".encode())
        return Response(body=b"reloaded\n")

    def _discovery(self, request: Request) -> Response:
        from collectors.discovery import groups  # noqa: PLC0415 - start-up time

        if request.path != "/sd/snmp":
            raise RequestError(HTTPStatus.NOT_FOUND, Message("the only job is /sd/snmp"))
        secure = self._web is not None and self._web.tls is not None
        found = groups(self._files.workspace.inventory, request, "https" if secure else "http")
        body = json.dumps(found, ensure_ascii=False).encode()
        return Response(body=body, kind="application/json; charset=utf-8")

    def _count(self, modules: Sequence[str], reason: str, seconds: float) -> None:
        if self._counters is not None:
            self._counters.polled(modules or shipped_modules.DEFAULT, reason, seconds)

    def _note_reload(self, *, good: bool) -> None:
        if self._counters is not None:
            self._counters.reloaded(good=good)


def _metrics(request: Request, body: bytes) -> Response:
    if wants_openmetrics(request):
        return Response(body=openmetrics(body), kind=OPENMETRICS)
    return Response(body=body, kind=TEXT)


def _failure(device: str, error: SnmpError) -> Message:
    hint = f"\n{error.hint}" if str(error.hint) else ""
    return Message("{reason}", reason=f"{device}: {error.message} [{error.reason}]{hint}")


def _yaml(document: dict[str, Any]) -> bytes:
    import yaml  # noqa: PLC0415 - start-up time

    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return bytes(yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, encoding="utf-8"))


def serve(exporter: Exporter, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT; requests under way are finished. SIGHUP reads the files again."""
    until_told(lambda stop: exporter.run(sockets, stop, ready), exporter.reload)
