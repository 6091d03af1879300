"""Facts of the languages with `no`, `line vty`, `username`, `access-list`: a dialect says what differs.

A dialect that has another way to Telnet, SSH, the web server or its lines gives a function of its own for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from configs.facts import controls, no_access, no_controls, no_filters, no_records, no_secrets
from configs.meaning.no_lists import AccessList, access_lists, bindings
from configs.reading import Command, Reading, Sheet, strangers
from configs.rulesets import facts as rule_facts
from configs.rulesets import no_family as rule_sets
from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from configs.model import Facts
    from configs.shorthand import Shorthand
    from configs.tree import Tree

VIEWS = frozenset({
    "interface", "line", "router", "vlan", "class-map", "policy-map", "crypto", "ip access-list", "route-map",
    "key", "vrf", "aaa group", "archive", "control-plane", "redundancy", "tacacs", "radius", "ipv4 access-list",
    "ipv6 access-list",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Context:
    """What every part of the reading needs. `release` is None if the text does not say it."""

    reading: Reading
    lines: tuple[Command, ...]
    terminals: tuple[Command, ...]
    lists: dict[str, AccessList]
    release: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Family:
    """A dialect of the family. `roots` are the first words of commands; empty: none is strange.

    Each part puts down the facts that its shared namesake would.
    """

    platform: str
    roots: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    shorthand: Shorthand | None = None
    strong: bool = False  # passwords need a mixture of characters unless a line says otherwise
    telnet: Callable[[Sheet, Context], None] | None = None
    ssh: Callable[[Sheet, Context], None] | None = None
    web: Callable[[Sheet, Context], None] | None = None
    sources: Callable[[Sheet, Context], None] | None = None
    sessions: Callable[[Sheet, Context], None] | None = None
    no_authentication: Callable[[Sheet, Context], None] | None = None
    lockout: Callable[[Sheet, Context], None] | None = None
    password_policy: Callable[[Sheet, Context], None] | None = None
    banner: Callable[[Sheet, Context], None] | None = None
    encryption: Callable[[Sheet, Context], None] | None = None
    timestamps: Callable[[Sheet, Context], None] | None = None


# The shared form of every part.
SHARED = Family(
    platform="",
    telnet=lambda sheet, at: no_access.telnet(sheet, at.terminals, at.release),
    ssh=lambda sheet, at: no_access.ssh(sheet, at.reading, at.terminals, at.release),
    web=lambda sheet, at: no_access.web_and_services(sheet, at.reading, at.release),
    sources=lambda sheet, at: no_access.sources(sheet, at.terminals, at.lists),
    sessions=lambda sheet, at: no_access.sessions(sheet, at.lines),
    no_authentication=lambda sheet, at: no_access.no_authentication(sheet, at.reading, at.lines),
    lockout=lambda sheet, at: no_access.lockout(sheet, at.reading),
    password_policy=lambda sheet, at: no_access.password_policy(sheet, at.reading),
    banner=lambda sheet, at: no_access.banner(sheet, at.reading),
    encryption=lambda sheet, at: no_secrets.encryption(sheet, at.reading),
    timestamps=lambda sheet, at: no_records.timestamps(sheet, at.reading),
)
_PARTS = ("telnet", "ssh", "web", "sources", "sessions", "no_authentication", "lockout", "password_policy", "banner",
          "encryption", "timestamps")  # fmt: skip


def opens(words: tuple[str, ...]) -> bool:
    """Whether a command opens a view."""
    return words[0] in VIEWS or " ".join(words[:2]) in VIEWS


def read(tree: Tree, family: Family) -> Facts:
    """Every fact of the vocabulary, as far as this text decides it."""
    reading = Reading(tree, "no", opens, family.shorthand)
    sheet = Sheet()
    lines = reading.views("line")
    terminals = tuple(line for line in lines if line.folded[1:2] in (("vty",), ("default",)))
    context = Context(reading, lines, terminals, access_lists(reading), _release(reading))
    for part in _PARTS:
        (getattr(family, part) or getattr(SHARED, part))(sheet, context)
    no_secrets.snmp(sheet, reading, context.lists)
    no_secrets.passwords(sheet, reading, lines)
    no_records.records(sheet, reading)
    bound = tuple(bindings(reading))
    no_filters.access_lists(sheet, reading, context.lists, bound)
    rule_facts.put(sheet, rule_sets.of(tree, reading, context.lists, bound))
    no_secrets.crypto(sheet, reading)
    no_records.accounts(sheet, reading, family.accounts)
    no_filters.ports(sheet, reading)
    no_controls.read(sheet, reading, lines, context.lists, bound, strong=family.strong)
    return sheet.facts(family.platform, tree.encoding, strangers(reading, family.roots) if family.roots else ())


def _release(reading: Reading) -> tuple[int, int] | None:
    for command in reading.find("version"):
        found = re.match(r"(\d+)\.(\d+)", command.words[1]) if len(command.words) > 1 else None
        if found:
            return int(found[1]), int(found[2])
    return None


def always_encrypted(sheet: Sheet, _: Context) -> None:
    """`pwd_encryption_off` where no password is ever stored in clear."""
    sheet.default("pwd_encryption_off", False, mark("the device encrypts what it stores by itself"))


def only_version2(sheet: Sheet, _: Context) -> None:
    """`ssh_v1` where the server knows version 2 alone."""
    sheet.default("ssh_v1", False, mark("the server speaks SSH version 2 only"))


def stamped(sheet: Sheet, _: Context) -> None:
    """`no_log_timestamps` where records always carry the time."""
    sheet.default("no_log_timestamps", False, mark("log records carry the date by default"))


def asks_always(sheet: Sheet, at: Context) -> None:
    """`auth_none` where every line asks for an account, unless the method of logins begins with `none`."""
    controls.accounts_always(sheet)
    methods = at.reading.on("aaa", "authentication", "login")
    free = [one for one in methods if one.words[4:5] and one.folded[4] == "none"]
    if free:
        sheet.line("auth_none", True, free, mark("this line lets anybody in"))
    elif methods:
        sheet.line("auth_none", False, methods, mark("every line asks for a login"))
    else:
        sheet.default("auth_none", False, mark("every line asks for a login"))
