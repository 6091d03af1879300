"""Short cuts that must not leave anything out: the signs of noise, and what stands inside views."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs import dialects
from configs.reading import Reading
from configs.tree import Grammar

_SIGNED = [
    (platform, grammar)
    for platform in sorted(dialects.platforms())
    if isinstance(grammar := getattr(dialects.dialect(platform), "_grammar", None), Grammar) and grammar.signs
]


@pytest.mark.parametrize("grammar", [grammar for _, grammar in _SIGNED], ids=[platform for platform, _ in _SIGNED])
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_every_line_of_noise_has_a_sign(grammar: Grammar, data: st.DataObject) -> None:
    """A text without any of the signs is not searched for noise, so each line of it must have one."""
    assert grammar.noise is not None
    line = data.draw(st.from_regex(grammar.noise))
    assert any(sign in line for sign in grammar.signs)


def test_inside_finds_what_each_view_would() -> None:
    """Asking all interfaces at once gives what asking one after the other gives, negated lines apart."""
    text = b"interface e1\n ip address 10.0.0.1 255.0.0.0\n no shutdown\ninterface e2\n shutdown\n no ip address\n"
    tree = dialects.dialect("cisco_ios").parse(text)
    reading = Reading(tree, "no", lambda words: words[0] == "interface")
    inside = reading.inside("interface")
    single = [(view.line, one.line) for view in reading.find("interface") for one in view.find("ip", "address")]
    assert [(view.line, one.line) for view, one in inside.find("ip", "address")] == single == [(1, 2), (4, 6)]
    assert [one.line for _, one in inside.on("ip", "address")] == [2]
    assert inside.having("shutdown") == {4}
    assert inside.words == {"ip", "shutdown"}
