"""Which alerts are on: begun by notifications, ended by the ones that pair with them, or by their time.

Only the state is kept, not the events: however often an interface flaps, there is one alert, on or over. A trap that
was lost on its way must not leave an alert on for ever, so each ends by itself after `HOLD` at the latest.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from collectors.snmp import ber
from collectors.values import value_text
from inventory.sources import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from collectors.notifications import Kind
    from collectors.traps.message import Notification
    from collectors.traps.senders import Sender

# The alert's name, whose it is, which row.
Key: TypeAlias = tuple[str, str, str]

HOLD = 86400.0
# So long the end is told again and again; whoever missed it has let the alert go by then.
OVER = 600.0
# Alerts kept at once; beyond that new ones are counted and not begun.
MOST = 10_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert. Times are seconds since the epoch; `ended` is 0 while it is on, `until` when it ends by itself."""

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]
    begun: float
    until: float
    ended: float = 0.0


@dataclass(slots=True)
class Alerts:
    """The alerts that are on, and those that ended a while ago (`OVER` seconds at most)."""

    hold: float = HOLD
    active: dict[Key, Alert] = field(default_factory=dict)
    over: dict[Key, Alert] = field(default_factory=dict)
    left_out: int = 0
    changed: bool = False

    def take(self, sender: Sender, kind: Kind, found: Notification) -> None:
        """What a notification means for the alerts."""
        index = index_of(kind, found)
        ended = kind.clears
        if kind.raises and _is_good(kind, found):
            ended = (kind.raises,)
        elif kind.raises:
            self._begin(sender, kind, index)
        for name in ended:
            self._end((name, sender.device or sender.address, index), time.time())

    def expire(self) -> None:
        """End those whose time is over, and forget those that ended long ago."""
        now = time.time()
        for key in [key for key, alert in self.active.items() if alert.until <= now]:
            self._end(key, now)
        for key in [key for key, alert in self.over.items() if alert.ended <= now - OVER]:
            del self.over[key]

    def counts(self) -> dict[str, int]:
        """How many are on, by name."""
        found: dict[str, int] = {}
        for alert in self.active.values():
            found[alert.name] = found.get(alert.name, 0) + 1
        return found

    def save(self, path: Path) -> None:
        """Keep them over a restart. OSError if that cannot be done."""
        document = [{"key": list(key), **asdict(alert)} for key, alert in self.active.items()]
        write_atomically(path, json.dumps(document, ensure_ascii=False).encode() + b"\n")
        self.changed = False

    def restore(self, path: Path) -> None:
        """Those of before the restart; none if the file cannot be used."""
        try:
            for item in json.loads(path.read_text(encoding="utf-8")):
                name, whom, index = item.pop("key")
                self.active[name, whom, index] = Alert(**item)
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, AttributeError) as error:
            self.active.clear()
            log.warning("%s cannot be used, the alerts begin anew: %s", path, error)

    def _begin(self, sender: Sender, kind: Kind, index: str) -> None:
        key = (kind.raises, sender.device or sender.address, index)
        now = time.time()
        until = now + (kind.lasts or self.hold)
        known = self.active.get(key)
        if known is not None:
            # The same again: it goes on; that need not be told at once.
            self.active[key] = replace(known, until=until)
            return
        if len(self.active) >= MOST:
            self.left_out += 1
            return
        # One that ended a moment ago goes on.
        self.over.pop(key, None)
        labels = {
            "alertname": kind.raises,
            "instance": sender.device or sender.address,
            "severity": kind.severity,
            "notification": kind.name,
            "source": "snmp-notification",
            "index": index,
            "site": sender.site,
            "region": sender.region,
            "role": sender.role,
        }
        where = f"{sender.device or sender.address}" + (f" ({index})" if index else "")
        self.active[key] = Alert(
            kind.raises,
            {name: value for name, value in labels.items() if value},
            {"summary": f"{where}: {kind.en}", "summary_zh": f"{where}：{kind.zh}"},
            now,
            until,
        )
        self.changed = True

    def _end(self, key: Key, now: float) -> None:
        alert = self.active.pop(key, None)
        if alert is None:
            return
        self.changed = True
        self.over[key] = replace(alert, ended=now)
        if len(self.over) > MOST:
            del self.over[next(iter(self.over))]


def index_of(kind: Kind, found: Notification) -> str:
    """Which row or tunnel it is about; empty if it does not say."""
    if kind.index:
        bound = found.find(ber.encode_oid(kind.index))
        # What stands behind the entry is the column, and then the row.
        return bound[0].partition(".")[2] if bound is not None else ""
    if kind.by:
        bound = found.find(ber.encode_oid(kind.by))
        return value_text(bound[1], "DisplayString")[:200] if bound is not None else ""
    return ""


def _is_good(kind: Kind, found: Notification) -> bool:
    """Whether the notification's own state says that nothing is wrong."""
    if kind.state is None:
        return False
    bound = found.find(ber.encode_oid(kind.state.object))
    return bound is not None and ber.number(bound[1]) in kind.state.good
