"""Filters: what they choose, what they refuse, and that they mean what Python would."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InputError
from inventory.filters import KEYS, select
from inventory.workspace import load

if TYPE_CHECKING:
    from inventory.model import Inventory

BASE = Path(__file__).parent / "base"


@cache
def inventory() -> Inventory:
    return load(BASE).inventory


def names(where: str) -> list[str]:
    return [device.name for device in select(inventory(), where)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("", ["core", "fw", "rt-anping"]),
        ("   ", ["core", "fw", "rt-anping"]),
        ("name=fw", ["fw"]),
        ("name == fw", ["fw"]),
        ("name!=fw", ["core", "rt-anping"]),
        ("name ~ ^rt-", ["rt-anping"]),
        ("name ~ '^(core|fw)$'", ["core", "fw"]),
        ("role in (core, 'township-router')", ["core", "rt-anping"]),
        ("role not in (core)", ["fw", "rt-anping"]),
        ("role=none", []),
        ("platform=frr", ["rt-anping"]),
        ("model='Linux/FRR'", ["rt-anping"]),
        ("model=Linux/FRR", ["rt-anping"]),
        ("site=dc", ["core", "fw"]),
        ("site=中心机房", ["core", "fw"]),
        ("unit=gov-anping", ["rt-anping"]),
        ("unit=安平镇人民政府", ["rt-anping"]),
        ("township=安平镇", ["rt-anping"]),
        ("township=431382102", ["rt-anping"]),
        ("township=''", []),
        ("county=涟源市", ["core", "fw", "rt-anping"]),
        ("city=4313", ["core", "fw", "rt-anping"]),
        ("region=431382", ["core", "fw", "rt-anping"]),
        ("region=安平镇", ["rt-anping"]),
        ("credential=routers", ["core", "fw", "rt-anping"]),
        ("zone=inside", ["fw"]),
        ("zone=互联网", ["fw"]),
        ("zone!=inside", ["core", "rt-anping"]),
        ("zone ~ in", ["fw"]),
        ("county=涟源市 and role=township-router", ["rt-anping"]),
        ("role=core or role=border-firewall and name=core", ["core"]),
        ("(role=core or role=border-firewall) and name=fw", ["fw"]),
        ("not name=fw", ["core", "rt-anping"]),
        ("not not name=fw", ["fw"]),
        ("not (name=fw or name=core)", ["rt-anping"]),
        ("NOT name=fw AND role=core", ["core"]),
        ("（role＝core or role＝border-firewall） and name！=fw", ["core"]),
        ("name in （core，fw）", ["core", "fw"]),
        ("site=“中心机房”", ["core", "fw"]),
    ],
)
def test_what_is_chosen(where: str, expected: list[str]) -> None:
    """The devices for which it holds, in the files' order; `and` binds closer than `or`, `not` closest."""
    assert names(where) == expected


@pytest.mark.parametrize(
    ("where", "code", "column", "text"),
    [
        ("nmae=fw", "unknown-key", "1", "there is no key “nmae”"),
        ("name=fw and colour=red", "unknown-key", "13", "there is no key “colour”"),
        ("name", "bad-filter", "5", "one of = != ~ in"),
        ("name fw", "bad-filter", "6", "“fw” stands where one of = != ~ in is expected"),
        ("name=", "bad-filter", "6", "ends where a value is expected"),
        ("name=fw role=core", "bad-filter", "9", "“and” or “or”"),
        ("(name=fw", "bad-filter", "9", "a closing parenthesis"),
        ("name=fw)", "bad-filter", "8", "“)” stands where “and” or “or”"),
        ("name in fw", "bad-filter", "9", "a list in parentheses"),
        ("name in (fw", "bad-filter", "12", "a closing parenthesis"),
        ("name in ()", "bad-filter", "10", "a value"),
        ("name='fw", "unclosed-quote", "6", "this quote is not closed"),
        ("name=fw and", "bad-filter", "12", "a key"),
        ("and", "bad-filter", "1", "a key"),
        ("name ! fw", "bad-filter", "6", "“!” means nothing here"),
        ("name ~ '['", "bad-pattern", "8", "not a regular expression"),
        ("name=rt-anpign", "unknown-value", "6", "has no name “rt-anpign”"),
        ("not county=涟原市", "unknown-value", "12", "has no county “涟原市”"),
        ("township=涟源市", "unknown-value", "10", "has no township “涟源市”"),
        ("zone in (inside, outsid)", "unknown-value", "18", "has no zone “outsid”"),
        ("(" * 200 + "name=fw" + ")" * 200, "bad-filter", "101", "nested too deeply"),
    ],
)
def test_what_is_refused(where: str, code: str, column: str, text: str) -> None:
    """The complaint says the column, what is wrong and what to write; never a traceback, never a silent everything."""
    with pytest.raises(InputError) as caught:
        names(where)
    (problem,) = caught.value.problems
    assert (problem.code, problem.file, problem.column) == (code, "--where", column)
    assert text in problem.message.in_language("en")
    assert problem.message.in_language("zh_CN") != problem.message.in_language("en")


def test_an_unknown_key_is_told_the_keys() -> None:
    """The nearest key and the whole list."""
    with pytest.raises(InputError) as caught:
        names("naem=fw")
    hint = caught.value.problems[0].hint.in_language("en")
    assert "“name”" in hint
    assert all(key in hint for key in KEYS)


_terms = st.sampled_from(
    [
        ("name=core", "device == 'core'"),
        ("name!=fw", "device != 'fw'"),
        ("name ~ r", "'r' in device"),
        ("name in (fw, 'rt-anping')", "device in ('fw', 'rt-anping')"),
        ("name not in (core)", "device not in ('core',)"),
    ]
)
_conditions = st.recursive(
    _terms,
    lambda inner: st.one_of(
        inner.map(
            lambda pair: (
                (f"not {pair[0]}", f"not {pair[1]}") if " " not in pair[0] else (f"not ({pair[0]})", f"not ({pair[1]})")
            )
        ),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(
            lambda three: (f"{three[0][0]} {three[1]} {three[2][0]}", f"{three[0][1]} {three[1]} {three[2][1]}")
        ),
        inner.map(lambda pair: (f"({pair[0]})", f"({pair[1]})")),
    ),
    max_leaves=8,
)


@given(_conditions)
def test_it_means_what_python_means(pair: tuple[str, str]) -> None:
    """Precedence and parentheses are Python's: the same condition as a Python expression chooses the same devices."""
    where, expression = pair
    expected = [
        device
        for device in inventory().devices
        if eval(expression, {"__builtins__": {}}, {"device": device})  # noqa: S307 - built from the terms above
    ]
    assert names(where) == expected


@given(st.text(alphabet="namerolcfw=!~() '\"“”in,ort-dx（＝，", max_size=40))
def test_any_text_is_chosen_by_or_refused(where: str) -> None:
    """Whatever is typed gives a list of devices or an InputError with a column."""
    try:
        chosen = names(where)
    except InputError as error:
        assert 1 <= int(error.problems[0].column) <= len(where) + 1  # noqa: PT017 - either outcome is right
    else:
        assert set(chosen) <= set(inventory().devices)
