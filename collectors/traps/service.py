"""`govnet collect traps` as a whole: from a workspace to a running receiver with its page, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from collectors import notifications
from collectors.forms import OPENMETRICS, TEXT, wants_openmetrics
from collectors.http import Request, Response, Server
from collectors.serving import until_told
from collectors.targets import access_of
from collectors.traps import engine
from collectors.traps.alertmanager import Alertmanager, Teller
from collectors.traps.alerts import Alerts
from collectors.traps.counters import Counts, Page
from collectors.traps.damping import BURST, RATE, Damping
from collectors.traps.receiver import Receiver
from collectors.traps.security import Gate
from collectors.traps.senders import Senders
from collectors.traps.store import Store
from collectors.web import guarded
from inventory.errors import InputError, Problem, SnmpError
from inventory.text import Message
from ipplan.plan import read as read_plan

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from collectors.snmp import usm
    from collectors.web import Web
    from inventory.endpoints import Endpoints
    from inventory.model import Workspace

# In the workspace: lines, the engine's identity, the alerts that are on.
FOLDER = "traps"
LINES, ENGINE, ALERTS = "notifications.jsonl", "engine.json", "alerts.json"
_TICK = 1.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen. `rate` and `burst` damp storms; 0 a second damps nothing."""

    alertmanagers: tuple[str, ...] = ()
    rate: float = RATE
    burst: int = BURST
    hold: float = 86400.0


@dataclass(frozen=True, slots=True)
class Known:
    """Who may send, and whose addresses are whose."""

    communities: tuple[bytes, ...]
    users: tuple[usm.User, ...]
    senders: Senders


def know(workspace: Workspace, endpoints: Endpoints) -> Known:
    """Read off a workspace: every community and user of its credentials; InputError if there is none that can be used.

    A credential whose secret cannot be read is left out, with a warning.
    """
    communities: list[bytes] = []
    users: list[usm.User] = []
    for name, credential in workspace.inventory.credentials.items():
        if credential.snmp is None:
            continue
        try:
            access = access_of(name, credential.snmp, workspace.root)
        except SnmpError as error:
            log.warning("credential %s is not let in: %s", name, error)
            continue
        if access.version == "3":
            users.append(access.usm_user())
        else:
            communities.append(access.community.reveal().encode())
    if not communities and not users:
        raise InputError(
            [
                Problem(
                    "no-credential",
                    Message("no credential has an SNMP community or user that can be used"),
                    Message("write `snmp:` into inventory/credentials.yaml, and see that its secrets can be read"),
                )
            ]
        )
    path = workspace.root / "plan" / "plan.csv"
    plan = read_plan(path, name="plan/plan.csv") if path.exists() else None
    return Known(tuple(communities), tuple(users), Senders(workspace, endpoints, plan))


class Service:
    """Use `serve` to run it."""

    def __init__(
        self,
        workspace: Workspace,
        endpoints: Endpoints,
        options: Options,
        *,
        web: Web | None = None,
        reread: Callable[[], Workspace] | None = None,
    ) -> None:
        self._endpoints = endpoints
        self._web = web
        self._reread = reread
        self._folder: Path = workspace.root / FOLDER
        known = know(workspace, endpoints)
        servers = [Alertmanager(url) for url in dict.fromkeys(options.alertmanagers)]
        try:
            self._folder.mkdir(exist_ok=True)
            own = engine.start(self._folder / ENGINE)
        except OSError as error:
            raise InputError(
                [
                    Problem(
                        "unwritable",
                        Message("cannot be written: {reason}", reason=error.strerror or str(error)),
                        Message("name a file in a folder that exists and that you may write to"),
                        str(self._folder),
                    )
                ]
            ) from None
        self.store = Store(self._folder / LINES)
        self.alerts = Alerts(options.hold)
        self.alerts.restore(self._folder / ALERTS)
        self.counts = Counts()
        self.teller = Teller(self.alerts, servers)
        self.receiver = Receiver(
            Gate(own, known.communities, known.users),
            known.senders,
            notifications.shipped(),
            Damping(options.rate, options.burst),
            self.store,
            self.alerts,
            self.counts,
            self.teller.changed,
        )
        self._page: Page | None = None

    async def run(
        self,
        sockets: Sequence[socket.socket],
        pages: list[socket.socket],
        stop: asyncio.Event,
        ready: Callable[[], None],
    ) -> None:
        """Receive on `sockets` and serve on `pages` until `stop` is set; then finish what was begun."""
        self._page = Page(self.counts, self.store, self.alerts, self.teller.servers, sockets)
        server = Server(self.answer, self._web.tls if self._web is not None else None)
        await server.start(pages)
        self.receiver.follow(sockets)
        telling = asyncio.create_task(self.teller.run()) if self.teller.servers else None
        ready()
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _TICK)
            self._tick()
        self.receiver.leave(sockets)
        self.receiver.report(ended=True)
        if telling is not None:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)
            await self.teller.last()
        self._save()
        self.store.close()
        await server.stop()

    def reload(self) -> None:
        """Read workspace and web.yml again; GovnetError if one is wrong, and then all stays as it was."""
        if self._reread is None:
            return
        known = know(self._reread(), self._endpoints)
        if self._web is not None:
            self._web.reload()
        self.receiver.gate.admit(known.communities, known.users)
        self.receiver.senders = known.senders

    async def answer(self, request: Request) -> Response:
        """One request for a page."""
        return await guarded(self._web, request, self._answer)

    async def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            return Response(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        if request.path == "/metrics" and self._page is not None:
            form = wants_openmetrics(request)
            return Response(body=self._page.text(openmetrics=form), kind=OPENMETRICS if form else TEXT)
        if request.path == "/-/healthy":
            return Response(body=b"Healthy\n")
        if request.path == "/":
            return Response(body=b"govnet traps: /metrics  /-/healthy\n")
        return Response(HTTPStatus.NOT_FOUND)

    def _tick(self) -> None:
        self.receiver.tick()
        self.alerts.expire()
        if self.alerts.changed:
            self.teller.changed()
            self._save()

    def _save(self) -> None:
        try:
            self.alerts.save(self._folder / ALERTS)
        except OSError as error:
            log.warning("the alerts are not kept over a restart: %s", error.strerror or error)


def serve(
    service: Service, sockets: Sequence[socket.socket], pages: list[socket.socket], ready: Callable[[], None]
) -> None:
    """Run until SIGTERM or SIGINT. SIGHUP reads the files again."""
    until_told(lambda stop: service.run(sockets, pages, stop, ready), service.reload)
