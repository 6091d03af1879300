"""Faults on demand: each one over a real SSH session, set before the lab starts or while it runs."""

from __future__ import annotations

import asyncio

import asyncssh
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.emulator.faults import SLOW, Faults
from tests.patience import PATIENCE

QUIT = {"cisco_ios": "exit\n", "hp_comware": "quit\n", "huawei": "quit\n", "huawei_vrpv8": "quit\n"}
QUIT |= {"ruijie_os": "exit\n", "topsec_tos": "exit\nn\n"}
# How the configuration is entered, and what changes the name; elsewhere as on VRP.
ENTER = dict.fromkeys(("cisco_ios", "ruijie_os"), "configure terminal")
NAME = dict.fromkeys(("cisco_ios", "ruijie_os"), "hostname")
SAVE = {
    "cisco_ios": ("write memory\n", "%Error writing nvram"),
    "ruijie_os": ("write\n", "%Error opening flash:config.text"),
    "topsec_tos": ("save\n", "error -8010"),
    "hp_comware": ("save force\n", "%Not enough space"),
    "huawei": ("save\ny\n", "Error: There is no enough space"),
    "huawei_vrpv8": ("save\ny\n", "Error: There is no enough space"),
}


@given(
    st.builds(
        Faults,
        down=st.booleans(),
        mute=st.booleans(),
        wrong_password=st.booleans(),
        slow=st.sampled_from([0.0, 0.5, 2.0, SLOW]),
        full_flash=st.booleans(),
        garbage=st.integers(0, 9),
        logs=st.integers(0, 9),
        silent=st.booleans(),
        drop_after=st.integers(0, 99),
        hang_after=st.integers(0, 99),
        reboot_after=st.integers(0, 99),
    )
)
def test_faults_are_read_as_they_are_written(faults):
    """The text of faults gives the same faults."""
    assert Faults.parse(str(faults)) == faults


@pytest.mark.parametrize("text", ["nonsense", "drop-after", "drop-after=x", "down=1", "slow=x", "slow=-1", "slow=nan"])
def test_an_unknown_fault_is_refused(text):
    """With the word that is wrong."""
    with pytest.raises(ValueError, match=text.partition("=")[0]):
        Faults.parse(f"mute,{text}")


# A Topsec firewall's name cannot be changed here.
@pytest.mark.parametrize("platform", sorted(SAVE.keys() - {"topsec_tos"}))
def test_a_line_drops_behind_a_command(platform, spec, texts, world, where, ssh):
    """`drop-after=3`: three lines are carried out, the fourth is lost with the connection; then it is over."""
    one = spec(platform, text=texts[platform], faults=Faults.parse("drop-after=3"))
    enter = ENTER.get(platform, "system-view")
    name = NAME.get(platform, "sysname")
    commit = "commit" if platform == "huawei_vrpv8" else "interface LoopBack0"

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write(f"{enter}\n{name} third\n{commit}\n{name} lost\n{commit}\n")
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            return device.name, str(device.faults), await ssh.answers(host, port)

    assert asyncio.run(run()) == ("third", "", True)


def test_a_reboot_in_the_middle(spec, texts, world, where, ssh):
    """`reboot-after=2`: what was typed is gone, what was saved is back, and the sessions were cut."""
    one = spec("huawei", text=texts["huawei"], faults=Faults.parse("reboot-after=2"), boot=0.3)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("system-view\nsysname lost\nsysname never\n")
                async with asyncio.timeout(PATIENCE):
                    await connection.wait_closed()
            down = not await ssh.answers(host, port)
            await ssh.until(lambda: bool(made.hosts["dev"].listening))
            return down, made.hosts["dev"].device.name

    assert asyncio.run(run()) == (True, "R1")


def test_a_device_that_dies_while_its_guard_is_armed(spec, texts, world, where, ssh):
    """`hang-after=3`: the session stays open and is silent, new ones are not greeted; the scheduled reboot mends it."""
    one = spec("huawei", text=texts["huawei"], faults=Faults.parse("hang-after=3"), minute=1.0, boot=0.2)

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("schedule reboot delay 1 force\nsystem-view\nsysname lost\n")
                await ssh.until(lambda: device.faults.mute)
                session.stdin.write("sysname never\n")
                await asyncio.sleep(0.2)
                named, alive = device.name, not connection.is_closed()
                with pytest.raises((TimeoutError, OSError, asyncssh.Error)):
                    async with asyncio.timeout(0.3), ssh.connected(host, port):
                        pass
            await ssh.until(lambda: device.name == "R1" and bool(made.hosts["dev"].listening))
            return named, alive, await ssh.answers(host, port), str(device.faults)

    assert asyncio.run(run()) == ("lost", True, True, "")


@pytest.mark.parametrize("platform", sorted(SAVE))
def test_a_full_flash_saves_nothing(platform, spec, texts, world, where, ssh):
    """Saving fails in the device's words, and what was saved stays."""
    one = spec(platform, text=texts[platform], encoding="utf-8")
    keys, said = SAVE[platform]

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            device.suffer(Faults(full_flash=True))
            saves = device.saves
            screen = await ssh.type(where(one), made.ports[0], keys + QUIT[platform])
            return screen, device.saves - saves

    screen, saves = asyncio.run(run())
    assert said in screen
    assert "successfully" not in screen.replace("[OK]", "successfully")
    assert saves == 0


def test_garbage_bytes_are_mixed_in(spec, texts, world, where):
    """`garbage=4`: after each line of output stand four bytes that no encoding has."""
    one = spec("hp_comware", text=texts["hp_comware"], faults=Faults(garbage=4))

    async def run():
        async with world(one) as made:
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            async with (
                asyncssh.connect(where(one), made.ports[0], **login) as connection,
                connection.create_process(term_type="vt100", encoding=None) as process,
            ):
                process.stdin.write(b"display clock\nquit\n")
                async with asyncio.timeout(PATIENCE):
                    return await process.stdout.read()

    screen = asyncio.run(run())
    assert screen.count(b"\n") == screen.count(b"\n\x00\xff\x07~")
    with pytest.raises(UnicodeDecodeError):
        screen.decode("utf-8")


def test_a_slow_device_takes_its_time(spec, texts, world, where, ssh):
    """`slow=0.2`: the login and every command take so much longer; set while the lab runs."""
    one = spec("cisco_ios", text=texts["cisco_ios"])

    async def run():
        async with world(one) as made:
            made.hosts["dev"].device.suffer(Faults(slow=0.2))
            began = asyncio.get_running_loop().time()
            await ssh.type(where(one), made.ports[0], "show clock\nexit\n")
            return asyncio.get_running_loop().time() - began

    assert asyncio.run(run()) >= 0.6


def test_a_wrong_password_comes_and_goes(spec, texts, world, where, ssh):
    """The right password is refused while the fault lasts."""
    one = spec("hp_comware", text=texts["hp_comware"])

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            device.suffer(Faults(wrong_password=True))
            with pytest.raises(asyncssh.PermissionDenied):
                await ssh.type(where(one), made.ports[0], "quit\n")
            device.suffer(Faults())
            return await ssh.answers(where(one), made.ports[0])

    assert asyncio.run(run())


def test_a_silent_cut_hangs(spec, texts, world, where, ssh):
    """`silent`: a session whose address is gone is not reset; it just says nothing any more, as on a real line."""
    one = spec("huawei", text=texts["huawei"], faults=Faults(silent=True))

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            session = await connection.create_process(term_type="vt100")
            session.stdin.write("system-view\ninterface GigabitEthernet0/0/0\nundo ip address\n")
            await ssh.until(lambda: not made.hosts["dev"].listening)
            session.stdin.write("sysname never\n")
            await asyncio.sleep(0.3)
            return connection.is_closed(), made.hosts["dev"].device.name

    assert asyncio.run(run()) == (False, "R1")


def test_every_line_taken_is_said_so(spec, texts, world, where, ssh):
    """Comware lets the seventeenth user log in, tells him that every line is used, and closes."""
    one = spec("hp_comware", text=texts["hp_comware"])

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            others = [await asyncssh.connect(host, port, **login) for _ in range(16)]
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                async with asyncio.timeout(PATIENCE):
                    screen = await session.stdout.read()
            for other in others:
                other.close()
            return screen, others

    screen, _ = asyncio.run(run())
    assert screen == "All user lines are used, please try later!\r\n"
