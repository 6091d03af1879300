"""Words of TOS: lists, numbers of objects and rules, the fields of a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lab.emulator.tree import Entry

# The order in which a rule's fields are printed.
ORDER = {
    "firewall": (
        *("action", "srcarea", "srcvlan", "dstarea", "dstvlan", "src", "dst", "service", "schedule", "sport"),
        *("orig_dst", "permanent", "session-timeout", "log", "enable", "group_name", "comment"),
    ),
    "nat": (
        *("srcarea", "srcvlan", "dstarea", "dstvlan", "orig_src", "orig_dst", "orig_service", "orig_sport"),
        *("trans_src", "trans_dst", "trans_service", "pat", "enable", "group_name"),
    ),
}
# What a field is where it is not printed.
_USUAL = (("enable", "yes"), ("log", "off"))


def listed(text: str) -> list[str]:
    """The names of a list, `'a b '`."""
    return text.strip("'").split()


def ident(entry: Entry) -> int:
    """The number of an object or a rule; 0 for a line that has none."""
    if entry.key[0] == "rule":
        return int(entry.key[2])
    return entry.number if entry.key[0] in ("define", "") else 0


def rule_words(family: str, fields: dict[str, str]) -> tuple[str, ...]:
    """A rule as it is printed; fields that no table knows stand behind the others."""
    words = [family, "policy", "add"]
    for name in (*ORDER[family], *(name for name in fields if name not in ORDER[family])):
        if name in fields and (name, fields[name]) not in _USUAL:
            words += [name, fields[name]]
    return tuple(words)


def uses(entry: Entry, name: str) -> bool:
    """Whether a line names an object."""
    own = entry.key[-1] if entry.key[0] == "define" else ""
    return name != own and any(name in word.replace("'", " ").split() for word in entry.words)
