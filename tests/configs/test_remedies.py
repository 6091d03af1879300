"""What mends a weakness, as data of each dialect."""

from __future__ import annotations

import pytest

from audits.vocabulary import CONFIGURED
from configs.dialects import platforms
from configs.remedies import PLACE, SNMP, Remedy, remedies, snmp
from configs.remedy_lines import ASKED

WITH = sorted(name for name in platforms() if any(remedy.said for remedy in remedies(name).values()))


@pytest.mark.parametrize("platform", WITH)
def test_remedies_are_for_known_facts_and_say_what_to_do(platform):
    """Every remedy has lines or a sentence, and sentences stand in both languages."""
    for fact, remedy in remedies(platform).items():
        assert fact in CONFIGURED
        assert remedy.said or remedy.note.zh, fact
        for note in (remedy.note, *(need.note for need in remedy.needs)):
            assert bool(note.zh) == bool(note.en), fact
        assert all(need.note.zh for need in remedy.needs), fact


@pytest.mark.parametrize("platform", WITH)
def test_every_place_in_a_command_is_filled_by_something(platform):
    """A place has the name of a group, of a free number, of a value of the workspace, or counts the values."""
    for fact, remedy in remedies(platform).items():
        for step in remedy.said:
            groups = set(step.where.groupindex) if step.where is not None else set()
            named = {place[1] for command in step.commands for place in PLACE.finditer(command)}
            rest = named - groups - set(remedy.free) - {"number", "rule"}
            assert all(name.startswith("manager") or name in ASKED for name in rest), (fact, rest)
            assert groups <= named, (fact, groups - named)
            assert all("{" not in line for line in remedy.shown), fact


def test_the_languages_of_the_cities_have_remedies():
    """Each language whose facts are read has them; for most of what it can show."""
    lacking = {platform: sum(bool(remedy.said) for remedy in remedies(platform).values()) for platform in WITH}
    assert {name for name, count in lacking.items() if count >= 15} >= {
        *("huawei", "huawei_vrpv8", "hp_comware", "cisco_ios", "cisco_asa", "cisco_nxos", "cisco_xr", "ruijie_os"),
        *("fortinet", "juniper_junos"),
    }
    assert {"hillstone_stoneos", "frr", "linux"} <= set(WITH)
    assert all(remedies("topsec_tos")[fact].note.zh for fact in CONFIGURED)


def test_a_platform_without_remedies_has_none():
    """No line is invented for a platform that keeps none: a person is told what to do."""
    assert remedies("nothing") == {}
    assert remedies("nokia_sros")
    assert not [fact for fact, remedy in remedies("nokia_sros").items() if remedy.said]


def test_one_form_for_a_value_in_a_line():
    """What is known stands in the line, what is not by its name; what only a person can say stays as it is."""
    remedy = Remedy(commands=("set {snmp_manager} {poller|or x} <COMMUNITY>",))
    assert remedy.shown == ("set <SNMP-MANAGER> <POLLER> <COMMUNITY>",)
    assert remedy.filled({"poller": "10.0.0.1", "snmp_manager": ""}) == ("set <SNMP-MANAGER> 10.0.0.1 <COMMUNITY>",)


def test_the_remedy_of_a_platform_is_in_its_language():
    """A remedy of one platform is not another's."""
    assert remedies("huawei")["ssh_v1"].shown == ("undo ssh server compatible-ssh1x enable",)
    assert remedies("cisco_ios")["http_mgmt"].shown == ("no ip http server",)


@pytest.mark.parametrize("platform", sorted(platforms()))
def test_lines_for_snmp_are_known_purposes_with_their_source(platform):
    """What a dialect keeps about SNMP says where it is from, and suffices: a community and a user."""
    lines, source = snmp(platform)
    assert set(lines) <= set(SNMP)
    if lines:
        assert source
        assert {"look", "agent", "allow", "community", "user", "notify"} <= set(lines)
        for purpose in {"notify", "notify_user"} & set(lines):
            text = "\n".join(lines[purpose].commands)
            assert "{poller}" in text
            assert "{port}" in text
            assert ("{user}" in text) == (purpose == "notify_user")
    for purpose, remedy in lines.items():
        assert remedy.commands, purpose
        assert bool(remedy.note.zh) == bool(remedy.note.en), purpose


def test_the_vendors_of_the_cities_have_lines_for_snmp():
    """Those that stand in Chinese governments' networks."""
    for platform in ("huawei", "hp_comware", "cisco_ios", "ruijie_os", "hillstone_stoneos", "fortinet", "linux"):
        assert snmp(platform)[0], platform
    assert snmp("nothing") == ({}, "")
