"""A workspace of a few sites, a database, somebody who changes sites at once or not at all; and a whole small city."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from configs.rollout.bundle import Bundle, Planned
from configs.rollout.policy import Policy
from configs.rollout.store import Store, default_url
from configs.rollout.waves import Stop, Wave
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database."""
    opened = Store(default_url(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def bundle(tmp_path: Path) -> Callable[..., Bundle]:
    """A rollout of waves that are given as lists of sites; a site has one device of its name."""

    def make(*waves: list[str], policy: Policy | None = None) -> Bundle:
        made = tuple(
            Wave(number, tuple(Stop(site, (f"rt-{site}",)) for site in sites)) for number, sites in enumerate(waves, 1)
        )
        devices = {name: Planned(name, "huawei", "0" * 64) for wave in made for name in wave.devices}
        return Bundle(
            "20261122-0900-0000",
            tmp_path,
            datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
            "li",
            "",
            policy or Policy(),
            made,
            devices,
        )

    return make


# A city whose routers are of several vendors, each with a text that a revision changes in a dozen lines.

# platform: model, management interface, first text (empty: the shipped one), what a rollout makes of it
PLATFORMS = {
    "huawei": (
        "AR2220",
        "GigabitEthernet0/0/0",
        "",
        (
            "{% for n in range(4) %}interface LoopBack{{ n }}\n description revision {{ services.ntp[0] }} {{ n }}\n#\n"
            "{% endfor %}ntp-service unicast-server {{ services.ntp[0] }}\n"
        ),
    ),
    "huawei_vrpv8": (
        "NE8000-F1A",
        "GigabitEthernet0/0/0",
        (
            "sysname {{ hostname }}\naaa\n"
            " local-user {{ user }} password irreversible-cipher {{ secret('password') }}\n"
            " local-user {{ user }} privilege level 15\n local-user {{ user }} service-type ssh\n#\n"
            "interface {{ management.name }}\n"
            " ip address {{ management.address.ip }} {{ management.address.netmask }}\n#\n"
            "stelnet server enable\nuser-interface vty 0 4\n authentication-mode aaa\n protocol inbound ssh\n"
        ),
        (
            "{% for n in range(4) %}interface LoopBack{{ n }}\n description revision {{ services.ntp[0] }} {{ n }}\n#\n"
            "{% endfor %}ip route-static 10.99.0.0 255.255.0.0 NULL0\n"
        ),
    ),
    "hp_comware": (
        "MSR36-20",
        "GigabitEthernet0/0",
        "",
        (
            "{% for n in range(4) %}interface LoopBack{{ n }}\n description revision {{ services.ntp[0] }} {{ n }}\n#\n"
            "{% endfor %}ip route-static 10.99.0.0 16 NULL0\n"
        ),
    ),
    "cisco_ios": (
        "ISR4331",
        "GigabitEthernet0/0/0",
        "",
        (
            "{% for n in range(4) %}interface Loopback{{ n }}\n description revision {{ services.ntp[0] }} {{ n }}\n!\n"
            "{% endfor %}"
        ),
    ),
    "frr": (
        "Linux/FRR",
        "eth0",
        "",
        (
            "hostname {{ hostname }}\n{% for n in range(4) %}interface eth{{ n + 5 }}\n description revision "
            "{{ services.ntp[0] }} {{ n }}\nexit\n!\n{% endfor %}ip route 10.99.0.0/16 blackhole\n"
        ),
    ),
}
PASSWORD = "Aa1-Routers-Zz9"


@dataclass
class City:
    """A workspace with its lab. Commands run as processes of their own, as an operator runs them."""

    root: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def govnet(self, *words: str, seconds: float = 600, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run govnet to its end."""
        return subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
            env=self.environment(environment),
        )

    def begin(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """Run govnet, and do not wait for it."""
        with (self.root / "errors").open("ab") as errors:
            process = subprocess.Popen(
                self.command(*words), stdout=errors, stderr=errors, env=self.environment(environment)
            )
        self.processes.append(process)
        return process

    def close(self) -> None:
        """End what was begun, and the lab."""
        from lab import control

        for process in self.processes:
            process.kill()
            process.wait(PATIENCE)
        control.down(self.root)

    def command(self, *words: str) -> list[str]:
        """The command line: the console script's function in this environment's Python."""
        return [sys.executable, "-c", "from cli.main import main; main()", *words, "-w", str(self.root)]

    def environment(self, more: Mapping[str, str]) -> dict[str, str]:
        """English, nobody's colours, and a name."""
        return {**os.environ, "LANG": "C.UTF-8", "NO_COLOR": "1", "GOVNET_OPERATOR": "li", **more}

    def json(self, *words: str, **environment: str) -> dict[str, Any]:
        """What a command prints with --json."""
        done = self.govnet(*words, "--json", **environment)
        assert done.stdout, done.stderr
        document: dict[str, Any] = json.loads(done.stdout)
        return document

    def start(self, *words: str, **environment: str) -> dict[str, Any]:
        """Begin a rollout of all devices."""
        return self.json("rollout", "start", "--lab", "--commit", *words, **environment)

    def revise(self, number: int) -> None:
        """The workspace wants something else: an address that stands in a dozen lines of every device."""
        (self.root / "govnet.yaml").write_text(
            "title: 试验市\nlab: emulated\nmanagers: [10.0.0.0/8]\n"
            f"services: {{ntp: [192.0.2.{number}], syslog: [], snmp_manager: [10.77.0.9], dns: []}}\n",
            encoding="utf-8",
        )

    def policy(self, text: str) -> None:
        """How rollouts go."""
        (self.root / "rollout.yaml").write_text(text, encoding="utf-8")

    def inspect(self) -> dict[str, dict[str, Any]]:
        """What the devices themselves say they went through."""
        from lab import control
        from lab.backends.emulated import Emulated

        return Emulated().inspect(control.load(self.root))

    def rows(self) -> dict[str, dict[str, Any]]:
        """The newest rollout's devices."""
        return {row["name"]: row for row in self.json("rollout", "status")["devices"]}

    def faults(self, device: str, text: str) -> None:
        """What is wrong with a device from now on."""
        from lab import control

        control.faults(self.root, device, text)


@pytest.fixture
def kill() -> Callable[[subprocess.Popen[bytes]], None]:
    """Kill -9, and nothing is left of it."""

    def killed(process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait(PATIENCE)

    return killed


def _city(root: Path, count: int, net: int, kinds: Mapping[str, tuple[str, str, str, str]] = PLATFORMS) -> City:
    """`count` routers, one a site, the vendors taking turns, at 10.`net`.x.y; `kinds` as `PLATFORMS`."""
    for folder in ("inventory", "plan", "secrets", *(f"templates/{name}" for name in kinds)):
        (root / folder).mkdir(parents=True)
    platforms = list(kinds)
    devices = ["name,site,role,platform,model,address,management_interface,port,credential,out_of_band"]
    sites = ["name,title,region,unit,hosts"]
    regions = ["code,name,level,parent", "4313,试验市,city,", "431382,东县,county,4313", "431381,西县,county,4313"]
    for number in range(count):
        platform = platforms[number % len(platforms)]
        model, interface, *_ = kinds[platform]
        address = f"10.{net}.{number // 200 + 1}.{number % 200 + 1}/16"
        devices.append(f"r{number:03},s{number:03},edge,{platform},{model},{address},{interface},22,routers,no")
        county = "431382" if number % 2 else "431381"
        sites.append(f"s{number:03},站点{number},{county},office,10")
    files = {
        "inventory/regions.csv": regions,
        "inventory/units.csv": ["name,title,region", "office,办公室,431382"],
        "inventory/sites.csv": sites,
        "inventory/devices.csv": devices,
        "inventory/links.csv": [
            "name,kind,a_device,a_interface,a_address,b_device,b_interface,b_address,peer,mbps,carrier,circuit"
        ],
        "inventory/credentials.yaml": [
            "credentials:",
            "  - {name: routers, username: govnet, password: file:secrets/password, enable: file:secrets/password,",
            "     snmp: {version: 2c, community: file:secrets/password}}",
        ],
        "plan/policy.yaml": [
            "pools:",
            f"  - {{name: loopbacks, title: loopbacks, area: management, prefixes: [172.16.{net % 200}.0/24]}}",
            "functions:",
            "  - {name: loopback, title: loopback, pool: loopbacks, for: loopback, where: role = none,",
            "     ipv4: {length: /32}}",
        ],
        "secrets/password": [PASSWORD],
    }
    for name, lines in files.items():
        (root / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "secrets" / "password").chmod(0o600)
    for platform, (_, _, first, text) in kinds.items():
        folder = root / "templates" / platform
        if first:
            (folder / "bootstrap.j2").write_text(first, encoding="utf-8")
        (folder / "edge.j2").write_text(text, encoding="utf-8")
    city = City(root)
    city.revise(1)
    made = city.govnet("plan", "make", "--commit")
    if made.returncode:
        made = city.govnet("plan", "make")
    assert made.returncode == 0, made.stderr
    return city


@pytest.fixture(scope="session")
def make_city() -> Callable[..., City]:
    """Makes a city; its lab is not started."""
    return _city


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Callable[..., City]]:
    """Makes a city with a running lab."""
    from lab import control

    made = []

    def make(count: int, net: int = 77) -> City:
        found = _city(tmp_path / "city", count, net)
        made.append(found)
        control.up(found.root, owned=False)
        return found

    yield make
    for each in made:
        each.close()
