"""What is rendered for a platform is taken by its emulator as it is, means what the plan says, and is found again."""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import replace
from importlib import import_module
from ipaddress import IPv4Address, IPv4Network, summarize_address_range
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import network, render
from configs import push as pushing
from configs.dialects import dialect, platforms
from configs.drivers import driver_for
from configs.meaning.statements import FilterKind
from configs.push import Quiet, State
from inventory import workspace
from inventory.endpoints import Direct
from ipplan import plan as plans
from lab import control

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"
ROUTER, WALL = "rt-lantian", "fw-border"
# Platform, the example's device that is made one of it, its model, and the names of its interfaces: management first.
MADE = [
    ("huawei_vrpv8", ROUTER, "", ("GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2")),
    ("hp_comware", ROUTER, "", ("GigabitEthernet0/0", "GigabitEthernet0/1", "GigabitEthernet0/2")),
    ("ruijie_os", ROUTER, "RSR20-X", ("GigabitEthernet 0/0", "GigabitEthernet 0/1", "GigabitEthernet 0/2")),
    ("hillstone_stoneos", ROUTER, "SG-6000-E1600", ("ethernet0/0", "ethernet0/1", "ethernet0/2")),
    ("fortinet", ROUTER, "FortiGate-100F", ("port1", "port2", "port3")),
    ("hillstone_stoneos", WALL, "SG-6000-E1600", ("ethernet0/0", "ethernet0/1", "ethernet0/2", "ethernet0/3")),
    ("fortinet", WALL, "FortiGate-100F", ("port1", "port2", "port3", "port4")),
    ("topsec_tos", WALL, "NGFW4208", ("eth3", "eth0", "eth1", "eth2")),
]
# Management, and then the others in the order of their names.
OLD = {ROUTER: tuple(f"GigabitEthernet0/0/{number}" for number in range(3)), WALL: ("eth3", "eth0", "eth1", "eth2")}
made = pytest.mark.parametrize(
    ("platform", "device", "model", "ports"), MADE, ids=[f"{platform}-{device}" for platform, device, *_ in MADE]
)


def lacks(rendered, key):
    """Whether the template says that it could not express something."""
    return any(note.template == render.NOTES[key] for note in rendered.notes)


def rewritten(path, change):
    """A table with its rows changed."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(change(row) for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8")


@pytest.fixture
def city(tmp_path):
    """The example with one of its devices made one of another platform: workspace, plan and the device."""

    def make(platform, name, model, ports):
        root = tmp_path / "lianyuan"
        shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("secrets", ".lab", "archive", "reports"))
        names = dict(zip(OLD[name], ports, strict=True))

        def device(row):
            if row["name"] != name:
                return row
            interface = names[row["management_interface"]]
            return row | {"platform": platform, "model": model, "management_interface": interface}

        def line(row):
            for side in "ab":
                if row[f"{side}_device"] == name:
                    interface = row[f"{side}_interface"]
                    row |= {f"{side}_interface": names.get(interface, interface)}
            return row

        zones = root / "inventory" / "zones.yaml"
        text = zones.read_text(encoding="utf-8")
        for old, new in names.items():
            text = text.replace(f'"{name}:{old}"', f'"{name}:{new}"')
        zones.write_text(text, encoding="utf-8")
        rewritten(root / "inventory" / "devices.csv", device)
        rewritten(root / "inventory" / "links.csv", line)
        invent_secrets(workspace.load(root))
        loaded = workspace.load(root, platforms=platforms())
        return loaded, plans.read(root / "plan" / "plan.csv"), loaded.inventory.devices[name]

    return make


@made
def test_a_rendered_text_is_taken(platform, device, model, ports, city):
    """Bootstrap at the console, then the whole text by a push; a second push finds nothing, and nothing is refused."""
    loaded, plan, row = city(platform, device, model, ports)
    assert row.platform == platform
    state = control.up(loaded.root, backend_name="emulated", where=f"name={device}")
    try:
        rendered = {device: render.render(loaded, plan, device)}
        (job,) = pushing.jobs(loaded, [row], rendered, state.endpoints())
        job = replace(job, allow_reboot=True, out_of_band=True)
        first = pushing.push_one(job, commit=True, observer=Quiet())
        assert first.error is None, (first.error, first.error.hint)
        assert first.state is State.CHANGED
        again = pushing.push_one(job, commit=True, observer=Quiet())
        assert (again.state, again.commands, again.diff) == (State.SAME, (), "")
        driver = driver_for(platform).for_target(job.target)
        driver.open()
        assert lacks(rendered[device], "hostname") or driver.get_facts()["hostname"] == device
        driver.close()
    finally:
        control.down(loaded.root)


@made
def test_a_rendered_text_means_what_the_plan_says(platform, device, model, ports, city):
    """Read by the dialect: the interfaces' addresses and the static routes are those of the plan, none more."""
    loaded, plan, row = city(platform, device, model, ports)
    view = network.View(network.Graph(loaded.inventory, plan), row)
    language = dialect(platform)
    rendered = render.render(loaded, plan, device)
    tree = language.parse(rendered.to_bytes())
    (job,) = pushing.jobs(loaded, [row], {}, Direct())
    driver = driver_for(platform).for_target(job.target)
    wanted = {(port.name, address) for port in view.ports for address in port.addresses if address.version == 4}
    found = {(name, address) for name, address in driver._addresses(tree) if "oop" not in name}
    assert found == wanted
    loopbacks = {address for name, address in driver._addresses(tree) if "oop" in name}
    assert loopbacks == (set() if lacks(rendered, "loopback") else {view.addresses.loopback})
    reader = import_module(f"{type(driver).__module__.rpartition('.')[0]}.meaning")
    routes = {
        (IPv4Network((route.value, route.length)), route.hop)
        for route in reader.read(tree).routes
        if route.version == 4
    }
    assert routes == {(route.network, int(route.next_hop)) for route in view.routes}


@pytest.mark.parametrize(("platform", "device", "model", "ports"), [row for row in MADE if row[1] == WALL])
def test_a_firewall_lets_through_what_the_plan_permits(platform, device, model, ports, city):
    """Addresses, protocol and port of the rules that are read are those of the flows, and none is missing."""
    loaded, plan, row = city(platform, device, model, ports)
    view = network.View(network.Graph(loaded.inventory, plan), row)
    rendered = render.render(loaded, plan, device)
    tree = dialect(platform).parse(rendered.to_bytes())
    reader = import_module(f"{driver_for(platform).__module__.rpartition('.')[0]}.meaning")
    read = reader.read(tree)
    assert read.unread == ()
    [policy] = [one for one in read.filters if one.kind is FilterKind.SECURITY_POLICY]
    assert (policy.default, policy.unclear) == ("deny", ())

    def covered(addresses):
        return tuple(
            found
            for first, end in addresses.v4.spans
            for found in summarize_address_range(IPv4Address(first), IPv4Address(end - 1))
        )

    numbers = {"tcp": 6, "udp": 17}
    found = {
        (
            covered(rule.source),
            covered(rule.destination),
            rule.protocols.spans[0][0] if len(rule.protocols.spans) == 1 and rule.protocols.spans[0][0] else "icmp",
            rule.destination_ports.spans[0][0],
        )
        for rule in policy.rules
        if rule.action != "deny"
    }
    wanted = {
        (
            network.collapse(flow.source.networks),
            network.collapse(flow.destination.networks),
            numbers.get(service.protocol, "icmp"),
            service.ports[0] if service.ports else 0,
        )
        for flow in view.permissions
        if not (lacks(rendered, "tunnels") and (flow.source.tunnel or flow.destination.tunnel))
        for service in flow.services
    }
    assert found == wanted
    [translations] = read.translations
    hidden = {covered(one.rule.source) for one in translations.rules if one.source is not None}
    assert hidden == {flow.source.networks for flow in view.permissions if flow.destination.internet}
