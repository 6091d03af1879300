"""A device answers only at an address that its configuration gives it, through a route that leads back.

The firewalls, whose blocks are of another kind, have files of their own.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import asyncssh
import pytest

from lab.emulator.reach import Filter, Line, Packet, Wire
from lab.emulator.world import served_at
from tests.patience import PATIENCE

# The management station is behind the gateway, which is the first address of the device's network.
MANAGER = IPv4Address("198.18.7.7")
PORTS = {
    "huawei": "interface GigabitEthernet0/0/0",
    "huawei_vrpv8": "interface GigabitEthernet0/0/0",
    "hp_comware": "interface GigabitEthernet0/0",
    "cisco_ios": "interface GigabitEthernet0/1",
    "frr": "interface eth0",
    "ruijie_os": "interface GigabitEthernet 0/0",
}
ROUTES = {
    "huawei": "ip route-static 0.0.0.0 0 {hop}",
    "huawei_vrpv8": "ip route-static 0.0.0.0 0 {hop}",
    "hp_comware": "ip route-static 0.0.0.0 0 {hop}",
    "cisco_ios": "ip route 0.0.0.0 0.0.0.0 {hop}",
    "frr": "ip route 0.0.0.0/0 {hop}",
    "ruijie_os": "ip route 0.0.0.0 0.0.0.0 {hop}",
}
UNDO = dict.fromkeys(("huawei", "huawei_vrpv8", "hp_comware"), "undo") | dict.fromkeys(
    ("cisco_ios", "frr", "ruijie_os"), "no"
)
# A line that shuts out SSH from everywhere, on the management interface.
FILTERS = {
    "huawei": ["acl 3999", "rule deny tcp destination-port eq 22", "quit", "{port}", "traffic-filter inbound acl 3999"],
    "huawei_vrpv8": ["acl 3999", "rule deny ip", "quit", "{port}", "traffic-filter outbound acl 3999"],
    "hp_comware": [
        "acl advanced 3999",
        "rule deny tcp destination-port eq 22",
        "quit",
        "{port}",
        "packet-filter 3999 inbound",
    ],
    "cisco_ios": [
        "ip access-list extended SHUT",
        "permit udp any any",
        "exit",
        "{port}",
        "ip access-group SHUT in",
    ],
    "ruijie_os": [
        "ip access-list extended SHUT",
        "permit udp any any",
        "exit",
        "{port}",
        "ip access-group SHUT in",
    ],
}
# How the configuration is entered; elsewhere as on VRP.
ENTER = dict.fromkeys(("cisco_ios", "frr", "ruijie_os"), "configure terminal")
# How a change is begun so that the device takes it back by itself, and how it is made to take effect.
GUARDS = {
    "huawei": (["schedule reboot delay 1 force", "system-view"], []),
    "huawei_vrpv8": (["system-view"], ["commit trial 60"]),
    "hp_comware": (["system-view", "configuration commit delay 1"], []),
    "cisco_ios": (["configure terminal revert timer 1"], []),
    # A model of 10.x; those of 11.x have no guard.
    "ruijie_os": (["reload in 1", "y", "configure terminal"], []),
}


def address_line(platform, address, length):
    if platform == "frr":
        return f"ip address {address}/{length}"
    mask = IPv4Network(f"0.0.0.0/{length}").netmask
    return f"ip address {address} {mask}"


def changes(platform, one, what):
    """Lines that break the way to a device."""
    port, gateway = PORTS[platform], IPv4Address(int(one.address) // 256 * 256 + 254)
    here = [port]
    old = address_line(platform, one.address, 24)
    take = [f"no {old}"] if platform == "frr" else []
    if what == "address":
        # Outside the network that the neighbours deliver to this wire.
        return [*here, *take, address_line(platform, one.address + 0x10000, 24)]
    if what == "mask":
        # The gateway is not in the device's network any more.
        return [*here, *take, address_line(platform, one.address, 30)]
    if what == "port":
        return [*here, "shutdown"]
    if what == "gateway":
        wrong = ROUTES[platform].format(hop=gateway - 1)
        return [f"{UNDO[platform]} {ROUTES[platform].format(hop=gateway)}", wrong]
    if what == "no route":
        return [f"{UNDO[platform]} {ROUTES[platform].format(hop=gateway)}"]
    return [line.format(port=port) for line in FILTERS[platform]]


def behind(spec, platform, texts, **more):
    """A device whose manager sits behind a gateway."""
    one = spec(platform, text=texts[platform], manager=MANAGER, login=("govnet", "Secret-123"), **more)
    gateway = IPv4Address(int(one.address) // 256 * 256 + 254)
    network = IPv4Network(f"{one.address}/24", strict=False)
    route = ROUTES[platform].format(hop=gateway)
    text = one.text.removesuffix("return\n") + route + "\n"
    if platform == "cisco_ios":
        text += "archive\n path flash:rollback\n"
    return replace(one, text=text, wire=Wire((network,), frozenset({gateway})))


BREAKS = ("address", "mask", "gateway", "no route", "port", "filter")


# A Linux host's packet filter is not FRR's.
@pytest.mark.parametrize(
    ("what", "platform"),
    [(what, name) for what in BREAKS for name in sorted(PORTS) if what != "filter" or name in FILTERS],
)
def test_what_breaks_the_way_cuts_the_session(platform, what, spec, texts, world, where, ssh):
    """A wrong address, mask, gateway or filter, and a port that is shut: the session dies and nobody is let in."""
    one = behind(spec, platform, texts)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            before = await ssh.answers(host, port)
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                lines = changes(platform, one, what)
                enter = [ENTER.get(platform, "system-view")]
                commit = ["commit"] if platform == "huawei_vrpv8" else []
                session.stdin.write("\n".join([*enter, *lines, *commit, ""]))
                await ssh.until(lambda: not made.hosts["dev"].listening)
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            return before, await ssh.answers(host, port), device.show(device.running)

    before, after, shown = asyncio.run(run())
    assert before, shown
    assert not after, shown


@pytest.mark.parametrize("platform", sorted(GUARDS))
@pytest.mark.parametrize("what", ["address", "mask", "gateway", "filter"])
def test_a_guard_brings_the_device_back(platform, what, spec, texts, world, where, ssh, run_out):
    """Whatever cut the way, the guard that was armed before it makes the device answer at its old address again."""
    one = behind(spec, platform, texts, boot=0.2)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            before = device.show(device.running)
            arm, effect = GUARDS[platform]
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("\n".join([*arm, *changes(platform, one, what), *effect, ""]))
                await ssh.until(lambda: not made.hosts["dev"].listening)
            lost = not await ssh.answers(host, port)
            run_out(device)
            await ssh.until(lambda: made.hosts["dev"].listening == (host,))
            return lost, await ssh.answers(host, port), before, device.show(device.running)

    lost, back, before, after = asyncio.run(run())
    assert lost
    assert back
    assert [line for line in before.split("\n") if not line.startswith("!")] == [
        line for line in after.split("\n") if not line.startswith("!")
    ]


@pytest.mark.parametrize("what", ["address", "mask", "gateway", "port"])
def test_the_guard_of_a_host_brings_it_back(what, spec, texts, world, where, ssh, run_out):
    """FRR: what `frr-reload.py` cut off, the guard script brings back."""
    one = behind(spec, "frr", texts)
    folder = "/var/tmp/govnet"

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            before = device.body(device.running)
            other = await _changed(device, changes("frr", one, what), before)
            async with ssh.connected(host, port) as connection:
                for name, text in (("old", before), ("new", other), ("guard", "#!/bin/sh\n")):
                    await connection.run(f"cat > {folder}/{name}", input=text, check=True)
                await connection.run(f"sh {folder}/guard arm 60 {folder}/old", check=True)
                with suppress(OSError, asyncssh.Error):
                    await connection.run(f"/usr/lib/frr/frr-reload.py --reload {folder}/new")
                await ssh.until(lambda: not made.hosts["dev"].listening)
            run_out(device)
            await ssh.until(lambda: made.hosts["dev"].listening == (host,))
            return before, device.body(device.running)

    before, after = asyncio.run(run())
    assert before == after


async def _changed(device, lines, before):
    """The text that a device shows after some lines, which are then taken back."""
    kept = device.running.copy()
    await device.console(["configure terminal", *lines])
    text = device.body(device.running)
    assert text != before
    device.load(kept)
    return text


@pytest.mark.parametrize("platform", ["cisco_ios", "hp_comware", "huawei", "huawei_vrpv8", "ruijie_os"])
def test_a_filter_of_the_terminal_lines_lets_a_session_live(platform, spec, texts, world, where, ssh):
    """As on real devices: who is in stays in, who comes is turned away."""
    one = behind(spec, platform, texts)
    lines = {
        "cisco_ios": ["ip access-list standard M", "permit 10.9.9.9", "line vty 0 15", "access-class M in"],
        "hp_comware": ["acl basic 2999", "rule permit source 10.9.9.9 0", "rule deny", "quit", "ssh server acl 2999"],
        "huawei": ["acl 2999", "rule permit source 10.9.9.9 0", "quit", "user-interface vty 0 4", "acl 2999 inbound"],
    }
    lines["huawei_vrpv8"] = [*lines["huawei"], "commit"]
    lines["ruijie_os"] = ["ip access-list standard M", "permit host 10.9.9.9", "line vty 0 4", "access-class M in"]
    enter = ENTER.get(platform, "system-view")
    look = "do show clock" if platform in ENTER else "display clock"

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("\n".join([enter, *lines[platform], ""]))
                device = made.hosts["dev"].device
                await ssh.until(lambda: not device.admits(MANAGER))
                closed = not await ssh.answers(host, port)
                session.stdin.write(f"{look}\n")
                async with asyncio.timeout(PATIENCE):
                    screen = await session.stdout.readuntil("UTC")
                return closed, screen

    closed, screen = asyncio.run(run())
    assert closed
    assert screen


def test_a_new_address_of_the_same_wire_is_answered(spec, texts, world, where, ssh):
    """What the neighbours deliver is answered: a device can be given another address of its network."""
    one = behind(spec, "hp_comware", texts)
    moved = one.address + 9

    async def run():
        async with world(one) as made:
            await made.hosts["dev"].device.console(
                ["system-view", PORTS["hp_comware"], address_line("hp_comware", moved, 24)]
            )
            await ssh.until(lambda: made.hosts["dev"].listening == (served_at(moved),))
            return await ssh.answers(served_at(moved), made.ports[0]), await ssh.answers(where(one), made.ports[0])

    assert asyncio.run(run()) == (True, False)


def test_a_routing_protocol_leads_back(spec, texts, world, where, ssh):
    """Without a static route, OSPF on the management interface is taken to bring one."""
    one = behind(spec, "huawei", texts)
    network = one.wire.networks[0].network_address

    async def run():
        async with world(one) as made:
            device, gateway = made.hosts["dev"].device, next(iter(one.wire.gateways))
            lines = ["system-view", "ospf 1", "area 0", f"network {network} 0.0.0.255", "return", "system-view"]
            await device.console([*lines, f"undo ip route-static 0.0.0.0 0 {gateway}"])
            await asyncio.sleep(0.1)
            learned = await ssh.answers(where(one), made.ports[0])
            await device.console(["system-view", "undo ospf 1"])
            await ssh.until(lambda: not made.hosts["dev"].listening)
            return learned

    assert asyncio.run(run())


def test_a_more_specific_route_wins(spec, texts, world, ssh):
    """The default route is right, but the management station's network is thrown away."""
    one = behind(spec, "cisco_ios", texts)

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            await device.console(["configure terminal", "ip route 198.18.7.0 255.255.255.0 Null0"])
            await ssh.until(lambda: not made.hosts["dev"].listening)
            await device.console(["configure terminal", "no ip route 198.18.7.0 255.255.255.0 Null0"])
            await ssh.until(lambda: bool(made.hosts["dev"].listening))

    asyncio.run(run())


def test_a_station_on_the_wire_needs_no_route(spec, texts, world, where, ssh):
    """Where the management station sits in the device's own network, the connected route leads back."""
    one = spec("cisco_ios", text=texts["cisco_ios"])
    network = IPv4Network(f"{one.address}/24", strict=False)
    one = replace(one, manager=network[250], wire=Wire((network,)))

    async def run():
        async with world(one) as made:
            before = await ssh.answers(where(one), made.ports[0])
            # With a narrower mask the station is not in the network any more, and no route leads there.
            await made.hosts["dev"].device.console(
                ["configure terminal", PORTS["cisco_ios"], address_line("cisco_ios", one.address, 30)]
            )
            await ssh.until(lambda: not made.hosts["dev"].listening)
            return before

    assert asyncio.run(run())


def test_how_a_filter_decides():
    """The first line that is about a packet decides; `established` is about answers only."""
    ssh_in = Packet(MANAGER, IPv4Address("10.0.0.1"), 6, 50000, 22)
    answer = replace(ssh_in, answer=True)
    host = (int(MANAGER), 0)
    assert Filter((), default=True).passes(ssh_in)
    assert not Filter((), default=False).passes(ssh_in)
    assert Filter((Line(permit=True, source=host), Line(permit=False)), default=False).passes(ssh_in)
    assert not Filter((Line(permit=False, protocol=6), Line(permit=True)), default=True).passes(ssh_in)
    assert Filter((Line(permit=False, protocol=17),), default=True).passes(ssh_in)
    only_answers = Filter((Line(permit=True, established=True),), default=False)
    assert only_answers.passes(answer)
    assert not only_answers.passes(ssh_in)
    assert not Filter((Line(permit=True, destination_ports=range(23, 24)),), default=False).passes(ssh_in)


def test_a_wrong_login_is_no_lost_device(spec, texts, world, where):
    """Who is reachable and refuses says so: that is another failure than silence."""
    one = behind(spec, "hp_comware", texts)

    async def run():
        async with world(one) as made:
            with pytest.raises(asyncssh.PermissionDenied):
                await asyncssh.connect(
                    where(one), made.ports[0], known_hosts=None, config=None, username="govnet", password="no"
                )

    asyncio.run(run())
