"""Commands typed short: what is unambiguous is spelled out, and no secret shows through a short form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from configs.dialects import dialect
from configs.shorthand import Shorthand

COMMANDS = ("interface", "ip address", "ip access-group", "username * password", "transport input ssh", "switchport")
TYPED = Shorthand(COMMANDS, {"ip", "switch", "access-list"})


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("int gi0/1", "interface gi0/1"),
        ("ip addr 192.0.2.1", "ip address 192.0.2.1"),
        ("ip a 192.0.2.1", "ip a 192.0.2.1"),  # address or access-group
        ("user int pass x", "username int password x"),
        ("switch 1", "switch 1"),
        ("transp inp s", "transport input ssh"),
        ("shutdown", "shutdown"),
        ("i gi0/1", "i gi0/1"),
    ],
)
def test_what_is_unambiguous_is_spelled_out(typed, meant):
    """A short form becomes the one command that it can mean; a name in a place of names stays."""
    assert " ".join(TYPED.spell(tuple(typed.split()))) == meant


@given(st.sampled_from(COMMANDS), st.data())
def test_a_full_command_is_itself_and_a_cut_one_means_nothing_else(command, data):
    """However the words are cut, what comes out is the command or the words as they were, word by word."""
    full = command.split()
    cut = [word[: data.draw(st.integers(1, len(word)))] for word in full]
    assert list(TYPED.spell(tuple(full))) == full
    for was, meant, spelled in zip(cut, full, TYPED.spell(tuple(cut)), strict=True):
        assert spelled in (was, meant)


@pytest.mark.parametrize(
    ("platform", "line"),
    [
        ("cisco_ios", "ena sec 5 Geheim1"),
        ("cisco_ios", "user ops priv 15 pass 0 Geheim1"),
        ("cisco_ios", " pass Geheim1"),
        ("cisco_ios", "snmp-s comm Geheim1 RO"),
        ("huawei", " local-u ops pass cip Geheim1"),
        ("huawei", "snmp-a comm read Geheim1"),
    ],
)
def test_a_short_form_hides_its_secret(platform, line):
    """What a report shows of a line that somebody typed short holds no secret."""
    assert "Geheim1" not in dialect(platform).mask(line + "\n")
