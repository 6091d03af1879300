"""TOS: immediate effect, no guard, objects and rules, its own access list, its encoding."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import asyncssh
import pytest

from lab.emulator.device import ConsoleError
from lab.emulator.reach import Wire
from lab.emulator.world import served_at
from tests.patience import PATIENCE

MANAGER = IPv4Address("198.18.7.7")


def gateway_of(one):
    return IPv4Address(int(one.address) // 256 * 256 + 254)


@pytest.fixture
def one(spec, texts):
    """A firewall whose manager sits behind a gateway."""
    one = spec("topsec_tos", text=texts["topsec_tos"], manager=MANAGER, boot=0.2)
    network = IPv4Network(f"{one.address}/24", strict=False)
    text = one.text + f"network route add dst 0.0.0.0/0 gw {gateway_of(one)}\n"
    return replace(one, text=text, wire=Wire((network,), frozenset({gateway_of(one)})))


def changes(one, what):
    """Lines that break the way to it."""
    take = f"network interface eth3 ip delete {one.address} mask 255.255.255.0"
    gateway = gateway_of(one)
    route = "network route {verb} dst 0.0.0.0/0 gw {hop}"
    return {
        "address": [take, f"network interface eth3 ip add {one.address + 0x10000} mask 255.255.255.0"],
        "mask": [take, f"network interface eth3 ip add {one.address} mask 255.255.255.252"],
        "port": ["network interface eth3 shutdown"],
        "gateway": [route.format(verb="delete", hop=gateway), route.format(verb="add", hop=gateway - 1)],
        "no route": [route.format(verb="delete", hop=gateway)],
        "filter": ["pf service delete name ssh area area_eth3 addressname any"],
        "area": ["define area modify name area_eth3 attribute 'eth1 '"],
    }[what]


@pytest.mark.parametrize("what", ["address", "mask", "port", "gateway", "no route", "filter", "area"])
def test_what_breaks_the_way_cuts_the_session_for_good(what, one, world, where, ssh):
    """The session dies, nobody is let in, and nothing brings it back but a reboot: there is no guard."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            before = await ssh.answers(host, port)
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100", encoding="gb18030")
                session.stdin.write("\n".join([*changes(one, what), ""]))
                await ssh.until(lambda: not made.hosts["dev"].listening)
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            lost = not await ssh.answers(host, port)
            timers = made.hosts["dev"].device.timers
            made.hosts["dev"].device.reboot()
            await ssh.until(lambda: made.hosts["dev"].listening == (host,))
            return before, lost, timers

    before, lost, timers = asyncio.run(run())
    assert before
    assert lost
    assert not timers


def test_a_new_address_beside_the_old_one(one, world, where, ssh):
    """`ip add` adds: both answer, so that the old one can go afterwards."""
    moved = one.address + 9

    async def run():
        async with world(one) as made:
            line = f"network interface eth3 ip add {moved} mask 255.255.255.0"
            await made.hosts["dev"].device.console([line])
            await ssh.until(lambda: len(made.hosts["dev"].listening) == 2)
            return await ssh.answers(where(one), made.ports[0]), await ssh.answers(served_at(moved), made.ports[0])

    assert asyncio.run(run()) == (True, True)


def test_only_who_is_named_gets_in(one, world, where, ssh):
    """`pf service` names an object; the manager's address is not in this one."""
    text = one.text.replace("addressname any", "addressname NET:a").replace(
        "system sshd", "define subnet add name NET:a ipaddr 192.0.2.0 mask 255.255.255.0\nsystem sshd"
    )

    async def run(text):
        async with world(replace(one, text=text)) as made:
            return await ssh.answers(where(one), made.ports[0])

    assert not asyncio.run(run(text))
    assert asyncio.run(run(text.replace("192.0.2.0", "198.18.7.0")))


@pytest.mark.parametrize("line", ["system sshd stop", "pf service delete name ssh area area_eth3 addressname any"])
def test_both_the_server_and_the_door(line, one, world, where, ssh):
    """SSH needs the daemon and the entry of `pf service`."""

    async def run():
        async with world(one) as made:
            await made.hosts["dev"].device.console([line])
            await asyncio.sleep(0.05)
            return await ssh.answers(where(one), made.ports[0])

    assert not asyncio.run(run())


def test_the_terminal_speaks_gbk(one, world, where):
    """Names and errors in Chinese are GB 18030 on the wire, unless the spec says otherwise."""

    async def run(one):
        async with world(one) as made:
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            async with (
                asyncssh.connect(where(one), made.ports[0], **login) as connection,
                connection.create_process(term_type="vt100", encoding=None) as process,
            ):
                encoding = one.encoding or "gb18030"
                process.stdin.write("define host add name 网管 ipaddr '10.0.0.9 '\nfoo\nexit\nn\n".encode(encoding))
                async with asyncio.timeout(PATIENCE):
                    screen = await process.stdout.read()
            return screen, made.hosts["dev"].device.defined("host", "网管") is not None

    screen, there = asyncio.run(run(one))
    assert "error -8010 : 无效输入，分析\r\n".encode("gb18030") in screen
    assert there
    with pytest.raises(UnicodeDecodeError):
        screen.decode("utf-8")
    screen, there = asyncio.run(run(replace(one, encoding="utf-8")))
    assert "无效输入" in screen.decode("utf-8")
    assert there


def test_paging_and_the_question_at_the_end(one, world, where, ssh):
    """`show-running` stops, `nostop` does not; `y` at the last question saves."""
    more = "".join(f"define host add name H:{number} ipaddr '10.9.9.{number} '\n" for number in range(1, 70))

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            saves = device.saves
            screen = await ssh.type(
                where(one), made.ports[0], more + "show-running\n qshow-running nostop\nexit\ny\n", encoding="gb18030"
            )
            return screen, device.saves - saves

    screen, saves = asyncio.run(run())
    assert screen.count("--More--") == 2
    assert screen.count("H:69 ipaddr '10.9.9.69 ' vsid 0") == 1
    assert saves == 1


def test_what_is_not_saved_is_lost(one, world, where, ssh):
    """A reboot returns to what was saved; an object that was saved stays."""
    keys = (
        "define host add name H:kept ipaddr '10.0.0.9 '\nsave\n"
        "define host add name H:lost ipaddr '10.0.0.8 '\nsystem reboot\ny\n"
    )

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            await ssh.type(where(one), made.ports[0], keys)
            await ssh.until(lambda: bool(made.hosts["dev"].listening))
            return device.show(device.running)

    shown = asyncio.run(run())
    assert "H:kept" in shown
    assert "H:lost" not in shown


def test_administrators(one, world, where, ssh):
    """Who is added gets in with his privileges; a changed password counts at once; nobody shows up in a dump."""
    lines = [
        "system admininfo add name li password Audit-123 privilege audit login_type local",
        "system admininfo modify name govnet new_password Other-123",
        "system admininfo modify name nobody new_password Other-123",
    ]

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            said = await device.console(lines)
            old = await ssh.answers(host, port)
            screen = await ssh.type(host, port, "save\nexit\nn\n", username="li", password="Audit-123")
            admin = await ssh.type(host, port, "system admininfo show\nexit\nn\n", password="Other-123")
            return said, old, screen, admin, device.show(device.running)

    said, old, screen, admin, shown = asyncio.run(run())
    assert said.endswith("error -27007 : 对象不存在\n")
    assert not old
    assert "TopsecOS% save\n" in screen
    assert "name li privilege audit" in admin
    assert "-123" not in shown


@pytest.mark.parametrize(
    ("lines", "has", "lacks"),
    [
        (["policy modify id 8006 enable no"], ["src 'H:b ' enable no vsid"], []),
        (["policy modify id 8006 enable no", "policy modify id 8006 enable yes"], [], ["enable"]),
        (["policy modify id 8005 src 'H:b H:a '"], ["ID 8005 firewall policy add action accept src 'H:b H:a '"], []),
        (["policy move 8006 before 8005"], ["ID 8006 firewall policy add action deny src 'H:b ' vsid 0\nID 8005"], []),
        (["policy move 8005 after 8006"], ["ID 8006 firewall policy add action deny src 'H:b ' vsid 0\nID 8005"], []),
        (["policy delete id 8005"], ["ID 8006"], ["ID 8005"]),
        (["policy add action deny before 8005"], ["ID 8007 firewall policy add action deny vsid 0\nID 8005"], []),
    ],
)
def test_rules(lines, has, lacks, device, texts):
    """By their number; what `modify` gives replaces the whole field; a number is never given twice."""
    objects = "define host add name H:a ipaddr '10.0.0.1 '\ndefine host add name H:b ipaddr '10.0.0.2 '\n"
    rules = "firewall policy add action accept src 'H:a '\nfirewall policy add action deny src 'H:b '\n"

    async def run():
        made = await device("topsec_tos", texts["topsec_tos"] + objects + rules)
        said = await made.console([f"firewall {line}" for line in lines])
        return said, made.show(made.running)

    said, shown = asyncio.run(run())
    assert "error" not in said
    for text in has:
        assert text in shown
    for text in lacks:
        assert text not in shown


@pytest.mark.parametrize(
    "line",
    [
        "network interface eth9 ip add 10.0.0.1 mask 255.255.255.0",
        "network interface eth1 ip add 10.0.0.0 mask 255.255.255.0",
        "network interface eth1 ip add 10.0.0.1 mask 255.0.255.0",
        "network route add dst 10.0.0.0 gw 10.0.0.1",
        "define host add name H:a ipaddr '10.0.0.300 '",
        "define host add name H:a ipaddr '10.0.0.3",
        "define subnet add name any ipaddr 10.0.0.0 mask 255.0.0.0",
        "define range delete name any",
        "define area add name a attribute 'eth9 '",
        "define group_address add name G member 'nobody '",
        "firewall policy add src 'any '",
        "firewall policy add action accept src 'nobody '",
        "nat policy add orig-src 'any ' trans_src eth0",
        "pf service add name ssh area nowhere addressname any",
        "ID 8002 define host add name H:a ipaddr '10.0.0.3 '",
    ],
)
def test_what_is_refused(line, device):
    """A first text with such a line is refused with the device's words."""
    with pytest.raises(ConsoleError, match="error -"):
        asyncio.run(device("topsec_tos", line + "\n"))


def test_translations(device, texts):
    """Interfaces and objects are what packets are translated to; rules have numbers of the same row."""
    lines = (
        "define host add name H:a ipaddr '10.0.0.1 '\ndefine service add name S:8080 protocol 6 port 8080\n"
        "nat policy add orig_src 'H:a ' trans_src eth0\n"
        "nat policy add orig_dst 'H:a ' orig_service 'S:8080 ' trans_dst H:a trans_service HTTP enable no\n"
    )

    async def run():
        made = await device("topsec_tos", texts["topsec_tos"] + lines)
        return made.show(made.running), await made.console(["nat policy show orig_src H:a"])

    shown, asked = asyncio.run(run())
    assert "ID 8005 nat policy add orig_src 'H:a ' trans_src eth0 vsid 0\n" in shown
    assert "trans_dst H:a trans_service HTTP enable no vsid 0\n" in shown
    assert asked.count("nat policy add") == 1


def test_routes_are_printed_with_what_they_use(device, texts):
    """Metric, interface and a number of its own, as in dumps; a route is taken by destination and gateway."""
    lines = "network route add dst 10.8.0.0/16 gw {hop} metric 5\nnetwork route add dst 10.9.9.9 32 null 0\n"

    async def run():
        made = await device("topsec_tos", texts["topsec_tos"])
        hop = made.spec.address + 1
        await made.console(lines.format(hop=hop).split("\n"))
        before = made.show(made.running)
        await made.console([f"network route delete dst 10.8.0.0/16 gw {hop} metric 5"])
        return hop, before, made.show(made.running)

    hop, before, after = asyncio.run(run())
    assert f"network route add dst 10.8.0.0/16 gw {hop} metric 5 dev eth3 id 100\n" in before
    assert "network route add dst 10.9.9.9 32 null 0\n" in before
    assert "10.8.0.0" not in after


def test_the_example_is_taken(tmp_path, device):
    """What is rendered for the firewall of 涟源 is accepted line by line, first text and whole text."""
    import importlib.util
    from pathlib import Path

    from configs import render
    from configs.dialects import platforms
    from inventory import workspace
    from ipplan import plan

    path = Path(__file__).parents[1] / "test_control.py"
    found = importlib.util.spec_from_file_location("lab_test_control", path)
    control = importlib.util.module_from_spec(found)
    found.loader.exec_module(control)
    root = control.make_workspace(tmp_path / "w")
    loaded = workspace.load(root, platforms=platforms())
    planned = plan.read(root / "plan" / "plan.csv")
    ports = {line.end_at("fw-border").interface for line in loaded.inventory.lines_of("fw-border")}

    async def run(rendered):
        made = await device("topsec_tos", rendered.reveal(), interfaces=tuple(sorted(ports)))
        return made.show(made.running).count("\n")

    assert asyncio.run(run(render.bootstrap(loaded, planned, "fw-border"))) > 5
    assert asyncio.run(run(render.render(loaded, planned, "fw-border"))) > 100
