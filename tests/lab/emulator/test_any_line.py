"""Whatever a user types, a session goes on: lines made from the tables, whole and broken off, negated or not."""

from __future__ import annotations

import asyncio
import random
import re
from ipaddress import IPv4Address

import pytest

from lab.emulator.device import LogoutError, Script

ELEMENT = re.compile(r"<[a-z0-9-]+(?::[^>]*)?>|[\[\]{}()|*/]|[^\s\[\]{}()|*/<>]+")
CLOSING = {"[": "]", "{": "}", "(": ")"}
VALUES = {
    "ip": ("10.0.0.1", "10.1.2.3", "127.0.0.1", "224.0.0.1", "300.1.1.1"),
    "mask": ("255.255.255.0", "255.255.255.255", "24", "0"),
    "prefix4": ("10.0.0.1/24", "0.0.0.0/0", "10.0.0.0/33"),
    "wildcard": ("0.0.0.255", "0"),
    "wildcard-dotted": ("0.0.0.255", "255.255.255.255"),
    "number": ("0", "1", "5", "10", "100", "2000", "3999", "4094", "65535"),
    "list": ("'any '", "'a b '", "eth0", "'eth0 eth1 '", "'"),
    "port": ("22", "0", "ssh"),
    "vlans": ("1,2-5", "10"),
    "hhmm": ("10:20",),
    "rd": ("1:1",),
    "area": ("0", "1.1.1.1"),
    "area-plain": ("0", "1.1.1.1"),
    "rest": ("hello world", "^Cx^C", "中文"),
    "secret": ("Secret-123", "x", "$1$abc$def"),
    "interface": ("GigabitEthernet0/0", "gi 0/1", "Loopback 1", "LoopBack1", "VLAN 10", "Null 0", "eth3", "vlan.0010"),
}
PLATFORMS = ("cisco_ios", "hp_comware", "huawei", "huawei_vrpv8", "ruijie_os", "topsec_tos")
ENTER = dict.fromkeys(("cisco_ios", "ruijie_os"), "configure terminal") | {"topsec_tos": ""}
NEGATION = dict.fromkeys(("cisco_ios", "ruijie_os"), "no ") | {"topsec_tos": ""}


def made(pattern, luck):
    """A line that a pattern of a table means."""
    elements = ELEMENT.findall(pattern)
    words = []

    def sequence(index, closing):
        """The alternatives up to a closing mark, each as words and groups, and where they end."""
        branches, branch = [], []
        while index < len(elements) and elements[index] != closing:
            element = elements[index]
            if element == "|":
                branches.append(branch)
                branch = []
            elif element in CLOSING:
                inner, index = sequence(index + 1, CLOSING[element])
                times = luck.randint(0, 3) if element == "(" else int(element == "{" or luck.random() < 0.5)
                branch += [inner] * times
                index += element == "("
            elif element != "/":
                branch.append(element)
            index += 1
        return [*branches, branch], index

    def say(branches):
        for part in luck.choice(branches):
            if isinstance(part, list):
                say(part)
            elif part.startswith("<"):
                words.append(luck.choice(VALUES.get(part[1:-1].partition(":")[0], ("a", "public", "10", "any"))))
            else:
                words.append(part)

    say(sequence(0, "")[0])
    return " ".join(words)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_line_breaks_a_session(platform, seed, device):
    """700 lines at random: each is answered, and what the device is can still be said."""
    luck = random.Random(f"{platform} {seed}")  # noqa: S311 - no secret depends on it

    async def run():
        box = await device(platform)
        rules = [rule.pattern for view in box.views.values() for rule in view.rules]
        enter, negation = ENTER.get(platform, "system-view"), NEGATION.get(platform, "undo ")
        session = box.session(Script(), "admin", 15)
        for number in range(700):
            if number % 40 == 0:
                await session.execute(enter)
            line = made(luck.choice(rules), luck)
            line = negation + line if luck.random() < 0.3 else line
            line = line[: luck.randint(0, len(line))] if luck.random() < 0.1 else line
            try:
                await session.execute(line)
                session.prompt()
            except LogoutError:
                session = box.session(Script(), "admin", 15)
            if number % 50 == 0:
                box.show(box.running)
                looked = (box.ports(), box.routes(), box.filters(box.management), box.snmp_access(), box.session_limit)
                assert looked
                box.admits(IPv4Address("10.0.0.9"))
        box.close()
        return number

    assert asyncio.run(run()) == 699
