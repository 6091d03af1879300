"""The parts of a rehearsal that need no lab: hosts, pairs, faults, a workspace's copy, whom a loss is put down to."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_interface
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from configs.dialects import platforms
from inventory import workspace
from inventory.errors import InputError
from inventory.text import Message
from lab.emulator.platforms import PLATFORMS, emulator, takes_texts
from lab.rehearsal import change, faults, hosts, mixed, pairs, scratch, ways
from lab.rehearsal.legs import Walk, _left_out
from lab.rehearsal.model import Finding, Flow, Gap, Home, Host, Leg, Loss, Pair, Pushed, Seen, Stale, Wanted, Way
from lab.rehearsal.prober import _Flow
from lab.rehearsal.report.drawing import _rows
from lab.rehearsal.result import blamed, findings, grouped, mended, too_much

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHY = Message("both are in {vrf}, and no zone stands between", vrf="default")


def home(address: str, gateway: str) -> Home:
    """An address with its gateway."""
    return Home(ip_interface(address), ip_address(gateway))  # type: ignore[arg-type]


def flow(a: str = "pc-a", b: str = "pc-b", wanted: Wanted = Wanted.REQUIRED) -> Flow:
    """A flow between two hosts."""
    return Flow(Pair(a, b, wanted, WHY), ip_address("10.0.0.2"), ip_address("10.0.1.2"))  # type: ignore[arg-type]


@pytest.fixture
def town(tmp_path: Path, make_town: Callable[..., Any]) -> Any:
    """A core with two townships."""
    return make_town(tmp_path / "town")


@pytest.fixture
def inventory(town: Any) -> Any:
    """Its inventory."""
    return workspace.load(town.root, platforms=platforms()).inventory


# ---- hosts


def test_a_host_has_an_address_for_every_prefix_on_the_way(town, inventory):
    """Today's first; none that a router has; the gateway is the router's."""
    text = town.text("r1")
    along = {"r1": [text.encode(), text.replace("10.20.1.1/24", "59.193.1.1/24").encode()]}
    [host] = hosts.hosts(inventory, {"r1"}, along, {"lan-r1": "pc-r1"})
    assert [str(one.address) for one in host.homes] == ["10.20.1.128/24", "59.193.1.128/24"]
    assert [str(one.gateway) for one in host.homes] == ["10.20.1.1", "59.193.1.1"]
    assert "rule add from 59.193.1.128 table 101" in hosts.wires(host)
    # Who is in its own prefix is asked for in the LAN: a router's mask that is too short shows.
    assert "route add 59.193.1.0/24 dev eth0 src 59.193.1.128 table 101" in hosts.wires(host)


@pytest.mark.parametrize(
    ("own", "given"),
    [
        ("10.20.1.1/24", "10.20.1.128/24"),
        ("10.20.1.1/23", "10.20.1.2/23"),
        ("10.0.0.1/8", "10.128.0.1/8"),
        ("10.1.2.254/31", "10.1.2.255/31"),
        ("10.1.2.254/30", "10.1.2.253/30"),
    ],
)
def test_no_host_has_what_could_be_a_networks_or_a_broadcasts_address(town, inventory, own, given):
    """With the router's mask or with another one; where there is no other address it has to."""
    text = town.text("r1").replace("10.20.1.1/24", own).encode()
    [host] = hosts.hosts(inventory, {"r1"}, {"r1": [text]}, {"lan-r1": "pc-r1"})
    assert str(host.homes[0].address) == given


@pytest.mark.parametrize(
    ("platform", "text", "port"),
    [
        ("topsec_tos", "network interface eth2 ip add 10.2.0.1 mask 255.255.255.0\n", "eth2"),
        (
            "fortinet",
            'config system interface\n    edit "port2"\n        set ip 10.2.0.1 255.255.255.0\n    next\nend\n',
            "port2",
        ),
        (
            "hillstone_stoneos",
            'interface ethernet0/2\n  zone "trust"\n  ip address 10.2.0.1 255.255.255.0\nexit\n',
            "ethernet0/2",
        ),
    ],
)
def test_lans_of_firewalls_have_hosts_too(platform, text, port):
    """Their addresses are those that the reader of the stand-in finds; a language that nobody reads has none."""
    assert hosts.interfaces(platform, text.encode()) == {port: [home("10.2.0.1/24", "10.2.0.1")]}


def test_hosts_of_one_prefix_by_mistake_have_addresses_of_their_own(town, inventory):
    """Or the one would answer for the other."""
    texts = {name: [town.text(name).replace("10.20.2.1", "10.20.1.1").encode()] for name in ("r1", "r2")}
    found = hosts.hosts(inventory, {"r1", "r2"}, texts, {"lan-r1": "pc-r1", "lan-r2": "pc-r2"})
    assert len({one.homes[0].address.ip for one in found}) == 2


def test_an_address_is_live_where_its_router_has_the_prefix():
    """By number."""
    host = Host("pc", "r1", "eth2", "lan", homes=(home("10.0.0.2/24", "10.0.0.1"), home("10.9.0.2/24", "10.9.0.1")))
    assert hosts.live(host, [home("10.9.0.1/24", "10.9.0.1")]) == {1}


def test_a_host_stays_where_a_prefix_only_gets_another_mask():
    """Nobody has told it; back at the old mask nobody has the new one yet."""
    host = Host("pc", "r1", "eth2", "lan", homes=(home("10.0.0.128/24", "10.0.0.1"), home("10.0.0.64/25", "10.0.0.1")))
    assert hosts.live(host, [home("10.0.0.1/25", "10.0.0.1")]) == {0, 1}
    assert hosts.live(host, [home("10.0.0.1/24", "10.0.0.1")]) == {0}


# ---- pairs


def test_hosts_of_a_network_without_zones_have_to_reach_each_other(inventory):
    """Every one every other, in both directions."""
    found = pairs.pairs(inventory, {"core", "r1", "r2"}, _pcs())
    assert {pair.wanted for pair in found} == {Wanted.REQUIRED}
    assert len(found) == 6


def test_nothing_is_wanted_where_no_line_leads(inventory):
    """The core between them does not run."""
    found = pairs.pairs(inventory, {"r1", "r2"}, _pcs()[1:])
    assert {pair.wanted for pair in found} == {Wanted.OPEN}


def _pcs(**zones: str) -> list[Host]:
    return [
        Host(f"pc-{name}", name, "eth1" if name == "core" else "eth2", f"lan-{name}", zone=zones.get(name, ""))
        for name in ("core", "r1", "r2")
    ]


@pytest.mark.parametrize(("services", "wanted"), [("[any]", "required"), ("[https]", "open"), ("", "forbidden")])
def test_the_policy_decides_between_zones(town, services, wanted):
    """A flow allows a pair if its services hold what is probed; no flow, no way."""
    flows = f"flows:\n  - {{name: in, from: out, to: servers, services: {services}}}\n" if services else ""
    (town.root / "inventory/zones.yaml").write_text(
        "zones:\n  - {name: out, title: 外, area: public, interfaces: ['core:eth2', 'core:eth3']}\n"
        f"  - {{name: servers, title: 内, area: public, interfaces: ['core:eth1']}}\n{flows}",
        encoding="utf-8",
    )
    found = pairs.pairs(workspace.load(town.root, platforms=platforms()).inventory, {"core", "r1", "r2"}, _pcs())
    by_name = {(pair.a, pair.b): pair.wanted.value for pair in found}
    assert by_name["pc-r1", "pc-core"] == wanted
    assert by_name["pc-core", "pc-r1"] == "forbidden"
    assert by_name["pc-r1", "pc-r2"] == "required"


@pytest.mark.parametrize(
    ("imported", "wanted"),
    [
        ("['65000:1']", ["forbidden", "open"]),
        ("['65000:1', '65000:2']", ["required", "required"]),
    ],
)
def test_vrfs_are_apart_unless_each_imports_the_other(town, imported, wanted):
    """As RFC 4364 has it; over an import in one direction packets may arrive there, and no answer can."""
    (town.root / "inventory/zones.yaml").write_text(
        "vrfs:\n  - {name: default, title: 公用, area: public}\n"
        f"  - {{name: a, title: 甲, area: vpn, rd: '65000:1', import_rt: {imported}, export_rt: ['65000:1']}}\n"
        "  - {name: b, title: 乙, area: vpn, rd: '65000:2', import_rt: ['65000:1', '65000:2'], "
        "export_rt: ['65000:2']}\n"
        "zones:\n  - {name: za, title: 甲, area: vpn, vrf: a, interfaces: ['r1:eth2']}\n"
        "  - {name: zb, title: 乙, area: vpn, vrf: b, interfaces: ['r2:eth2']}\n",
        encoding="utf-8",
    )
    inventory = workspace.load(town.root, platforms=platforms()).inventory
    one = Host("pc-r1", "r1", "eth2", "lan-r1", "za", "a")
    other = Host("pc-r2", "r2", "eth2", "lan-r2", "zb", "b")
    found = pairs.pairs(inventory, {"core", "r1", "r2"}, [one, other])
    assert [pair.wanted.value for pair in found] == wanted
    assert [pair.vrfs for pair in found] == [("a", "b"), ("b", "a")]


def test_a_pair_is_probed_from_old_to_old_and_from_new_to_new():
    """And a host that keeps its one address uses it for both."""
    moves = Host("a", "r1", "eth2", "l", homes=(home("10.0.0.2/24", "10.0.0.1"), home("10.9.0.2/24", "10.9.0.1")))
    stays = Host("b", "r2", "eth2", "m", homes=(home("10.0.1.2/24", "10.0.1.1"),))
    pair = Pair("a", "b", Wanted.REQUIRED, WHY)
    back = Pair("b", "a", Wanted.REQUIRED, WHY)
    found = pairs.flows([pair, back], {"a": moves, "b": stays}, {"a": {0, 1}, "b": {0}})
    assert [(str(one.a), str(one.b)) for one in found[:2]] == [("10.0.0.2", "10.0.1.2"), ("10.9.0.2", "10.0.1.2")]
    assert len(found) == 4
    assert len(pairs.both_ways_once(found)) == 2
    assert pairs.flows([pair], {"a": moves, "b": stays}, {"a": {1}, "b": set()}) == []
    assert pairs.unasked([pair, back], found[:1]) == (back,)


def test_a_host_that_has_only_the_new_address_asks_one_that_has_only_the_old_one():
    """Somebody was forgotten in a stage: whether both still talk is to be seen, not to be taken for granted."""
    homes = (home("10.0.0.2/24", "10.0.0.1"), home("10.9.0.2/24", "10.9.0.1"))
    hosts_of = {"a": Host("a", "r1", "eth2", "l", homes=homes), "b": Host("b", "r2", "eth2", "m", homes=homes)}
    [one] = pairs.flows([Pair("a", "b", Wanted.REQUIRED, WHY)], hosts_of, {"a": {1}, "b": {0}})
    assert (str(one.a), str(one.b)) == ("10.9.0.2", "10.0.0.2")


# ---- probes and losses


def test_gaps_are_from_the_first_lost_probe_to_the_next_answered_one():
    """And open at the end if nothing came any more."""
    one = _Flow(None, "pc-b", "10.0.0.1", 0)  # type: ignore[arg-type]
    one.sent.extend([100.0, 100.1, 100.2, 100.3, 100.4])
    one.came.extend([1, 0, 0, 1, 0])
    assert [[round(value, 1) if value else value for value in gap] for gap in one.gaps(100.0)] == [
        [0.1, 0.3, 2],
        [0.4, None, 1],
    ]
    assert Loss(flow(), 5, 3, (Gap(0.1, 0.3, 2), Gap(0.4, None, 1))).longest(0.9) == pytest.approx(0.5)


def test_many_short_gaps_are_as_bad_as_a_long_one():
    """A pair that loses every other probe is not within a second that is allowed."""
    leg = Leg("003-prefer", "prefer", Way.FORTH, 1.0, seconds=10.0)
    gaps = tuple(Gap(number / 5, number / 5 + 0.1, 1) for number in range(50))
    assert not too_much(Loss(flow(), 100, 9, gaps[:9]), leg)
    assert too_much(Loss(flow(), 100, 50, gaps), leg)
    leg.allowed = 0.0
    assert too_much(Loss(flow(), 100, 1, gaps[:1]), leg)


def test_a_loss_is_put_down_to_the_device_on_the_way_that_was_being_changed():
    """Not to one elsewhere, and to nobody where nobody was at work."""
    leg = Leg("003-prefer", "prefer", Way.FORTH, began=1000.0)
    leg.pushed = (
        Pushed("r1", "changed", ok=True, begun=1000.5, ended=1002.0),
        Pushed("r9", "changed", ok=True, begun=1001.0, ended=1001.5),
        Pushed("core", "changed", ok=True, begun=1003.0, ended=1004.0),
    )
    loss = Loss(flow(), 50, 4, (Gap(1.4, 1.8, 4),))
    assert blamed(leg, loss, ["r1", "core", "r2"]) == "r1"
    assert blamed(leg, loss, ["r2"]) == ""
    assert blamed(leg, Loss(flow(), 50, 4, (Gap(8.0, 8.4, 4),)), ["r1", "core"]) == ""


def test_wrong_is_a_required_pair_that_fails_and_a_forbidden_one_that_passes():
    """An open one is neither."""
    table = {(wanted, passed): Seen(flow(wanted=wanted), passed).wrong for wanted in Wanted for passed in (True, False)}
    assert [key for key, wrong in table.items() if wrong] == [(Wanted.REQUIRED, False), (Wanted.FORBIDDEN, True)]


def test_rows_of_the_drawing_are_distances_from_the_middle():
    """The one with most lines on top."""
    names = ["r1", "r2", "core", "far"]
    lines = [("core", "r1"), ("core", "r2"), ("r2", "far"), ("core", "r1")]
    assert list(_rows(names, lines)) == [["core"], ["r1", "r2"], ["far"]]


# ---- what a change mends


class _Walk:
    """Where each leg leads: forth to the number that its folder begins with."""

    unasked = ()
    deaf = ()

    def point(self, leg: Leg) -> int:
        return int(leg.folder[:3]) - (leg.way is Way.BACK)

    def home_of(self, host: str) -> str:
        return host.removeprefix("pc-")

    def strays(self, _pair: Pair, _leg: str) -> list[Any]:
        return []

    def first_texts(self, _: Leg) -> dict[str, bytes]:
        return {}

    def first_matrix(self, _: Leg) -> tuple[Seen, ...]:
        return ()


def _leg(folder: str, way: Way, *, passed: bool) -> Leg:
    leg = Leg(folder, "fix", way)
    leg.matrix = (Seen(flow(), passed),)
    return leg


def _found(before: bool, *legs: Leg) -> tuple[list[tuple[str, str]], dict[str, int]]:
    seen = (Seen(flow(), before),)
    found = [(one.kind, one.leg) for one in findings(seen, legs, _Walk(), {})]  # type: ignore[arg-type]
    return found, mended(seen, legs, _Walk())  # type: ignore[arg-type]


def test_a_pair_that_the_change_joins_is_no_finding():
    """Apart today and behind the way back, joined behind both ways forth."""
    ways = ((Way.FORTH, True), (Way.BACK, False), (Way.AGAIN, True))
    found, since = _found(False, *(_leg("001-fix", way, passed=passed) for way, passed in ways))
    assert (found, list(since.values())) == ([], [1])


def test_a_pair_that_stays_apart_is_one():
    """Told once, of today."""
    found, since = _found(False, _leg("001-fix", Way.FORTH, passed=False), _leg("002-fix", Way.FORTH, passed=False))
    assert (found, since) == ([("required-failed", "today")], {})


def test_a_pair_that_was_joined_has_to_stay_joined():
    """What the second stage breaks is told of the second stage."""
    legs = (_leg("001-fix", Way.FORTH, passed=True), _leg("002-fix", Way.FORTH, passed=False))
    assert _found(False, *legs)[0] == [("required-failed", "002-fix")]
    again = (_leg("001-fix", Way.FORTH, passed=True), _leg("001-fix", Way.AGAIN, passed=False))
    assert ("required-failed", "001-fix again") in _found(False, *again)[0]


# ---- which devices the texts join, and what runs


def test_a_bare_port_joins_nobody(town, inventory):
    """The line is there; without an address at one end nobody is waited for behind it."""
    texts = {name: town.text(name).encode() for name in ("core", "r1", "r2")}
    assert len(set(ways.islands(inventory, texts).values())) == 1
    texts["r1"] = texts["r1"].replace(b" ip address 10.254.0.6/30\n", b"")
    island = ways.islands(inventory, texts)
    assert island["core"] == island["r2"] != island["r1"]
    both = [Pair(f"pc-{a}", f"pc-{b}", Wanted.REQUIRED, WHY) for a, b in (("r1", "r2"), ("core", "r2"))]
    assert ways.apart(both, {host.name: host for host in _pcs()}, island) == {"pc-r1 → pc-r2"}


def test_an_address_whose_subnet_nobody_at_the_other_end_shares_is_lonely(inventory):
    """However its port's name is written. An end without any address is no end yet."""
    cable = ways.cables(inventory, {"core", "r1"})[0]
    near, far = cable.a[1].upper(), f"{cable.b[1][:-1]} {cable.b[1][-1]}"
    shared, wrong = home("10.9.0.1/30", "10.9.0.1"), home("59.193.1.1/30", "59.193.1.1")
    homes = {
        cable.a[0]: {near: [shared, wrong]},
        cable.b[0]: {far: [home("10.9.0.2/30", "10.9.0.2"), home("59.193.2.2/30", "59.193.2.2")]},
    }
    found = {(name, str(one.address)) for name, one in ways.lonely(inventory, homes, {"core", "r1"})}
    assert found == {(cable.a[0], "59.193.1.1/30"), (cable.b[0], "59.193.2.2/30")}
    assert not list(ways.lonely(inventory, {**homes, cable.b[0]: {}}, {"core", "r1"}))


def test_a_port_has_one_name_however_it_is_written():
    """With a blank or without."""
    homes = {"GigabitEthernet0/2": [home("10.0.0.1/24", "10.0.0.1")]}
    assert hosts.at(homes, "GigabitEthernet 0/2") == homes["GigabitEthernet0/2"]
    assert hosts.at(homes, "GigabitEthernet 0/21") == ()


def test_what_runs_is_what_the_emulators_say(monkeypatch):
    """The emulators are asked, not a list; FRR and Linux are themselves, Linux only where there is nftables."""
    native = {"frr", "linux"}
    assert {one for one in (*PLATFORMS, "linux") if mixed.runnable(one) is None} == set(PLATFORMS) | native
    assert "nftables" in str(mixed.runnable("linux", "uml"))
    monkeypatch.setattr(emulator("topsec_tos"), "lays_out", False)
    assert not takes_texts("topsec_tos")
    assert "begins with a given text" in str(mixed.runnable("topsec_tos"))
    assert mixed.runnable("frr") is None


# ---- the copy and the change


def test_the_copy_leads_nowhere_out(town):
    """No database, no log host, no real secret, no closed window; the workspace stays as it is."""
    before = (town.root / "govnet.yaml").read_text(encoding="utf-8")
    with (town.root / "govnet.yaml").open("a", encoding="utf-8") as stream:
        stream.write("syslog: udp://192.0.2.9:514\ndatabase: postgresql://u@192.0.2.9/g\n")
    (town.root / "rollout.yaml").write_text("waves: [rest]\napproval: true\n", encoding="utf-8")
    (town.root / "secrets/password").write_text("Real-Secret-1\n", encoding="utf-8")
    copy = town.root.parent / "copy"
    scratch.copy(town.root, copy)
    made = workspace.load(copy, platforms=platforms())
    assert (made.settings.database, made.settings.syslog, made.settings.title) == ("", "", "试验市")
    secret = made.inventory.credentials["routers"].password.resolve(copy).reveal()
    assert secret.startswith("Lab-")
    assert "Real-Secret" not in "".join(path.read_text(encoding="utf-8") for path in copy.rglob("*") if path.is_file())
    assert (copy / "rollout.yaml").read_text(encoding="utf-8") == "waves:\n- rest\n"
    assert before in (town.root / "govnet.yaml").read_text(encoding="utf-8")


def test_a_device_that_moves_is_managed_elsewhere_from_then_on(town):
    """The table of devices says so; the others stay."""
    scratch.managed_at(town.root, {"r1": ip_interface("10.200.9.2/24")})
    devices = workspace.load(town.root, platforms=platforms()).inventory.devices
    assert (str(devices["r1"].address), str(devices["r2"].address)) == ("10.200.9.2/24", "10.200.0.3/24")


def test_texts_to_come_are_one_stage_there_and_back(town):
    """Its commands are what the dialect computes, in both directions."""
    folder = town.root / "wanted"
    folder.mkdir()
    (folder / "r1.cfg").write_text(town.text("r1").replace("!\nend", "!\nip route 10.9.0.0/16 blackhole\n!\nend"))
    loaded = workspace.load(town.root, platforms=platforms())
    today = {"r1": town.text("r1").encode(), "r2": town.text("r2").encode()}
    top = change.write(town.root, folder, loaded, None, today)  # type: ignore[arg-type]
    [stage] = change.stages_of(top)
    [row] = stage["devices"]
    assert (row["name"], row["parts"][0]["commands"]) == ("r1", ["ip route 10.9.0.0/16 blackhole"])
    assert row["undo_parts"][0]["commands"] == ["no ip route 10.9.0.0/16 blackhole"]
    assert change.devices_of(top) == {"r1"}


def test_a_change_of_nothing_is_refused(town):
    """It would be rehearsed well."""
    loaded = workspace.load(town.root, platforms=platforms())
    with pytest.raises(InputError) as caught:
        change.write(town.root, town.today, loaded, None, {"r1": town.text("r1").encode()})  # type: ignore[arg-type]
    assert [problem.code for problem in caught.value.problems] == ["nothing-to-do"]


@pytest.mark.parametrize(
    ("text", "code"), [("r1", "bad-fault"), ("r1=explodes", "bad-fault"), ("r77=down@add", "unknown-name")]
)
def test_a_fault_that_is_none(inventory, text, code):
    """Said before anything is started."""
    with pytest.raises(InputError) as caught:
        faults.read([text], inventory)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_faults_of_devices_and_lines(inventory):
    """In a stage by its folder or its word."""
    line, device = faults.read(["ln-r1=down@prefer", "r1=wrong-address"], inventory)
    assert line.concerns("003-prefer", "prefer")
    assert not line.concerns("001-add", "add")
    assert not device.concerns("001-add", "add")


@pytest.mark.parametrize(
    ("text", "ran", "said"),
    [
        ("r1=down@prefer", ["core", "r1"], "nothing is sent in a stage “prefer”"),
        ("ln-r2=down", ["core", "r1"], "“ln-r2” does not run in this lab"),
        ("lan-r1=down", ["core", "r1"], "“lan-r1” does not run in this lab"),
    ],
)
def test_a_fault_that_could_never_happen_is_refused(inventory, text, ran, said):
    """Or it would be rehearsed well."""
    stages = [
        {"folder": "001-add", "stage": "add", "devices": [{"parts": [1]}]},
        {"folder": "003-prefer", "stage": "prefer", "devices": [{"parts": []}]},
    ]
    found = faults.read([text], inventory)
    with pytest.raises(InputError) as caught:
        faults.demand(found, stages, inventory, ran)
    assert str(caught.value.problems[0].message) == said
    faults.demand(faults.read(["ln-r1=down@add", "r1=down"], inventory), stages, inventory, ran)


@pytest.mark.parametrize("index", [False, True])
def test_a_change_for_a_device_that_is_not_there_is_refused(town, index):
    """A slip in a file's name: what is in it would not be rehearsed, and nothing would be wrong."""
    folder = town.root / "wanted"
    folder.mkdir()
    if index:
        document = '{"stages": [{"folder": "001-fix", "devices": [{"name": "cor", "parts": []}]}]}'
        (folder / "index.json").write_text(document, encoding="utf-8")
    else:
        (folder / "cor.cfg").write_text(town.text("core"), encoding="utf-8")
    loaded = workspace.load(town.root, platforms=platforms())
    with pytest.raises(InputError) as caught:
        change.write(town.root, folder, loaded, None, {"core": town.text("core").encode()})  # type: ignore[arg-type]
    [problem] = caught.value.problems
    assert (problem.code, str(problem.hint)) == ("unknown-name", "did you mean “core”?")


def test_stages_that_are_none_are_refused(town):
    """With the file."""
    folder = town.root / "wanted"
    folder.mkdir()
    (folder / "index.json").write_text("{}", encoding="utf-8")
    loaded = workspace.load(town.root, platforms=platforms())
    with pytest.raises(InputError) as caught:
        change.write(town.root, folder, loaded, None, {"core": town.text("core").encode()})  # type: ignore[arg-type]
    assert [(one.code, one.file) for one in caught.value.problems] == [("bad-stages", str(folder / "index.json"))]


# ---- what nobody can tell


class Told:
    """What a walk would tell, for findings."""

    def __init__(self, *unasked: Pair) -> None:
        self.unasked = unasked
        self.deaf: tuple[str, ...] = ()

    def home_of(self, host: str) -> str:
        """Its router."""
        return f"router-of-{host}"

    def strays(self, _pair: Pair, _leg: str) -> list[Any]:
        """As in `Walk`."""
        return []

    def first_texts(self, _leg: Leg) -> dict[str, bytes]:
        """As in `Walk`."""
        return {}

    def first_matrix(self, _leg: Leg) -> tuple[Seen, ...]:
        """As in `Walk`."""
        return ()


def kinds(before: tuple[Seen, ...], told: Told, *legs: Leg, neighbours: Any = ()) -> list[tuple[str, str, str]]:
    """The findings."""
    found = findings(before, legs, told, dict(neighbours))  # type: ignore[arg-type]
    return [(one.kind, one.leg, one.device) for one in found]


def test_what_nobody_could_see_is_a_finding():
    """A stand-in that is not as its device, a text that was not read, a fault that did not come, silent neighbours."""
    leg = Leg("001-fix", "fix", Way.FORTH)
    leg.unlike, leg.unread, leg.unmade = {"r1": WHY}, {"r2": WHY}, (WHY,)
    found = kinds((Seen(flow(), True),), Told(), leg, neighbours={"r3": 2})
    assert found == [
        ("not-loaded", "001-fix", "r1"),
        ("not-read", "001-fix", "r2"),
        ("no-fault", "001-fix", ""),
        ("neighbours", "001-fix", "r3"),
    ]


def test_what_was_not_tried_is_a_finding():
    """Probes that were not sent, a host without a router, an address left behind: each once."""
    seen = Seen(flow(), passed=True)
    still = Leg("1", "add", Way.FORTH, losses=(Loss(seen.flow, 9, 0),), matrix=(seen,), pause=(2.0, 5.0))
    assert kinds((seen,), Told(), still) == [("not-sent", "1", "")]
    assert kinds((seen,), Told(), replace(still, pause=(2.0, 0.4))) == []
    forbidden = Seen(flow("pc-a", "pc-c", Wanted.FORBIDDEN), passed=False)
    deaf = Leg("1", "add", Way.FORTH, matrix=(seen, forbidden), deaf=("pc-c",))
    assert kinds((seen,), Told(), deaf, replace(deaf, folder="2")) == [("not-asked", "1", "router-of-pc-c")]
    told = Told()
    told.deaf = ("pc-c",)
    assert kinds((seen,), told, deaf) == [("not-asked", "today", "router-of-pc-c")]
    behind = Leg("1", "add", Way.FORTH, matrix=(seen,), stale=(Stale("r1", "line", Message("x")),))
    assert kinds((seen,), Told(), behind, replace(behind, folder="2")) == [("left-behind", "1", "r1")]


def test_a_required_pair_that_is_asked_no_more_is_a_finding():
    """Once, where its LAN loses the address; not for a LAN that the change makes, unless it is never asked."""
    pair, new = flow("pc-a").pair, flow("pc-new").pair
    before = (Seen(flow(), True),)
    one, back, two = (Leg(name, "fix", way) for name, way in (("1", Way.FORTH), ("1", Way.BACK), ("2", Way.FORTH)))
    one.unasked, back.unasked, two.unasked = (pair, new), (new,), (pair,)
    assert kinds(before, Told(new), one, back, two) == [("not-asked", "1", "router-of-pc-a")]
    two.unasked = (new,)
    assert ("not-asked", "today", "router-of-pc-new") in kinds(before, Told(new), one, back, two)


def test_a_rehearsal_without_a_pair_that_has_to_pass_shows_nothing():
    """No host, or none that anything is wanted of."""
    assert kinds((Seen(flow(wanted=Wanted.OPEN), True),), Told(), Leg("1", "fix", Way.FORTH)) == [
        ("not-asked", "today", "")
    ]


def test_a_device_that_the_rollout_does_not_speak_of_has_not_done_its_stage():
    """A paused rollout, a device without a driver."""
    found = _left_out({"r1": 1, "r2": 2}, [Pushed("r1", "changed", ok=True)])
    assert [(one.device, one.ok) for one in found] == [("r2", False)]


def test_findings_of_a_kind_at_a_device_are_one_line():
    """With the number of the others."""
    several = [Finding("loss", WHY, "1", "r1", str(number)) for number in range(3)]
    assert grouped([*several, Finding("loss", WHY, "1", "r2")]) == [
        (several[0], 2),
        (Finding("loss", WHY, "1", "r2"), 0),
    ]


def test_a_rule_that_moved_is_not_as_before_and_a_new_number_is():
    """What a Topsec firewall numbers anew is the same; the order of its rules is not, nor a byte of anybody else's."""
    rules = (
        "ID 8100 firewall policy add action accept src 'a ' vsid 0\n"
        "ID 8101 firewall policy add action deny src 'b ' vsid 0\n"
    )
    host = "ID 8001 define host add name a ipaddr '10.0.0.1 ' vsid 0\n"
    later = rules + host.replace("8001", "8102")
    first, second = rules.splitlines(keepends=True)
    walk = Walk.__new__(Walk)
    inventory = SimpleNamespace(
        devices={"fw": SimpleNamespace(platform="topsec_tos"), "r": SimpleNamespace(platform="frr")}
    )
    walk._course = SimpleNamespace(workspace=SimpleNamespace(inventory=inventory))  # type: ignore[assignment]
    assert walk.alike("fw", (host + rules).encode(), later.encode())
    assert not walk.alike("fw", (host + rules).encode(), (host + second + first).encode())
    assert not walk.alike("fw", (host + rules).encode(), rules.encode())
    assert walk.alike("r", b"hostname r\n", b"hostname r\n")
    assert not walk.alike("r", b"hostname r\n", b"hostname  r\n")
