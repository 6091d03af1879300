"""Each weakness seeded alone into a clean configuration: found at its line and nothing else, by the rules of level 3;
with its remedy in, the audit says of every item what it said of the clean configuration, or that it is not known.
"""  # noqa: D205 - one sentence

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml

from audits import engine, fixing, pack
from audits.model import Document, Verdict
from audits.vocabulary import CONFIGURED, configured
from configs.remedy_lines import Values
from inventory.model import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from audits.model import Report

HERE = Path(__file__).parents[2] / "configs" / "facts" / "mutations"
VALUES = Values.of(
    Settings(
        services={"ntp": ("10.255.0.11",), "syslog": ("10.255.0.10",), "snmp_manager": ("10.255.0.9",)},
        managers=("10.255.0.0/24",),
    )
)
WEAK = (Verdict.FAIL, Verdict.PARTIAL)
# What follows from these by its definition (one factor where nobody asks a server, a VPN's algorithms) comes with them.
CORE = frozenset(meaning.name for meaning in configured.MEANINGS)
_ROLES = {"default_account", "no_role_separation"}
_RULES = {"any_any_permit_applied", "acl_applied_undefined", "acl_shadowed_or_redundant"}
# What is left for a person on each platform, of what is seeded: secrets, accounts, rules by need, algorithms that a
# peer has to change too, an AAA server. Everything else is mended.
PERSON = {
    "cisco_asa": _ROLES | _RULES | {"acl_disabled_rule", "no_central_aaa", "pwd_plain", "snmp_no_acl", "weak_crypto"},
    "cisco_ios": _ROLES
    | _RULES
    | {"acl_disabled_rule", "no_central_aaa", "pwd_plain", "pwd_reversible", "snmp_no_acl"},
    "cisco_nxos": _RULES | {"default_account", "no_central_aaa", "pwd_plain", "weak_crypto"},
    "cisco_xr": _RULES | {"default_account", "pwd_reversible", "auth_none"},
    "fortinet": _ROLES | _RULES | {"no_central_aaa", "pwd_plain", "weak_crypto"},
    "frr": {"acl_applied_undefined", "acl_shadowed_or_redundant", "pwd_plain"},
    "hillstone_stoneos": {
        "acl_shadowed_or_redundant",
        "any_any_permit_applied",
        "default_account",
        "weak_crypto",
    },
    "hp_comware": _ROLES
    | _RULES
    | {
        "acl_disabled_rule",
        "auth_none",
        "no_accounting",
        "no_central_aaa",
        "pwd_plain",
        "pwd_reversible",
        "snmp_no_acl",
        "weak_crypto",
    },
    "huawei": _ROLES | _RULES | {"auth_none", "no_accounting", "no_central_aaa", "pwd_plain", "pwd_reversible"},
    "juniper_junos": _ROLES | _RULES | {"acl_disabled_rule", "no_central_aaa", "vty_no_acl", "weak_crypto"},
    "linux": {"any_any_permit_applied", "no_login_lockout"},
    "ruijie_os": {
        "acl_applied_undefined",
        "any_any_permit_applied",
        "default_account",
        "pwd_plain",
        "pwd_reversible",
        "snmp_no_acl",
    },
    "topsec_tos": {
        "acl_disabled_rule",
        "acl_shadowed_or_redundant",
        "any_any_permit_applied",
        "default_account",
        "telnet_mgmt",
        "vty_no_acl",
    },
}


class Seeded(NamedTuple):
    """A configuration with one weakness."""

    platform: str
    fact: str
    also: frozenset[str]
    line: int
    text: str


def _seeded(platform: str, entry: Mapping[str, Any]) -> Seeded:
    clean = _text(platform)
    by = entry["by"]
    # A community stands beside SNMPv3 here: without another way in for the platform that polls it none is taken away.
    if entry["fact"].startswith("snmp_") and entry["replace"] not in by:
        by = f"{by}\n{entry['replace']}"
    by = by.replace("    }\n}\ninterfaces {", "    }\n    v3 {\n        vacm;\n    }\n}\ninterfaces {")
    if entry.get("only_last"):
        head, tail = clean.rsplit(entry["replace"], 1)
        text = head + by + tail
    else:
        text = clean.replace(entry["replace"], by)
    text = text.replace(*entry["and"]) if "and" in entry else text
    return Seeded(platform, entry["fact"], frozenset(entry.get("also", ())), entry["line"], text)


def _text(platform: str) -> str:
    return (HERE / f"{platform}.cfg").read_text(encoding="utf-8")


CASES = [
    pytest.param(_seeded(platform, entry), id=f"{platform}-{number}-{entry['fact']}")
    for platform in PERSON
    for number, entry in enumerate(yaml.safe_load((HERE / f"{platform}.yaml").read_text(encoding="utf-8")))
]


@pytest.fixture(scope="module")
def rules() -> pack.Pack:
    """The rules of the standard."""
    return pack.shipped("mlps")


@pytest.fixture(scope="module")
def audit(rules: pack.Pack) -> Any:
    """Judges one text at level 3."""
    known: dict[tuple[str, str], Report] = {}

    def run(platform: str, text: str) -> Report:
        if (platform, text) not in known:
            document = Document("x.cfg", text.encode(), platform=platform)
            known[platform, text] = engine.run([document], rules, 3)
        return known[platform, text]

    return run


def weak(report: Report) -> set[str]:
    """The weaknesses that findings and observations name."""
    named = {entry.fact for finding in report.findings_of("x.cfg") for entry in finding.evidence if entry.value}
    return named | {entry.evidence.fact for entry in report.observations}


def failed(report: Report) -> set[str]:
    """The items that are not, or only partly, met."""
    return {finding.item for finding in report.findings_of("x.cfg") if finding.verdict in WEAK}


def asking(report: Report, facts: set[str]) -> set[str]:
    """The items that ask for one of these."""
    return {
        finding.item for finding in report.findings_of("x.cfg") for entry in finding.evidence if entry.fact in facts
    }


@pytest.mark.parametrize(
    "seeded",
    # Every third in the normal run, all in a campaign.
    [pytest.param(*case.values, id=case.id, marks=[pytest.mark.soak] * bool(at % 3)) for at, case in enumerate(CASES)],
)
def test_a_weakness_is_found_at_its_line_and_its_fix_closes_it_alone(seeded: Seeded, audit: Any) -> None:
    """One weakness more than the clean text has, in the items that ask for it; after the fix the clean text's again."""
    clean, found = audit(seeded.platform, _text(seeded.platform)), audit(seeded.platform, seeded.text)
    new = weak(found) - weak(clean)
    assert new & CORE == ({seeded.fact} | seeded.also) & CORE
    lines = {
        line.number
        for finding in found.findings_of("x.cfg")
        for entry in finding.evidence
        if entry.fact == seeded.fact and entry.value
        for line in entry.cited
    }
    assert not seeded.line or seeded.line in lines or seeded.fact in {o.evidence.fact for o in found.observations}
    assert failed(found) - failed(clean) <= asking(found, new)
    done = fixing.fix(found.devices[0], set(CONFIGURED), VALUES, named={seeded.fact} | seeded.also)
    after = audit(seeded.platform, done.after.decode())
    left = {each.fact for each in done.left}
    if seeded.fact in left:
        assert seeded.fact in PERSON[seeded.platform]
        assert weak(after) >= {seeded.fact}
        return
    closed = {each.fact for each in done.closed}
    shown = {name for each in done.closed for name in each.shows}
    assert seeded.fact in closed, [str(each.why) for each in done.left]
    assert weak(after) == (weak(found) - closed) | shown
    assert (weak(after) - weak(clean)) & CORE == set()
    assert failed(after) - failed(clean) <= asking(after, left | shown)
    assert not after.devices[0].facts.not_understood


@pytest.mark.parametrize(
    "platform",
    [
        pytest.param(platform, marks=[pytest.mark.soak] * bool(at))
        for at, platform in enumerate(platform for platform, facts in PERSON.items() if facts)
    ],
)
def test_only_what_needs_a_person_is_left(platform: str, audit: Any) -> None:
    """What is listed as a person's is really left, with words for that person; nothing is listed in vain."""
    left = set()
    for case in CASES:
        (seeded,) = case.values
        if seeded.platform == platform:
            device = audit(platform, seeded.text).devices[0]
            done = fixing.fix(device, {seeded.fact}, VALUES, named={seeded.fact})
            left |= {each.fact for each in done.left}
            assert all(each.shown or each.note for each in done.left), seeded.fact
    assert left == PERSON[platform]
