"""Re-addressing configurations beside netconan: lines a second on one core, and the proof of a long access list.

The corpus is generated: devices of seven languages with interfaces, routes, protocols, filters, servers and lines
without addresses. Where the collected configurations stand beside the project (`../shared/corpus`), they are measured
too. Both sides read the files of a folder, rewrite them and write them to another, one process each, modules imported
and their expressions compiled, nothing remembered from an earlier round. Seconds are those of the processor, so that
what else the machine does counts for neither. netconan anonymises addresses only (no passwords, no AS numbers) and is
given the faster of its two ways with host bits. It knows no mapping, no sizes, no VRFs and no commands.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import peers
from common import figure, median, report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 3
DEVICES = 420
RULES = 2000
LINES_PER_SECOND = 100_000
PEER = "netconan==0.15.0"
CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
WITH_CORPUS = "collected"
# Where today's networks are and where they go: for the collected configurations, whose plans nobody knows.
SPACES = "old,new\n10.0.0.0/8,33.0.0.0/8\n172.16.0.0/12,45.16.0.0/12\n192.168.0.0/16,45.192.0.0/16\n"

PEER_CODE = """
import json, sys, time
from netconan.anonymize_files import anonymize_files
source, target, bits = sys.argv[1], sys.argv[2], int(sys.argv[3])
began = time.process_time()
anonymize_files(source, target, False, True, salt="benchmark", preserve_suffix_v4=bits, preserve_suffix_v6=bits)
print(json.dumps({"seconds": time.process_time() - began}))
"""


class Network:
    """Subnets of today, each with the plan's: grown, shrunk or of the same size, in turn."""

    def __init__(self) -> None:
        self.rows = ["old,new"]
        self._old, self._new = int(IPv4Address("10.0.0.0")), int(IPv4Address("59.192.0.0"))

    def subnet(self) -> IPv4Network:
        """The next /24."""
        old = IPv4Network((self._old, 24))
        length = (24, 23, 25)[len(self.rows) % 3]
        size = max(1 << (32 - length), 256)
        self._new = -(-self._new // size) * size
        self.rows.append(f"{old},{IPv4Network((self._new, length))}")
        self._old, self._new = self._old + 256, self._new + size
        return old


def lan(net: IPv4Network) -> tuple[str, str, str, str]:
    """Network, mask, wildcard and router of a subnet."""
    return str(net[0]), str(net.netmask), str(net.hostmask), str(net[1])


def huawei(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A router in VRP."""
    yield from ("#", f"sysname {name}", "#", "undo telnet server enable", "ntp-service server disable", "#")
    yield from ("acl number 3000", f" description from {name}")
    for number, net in enumerate(nets):
        at, _, wild, _ = lan(net)
        server = dice.choice(nets)[9]
        yield f" rule {number * 5} permit tcp source {at} {wild} destination {server} 0 destination-port eq 443"
    yield from ("#", "aaa", " authentication-scheme default", "  authentication-mode local", " domain default")
    for number, net in enumerate(nets):
        _, mask, _, router = lan(net)
        yield from ("#", f"interface GigabitEthernet0/0/{number}", f" description to site {number}", " mtu 1500")
        yield from (f" ip address {router} {mask}", " ospf cost 10", " ospf network-type p2p", " undo shutdown")
    yield from ("#", "bgp 65001", f" router-id {nets[0][1]}")
    yield from (f" peer {net[2]} as-number 65001" for net in nets[:4])
    yield from ("#", "ospf 1", " bandwidth-reference 10000", " area 0.0.0.0")
    yield from (f"  network {net[0]} {net.hostmask}" for net in nets)
    yield from ("#", *(f"ip route-static {net[0]} {net.netmask} {nets[0][2]}" for net in nets), "#")
    yield from (f"info-center loghost {nets[0][10]}", f"ntp-service unicast-server {nets[0][11]}", "#")
    yield from ("user-interface vty 0 4", " authentication-mode aaa", " idle-timeout 5 0", " protocol inbound ssh")
    yield from ("#", "return")


def comware(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A switch in Comware."""
    yield from (
        "#",
        " version 7.1.070, Release 6715",
        "#",
        f" sysname {name}",
        "#",
        " irf mac-address persistent timer",
    )
    for number, net in enumerate(nets):
        yield from ("#", f"vlan {number + 10}", f" description lan {number}")
        _, mask, _, router = lan(net)
        yield from ("#", f"interface Vlan-interface{number + 10}", f" ip address {router} {mask}", " dhcp select relay")
        yield f" dhcp relay server-address {dice.choice(nets)[8]}"
    yield from ("#", "acl advanced 3001")
    for number, net in enumerate(nets):
        yield f" rule {number * 5} permit ip source {net[0]} {net.hostmask} destination {dice.choice(nets)[5]} 0"
    yield from ("#", *(f" ip route-static {net[0]} 24 {nets[0][2]}" for net in nets), "#")
    yield from (
        f" info-center loghost {nets[0][10]}",
        "#",
        "line vty 0 63",
        " authentication-mode scheme",
        "#",
        "return",
    )


def ios(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A router in IOS."""
    yield from ("version 15.2", "service timestamps log datetime msec", "no service pad", f"hostname {name}", "!")
    for number, net in enumerate(nets):
        _, mask, _, router = lan(net)
        yield from (f"interface GigabitEthernet0/{number}", f" description to site {number}")
        yield from (f" ip address {router} {mask}", f" ip helper-address {dice.choice(nets)[8]}", " no ip redirects")
        yield from (" duplex auto", " speed auto", "!")
    yield from ("router ospf 1", " log-adjacency-changes")
    yield from (f" network {net[0]} {net.hostmask} area 0" for net in nets)
    yield from ("!", "ip access-list extended FILTER")
    for net in nets:
        yield f" permit tcp {net[0]} {net.hostmask} host {dice.choice(nets)[9]} eq 443"
    yield from ("!", *(f"ip route {net[0]} {net.netmask} {nets[0][2]}" for net in nets), "!")
    yield from (f"logging host {nets[0][10]}", f"ntp server {nets[0][11]}", "line vty 0 4", " transport input ssh")
    yield from (" login local", "!", "end")


def asa(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A firewall in ASA's language."""
    yield from (": Saved", ":", "ASA Version 9.8(2) ", "!", f"hostname {name}", "names", "!")
    for number, net in enumerate(nets):
        yield from (f"interface GigabitEthernet0/{number}", f" nameif zone{number}", " security-level 50")
        yield from (f" ip address {net[1]} {net.netmask} ", "!")
    for number, net in enumerate(nets):
        yield from (f"object network net-{number}", f" subnet {net[0]} {net.netmask}")
        yield f"access-list outside_in extended permit tcp host {net[5]} host {dice.choice(nets)[9]} eq https "
    yield from (f"route zone0 {net[0]} {net.netmask} {nets[0][2]} 1" for net in nets)
    yield from ("timeout xlate 3:00:00", "ssh timeout 5", ": end")


def frr(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A router in FRR."""
    yield from (
        "frr version 8.4",
        "frr defaults traditional",
        f"hostname {name}",
        "service integrated-vtysh-config",
        "!",
    )
    for number, net in enumerate(nets):
        yield from (f"interface eth{number}", f" ip address {net[1]}/24", " ip ospf cost 10", "exit", "!")
    yield from ("router bgp 65001", f" bgp router-id {nets[0][1]}", " no bgp ebgp-requires-policy")
    yield from (f" neighbor {net[2]} remote-as 65001" for net in nets)
    yield from (" !", " address-family ipv4 unicast", *(f"  network {net}" for net in nets), " exit-address-family")
    yield from ("exit", "!")
    for number, net in enumerate(nets):
        yield f"ip prefix-list SITES seq {number * 5 + 5} permit {net} le 32"
        yield f"ip route {dice.choice(nets)} {nets[0][2]}"
    yield from ("!", "line vty", "exit", "!", "end")


def junos(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A router in Junos' set form."""
    yield from ("set version 18.4R1.8", f"set system host-name {name}", "set system services ssh protocol-version v2")
    for number, net in enumerate(nets):
        yield f'set interfaces ge-0/0/{number} description "site {number}"'
        yield f"set interfaces ge-0/0/{number} unit 0 family inet address {net[1]}/24"
        yield f"set protocols ospf area 0.0.0.0 interface ge-0/0/{number}.0 metric 10"
        yield f"set policy-options prefix-list sites {net}"
        yield f"set routing-options static route {dice.choice(nets)} next-hop {nets[0][2]}"
        yield f"set firewall family inet filter in term t{number} from source-address {net}"
        yield f"set firewall family inet filter in term t{number} then accept"
    yield from (f"set system syslog host {nets[0][10]} any notice", f"set system ntp server {nets[0][11]}")


def fortios(dice: random.Random, nets: list[IPv4Network], name: str) -> Iterator[str]:
    """A firewall in FortiOS."""
    yield from ("#config-version=FGT60E-6.0.4-FW-build0231-190107:opmode=0:vdom=0:user=admin", "config system global")
    yield from (f'    set hostname "{name}"', "    set timezone 04", "end", "config system interface")
    for number, net in enumerate(nets):
        yield from (f'    edit "port{number + 1}"', '        set vdom "root"', f"        set ip {net[1]} {net.netmask}")
        yield from ("        set allowaccess ping https ssh", "        set type physical", "    next")
    yield from ("end", "config firewall address")
    for number, net in enumerate(nets):
        yield from (f'    edit "net-{number}"', f"        set subnet {net[0]} {net.netmask}", "    next")
    yield from ("end", "config router static")
    for number, net in enumerate(nets, 1):
        yield from (
            f"    edit {number}",
            f"        set dst {net[0]} {net.netmask}",
            f"        set gateway {dice.choice(nets)[2]}",
        )
        yield from ('        set device "port1"', "    next")
    yield "end"


LANGUAGES: tuple[Callable[[random.Random, list[IPv4Network], str], Iterator[str]], ...] = (
    huawei,
    comware,
    ios,
    asa,
    frr,
    junos,
    fortios,
)


def generate(folder: Path) -> None:
    """Write the corpus and its mapping: one network."""
    dice, network = random.Random(4), Network()  # noqa: S311 - test data
    (folder / "old").mkdir(parents=True)
    for number in range(DEVICES):
        language = LANGUAGES[number % len(LANGUAGES)]
        nets = [network.subnet() for _ in range(dice.randrange(16, 40))]
        name = f"{language.__name__}-{number:03}"
        text = "\n".join(language(dice, nets, name)) + "\n"
        (folder / "old" / f"{name}.cfg").write_text(text, encoding="utf-8")
    (folder / "mapping.csv").write_text("\n".join(network.rows) + "\n", encoding="utf-8")


def collect(folder: Path) -> None:
    """Copy the collected configurations that our side can do, so that both sides do the same ones."""
    from configs.readdress.run import Input, read  # noqa: PLC0415 - start-up time

    found = sorted(path for part in ("configs", "scenarios") for path in (CORPUS / part).rglob("*") if path.is_file())
    for path in found:
        name = str(path.relative_to(CORPUS))
        data = path.read_bytes()
        ready, done = read(Input(name, "", data))
        if ready is None or done.encoding not in ("utf-8", "ascii"):
            continue  # netconan reads nothing but UTF-8
        target = folder / "old" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (folder / "mapping.csv").write_text(SPACES, encoding="utf-8")


def measure(folder: Path) -> dict[str, Any]:
    """Re-address a folder in this process: processor seconds from its files to the new ones."""
    from configs import dialects, readdress_policy  # noqa: PLC0415 - imports are not measured
    from configs.readdress import run as readdress_run  # noqa: PLC0415 - imports are not measured
    from inventory.collecting import uncollected  # noqa: PLC0415 - as above
    from ipplan import mapping_file  # noqa: PLC0415 - as above

    for platform in dialects.platforms():
        table = dialects.dialect(platform).places()
        if table is not None:
            table.compile()
    source, target = folder / "old", folder / "new"
    began = time.process_time()
    with uncollected():
        mapping = mapping_file.read(folder / "mapping.csv")
    inputs = []
    for folder_name, _, names in os.walk(source):
        for name in names:
            file = os.path.join(folder_name, name)  # noqa: PTH118 - as netconan does it
            with open(file, "rb") as stream:  # noqa: PTH123 - as above
                inputs.append(readdress_run.Input(os.path.relpath(file, source), "", stream.read()))
    inputs.sort()
    run = readdress_run.run(inputs, {"": mapping}, readdress_policy.Policy())
    made = set()
    for name, data in readdress_run.changed(run):
        path = os.path.join(target, name)  # noqa: PTH118 - as above
        parent = os.path.dirname(path)  # noqa: PTH120 - as above
        if parent not in made:
            made.add(parent)
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103 - as above
        with open(path, "wb") as stream:  # noqa: PTH123 - as above
            stream.write(data)
    seconds = time.process_time() - began
    if run.failed:
        raise SystemExit(str(run.failed[0].problems[0]))
    changed = sum(len(done.result.changed) for done in run.files if done.result is not None)
    return {"seconds": seconds, "lines": sum(done.lines for done in run.files), "changed": changed}


def proof(folder: Path) -> dict[str, Any]:
    """Prove one long access list against its re-addressed form: seconds."""
    from configs import dialects, readdress_policy  # noqa: PLC0415 - imports are not measured
    from configs.equivalence.proof import Document, prove  # noqa: PLC0415 - as above
    from configs.readdress import run as readdress_run  # noqa: PLC0415 - imports are not measured
    from ipplan import mapping_file  # noqa: PLC0415 - as above

    dice, network = random.Random(5), Network()  # noqa: S311 - test data
    nets = [network.subnet() for _ in range(200)]
    lines = ["#", "sysname filter", "#", "acl number 3000"]
    for number in range(RULES):
        source, target = dice.choice(nets), dice.choice(nets)
        action = dice.choice(("permit", "permit", "deny"))
        ends = f"source {source[0]} {source.hostmask} destination {target[dice.randrange(1, 100)]} 0"
        lines.append(f" rule {number * 5} {action} tcp {ends} destination-port eq {dice.randrange(1, 1000)}")
    text = "\n".join((*lines, "#", "return")) + "\n"
    (folder / "mapping.csv").write_text("\n".join(network.rows) + "\n", encoding="utf-8")
    mapping, policy = mapping_file.read(folder / "mapping.csv"), readdress_policy.Policy()
    run = readdress_run.run([readdress_run.Input("filter.cfg", "", text.encode(), "huawei")], {"": mapping}, policy)
    spoken = dialects.dialect("huawei")
    old, new = ([Document("filter.cfg", "huawei", spoken.parse(data))] for data in (text.encode(), _only(run)))
    began = time.process_time()
    made = prove(old, new, mapping, policy)
    seconds = time.process_time() - began
    if not made.ok or made.outside or made.checked["rules"] < RULES:
        raise SystemExit(f"not proven: {made.as_json()}")
    return {"seconds": seconds}


def _only(run: Any) -> bytes:
    """The new text of a run over one file."""
    from configs.readdress.run import changed  # noqa: PLC0415 - start-up time

    return next(data for _, data in changed(run))


def rounds(folder: Path) -> tuple[dict[str, float], float, str]:
    """The medians of ours and of netconan's, in turn: figures of ours, netconan's seconds and its way."""
    program = peers.python(PEER)
    ours: list[dict[str, Any]] = []
    theirs: dict[int, list[float]] = {0: [], 8: []}
    for number in range(ROUNDS):
        command = [sys.executable, __file__, "--measure", str(folder)]
        ours.append(json.loads(subprocess.run(command, capture_output=True, check=True, timeout=900).stdout))
        for bits, found in theirs.items():
            arguments = [str(folder / "old"), str(folder / f"netconan-{number}-{bits}"), str(bits)]
            command = [str(program), "-c", PEER_CODE, *arguments]
            ran = subprocess.run(command, capture_output=True, check=True, timeout=900, text=True)
            found.append(json.loads(ran.stdout)["seconds"])
            written = sum(1 for path in Path(arguments[1]).rglob("*") if path.is_file())
            if written != sum(1 for path in (folder / "old").rglob("*") if path.is_file()):
                raise SystemExit("netconan has not written every file")
    way = min(theirs, key=lambda bits: median(theirs[bits]))
    name = f"netconan {PEER.split('==')[1]}, addresses only, {way} host bits preserved"
    return {key: median([each[key] for each in ours]) for key in ours[0]}, median(theirs[way]), name


def main() -> None:
    """Generate, measure, report."""
    if sys.argv[1:2] == ["--measure"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
        return
    if sys.argv[1:2] == ["--proof"]:
        print(json.dumps(proof(Path(sys.argv[2]))))
        return
    figures = []
    with tempfile.TemporaryDirectory() as home:
        sets = [("generated", generate)]
        if CORPUS.exists():
            sets.append((WITH_CORPUS, collect))
        for name, make in sets:
            folder = Path(home) / name
            folder.mkdir()
            make(folder)
            ours, peer, way = rounds(folder)
            speed, theirs = ours["lines"] / ours["seconds"], ours["lines"] / peer
            beside = {"name": way, "value": round(theirs)}
            rate = figure(f"{name}-lines-per-second", speed, "1/s", LINES_PER_SECOND, better="higher", peer=beside)
            figures += [rate, figure(f"{name}-times-netconan", speed / theirs, "×", 1.0, better="higher")]
        command = [sys.executable, __file__, "--proof", home]
        proven = [
            json.loads(subprocess.run(command, capture_output=True, check=True, timeout=900).stdout)["seconds"]
            for _ in range(ROUNDS)
        ]
        figures.append(figure("proof-of-2000-rules-seconds", median(proven), "s", 2.0))
    report("readdress", figures)


if __name__ == "__main__":
    main()
