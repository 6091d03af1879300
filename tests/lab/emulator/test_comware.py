"""Comware 7: saving under a name, the guards, roles, and its encodings."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import asyncssh
import pytest

from tests.patience import PATIENCE


@pytest.fixture
def one(spec, texts):
    """A device whose minutes last half a second."""
    return spec("hp_comware", text=texts["hp_comware"], minute=0.5, boot=0.2)


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


def test_save_asks_for_a_name_and_whether_to_overwrite(typed):
    """The three questions of `save`, word for word; Enter keeps the name."""
    screen, saved = typed(
        "system-view\nsysname kept\nquit\nsave\ny\n\ny\nquit\n", lambda device: device.show(device.saved)
    )
    assert (
        "<kept>save\n"
        "The current configuration will be written to the device. Are you sure? [Y/N]:y\n"
        "Please input the file name(*.cfg)[flash:/startup.cfg]\n"
        "(To leave the existing filename unchanged, press the enter key):\n"
        "flash:/startup.cfg exists, overwrite? [Y/N]:y\n"
        "Validating file. Please wait...\n"
    ) in screen
    assert "Configuration is saved to device successfully.\n" in screen
    assert " sysname kept\n" in saved


def test_save_force_asks_nothing(typed):
    """It saves."""
    screen, saves = typed("save force\nquit\n", lambda device: device.saves)
    assert "[Y/N]" not in screen
    assert saves == 2


def test_nobody_answers_a_question_of_save(one, world, where, ssh):
    """After half a minute the question counts as answered with no, and the prompt is back."""

    async def run():
        async with world(one) as made, ssh.connected(where(one), made.ports[0]) as connection:
            session = await connection.create_process(term_type="vt100")
            session.stdin.write("save\n")
            async with asyncio.timeout(PATIENCE):
                screen = await session.stdout.readuntil("[Y/N]:\r\n<H1>")
            return screen, made.hosts["dev"].device.saves

    screen, saves = asyncio.run(run())
    assert screen.endswith("[Y/N]:\r\n<H1>")
    assert saves == 1


def test_what_is_not_committed_in_time_is_rolled_back(typed):
    """`configuration commit delay`: changes take effect at once and go away by themselves."""
    keys = "system-view\nconfiguration commit delay 1\nsysname tried\nquit\nquit\n"
    screen, name = typed(keys, after=lambda device: device.name == "H1")
    assert "[tried]quit" in screen
    assert name == "H1"


def test_what_is_committed_in_time_stays(typed):
    """`configuration commit` keeps it, and a new one has nothing to commit."""
    commit = "configuration commit\n"
    keys = f"system-view\nconfiguration commit delay 1\nsysname kept\n{commit}{commit}quit\nquit\n"
    screen, timer = typed(keys, lambda device: device.timer("commit delay").armed)
    assert not timer
    assert screen.count("%Error") == 1


def test_a_second_delay_moves_the_time_and_not_the_rollback_point(typed):
    """As the guide says: the point stays that of the first one."""
    delay = "configuration commit delay"
    keys = f"system-view\n{delay} 60\nsysname one\n{delay} 1\nsysname two\nquit\nquit\n"
    _, name = typed(keys, after=lambda device: device.name == "H1")
    assert name == "H1"


def test_archive_and_replace(typed):
    """A copy of what runs is kept under the next number, and what runs is made equal to it without a reboot."""
    keys = (
        "system-view\narchive configuration location flash:/ filename-prefix before\nquit\n"
        "archive configuration\ny\nsystem-view\nsysname changed\ninterface LoopBack7\nquit\n"
        "configuration replace file before_1.cfg\nn\nquit\ndisplay archive configuration\nquit\n"
    )
    screen, shown = typed(keys, lambda device: device.show(device.running))
    assert (
        "Save the running configuration to an archive file. Continue? [Y/N]:y\n"
        "The archive configuration file before_1.cfg is saved.\n"
    ) in screen
    assert (
        "Current configuration will be lost, save current configuration? [Y/N]:n\n"
        "Now replacing the current configuration. Please wait...\n"
        "Succeeded in replacing current configuration with the file before_1.cfg.\n"
        "[H1]"
    ) in screen
    assert "Next archive file to be saved: before_2.cfg\n" in screen
    assert " sysname H1\n" in shown
    assert "LoopBack7" not in shown


def test_a_job_restores_a_file_later(typed):
    """A schedule with a delay is a guard: its job goes back to a file that was saved before the change."""
    keys = (
        "save flash:/before.cfg\nsystem-view\n"
        "scheduler job back\ncommand 1 system-view\ncommand 2 configuration replace file before.cfg\nquit\n"
        "scheduler schedule guard\njob back\ntime once delay 1\nquit\nsysname lost\nquit\nquit\n"
    )
    _, shown = typed(keys, lambda device: device.show(device.running), after=lambda device: device.name == "H1")
    assert "scheduler" not in shown


def test_a_job_that_replaces_saves_first(typed):
    """Every question of a job counts as answered with yes: what ran when it fired has become the startup file."""
    keys = (
        "save flash:/before.cfg\nsystem-view\n"
        "scheduler job back\ncommand 1 system-view\ncommand 2 configuration replace file before.cfg\nquit\n"
        "scheduler schedule guard\njob back\ntime once delay 1\nquit\nsysname lost\nquit\nquit\n"
    )
    _, saved = typed(keys, lambda device: device.show(device.saved), after=lambda device: device.name == "H1")
    assert " sysname lost\n" in saved


def test_a_schedule_that_is_taken_away_does_not_run(one, world, where, ssh):
    """`undo scheduler schedule` disarms the guard."""
    keys = (
        "save flash:/before.cfg\nsystem-view\nscheduler job back\ncommand 1 system-view\n"
        "command 2 configuration replace file before.cfg\nquit\nscheduler schedule guard\njob back\n"
        "time once delay 1\nquit\nsysname kept\nundo scheduler schedule guard\nquit\nquit\n"
    )

    async def run():
        async with world(one) as made:
            await ssh.type(where(one), made.ports[0], keys)
            device = made.hosts["dev"].device
            return device.name, any(timer.armed for timer in device.timers.values())

    one = replace(one, minute=60.0)
    assert asyncio.run(run()) == ("kept", False)


def test_a_scheduled_reboot(typed):
    """`scheduler reboot delay` asks with the time at which it will be, and returns to what is saved."""
    keys = "scheduler reboot delay 1\ny\nsystem-view\nsysname lost\nquit\nquit\n"
    screen, name = typed(keys, after=lambda device: device.name == "H1")
    assert "(in 0 hours and 1 minutes). Confirm? [Y/N]:y" in screen
    assert name == "H1"


def test_a_role_that_may_only_look(typed):
    """A network operator is denied what changes anything."""
    screen, name = typed("system-view\ndisplay clock\nquit\n", username="reader", password="Reader-123")
    assert "<H1>system-view\nPermission denied.\n<H1>display clock\n" in screen
    assert name == "H1"


def test_secrets_are_shown_in_their_stored_form(typed):
    """Passwords as hashes, communities as cipher texts; typed back they stay the same."""
    look = "screen-length disable\ndisplay current-configuration\n"
    keys = f"system-view\nsnmp-agent community read simple Public-77\nquit\n{look}quit\n"
    screen, _ = typed(keys)
    assert "\n snmp-agent community read cipher $c$3$" in screen
    assert "\n password hash $h$6$" in screen
    assert screen.count("Public-77") == 1
    assert "Secret-123" not in screen


def test_paging(typed):
    """A long output stops; any other key ends it, and `screen-length disable` ends paging."""
    screen, _ = typed("display current-configuration\nqscreen-length disable\ndisplay current-configuration\nquit\n")
    assert screen.count("---- More ----") == 1
    assert screen.count("\nreturn\n") == 1


def test_login_by_key(spec, texts, world, where, ssh):
    """`ssh user … authentication-type any` lets a loaded key in; without it only the password counts."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    keys = {"govnet": (key.export_public_key().decode(),)}
    user = "ssh user govnet service-type stelnet authentication-type any\n"
    with_key = spec("hp_comware", text=user + texts["hp_comware"], keys=keys)
    without = spec("hp_comware", name="other", number=2, text=texts["hp_comware"], keys=keys)

    async def run():
        async with world(with_key, without) as made:
            login = {"password": None, "client_keys": [key]}
            with pytest.raises(asyncssh.PermissionDenied):
                await ssh.type(where(without), made.ports[0], "quit\n", **login)
            return await ssh.type(where(with_key), made.ports[0], "quit\n", **login)

    assert "<H1>quit" in asyncio.run(run())


def test_gbk(spec, texts, world, where):
    """An old device's output is GB18030."""
    one = spec("hp_comware", text=texts["hp_comware"], encoding="gb18030")

    async def run():
        async with world(one) as made:
            login = {"username": "govnet", "password": "Secret-123", "known_hosts": None, "config": None}
            async with (
                asyncssh.connect(where(one), made.ports[0], **login) as connection,
                connection.create_process(term_type="vt100", encoding=None) as process,
            ):
                lines = "system-view\ninterface LoopBack1\ndescription 蓝田街道\ndisplay this\nreturn\nquit\n"
                process.stdin.write(lines.encode("gb18030"))
                async with asyncio.timeout(PATIENCE):
                    return await process.stdout.read()

    assert asyncio.run(run()).decode("gb18030").count("蓝田街道") == 2
