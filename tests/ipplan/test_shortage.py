"""A plan that is impossible is explained in numbers, and what is offered really mends it."""

from __future__ import annotations

import re
from decimal import Decimal
from ipaddress import ip_network
from random import Random
from typing import TYPE_CHECKING

import pytest
import yaml

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
            "1024 addresses are free to use, "
            "and there is no place for 5 × /24 (43000000d d, 43000000e e, 43000000f f …)"
        ),
        (
            "地址池“lans”（区域 public，10.20.0.0/22）不够：lan × 9 共需 2304 个地址，可用 1024 个地址，"
            "放不下 5 × /24 (43000000d d, 43000000e e, 43000000f f …)"
        ),
        {"10.20.0.0/22": "10.20.0.0/20"},
    ),
    "circuits": (
        ("10.254.0.0/24", "10.254.0.0/28"),
        (
            "the pool “circuits” (area interconnect, 10.254.0.0/28) is too small: circuit × 8 need 32 addresses, "
            "16 addresses are free to use, and there is no place for 4 × /30 (ln-e, ln-f, ln-g …)"
        ),
        (
            "地址池“circuits”（区域 interconnect，10.254.0.0/28）不够：circuit × 8 共需 32 个地址，"
            "可用 16 个地址，放不下 4 × /30 (ln-e, ln-f, ln-g …)"
        ),
        {
            "10.254.0.0/28": "10.254.0.0/27",
            "circuits, for: circuit, ipv4: {length: /30}": "circuits, for: circuit, ipv4: {length: /31}",
        },
    ),
    "block": (
        ("ipv4: {growth: 2}", "ipv4: {length: 26}"),
        (
            "the region 43000000a a needs 128 addresses (ipv4), its block of the pool “lans” (/26) has 64 addresses: "
            "64 addresses are lacking for lan × 1"
        ),
        (
            "区划 43000000a a 需要 128 个地址（ipv4），它在地址池“lans”中的汇总块（/26）有 64 个地址："
            "lan × 1 还缺 64 个地址"
        ),
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


def test_two_changes_together_where_one_is_not_enough(city: Callable[..., Inventory]) -> None:
    """Blocks that are too small in a pool that has no room for larger ones: both are said, and both mend it."""
    text = """
pools:
  - name: lans
    area: public
    prefixes: [10.20.0.0/24]
    summaries: [{level: township, ipv4: {length: 27}}]
functions: [{name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {hosts: {minimum: 28}}}]
"""
    inventory = city(TOWNSHIPS)
    with pytest.raises(InputError) as caught:
        allocate.make(inventory, policy_file.parse(text), None)
    hint = caught.value.problems[0].hint
    assert (
        "make the blocks of the level township /26 instead of /27, and enlarge the pool's 10.20.0.0/24 to 10.20.0.0/23"
        in hint.in_language("en")
    )
    assert "并且把地址池的 10.20.0.0/24 扩大为 10.20.0.0/23" in hint.in_language("zh_CN")
    mended = text.replace("length: 27", "length: 26").replace("10.20.0.0/24", "10.20.0.0/23")
    allocate.make(inventory, policy_file.parse(mended), None)


def test_an_explanation_is_bounded(city: Callable[..., Inventory], monkeypatch: pytest.MonkeyPatch) -> None:
    """However large the plan is, only so many layouts are tried."""
    from ipplan import shortage

    tried = []
    true = shortage.arrange
    monkeypatch.setattr(shortage, "arrange", lambda *args, **options: tried.append(1) or true(*args, **options))
    monkeypatch.setattr(shortage, "_MOST_DEMANDS", 1)
    rules = policy_file.parse("""
pools: [{name: lans, area: public, prefixes: [10.20.0.0/26], summaries: [{level: township}, {level: village}]}]
functions: [{name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 9, minimum: 28}}, reserve: 4}]
""")
    with pytest.raises(InputError):
        allocate.make(city(TOWNSHIPS), rules, None)
    assert len(tried) <= 12


def suggestions(hint: str) -> list[list[str]]:
    """The changes that a hint offers, each as the single edits that it takes."""
    offered = hint.removeprefix("the smallest change that mends it: ").split("; or ")
    return [change.split(", and ") for change in offered]


EDIT = re.compile(
    r"(?P<enlarge>enlarge the pool's (?P<before>\S+) to (?P<after>\S+))"
    r"|(?P<add>add a /(?P<extra>\d+) to the pool's prefixes)"
    r"|(?P<growth>lower the growth of “lan” from \S+ to (?P<factor>\S+))"
    r"|(?P<reserve>lower the reserve of “lan” from \S+ to (?P<times>\d+))"
    r"|(?P<length>make the prefixes of “lan” /(?P<longer>\d+) instead of /(?P<shorter>\d+))"
    r"|(?P<blocks>make the blocks of the level (?P<level>\w+) /(?P<wide>\d+) instead of /(?P<narrow>\d+))"
    r"|(?P<swell>lower the growth of the blocks of the level (?P<of>\w+) from \S+ to (?P<rate>\S+))"
)


def applied(text: str, edits: list[str], short: int = 0) -> str:
    """The policy with a suggestion followed; with `short` its last edit falls one step short of what is offered."""
    document = yaml.safe_load(text)
    pool, function = document["pools"][0], document["functions"][0]
    family = "ipv6" if "ipv6" in function else "ipv4"
    digits = 4 if family == "ipv6" else 1
    for number, one in enumerate(edits, 1):
        found = EDIT.fullmatch(one)
        assert found, one
        less = short if number == len(edits) else 0
        summaries = {summary["level"]: summary for summary in pool.get("summaries", [])}
        if found["enlarge"]:
            head, _, length = found["after"].partition("/")
            network = ip_network(found["before"]).supernet(new_prefix=int(length))
            assert str(network.network_address) == head
            lower = int(length) + less * digits
            old = ip_network(found["before"])
            network = old.supernet(new_prefix=lower) if lower < old.prefixlen else old
            kept = [each for each in pool["prefixes"] if not ip_network(each).subnet_of(network)]
            pool["prefixes"] = [*kept, str(network)]
        elif found["add"]:
            start = "172.16.0.0" if family == "ipv4" else "fd00::"
            pool["prefixes"].append(f"{start}/{int(found['extra']) + less * digits}")
        elif found["growth"]:
            function["ipv4"]["hosts"]["growth"] = str(Decimal(found["factor"]) + Decimal("0.05") * less)
        elif found["reserve"]:
            function["reserve"] = int(found["times"]) + less
        elif found["length"]:
            function[family]["length"] = int(found["longer"]) - less
        elif found["blocks"]:
            summaries[found["level"]][family]["length"] = int(found["wide"]) + less * digits
        else:
            summaries[found["of"]][family]["growth"] = str(Decimal(found["rate"]) + Decimal("0.05") * less)
    return yaml.safe_dump(document, allow_unicode=True)


def fits(inventory: Inventory, text: str) -> bool:
    """Whether there is a plan."""
    try:
        allocate.make(inventory, policy_file.parse(text), None)
    except InputError:
        return False
    return True


def impossible(random: Random) -> str:
    """A policy that is likely to be too small for the city."""
    six = random.random() < 0.3
    length = random.randint(52, 63) if six else random.randint(22, 28)
    prefix = f"2001:db8:8000::/{length}" if six else f"10.128.0.0/{length}"
    family = "ipv6" if six else "ipv4"
    kinds = [{"length": random.choice([56, 60]) if six else random.randint(24, 28)}, {"growth": 2}, {"growth": 3}]
    summaries = [{"level": level, family: dict(random.choice(kinds))} for level in random.choice(LEVELS)]
    size = random.choice([{"hosts": {"growth": 2, "minimum": 28, "maximum": 20}}, {"length": random.randint(25, 28)}])
    function = {"name": "lan", "pool": "lans", "for": "lan", family: {} if six else size}
    if random.random() < 0.4:
        function["reserve"] = random.randint(1, 3)
    pool = {"name": "lans", "area": "public", "prefixes": [prefix], "summaries": summaries}
    if random.random() < 0.3 and not six:
        pool["exclude"] = [f"10.128.0.{random.randrange(0, 4) * 4}/32"]
    return yaml.safe_dump({"pools": [pool], "functions": [function]})


LEVELS = ([], ["township"], ["county"], ["county", "township"])


@pytest.mark.parametrize("seed", range(40))
def test_every_suggestion_mends_and_is_the_smallest(city: Callable[..., Inventory], seed: int) -> None:
    """Followed to the letter, each suggestion gives a plan; one step less gives none."""
    random = Random(seed)  # noqa: S311 - invented policies
    inventory = city({name: random.randint(5, 120) for name in "abcdefgh"}, counties=2)
    text = impossible(random)
    while fits(inventory, text):
        text = impossible(random)
    with pytest.raises(InputError) as caught:
        allocate.make(inventory, policy_file.parse(text), None)
    (problem,) = caught.value.problems
    hint = problem.hint.in_language("en")
    if hint.startswith("no small change"):
        return
    for edits in suggestions(hint):
        assert fits(inventory, applied(text, edits)), (edits, text)
        assert not fits(inventory, applied(text, edits, short=1)), (edits, text)


def test_what_is_offered_is_what_people_have(city: Callable[..., Inventory]) -> None:
    """No /1, no IPv6 LAN that is no /64; IPv6 is counted in prefixes, and what has no place is named."""
    rules = policy_file.parse("""
pools:
  - name: lans
    area: public
    prefixes: [10.0.0.0/20, "2001:db8::/60"]
    summaries: [{level: county, ipv4: {growth: 100}}, {level: township, ipv4: {growth: 100}, ipv6: {length: /60}}]
functions: [{name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 100, minimum: /26}}, ipv6: {}}]
""")
    with pytest.raises(InputError) as caught:
        allocate.make(city(TOWNSHIPS), rules, None)
    four, six = caught.value.problems
    assert four.hint.in_language("en").startswith("no small change mends it")
    assert four.hint.in_language("zh_CN").startswith("没有单独一项小改动")
    told = six.message.in_language("en")
    assert (
        "lan × 9 need 257 × /64, 16 × /64 are free to use, and there is no place for 1 × /56 (430000 county 0)" in told
    )
    assert (
        six.hint.in_language("en")
        == "the smallest change that mends it: enlarge the pool's 2001:db8::/60 to 2001:db8::/52"
    )


def test_smaller_blocks_and_a_smaller_minimum_are_offered(city: Callable[..., Inventory]) -> None:
    """Blocks of a level that are too large for the pool, and a smallest prefix that is: each offer makes it fit."""
    blocks = """
pools:
  - {name: lans, area: public, prefixes: [10.1.0.0/22], summaries: [{level: county, ipv4: {length: /21}}]}
functions:
  - {name: lan, pool: lans, for: lan, where: role = township-router, ipv4: {length: /25}}
"""
    minimum = """
pools:
  - {name: lans, area: public, prefixes: [10.1.0.0/22]}
functions:
  - {name: lan, pool: lans, for: lan, ipv4: {hosts: {growth: 1, minimum: /22}}}
"""
    for text, before, after, words in (
        (blocks, "/21", "/23", "make the blocks of the level county /23 instead of /21"),
        (minimum, "minimum: /22", "minimum: /24", "make the smallest prefix of “lan” /24 instead of /22"),
    ):
        inventory = city({"a": 20, "b": 20, "c": 20}, counties=2)
        with pytest.raises(InputError) as caught:
            allocate.make(inventory, policy_file.parse(text), None)
        assert words in caught.value.problems[0].hint.in_language("en")
        allocate.make(inventory, policy_file.parse(text.replace(before, after)), None)
