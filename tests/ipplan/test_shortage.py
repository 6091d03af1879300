"""A plan that is impossible is explained in numbers, and what is offered really mends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from inventory.errors import InputError
from ipplan import allocate, policy_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from inventory.model import Inventory

TOWNSHIPS = dict.fromkeys("abcdefgh", 50)
CASES = {
    "pool": (
        ("10.20.0.0/18", "10.20.0.0/22"),
        (
            "the pool “lans” (area public, 10.20.0.0/22) is too small: lan × 9 need 2304 addresses, "
            "1024 are free to use, 1280 are lacking"
        ),
        "地址池“lans”（区域 public，10.20.0.0/22）不够：lan × 9 共需 2304 个地址，可用 1024 个，缺 1280 个",
        {"10.20.0.0/22": "10.20.0.0/20"},
    ),
    "circuits": (
        ("10.254.0.0/24", "10.254.0.0/28"),
        (
            "the pool “circuits” (area interconnect, 10.254.0.0/28) is too small: circuit × 8 need 32 addresses, "
            "16 are free to use, 16 are lacking"
        ),
        "地址池“circuits”（区域 interconnect，10.254.0.0/28）不够：circuit × 8 共需 32 个地址，可用 16 个，缺 16 个",
        {
            "10.254.0.0/28": "10.254.0.0/27",
            "circuits, for: circuit, ipv4: {length: /30}": "circuits, for: circuit, ipv4: {length: /31}",
        },
    ),
    "block": (
        ("ipv4: {growth: 2}", "ipv4: {length: 26}"),
        (
            "the region 43000000a a needs 128 addresses (ipv4), its block of the pool “lans” (/26) has 64: "
            "64 are lacking for lan × 1"
        ),
        "区划 43000000a a 需要 128 个地址（ipv4），它在地址池“lans”中的汇总块（/26）只有 64 个：lan × 1 还缺 64 个",
        {"{length: 26}": "{length: 25}", "growth: 1.5": "growth: 1.2"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_lacking_and_what_mends_it(city: Callable[..., Inventory], policy_text: str, name: str) -> None:
    """Function, area and number of addresses in both languages; each change offered makes the plan possible."""
    (old, new), english, chinese, mends = CASES[name]
    inventory, text = city(TOWNSHIPS), policy_text.replace(old, new)
    with pytest.raises(InputError) as caught:
        allocate.make(inventory, policy_file.parse(text), None)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == ("pool-too-small", "plan/policy.yaml")
    assert problem.line == 1 + next(
        index
        for index, line in enumerate(text.splitlines())
        if f"name: {'lans' if name != 'circuits' else name}" in line
    )
    assert problem.message.in_language("en") == english
    assert problem.message.in_language("zh_CN") == chinese
    assert problem.hint.in_language("zh_CN").startswith("最小的改法：")
    for before, after in mends.items():
        value = re.sub(r".*?([/0-9.]+)\}?$", r"\1", after)
        assert value.lstrip("/") in problem.hint.in_language("en")
        allocate.make(inventory, policy_file.parse(text.replace(before, after)), None)


def test_growth_offered_is_the_largest_that_fits(city: Callable[..., Inventory], policy_text: str) -> None:
    """One step of 0.05 more than the growth offered would not fit."""
    text = policy_text.replace("ipv4: {growth: 2}", "ipv4: {length: 26}")
    for growth, possible in (("1.2", True), ("1.25", False)):
        rules = policy_file.parse(text.replace("growth: 1.5", f"growth: {growth}"))
        try:
            allocate.make(city(TOWNSHIPS | {"dc": 1}), rules, None)
        except InputError:
            assert not possible
        else:
            assert possible


def test_a_reserve_can_be_lowered(city: Callable[..., Inventory]) -> None:
    """Where the reserve is what is too much, that is said."""
    rules = policy_file.parse("""
pools: [{name: lans, area: public, prefixes: [10.20.0.0/24]}]
functions: [{name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {length: 27}, reserve: 2}]
""")
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), rules, None)
    hint = caught.value.problems[0].hint
    assert "lower the reserve of “lan” from 2 to 0" in hint.in_language("en")
    assert "把“lan”的预留从 2 降到 0" in hint.in_language("zh_CN")
    assert "enlarge the pool's 10.20.0.0/24 to 10.20.0.0/22" in hint.in_language("en")
    assert "make the prefixes of “lan” /29 instead of /27" in hint.in_language("en")


def test_a_pool_that_cannot_be_widened_needs_another_prefix(city: Callable[..., Inventory]) -> None:
    """Beside a neighbour's space the pool cannot grow: the size of a further prefix is said instead."""
    rules = policy_file.parse("""
pools:
  - {name: lans, area: public, prefixes: [10.20.0.0/26]}
  - {name: others, area: public, prefixes: [10.20.0.64/26]}
functions: [{name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {length: 28}}]
""")
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), rules, None)
    assert "add a /26 to the pool's prefixes" in str(caught.value.problems[0].hint)


def test_every_pool_that_is_too_small_is_named(city: Callable[..., Inventory], policy_text: str) -> None:
    """Two pools, two problems."""
    text = policy_text.replace("10.20.0.0/18", "10.20.0.0/24").replace("10.255.0.0/24", "10.255.0.0/30")
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), policy_file.parse(text), None)
    assert [problem.code for problem in caught.value.problems] == ["pool-too-small"] * 2
