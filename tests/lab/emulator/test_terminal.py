"""The line between a user and a device: editing, help, the tables behind it; nothing that is typed breaks it."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lab.emulator import grammar
from lab.emulator.device import Device, Script, table
from lab.emulator.grammar import Kind, LineError
from lab.emulator.platforms import PLATFORMS, emulator
from lab.emulator.reach import TCP, Wire, answering
from lab.emulator.secrets import Vault, is_stored, type7_clear

MANAGER = IPv4Address("198.18.7.7")
WIRE = Wire((IPv4Network("0.0.0.0/0"),), frozenset({IPv4Address("10.0.0.1")}))


class Names:
    spaced = ()
    quoted = False

    def interface_name(self, text):
        return text if text.startswith("eth") else None


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (b"sysname Rx\x7f1\n", "R1"),
        (b"sysname Rx\b1\n", "R1"),
        (b"foo\x15sysname R1\n", "R1"),
        (b"sysname \x1b[DR1\n", "R1"),
        (b"sysname R1\x00\r\n", "R1"),
        (b"sysname lost\x03sysname R1\n", "R1"),
        ("sysname R1中\x7f\n".encode(), "R1"),
    ],
    ids=["delete", "backspace", "erase line", "cursor key", "NUL and CR LF", "interrupt", "a Chinese character"],
)
def test_editing(keys, line, device, play):
    """What is corrected before Enter counts as it was corrected."""

    async def run():
        made = await device("huawei")
        await play(made, "system-view\n" + keys.decode())
        return made.name

    assert asyncio.run(run()) == line


def test_control_z_leaves_the_configuration(device, play):
    """On VRP and IOS alike."""

    async def run():
        vrp = await play(await device("huawei"), "system-view\naaa\n\x1adisplay clock\n")
        ios = await play(await device("cisco_ios"), "configure terminal\nline vty 0 4\n\x1ashow clock\n")
        return vrp, ios

    vrp, ios = asyncio.run(run())
    assert "<Huawei>display clock" in vrp
    assert "Router#show clock" in ios


def test_a_question_mark_helps(device, play):
    """It shows what may follow and gives the line back."""

    async def run():
        return await play(
            await device("huawei"), "system-view\ninterface LoopBack0\nip address ?10.0.0.1 ?32\ndisplay this\n"
        )

    screen = asyncio.run(run())
    assert "ip address ?\n  <ip>\n" in screen
    assert "10.0.0.1 ?\n  <mask>\n" in screen
    assert " ip address 10.0.0.1 255.255.255.255" in screen


@pytest.mark.parametrize("platform", sorted(PLATFORMS))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60), max_size=12))
def test_no_line_breaks_a_device(platform, lines, device, play):
    """Whatever is typed, the device answers something and shows its configuration afterwards."""

    async def run():
        made = await device(platform, manager=MANAGER, wire=WIRE)
        await play(made, "\n".join([*lines, ""]))
        answering(made, TCP, 22)
        return made.show(made.running)

    assert asyncio.run(run())


def _patterns(platform):
    return [rule for view in table(*emulator(platform).grammar).values() for rule in view.rules]


# FortiOS is no table of patterns: its own test does the same.
@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - {"fortinet"}))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_no_beginning_of_a_command_breaks_a_device(platform, data, device, play):
    """Words of real commands, cut and mixed with values, in any view: the device stays."""
    values = st.sampled_from(
        ["10.0.0.1", "24", "255.255.255.0", "0", "name", "3000", "eth1", "GigabitEthernet0/0/1", "10.0.0.0/8"]
    )
    words = [word for rule in _patterns(platform) for word in rule.pattern.replace("|", " ").replace("{", " ").split()]
    word = st.sampled_from([word for word in words if word[0].isalpha()])
    line = st.lists(word | values, min_size=1, max_size=6).map(" ".join)
    enters = dict.fromkeys(("cisco_ios", "frr", "ruijie_os"), "configure terminal")
    start = (enters | {"hillstone_stoneos": "configure"}).get(platform, "system-view")
    end = ["commit"] if platform == "huawei_vrpv8" else []
    rules = st.sampled_from(_patterns(platform)).map(
        lambda rule: " ".join(part for part in rule.pattern.split() if part[0] not in "<[{(|/")
    )
    lines = data.draw(st.lists(line | rules, max_size=10))

    async def run():
        made = await device(platform, manager=MANAGER, wire=WIRE)
        await play(made, "\n".join([start, *lines, *end, ""]))
        answering(made, TCP, 22)
        return made.show(made.running)

    assert asyncio.run(run())


def test_what_a_pattern_means():
    """Options, alternatives, repetitions; identity; and how a line is wrong."""
    view = grammar.load(
        "[v]\nset [quick] {a|b} (x <number:1-9>|y)*\nname <word:3> / <rest>\nport <interface>\nsettle\n"
    )["v"]
    match = view.match("set b y x 3", Names())
    assert match.words == ("set", "b", "y", "x", "3")
    assert match.key == match.words
    named = view.match("na abc one two", Names())
    assert named.words == ("name", "abc", "one two")
    assert named.key == ("name", "abc")
    assert view.match("name abc", Names(), negated=True).words == ("name", "abc")
    wrong = {
        "se": (Kind.AMBIGUOUS, 0),
        "go": (Kind.UNRECOGNIZED, 0),
        "set": (Kind.INCOMPLETE, 3),
        "set a x 10": (Kind.WRONG, 8),
        "set a y z": (Kind.UNRECOGNIZED, 8),
        "port eth1 up": (Kind.TOO_MANY, 10),
        "name abcd x": (Kind.WRONG, 5),
    }
    for line, (kind, column) in wrong.items():
        with pytest.raises(LineError) as caught:
            view.match(line, Names())
        assert (caught.value.kind, caught.value.column) == (kind, column), line


@pytest.mark.parametrize("pattern", ["a [b", "a b]", "a (b)", "a <nothing>", "{a|b"])
def test_a_faulty_table_is_noticed(pattern):
    """A pattern that cannot be read is an error when the table is loaded, not later."""
    with pytest.raises(ValueError, match=r".+"):
        grammar.load(f"[v]\n{pattern}\n")


@given(clear=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30))
def test_stored_forms(clear):
    """The same value gives the same form on one device and another on the next; only the device knows the way back."""
    one, other = Vault(b"1"), Vault(b"2")
    for form in ("cipher", "irreversible", "type5", "type9"):
        stored = getattr(one, form)(clear)
        if stored == clear:
            assert is_stored(clear)
            continue
        assert stored == getattr(one, form)(clear) != getattr(other, form)(clear)
        assert is_stored(stored)
        assert one.clear(stored) == clear
        assert Vault(b"1").clear(stored) is None
        assert " " not in stored
        assert "?" not in stored
    assert type7_clear(one.type7(clear)) == clear


def test_type_7_is_cisco_s():
    """A value that Cisco's own documents show (“cisco”)."""
    assert type7_clear("094F471A1A0A") == "cisco"


def test_every_platform_of_the_table_has_an_emulator():
    """The one table of platforms names what there is."""
    assert all(issubclass(emulator(platform), Device) for platform in PLATFORMS)


def test_a_script_answers_yes():
    """The console's first text meets questions too."""
    assert asyncio.run(Script().ask("sure?")) == "y"
