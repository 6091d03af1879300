"""Real FRR routers, each behind a gateway of its own network, and the station from which they are managed.

    noc ── gw ──┬── d001   eth0 in 10.60.1.0/24 or 10.61.1.0/24, the gateway is .1 in both
                ├── d002   …
                └── d100

Every router is a namespace of network, mounts, processes and host name with zebra, staticd and OpenSSH; the parts and
the keeper are those of the lab, so that the kernel removes everything when the test ends, however it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Interface, ip_interface
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from configs.channel import Login, Target
from configs.push import Job
from inventory.endpoints import Endpoint
from inventory.secrets import Secret
from lab.netns import accounts, process, spec
from lab.netns.entering import inside
from lab.netns.parts import Part, joined
from lab.netns.router import router
from lab.netns.ssh import ssh
from lab.state import LabState, process_start
from tests.patience import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

USER, PASSWORD = "govnet", "Lab-Secret-1"
STATION, STATION_GATEWAY = ip_interface("10.59.0.10/24"), ip_interface("10.59.0.1/24")
FOLDER = "/var/tmp/govnet"
OWN = Part(
    folders={
        "/tmp": spec.Folder(0o1777),
        "/var/tmp": spec.Folder(0o1777),
        "/var/log": spec.Folder(),
        # Debian's frr-reload.py makes its log's folder if it is not there, which its user may not.
        "/var/log/frr": spec.Folder(0o775, accounts.FRR, accounts.FRR),
    }
)
SEEN = """
ip -4 -br address show dev eth0; echo --
ip -4 route show default; echo --
vtysh -c 'show running-config'
"""
# Power is lost: nobody says goodbye, memory and kernel are as new; disks, and what is saved on them, stay.
POWER = """
ip link set dev eth0 down
kill -9 -1
ip address flush dev eth0
rm -rf /run/frr/* /run/sshd.pid
sleep {boot}
ip link set dev lo up
ip link set dev eth0 up
exec sh /run/lab/start
"""


@dataclass(frozen=True)
class Place:
    """A router's management interface and the way out of its network."""

    address: IPv4Interface
    gateway: str
    lines: tuple[str, ...] = ()  # that every text of the router has

    def text(self, *more: str) -> str:
        """The router's configuration when it stands here."""
        here = f"interface eth0\n description 管理口\n ip address {self.address}\nexit"
        route = f"ip route 0.0.0.0/0 {self.gateway}"
        return "!\n".join(f"{line}\n" for line in (*self.lines, route, *more, here, "end"))


@dataclass(frozen=True)
class Router:
    """One router by its number."""

    number: int
    lines: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its node in the lab."""
        return f"d{self.number:03}"

    @property
    def home(self) -> Place:
        """Where it stands at first."""
        return self.place(60, 10)

    @property
    def moved(self) -> Place:
        """Where it is to stand: an odd one in the same network, an even one in another, behind another gateway."""
        return self.place(60, 20) if self.number % 2 else self.place(61, 10)

    def place(self, network: int, host: int) -> Place:
        """A place in one of its two networks."""
        return Place(
            IPv4Interface(f"10.{network}.{self.number}.{host}/24"), f"10.{network}.{self.number}.1", self.lines
        )


@dataclass(frozen=True)
class Seen:
    """A router from inside: the kernel's addresses of the management interface and default route, what runs, what a
    reboot comes back to, and the files of a push that are left on it.
    """  # noqa: D205 - one sentence

    addresses: list[str]
    way: str
    runs: str
    saved: str
    left: set[str]


@dataclass
class Fleet:
    """Routers that run."""

    routers: tuple[Router, ...]
    folder: Path
    running: process.Running
    state: LabState
    times: dict[str, float] = field(default_factory=dict)  # a target's, where they are not the usual ones

    def job(self, one: Router, here: Place, text: str, there: Place | None = None, **more: object) -> Job:
        """A router that stands here is to run a text; it may stand somewhere else then."""
        target = Target(
            one.name,
            "frr",
            Endpoint(str(here.address.ip), 22),
            Login(USER, Secret(PASSWORD)),
            known_hosts=self.folder / "known_hosts",
            **self.times,
        )
        after = Endpoint(str(there.address.ip), 22) if there is not None else None
        return Job(target, text, management=here.address, after=after, lock=self.folder / ".locks" / one.name, **more)

    def seen(self, routers: Iterable[Router]) -> dict[Router, Seen]:
        """How each router stands, seen past its network."""
        routers = tuple(routers)
        with ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
            return dict(zip(routers, pool.map(self._seen, routers), strict=True))

    def _seen(self, one: Router) -> Seen:
        done = subprocess.run(
            inside(self.running.keeper, one.name, ["sh", "-c", SEEN]),
            capture_output=True,
            text=True,
            check=True,
            timeout=PATIENCE,
        )
        addresses, way, text = done.stdout.split("\n--\n")
        left = {path.name for path in self.disk(one, FOLDER).rglob("*") if path.is_file()}
        saved = self.disk(one, "/etc/frr/frr.conf").read_text(encoding="utf-8")
        return Seen(addresses.split()[2:], way, text.partition("\nfrr version")[2], saved, left)

    def disk(self, one: Router, path: str) -> Path:
        """A file of a router, seen from outside."""
        return Path(f"/proc/{self.running.keeper}/root/run/lab/{one.name}/root") / path.lstrip("/")

    def armed(self, one: Router) -> bool:
        """Whether its guard is armed."""
        return any(self.disk(one, FOLDER).glob("armed.*"))

    def reboot(self, one: Router, boot: float) -> None:
        """Power off and on; it is back after `boot` seconds."""
        subprocess.run(
            inside(self.running.keeper, one.name, ["sh", "-c", POWER.format(boot=boot)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=PATIENCE,
        )

    def answers(self, places: Sequence[Place], *, gone: bool = False) -> list[str]:
        """Those of the addresses whose SSH server greets the station; none is expected to where all are `gone`."""
        from lab.netns.greet import greetings

        wanted = {str(place.address.ip): Endpoint(str(place.address.ip), 22) for place in places}
        with self.state.entered():
            troubles = greetings(wanted, wanted if gone else ())
        return [host for host in wanted if not troubles.get(host, "")]


def _design(routers: Sequence[Router]) -> spec.LabSpec:
    gateway = [f"address add {STATION_GATEWAY} dev noc0"]
    nodes, cables = [], [spec.Cable(("noc", "eth0"), ("gw", "noc0"))]
    for one in routers:
        gateway += [f"address add 10.{network}.{one.number}.1/24 dev {one.name}" for network in (60, 61)]
        cables.append(spec.Cable((one.name, "eth0"), ("gw", one.name)))
        part = joined(
            OWN,
            accounts.accounts(accounts.Login(USER, PASSWORD, in_frr=True)),
            router(one.home.text(), ("zebra", "staticd"), agentx=False),
            ssh(22),
        )
        script = "set -e\n" + "\n".join(part.lines) + "\n"
        settings = {"ipv4/ip_forward": "1"}
        nodes.append(spec.NodeSpec(one.name, (), settings, part.files, part.folders, script))
    station = [f"address add {STATION} dev eth0", f"route add default via {STATION_GATEWAY.ip}"]
    nodes.append(spec.NodeSpec("noc", tuple(station)))
    nodes.append(spec.NodeSpec("gw", tuple(gateway), {"ipv4/ip_forward": "1"}))
    return spec.LabSpec(tuple(nodes), tuple(cables), workers=2 * (os.cpu_count() or 1))


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Callable[..., Fleet]]:
    """Starts so many routers, with these lines in every text; they end with the test's process at the latest."""
    started: list[Fleet] = []

    def start(count: int, *lines: str) -> Fleet:
        routers = tuple(Router(number, lines) for number in range(1, count + 1))
        lock = os.open(tmp_path, os.O_RDONLY)

        def ready(running: process.Running) -> None:
            assert not running.failed
            # For whoever ends this process and looks for what is left of it.
            (tmp_path / "lab.json").write_text(json.dumps({"pid": running.pid, "keeper": running.keeper}))

        try:
            running = process.start(
                _design(routers), tmp_path / "lab.log", lambda _: None, ready, inherit=lock, owned=True
            )
        finally:
            os.close(lock)
        state = LabState(
            "netns",
            tmp_path,
            tmp_path,
            running.pid,
            process_start(running.pid),
            network=f"/proc/{running.keeper}/root/run/netns/noc",
        )
        made = Fleet(routers, tmp_path, running, state)
        started.append(made)
        _until_greeted(made)
        return made

    yield start
    for each in started:
        with suppress(ProcessLookupError):
            process.end(each.running.pid, each.running.keeper)


def _until_greeted(made: Fleet) -> None:
    """Staticd has installed the way back to the station once a router is heard there."""
    homes = [one.home for one in made.routers]
    until(lambda: len(made.answers(homes)) == len(homes), "not every router answers at its first address", pause=0.2)
