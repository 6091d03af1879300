"""`audits/probes.yaml`: what it may say, and what is said about a wrong one."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from audits.probes import form, run
from audits.probes.model import Host, Kind, Protocol
from inventory.errors import InputError

if TYPE_CHECKING:
    from inventory.model import Workspace

HEAD = "vantages:\n  - {name: office, interface: eth1}\n  - {name: noc}\nprobes:\n"
SERVER, NEAR = "{address: 10.3.0.10}", "{from: office, address: 10.1.0.1}"
CONTROLS = f"[{{from: noc, address: 10.3.0.10}}, {NEAR}]"


def parse(text: str, workspace: Workspace) -> form.Written:
    return form.parse(text.encode(), workspace)


def test_the_example_in_the_text_is_one(lianyuan_workspace: Workspace) -> None:
    """What the module shows is what it reads: a probe of every kind but two that differ in their fact only."""
    assert form.__doc__ is not None
    example = form.__doc__[form.__doc__.index("vantages:") : form.__doc__.index("`timeout`")]
    written = parse(example, lianyuan_workspace)
    assert {probe.kind for probe in written.probes} == set(Kind) - {Kind.EGRESS, Kind.SERVICES}
    apart = written.probes[0]
    assert [str(target.aim) for target in apart.targets] == ["icmp 10.3.0.10", "tcp 10.3.0.10:8443"]
    assert apart.devices == ("fw-border",)
    assert all(run.sends(probe) for probe in written.probes)


def test_a_device_gives_its_address_and_a_kind_its_ports(lianyuan_workspace: Workspace) -> None:
    """Nobody writes down again what the inventory and the kind say."""
    controls = "[{from: noc, device: core-city}, {from: office, address: 10.1.0.1}]"
    text = f"{HEAD}  - {{name: s, kind: services, from: office, to: [{{device: core-city}}], controls: {controls}}}\n"
    (probe,) = parse(text, lianyuan_workspace).probes
    address = lianyuan_workspace.inventory.devices["core-city"].address
    assert address is not None
    assert {target.aim.address for target in probe.targets} == {address.ip}
    ports = {(target.aim.protocol, target.aim.port) for target in probe.targets}
    assert {(Protocol.TCP, 22), (Protocol.TCP, 23), (Protocol.UDP, 161)} <= ports
    assert {control.aim.protocol for control in probe.controls} == {Protocol.ICMP}


@pytest.mark.parametrize(
    ("probe", "code"),
    [
        ("{name: a, kind: isolation, from: office, to: [{address: 10.3.0.10}]}", "missing-key"),
        (f"{{name: a, kind: isolation, from: office, to: [{SERVER}], controls: [{NEAR}]}}", "missing-key"),
        # Another port that answers proves nothing about this one.
        (
            (
                "{name: a, kind: egress, from: office, to: [{address: 10.3.0.10, ports: [tcp/80]}],"
                f" controls: {CONTROLS}}}"
            ),
            "missing-key",
        ),
        ("{name: a, kind: isolatoin, from: office}", "bad-kind"),
        (f"{{name: a, kind: isolation, from: ofice, to: [{SERVER}], controls: {CONTROLS}}}", "unknown-vantage"),
        ("{name: a, kind: ssh, from: noc, to: [{device: core-ctiy}]}", "unknown-device"),
        ("{name: a, kind: ssh, from: noc, to: [{address: 10.3.0.10, ports: [udp/22]}]}", "bad-ports"),
        ("{name: a, kind: exit, from: noc, to: [{address: 198.51.100.1}]}", "missing-key"),
        ("{name: a, kind: tls, from: noc, to: [{address: 10.3.0.10, ports: [tcp/1-65535]}]}", "too-many-ports"),
        ("{name: a, kind: dual-homed, from: office, to: [{address: 10.1.0.7}]}", "missing-key"),
        ("{name: a, kind: duplicates, from: office}", "missing-key"),
        ("{name: a, kind: dhcp, from: office, macs: {10.1.0.1: nonsense}}", "bad-mac"),
        ("{name: a, kind: dhcp, from: office, listen: '500'}", "bad-number"),
        ("{name: a, kind: dhcp, from: office, tries: '99'}", "out-of-range"),
        ("{name: a, kind: dhcp, from: office, speed: '99'}", "unknown-key"),
    ],
)
def test_a_wrong_probe_says_where_and_what(probe: str, code: str, lianyuan_workspace: Workspace) -> None:
    """A control that is missing is a fault of the file: without it the probe could only say unknown."""
    with pytest.raises(InputError) as found:
        parse(f"{HEAD}  - {probe}\n", lianyuan_workspace)
    problems = found.value.problems
    assert code in {problem.code for problem in problems}, problems
    assert all(problem.line >= 5 and str(problem.hint) for problem in problems)


def test_a_name_is_given_once_and_only_known_ones_are_chosen(lianyuan_workspace: Workspace) -> None:
    """A typing error in --only must not look like success."""
    one = "  - {name: a, kind: dhcp, from: office, known: [10.1.0.1]}\n"
    with pytest.raises(InputError) as found:
        parse(HEAD + one + one, lianyuan_workspace)
    assert [problem.code for problem in found.value.problems] == ["duplicate-name"]
    written = parse(HEAD + one, lianyuan_workspace)
    assert run.choose(written.probes, []) == run.choose(written.probes, ["dhcp"]) == list(written.probes)
    with pytest.raises(InputError, match="problems"):
        run.choose(written.probes, ["a", "b"])


def test_every_packet_of_a_kind_is_in_its_plan(lianyuan_workspace: Workspace) -> None:
    """The dry run's lines: whom, what, how often; controls twice, neighbours once a try."""
    text = (
        HEAD + f"  - {{name: i, kind: isolation, from: office, to: [{SERVER}], controls: {CONTROLS}}}\n"
        "  - {name: d, kind: dual-homed, from: office, to: [{address: 10.1.0.7}], beyond: [10.2.0.7],"
        " alive: 10.1.0.1}\n"
    )
    apart, dual = parse(text, lianyuan_workspace).probes
    assert [(send.vantage.name, str(send.aim), send.count) for send in run.sends(apart)] == [
        ("office", "icmp 10.3.0.10", 2),
        ("noc", "icmp 10.3.0.10", 4),
        ("office", "icmp 10.1.0.1", 4),
    ]
    assert {(send.aim.protocol, send.aim.address) for send in run.sends(dual)} == {
        (Protocol.ARP, ip_address("10.1.0.7")),
        (Protocol.ARP, ip_address("10.1.0.1")),
        (Protocol.ARP, ip_address("10.2.0.7")),
        (Protocol.ICMP, ip_address("10.2.0.7")),
    }


LAB = {
    "pc-a": Host("pc-a", "/proc/7/root/run/netns/pc-a", "eth0", (ip_address("10.20.0.2"),)),
    "srv": Host("srv", "/proc/7/root/run/netns/srv", "eth0", (ip_address("10.10.0.2"), ip_address("10.10.0.3"))),
    "switch": Host("switch", "/proc/7/root/run/netns/switch", "p0"),
}


def test_in_a_lab_hosts_are_vantages_and_their_names_addresses(lianyuan_workspace: Workspace) -> None:
    """A vantage is entered by its namespace; a name stands for the host's first address, in lists too."""
    text = """\
vantages:
  - {name: user, node: pc-a}
  - {name: server, node: srv, interface: eth1}
probes:
  - {name: legs, kind: dual-homed, from: user, to: [{address: 10.20.0.9}], beyond: [srv, 10.9.0.1], alive: pc-a}
"""
    written = form.parse(text.encode(), lianyuan_workspace, LAB)
    assert written.vantages["user"].namespace == "/proc/7/root/run/netns/pc-a"
    assert [vantage.interface for vantage in written.vantages.values()] == ["eth0", "eth1"]
    (probe,) = written.probes
    assert [str(aim.address) for aim in probe.beyond] == ["10.10.0.2", "10.9.0.1"]
    assert probe.alive == ip_address("10.20.0.2")
    assert probe.vantage.interface == "eth0"


def test_a_host_of_a_lab_sends_by_its_own_routes(lianyuan_workspace: Workspace) -> None:
    """Else a second way out would never be taken; an interface that is named binds as it does elsewhere."""
    text = """\
vantages:
  - {name: user, node: pc-a}
  - {name: server, node: srv, interface: eth1}
probes:
  - {name: out, kind: exit, from: user, to: [{address: srv}], known: [10.0.0.1]}
  - {name: bound, kind: exit, from: server, to: [{address: pc-a}], known: [10.0.0.1]}
"""
    probes = form.parse(text.encode(), lianyuan_workspace, LAB).probes
    assert [probe.vantage.interface for probe in probes] == ["", "eth1"]
    assert all(probe.vantage.namespace for probe in probes)


@pytest.mark.parametrize(
    ("vantage", "hosts", "said"),
    [
        ("{name: user, node: pc-b}", LAB, "no host of the lab: “pc-b”"),
        ("{name: user, interface: eth0}", LAB, "no host of the lab: “”"),
        ("{name: user, namespace: noc, node: ''}", LAB, "no host of the lab: “”"),
        ("{name: user, node: pc-a}", None, "“pc-a” is a host of a lab"),
    ],
)
def test_a_vantage_is_in_the_lab_or_on_this_machine_and_never_both(
    lianyuan_workspace: Workspace, vantage: str, hosts: dict[str, Host] | None, said: str
) -> None:
    """In a lab nothing but its hosts may be stood at; without one a host's name is no place."""
    text = f"vantages:\n  - {vantage}\nprobes:\n  - {{name: d, kind: dhcp, from: user}}\n"
    with pytest.raises(InputError) as caught:
        form.parse(text.encode(), lianyuan_workspace, hosts)
    assert said in "\n".join(str(problem.message) for problem in caught.value.problems)


def test_a_name_without_an_address_stands_for_none(lianyuan_workspace: Workspace) -> None:
    """A switch has no address to be probed."""
    text = "vantages:\n  - {name: u, node: pc-a}\nprobes:\n"
    text += "  - {name: d, kind: duplicates, from: u, to: [{address: switch}]}\n"
    with pytest.raises(InputError):
        form.parse(text.encode(), lianyuan_workspace, LAB)
