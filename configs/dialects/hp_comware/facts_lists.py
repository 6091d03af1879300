"""Access lists of Comware as facts need them: which are there, whom they keep out, where they are bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.meaning import keyword_rules
from configs.meaning.filters import FilterRule, permits_any_source
from configs.meaning.numbers import in_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from configs.reading import Command, Reading

Key = tuple[str, str]
_NOT_NAMES: Final = frozenset({"number", "basic", "advanced", "mac", "match-order", "auto", "config", "user-defined"})


class Lists:
    """Every access list by its family and its number or name."""

    def __init__(self, reading: Reading) -> None:
        self.rules: dict[Key, list[FilterRule]] = {}
        self.lines: dict[Key, Command] = {}
        self.unclear: dict[Key, list[int]] = {}
        for command in reading.find("acl"):
            if not command.negated and command.folded[-1] not in ("inbound", "outbound"):
                self._read(command)

    def _read(self, command: Command) -> None:
        words = list(command.folded[1:])
        family = "6" if words[:1] == ["ipv6"] else "4"
        words = words[1:] if family == "6" else words
        names = [word for before, word in zip(("", *words), words, strict=False) if word.isdigit() or before == "name"]
        if not names:
            return
        basic = "basic" in words or any(name.isdigit() and 2000 <= int(name) < 3000 for name in names)
        rules = self.rules.setdefault((family, names[0]), [])
        for name in names:
            self.rules[(family, name)] = rules
            self.lines[(family, name)] = command
        for inner in in_order(command.find("rule"), keyword_rules.rule_number):
            rule = None if inner.negated else keyword_rules.rule(inner.line, inner.folded[1:], basic=basic)
            if rule is not None:
                rules.append(rule)
            elif not inner.negated and not keyword_rules.remarks(inner.folded[1:]):
                self.unclear.setdefault((family, names[0]), []).append(inner.line)

    def opening(self, key: Key | None) -> list[int]:
        """The line of the rule that lets every source in."""
        rule = permits_any_source(self.rules.get(key, ())) if key is not None else None
        return [rule.line] if rule is not None else []

    def limits(self, key: Key) -> bool:
        """Whether a list is there and keeps somebody out."""
        rules = self.rules.get(key)
        return bool(rules) and permits_any_source(rules or ()) is None


def named(command: Command, *before: str) -> Key | None:
    """The list that a command names behind these words; None if it names none."""
    words = [word.lower() for word in command.after(*before)]
    family = "6" if "ipv6" in command.folded else "4"
    rest = [word for word in words if word not in ("ipv6", "name", "mac", "inbound", "outbound")]
    return (family, rest[0]) if rest else None


def bindings(reading: Reading) -> Iterator[tuple[str, Key, Command]]:
    """Where lists are bound: `packets` on interfaces, zones and globally, `access` on logins and services."""
    for command in reading.on("packet-filter"):
        words = command.folded[1:]
        key = named(command, "packet-filter")
        if key is None or words[0] in ("default", "filter") or "mac" in words or "user-defined" in words:
            continue
        yield "packets", key, command
    for word, kind in (("snmp-agent", "access"), ("ssh", "access"), ("telnet", "access"), ("ip", "access"),
                       ("ftp", "access"), ("security", "access"), ("acl", "access")):  # fmt: skip
        for command in reading.on(word):
            if command.has("acl") and (word != "acl" or command.folded[-1] == "inbound"):
                if word == "ip" and command.folded[1:2] not in (("http",), ("https",)):
                    continue
                if word == "snmp-agent" and command.folded[1:2] not in (("community",), ("group",), ("usm-user",)):
                    continue
                key = named(command, "acl")
                if key is not None:
                    yield kind, key, command
