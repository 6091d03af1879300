"""FortiOS over SSH: when changes take effect, how they are saved and reverted, who may come in, what cuts a session."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import asyncssh
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.emulator.faults import Faults
from lab.emulator.fortios.schema import BUILT_IN, schema
from lab.emulator.fortios.words import split
from lab.emulator.reach import TCP, UDP, Wire, answering
from tests.patience import PATIENCE

MANAGER = IPv4Address("198.18.7.7")
PORT = ["config system interface", "edit port1"]
REVERT = "config system global\nset cfg-save revert\nset cfg-revert-timeout {seconds}\nend\n"


@pytest.fixture
def one(spec, texts):
    """A firewall whose minutes last half a second."""
    return spec("fortinet", text=texts["fortinet"], minute=0.5, boot=0.2)


@pytest.fixture
def typed(one, world, where, ssh):
    """Type as a user over SSH, look at the device afterwards."""

    def run(keys, look=lambda device: device.name, after=None, faults=None, **login):
        async def work():
            async with world(one) as made:
                device = made.hosts["dev"].device
                device.suffer(faults or Faults())
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
    text = one.text + f"config router static\nedit 1\nset gateway {gateway}\nset device port1\nnext\nend\n"
    return replace(one, text=text, manager=MANAGER, wire=Wire((network,), frozenset({gateway})))


LOCAL_IN = ["config firewall local-in-policy", "edit 1", "set intf port1", "set dstaddr all", "set schedule always"]
BREAKS = {
    "address": [*PORT, "set ip {elsewhere} 255.255.255.0", "end"],
    "mask": [*PORT, "set ip {address} 255.255.255.252", "end"],
    "gateway": ["config router static", "edit 1", "set gateway {wrong}", "end"],
    "no route": ["config router static", "delete 1", "end"],
    "black hole": ["config router static", "edit 0", "set dst 198.18.0.0/16", "set blackhole enable", "end"],
    "port": [*PORT, "set status down", "end"],
    "access": [*PORT, "unselect allowaccess ssh", "end"],
    "filter": [*LOCAL_IN, "set srcaddr all", "set service SSH", "set action deny", "end"],
}


def names_of(one):
    network = one.wire.networks[0]
    return {"address": one.address, "elsewhere": one.address + 0x10000, "gateway": network[254], "wrong": network[253]}


@pytest.mark.parametrize("what", BREAKS)
def test_what_breaks_the_way_cuts_the_session_and_the_revert_brings_it_back(what, one, world, where, ssh, run_out):
    """Whatever cut the way in mode `revert`: nobody types, the time runs out, the device boots what was saved."""
    one = replace(behind(one), minute=60.0)
    lines = [line.format(**names_of(one)) for line in BREAKS[what]]

    async def run():
        async with world(one) as made:
            host, port, device = where(one), made.ports[0], made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write(REVERT.format(seconds=60) + "\n".join([*lines, ""]))
                await ssh.until(lambda: not made.hosts["dev"].listening)
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            lost = not await ssh.answers(host, port)
            # It warns before it boots.
            await ssh.until(lambda: run_out(device) or device.boots == 2)
            await ssh.until(lambda: made.hosts["dev"].listening == (host,))
            return lost, device.boots, device.mode, await ssh.answers(host, port)

    assert asyncio.run(run()) == (True, 2, "revert", True)


def test_a_change_takes_effect_at_next_or_end(one, world, where, ssh):
    """While a row is open nothing of it is in force; `abort` throws it away."""
    one = behind(one)

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            session = await connection.create_process(term_type="vt100")
            session.stdin.write("config system interface\nedit port1\nset status down\nshow\n")
            async with asyncio.timeout(PATIENCE):
                await session.stdout.readuntil("set status down\r\n        set type")
            await asyncio.sleep(0.1)
            open_still = bool(made.hosts["dev"].listening)
            session.stdin.write("abort\nexit\n")
            async with asyncio.timeout(PATIENCE):
                await session.stdout.read()
            return open_still, bool(made.hosts["dev"].listening)

    assert asyncio.run(run()) == (True, True)


def test_what_is_taken_over_is_saved_at_once(typed):
    """`cfg-save automatic`: a reboot loses nothing."""
    keys = "config system global\nset hostname kept\nend\nexecute reboot\ny"
    screen, name = typed(keys, after=lambda device: device.boots == 2)
    assert "This operation will reboot the system !\nDo you want to continue? (y/n)y\n" in screen
    assert name == "kept"


def test_manual_saving(typed):
    """`cfg-save manual`: only `execute cfg save` keeps a change."""
    manual = "config system global\nset cfg-save manual\nend\n"
    first = "config system global\nset hostname one\nend\nexecute cfg save\n"
    second = "config system global\nset hostname two\nend\nexecute cfg reload\ny"
    _, name = typed(manual + first + second, after=lambda device: device.boots == 2)
    assert name == "one"


def test_going_back_to_automatic_saves_everything(typed):
    """What was tried before counts as meant."""
    keys = (
        REVERT.format(seconds=600)
        + "config system global\nset hostname tried\nend\nconfig system global\nset cfg-save automatic\nend\nexit\n"
    )
    _, found = typed(
        keys, lambda device: (device.unsaved, device.timer("revert").armed, device.saved.same(device.running))
    )
    assert found == (False, False, True)


def test_what_is_saved_in_time_stays(one, world, where, ssh):
    """`execute cfg save` from a new session ends the clock."""

    async def run():
        async with world(one) as made:
            host, port, device = where(one), made.ports[0], made.hosts["dev"].device
            await ssh.type(
                host, port, REVERT.format(seconds=60) + "config system global\nset hostname kept\nend\nexit\n"
            )
            armed = device.timer("revert").armed
            await ssh.type(host, port, "execute cfg save\nexit\n")
            return armed, device.timer("revert").armed, device.name, device.boots

    one = replace(one, minute=60.0)
    assert asyncio.run(run()) == (True, False, "kept", 1)


def test_the_time_begins_again_with_each_input(one, world, where, ssh):
    """Who types postpones the reboot; ten seconds before it the device says so; silence lets it happen."""

    async def run():
        async with world(one) as made:
            host, port, device = where(one), made.ports[0], made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write(REVERT.format(seconds=60) + "config system global\nset hostname tried\nend\n")
                for _ in range(6):
                    await asyncio.sleep(0.2)
                    session.stdin.write("\n")
                awake = device.boots
                async with asyncio.timeout(PATIENCE):
                    await session.stdout.readuntil("no input is received in the next 10 seconds...")
                await ssh.until(lambda: device.boots == 2)
            return awake, device.name

    assert asyncio.run(run()) == (1, "F1")


def test_a_full_flash_saves_nothing(typed):
    """The change is in force, the device says that it was not saved, and a reboot takes it back."""
    keys = "config system global\nset hostname lost\nend\nexecute reboot\ny"
    screen, name = typed(keys, after=lambda device: device.boots == 2, faults=Faults(full_flash=True))
    assert "lost # execute reboot" in screen
    assert "no space left" in screen
    assert name == "F1"


def test_a_copy_on_flash(typed):
    """`execute backup config flash` and `execute restore`; to a server there is no way from here."""
    keys = (
        "execute backup config tftp f 10.0.0.1\nexecute backup config flash good\nconfig system global\n"
        "set hostname bad\nend\nexecute restore config flash 9\nexecute restore config flash 1\ny"
    )
    screen, name = typed(keys, after=lambda device: device.boots == 2)
    assert "Send config file to tftp server failed" in screen
    assert "entry not found in datasource\n\nvalue parse error before '9'" in screen
    assert name == "F1"


def test_paging_is_a_setting_of_the_device(typed):
    """`--More--` until `set output standard`, which is there for the next session too."""
    keys = "show\nqconfig system console\nset output standard\nend\nshow\nexit\n"
    screen, shown = typed(keys, lambda device: device.show(device.running))
    assert screen.count("--More--") == 1
    assert screen.count("config system admin\n") == 1
    assert "set output standard" in shown


def test_secrets_differ_at_each_dump_and_are_read_back(typed):
    """`ENC` texts are never the same and can be typed again."""
    look = "config system console\nset output standard\nend\nshow system admin govnet\nshow system admin govnet\nexit\n"
    screen, _ = typed(look)
    texts = [line.split()[-1] for line in screen.split("\n") if "set password ENC" in line]
    assert len(set(texts)) == 2
    assert "Secret-123" not in screen
    again = f"config system admin\nedit other\nset accprofile super_admin\nset password ENC {texts[0]}\nend\nexit\n"
    _, level = typed(again, lambda device: device.password_level("other", "Secret-123"))
    assert level == 15


def test_trusted_hosts_of_administrators(one, world, where, ssh):
    """An administrator comes from his trusted hosts only; when nobody may come from there, nobody is asked."""
    one = behind(one)

    async def run():
        async with world(one) as made:
            host, port, device = where(one), made.ports[0], made.hosts["dev"].device
            await device.console(["config system admin", "edit govnet", "set trusthost1 10.9.0.0/16", "end"])
            with pytest.raises(asyncssh.PermissionDenied):
                await ssh.type(host, port, "exit\n")
            for user in ("admin", "reader"):
                await device.console(["config system admin", f"edit {user}", "set trusthost1 10.9.0.0/16", "end"])
            closed = not device.admits(MANAGER) and not await ssh.answers(host, port)
            await device.console(["config system admin", "edit govnet", "set trusthost2 198.18.7.7/32", "end"])
            return closed, await ssh.answers(host, port)

    assert asyncio.run(run()) == (True, True)


def test_local_in_policies_shut_and_do_not_open(one, world):
    """The first that fits decides; what `allowaccess` does not open stays shut."""
    one = behind(one)
    rule = ["set intf any", "set dstaddr all", "set schedule always", "set service ALL"]
    lines = [
        *("config firewall address", "edit us", "set subnet 198.18.7.7/32", "next", "edit them"),
        *("set type iprange", "set start-ip 198.18.7.0", "set end-ip 198.18.8.255", "end"),
        *("config firewall local-in-policy", "edit 1", *rule, "set srcaddr us", "set action accept", "next"),
        *("edit 2", *rule, "set srcaddr them", "end"),
    ]

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            await device.console(lines)
            found = [bool(answering(device, *what)) for what in ((TCP, 22), (UDP, 161), (TCP, 443))]
            await device.console(["config firewall local-in-policy", "move 2 before 1", "end"])
            return [*found, bool(answering(device, TCP, 22))]

    assert asyncio.run(run()) == [True, True, False, False]


def test_guessing_passwords_locks_out(one, world, where, ssh):
    """Three wrong ones: nobody gets in for a minute."""

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


def test_a_limit_of_sessions(one, world, where, ssh):
    """`admin-login-max`: one more is not let in."""
    one = replace(one, text=one.text + "config system global\nset admin-login-max 2\nend\n")

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            async with ssh.connected(host, port), ssh.connected(host, port):
                return await ssh.answers(host, port)

    assert not asyncio.run(run())


def test_who_types_nothing_is_thrown_out(one, world, where, ssh):
    """`admintimeout`, 5 minutes from the factory."""
    one = replace(one, minute=0.08)

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            session = await connection.create_process(term_type="vt100")
            async with asyncio.timeout(PATIENCE):
                return await session.stdout.read()

    assert asyncio.run(run()).endswith("F1 # ")


def test_a_banner_to_accept(one, world, where, ssh):
    """`post-login-banner`: nothing is taken before an `a`."""
    one = replace(one, text=one.text + "config system global\nset post-login-banner enable\nend\n")

    async def run():
        async with world(one) as made:
            return await ssh.type(where(one), made.ports[0], "xyaexit\n")

    assert "(Press 'a' to accept):\nF1 # exit\n" in asyncio.run(run())


def test_who_may_only_look(typed):
    """A read-only administrator has another prompt, and cannot change anything."""
    screen, name = typed(
        "config system global\nset hostname no\nend\nexecute reboot\nget system status\nexit\n",
        username="reader",
        password="Reader-123",
    )
    assert "F1 (global) $ set hostname no\nUnknown action 0\n" in screen
    assert "F1 $ execute reboot\nUnknown action 0\n" in screen
    assert name == "F1"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_in_the_encoding_of_the_terminal(encoding, one, world, where, ssh):
    """What was typed in a terminal's encoding comes back in it."""
    one = replace(one, encoding=encoding)
    keys = 'config system interface\nedit port2\nset alias "到 县局"\nshow\nend\nexit\n'

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            process = await connection.create_process(term_type="vt100", encoding=None)
            process.stdin.write(keys.encode(encoding))
            async with asyncio.timeout(PATIENCE):
                return await process.stdout.read()

    assert '        set alias "到 县局"\r\n'.encode(encoding) in asyncio.run(run())


def test_a_reboot_in_the_middle_of_a_block(one, world, where, ssh):
    """What was open is lost, what was taken over is not."""

    async def run():
        async with world(one) as made:
            host, port, device = where(one), made.ports[0], made.hosts["dev"].device
            device.suffer(Faults(reboot_after=5))
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write(
                    "config system interface\nedit port2\nset alias kept\nnext\nedit port3\nset alias lost\nend\n"
                )
                await ssh.until(lambda: device.boots == 2)
            await ssh.until(lambda: bool(made.hosts["dev"].listening))
            return device.show(device.running)

    shown = asyncio.run(run())
    assert 'set alias "kept"' in shown
    assert "lost" not in shown


def test_snmp_goes_by_the_communities_hosts(one, world):
    """No agent, nobody may poll; with it, the hosts of a community."""
    lines = (
        "config system snmp sysinfo\nset status enable\nset location 机房\nend\nconfig system snmp community\nedit 1\n"
        "set name Read-77\nconfig hosts\nedit 1\nset ip 198.18.0.0 255.255.0.0\nnext\nend\nnext\nend\n"
    )

    async def run():
        async with world(replace(one, text=one.text + lines)) as made:
            return made.hosts["dev"].device.snmp_access()

    access = asyncio.run(run())
    assert access.communities == ("Read-77",)
    assert access.permits("Read-77", MANAGER)
    assert not access.permits("Read-77", IPv4Address("10.0.0.1"))
    assert access.location == "机房"


def _lines():
    """Lines of blocks, rows and fields as the schema has them, and values that fit now and then."""
    nodes = list(schema().walk())
    fields = sorted({name for node in nodes for name in node.fields})
    values = [
        "10.0.0.1",
        "10.0.0.0/8",
        "255.255.255.0",
        "enable",
        "7",
        "all",
        "port1",
        "port2",
        "name",
        '"a b"',
        '"',
        "",
    ]
    verbs = [
        "set",
        "append",
        "unset",
        "unselect",
        "get",
        "show",
        "delete",
        "rename",
        "clone",
        "move",
        "purge",
        "execute",
    ]
    value = st.sampled_from(values)
    return st.one_of(
        st.sampled_from([f"config {' '.join(node.path)}" for node in nodes if node.path]),
        st.sampled_from(
            ["next", "end", "abort", "y", "n", "show", "execute cfg save", "execute backup config flash x"]
        ),
        st.builds("edit {}".format, value),
        st.builds("set {} {} {}".format, st.sampled_from(fields), value, value),
        st.builds("{} {} {} {}".format, st.sampled_from(verbs), st.sampled_from(fields) | value, value, value),
    )


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lines=st.lists(_lines(), max_size=14))
def test_no_command_breaks_a_device(lines, device, play):
    """Words of real commands in any order and any block: the device stays, and shows what it can read back."""

    async def run():
        made = await device("fortinet", manager=MANAGER)
        await play(made, "\n".join([*lines, ""]))
        answering(made, TCP, 22)
        answering(made, UDP, 161)
        made.snmp_access()
        return made.show(made.running)

    assert asyncio.run(run())


@given(words=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=20), max_size=6))
def test_quoted_words_are_read_back(words):
    """What `show` puts in quotes is the same word again."""
    from lab.emulator.fortios.schema import quoted

    assert split(" ".join(quoted(word) for word in words)) == words


def test_every_reference_of_the_schema_names_a_table():
    """A field that names rows names those of a table that is there, or built-in ones."""
    tables = set(schema().nodes) | set(BUILT_IN)
    fields = [field for node in schema().walk() for field in node.fields.values()]
    assert {table for field in fields for table in field.tables} <= tables
    for field in fields:
        if field.default and field.kind not in ("row", "rows"):
            assert field.read(list(field.default)) == field.default
