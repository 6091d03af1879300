"""What mends a weakness, as data of each dialect."""

from __future__ import annotations

import pytest

from audits.facts import FACTS
from configs.remedies import remedies


@pytest.mark.parametrize(("platform", "needed"), [("huawei", 30), ("cisco_ios", 30), ("frr", 5)])
def test_remedies_are_for_known_facts_and_say_what_to_do(platform, needed):
    """Every remedy has lines or a sentence, and sentences stand in both languages."""
    known = remedies(platform)
    assert len(known) >= needed
    assert set(known) <= set(FACTS)
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
