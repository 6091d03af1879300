"""StoneOS over SSH: the ten configurations, the transaction, who may come in, what cuts a session."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import asyncssh
import pytest

from lab.emulator.faults import Faults
from lab.emulator.reach import Wire
from tests.patience import PATIENCE

MANAGER = IPv4Address("198.18.7.7")
PORT = ["configure", "interface ethernet0/0"]
ROUTE = ["configure", "ip vrouter trust-vr"]


@pytest.fixture
def one(spec, texts):
    """A firewall whose minutes last half a second."""
    return spec("hillstone_stoneos", text=texts["hillstone_stoneos"], minute=0.5, boot=0.2)


@pytest.fixture
def typed(one, world, where, ssh):
    """Type as a user over SSH, look at the device afterwards."""

    def run(keys, look=lambda device: device.name, after=None, **login):
        async def work():
            async with world(one) as made:
                device = made.hosts["dev"].device
                screen = await ssh.type(where(one), made.ports[0], keys, **login)
                if after is not None:
                    await ssh.until(lambda: after(device))
                return screen, look(device)

        return asyncio.run(work())

    return run


def behind(one):
    """The device with its manager behind a gateway, to which its route leads."""
    network = IPv4Network(f"{one.address}/24", strict=False)
    gateway = network[254]
    text = one.text + f"ip vrouter trust-vr\nip route 0.0.0.0/0 {gateway}\nexit\n"
    return replace(one, text=text, manager=MANAGER, wire=Wire((network,), frozenset({gateway})))


BREAKS = {
    "address": [*PORT, "ip address {elsewhere}/24"],
    "mask": [*PORT, "ip address {address}/30"],
    "gateway": [*ROUTE, "ip route 0.0.0.0/0 {wrong}", "no ip route 0.0.0.0/0 {gateway}"],
    "no route": [*ROUTE, "no ip route 0.0.0.0/0 {gateway}"],
    "null route": [*ROUTE, "ip route 198.18.0.0/16 null0"],
    "port": [*PORT, "shutdown"],
    "filter": [*PORT, "no manage ssh"],
    "zone": ["configure", "ip vrouter vr2", "exit", "zone z2", "vrouter vr2", "exit", *PORT[1:], "zone z2"],
}


@pytest.mark.parametrize("what", BREAKS)
def test_what_breaks_the_way_cuts_the_session(what, one, world, where, ssh):
    """A wrong address, mask, gateway, zone or service: the session dies, nobody is let in; a reboot brings it back."""
    one = behind(one)
    network = one.wire.networks[0]
    names = {"address": one.address, "elsewhere": one.address + 0x10000, "gateway": network[254], "wrong": network[253]}

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            before = await ssh.answers(host, port)
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("".join(f"{line.format(**names)}\n" for line in BREAKS[what]))
                await ssh.until(lambda: not made.hosts["dev"].listening)
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            lost = not await ssh.answers(host, port)
            made.hosts["dev"].device.reboot()
            await ssh.until(lambda: made.hosts["dev"].listening == (host,))
            return before, lost, await ssh.answers(host, port)

    assert asyncio.run(run()) == (True, True, True)


def test_a_lost_session_leaves_the_transaction_open(one, world, where, ssh):
    """No timer ends it: it is no guard. The same user ends it from another session, and what was before is back."""
    one = behind(one)

    async def run():
        async with world(one) as made:
            device, host, port = made.hosts["dev"].device, where(one), made.ports[0]
            connection = await asyncssh.connect(
                host, port, known_hosts=None, config=None, username="govnet", password="Secret-123"
            )
            session = await connection.create_process(term_type="vt100")
            session.stdin.write("exec configuration start\nconfigure\nhostname tried\n")
            await ssh.until(lambda: device.name == "tried")
            connection.abort()
            await ssh.until(lambda: not device.sessions)
            await asyncio.sleep(0.3)
            still = device.transaction is not None and device.name == "tried"
            screen = await ssh.type(host, port, "configure\nexec configuration rollback\nconfigure\nexit\nexit\n")
            return still, screen, device.name

    still, screen, name = asyncio.run(run())
    assert still
    assert "tried# configure\nError: Configuration is locked by the transaction of govnet\n" in screen
    assert "G1# configure\nG1(config)# " in screen
    assert name == "G1"


def test_others_are_locked_out_of_the_configuration(one, world, where, ssh):
    """While a transaction is open nobody else configures, not even who was in the configuration already."""

    async def run():
        async with world(one) as made:
            device, host, port = made.hosts["dev"].device, where(one), made.ports[0]
            async with ssh.connected(host, port) as first, ssh.connected(host, port) as second:
                other = await second.create_process(term_type="vt100")
                other.stdin.write("configure\n")
                await asyncio.sleep(0.1)
                session = await first.create_process(term_type="vt100")
                session.stdin.write("exec configuration start\n")
                await ssh.until(lambda: device.transaction is not None)
                other.stdin.write("hostname other\nexit\nexit\n")
                async with asyncio.timeout(PATIENCE):
                    return await other.stdout.read(), device.name

    screen, name = asyncio.run(run())
    assert "Error: Configuration is locked" in screen
    assert name == "G1"


@pytest.mark.parametrize(("action", "name"), [("", "tried"), ("cli-exit-action rollback\n", "G1")])
def test_leaving_ends_the_transaction(action, name, typed):
    """`exit` keeps what was done, unless `cli-exit-action` says otherwise."""
    keys = f"configure\n{action}end\nexec configuration start\nconfigure\nhostname tried\nend\nexit\n"
    _, found = typed(keys, lambda device: (device.name, device.transaction))
    assert found == (name, None)


def test_a_reboot_returns_to_what_is_saved(typed):
    """Also in the middle of a transaction: nothing of it is saved."""
    keys = "exec configuration start\nconfigure\nhostname lost\nend\nreboot\nn\ny\n"
    screen, found = typed(
        keys, lambda device: (device.name, device.transaction), after=lambda device: device.boots == 2
    )
    assert "System configuration has been modified. Save? [y]/n n\nSystem reboot, are you sure? y/[n] y\n" in screen
    assert found == ("G1", None)


def test_ten_configurations_are_kept(typed):
    """With a description the old startup configuration gets number 0; without one it is overwritten; nine are kept."""
    steps = "".join(f"configure\nhostname N{number}\nend\nsave v{number}\n\n" for number in range(12))
    look = "show configuration backup 9\nshow configuration backup 0\nqexit\n"
    keys = f"{steps}configure\nhostname last\nend\nsave\n\n{look}"
    screen, found = typed(
        keys,
        lambda device: (
            device.saved.value("hostname"),
            [kept.entry.value("hostname") for kept in device.backups],
        ),
    )
    assert found == ("last", [f"N{number}" for number in range(10, 1, -1)])
    assert "last# show configuration backup 9\n                                ^-----" in screen
    assert "last# show configuration backup 0\nBuilding configuration..\n\nhostname N10\n" in screen


def test_rolling_back_takes_a_reboot(typed):
    """`rollback configuration backup N` changes what is started with; the running configuration stays."""
    keys = (
        "save good\n\nconfigure\nhostname bad\nend\nsave bad\n\nrollback configuration backup 0\n"
        "rollback configuration backup 5\nshow clock\nreboot\nn\ny\n"
    )
    screen, name = typed(keys, after=lambda device: device.boots == 2)
    assert "bad# show clock" in screen
    assert "Error: Backup configuration 5 is not found" in screen
    assert name == "G1"


def test_some_of_it_comes_back_at_once(typed):
    """`loading-immediately`: policy, address book and routes do, names and interfaces do not (manual)."""
    keys = (
        "configure\naddress a\nip 10.0.0.0/8\nend\nsave good\n\n"
        "configure\nno address a\nhostname bad\nrule\naction permit\nend\nsave bad\n\n"
        "rollback configuration backup 0 loading-immediately\nexit\n"
    )
    _, shown = typed(keys, lambda device: device.show(device.running))
    assert 'address "a"' in shown
    assert "rule id" not in shown
    assert "hostname bad" in shown


def test_differences_are_shown(typed):
    """A minus is what runs, a plus what is saved."""
    screen, _ = typed("configure\nhostname new\nend\nshow configuration difference startup\nexit\n")
    assert "--- current.config\n+++ startup.config\n" in screen
    assert "\n-hostname new\n+hostname G1\n" in screen


def test_a_full_flash_saves_nothing(typed, one, world, where, ssh):
    """The device says so, and what was saved before is still there."""
    del typed

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            device.suffer(Faults(full_flash=True))
            screen = await ssh.type(where(one), made.ports[0], "configure\nhostname never\nend\nsave\n\nexit\n")
            return screen, device.saved.value("hostname")

    screen, name = asyncio.run(run())
    assert "Error: Failed to save" in screen
    assert name == "G1"


def test_paging(typed):
    """24 lines; Enter is one more, q ends it, any other key is a page; `terminal length 0` ends paging."""
    screen, _ = typed("show configuration\n\nxqterminal length 0\nshow configuration\nexit\n")
    pages = screen.split(" --More-- \0")
    assert len(pages) == 4
    assert pages[0].count("\n") == 25  # the line that was typed, and 24 of the text
    assert pages[1].strip("\r ").count("\n") == 1
    assert pages[2].strip("\r ").count("\n") == 24
    assert pages[3].count("\nEnd\n") == 1


def test_a_sixth_session_finds_no_line(one, world, where, ssh):
    """`ssh max-session` (5 here): one more is not let in."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            others = [await asyncssh.connect(host, port, **login) for _ in range(5)]
            sixth = await ssh.answers(host, port)
            others.pop().close()
            await ssh.until(lambda: len(made.hosts["dev"].connections.open) == 4)
            fifth = await ssh.answers(host, port)
            for other in others:
                other.close()
            return sixth, fifth

    assert asyncio.run(run()) == (False, True)


def test_trusted_hosts_are_asked_at_the_door(one, world, where, ssh):
    """Who is in stays in, who comes from elsewhere is turned away."""
    one = behind(one)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("configure\nadmin host 10.9.0.0/16 ssh\nno admin host any any\n")
                await ssh.until(lambda: not device.admits(MANAGER))
                closed = not await ssh.answers(host, port)
                session.stdin.write("admin host 198.18.7.7 255.255.255.255 any\n")
                await ssh.until(lambda: device.admits(MANAGER))
            return closed, await ssh.answers(host, port)

    assert asyncio.run(run()) == (True, True)


def test_guessing_passwords_locks_out(one, world, where, ssh):
    """Three wrong ones within a minute: nobody gets in for two minutes, not even with the right one."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            for _ in range(3):
                with pytest.raises(asyncssh.PermissionDenied):
                    await ssh.type(host, port, "exit\n", password="wrong")
            locked = not await ssh.answers(host, port)
            for _ in range(100):
                await asyncio.sleep(0.2)
                if await ssh.answers(host, port):
                    return locked
            return None

    one = replace(one, minute=2.0)
    assert asyncio.run(run())


def test_who_types_nothing_is_thrown_out(one, world, where, ssh):
    """`ssh timeout` in minutes."""
    one = replace(one, text=one.text + "ssh timeout 1\n", minute=0.3)

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            session = await connection.create_process(term_type="vt100")
            session.stdin.write("show clock\n")
            async with asyncio.timeout(PATIENCE):
                return await session.stdout.read()

    assert asyncio.run(run()).endswith("G1# ")


def test_a_role_that_may_only_look(typed):
    """A read-only administrator cannot configure, save or reboot."""
    screen, name = typed("configure\nsave\nreboot\nshow clock\nexit\n", username="reader", password="Reader-123")
    assert screen.count("^-----unrecognized keyword") == 3
    assert " GMT+08:00\n" in screen
    assert name == "G1"


def test_access_has_to_be_given(one, world, where, ssh):
    """An administrator without `access ssh` is refused, whatever his password."""
    one = replace(one, text=one.text + "admin user webonly\npassword Secret-123\nrole admin\naccess https\nexit\n")

    async def run():
        async with world(one) as made:
            with pytest.raises(asyncssh.PermissionDenied):
                await ssh.type(where(one), made.ports[0], "exit\n", username="webonly")

    asyncio.run(run())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_in_the_encoding_of_the_terminal(encoding, one, world, where, ssh):
    """Names and messages come back in the bytes in which the terminal speaks, and the text is the same."""
    one = replace(one, encoding=encoding)
    keys = 'configure\nlanguage zh_CN\naddress "乡镇 一"\nfoo\nend\nshow configuration address\nexit\n'

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            process = await connection.create_process(term_type="vt100", encoding=None)
            process.stdin.write(keys.encode(encoding))
            async with asyncio.timeout(PATIENCE):
                return (await process.stdout.read()).replace(b"\r\n", b"\n")

    screen = asyncio.run(run())
    assert 'show configuration address\naddress "乡镇 一"\nexit\n'.encode(encoding) in screen
    assert "^-----无法识别的关键字: foo".encode(encoding) in screen


def test_wildcards_and_networks_in_snmp(one, world):
    """Communities are for the hosts that their lines name."""
    lines = "snmp-server host 198.18.0.0 255.255.0.0 version 2c community Read-77 ro\nsnmp-server location 机房\n"
    one = replace(one, text=one.text + lines)

    async def run():
        async with world(one) as made:
            return made.hosts["dev"].device.snmp_access()

    access = asyncio.run(run())
    assert access.communities == ("Read-77",)
    assert access.permits("Read-77", MANAGER)
    assert not access.permits("Read-77", IPv4Address("10.0.0.1"))
    assert access.location == "机房"
