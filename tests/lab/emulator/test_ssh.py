"""Devices over SSH: who gets in, at which address, and what ends a session."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import IPv4Address

import asyncssh
import pytest

from lab.emulator.faults import Faults
from lab.emulator.server import host_key
from lab.emulator.world import served_at
from tests.patience import PATIENCE, soon

LOGIN = {"username": "govnet", "password": "Secret-123"}


@asynccontextmanager
async def connected(host, port, **more):
    async with asyncssh.connect(host, port, known_hosts=None, config=None, **{**LOGIN, **more}) as connection:
        yield connection


async def shell(connection, text):
    """Type, leave, and return everything that was shown."""
    async with connection.create_process(term_type="vt100") as process:
        process.stdin.write(text)
        async with asyncio.timeout(PATIENCE):
            return await process.stdout.read()


async def refused(host, port):
    """Whether nobody answers, or whoever answers hangs up at once."""
    try:
        async with connected(host, port, connect_timeout=30, login_timeout=30):
            return False
    except (OSError, asyncssh.ConnectionLost):
        return True


@pytest.mark.parametrize("platform", ["cisco_ios", "hp_comware", "huawei", "huawei_vrpv8"])
def test_login_goes_by_the_running_configuration(platform, spec, texts, world, where):
    """A wrong password and an unknown user are refused, the right ones get the prompt."""
    one = spec(platform, text=texts[platform])

    async def run():
        async with world(one) as made:
            for wrong in ({"password": "wrong"}, {"username": "nobody"}):
                with pytest.raises(asyncssh.PermissionDenied):
                    async with connected(where(one), made.ports[0], **wrong):
                        pass
            async with connected(where(one), made.ports[0]) as connection:
                return await shell(connection, "exit\n" if platform == "cisco_ios" else "quit\n")

    prompts = {"cisco_ios": "S1#", "hp_comware": "<H1>", "huawei": "<R1>", "huawei_vrpv8": "<R1>"}
    assert prompts[platform] in asyncio.run(run())


def test_a_user_without_privileges_starts_below(spec, texts, world, where):
    """On IOS a user of level 1 gets `>`, and `enable` asks for the secret."""
    one = spec("cisco_ios", text=texts["cisco_ios"])

    async def run():
        async with (
            world(one) as made,
            connected(where(one), made.ports[0], username="reader", password="Reader-123") as connection,
        ):
            return await shell(connection, "enable\nEnable-123\nshow privilege\nexit\n")

    screen = asyncio.run(run())
    assert "S1>enable" in screen
    assert "Current privilege level is 15" in screen
    assert "Enable-123" not in screen


def test_login_by_key(spec, texts, world, where):
    """A key that was loaded at the console gets in if the configuration lets keys in."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    keys = {"govnet": (key.export_public_key().decode(),)}
    with_key = texts["huawei"] + "ssh user govnet authentication-type all\n"
    one = spec("huawei", text=with_key, keys=keys)
    other = spec("huawei", name="other", number=2, text=texts["huawei"], keys=keys)

    async def run():
        async with world(one, other) as made:
            async with connected(where(one), made.ports[0], password=None, client_keys=[key]) as connection:
                screen = await shell(connection, "quit\n")
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(where(other), made.ports[0], password=None, client_keys=[key]):
                    pass
            return screen

    assert "<R1>" in asyncio.run(run())


def test_host_keys_stay():
    """The same seed and name give the same key; another seed or name another one."""
    keys = {host_key(seed, name).get_fingerprint() for seed in (b"a", b"b") for name in ("x", "y")}
    assert len(keys) == 4
    assert host_key(b"a", "x").get_fingerprint() in keys


def test_the_limit_of_sessions(spec, texts, world, where):
    """A sixth session finds no free line; when one ends there is room again."""
    one = spec("huawei", text=texts["huawei"])

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            open_ones = [await asyncssh.connect(host, port, known_hosts=None, config=None, **LOGIN) for _ in range(5)]
            full = await refused(host, port)
            open_ones[0].close()
            await open_ones[0].wait_closed()
            again = not await refused(host, port)
            for connection in open_ones[1:]:
                connection.close()
            return full, again

    assert asyncio.run(run()) == (True, True)


def test_a_device_answers_at_the_address_that_it_has(spec, texts, world, where):
    """Another address on the management interface cuts the session and moves the device; none at all loses it."""
    one = spec("huawei", text=texts["huawei"])
    moved = IPv4Address(int(one.address) + 7)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            async with connected(host, port) as connection:
                lines = f"system-view\ninterface GigabitEthernet0/0/0\nip address {moved} 24\ndisplay this\n"
                async with connection.create_process(term_type="vt100") as process:
                    process.stdin.write(lines)
                    async with asyncio.timeout(PATIENCE):
                        done = await process.wait()
                    # The session died without a farewell.
                    assert done.exit_status is None
            gone = await refused(host, port)
            async with connected(served_at(moved), port) as connection:
                screen = await shell(connection, "display current-configuration interface GigabitEthernet0/0/0\nquit\n")
            made.hosts["dev"].device.reboot()
            await soon(lambda: made.hosts["dev"].listening == (host,))
            async with connected(host, port):
                pass
            return gone, screen

    gone, screen = asyncio.run(run())
    assert gone
    assert f"ip address {moved} 255.255.255.0" in screen


@pytest.mark.parametrize(
    "line",
    [
        "interface GigabitEthernet0/0/0\nshutdown",
        "undo interface GigabitEthernet0/0/0\ninterface GigabitEthernet0/0/0\nundo ip address",
    ],
)
def test_a_lost_management_interface_is_lost(line, spec, texts, world, where):
    """Without its address, or shut down, nothing answers; the console still does, and brings it back."""
    one = spec("huawei", text=texts["huawei"])

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            await device.console(["system-view", *line.split("\n")])
            await soon(lambda: not made.hosts["dev"].listening)
            gone = await refused(host, port)
            back = f"ip address {one.address} 24" if "undo ip" in line else "undo shutdown"
            await device.console(["system-view", "interface GigabitEthernet0/0/0", back])
            await soon(lambda: made.hosts["dev"].listening == (host,))
            return gone, not await refused(host, port)

    assert asyncio.run(run()) == (True, True)


def test_filters_in_front_of_the_terminal_lines(spec, texts, world, where):
    """An ACL that leaves the management station out shuts it out, and one that lets it in does not."""
    manager = IPv4Address("10.9.9.9")
    acl = "acl 2000\n rule permit source {source} 0\n rule deny\nuser-interface vty 0 4\n acl 2000 inbound\n"
    one = spec("huawei", text=texts["huawei"] + acl.replace("{source}", "10.9.9.9"), manager=manager)
    other = spec(
        "huawei", name="o", number=2, text=texts["huawei"] + acl.replace("{source}", "10.9.9.8"), manager=manager
    )
    access = "ip access-list standard M\n permit 10.9.9.8\nline vty 0 15\n access-class M in\n"
    third = spec("cisco_ios", name="t", number=3, text=texts["cisco_ios"] + access, manager=manager)

    async def run():
        async with world(one, other, third) as made:
            return [await refused(where(each), made.ports[0]) for each in (one, other, third)]

    assert asyncio.run(run()) == [False, True, True]


def test_a_lab_keeps_its_ports_while_its_devices_are_away(spec, texts, world):
    """Another lab of the same addresses takes other ports, so that whoever comes back finds no stranger."""
    one = spec("huawei", text=texts["huawei"])

    async def run():
        async with world(one) as made:
            await made.hosts["dev"].device.console(["system-view", "interface GigabitEthernet0/0/0", "shutdown"])
            await soon(lambda: not made.hosts["dev"].listening)
            async with world(one) as other:
                between = other.ports
            async with world(replace(one, address=one.address + 0x10000)) as elsewhere:
                return made.ports, between, elsewhere.ports

    here, between, elsewhere = asyncio.run(run())
    assert not set(between) & set(here)
    assert elsewhere == here


def test_a_reboot_returns_to_what_was_saved(spec, texts, world, where):
    """What was not saved is gone after a reboot, sessions are cut, and the device comes back."""
    one = spec("huawei", text=texts["huawei"])

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            async with connected(host, port) as connection:
                await shell(
                    connection, "system-view\nsysname saved\nreturn\nsave\ny\nsystem-view\nsysname lost\nreturn\nquit\n"
                )
            before = made.hosts["dev"].device.name
            async with connected(host, port) as connection:
                await shell(connection, "reboot fast\ny\n")
            await soon(lambda: made.hosts["dev"].listening == ())
            await soon(lambda: made.hosts["dev"].listening == (host,))
            return before, made.hosts["dev"].device.name

    assert asyncio.run(run()) == ("lost", "saved")


def test_a_scheduled_reboot_fires_unless_it_is_cancelled(spec, texts, world, where, run_out):
    """The last resort of a guard: the device reboots by itself and comes back as it was saved."""
    one = spec("huawei", text=texts["huawei"])
    other = spec("huawei", name="other", number=2, text=texts["huawei"])

    async def run():
        async with world(one, other) as made:
            for each in (one, other):
                async with connected(where(each), made.ports[0]) as connection:
                    await shell(connection, "schedule reboot delay 1\ny\nsystem-view\nsysname changed\nreturn\nquit\n")
            device = made.hosts["other"].device
            await device.console(["undo schedule reboot"])
            for host in made.hosts.values():
                run_out(host.device)
            await soon(lambda: made.hosts["dev"].device.name == "R1")
            await soon(lambda: made.hosts["dev"].listening == (where(one),))
            return device.name

    assert asyncio.run(run()) == "changed"


def test_a_confirmed_change_that_nobody_confirms_is_taken_back(spec, texts, world, where, run_out):
    """IOS: when the timer runs out, the configuration is the one from before; the address too."""
    text = texts["cisco_ios"] + "archive\n path flash:rollback\n"
    one = spec("cisco_ios", text=text)
    moved = IPv4Address(int(one.address) + 7)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            before = device.body(device.running)
            async with (
                connected(host, port) as connection,
                connection.create_process(term_type="vt100") as process,
            ):
                process.stdin.write(
                    "configure terminal revert timer 1\ninterface GigabitEthernet0/1\n"
                    f"ip address {moved} 255.255.255.0\n"
                )
                await soon(lambda: made.hosts["dev"].listening == (served_at(moved),))
            run_out(device)
            await soon(lambda: made.hosts["dev"].listening == (host,))
            async with connected(host, port):
                pass
            return before, device.body(device.running)

    before, after = asyncio.run(run())
    assert before == after


def test_a_confirmed_change_stays(spec, texts, world, where):
    """IOS: `configure confirm` in time keeps the change; `configure revert now` does not wait."""
    text = texts["cisco_ios"] + "archive\n path flash:rollback\n"
    one = spec("cisco_ios", text=text)

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            lines = "configure terminal revert timer 1\nhostname {name}\nend\n{end}\nexit\n"
            async with connected(where(one), made.ports[0]) as connection:
                await shell(connection, lines.format(name="kept", end="configure confirm"))
                kept = device.name, device.timer("revert").armed
                await shell(connection, lines.format(name="gone", end="configure revert now"))
            return kept, device.name

    assert asyncio.run(run()) == (("kept", False), "kept")


def test_faults(spec, texts, world, where):
    """Down refuses, mute never speaks, a wrong password is refused though it is right."""
    kinds = ("down", "mute", "wrong-password")
    specs = [
        spec("huawei", name=kind, number=number, text=texts["huawei"], faults=Faults.parse(kind))
        for number, kind in enumerate(kinds, 1)
    ]

    async def run():
        async with world(*specs) as made:
            port = made.ports[0]
            assert await refused(where(specs[0]), port)
            with pytest.raises((TimeoutError, asyncssh.ConnectionLost)):
                async with asyncio.timeout(0.5), connected(where(specs[1]), port):
                    pass
            with pytest.raises(asyncssh.PermissionDenied):
                async with connected(where(specs[2]), port):
                    pass

    asyncio.run(run())


def test_a_block_of_lines_is_carried_out_in_order(spec, texts, world, where):
    """Many lines that arrive at once are echoed and carried out one after the other, none lost."""
    one = spec("huawei", text=texts["huawei"])
    lines = "".join(f"interface LoopBack {n}\nip address 10.77.{n}.1 32\n" for n in range(200))

    async def run():
        async with world(one) as made:
            async with connected(where(one), made.ports[0]) as connection:
                screen = await shell(connection, f"screen-length 0 temporary\nsystem-view\n{lines}return\nquit\n")
            shown = made.hosts["dev"].device.show(made.hosts["dev"].device.running)
            return screen, shown

    screen, shown = asyncio.run(run())
    assert screen.count("LoopBack") >= 400
    assert shown.count("10.77.") == 200


def test_a_delay_is_taken_by_every_command(spec, texts, world, where):
    """The option for benchmarks: every command takes its time."""
    one = spec("huawei", text=texts["huawei"], delay=0.1)

    async def run():
        async with world(one) as made, connected(where(one), made.ports[0]) as connection:
            began = asyncio.get_running_loop().time()
            await shell(connection, "system-view\nreturn\nquit\n")
            return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) >= 0.3


def test_a_device_that_speaks_gbk(spec, texts, world, where):
    """An old device's terminal line is GB18030: what is typed in it comes back in it."""
    one = spec("huawei", text=texts["huawei"], encoding="gb18030")

    async def run():
        async with world(one) as made:
            where_to = {"host": where(one), "port": made.ports[0], "known_hosts": None, "config": None}
            async with (
                asyncssh.connect(**where_to, **LOGIN) as connection,
                connection.create_process(term_type="vt100", encoding=None) as process,
            ):
                lines = "system-view\ninterface LoopBack1\ndescription 蓝田街道\ndisplay this\nreturn\nquit\n"
                process.stdin.write(lines.encode("gb18030"))
                async with asyncio.timeout(PATIENCE):
                    return await process.stdout.read()

    assert asyncio.run(run()).decode("gb18030").count("蓝田街道") == 2


def test_ports_of_somebody_else_are_left_alone(spec, texts, world, where):
    """If one address and port is taken, the whole lab goes to the next pair."""
    one = spec("huawei", text=texts["huawei"])

    async def run():
        async with world(one) as first, world(one) as second:
            async with connected(where(one), second.ports[0]):
                pass
            return first.ports, second.ports

    first, second = asyncio.run(run())
    assert first != second


def test_a_hundred_devices_are_up_together(spec, texts, world, where):
    """100 devices boot and listen in one process (SSH and SNMP sockets), and the last one answers."""
    specs = [spec("huawei", name=f"r{n}", number=n, text=texts["huawei"]) for n in range(1, 101)]

    async def run():
        async with world(*specs) as made, connected(where(specs[99]), made.ports[0]) as connection:
            return await shell(connection, "display version\nquit\n")

    assert "Huawei" in asyncio.run(run())
