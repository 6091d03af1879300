"""policy.yaml: every fault with its line, in both languages; good files become what the planner uses."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from inventory.errors import InputError
from inventory.model import Area, Level
from ipplan import policy_file, policy_form
from ipplan.policy import Placement, Purpose, holding

CASES = sorted((Path(__file__).parent / "policies").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_policy_is_explained(path: Path) -> None:
    """A case is a file: a policy and its problems with line, column, code and, where the text is ours, the text."""
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    with pytest.raises(InputError) as caught:
        policy_file.parse(case["policy"])
    found = [
        {
            "line": problem.line,
            "column": problem.column,
            "code": problem.code,
            "en": f"{problem.message.in_language('en')} | {problem.hint.in_language('en')}",
            "zh": f"{problem.message.in_language('zh_CN')} | {problem.hint.in_language('zh_CN')}",
        }
        for problem in caught.value.problems
    ]
    assert len(found) == len(case["problems"])
    for problem, expected in zip(found, case["problems"], strict=True):
        assert {key: problem[key] for key in expected} == expected


def test_the_example_is_read(lianyuan: Path) -> None:
    """The example's policy has the values that it writes, with their lines."""
    rules = policy_file.load(lianyuan / "plan" / "policy.yaml", name="plan/policy.yaml")
    townships = rules.pools["townships"]
    assert (townships.area, townships.vrf, str(townships.prefixes[0])) == (Area.PUBLIC, "default", "10.20.0.0/18")
    (summary,) = townships.summaries
    assert (summary.level, summary.placement, summary.sizes[4].growth) == (Level.TOWNSHIP, Placement.SPARSE, 2)
    lan = rules.functions["township-lan"]
    assert (lan.purpose, lan.placement) == (Purpose.LAN, Placement.SPARSE)
    assert (lan.sizes[4].growth, lan.sizes[4].minimum, lan.sizes[4].maximum) == (Decimal("1.5"), 26, 22)
    lines = (lianyuan / "plan" / "policy.yaml").read_text(encoding="utf-8").splitlines()
    assert "name: townships" in lines[townships.source.line - 1]
    assert "name: township-lan" in lines[lan.source.line - 1]


def test_no_file() -> None:
    """A workspace without a policy is told so."""
    with pytest.raises(InputError) as caught:
        policy_file.load(Path("/nonexistent/policy.yaml"), name="plan/policy.yaml")
    assert caught.value.problems[0].file == "plan/policy.yaml"


@pytest.mark.parametrize(
    ("hosts", "length"), [(0, 30), (1, 30), (2, 29), (5, 29), (6, 28), (61, 26), (62, 25), (253, 24), (254, 23)]
)
def test_how_long_a_prefix_holds_so_many_hosts(hosts: int, length: int) -> None:
    """Hosts, their router, the network's and the broadcast address: 253 hosts fill a /24."""
    assert holding(hosts, 32) == length


def test_the_shipped_schema_is_the_models(repository: Path) -> None:
    """ipplan/policy.schema.json is what `govnet plan policy-schema` prints."""
    shipped = json.loads((repository / "ipplan" / "policy.schema.json").read_text(encoding="utf-8"))
    assert shipped == policy_form.schema()
    assert shipped["additionalProperties"] is False
