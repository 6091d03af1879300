"""Routers that meet sooner: while a lab starts, OSPF's timers are short; before anybody looks, they are the real ones.

With hellos every 10 s neighbours are Full after as long, and LSAs that came too soon behind the first ones are sent
again 5 s later: a network of eight takes 20 s to its last route. So each ospfd is told, behind its real configuration,
to say hello each second and to hold nothing back (https://docs.frrouting.org/en/stable-8.4/ospfd.html), until every
neighbour is Full and no route changes any more. Then it is told what it was told first. Its running configuration has
to be the same as before, to the letter, or the node has failed.

Neighbours must have the same hello and dead interval (RFC 2328, section 10.5). Each pair of the two that occurs in the
lab becomes a pair of its own, so that the same routers meet as with the real ones. The dead interval is never short:
nobody is given up while one end of a cable has its real timers and the other not yet.

Standard library only; no process is started: a daemon's own socket takes a command and a zero octet, and ends its
answer with three zero octets and a status, as vtysh has it.
"""

from __future__ import annotations

import json
import os
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from lab.netns.spec import Cable

QUIET: Final = 1.2
"""Seconds in which nothing may change: longer than from one hello to the next."""
HOPELESS: Final = 6.0
"""Seconds without any change after which neighbours that have not met are not waited for."""
LONGEST: Final = 30.0
"""Seconds after which the real timers come back in any case."""
_PAUSE: Final = 0.1
_ANSWER: Final = 30.0  # seconds for one answer of a daemon's
_WAIT: Final = 3  # seconds of listening before a designated router is chosen: three hellos
# Seconds: whoever says hello as often need not be hurried, and whoever is given up so soon must not wait for us.
_SLOW, _PATIENT = 3, 10
_PROCESS_WORDS: Final = ("timers throttle spf", "timers throttle lsa all", "timers lsa min-arrival")
_HURRY: Final = ("timers throttle spf 0 50 200", "timers throttle lsa all 0", "timers lsa min-arrival 0")
_OF_ADDRESS: Final = re.compile(r"(?m)^ ip ospf (?:hello|dead|retransmit)-interval \S+ \d+\.")

Pair = tuple[int, int]


class WarmingError(Exception):
    """A daemon refused a command, or did not come back to its own configuration."""


class Daemon:
    """One daemon of one node, asked through its socket."""

    def __init__(self, folder: Path, name: str) -> None:
        """OSError if nobody listens there. `folder` is where the node's sockets are, seen from here."""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_ANSWER)
        # A socket's path has at most 107 octets, the folder's may have more.
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            self._socket.connect(f"/proc/self/fd/{descriptor}/{name}.vty")
        finally:
            os.close(descriptor)
        self.tell("enable")

    def tell(self, line: str) -> str:
        """What it says to a command. WarmingError if it does not take it, OSError if it is gone."""
        self._socket.sendall(line.encode() + b"\0")
        said = b""
        while len(said) < 4 or said[-4:-1] != b"\0\0\0":
            block = self._socket.recv(65536)
            if not block:
                raise WarmingError(f"{line}: the daemon has gone away")
            said += block
        text = said[:-4].decode(errors="replace")
        if said[-1]:
            raise WarmingError(f"{line}: {text.strip()}")
        return text

    def ask(self, line: str) -> dict[str, Any]:
        """The document that it gives as JSON."""
        found: dict[str, Any] = json.loads(self.tell(line) or "{}")
        return found

    def configure(self, lines: Iterable[str]) -> None:
        """Lines of configuration, blocks opened and left in them."""
        for line in ("configure terminal", *lines, "end"):
            self.tell(line)

    def close(self) -> None:
        """Let go."""
        self._socket.close()


@dataclass(frozen=True)
class State:
    """How far a router is: what changes if anything does, the ports that have met somebody, and those about to."""

    seen: object
    met: frozenset[str]
    talking: frozenset[str]


@dataclass(eq=False)
class Router:
    """One ospfd. `before` is its running configuration; `ports` those that say hello, with hello and dead interval."""

    node: str
    ospfd: Daemon
    zebra: Daemon
    before: str = ""
    ports: dict[str, Pair] = field(default_factory=dict)
    elected: set[str] = field(default_factory=set)
    warmed: set[str] = field(default_factory=set)

    def read(self) -> None:
        """What it runs."""
        self.before = self.ospfd.tell("show running-config")

    def arrived(self) -> set[str]:
        """The ports that have come since the last time; ospfd hears of addresses when zebra has them."""
        new = set()
        for name, port in self._interfaces().items():
            speaks = port.get("ospfEnabled") and not port.get("timerPassiveIface")
            if name not in self.ports and speaks and port.get("networkType") != "LOOPBACK":
                new.add(name)
                self.ports[name] = (port.get("timerMsecs", 0) // 1000, port.get("timerDeadSecs", 0))
                if port.get("networkType") in ("BROADCAST", "NBMA"):
                    self.elected.add(name)
        return new

    def _interfaces(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ospfd.ask("show ip ospf interface json").get("interfaces", {})
        return found

    @property
    def process(self) -> str:
        """The line that opens the routing process's block; empty if there is none: then it says hello to nobody."""
        return next((line for line in self.before.splitlines() if line.startswith("router ospf")), "")

    def hurry(self) -> None:
        """Nothing is held back in its process."""
        self.ospfd.configure([self.process, *_HURRY, "exit"])

    def warm(self, ports: Collection[str], pairs: Mapping[Pair, Pair]) -> None:
        """Short timers for some ports, hello and dead interval where their pair has a short one."""
        lines: list[str] = []
        listening = [name for name in ports if name in self.elected and self.ports[name] in pairs]
        for name in ports:
            lines += [f"interface {name}", "ip ospf retransmit-interval 1"]
            if self.ports[name] in pairs:
                self.warmed.add(name)
                hello, dead = pairs[self.ports[name]]
                # The dead interval is also how long a port listens before a designated router is chosen.
                dead = _WAIT if name in listening else dead
                lines += [f"ip ospf hello-interval {hello}", f"ip ospf dead-interval {dead}"]
            lines.append("exit")
        self.ospfd.configure(lines)
        for name in listening:
            self.ospfd.tell(f"clear ip ospf interface {name}")
        self.ospfd.configure(
            line
            for name in listening
            for line in (f"interface {name}", f"ip ospf dead-interval {pairs[self.ports[name]][1]}", "exit")
        )

    def cool(self) -> None:
        """The real timers. WarmingError if it does not run what it ran before."""
        lines = []
        for name, (hello, _) in self.ports.items():
            block = f"interface {name}"
            lines += [block, "no ip ospf retransmit-interval"]
            if name in self.warmed:
                # A hello interval makes the dead interval four times as much, unless that one is said itself. Taken
                # back with “no” it would end every neighbour; a default that is said is not shown.
                lines += ["no ip ospf dead-interval", f"ip ospf hello-interval {hello}"]
                lines += _own(self.before, block, ["ip ospf dead-interval"])
            lines += [*_own(self.before, block, ["ip ospf retransmit-interval"]), "exit"]
        own = _own(self.before, self.process, _PROCESS_WORDS)
        lines += [self.process, *(f"no {word}" for word in _PROCESS_WORDS), *own, "exit"]
        self.ospfd.configure(lines)
        after = self.ospfd.tell("show running-config")
        if after != self.before:
            raise WarmingError(f"the timers of the start did not go: {_differing(self.before, after)}")

    def state(self) -> State:
        """How far it is."""
        interfaces = self._interfaces()
        talking = {name for name in self.ports if interfaces.get(name, {}).get("state") == "Waiting"}
        met: set[str] = set()
        neighbours = self.ospfd.ask("show ip ospf neighbor json").get("neighbors", {})
        seen = []
        for router, several in neighbours.items():
            for one in several:
                port, state = one["ifaceName"].partition(":")[0], one.get("nbrState") or one.get("state", "")
                # Of many on one segment only some become Full.
                done = state.startswith("Full") or (state.startswith("2-Way") and port in self.elected)
                if done:
                    met.add(port)
                elif not state.startswith(("Init", "Down", "Attempt")):  # one that fell silent stays in Init for long
                    talking.add(port)
                seen.append((router, port, state))
        process = self.ospfd.ask("show ip ospf json")
        counted = [value for key, value in _leaves(process) if re.search(r"(?i)lsa.*(?:number|checksum|counter)", key)]
        routes = self.zebra.ask("show ip route summary json").get("routesTotalFib")
        return State((sorted(seen), counted, routes), frozenset(met), frozenset(talking))

    def close(self) -> None:
        """Let go of its daemons."""
        self.ospfd.close()
        self.zebra.close()


def _own(text: str, block: str, words: Sequence[str]) -> list[str]:
    """The lines of a block of a running configuration that begin with some words."""
    found, inside = [], False
    for line in text.splitlines():
        if not line.startswith(" "):
            inside = line == block or (inside and not line)
        elif inside and line.strip().startswith(tuple(words)):
            found.append(line.strip())
    return found


def _differing(before: str, after: str) -> str:
    """The lines that only one of two texts has."""
    one, other = before.splitlines(), after.splitlines()
    gone, come = [line for line in one if line not in other], [line for line in other if line not in one]
    return "; ".join([f"-{line}" for line in gone] + [f"+{line}" for line in come]) or "their order"


def _leaves(document: Any, path: str = "") -> Iterable[tuple[str, Any]]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _leaves(value, f"{path}/{key}")
    else:
        yield path, document


def short(real: Iterable[Pair], known: Mapping[Pair, Pair]) -> dict[Pair, Pair]:
    """Each pair of hello and dead interval, in seconds, that is worth it, with its short one; no two become the same.

    No short pair is one that occurs, and the dead interval never gets less. Those that are `known` stay.
    """
    there = set(real)
    found = dict(known)
    taken = there | set(known.values())
    for hello, dead in sorted(there - known.keys()):
        if hello < _SLOW or dead < _PATIENT:
            continue
        mine = (1, dead)
        while mine in taken:
            mine = (1, mine[1] + 1)
        taken.add(mine)
        found[hello, dead] = mine
    return found


class Warming:
    """The warm-up of a lab: begun when its routers run, ended before anybody looks. Its nodes' faults are data."""

    def __init__(self, nodes: Mapping[str, Path], cables: Iterable[Cable], workers: int) -> None:
        """`nodes`: the folder of the sockets of each node's daemons."""
        self.failed: dict[str, str] = {}
        self.met = True
        self._nodes = nodes
        self._cables = tuple(cables)
        self._workers = workers
        self._routers: list[Router] = []
        self._pairs: dict[Pair, Pair] = {}
        self._lock = threading.Lock()

    def run(self) -> None:
        """All of it; returns with the real timers in every router. What went wrong is in `failed`, by node."""
        for node, folder in self._nodes.items():
            for path in sorted(folder.glob("ospfd*.vty")):
                try:
                    self._routers.append(Router(node, Daemon(folder, path.stem), Daemon(folder, "zebra")))
                except (OSError, WarmingError) as error:
                    self.failed[node] = str(error)
        everyone = list(self._routers)
        try:
            self._all(Router.read)
            self._routers = [router for router in everyone if router.process]
            # A timer that is said for one address of a port would stay where it is, and the neighbour would not.
            if not self.failed and not any(_OF_ADDRESS.search(router.before) for router in self._routers):
                try:
                    self._all(Router.hurry)
                    self.met = self._wait()
                finally:
                    self._all(Router.cool)
        finally:
            for router in everyone:
                router.close()

    def _all(self, act: Callable[[Router], object]) -> None:
        def one(router: Router) -> None:
            try:
                act(router)
            except (OSError, ValueError, WarmingError) as error:
                self.failed.setdefault(router.node, str(error) or type(error).__name__)

        with ThreadPoolExecutor(self._workers) as pool:
            list(pool.map(one, self._routers))

    def _expected(self) -> set[tuple[str, str]]:
        """The ports, each with its node, whose cable leads straight to one that says hello at the same pace."""
        ends = {(router.node, name): pair for router in self._routers for name, pair in router.ports.items()}
        found = set()
        for cable in self._cables:
            if cable.a in ends and ends[cable.a] == ends.get(cable.b):
                found |= {cable.a, cable.b}
        return found

    def _wait(self) -> bool:
        """Until all have met and nothing changes, or nothing changes for long. False if some have not met."""
        began = changed = time.monotonic()
        last: object = None
        while self._routers and not self.failed:
            self._all(self._hasten)
            states: dict[Router, State] = {}
            self._all(lambda router: states.update({router: router.state()}))  # noqa: B023 - done within this round
            now = time.monotonic()
            if (seen := {router: state.seen for router, state in states.items()}) != last:
                last, changed = seen, now
            met = {(router.node, port) for router, state in states.items() for port in state.met}
            busy = any(state.talking for state in states.values())
            if now - changed >= QUIET and self._expected() <= met and not busy:
                return True
            if now - changed >= HOPELESS or now - began >= LONGEST:
                return False
            time.sleep(_PAUSE)
        return not self.failed

    def _hasten(self, router: Router) -> None:
        """Short timers for the ports that have come."""
        if new := router.arrived():
            with self._lock:
                real = [pair for one in self._routers for pair in one.ports.values()]
                self._pairs = short(real, self._pairs)
            router.warm(new, self._pairs)
