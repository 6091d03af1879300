"""What lines that a dialect found mean for a fact: idle times, communities, accounts, switches, filters.

Evidence is a command or a line number. Thresholds: GB/T 22239-2019 names no numbers; assessors ask for 10 minutes of
idle time and passwords of 8 characters (a profile may differ).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from inventory.text import mark

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from configs.reading import Command, Sheet

    Line = Command | int

IDLE_LIMIT: Final = 600  # seconds
MIN_LENGTH: Final = 8  # characters
LOG_DAYS: Final = 180  # Cybersecurity Law, article 21: at least six months
DEFAULT_COMMUNITIES: Final = frozenset({"public", "private"})
_MASKED: Final = re.compile(
    r"\*{2,}|.*\*\*\*.*|x{4,}|<[^<>]+>|\W*(?:removed|redacted|sanitized|sanitised|hidden|masked|secret_removed)\W*",
    re.IGNORECASE,
)


def masked(word: str) -> bool:
    """Whether a text shows something else in a secret's place: `***`, `<removed>`, `xxxx`."""
    return _MASKED.fullmatch(word) is not None


_HEXADECIMAL: Final = re.compile(r"(?:0x)?[0-9a-f:]{20,}", re.IGNORECASE)
_FORMS: Final = frozenset({"cipher", "simple", "localized"})


def shows_user_key(words: Sequence[str], stored: re.Pattern[str]) -> bool:
    """Whether a line of an SNMPv3 user has `authentication-mode A KEY` or `privacy-mode P KEY` with a key in clear.

    A key of hexadecimal digits is the digest that a device made of the password.
    """
    folded = [word.lower() for word in words]
    if not _FORMS.isdisjoint(folded):
        return "simple" in folded
    keys = [words[at + 2] for at, word in enumerate(folded[:-2]) if word in ("authentication-mode", "privacy-mode")]
    return any(not (masked(key) or stored.search(key) or _HEXADECIMAL.fullmatch(key)) for key in keys)


def reference(word: str) -> bool:
    """Whether a reference stands in a secret's place, as in a text that was rendered (`<secret:CREDENTIAL.NAME>`)."""
    return word.startswith("<secret:")


@dataclass(frozen=True, slots=True)
class Community:
    """A community of SNMPv1/v2c. `name` is empty if the text hides it.

    `sources` are the lines that limit it, `rights` those that say what it may do, if they are others than its own.
    """

    line: Line
    name: str
    writes: bool
    limited: bool
    sources: tuple[Line, ...] = ()
    rights: tuple[Line, ...] = ()


def idle(
    sheet: Sheet, timeouts: Sequence[tuple[Line, int]], why: str, *, default_why: str = "", unknown_why: str = ""
) -> None:
    """`idle_timeout_disabled` and `idle_timeout_over_10min`, from lines and their seconds (0: never).

    Without a line, False by default if `default_why` says so, else unknown.
    """
    endless = [line for line, seconds in timeouts if seconds == 0]
    long = [line for line, seconds in timeouts if seconds == 0 or seconds > IDLE_LIMIT]
    for name, found in (("idle_timeout_disabled", endless), ("idle_timeout_over_10min", long)):
        if found:
            sheet.line(name, True, found, why)
        elif timeouts:
            sheet.line(name, False, [line for line, _ in timeouts], why)
        elif default_why:
            sheet.default(name, False, default_why)
        else:
            sheet.unknown(name, unknown_why)


def communities(
    sheet: Sheet, found: Sequence[Community], version3: Iterable[Line] = (), versions: Iterable[Line] = ()
) -> None:
    """The four facts about communities; `version3` are lines that show SNMPv3 where there is no community.

    `versions` are lines that switch SNMPv1 or v2c on.
    """
    if not found:
        why = mark("no community is configured")
        sheet.weighed("snmp_v1v2c", (), version3, why="", sound_why=mark("only SNMPv3 is configured"), absent_why=why)
        for name in ("snmp_default_community", "snmp_rw_community", "snmp_no_acl"):
            sheet.absent(name, False, why)
        return
    lines = [one.line for one in found]
    sheet.line("snmp_v1v2c", True, [*versions, *lines], mark("a community gives access by SNMPv1/v2c"))
    default = [one.line for one in found if one.name.lower() in DEFAULT_COMMUNITIES]
    if not default and any(not one.name or masked(one.name) for one in found):
        sheet.unknown("snmp_default_community", mark("the community is stored in cipher or masked in this text"))
    else:
        why = mark("the community is a well-known word") if default else mark("no community is a well-known word")
        sheet.line("snmp_default_community", bool(default), default or lines, why)
    sheet.weighed(
        "snmp_rw_community",
        [line for one in found if one.writes for line in (one.line, *one.rights)],
        [line for one in found for line in (one.line, *one.rights)],
        why=mark("the community may write"),
        sound_why=mark("no community may write"),
        absent_why="",
    )
    sheet.weighed(
        "snmp_no_acl",
        [one.line for one in found if not one.limited],
        [line for one in found for line in (one.line, *one.sources)],
        why=mark("the community has no access list, or its list is not defined or permits any source"),
        sound_why=mark("every community is limited by an access list"),
        absent_why="",
    )


def wanted(sheet: Sheet, name: str, found: Iterable[Line], have: str, lack: str) -> None:
    """False by the lines found; True if there is none, because the line that would mend it is missing."""
    lines = list(found)
    if lines:
        sheet.line(name, False, lines, have)
    else:
        sheet.absent(name, True, lack)


def accounts(sheet: Sheet, users: Mapping[str, Line], usual: Collection[str], *, local: bool) -> None:
    """`default_account`. `usual` are names in lower case; `local` says whether the text could show accounts at all."""
    default = [line for name, line in users.items() if name.lower() in usual]
    if default:
        sheet.line("default_account", True, default, mark("the account has a name that everybody tries first"))
    elif users:
        sheet.line("default_account", False, users.values(), mark("no local account has a well-known name"))
    elif local:
        sheet.absent("default_account", False, mark("there is no local account"))
    else:
        sheet.unknown("default_account", mark("there is no account in this text"))


def roles(sheet: Sheet, users: Mapping[str, Line], top: Collection[str]) -> None:
    """`no_role_separation`: `top` are the accounts with the highest rights."""
    if len(users) < 2:
        sheet.unknown("no_role_separation", mark("with fewer than two local accounts, roles are decided elsewhere"))
    else:
        sheet.line(
            "no_role_separation", len(top) == len(users), users.values(), mark("their roles say which rights they have")
        )


def secrets(sheet: Sheet, *, plain: Sequence[Line], hidden: Sequence[Line], reversible: Sequence[Line] | None) -> None:
    """`pwd_plain` and `pwd_reversible`. `hidden`: lines whose secret the text masks, so that its form is not seen.

    `reversible` is None if the text has no login whose password could be seen.
    """
    if plain:
        sheet.line("pwd_plain", True, plain, mark("a password or shared key stands in clear in this line"))
    elif hidden:
        sheet.unknown("pwd_plain", mark("a key is masked in this text, so its form cannot be seen"))
    else:
        sheet.absent("pwd_plain", False, mark("no line shows a password or shared key in clear"))
    if reversible is None:
        sheet.unknown("pwd_reversible", mark("there is no account in this text"))
    elif reversible:
        sheet.line("pwd_reversible", True, reversible, mark("the stored form can be turned back into the password"))
    else:
        sheet.absent("pwd_reversible", False, mark("no login password is stored in a reversible form"))


def algorithms(sheet: Sheet, judged: Iterable[tuple[Line, bool]]) -> None:
    """`weak_crypto`, from lines that allow algorithms and whether one of them is weak."""
    rows = list(judged)
    sheet.weighed(
        "weak_crypto",
        [line for line, weak in rows if weak],
        [line for line, weak in rows if not weak],
        why=mark("the line allows a weak algorithm"),
        sound_why=mark("the algorithms that lines allow are not weak"),
        absent_why=mark("no line allows a weak algorithm"),
    )


def services(sheet: Sheet, on: Iterable[Line], off: Iterable[Line], *, default_off: bool) -> None:
    """`insecure_services`, from the lines that switch such services on and off."""
    on, off = list(on), list(off)
    if on:
        sheet.line("insecure_services", True, on, mark("a service that leaks or needs no password is switched on"))
    elif off:
        sheet.line("insecure_services", False, off, mark("these services are switched off by lines"))
    elif default_off:
        sheet.default("insecure_services", False, mark("these services are off by default"))
    else:
        sheet.unknown("insecure_services", mark("no line says it, and the default depends on the release"))


def parents(interfaces: Iterable[Command]) -> frozenset[str]:
    """The ports that have sub-interfaces (`gigabitethernet0/1.10`), in lower case and without blanks: they are used."""
    names = ("".join(one.folded[1:]) for one in interfaces)
    return frozenset(name.partition(".")[0] for name in names if "." in name)


def ports(sheet: Sheet, idle_up: Sequence[Line], idle_down: Sequence[Line], *, seen: bool) -> None:
    """`unused_ports_up`: ports without a use, up and down; `seen` says whether the text has physical ports at all."""
    if idle_up:
        sheet.line("unused_ports_up", True, idle_up, mark("the port has no use in this text and is not shut down"))
    elif idle_down:
        sheet.line("unused_ports_up", False, idle_down, mark("ports without a use are shut down"))
    elif seen:
        sheet.absent("unused_ports_up", False, mark("every port has a use"))
    else:
        sheet.unknown("unused_ports_up", mark("there is no physical port in this text"))


@dataclass(slots=True)
class Filtering:
    """What a dialect found about filters and policies, as lines."""

    everything: list[Line] = field(default_factory=list)  # permits anything, is bound and active
    bound: list[Line] = field(default_factory=list)  # where filters are bound, and rules of policies
    used: list[Line] = field(default_factory=list)  # names of filters in use
    undefined: list[Line] = field(default_factory=list)  # those that nothing defines
    disabled: list[Line] = field(default_factory=list)


def filters(sheet: Sheet, found: Filtering) -> None:
    """`any_any_permit_applied`, `acl_applied_undefined`, `acl_disabled_rule`."""
    sheet.weighed(
        "any_any_permit_applied",
        found.everything,
        found.bound,
        why=mark("this rule permits anything and is in force"),
        sound_why=mark("no rule in force permits anything"),
        absent_why=mark("no filter is bound to an interface or a zone"),
    )
    sheet.weighed(
        "acl_applied_undefined",
        found.undefined,
        found.used,
        why=mark("the list that is bound here is not defined"),
        sound_why=mark("every list that is bound is defined"),
        absent_why=mark("no access list is bound"),
    )
    sheet.weighed(
        "acl_disabled_rule",
        found.disabled,
        (),
        why=mark("the rule is kept but disabled"),
        sound_why="",
        absent_why=mark("no rule is disabled"),
    )
