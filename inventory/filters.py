"""Choosing devices by a condition: `county=涟源市 and role=township-router`.

    condition  =  key = value | key != value | key ~ pattern | key in (value, …) | key not in (value, …)
    and, or, not, parentheses; `not` binds closest, `or` least

Regions are named by code or by name. A value that holds spaces or signs is quoted: 'a b', "a b". A pattern is a
regular expression that may match anywhere. A device with several values (zones) fulfils `=` if one of them is equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from inventory.errors import NO_HINT, InputError, Problem
from inventory.model import Level
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from inventory.model import Device, Inventory, Site, Unit, Zone

Test: TypeAlias = "Callable[[Device], bool]"
Values: TypeAlias = "Callable[[Device], Iterable[str]]"

KEYS: Final = (
    "name",
    "role",
    "platform",
    "model",
    "site",
    "unit",
    "region",
    *(level.value for level in reversed(Level)),
    "credential",
    "zone",
)
WORDS: Final = frozenset({"and", "or", "not", "in"})
# What Chinese input methods write in place of the signs.
FULL_WIDTH: Final = str.maketrans("（）＝，！～", "()=,!~")
_DEEPEST = 100
_TOKEN = re.compile(
    r"""\s+
    | (?P<quoted>"(?P<double>[^"]*)" | '(?P<single>[^']*)' | “(?P<chinese>[^”]*)”)
    | (?P<sign>[!！][=＝] | [=＝]{1,2} | [~～] | [(（] | [)）] | [,，])
    | (?P<word>[^\s()（）=＝!！~～,，"'“”]+)""",
    re.VERBOSE,
)


def select(inventory: Inventory, where: str) -> list[Device]:
    """The devices for which the condition holds, in the files' order; all of them for an empty condition.

    InputError with the column for a condition that cannot be understood, for an unknown key, and for a value that
    names nothing in the inventory (a wrong county behind `not` would otherwise choose every device).
    """
    if not where.strip():
        return list(inventory.devices.values())
    test = _Parser(where, inventory).parse()
    return [device for device in inventory.devices.values() if test(device)]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "word", "quoted", "sign" or "end"
    text: str
    column: int  # 1-based, in characters

    def is_word(self, word: str) -> bool:
        """Whether it is this word of the language (quoted, it would be a value)."""
        return self.kind == "word" and self.text.lower() == word


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            sign = text[position]
            if sign in "\"'“":
                _fail("unclosed-quote", position + 1, Message("this quote is not closed"), NO_HINT)
            _fail("bad-filter", position + 1, Message("“{text}” means nothing here", text=sign), _EXAMPLE)
        if found.lastgroup is not None:
            column = position + 1
            if found["quoted"] is not None:
                value = next(part for part in found.group("double", "single", "chinese") if part is not None)
                yield _Token("quoted", value, column)
            elif found["sign"] is not None:
                yield _Token("sign", found["sign"].translate(FULL_WIDTH), column)
            else:
                yield _Token("word", found["word"], column)
        position = found.end()
    yield _Token("end", "", len(text) + 1)


_EXAMPLE = Message('write for example: county=431382 and role in (core, "township-router")')


def _fail(code: str, column: int, message: Message, hint: Message) -> NoReturn:
    raise InputError([Problem(code, message, hint, file="--where", column=str(column))])


class _Parser:
    """Recursive descent; each method returns a test on a device."""

    def __init__(self, text: str, inventory: Inventory) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._depth = 0
        self._values = _Values(inventory)

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def parse(self) -> Test:
        test = self._any()
        if self._token.kind != "end":
            self._unexpected(Message("“and” or “or”"))
        return test

    def _any(self) -> Test:
        tests = [self._all()]
        while self._token.is_word("or"):
            self._take()
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda device: any(test(device) for test in tests)

    def _all(self) -> Test:
        tests = [self._one()]
        while self._token.is_word("and"):
            self._take()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda device: all(test(device) for test in tests)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > _DEEPEST:
            _fail("bad-filter", self._token.column, Message("the condition is nested too deeply"), _EXAMPLE)
        try:
            if self._token.is_word("not"):
                self._take()
                test = self._one()
                return lambda device: not test(device)
            if self._token.kind == "sign" and self._token.text == "(":
                self._take()
                test = self._any()
                self._close()
                return test
            return self._comparison()
        finally:
            self._depth -= 1

    def _close(self) -> None:
        if not (self._token.kind == "sign" and self._token.text == ")"):
            self._unexpected(Message("a closing parenthesis"))
        self._take()

    def _comparison(self) -> Test:
        key = self._take()
        if key.kind != "word" or key.text.lower() in WORDS:
            self._next -= key.kind != "end"
            self._unexpected(Message("a key ({keys})", keys=", ".join(KEYS)))
        if key.text not in KEYS:
            near = nearest(key.text, KEYS)
            hint = Message("write one of: {names}", names=", ".join(KEYS))
            if near:
                hint = Message("did you mean “{name}”? The keys are: {names}", name=near, names=", ".join(KEYS))
            _fail("unknown-key", key.column, Message("there is no key “{key}”", key=key.text), hint)
        values = self._values.of(key.text)
        sign = self._take()
        if sign.is_word("not") and self._token.is_word("in"):
            self._take()
            refused = self._list(key.text)
            return lambda device: refused.isdisjoint(values(device))
        if sign.is_word("in"):
            wanted = self._list(key.text)
            return lambda device: not wanted.isdisjoint(values(device))
        if sign.kind == "sign" and sign.text in {"=", "=="}:
            value = self._value(key.text)
            return lambda device: value in values(device)
        if sign.kind == "sign" and sign.text == "!=":
            value = self._value(key.text)
            return lambda device: value not in values(device)
        if sign.kind == "sign" and sign.text == "~":
            pattern = self._pattern()
            return lambda device: any(pattern.search(value) for value in values(device))
        self._next -= sign.kind != "end"
        return self._unexpected(Message("one of = != ~ in"))

    def _text(self) -> _Token:
        token = self._take()
        if token.kind not in {"word", "quoted"}:
            self._next -= token.kind != "end"
            self._unexpected(Message("a value"))
        return token

    def _value(self, key: str) -> str:
        token = self._text()
        self._values.expect(key, token)
        return token.text

    def _list(self, key: str) -> frozenset[str]:
        if not (self._token.kind == "sign" and self._token.text == "("):
            self._unexpected(Message("a list in parentheses"))
        self._take()
        values = [self._value(key)]
        while self._token.kind == "sign" and self._token.text == ",":
            self._take()
            values.append(self._value(key))
        self._close()
        return frozenset(values)

    def _pattern(self) -> re.Pattern[str]:
        token = self._text()
        try:
            return re.compile(token.text)
        except (re.error, OverflowError, RecursionError) as error:
            _fail(
                "bad-pattern",
                token.column,
                Message("“{text}” is not a regular expression: {reason}", text=token.text, reason=str(error)),
                Message("put a backslash before a sign that is meant as itself, and quote the pattern"),
            )

    def _unexpected(self, wanted: Message) -> NoReturn:
        token = self._token
        if token.kind == "end":
            message = Message("the condition ends where {wanted} is expected", wanted=wanted)
        else:
            message = Message("“{text}” stands where {wanted} is expected", text=token.text, wanted=wanted)
        _fail("bad-filter", token.column, message, _EXAMPLE)


class _Values:
    """What a device has under each key; what a region is called is worked out once for each region."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._regions: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, key: str) -> Values:
        """A function that gives the values of a device under `key`."""
        inventory = self._inventory
        if key in {"name", "role", "platform", "model", "credential"}:
            return lambda device: (getattr(device, key),)
        if key == "site":
            return lambda device: (device.site, inventory.sites[device.site].title)
        if key == "unit":
            return self._unit
        if key == "zone":
            return self._zones()
        return lambda device: self._region(inventory.sites[device.site].region, key)

    def _unit(self, device: Device) -> tuple[str, ...]:
        name = self._inventory.sites[device.site].unit
        return (name, self._inventory.units[name].title) if name else ("",)

    def _zones(self) -> Values:
        by_device: dict[str, set[str]] = {}
        for zone in self._inventory.zones.values():
            for device, _ in zone.interfaces:
                by_device.setdefault(device, set()).update((zone.name, zone.title))
        return lambda device: by_device.get(device.name, ())

    def _region(self, code: str, key: str) -> frozenset[str]:
        known = self._regions.get((code, key))
        if known is None:
            chain = self._inventory.region_chain(code)
            fits = [region for region in chain if key in {"region", region.level.value}]
            known = frozenset(text for region in fits for text in (region.code, region.name))
            self._regions[code, key] = known
        return known

    def expect(self, key: str, token: _Token) -> None:
        """Refuse a value that names nothing, for keys whose values are names in the inventory."""
        names = self._names(key)
        if names is None or not token.text or token.text in names:
            return
        near = nearest(token.text, names)
        _fail(
            "unknown-value",
            token.column,
            Message("the inventory has no {key} “{value}”", key=key, value=token.text),
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("`govnet inventory list` shows the names; ~ compares with a pattern"),
        )

    def _names(self, key: str) -> Iterable[str] | None:
        inventory = self._inventory
        if key == "name":
            return inventory.devices.keys()
        if key == "credential":
            return inventory.credentials.keys()
        if key in {"role", "platform", "model"}:
            return None
        titled: dict[str, Iterable[Site | Unit | Zone]] = {
            "site": inventory.sites.values(),
            "unit": inventory.units.values(),
            "zone": inventory.zones.values(),
        }
        if key in titled:
            return {text for row in titled[key] for text in (row.name, row.title)}
        return {
            text
            for region in inventory.regions.values()
            if key in {"region", region.level.value}
            for text in (region.code, region.name)
        }
