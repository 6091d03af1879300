"""Alertmanager is told which alerts are on and which are over (API v2, `POST /api/v2/alerts`).

As Prometheus does it: what is on is told again every minute with an end a few minutes ahead, so that nothing stays on
if we die; what is over is told for ten minutes. A server that does not answer is tried again, later each time; since
it is always the state that is told, nothing piles up meanwhile.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import ssl
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collectors.traps.alerts import Alert, Alerts

AGAIN = 60.0
AHEAD = 300.0
# Alerts that begin together are told together.
GATHER = 1.0
_LONGEST_PAUSE = 60.0
_AT_ONCE = 500
_PATIENCE = 10.0

log = logging.getLogger(__name__)


class Alertmanager:
    """One server."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(
                [
                    Problem(
                        "bad-url",
                        Message("“{text}” is not an Alertmanager's address", text=_without_password(url)),
                        Message("write it like http://127.0.0.1:9093"),
                        column="--alertmanager",
                    )
                ]
            )
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        self.name = f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "") + parts.path.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        if parts.username is not None:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
            self._headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        self.up = False
        self.failures = 0
        self._pause = 0.0
        self._not_before = 0.0

    def due(self) -> bool:
        """Whether it may be tried now."""
        return time.monotonic() >= self._not_before

    async def tell(self, documents: list[dict[str, Any]]) -> bool:
        """Send; whether it was taken. Never raises for what the server or the network does."""
        try:
            # With nothing to tell it is asked all the same: whether it is there is to be known before it is needed.
            for first in range(0, max(1, len(documents)), _AT_ONCE):
                await asyncio.to_thread(self._post, documents[first : first + _AT_ONCE])
        except (OSError, ValueError) as error:
            # urllib's errors are OSErrors; http.client's are turned into one below.
            self.failures += 1
            self._pause = min(max(1.0, self._pause * 2), _LONGEST_PAUSE)
            self._not_before = time.monotonic() + self._pause
            if self.up or self.failures == 1:
                log.warning("%s does not take alerts: %s", self.name, error)
            self.up = False
            return False
        if not self.up and self.failures:
            log.warning("%s takes alerts again", self.name)
        self.up, self._pause, self._not_before = True, 0.0, 0.0
        return True

    def _post(self, documents: list[dict[str, Any]]) -> None:
        from http.client import HTTPException  # noqa: PLC0415 - start-up time
        from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener  # noqa: PLC0415 - as above

        request = Request(  # noqa: S310 - http or https, checked above
            f"{self.name}/api/v2/alerts", json.dumps(documents).encode(), self._headers, method="POST"
        )
        opener = build_opener(ProxyHandler({}), HTTPSHandler(context=ssl.create_default_context()))
        try:
            with opener.open(request, timeout=_PATIENCE) as response:
                response.read(1 << 16)
        except HTTPException as error:
            raise OSError(str(error) or type(error).__name__) from None


class Teller:
    """Tells all servers, on each change and every minute; each by itself, so that one that hangs delays no other."""

    def __init__(self, alerts: Alerts, servers: list[Alertmanager]) -> None:
        self._alerts = alerts
        self.servers = servers
        self._wake = [asyncio.Event() for _ in servers]

    def changed(self) -> None:
        """Something has begun or ended."""
        for event in self._wake:
            event.set()

    async def run(self) -> None:
        """Tell them until cancelled."""
        await asyncio.gather(*(self._keep(*pair) for pair in zip(self.servers, self._wake, strict=True)))

    async def _keep(self, server: Alertmanager, wake: asyncio.Event) -> None:
        while True:
            told = await self._round(server)
            try:
                async with asyncio.timeout(AGAIN if told else 1.0):
                    await wake.wait()
            except TimeoutError:
                continue
            await asyncio.sleep(GATHER)
            wake.clear()

    async def last(self) -> None:
        """Tell them once more, at the end."""
        await asyncio.gather(*(self._round(server) for server in self.servers))

    async def _round(self, server: Alertmanager) -> bool:
        if not server.due():
            return False
        self._alerts.expire()
        return await server.tell(documents(self._alerts))


def documents(alerts: Alerts) -> list[dict[str, Any]]:
    """The alerts in the form of the API."""
    now = time.time()
    return [
        *(_document(alert, alert.ended) for alert in alerts.over.values()),
        *(_document(alert, min(alert.until, now + AHEAD)) for alert in alerts.active.values()),
    ]


def _document(alert: Alert, ends: float) -> dict[str, Any]:
    return {
        "labels": alert.labels,
        "annotations": alert.annotations,
        "startsAt": _when(alert.begun),
        "endsAt": _when(max(ends, alert.begun)),
    }


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"***@{tail}" if at and head else url
