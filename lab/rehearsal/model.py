"""What a rehearsal is about and what it finds: hosts, pairs of them, legs, losses. Plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Mapping
    from ipaddress import IPv4Address, IPv4Interface, IPv4Network

    from inventory.text import Message
    from lab.rehearsal.loads import Window


@dataclass(frozen=True, slots=True)
class Home:
    """An address that a host has, and the router that it sends to from there."""

    address: IPv4Interface
    gateway: IPv4Address


@dataclass(frozen=True, slots=True)
class Host:
    """A host in a LAN. `homes` are its addresses in the order in which the change brings them: today's first.

    One in the internet (`lab.rehearsal.exits`) also has the next hop's address, `hop`; `unknown` are the networks that
    it sends no answers to.
    """

    name: str
    device: str
    interface: str
    line: str
    zone: str = ""
    vrf: str = "default"
    homes: tuple[Home, ...] = ()
    hop: IPv4Interface | None = None
    unknown: tuple[IPv4Network, ...] = ()


class Wanted(StrEnum):
    """What is to become of packets from one host to another."""

    REQUIRED = "required"
    FORBIDDEN = "forbidden"
    OPEN = "open"  # nothing says so


@dataclass(frozen=True, slots=True)
class Pair:
    """Packets from one host to another, why that is wanted or not, and the VRFs of the two, as the policy has it.

    `port` is the UDP port that is asked, 0: one that no service has.
    `device` is the one at which they must not pass; empty where none is told.
    """

    a: str
    b: str
    wanted: Wanted
    why: Message
    vrfs: tuple[str, str] = (DEFAULT_VRF, DEFAULT_VRF)
    device: str = ""
    port: int = 0

    @property
    def name(self) -> str:
        """Both hosts."""
        return f"{self.a} → {self.b}"


@dataclass(frozen=True, slots=True)
class Flow:
    """A pair at one address each. `home`: which of the hosts' addresses, counted from today's."""

    pair: Pair
    a: IPv4Address
    b: IPv4Address
    home: int = 0

    def as_probe(self) -> list[str | int]:
        """As the prober takes it."""
        return [self.pair.a, str(self.a), self.pair.b, str(self.b), self.pair.port]


@dataclass(frozen=True, slots=True)
class Gap:
    """Probes lost one after the other: seconds since the leg began; `end` is None if none was answered any more."""

    begin: float
    end: float | None
    count: int


@dataclass(frozen=True, slots=True)
class Loss:
    """What was lost along a flow during a leg."""

    flow: Flow
    sent: int
    lost: int
    gaps: tuple[Gap, ...] = ()

    def longest(self, end: float) -> float:
        """The longest time without an answer, in seconds; the leg ended at `end`."""
        return max(((gap.end if gap.end is not None else end) - gap.begin for gap in self.gaps), default=0.0)

    def away(self, end: float) -> float:
        """All the time without an answer, in seconds; the leg ended at `end`."""
        return sum((gap.end if gap.end is not None else end) - gap.begin for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Seen:
    """One pair as a matrix saw it. `last` is the last device that saw a packet that was lost.

    `control`, of a forbidden pair that did not pass: a required one of the same matrix that passed and has the target
    in it at this address; its sender is in such a pair as well. Empty: nothing shows that the two are reached at all.
    """

    flow: Flow
    passed: bool
    last: str = ""
    hops: tuple[str, ...] = ()
    control: str = ""

    @property
    def wrong(self) -> bool:
        """Whether a required pair failed or a forbidden one passed."""
        wanted = self.flow.pair.wanted
        return (wanted is Wanted.REQUIRED and not self.passed) or (wanted is Wanted.FORBIDDEN and self.passed)

    @property
    def shown(self) -> bool:
        """Whether it is as it is wanted to be, and something shows that it is."""
        held = self.flow.pair.wanted is Wanted.FORBIDDEN and not self.passed
        return bool(self.control) if held else not self.wrong


@dataclass(frozen=True, slots=True)
class Stale:
    """A line of a device's text, and what is wrong with it."""

    device: str
    line: str
    told: Message


@dataclass(frozen=True, slots=True)
class Seal:
    """Packets that the carriers have seen: between LANs in the clear, with the pairs of their hosts; and sealed."""

    clear: int
    sealed: int
    pairs: tuple[tuple[str, str], ...] = ()


class Way(StrEnum):
    """The direction of a leg."""

    FORTH = "forth"
    BACK = "back"
    AGAIN = "again"  # forth for the second time, behind a way back


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: a stable kind, where and when, and the sentence. `device`, `pair` and `line` may be empty."""

    kind: str
    told: Message
    leg: str = ""
    device: str = ""
    pair: str = ""
    line: str = ""

    def as_json(self) -> dict[str, Any]:
        """Stable keys, the sentence in both languages."""
        told = {"en": self.told.in_language("en"), "zh": self.told.in_language("zh_CN")}
        found = {"kind": self.kind, "leg": self.leg, "device": self.device, "pair": self.pair, "line": self.line}
        return {**found, "told": told}


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push made of a device: `state` is a word of `configs.push.State`.

    `begun` and `ended` say when, in seconds since 1970; 0 is unknown.
    """

    device: str
    state: str
    ok: bool
    error: Message | None = None
    begun: float = 0.0
    ended: float = 0.0


@dataclass(slots=True)
class Leg:
    """One stage sent, or taken back, and what was seen during and behind it.

    `allowed` is how many seconds without an answer a pair may have, all its gaps together; `renewed` are the names of
    pairs whose tunnel is opened anew in it, with the devices that do so, which may be away for `renewing`.
    `neighbours` are the numbers of neighbours that routes or labels are exchanged with, by device, of those that tell.
    `stale` is what the change has left behind, and was not so today. `texts` are the running configurations behind it,
    by device; `unread` says of the others why they have none. `unlike` are devices whose stand-ins do not do what they
    run. `unasked` are required pairs that have no address at this point. `unmade`: what was to go down in the middle,
    and did not.
    """

    folder: str
    stage: str
    way: Way
    allowed: float = 0.0
    renewing: float = 0.0
    renewed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    seconds: float = 0.0
    began: float = 0.0  # in seconds since 1970
    pushed: tuple[Pushed, ...] = ()
    losses: tuple[Loss, ...] = ()
    matrix: tuple[Seen, ...] = ()
    neighbours: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    faults: tuple[Message, ...] = ()
    unread: Mapping[str, Message] = field(default_factory=dict)
    unlike: Mapping[str, Message] = field(default_factory=dict)
    unasked: tuple[Pair, ...] = ()
    unmade: tuple[Message, ...] = ()
    stale: tuple[Stale, ...] = ()
    deaf: tuple[str, ...] = ()  # hosts of which nothing passes, and that do not even find their router
    silent: tuple[tuple[str, str], ...] = ()  # devices and addresses that must answer and do not
    seal: Seal | None = None  # None: no tunnel runs over the internet here
    pause: tuple[float, float] = (0.0, 0.0)  # when no probe was sent for longest: seconds since it began, how long
    settled: float = 0.0  # seconds behind the push until everything was as it is in the matrix
    windows: tuple[Window, ...] = ()  # looks at the load of the lines

    @property
    def name(self) -> str:
        """The stage's folder and the direction."""
        return self.folder if self.way is Way.FORTH else f"{self.folder} {self.way.value}"
