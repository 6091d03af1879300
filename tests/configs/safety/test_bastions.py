"""The same push over the emulated ways in: a jump host, JumpServer's entry, a menu in UTF-8 and in GB 18030."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from configs import push as pushing
from configs.channel import Hop, HopKind, Login
from configs.push import Quiet, State
from inventory.endpoints import Endpoint
from inventory.errors import DeviceUnreachableError, LoginError
from inventory.secrets import Secret
from lab.emulator.bastion import Account, JumpHost, Koko, Menu, assets_of

CASE = yaml.safe_load((Path(__file__).parent / "cases" / "hp_comware.yaml").read_text())
USERS = {"ops": "Ops-123"}
STEPS = (
    (r"请输入序号：", "/{address}"),
    (r"\d+ +\S+ +{address} [\s\S]*请输入序号：", "1"),
    (r"请输入账号序号：", "1"),
)


@pytest.fixture
def way(worlds):
    """A device behind a way in of some kind, and how to reach it."""
    gates = []

    def make(kind, hop_kind, *, password="Ops-123", steps=(), **more):  # noqa: S107 - invented
        bench = worlds.start("hp_comware", CASE["text"], model=CASE["model"], interface=CASE["interface"])
        world = worlds.made[-1]
        accounts = (Account("govnet", "Secret-123"), Account("reader", "x"))
        given = {} if kind is JumpHost else {"assets": assets_of(world, accounts)}

        async def listen():
            gate = kind(world, USERS, **given, **more)
            return gate, await gate.listen()

        gate, port = asyncio.run_coroutine_threadsafe(listen(), worlds.loop).result(10)
        gates.append(gate)
        login = Login("ops", Secret(password))
        hop = Hop(hop_kind, "gate", Endpoint("127.0.0.1", port), login, account="govnet", steps=steps)
        target = replace(bench.target(), via=(hop,))
        if kind is not JumpHost:  # a bastion knows the device by its real address
            target = replace(target, endpoint=Endpoint(str(bench.address), 22))
        return bench, target

    yield make
    for gate in gates:
        asyncio.run_coroutine_threadsafe(gate.close(), worlds.loop).result(10)


WAYS = {
    "jump": (JumpHost, HopKind.JUMP, {}),
    "jumpserver": (Koko, HopKind.JUMPSERVER, {}),
    "menu": (Menu, HopKind.MENU, {"steps": STEPS}),
    "menu-gbk": (Menu, HopKind.MENU, {"steps": STEPS, "encoding": "gb18030"}),
}


@pytest.mark.parametrize(("kind", "hop_kind", "more"), WAYS.values(), ids=WAYS)
def test_a_push_goes_over_a_way_in(way, kind, hop_kind, more):
    """Guarded, checked over a second login by the same way, saved."""
    bench, target = way(kind, hop_kind, **more)
    job = replace(bench.job(CASE["harmless"]), target=target)
    result = pushing.push_one(job, commit=True, observer=Quiet())
    assert result.error is None
    assert result.state is State.CHANGED
    assert "涟源市" in bench.saved()


@pytest.mark.parametrize(("kind", "hop_kind", "more"), WAYS.values(), ids=WAYS)
def test_a_wrong_password_at_the_way_in_is_said(way, kind, hop_kind, more):
    """It is the way's login that was refused, not the device's."""
    bench, target = way(kind, hop_kind, password="bad", **more)
    with pytest.raises(LoginError, match="at gate"):
        opened(bench, target)


def opened(bench, target):
    from configs.drivers import driver_for

    driver = driver_for(bench.platform).for_target(target)
    try:
        driver.open()
    finally:
        driver.close()


@pytest.mark.parametrize(("kind", "hop_kind", "more"), list(WAYS.values())[1:], ids=list(WAYS)[1:])
def test_a_device_that_is_no_asset_is_not_mistaken(way, kind, hop_kind, more):
    """The bastion's own words are in the error, and nothing was typed into its menu as if it were the device."""
    bench, target = way(kind, hop_kind, **more)
    with pytest.raises(DeviceUnreachableError, match="gate did not go through"):
        opened(bench, replace(target, endpoint=Endpoint("203.0.113.9", 22), login_timeout=4))


def test_another_device_behind_the_menu_is_noticed(way):
    """A careless table chooses the first of all assets when nothing was found: its configuration gives it away."""
    careless = (STEPS[0], (r"请输入序号：", "1"), STEPS[2])
    bench, target = way(Menu, HopKind.MENU, steps=careless)
    job = replace(
        bench.job(CASE["harmless"]), target=replace(target, endpoint=Endpoint("203.0.113.9", 22)), management=None
    )
    before = bench.text()
    result = pushing.push_one(job, commit=True, observer=Quiet())
    assert result.state is State.UNTOUCHED
    assert "does not have the address 203.0.113.9" in str(result.error)
    assert bench.text() == before
