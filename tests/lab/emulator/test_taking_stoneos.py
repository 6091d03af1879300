"""A StoneOS firewall that begins with a text from elsewhere keeps it; what is typed later changes it."""

from __future__ import annotations

import asyncio
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.emulator.device import Script, Spec
from lab.emulator.platforms import emulator
from lab.emulator.taking import ports_in, take

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
PUBLISHED = sorted((CORPUS / "configs" / "hillstone").glob("*.txt"))
TEXT = """\
Building configuration..

Version 5.5R9
hostname "A"
zone "trust"
exit
interface ethernet0/1
  zone "trust"
  ip address 10.0.0.1/24
  manage ssh
  unheard-of 1
exit
interface bgroup0/9
  zone "trust"
exit
ip vrouter "trust-vr"
  ip route 0.0.0.0/0 10.0.0.254
  unheard-of view
    thing 1
  exit
exit
unheard-of "two words"
address "two  words"
  ip 10.1.0.0 255.255.0.0
exit
admin user "oper"
  role "admin"
  password 3zPNDY6MmI8Wejk5fa3jhPU39p8
  access ssh
exit
rule id 1
  action permit
  src-addr "two  words"
  dst-addr "Any"
  service "GTP"
exit
rule id 2
  action deny
  src-addr "Any"
  dst-addr "Any"
  service "Any"
exit
admin host 10.0.0.0/8 ssh

End
"""
# As manuals print it: at the margin, rules in the policy's block.
FLAT = """\
interface ethernet0/1
zone trust
ip address 10.0.0.1 255.255.255.0
exit
policy-global
rule id 1
src-addr any
dst-addr any
service any
action permit
exit
exit
"""


def taken(text):
    """A firewall that runs a text."""
    platform = "hillstone_stoneos"
    ports = ports_in(platform, text)
    device = emulator(platform)(Spec("d", platform, IPv4Address("10.0.0.1"), interfaces=ports, seed=b"test"))
    asyncio.run(take(device, text))
    return device


def typed(device, *lines):
    """What a firewall says to lines of its configuration; the first refusal."""

    async def run():
        session = device.session(script := Script(), "admin", 15)
        for line in ("configure", *lines):
            script.output.clear()
            await session.execute(line)
            refused = session.refusal("".join(script.output))
            if refused:
                return refused
        return ""

    return asyncio.run(run())


def said(device, line):
    """What it answers to a line."""

    async def run():
        script = Script()
        await device.session(script, "admin", 15).execute(line)
        return "".join(script.output)

    return asyncio.run(run())


@pytest.mark.parametrize("text", [TEXT, FLAT, TEXT.replace("\n", "\r\n"), "", TEXT.rstrip("\n"), TEXT + TEXT])
def test_a_text_is_kept_to_the_last_character(text):
    """Lines and blocks that no table knows stand where they stood; saved is what runs."""
    device = taken(text)
    wanted = text.replace("\r\n", "\n")
    assert device.show(device.running) == wanted
    assert device.show(device.saved) == wanted
    if text:
        found = {port.name: [str(one) for one in port.addresses] for port in device.ports()}
        assert found["ethernet0/1"] == ["10.0.0.1/24"]


def test_on_the_screen_a_text_has_its_end():
    """What stands around a configuration is added where the text lacks it, once."""
    assert said(taken(TEXT), "show configuration") == TEXT
    assert said(taken(FLAT), "show configuration") == f"Building configuration..\n\n{FLAT}\nEnd\n"


def test_lines_change_and_come_back_to_their_places():
    """An address is replaced where it stands; back is as the text wrote it."""
    device = taken(TEXT)
    port = "interface ethernet0/1"
    assert not typed(device, port, "ip address 10.0.0.9/24", "manage ping")
    shown = device.show(device.running)
    assert "  ip address 10.0.0.9 255.255.255.0\n  manage ssh\n  manage ping\n" in shown
    assert not typed(device, port, "ip address 10.0.0.1 255.255.255.0", "no manage ping")
    assert device.show(device.running) == TEXT


def test_rules_are_made_moved_and_deleted():
    """A new one stands behind the others, with its `exit`; a rule that is moved takes its text with it."""
    device = taken(TEXT)
    fields = ("action permit", 'src-addr "two  words"', 'dst-addr "Any"', 'service "Any"', "exit")
    assert not typed(device, "rule id 3", *fields, "move 3 before 2")
    shown = device.show(device.running)
    assert 'rule id 3\n  action permit\n  src-addr "two  words"\n' in shown
    assert [line for line in shown.splitlines() if line.startswith("rule")] == ["rule id 1", "rule id 3", "rule id 2"]
    assert typed(device, 'no address "two  words"')  # rules use it
    assert not typed(device, "no rule id 3")
    assert device.show(device.running) == TEXT


def test_rules_stay_in_the_policys_block():
    """Where a text has them there, they are found, changed and added there."""
    device = taken(FLAT)
    assert not typed(device, "policy-global", "rule id 1", "action deny", "exit", "rule id 2", "action permit")
    shown = device.show(device.running)
    assert "service any\naction deny\nexit\nrule id 2\n  action permit\nexit\nexit\n" in shown
    assert not typed(device, "no rule id 2", "rule id 1", "action permit")
    assert device.show(device.running) == FLAT


def test_lines_that_no_table_knows_go_and_come_back():
    """By their negation, in known and unknown blocks; what begins like none of the text is refused."""
    device = taken(TEXT)
    port, view = "interface ethernet0/1", ("ip vrouter trust-vr", "unheard-of view")
    assert not typed(device, port, "no unheard-of 1", "exit", 'no unheard-of "two words"')
    assert not typed(device, *view, "thing 2", "no thing 1")
    shown = device.show(device.running)
    assert shown.count("unheard-of") == 1
    assert "  unheard-of view\n    thing 2\n  exit\n" in shown
    assert not typed(device, *view, "thing 1", "no thing 2")
    assert not typed(device, port, "unheard-of 1", "exit", 'unheard-of "two words"')
    assert device.show(device.running) == TEXT
    assert typed(device, port, "never-heard-of 1")
    assert typed(device, "never-heard-of 1")
    assert device.show(device.running) == TEXT


def test_secrets_of_a_real_device_are_kept_and_read_back():
    """Nobody gets in by one; its stored form is taken again, as the device that made it takes it."""
    device = taken(TEXT)
    secret = "3zPNDY6MmI8Wejk5fa3jhPU39p8"
    assert device.password_level("oper", secret) is None
    assert device.password_level("oper", "") is None
    assert not typed(device, "admin user oper", "password Secret-123")
    assert device.password_level("oper", "Secret-123") is not None
    assert not typed(device, "admin user oper", f"password {secret}")
    assert device.show(device.running) == TEXT


def test_an_interface_that_is_no_longer_managed_lets_nobody_in():
    """One must be; a text in which none is, or that trusts no host, shuts nobody out of the lab."""
    device = taken(TEXT)
    assert device.ssh_enabled
    assert not device.admits(IPv4Address("192.0.2.1"))
    assert not typed(device, "interface ethernet0/1", "no manage ssh")
    assert not device.ssh_enabled
    assert taken(FLAT).admits(IPv4Address("192.0.2.1"))


@pytest.mark.corpus
@pytest.mark.skipif(not PUBLISHED, reason="no published texts beside the checkout")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.name)
def test_published_texts_are_kept(path):
    """To the last character: transcripts of manuals, with blocks that stand there twice."""
    text = path.read_text(encoding="utf-8")
    assert taken(text).show(taken(text).running) == text
