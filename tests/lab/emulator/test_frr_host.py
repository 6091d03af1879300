"""A host with FRR over SSH exec requests: the commands that a push uses, reload, guard."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import asyncssh
import pytest

from tests.patience import PATIENCE

RELOAD = "/usr/lib/frr/frr-reload.py"
FOLDER = "/var/tmp/govnet"


@pytest.fixture
def host(spec, texts, world, where):
    """A running FRR host and a way to run a command on it."""
    one = spec("frr", text=texts["frr"], login=("govnet", "Secret-123"))

    @asynccontextmanager
    async def make():
        async with (
            world(one) as made,
            asyncssh.connect(
                where(one), made.ports[0], username="govnet", password="Secret-123", known_hosts=None, config=None
            ) as connection,
        ):

            async def run(command, text=""):
                given = {"input": text} if text else {"stdin": asyncssh.DEVNULL}
                async with asyncio.timeout(PATIENCE):
                    done = await connection.run(command, **given)
                return done.exit_status, done.stdout + done.stderr

            yield made.hosts["dev"].device, run

    return make


def candidate(shown, more=""):
    """The running configuration as a file, with lines added at its end."""
    body = "\n".join(line for line in shown.split("\n") if not line.startswith(("Building", "Current")))
    return body.replace("\nend", f"\n{more}end")


def test_reload_makes_it_the_file(host):
    """--test says what it would do, --reload does it, and saves unless it was told another folder."""

    async def run():
        async with host() as (device, sh):
            _, shown = await sh('vtysh -c "show running-config"')
            text = candidate(shown, "interface eth1\n ip address 10.1.0.1/24\nexit\n!\n")
            await sh(f"mkdir -p {FOLDER}")
            await sh(f"cat > {FOLDER}/frr.conf", text)
            status, plan = await sh(f"{RELOAD} --test --stdout {FOLDER}/frr.conf")
            saves = device.saves
            applied, _ = await sh(f"{RELOAD} --confdir {FOLDER} --reload {FOLDER}/frr.conf")
            unsaved = device.saves - saves
            await sh(f"cat > {FOLDER}/other.conf", candidate(shown))
            await sh(f"{RELOAD} --reload {FOLDER}/other.conf")
            _, after = await sh('vtysh -c "show running-config"')
            return status, plan, applied, unsaved, device.saves - saves, shown, after

    status, plan, applied, unsaved, saved, before, after = asyncio.run(run())
    assert (status, applied, unsaved, saved) == (0, 0, 0, 1)
    assert "Lines To Add" in plan
    assert "interface eth1\n ip address 10.1.0.1/24" in plan
    assert "Lines To Delete" not in plan
    assert before == after


def test_a_bad_line_is_refused_with_its_number(host):
    """Nothing of a file with an unknown line is applied."""

    async def run():
        async with host() as (device, sh):
            before = device.show(device.running)
            await sh(f"cat > {FOLDER}/frr.conf", "hostname F1\nrouter osfp\n!\nend\n")
            return *(await sh(f"{RELOAD} --reload {FOLDER}/frr.conf")), device.show(device.running) == before

    status, said, same = asyncio.run(run())
    assert status != 0
    assert "line 2: % Unknown command:  router osfp" in said
    assert same


def test_the_guard_restores_unless_it_is_cancelled(host):
    """Armed, it says so; cancelled, it stays quiet; when its time is up the configuration is the one from before."""

    async def run():
        async with host() as (device, sh):
            said = []
            _, shown = await sh('vtysh -c "show running-config"')
            said.append(await sh(f"sh {FOLDER}/guard status"))
            await sh(f"cat > {FOLDER}/guard", "#!/bin/sh\n")
            await sh(f"cat > {FOLDER}/before.conf", candidate(shown))
            for arm in (60, 1):
                said.append(await sh(f"sh {FOLDER}/guard arm {arm} {FOLDER}/before.conf"))
                await sh("vtysh -c 'configure terminal' -c 'hostname changed'")
                if arm == 60:
                    said.append(await sh(f"sh {FOLDER}/guard arm {arm} {FOLDER}/before.conf"))
                    said.append(await sh(f"sh {FOLDER}/guard cancel"))
                    said.append((0, device.name))
            await asyncio.sleep(1.2)
            said.append((0, device.name))
            said.append(await sh(f"sh {FOLDER}/guard status"))
            said.append(await sh(f"sh {FOLDER}/guard cancel"))
            return said

    said = asyncio.run(run())
    assert [status for status, _ in said] == [127, 0, 1, 0, 0, 0, 0, 0, 1]
    assert [text.strip() for _, text in said[1:]] == [
        "armed 60",
        "already armed",
        "idle",
        "changed",
        "armed 1",
        "F1",
        "idle fired",
        "too late: the configuration was restored",
    ]


def test_other_commands_are_not_there(host):
    """The model of a shell says that it is one."""

    async def run():
        async with host() as (_, sh):
            return [await sh(command) for command in ("uname -a", "vtysh -c 'show nothing'", f"cat {FOLDER}/none")]

    assert [status for status, _ in asyncio.run(run())] == [127, 1, 1]
