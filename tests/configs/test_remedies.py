"""What mends a weakness, as data of each dialect."""

from __future__ import annotations

import pytest

from audits.vocabulary import CONFIGURED
from configs.dialects import platforms
from configs.remedies import SNMP, remedies, snmp


@pytest.mark.parametrize(("platform", "needed"), [("huawei", 30), ("cisco_ios", 30), ("frr", 5)])
def test_remedies_are_for_known_facts_and_say_what_to_do(platform, needed):
    """Every remedy has lines or a sentence, and sentences stand in both languages."""
    known = remedies(platform)
    assert len(known) >= needed
    assert set(known) <= set(CONFIGURED)
    for fact, remedy in known.items():
        assert remedy.commands or remedy.note.zh, fact
        assert bool(remedy.note.zh) == bool(remedy.note.en), fact


def test_a_platform_without_remedies_has_none():
    """No remedy is invented for a platform that keeps none."""
    assert remedies("nothing") == {}
    assert remedies("topsec_tos") == {}


def test_the_clean_text_of_a_fix_is_the_language_of_its_platform():
    """A remedy of one platform is not another's."""
    assert remedies("huawei")["telnet_mgmt"].commands[0].startswith("undo ")
    assert remedies("cisco_ios")["http_mgmt"].commands == ("no ip http server",)


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
            assert "<POLLER>" in text
            assert "<PORT>" in text
            assert ("<USER>" in text) == (purpose == "notify_user")
    for purpose, remedy in lines.items():
        assert remedy.commands, purpose
        assert bool(remedy.note.zh) == bool(remedy.note.en), purpose


def test_the_vendors_of_the_cities_have_lines_for_snmp():
    """Those that stand in Chinese governments' networks."""
    for platform in ("huawei", "hp_comware", "cisco_ios", "ruijie_os", "hillstone_stoneos", "fortinet", "linux"):
        assert snmp(platform)[0], platform
    assert snmp("nothing") == ({}, "")
