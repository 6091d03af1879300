"""VRP8: what is typed goes to a candidate; commits, trials and what ends them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest


@pytest.fixture
def one(spec, texts):
    """A device whose minutes are short: 60 seconds of a trial last half a second."""
    return spec("huawei_vrpv8", text=texts["huawei_vrpv8"], minute=0.5)


def test_nothing_runs_before_it_is_committed(one, world, where, ssh):
    """The prompt shows uncommitted changes, the running configuration does not, and `commit` makes them run."""

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            async with ssh.connected(where(one), made.ports[0]) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("system-view\nsysname new\ninterface LoopBack1\nip address 10.9.9.9 32\n")
                before = await session.stdout.readuntil("[*new-LoopBack1]ip address 10.9.9.9 32\r\n[*new-LoopBack1]")
                idle = device.name, device.running.child("interface", "LoopBack1")
                session.stdin.write("display configuration candidate\ncommit\n")
                after = await session.stdout.readuntil("[~new-LoopBack1]")
                return before.replace("\r\n", "\n"), idle, after.replace("\r\n", "\n"), device.show(device.running)

    before, idle, after, running = asyncio.run(run())
    assert "Enter system view, return user view with return command.\n[~R1]sysname new\n[*new]interface" in before
    assert idle == ("R1", None)
    assert "candidate\nsysname new\ninterface LoopBack1\n ip address 10.9.9.9 255.255.255.255\n[*new" in after
    assert "sysname new" in running
    assert "ip address 10.9.9.9 255.255.255.255" in running


@pytest.mark.parametrize(("answer", "name", "back"), [("y", "new", True), ("n", "R1", True), ("c", "R1", False)])
def test_leaving_with_changes_asks(one, world, where, ssh, answer, name, back):
    """Yes commits, no throws away, cancel stays; anything else is asked again."""

    async def run():
        async with world(one) as made:
            keys = f"system-view\nsysname new\nquit\nmaybe\n{answer}\n" + (
                "quit\n" if back else "clear configuration candidate\nquit\nquit\n"
            )
            screen = await ssh.type(where(one), made.ports[0], keys)
            return screen, made.hosts["dev"].device.name

    screen, now = asyncio.run(run())
    assert (
        "Warning: Uncommitted configurations found, commit them before exiting? [Y(yes)/N(no)/C(cancel)]:maybe\n"
        "Error: Please choose 'YES', 'NO' or 'CANCEL' first before pressing 'Enter'. [Y/N/C]:"
    ) in screen
    assert ("[~R1]quit" in screen) is not back
    assert now == name


def test_a_trial_that_nobody_confirms_is_rolled_back(one, world, where, ssh, run_out):
    """When the time is over, what was before runs again; the texts are the reference's."""

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            screen = await ssh.type(
                where(one), made.ports[0], "system-view\nsysname new\ncommit trial 60\ndisplay this\nquit\nquit\n"
            )
            during = device.name
            run_out(device)
            await ssh.until(lambda: device.name == "R1")
            return screen, during

    one = replace(one, minute=60.0)
    screen, during = asyncio.run(run())
    assert (
        "[*new]commit trial 60\nInfo: The system enters the trial configuration mode.\n"
        "The system will revert to previous configuration if the trial configuration is not confirmed in 60 seconds.\n"
        "[~new]"
    ) in screen
    assert during == "new"


def test_a_trial_is_confirmed_in_its_own_session(one, world, where, ssh):
    """`commit` in the session that began the trial keeps the change."""

    async def run():
        async with world(one) as made:
            device = made.hosts["dev"].device
            keys = "system-view\nsysname new\ncommit trial 60\ncommit\nquit\nquit\n"
            await ssh.type(where(one), made.ports[0], keys)
            return device.name, device.trial, device.timer("trial").armed

    one = replace(one, minute=60.0)
    assert asyncio.run(run()) == ("new", None, False)


@pytest.mark.parametrize(("persist", "kept"), [("", False), (" persist job7", True)])
def test_another_session_needs_the_name_of_a_trial(one, world, where, ssh, run_out, persist, kept):
    """After a new login only a trial that was begun with `persist` can be confirmed."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            await ssh.type(host, port, f"system-view\nsysname new\ncommit trial 60{persist}\nquit\nquit\n")
            screen = await ssh.type(host, port, f"system-view\ncommit{persist}\nquit\nquit\n")
            assert device.timer("trial").armed is not kept
            run_out(device)
            await ssh.until(lambda: not device.timer("trial").armed)
            return screen, device.name

    one = replace(one, minute=60.0)
    screen, name = asyncio.run(run())
    assert ("Error:" in screen) is not kept
    assert name == ("new" if kept else "R1")


def test_a_trial_can_be_ended_at_once(one, world, where, ssh):
    """`abort trial` asks and goes back."""

    async def run():
        async with world(one) as made:
            keys = "system-view\nsysname new\ncommit trial\nabort trial\ny\nquit\nquit\n"
            return await ssh.type(where(one), made.ports[0], keys), made.hosts["dev"].device.name

    screen, name = asyncio.run(run())
    assert (
        "[~new]abort trial\nWarning: The trial configuration will be rolled back. Continue? [Y/N]:y\n"
        "Info: The trial configuration rollback succeeded.\n[~R1]"
    ) in screen
    assert name == "R1"


def test_two_users_commit_one_after_the_other(one, world, where, ssh):
    """The second commit keeps what the first one brought."""

    async def run():
        async with world(one) as made:
            host, port = where(one), made.ports[0]
            device = made.hosts["dev"].device
            async with ssh.connected(host, port) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("system-view\ninterface LoopBack1\ndescription first\n")
                await session.stdout.readuntil("description first\r\n[*R1-LoopBack1]")
                await ssh.type(
                    host, port, "system-view\ninterface LoopBack2\ndescription second\ncommit\nquit\nquit\nquit\n"
                )
                session.stdin.write("commit\n")
                await session.stdout.readuntil("[~R1-LoopBack1]")
            return device.show(device.running)

    running = asyncio.run(run())
    assert "description first" in running
    assert "description second" in running


def test_a_rollback_point_is_gone_back_to(one, world, where, ssh):
    """`rollback configuration last 1` undoes the last commit."""

    async def run():
        async with world(one) as made:
            keys = "system-view\nsysname new\ncommit\nquit\nrollback configuration last 1\ny\nquit\n"
            await ssh.type(where(one), made.ports[0], keys)
            return made.hosts["dev"].device.name

    assert asyncio.run(run()) == "R1"


def test_a_lost_session_leaves_nothing(one, world, where, ssh):
    """A candidate dies with its session."""

    async def run():
        async with world(one) as made:
            async with ssh.connected(where(one), made.ports[0]) as connection:
                session = await connection.create_process(term_type="vt100")
                session.stdin.write("system-view\nsysname new\n")
                await session.stdout.readuntil("[*new]")
            screen = await ssh.type(
                where(one), made.ports[0], "system-view\ndisplay configuration candidate\nquit\nquit\n"
            )
            return screen, made.hosts["dev"].device.name

    screen, name = asyncio.run(run())
    assert "[~R1]display configuration candidate\n[~R1]" in screen
    assert name == "R1"


def test_the_immediate_mode(one, world, where, ssh):
    """`system-view immediately`: every line runs at once, and the prompt has no mark."""

    async def run():
        async with world(one) as made:
            keys = "system-view immediately\nsysname new\nquit\nquit\n"
            return await ssh.type(where(one), made.ports[0], keys), made.hosts["dev"].device.name

    screen, name = asyncio.run(run())
    assert "[R1]sysname new\n[new]quit" in screen
    assert name == "new"
