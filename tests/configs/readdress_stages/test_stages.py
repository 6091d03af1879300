"""The commands of each stage, typed one by one at emulated devices that know nothing of the dialects."""

from __future__ import annotations

import asyncio
import random
from ipaddress import ip_interface, ip_network

import pytest

from configs import dialects
from configs.readdress import stages
from configs.readdress.engine import Engine, Source
from configs.readdress.stages_model import WAY, Stage
from configs.readdress_policy import Policy
from inventory.errors import InputError
from inventory.model import Area
from ipplan.mapping import Entry, Mapping
from ipplan.mapping_file import by_length
from ipplan.plan import Plan, PoolRow

REWRITE = Policy(router_id=True)
ORDER = list(WAY)
POOL = Plan(pool_rows=(PoolRow(Area.PUBLIC, "default", "spare", ip_network("59.128.0.0/16")),))


def _lines(text):
    """The lines of a text to the letter; a device shows what has no order of its own in the order of its making."""
    return sorted(text.splitlines())


async def walk(network, mapping, plan=None, waves=None):
    """All stages forwards on all devices, then all of them taken back."""
    devices = {name: network.device(name) for name in network.NETWORK}
    try:
        for device in devices.values():
            await device.first_boot()
        before = {name: device.show(device.running).encode() for name, device in devices.items()}
        sources = [network.source(name, text.decode()) for name, text in before.items()]
        made = stages.make(sources, mapping, REWRITE, plan=plan, management=network.MANAGEMENT, waves=waves)
        assert made.problems == []
        for stage in made.stages:
            for row in stage.devices:
                device = devices[row.device]
                await network.send(device, row.parts, f"{stage.folder} {row.device}")
                if row.text:
                    shown = device.show(device.running).encode()
                    assert network.same(dialects.dialect(row.platform), shown, row.text) == "", (
                        f"{stage.folder} {row.device}"
                    )
                for address in row.check if stage.stage is Stage.VERIFY else ():
                    assert any(str(found) == address for port in device.ports() for found in port.addresses), address
        for source in sources:
            goal = Engine(mapping, REWRITE).run(source).to_bytes()
            shown = devices[source.path].show(devices[source.path].running).encode()
            assert network.same(dialects.dialect(source.platform), shown, goal) == ""
            assert source.platform != "hp_comware" or _lines(shown) == _lines(goal)
        for stage in reversed(made.stages):
            for row in reversed(stage.devices):
                await network.send(devices[row.device], row.undo, f"undo {stage.folder} {row.device}")
        for source in sources:
            shown = devices[source.path].show(devices[source.path].running).encode()
            assert network.same(dialects.dialect(source.platform), shown, before[source.path]) == ""
            assert source.platform != "hp_comware" or _lines(shown) == _lines(before[source.path])
            assert network.MANAGEMENT[source.path].ip in network.reached(devices[source.path])
        return made
    finally:
        for device in devices.values():
            device.close()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mode", ["move", "grow", "shrink", "mixed"])
def test_all_stages_and_back(network, mode, seed):
    """Add, prefer, remove leave the re-addressed configuration; taken back they leave today's. We are never cut off."""
    made = asyncio.run(walk(network, network.random_mapping(mode, seed)))
    assert [stage.stage for stage in made.stages] == ORDER


def test_nothing_moves(network):
    """A mapping that keeps everything asks for no command at all."""
    made = asyncio.run(walk(network, network.random_mapping("keep", 0)))
    assert all(not stage.devices for stage in made.stages)


def test_swap_goes_by_a_temporary_prefix(network):
    """Two subnets that change places pass through a free prefix, in stages of their own."""
    made = asyncio.run(walk(network, network.random_mapping("swap", 0), POOL))
    assert [stage.temporary for stage in made.stages] == [True] * 5 + [False] * 10
    with pytest.raises(InputError) as refused:
        asyncio.run(walk(network, network.random_mapping("swap", 0)))
    assert [problem.code for problem in refused.value.problems] == ["no-temporary"]


def test_waiting_moves_come_in_a_later_pass(network):
    """A prefix whose new space is still taken moves when it is free: the second pass."""
    rows = [("10.1.12.0/24", "59.1.0.0/24"), ("10.1.13.0/24", "10.1.12.0/24")]
    entries = [Entry("default", ip_network(a), ip_network(b), by_length(ip_network(a), ip_network(b))) for a, b in rows]
    made = asyncio.run(walk(network, Mapping(tuple(entries))))
    assert [stage.pass_ for stage in made.stages] == [0] * 5 + [1] * 5


@pytest.mark.parametrize("seed", range(3))
def test_waves(network, seed):
    """Wave by wave: between a command's first and last wave it holds both; the end and the way back are the same."""
    mapping = network.random_mapping("move", seed)
    chance = random.Random(seed)  # noqa: S311 - a test's reproducible choice
    waves = {(entry.vrf, entry.old): chance.choice((2, 3, 7)) for entry in mapping}
    made = asyncio.run(walk(network, mapping, waves=waves))
    assert [stage.wave for stage in made.stages[::5]] == sorted(set(waves.values()))


def test_the_old_and_the_new_manage_the_device(network):
    """Arrival is at the old address until the new one is preferred, and at the new one from then on."""
    made = asyncio.run(walk(network, network.random_mapping("move", 1)))
    by_stage = {stage.stage: {row.device: row for row in stage.devices} for stage in made.stages}
    for name, old in network.MANAGEMENT.items():
        assert [part.arrive for part in by_stage[Stage.ADD][name].parts] == [old]
        first, second = by_stage[Stage.PREFER][name].parts
        assert (first.arrive, first.ends, second.ends) == (old, True, False)
        assert second.arrive != old
        assert {part.arrive for part in by_stage[Stage.REMOVE][name].parts} == {second.arrive}
        back = by_stage[Stage.PREFER][name].undo
        assert (back[0].arrive, back[0].ends, back[-1].arrive) == (second.arrive, True, old)


def test_what_a_language_holds_once_is_listed(network):
    """Router ids, tunnel ends and rules without a free number change when the new address is preferred: named."""
    made = asyncio.run(walk(network, network.random_mapping("move", 2)))
    prefer = next(stage for stage in made.stages if stage.stage is Stage.PREFER)
    singles = {
        row.device: {(single.old.split(" 10.")[0], single.why) for single in row.singles} for row in prefer.devices
    }
    assert {("source", "one-value"), ("destination", "one-value"), ("router-id", "one-value")} <= singles["rt-branch"]
    assert ("rule 10 deny ip source", "no-number") in singles["rt-branch"]
    assert {row.device: row.together for row in prefer.devices} == {
        "rt-branch": ("core",),
        "rt-town": ("core",),
        "core": ("rt-branch", "rt-town"),
    }


def test_both_sides_pass_the_filters_while_both_are_in_use(network):
    """A rule between two moved subnets lets old and new through in all four combinations."""
    made = asyncio.run(walk(network, network.random_mapping("move", 3)))
    text = next(row.text for row in made.stages[0].devices if row.device == "rt-branch").decode()
    rules = [line for line in text.splitlines() if "destination-port eq 443" in line]
    assert len(rules) == 4
    assert len({line.split()[1] for line in rules}) == 4


def fortinet():
    """A language whose changes nobody computes."""
    text = b'config system interface\n    edit "port1"\n        set ip 10.9.0.5 255.255.255.0\n    next\nend\n'
    spoken = dialects.dialect("fortinet")
    return Source("fw", "fortinet", spoken.parse(text), spoken.places(), spoken.mask)


def test_a_language_that_is_only_read_is_refused(network):
    """No stage is guessed for it; the others are made."""
    sources = [fortinet(), network.source("core", network.IOS)]
    made = stages.make(sources, network.random_mapping("move", 0), REWRITE)
    assert [(problem.code, problem.file) for problem in made.problems] == [("no-stages", "fw")]
    assert {row.device for stage in made.stages for row in stage.devices} == {"core"}


@pytest.mark.parametrize(
    "more",
    [
        "interface GigabitEthernet0/3\n nat server protocol tcp global 202.1.1.1 80 inside 10.9.0.10 80\n",
        "interface GigabitEthernet0/3\n ipv6 address 2001:DB8::1/64\n ip address 10.1.8.1/30\n",
        "nat address-group 1\n address 10.9.0.20 10.9.0.30\n",
        "object-group ip address servers\n 0 network host address 10.9.0.10\n",
        "security-policy ip\n rule 0 name servers\n  destination-ip-host 10.9.0.10\n",
        "ipsec policy p 1 isakmp\n remote-address 10.9.0.10\n",
        "info-center loghost vpn-instance CAMERAS 10.9.0.10\n",
        "snmp-agent target-host trap address udp-domain 10.9.0.10 vpn-instance CAMERAS params securityname x\n",
    ],
)
def test_a_line_that_nobody_has_tried_is_refused(network, more):
    """Of a language of which not all is tried, by its line; others' stages are made."""
    text = network.COMWARE + more
    sources = [network.source("rt-town", text), network.source("core", network.IOS)]
    made = stages.make(sources, network.random_mapping("move", 0), REWRITE)
    (problem,) = made.problems
    lines = text.splitlines()
    assert (problem.code, problem.file, lines[problem.line - 1] in more) == ("no-stages", "rt-town", True)
    assert lines[problem.line - 1].strip() in str(problem.message)
    assert {row.device for stage in made.stages for row in stage.devices} == {"core"}


def test_a_list_that_our_own_session_passes_is_refused(network):
    """Where no two rules may say the same, a rule's number is free for one command, in which nobody gets through."""
    bound = network.COMWARE.replace(" ospf cost 10\n", " ospf cost 10\n packet-filter 3000 inbound\n")
    for text, management, refused in (
        (bound, "10.1.0.6/30", True),
        (bound, "10.1.16.1/24", True),  # the same list is bound there
        (network.COMWARE, "10.1.0.6/30", False),
        (network.COMWARE, "10.255.0.3/32", True),  # whoever comes to a loopback may come in by any interface
        (bound, None, False),
    ):
        home = {"rt-town": ip_interface(management)} if management else {}
        source = network.source("rt-town", text)
        made = stages.make([source], network.random_mapping("move", 0), REWRITE, management=home)
        assert [problem.code for problem in made.problems] == (["no-stages"] if refused else []), management


def test_rules_that_say_the_same_never_meet(network):
    """On the way to its number a rule leaves the one it had, right before; nothing is between the two."""
    made = stages.make([network.source("rt-town", network.COMWARE)], network.random_mapping("move", 0), REWRITE)
    add, remove = (
        next(each for each in made.stages if each.stage is stage).devices[0] for stage in (Stage.ADD, Stage.REMOVE)
    )
    commands = [command for part in remove.parts for command in part.commands]
    start = commands.index("acl advanced name HOSTS")
    first, second, third = commands[start + 1 : start + 4]
    said = third.removeprefix("rule 0 ")
    number = next(line.split()[1] for line in add.text.decode().splitlines() if line.endswith(said))
    assert number != "0"
    assert {first, second} == {"undo rule 0", f"undo rule {number}"}


def test_what_comware_takes_back_by_its_name_alone(network):
    """A server is taken back without its port, facility and version, which the command does not take."""
    made = stages.make([network.source("rt-town", network.COMWARE)], network.random_mapping("move", 0), REWRITE)
    commands = [
        command for stage in made.stages for row in stage.devices for part in row.parts for command in part.commands
    ]
    assert {
        command for command in commands if command.startswith(("undo info", "undo snmp", "undo ntp", "undo sec"))
    } == {
        "undo info-center loghost 10.9.0.10",
        "undo snmp-agent target-host trap address udp-domain 10.9.0.10 params securityname govnet",
        "undo ntp-service unicast-server 10.9.0.11",
        "undo secondary authentication 10.9.0.13 1645",
    }


def test_what_is_left_for_a_person_is_refused(network):
    """A text in which an address needs a person is no goal."""
    text = network.IOS + "frobnicate 10.9.0.10\n"
    made = stages.make([network.source("core", text)], network.random_mapping("move", 0), REWRITE)
    assert [(problem.code, problem.line) for problem in made.problems] == [("review", text.count("\n"))]


def test_masked_secrets_are_not_sent(network):
    """A command cannot be made from a line whose secret is not there."""
    text = network.HUAWEI.replace("description head", "password cipher ***")
    made = stages.make([network.source("rt-branch", text)], network.random_mapping("move", 0), REWRITE)
    assert [problem.code for problem in made.problems] == ["masked"]


def test_order_is_kept_and_turned_for_removal(network):
    """Devices are done in the given order; removal goes the other way round."""
    sources = [network.source(name, text[1]) for name, text in network.NETWORK.items()]
    made = stages.make(
        sources, network.random_mapping("move", 0), REWRITE, order={"core": 0, "rt-branch": 1, "rt-town": 2}
    )
    names = {stage.stage: [row.device for row in stage.devices] for stage in made.stages}
    assert names[Stage.ADD] == ["core", "rt-branch", "rt-town"]
    assert names[Stage.REMOVE] == ["rt-town", "rt-branch", "core"]


def test_frr_has_no_first_address(network):
    """Where addresses are equal the old ones stand beside the new ones, and nothing changes places."""
    text = (
        b"frr version 8.4\nhostname r1\n!\ninterface eth0\n ip address 10.1.0.1/30\n ip ospf area 0\nexit\n!\n"
        b"ip route 10.9.0.0/24 10.1.0.2\nip prefix-list P seq 5 permit 10.9.0.0/24\nend\n"
    )
    spoken = dialects.dialect("frr")
    sources = [Source("r1", "frr", spoken.parse(text), spoken.places(), spoken.mask)]
    made = stages.make(
        sources, network.random_mapping("move", 0), REWRITE, management={"r1": ip_interface("10.1.0.1/30")}
    )
    add, prefer, remove = (
        stage.devices[0] for stage in made.stages if stage.stage in (Stage.ADD, Stage.PREFER, Stage.REMOVE)
    )
    assert b"10.1.0.1/30" in add.text
    assert not any(" ip address " in command for part in prefer.parts for command in part.commands)
    assert prefer.parts[0].arrive == ip_interface("10.1.0.1/30")
    assert remove.parts[0].arrive != ip_interface("10.1.0.1/30")
    assert (
        network.same(spoken, remove.text, Engine(network.random_mapping("move", 0), REWRITE).run(sources[0]).to_bytes())
        == ""
    )
