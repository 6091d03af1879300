"""The receiver: sockets in, and out of each datagram a line, a count, perhaps an alert, perhaps an answer.

An inform is answered when its line is written: whoever sends informs may rely on them. If the disk is full it is not
answered, so that its sender keeps it and tries again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from collectors.traps.message import shown
from collectors.traps.security import RefusedError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence

    from collectors.notifications import Kind, Names
    from collectors.traps.alerts import Alerts
    from collectors.traps.counters import Counts
    from collectors.traps.damping import Damping, Storm
    from collectors.traps.security import Accepted, Gate
    from collectors.traps.senders import Sender, Senders
    from collectors.traps.store import Store

_DRAIN = 256
# Informs that were answered: so many, for so long, are known again.
_ANSWERED, _AGAIN = 8192, 300.0
# In counts, what has no name; names would else be whatever anybody sends.
OTHER = "other"

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Batch:
    """What one look at a socket brought: lines to write, and answers, those to informs with what they are known by."""

    count: int = 0
    lines: list[bytes] = field(default_factory=list)
    answers: list[tuple[bytes, Any, tuple[str, int, bytes] | None]] = field(default_factory=list)
    informs: set[tuple[str, int, bytes]] = field(default_factory=set)


class Receiver:
    """Takes notifications from sockets. `changed` is called when an alert begins or ends."""

    def __init__(
        self,
        gate: Gate,
        senders: Senders,
        names: Names,
        damping: Damping,
        store: Store,
        alerts: Alerts,
        counts: Counts,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.gate = gate
        self.senders = senders
        self._names = names
        self._damping = damping
        self._store = store
        self._alerts = alerts
        self._counts = counts
        self._changed = changed
        self._answered: OrderedDict[tuple[str, int, bytes], float] = OrderedDict()

    def follow(self, sockets: Sequence[socket.socket]) -> None:
        """Read from these, in the running event loop."""
        loop = asyncio.get_running_loop()
        for sock in sockets:
            loop.add_reader(sock.fileno(), self._drain, sock)

    def leave(self, sockets: Sequence[socket.socket]) -> None:
        """Read no more; what has arrived is taken first."""
        loop = asyncio.get_running_loop()
        for sock in sockets:
            loop.remove_reader(sock.fileno())
            for _ in range(64):
                if not self._drain(sock):
                    break

    def tick(self) -> None:
        """What is to be done once a second: storms reported, lines flushed."""
        self.report()
        self._store.tick()

    def report(self, *, ended: bool = False) -> None:
        """Write down how much was suppressed."""
        storms = self._damping.reports(ended=ended)
        if storms:
            self._store.add([_storm_line(storm) for storm in storms])

    def _drain(self, sock: socket.socket) -> int:
        """Read what has arrived, up to a share that leaves the loop time for others; how much it was."""
        batch = _Batch()
        for _ in range(_DRAIN):
            try:
                data, source = sock.recvfrom(65535)
            except InterruptedError:
                continue
            except OSError:
                # Nothing more; or an ICMP error about an answer of ours.
                break
            batch.count += 1
            self._counts.datagrams += 1
            try:
                self._take(data, source, batch)
            except RefusedError as error:
                self._counts.refused[error.reason] += 1
                if error.answer:
                    batch.answers.append((error.answer, source, None))
            except Exception:
                # Whatever it was, the next datagram is another one.
                self._counts.refused["internal"] += 1
                log.exception("a notification could not be taken")
        self._finish(batch, sock)
        return batch.count

    def _finish(self, batch: _Batch, sock: socket.socket) -> None:
        """Write the lines; then give the answers, those to informs only if the lines are written."""
        written = self._store.add(batch.lines) if batch.lines else True
        for answer, source, inform in batch.answers:
            if inform is not None:
                if not written:
                    continue
                self._counts.acknowledged += 1
                self._remember(inform)
            try:
                sock.sendto(answer, source)
            except OSError as error:
                log.info("an answer could not be sent: %s", error.strerror)
        if self._alerts.changed:
            self._changed()

    def _take(self, data: bytes, source: tuple[Any, ...], batch: _Batch) -> None:
        accepted = self.gate.open(data)
        found = accepted.notification
        inform = (str(source[0]), int(source[1]), found.request_id) if found.inform else None
        if inform is not None:
            batch.answers.append((accepted.answer, source, inform))
            if inform in batch.informs or self._answered.get(inform, -_AGAIN) > time.monotonic() - _AGAIN:
                # Our answer was lost or late: it is given again, and that is all.
                self._counts.repeated += 1
                return
            batch.informs.add(inform)
        sender = self.senders.find(str(source[0]), found.origin)
        kind = self._names.find(found.oid)
        name = kind.name if kind is not None else OTHER
        severity = kind.severity if kind is not None else ""
        self._counts.notifications[sender.device, name, severity] += 1
        if kind is not None:
            # The state is followed in a storm too, however little of it is written.
            self._alerts.take(sender, kind, found)
        if self._damping.passes(sender, name, found.oid):
            batch.lines.append(_line(accepted, sender, kind))
        else:
            self._counts.suppressed[sender.device, name] += 1

    def _remember(self, inform: tuple[str, int, bytes]) -> None:
        self._answered[inform] = time.monotonic()
        self._answered.move_to_end(inform)
        if len(self._answered) > _ANSWERED:
            self._answered.popitem(last=False)


def _line(accepted: Accepted, sender: Sender, kind: Kind | None) -> bytes:
    """One notification as a JSON line."""
    found = accepted.notification
    document = {
        "time": _now(time.time()),
        "device": sender.device,
        "site": sender.site,
        "region": sender.region,
        "address": sender.address,
        "proxy": sender.proxy,
        "notification": kind.name if kind is not None else "",
        "oid": found.oid,
        "severity": kind.severity if kind is not None else "",
        "summary": {"en": kind.en, "zh": kind.zh} if kind is not None else None,
        "unverified": kind.unverified if kind is not None else False,
        "uptime_seconds": None if found.uptime is None else found.uptime / 100,
        "version": accepted.version,
        "inform": found.inform,
        "user": accepted.user,
        "engine_id": accepted.engine,
        "bindings": [shown(oid, value) for oid, value in found.bindings],
    }
    return json.dumps(document, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _storm_line(storm: Storm) -> bytes:
    """How many of a kind were not written, as a JSON line."""
    document = {
        "time": _now(time.time()),
        "device": storm.sender.device,
        "address": storm.sender.address,
        "notification": "" if storm.kind == OTHER else storm.kind,
        "oid": storm.oid,
        "suppressed": storm.suppressed,
        "from": _now(storm.begun),
        "to": _now(storm.last),
    }
    return json.dumps(document, ensure_ascii=False).encode() + b"\n"


def _now(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
