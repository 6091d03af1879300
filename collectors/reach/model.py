"""What is probed, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from collectors.reach.figures import figures
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.reach.figures import Figures


class What(StrEnum):
    """What a probe is about."""

    DEVICE = "device"
    LINE = "line"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a path should be like. Figures are upper bounds; None: any will do."""

    reachable: bool = True
    loss_percent: float | None = None
    latency_ms: float | None = None
    jitter_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Train:
    """How one round is sent: `count` probes, `spacing` seconds apart, each waited for `timeout` seconds.

    `dscp` is the code point (RFC 2474) that the packets carry, `source` our address, if it matters.
    """

    count: int = 5
    spacing: float = 0.2
    timeout: float = 2.0
    dscp: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to probe. `port` 0: echo requests, else TCP connects. `problem` says why it cannot be tried at all."""

    target: str
    what: What
    address: str
    port: int = 0
    train: Train = Train()
    labels: tuple[tuple[str, str], ...] = ()
    expected: Expected | None = None
    # Seconds between rounds; 0: as often as the others.
    interval: float = 0.0
    problem: Reason | None = None

    @property
    def kind(self) -> str:
        """`icmp` or `tcp:22`."""
        return f"tcp:{self.port}" if self.port else "icmp"

    def label(self, name: str) -> str:
        """What the inventory says about it; empty if it does not."""
        return dict(self.labels).get(name, "")


class Reason(StrEnum):
    """Why there is no answer, or why nothing was tried. Stable: metrics and JSON carry them."""

    NO_ANSWER = "no_answer"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_ROUTE = "no_route"
    PRIVILEGE = "privilege"
    NO_ADDRESS = "no_address"
    NOT_HERE = "not_here"
    SOURCE = "source"
    BLOCKED = "blocked"
    SOCKET = "socket"


SAID: Mapping[Reason, tuple[Message, Message]] = {
    Reason.NO_ANSWER: (
        Message("no answer"),
        Message("the device is off, the way is broken, or a filter drops the probes"),
    ),
    Reason.UNREACHABLE: (
        Message("a router says that it cannot be reached"),
        Message("check the route at the router that says so, and the line behind it"),
    ),
    Reason.REFUSED: (
        Message("the port is closed"),
        Message("start the service, or correct the port; the machine itself answers"),
    ),
    Reason.NO_ROUTE: (
        Message("this machine has no route to it"),
        Message("add a route on this machine, or correct the address"),
    ),
    Reason.PRIVILEGE: (
        Message("not run: this user may not send echo requests"),
        Message(
            "run it as root or with CAP_NET_RAW, or allow this group: "
            "sysctl -w net.ipv4.ping_group_range='0 2147483647'; --tcp PORT needs no privilege"
        ),
    ),
    Reason.NO_ADDRESS: (
        Message("not run: no address is known"),
        Message("fill in the device's address, or make the plan with `govnet plan make`"),
    ),
    Reason.NOT_HERE: (
        Message("not run: the lab does not have this address"),
        Message("without --lab the real network is probed"),
    ),
    Reason.SOURCE: (
        Message("not run: the source address is not one of this machine"),
        Message("correct `source` in reach.yaml, or probe the path where it begins"),
    ),
    Reason.BLOCKED: (
        Message("not run: this machine's own packet filter refuses to send"),
        Message("allow outgoing probes in this machine's packet filter"),
    ),
    Reason.SOCKET: (
        Message("not run: this machine could not send"),
        Message("look at this machine's log, its network cards and its limits on open files"),
    ),
}


@dataclass(frozen=True, slots=True)
class Round:
    """What one train brought: the delay of each probe that was sent (None: lost), and in which order answers came."""

    probe: Probe
    delays: tuple[float | None, ...] = ()
    order: tuple[int, ...] = ()
    duplicates: int = 0
    reason: Reason | None = None
    # Who said that the target cannot be reached.
    told_by: str = ""
    figures: Figures = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", figures(self.delays, self.order, self.duplicates))

    @property
    def up(self) -> bool | None:
        """Whether there was any answer; None if nothing was tried."""
        return bool(self.figures.received) if self.figures.sent else None

    @property
    def as_expected(self) -> bool | None:
        """Whether a path is as it should be; None if nobody has said how, or nothing was tried."""
        wanted, found = self.probe.expected, self.figures
        if wanted is None or self.up is None:
            return None
        if self.up is not wanted.reachable:
            return False
        if not self.up:
            return True
        bounds = (
            (wanted.loss_percent, found.loss, 100.0),
            (wanted.latency_ms, found.mean, 1000.0),
            (wanted.jitter_ms, found.jitter, 1000.0),
        )
        for bound, figure, scale in bounds:
            if bound is not None and figure is None:
                return None
            if bound is not None and figure is not None and figure * scale > bound:
                return False
        return True

    @property
    def message(self) -> Message | None:
        """What is wrong, if anything."""
        if self.reason is None:
            return None
        said = SAID[self.reason][0]
        return Message("{what} ({who})", what=said, who=self.told_by) if self.told_by else said

    @property
    def hint(self) -> Message | None:
        """What to do about it."""
        return SAID[self.reason][1] if self.reason is not None else None
