"""The way of a rehearsal: every stage forth, back and forth again, with traffic on the network all the while.

    today ─► stage 1 ─► … ─► last        forth
              ▲   │
              └───┘                      each is taken back once and sent again

Behind each leg: the matrix of all pairs, the routing neighbours, and what the devices run, which behind a way back and
a way forth again must be what it was there the first time, byte for byte.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

from configs import push as pushing
from configs.readdress.stages_model import Stage
from configs.rollout import stages as sending
from inventory.errors import LabError
from inventory.text import Message
from ipplan.names import DEFAULT_VRF
from lab.rehearsal import change as changes
from lab.rehearsal import faults as failing
from lab.rehearsal import hosts as hosting
from lab.rehearsal import matrix as asking
from lab.rehearsal import mixed, scratch, stale, standing, tunnels, vrfs, ways
from lab.rehearsal import outside as outsiders
from lab.rehearsal import pairs as pairing
from lab.rehearsal.loads import Moment
from lab.rehearsal.model import Leg, Pushed, Seen, Wanted, Way

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from ipaddress import IPv4Network
    from pathlib import Path
    from typing import Any

    from inventory.model import Workspace
    from lab.backend import Observer
    from lab.rehearsal.capacity.watch import Watch
    from lab.rehearsal.faults import Fault
    from lab.rehearsal.model import Flow, Home, Host, Pair, Seen, Stale
    from lab.rehearsal.running import Lab
    from lab.rehearsal.traffic import Traffic
    from lab.rehearsal.vrfs import Stray

QUIET: Final = 3.0  # seconds of traffic in a stage in which nothing is sent
LATE: Final = 45.0  # seconds of traffic behind a push: OSPF gives a silent neighbour up after 40 (RFC 2328, C.3)
SLOW: Final = 6.0  # seconds behind which OSPF has said what is gone: MinLSInterval is 5 (RFC 2328, B)
SOON: Final = 1.0  # the same where a stage is taken back or sent again


class Sender(Protocol):
    """Sends a stage, or takes it back, as it is done on real devices."""

    def send(self, root: Path, folder: str, *, undo: bool) -> Sequence[Pushed]:
        """How each device was left. LabError if nothing could be begun."""
        ...


@dataclass
class Course:
    """What a rehearsal has to go by, and what it has seen so far."""

    root: Path
    workspace: Workspace
    lab: Lab
    traffic: Traffic
    pairs: Sequence[Pair]
    sender: Sender
    observer: Observer
    tolerate: float = 1.0
    late: float = LATE
    settle: float = asking.SETTLE
    faults: Sequence[Fault] = ()
    again: bool = True
    before: tuple[Seen, ...] = ()
    neighbours: Mapping[str, int] = field(default_factory=dict)
    legs: list[Leg] = field(default_factory=list)
    broken: Message | None = None  # why it did not go on to the end
    watch: Watch | None = None  # the load on the lines, if any was measured


def read(course: Course) -> tuple[dict[str, bytes], dict[str, Message]]:
    """What every device runs now, read over SSH from the management station; and why some could not be read."""
    inventory = course.workspace.inventory
    devices = [inventory.devices[device.name] for device in course.lab.topology.devices]
    spoken = [device for device in devices if _has_driver(device.platform)]
    with course.lab.state.entered():
        jobs = pushing.jobs(course.workspace, spoken, {}, course.lab.state.endpoints())
        done = pushing.backup(jobs, seal=lambda text: text)
    unread = {one.device: one.error.message for one in done if one.error is not None}
    return {one.device: one.sealed for one in done if one.error is None}, unread


def _has_driver(platform: str) -> bool:
    from configs.dialects import dialect  # noqa: PLC0415 - start-up time

    return dialect(platform).driver() is not None


def _left_out(steps: Collection[str], pushed: Sequence[Pushed]) -> list[Pushed]:
    """The devices that have something to do in the stage, and that the rollout does not speak of."""
    told = {one.device for one in pushed}
    why = Message("the rollout has left it out")
    return [Pushed(name, "left-out", ok=False, error=why) for name in steps if name not in told]


class Walk:
    """Walks the stages of a change."""

    def __init__(self, course: Course, today: Mapping[str, bytes]) -> None:
        self._course = course
        top = course.root / changes.FOLDER
        self._stages = changes.stages_of(top)
        self._steps = sending.all_steps(top)
        self._hosts = {host.name: host for host in course.lab.everybody}
        running = {device.name for device in course.lab.topology.devices}
        self._roads = pairing.Roads(course.lab.topology.workspace.inventory, running)
        # Every device's text at each point: today's, then behind each stage.
        self._points: list[dict[str, bytes]] = [dict(today)]
        for stage in self._stages:
            steps = self._steps[stage["folder"]]
            after = {name: step.back.before for name, step in steps.items() if name in today}
            self._points.append(self._points[-1] | after)
        self._first: dict[int, Mapping[str, bytes]] = {0: dict(today)}
        self._asked: dict[int, tuple[Seen, ...]] = {}
        devices = course.lab.topology.devices
        self._fronted = [device.name for device in devices if device.platform not in mixed.NATIVE]
        # What stand-ins do not carry over of the texts that the change has brought, by device.
        self.left: dict[str, list[Message]] = {}
        self.unasked: tuple[Pair, ...] = ()
        self.deaf: tuple[str, ...] = ()

    def look(self) -> None:
        """The network as it is today."""
        course = self._course
        course.observer.step(Message("today: waiting for routing, asking {count} pairs", count=len(course.pairs)))
        routers = [device.name for device in course.lab.topology.devices]
        flows = self._flows(0)
        self.unasked = pairing.unasked(course.pairs, flows)
        course.before, _ = asking.matrix(course.traffic, flows, self._owners(0), hopeless=self._apart(0))
        self.deaf = self._deaf(0, course.before)
        course.neighbours = asking.neighbours(course.lab.state, routers)
        self._asked[0] = course.before
        if course.watch is not None:
            course.observer.step(Message("today: putting the measured load on the lines"))
            course.watch.today(flows, self._homes(0))

    def walk(self) -> None:
        """All legs, or as many as are left when one cannot be ended well."""
        for number, stage in enumerate(self._stages):
            ways = [Way.FORTH]
            if self._course.again and self._steps[stage["folder"]]:
                ways += [Way.BACK, Way.AGAIN]
            for way in ways:
                try:
                    leg = self._leg(number, stage, way)
                except LabError as error:
                    # What was seen until then is worth a report.
                    self._course.broken = Message("{leg}: {why}", leg=stage["folder"], why=error.message)
                    return
                self._course.legs.append(leg)
                if self._course.broken is not None:
                    return
                if any(not one.ok for one in leg.pushed):
                    self._course.broken = Message("not every device has done {leg}", leg=leg.name)
                    return

    def _leg(self, number: int, stage: Mapping[str, Any], way: Way) -> Leg:
        course = self._course
        steps = self._steps[stage["folder"]]
        start, end = (number + 1, number) if way is Way.BACK else (number, number + 1)
        allowed = course.tolerate if stage["stage"] == Stage.PREFER else 0.0
        leg = Leg(stage["folder"], stage["stage"], way, allowed)
        leg.renewing = course.tolerate
        leg.renewed = tunnels.renewed(
            course.workspace.inventory,
            self._points[start],
            self._points[end],
            {pair.name: self.tunnels(pair) for pair in course.pairs},
        )
        course.observer.step(Message("{leg}: {count} devices", leg=leg.name, count=len(steps)))
        both = [flow for flow in self._flows(start) if flow in set(self._flows(end))]
        wanted = pairing.both_ways_once([flow for flow in both if flow.pair.wanted is Wanted.REQUIRED])
        middle = self._middle(leg, way)
        # Where addresses change places, what was learnt is learnt anew; bridges carry packets until it is.
        moving = stage["stage"] == Stage.PREFER and steps
        learnt = asking.routes(course.lab.state, course.neighbours) if moving else {}
        interval = course.traffic.start(wanted)
        if course.watch is not None:
            course.watch.begin(both, interval)
        leg.began = time.time()
        try:
            if steps:
                pushed = course.sender.send(course.root, f"{changes.FOLDER}/{leg.folder}", undo=way is Way.BACK)
                leg.pushed = (*pushed, *_left_out(steps, pushed))
                time.sleep(course.late if way is Way.FORTH else SOON)
            else:
                time.sleep(QUIET)
        except LabError as error:
            course.broken = error.message
        finally:
            for one, told in middle:
                one.close()
                leg.faults += (told,) if one.happened else ()
                leg.unmade += () if one.happened else (told,)
            leg.seconds, leg.losses = course.traffic.stop()
            leg.pause = course.traffic.pause
        if course.watch is not None:
            course.watch.end()
            if leg.faults:
                leg.windows += (course.watch.look(both, self._homes(end), Moment.DURING),)
        self._mend(leg, way)
        scratch.managed_at(
            course.root,
            {
                name: address
                for name, step in steps.items()
                if (address := step.home if way is Way.BACK else step.there) is not None and step.home != step.there
            },
        )
        self._behind(leg, end, stage)
        # The next stage takes the bridges away: on a real network that is days later.
        asking.wait_routes(course.lab.state, learnt, course.settle)
        return leg

    def _middle(self, leg: Leg, way: Way) -> list[tuple[failing.Middle, Message]]:
        """What is to happen in the middle of a leg that is gone for the first time."""
        course = self._course
        if way is not Way.FORTH:
            return []
        found = []
        for fault in course.faults:
            if fault.concerns(leg.folder, leg.stage):
                happen = partial(failing.put, course.lab, fault, down=True)
                found.append((failing.Middle(course.root, happen), Message("{name} is down", name=fault.what)))
        return found

    def _mend(self, leg: Leg, way: Way) -> None:
        """What was taken down is there again before anything is looked at."""
        for fault in self._course.faults if way is Way.FORTH else ():
            if fault.concerns(leg.folder, leg.stage):
                failing.put(self._course.lab, fault, down=False)

    def _behind(self, leg: Leg, point: int, stage: Mapping[str, Any]) -> None:
        """What there is to see behind a leg."""
        course = self._course
        routers = course.neighbours
        known = self._hopeless(leg, point)
        flows = self._flows(point)
        leg.unasked = pairing.unasked(course.pairs, flows)
        leg.unlike, left = standing.unlike(course.lab.keeper, self._fronted, machine=course.lab.machine)
        leg.unlike |= standing.ended(course.lab.state, [device.name for device in course.lab.topology.devices])
        self.left |= left
        leg.matrix, leg.settled = asking.matrix(
            course.traffic, flows, self._owners(point), hopeless=known, settle=course.settle
        )
        leg.deaf = self._deaf(point, leg.matrix)
        leg.neighbours = asking.wait_neighbours(course.lab.state, routers, max(0.0, course.settle - leg.settled))
        if course.watch is not None:
            leg.windows += (course.watch.look(flows, self._homes(point), Moment.BEHIND),)
        leg.texts, leg.unread = read(course)
        if course.lab.somebody is not None:
            leg.seal = outsiders.seen(course.lab.state, course.lab.hosts)
        self._asked.setdefault(point, leg.matrix)
        # What could not be read the first time is compared with nothing; the finding about that leg says so.
        self._first.setdefault(point, leg.texts)
        leg.stale = tuple(self._stale(leg, point)) if leg.way is Way.FORTH else ()
        if stage["stage"] == Stage.VERIFY:
            leg.silent = tuple(self._silent(stage, point))

    def _deaf(self, point: int, matrix: Sequence[Seen]) -> tuple[str, ...]:
        """Hosts of which no probe passes, and that do not find their router: what must not pass shows nothing there."""
        heard = {name for seen in matrix if seen.passed for name in (seen.flow.pair.a, seen.flow.pair.b)}
        gateways = {
            name: self._hosts[name].homes[max(live)].gateway
            for name, live in self._live(point).items()
            if live and name not in heard
        }
        return tuple(asking.deaf(self._course.lab.state, gateways))

    def _stale(self, leg: Leg, point: int) -> Iterator[Stale]:
        """What texts ask for that is no more, and what they give out that somebody has; what is so today is not new."""
        devices = self._course.lab.topology.devices
        all_devices = self._course.lab.topology.workspace.inventory.devices
        platforms = {device.name: all_devices[device.name].platform for device in devices}
        today = {name: self._points[0][name] for name in platforms}
        now = {name: leg.texts.get(name, self._points[point][name]) for name in platforms}
        yield from stale.left_behind(platforms, today, now)
        known = {(one.device, one.line) for one in stale.given_twice(platforms, self._lans(0), today)}
        twice = stale.given_twice(platforms, self._lans(point), now)
        yield from (one for one in twice if (one.device, one.line) not in known)

    def _lans(self, point: int) -> list[tuple[Host, IPv4Network]]:
        """The networks that hosts are in."""
        live = self._live(point)
        return [
            (host, host.homes[number].address.network)
            for host in self._hosts.values()
            for number in sorted(live[host.name])
        ]

    def _hopeless(self, leg: Leg, point: int) -> set[str]:
        """The pairs that failed and that nothing has happened to since, or that no line joins: not waited for."""
        if self._course.legs and not leg.pushed:
            return {seen.flow.pair.name for seen in self._course.legs[-1].matrix if seen.wrong}
        if point in self._asked:
            asked = self._asked[point]
            # Where only one of its addresses failed the others are waited for.
            right = {seen.flow.pair.name for seen in asked if not seen.wrong}
            return {seen.flow.pair.name for seen in asked if seen.wrong} - right
        changed = {one.device for one in leg.pushed}
        stay = (seen for seen in self._course.before if seen.wrong and changed.isdisjoint(self.way(seen.flow.pair)))
        return {seen.flow.pair.name for seen in stay} | self._apart(point)

    def _apart(self, point: int) -> set[str]:
        """The pairs that the configurations at a point do not join at all."""
        devices = self._course.lab.topology.devices
        texts = {device.name: self._points[point][device.name] for device in devices}
        island = ways.islands(self._course.lab.topology.workspace.inventory, texts)
        return ways.apart(self._course.pairs, self._hosts, island)

    def _silent(self, stage: Mapping[str, Any], point: int) -> Iterator[tuple[str, str]]:
        """The devices and the new addresses that do not do: silent, or with nobody at the other end of their line."""
        owners = {text.partition("/")[0]: row["name"] for row in stage["devices"] for text in row["check"]}
        homes = self._homes(point)
        asked: dict[str, list[str]] = {}
        for address, name in owners.items():
            asker = self._asker(point, name, homes[name], address)
            asked.setdefault(self._instead(asker, name), []).append(address)
        state = self._course.lab.state
        quiet = [one for asker, several in asked.items() if asker for one in asking.silent(state, asker, several)]
        yield from ((owners[one], one) for one in quiet)
        running = {device.name for device in self._course.lab.topology.devices}
        for name, home in ways.lonely(self._course.lab.topology.workspace.inventory, homes, running):
            if str(home.address.ip) in owners and str(home.address.ip) not in quiet:
                yield name, str(home.address.ip)

    def _instead(self, asker: str, device: str) -> str:
        """Who asks a device's address: `asker`, or, where it must reach none of the device's hosts, one of these."""
        kept_apart = {pair.b for pair in self._course.pairs if pair.a == asker and pair.wanted is Wanted.FORBIDDEN}
        own = [host.name for host in self._course.lab.hosts if host.device == device]
        return own[0] if own and set(own) <= kept_apart else asker

    def first_texts(self, leg: Leg) -> Mapping[str, bytes]:
        """What the devices ran at the same point the first time."""
        return self._first.get(self.point(leg), {})

    def alike(self, device: str, first: bytes, text: bytes) -> bool:
        """Whether two texts of a device are the same: byte for byte, but for numbers that the device itself gives."""
        from configs import dialects, drift  # noqa: PLC0415 - start-up time: the dialects

        platform = self._course.workspace.inventory.devices[device].platform
        language = dialects.dialect(platform).language
        if first == text or language is None or not language.renumbers:
            return first == text
        return drift.between(device, platform, first, text).state is drift.State.SAME

    def first_matrix(self, leg: Leg) -> tuple[Seen, ...]:
        """The matrix at the same point the first time."""
        return self._asked.get(self.point(leg), ())

    def point(self, leg: Leg) -> int:
        """Where a leg leads: 0 is today, others are behind so many stages."""
        number = next(index for index, stage in enumerate(self._stages) if stage["folder"] == leg.folder)
        return number if leg.way is Way.BACK else number + 1

    def _asker(self, point: int, device: str, homes: Mapping[str, Sequence[Home]], address: str) -> str:
        """Who asks a device's address: of the hosts in its VRF the one with most addresses, else another device.

        Empty for a port that this back end does not carry.
        """
        lab = self._course.lab
        ports = (port for port, several in homes.items() if any(str(home.address.ip) == address for home in several))
        port = next(ports, "")
        if vrfs.bound(lab.flat, device, port):
            return ""
        vrf = vrfs.of_port(lab.topology.workspace.inventory, device, port)
        live = self._live(point)
        here = [host.name for host in lab.hosts if host.vrf == vrf and live[host.name]]
        others = (other.name for other in lab.topology.devices if other.name != device and vrf == DEFAULT_VRF)
        return max(here, key=lambda name: len(live[name])) if here else next(others, "")

    def strays(self, pair: Pair, leg: str) -> list[Stray]:
        """Where, behind a leg, texts on the way of a pair between VRFs are not the policy: that explains it."""
        if set(pair.vrfs) == {DEFAULT_VRF}:
            return []
        inventory = self._course.workspace.inventory
        point = next((self.point(one) for one in self._course.legs if one.name == leg), 0)
        texts = {name: self._points[point][name] for name in self.way(pair) if name in self._points[point]}
        found = (
            stray
            for name, [model] in mixed.models_of(inventory, {name: [text] for name, text in texts.items()}).items()
            for stray in vrfs.strays(inventory, name, model)
        )
        return [stray for stray in found if stray.vrf in pair.vrfs]

    def home_of(self, host: str) -> str:
        """The device in whose LAN a host stands."""
        return self._hosts[host].device

    def way(self, pair: Pair) -> list[str]:
        """The devices between the hosts of a pair, by the lines."""
        return self._roads.devices(self._hosts[pair.a], self._hosts[pair.b])

    def tunnels(self, pair: Pair) -> dict[str, tuple[str, ...]]:
        """The tunnels between the hosts of a pair, by the lines, each with the devices at its ends."""
        return self._roads.tunnels(self._hosts[pair.a], self._hosts[pair.b])

    # ---- what there is at a point

    def _homes(self, point: int) -> dict[str, dict[str, list[Home]]]:
        devices = self._course.lab.topology.workspace.inventory.devices
        return {name: hosting.interfaces(devices[name].platform, text) for name, text in self._points[point].items()}

    def _live(self, point: int) -> dict[str, frozenset[int]]:
        homes = self._homes(point)
        found = {
            host.name: hosting.live(host, hosting.at(homes.get(host.device, {}), host.interface))
            for host in self._course.lab.hosts
        }
        somebody = self._course.lab.somebody
        return found if somebody is None else found | {somebody.name: frozenset({0})}

    def _flows(self, point: int) -> list[Flow]:
        return pairing.flows(self._course.pairs, self._hosts, self._live(point))

    def _owners(self, point: int) -> dict[str, str]:
        """Whose an address is, while this stage is there; where there are VRFs, without those that several have."""
        owners: dict[str, list[str]] = {}
        for name, several in self._homes(point).items():
            for homes in several.values():
                for home in homes:
                    owners.setdefault(str(home.address.ip), []).append(name)
        alone = {host.vrf for host in self._hosts.values()} <= {DEFAULT_VRF}
        return {address: names[-1] for address, names in owners.items() if alone or len(set(names)) == 1}
