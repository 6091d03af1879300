"""Facts of configurations beside ciscoconfparse2's parsing alone: configurations of 3,000 lines a second on one core.

The configurations are generated, as a city's routers, switches and firewalls write them: interfaces, filters, routes,
accounts, terminals, servers and logs in four languages. Ours is everything from bytes to facts: decoding, recognising
the language, the tree, all facts with their lines. The peer only parses, and only the language that it is made for.
The devices of a city repeat each other's lines, and what a line says is remembered; so is it here from the second round
on. One figure is of devices whose filters are new in every round: what an audit costs that can remember little.
The last figure is a city's audit from bytes to files: 500 devices that are all different, all rules, every format.
Seconds are those of the processor, the least of several rounds, so that what else the machine does counts for neither.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import peers
from common import figure, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 15
LINES = 3000
PER_SECOND = 60.0
NEW_PER_SECOND = 40.0
OF_THE_PEER = 0.25
RULES = 2000
RULES_SECONDS = 1.0
DEVICES = 500
REPORTS_SECONDS = 60.0
KEPT = 0.6  # of the lines outside the long lists, so that devices differ in their weaknesses
PEER = "ciscoconfparse2==0.9.18"

PEER_CODE = """
import json, sys, time
from ciscoconfparse2 import CiscoConfParse
best = 1e9
for _ in range(int(sys.argv[2])):
    began = time.process_time()
    CiscoConfParse(sys.argv[1], syntax="ios", factory=False)
    best = min(best, time.process_time() - began)
print(json.dumps({"seconds": best}))
"""


def cisco(dice: random.Random) -> Iterator[str]:
    """A switch that routes."""
    yield from (
        "version 15.2",
        "service timestamps log datetime",
        "service password-encryption",
        "hostname sw-1",
        "!",
        "aaa new-model",
        "aaa authentication login default group tacacs+ local",
        "enable secret 9 $9$abc",
        "username ops privilege 15 secret 9 $9$x",
        "ip ssh version 2",
        "no ip http server",
        "!",
    )
    for number in range(280):
        yield f"interface GigabitEthernet1/0/{number}"
        yield f" description to room {number}"
        yield " switchport mode access"
        yield f" switchport access vlan {number % 60 + 2}"
        yield " spanning-tree portfast"
        yield "!"
    for name in range(12):
        yield f"ip access-list extended guard-{name}"
        for _ in range(80):
            host = f"10.9.{dice.randrange(256)}.{dice.randrange(256)}"
            yield f" permit tcp {_wild(dice)} host {host} eq {dice.randrange(1, 9999)}"
        yield " deny ip any any"
        yield "!"
    for number in range(200):
        yield f"ip route 10.{number}.0.0 255.255.0.0 192.0.2.{number % 250}"
    yield from (
        "logging host 10.0.0.5",
        "ntp server 10.0.0.6",
        "snmp-server community k2-Lo9x RO 10",
        "line con 0",
        " exec-timeout 10 0",
        "line vty 0 4",
        " access-class 10 in",
        " transport input ssh",
        "end",
    )


def huawei(dice: random.Random) -> Iterator[str]:
    """A router in VRP."""
    yield from ("!Software Version V200R019C10", "#", "sysname rt-1", "#", "undo telnet server enable", "#")
    for name in range(12):
        yield f"acl number {3000 + name}"
        for number in range(80):
            host = f"10.9.{dice.randrange(256)}.7"
            yield f" rule {number * 5} permit tcp source {_wild(dice)} destination {host} 0 destination-port eq 443"
        yield "#"
    for number in range(330):
        yield from (
            f"interface GigabitEthernet0/0/{number}",
            f" description to room {number}",
            " port link-type access",
            f" port default vlan {number % 60 + 2}",
            "#",
        )
    for number in range(250):
        yield f"ip route-static 10.{number}.0.0 255.255.0.0 192.0.2.{number}"
    yield from (
        "#",
        "aaa",
        " local-user ops password irreversible-cipher $1a$x$",
        " local-user ops privilege level 15",
        "#",
        "user-interface con 0",
        " authentication-mode aaa",
        "user-interface vty 0 4",
        " acl 3000 inbound",
        " protocol inbound ssh",
        "#",
        "return",
    )


def comware(dice: random.Random) -> Iterator[str]:
    """A switch in Comware."""
    yield from ("#", " version 7.1.070, Release 6533", "#", " sysname sw-1", "#", " undo telnet server enable", "#")
    for name in range(12):
        yield f"acl advanced {3000 + name}"
        for number in range(80):
            host = f"10.9.{dice.randrange(256)}.7"
            yield f" rule {number * 5} permit tcp source {_wild(dice)} destination {host} 0 destination-port eq 443"
        yield "#"
    for number in range(330):
        yield from (
            f"interface GigabitEthernet1/0/{number}",
            " port link-mode bridge",
            f" description to room {number}",
            f" port access vlan {number % 60 + 2}",
            "#",
        )
    for number in range(250):
        yield f" ip route-static 10.{number}.0.0 255.255.0.0 192.0.2.{number}"
    yield from (
        "#",
        "line vty 0 63",
        " authentication-mode scheme",
        "#",
        "local-user ops class manage",
        " password hash $h$6$x",
        "#",
        "return",
    )


def fortios(dice: random.Random) -> Iterator[str]:
    """A firewall in FortiOS."""
    yield from (
        "#config-version=FGT60F-7.0.5-FW-build0304:opmode=0:vdom=0:user=admin",
        "config system global",
        '    set hostname "fw-1"',
        "    set admintimeout 10",
        "end",
        "config firewall address",
    )
    for number in range(250):
        yield from (f'    edit "net-{number}"', f"        set subnet 10.{number}.0.0 255.255.0.0", "    next")
    yield from ("end", "config firewall policy")
    for number in range(200):
        yield f"    edit {number + 1}"
        yield from (
            '        set srcintf "lan"',
            '        set dstintf "wan1"',
            f'        set srcaddr "net-{number}"',
            f'        set dstaddr "net-{dice.randrange(250)}"',
            "        set action accept",
            '        set schedule "always"',
            '        set service "HTTPS"',
            "        set logtraffic all",
            "    next",
        )
    yield "end"


def policy(dice: random.Random) -> Iterator[str]:
    """One list of `RULES` rules."""
    yield "ip access-list extended long"
    for _ in range(RULES):
        yield f" permit tcp {_wild(dice)} {_wild(dice)} eq {dice.randrange(1, 9999)}"
    yield from ("interface GigabitEthernet0/1", " ip access-group long in", "end")


def fleet(dice: random.Random) -> Iterator[tuple[str, bytes]]:
    """Devices of four languages; each lacks other lines of what stands around its interfaces, filters and routes."""
    makers = (cisco, huawei, comware, fortios)
    for number in range(DEVICES):
        lines = list(makers[number % len(makers)](dice))
        edge = [*range(2, 14), *range(len(lines) - 14, len(lines) - 1)]
        gone = {place for place in edge if dice.random() > KEPT}
        text = "\n".join(line for place, line in enumerate(lines) if place not in gone)
        yield f"device-{number:03}", text.encode() + b"\n"


def texts(seed: int) -> dict[str, bytes]:
    """One configuration of each language; only those of one seed have the same filters."""
    found = {}
    for make in (cisco, huawei, comware, fortios):
        lines = list(make(random.Random(seed)))  # noqa: S311 - a configuration, no secret
        found[make.__name__] = "\n".join(lines).encode() + b"\n"
    return found


def every_format() -> float:
    """Processor seconds from the bytes of `DEVICES` configurations to JSON, HTML, XLSX, DOCX and SARIF; one round."""
    from audits import engine, pack  # noqa: PLC0415 - what is measured begins after it
    from audits.model import Document  # noqa: PLC0415 - as above
    from audits.report import files  # noqa: PLC0415 - as above

    documents = [Document(f"{name}.cfg", text, name) for name, text in fleet(random.Random(11))]  # noqa: S311 - as above
    began = time.process_time()
    made = engine.run(documents, pack.shipped("mlps"), 3, title="benchmark")
    with tempfile.TemporaryDirectory() as folder:
        files.write(made, Path(folder), list(files.FORMATS), files.Settings("zh_CN"))
    return time.process_time() - began


def _wild(dice: random.Random) -> str:
    return f"10.{dice.randrange(200)}.{dice.randrange(256)}.0 0.0.0.255"


def least(work: Callable[[], object]) -> float:
    """The least processor seconds of several rounds."""
    found = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found)


def main() -> None:
    """Measure and report."""
    from audits import engine, pack  # noqa: PLC0415 - what is measured begins after it
    from audits.model import Document  # noqa: PLC0415 - what is measured begins after it
    from audits.reading import assess  # noqa: PLC0415 - as above
    from audits.report import json as report_json  # noqa: PLC0415 - as above

    known = texts(7)
    seconds, total = {}, 0
    for name, text in known.items():
        document = Document(name, text)
        assess(document)
        seconds[name] = least(lambda document=document: assess(document))
        total += text.count(b"\n")
    rate = total / LINES / sum(seconds.values())
    rules = pack.shipped("mlps")

    def audit(found: dict[str, bytes]) -> bytes:
        """As `govnet audit run --format json` does it."""
        return report_json.data(engine.run([Document(name, text) for name, text in found.items()], rules, 3))

    whole = least(lambda: audit(known))
    unseen = iter([texts(seed) for seed in range(100, 100 + ROUNDS)])
    new = least(lambda: audit(next(unseen)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cisco.cfg"
        path.write_bytes(known["cisco"])
        program = peers.python(PEER)
        ran = subprocess.run([str(program), "-c", PEER_CODE, str(path), str(ROUNDS)], capture_output=True, check=True)
        parsing = json.loads(ran.stdout.splitlines()[-1])["seconds"]
    long_list = Document("policy", "\n".join(policy(random.Random(3))).encode(), platform="cisco_ios")  # noqa: S311
    report(
        "audit",
        [
            figure("facts-configurations-of-3000-lines-a-second", rate, "1/s", PER_SECOND, better="higher"),
            figure(
                "audits-with-all-rules-and-json-a-second", total / LINES / whole, "1/s", PER_SECOND, better="higher"
            ),
            figure(
                "audits-of-filters-never-seen-a-second", total / LINES / new, "1/s", NEW_PER_SECOND, better="higher"
            ),
            figure(
                "facts-over-the-peers-parsing-alone",
                seconds["cisco"] / parsing,
                "×",
                OF_THE_PEER,
                peer={"name": f"{PEER}, parsing {parsing * 1000:.0f} ms", "value": 1.0},
            ),
            figure("facts-of-2000-rules-seconds", least(lambda: assess(long_list)), "s", RULES_SECONDS),
            figure("500-devices-in-every-format-seconds", every_format(), "s", REPORTS_SECONDS),
        ],
    )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
