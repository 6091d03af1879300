"""涟源's intranet, extranet and internet as labs: the audit's probes find them apart, and find what joins them.

Each seeded fault is real: a cable, a rule, a route or a program inside the namespaces; it is taken away again.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from inventory.errors import ExitCode
from lab import checks, control
from lab.backends.netns import command, network_of
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lab.state import LabState

pytestmark = pytest.mark.lab
ACTOR = Path(__file__).parents[2] / "audits" / "probes" / "actor.py"
CITY = "name in (core-city, fw-border, rt-anping)"
QUICK = ("extranet-to-intranet", "internet-to-servers", "two-legs-at-township")


@dataclass(frozen=True)
class Labs:
    """The extranet and the intranet, each a lab of its own, and no cable between them."""

    root: Path
    intranet: Path
    out: Path
    states: tuple[LabState, LabState]

    def state(self, node: str) -> LabState:
        return next(state for state in self.states if node in state.nodes)

    def run(self, node: str, *argv: str) -> str:
        done = checks.run(self.state(node), node, *argv)
        assert done.returncode == 0, (node, argv, done.stderr)
        return done.stdout

    @contextmanager
    def cable(self, a: str, b: str, *lines: tuple[str, str]) -> Iterator[None]:
        """A cable `seed0` between two nodes of whichever labs, then lines for `ip` as (node, line)."""
        ends = [network_of(self.state(node), node) for node in (a, b)]
        plug = ["ip", "link", "add", "name", "seed0", "type", "veth", "peer", "name", "seed0", "netns", ends[1]]
        subprocess.run(["nsenter", f"--net={ends[0]}", *plug], check=True, timeout=PATIENCE)
        try:
            for node in (a, b):
                self.run(node, "ip", "link", "set", "dev", "seed0", "up")
            for node, line in lines:
                self.run(node, "ip", *line.split())
            yield
        finally:
            self.run(a, "ip", "link", "delete", "dev", "seed0")

    @contextmanager
    def nft(self, node: str, *lines: str) -> Iterator[None]:
        """More rules in a node's packet filter; what was there before is there again afterwards."""
        before = self.run(node, "nft", "list", "ruleset")
        self.run(node, "nft", "; ".join(lines))
        try:
            yield
        finally:
            load = command(self.state(node), node, ["nft", "-f", "-"])
            subprocess.run(load, input=f"flush ruleset\n{before}", text=True, check=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def labs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Labs]:
    """Both labs up, their routers configured by the product's own push, their routes there."""
    base = tmp_path_factory.mktemp("isolation")
    root, intranet = base / "city", base / "intranet"
    for folder, example in ((root, "lianyuan"), (intranet, "lianyuan-intranet")):
        with pytest.raises(SystemExit) as ended:
            main(["init", str(folder), "--from", example])
        assert not ended.value.code
    with ExitStack() as stack:
        states = []
        for folder, where in ((root, CITY), (intranet, "")):
            stack.callback(control.down, folder)
            states.append(control.up(folder, backend_name="netns", where=where, hosts=2))
        for folder, where in ((root, "name in (core-city, rt-anping)"), (intranet, "name in (nw-core, nw-hall)")):
            with pytest.raises(SystemExit) as ended:
                main(["config", "push", "--lab", "--commit", "--where", where, "-w", str(folder)])
            assert not ended.value.code
        for state in states:
            checks.wait_ospf_full(state, PATIENCE)
        everything = ip_network("0.0.0.0/0")
        checks.wait_routes(states[0], {"rt-anping": [everything]}, PATIENCE)
        checks.wait_routes(states[0], {"core-city": [ip_network("10.20.32.0/24")]}, PATIENCE)
        checks.wait_routes(states[1], {"nw-hall": [ip_network("172.31.8.0/26")]}, PATIENCE)
        checks.wait_routes(states[1], {"nw-core": [ip_network("172.31.0.0/26")]}, PATIENCE)
        yield Labs(root, intranet, base / "reports", (states[0], states[1]))


@pytest.fixture
def probe(labs: Labs, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, dict[str, Any]]]]:
    """`govnet audit probe --lab --commit`: its exit code, and by probe the one answer."""

    def run(*only: str) -> tuple[int, dict[str, dict[str, Any]]]:
        capsys.readouterr()
        arguments = ["audit", "probe", "--lab", "--commit", "--beside", str(labs.intranet), "-w", str(labs.root)]
        arguments += ["--json", "--out", str(labs.out), *(part for name in only for part in ("--only", name))]
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        document = json.loads(capsys.readouterr().out)
        assert document["lab"] == "netns"
        return int(ended.value.code or 0), {
            result["probe"]: {**answer, "text": "\n".join(answer["records"])}
            for result in document["results"]
            for answer in result["answers"]
        }

    return run


# Seeds: what is done, which probes must find it, and who must be named in each of these answers


@contextmanager
def two_legged(labs: Labs) -> Iterator[None]:
    """A PC of a township with a second card in the intranet, sharing its connection as Windows does: with NAT."""
    forward = "/proc/sys/net/ipv4/ip_forward"
    plug = labs.cable("pc-anping-2", "sw-nw-hall", ("sw-nw-hall", "link set dev seed0 master lan0"))
    rules = (
        "add table ip seed",
        "add chain ip seed post { type nat hook postrouting priority 100 ; }",
        "add rule ip seed post oifname seed0 masquerade",
    )
    with plug, labs.nft("pc-anping-2", *rules):
        labs.run("pc-anping-2", "ip", "address", "add", "172.31.0.50/26", "dev", "seed0")
        labs.run("pc-anping-2", "sh", "-c", f"echo 1 > {forward}")
        try:
            yield
        finally:
            labs.run("pc-anping-2", "sh", "-c", f"echo 0 > {forward}")


@contextmanager
def switches_joined(labs: Labs) -> Iterator[None]:
    """A patch cable from a township's switch to one of the intranet."""
    masters = [(node, "link set dev seed0 master lan0") for node in ("sw-anping", "sw-nw-hall")]
    with labs.cable("sw-anping", "sw-nw-hall", *masters):
        yield


@contextmanager
def cores_joined(labs: Labs) -> Iterator[None]:
    """A cable between the two cores, with routes."""
    lines = (
        ("core-city", "address add 192.168.99.1/30 dev seed0"),
        ("nw-core", "address add 192.168.99.2/30 dev seed0"),
        ("core-city", "route add 172.31.0.0/16 via 192.168.99.2"),
        ("nw-core", "route add 10.0.0.0/8 via 192.168.99.1"),
    )
    with labs.cable("core-city", "nw-core", *lines):
        yield


@contextmanager
def any_any(labs: Labs) -> Iterator[None]:
    """A rule that lets everything through the border firewall."""
    with labs.nft("fw-border", "insert rule inet govnet forward accept"):
        yield


@contextmanager
def managed_by_anybody(labs: Labs) -> Iterator[None]:
    """A rule that lets everybody reach the firewall's SSH server."""
    with labs.nft("fw-border", "insert rule inet govnet input tcp dport 22 accept"):
        yield


@contextmanager
def second_exit(labs: Labs) -> Iterator[None]:
    """A township's router with an internet line of its own, its default route through it, and NAT."""
    rules = (
        "add table ip seed",
        "add chain ip seed post { type nat hook postrouting priority 100 ; }",
        "add rule ip seed post oifname seed0 masquerade",
    )
    lines = (
        ("rt-anping", "address add 198.18.9.2/30 dev seed0"),
        ("inet", "address add 198.18.9.1/30 dev seed0"),
        ("rt-anping", "route add default via 198.18.9.1 metric 1"),
    )
    with labs.cable("rt-anping", "inet", *lines), labs.nft("rt-anping", *rules):
        yield


@contextmanager
def rogue_dhcp(labs: Labs) -> Iterator[None]:
    """A machine in a township's LAN that offers addresses."""
    argv = [sys.executable, str(ACTOR), "dhcp", "eth0", "10.20.32.3", "10.20.32.77"]
    actor = command(labs.state("pc-anping-2"), "pc-anping-2", argv)
    with subprocess.Popen(actor, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "ready"
            yield
        finally:
            process.terminate()


@contextmanager
def online(labs: Labs) -> Iterator[None]:
    """违规外联: an intranet PC with an internet line, its default route through it."""
    before = labs.run("pc-nw-hall", "ip", "route", "show", "default").strip()
    lines = (
        ("pc-nw-hall", "address add 198.18.9.2/30 dev seed0"),
        ("inet", "address add 198.18.9.1/30 dev seed0"),
        ("pc-nw-hall", "route replace default via 198.18.9.1"),
    )
    with labs.cable("pc-nw-hall", "inet", *lines):
        yield
    labs.run("pc-nw-hall", "ip", "route", "replace", *before.split())


SEEDS = {
    two_legged: {"two-legs-at-township": ("pc-anping-2",)},
    switches_joined: {"two-legs-at-township": ("pc-nw-hall",), "two-legs-at-hall": ("pc-anping",)},
    cores_joined: {"extranet-to-intranet": ("core-city", "nw-core")},
    any_any: {
        "internet-to-servers": ("fw-border", "srv-servers"),
        "internet-to-township": ("fw-border", "pc-anping-2"),
        "servers-to-internet": ("fw-border", "srv-servers"),
    },
    managed_by_anybody: {"management-from-township": ("fw-border",)},
    second_exit: {"one-exit": ("rt-anping", "inet")},
    rogue_dhcp: {"dhcp-at-township": ("pc-anping-2",)},
    online: {"intranet-to-internet": ("pc-nw-hall", "inet")},
}


def apart(code: int, answers: dict[str, dict[str, Any]]) -> None:
    """Nothing was found, and nothing was left unknown."""
    assert {name: answer["state"] for name, answer in answers.items() if answer["state"] != "sound"} == {}
    assert code == 0


def found(labs: Labs, answers: dict[str, dict[str, Any]], expected: dict[str, tuple[str, ...]]) -> None:
    """Exactly these probes saw a weakness, and each names who it is."""
    seen = {name: answer for name, answer in answers.items() if answer["state"] == "weak"}
    assert set(seen) == set(expected), {name: answer["why"]["en"] for name, answer in answers.items()}
    for name, nodes in expected.items():
        text = f"{seen[name]['device']}\n{seen[name]['text']}"
        assert [node for node in nodes if f"is {node}" not in text and seen[name]["device"] != node] == [], text
    assert labs.states[0].alive()
    assert labs.states[1].alive()


@pytest.mark.usefixtures("labs")
def test_the_networks_are_apart_and_the_controls_are_seen(probe: Callable[..., Any]) -> None:
    """As it is nothing is found; every target was reached by its control, at listeners that stood there meanwhile."""
    code, answers = probe(*QUICK)
    assert set(answers) == set(QUICK)
    apart(code, answers)
    records = answers["extranet-to-intranet"]["records"]
    controls = [record for record in records if record.startswith("control")]
    assert sum("govnet-canary" in record for record in controls if "tcp 172.31.8.2:8443" in record) == 2, records
    assert any(record.startswith("township → udp 172.31.8.2:8443") for record in records)


def test_a_machine_in_two_networks_is_found(labs: Labs, probe: Callable[..., Any]) -> None:
    """A PC with a second leg in the intranet, which forwards: found, with the PC's name."""
    with two_legged(labs):
        code, answers = probe("two-legs-at-township")
    assert code == ExitCode.FINDINGS
    found(labs, answers, SEEDS[two_legged])


def test_an_open_firewall_is_found_and_the_audit_takes_it_as_seen_in_a_lab(
    labs: Labs, probe: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rule that allows all: found, with the firewall's name; `audit run --probes` says that it was a lab."""
    with any_any(labs):
        code, answers = probe("internet-to-servers")
    assert code == ExitCode.FINDINGS
    found(labs, answers, {"internet-to-servers": SEEDS[any_any]["internet-to-servers"]})
    for arguments in (
        ["config", "render", "core-city", "--out", str(tmp_path / "configs")],
        [
            "audit",
            "run",
            str(tmp_path / "configs"),
            "--format",
            "json",
            "--out",
            str(tmp_path / "report"),
            "--probes",
            str(labs.out / "probes.json"),
            "--date",
            datetime.now(UTC).date().isoformat(),
        ],
    ):
        with pytest.raises(SystemExit):
            main([*arguments, "-w", str(labs.root)])
    capsys.readouterr()
    written = "".join(path.read_text(encoding="utf-8") for path in sorted((tmp_path / "report").rglob("*.json")))
    assert "seen in a lab (netns), not in the network" in written
    assert "reached from the vantage that must be kept apart" in written


@pytest.mark.soak
@pytest.mark.usefixtures("labs")
def test_all_probes_find_the_networks_apart(probe: Callable[..., Any]) -> None:
    """Every probe of the example's file, clean: nothing found, nothing unknown."""
    code, answers = probe()
    assert len(answers) == 14
    apart(code, answers)


@pytest.mark.soak
@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.__name__)
def test_every_seeded_fault_is_found_and_nothing_else(
    seed: Callable[[Labs], Any], labs: Labs, probe: Callable[..., Any]
) -> None:
    """All probes with one fault: found by those that must and no others, gone when it is taken away."""
    with seed(labs):
        code, answers = probe()
    assert code == ExitCode.FINDINGS
    found(labs, answers, SEEDS[seed])
    apart(*probe(*SEEDS[seed]))
