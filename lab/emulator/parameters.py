"""The kinds of values in commands: what is valid, and how the device writes it back."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable


class Names(Protocol):
    """What a parameter may have to ask its device."""

    def interface_name(self, text: str) -> str | None:
        """The full name of an interface that the text means; None if this model has no such kind."""
        ...

    @property
    def spaced(self) -> tuple[str, ...]:
        """The kinds of interfaces that may stand apart from their number anywhere in a line."""
        ...

    @property
    def quoted(self) -> bool:
        """Whether `'a b '` is one word."""
        ...


def check(kind: str, limits: str, text: str, names: Names) -> str | None:
    """The canonical form of `text` as a value of `kind` within `limits`; None if it is not one."""
    return _KINDS[kind](text, limits, names)


def known(kind: str) -> bool:
    """Whether there is such a kind of value."""
    return kind in _KINDS


def _ip(text: str, _limits: str, _names: Names) -> str | None:
    return _dotted(text)


@lru_cache(4096)
def _dotted(text: str) -> str | None:
    # inet_aton shorthands (10.1) and leading zeros are refused, as devices do.
    if text.count(".") != 3:
        return None
    try:
        return str(IPv4Address(text))
    except AddressValueError:
        return None


def _ip6(text: str, _limits: str, _names: Names) -> str | None:
    try:
        return str(IPv6Address(text)).upper() if ":" in text else None
    except AddressValueError:
        return None


def _prefix4(text: str, _limits: str, names: Names) -> str | None:
    address, slash, length = text.partition("/")
    whole = _ip(address, "", names)
    if not slash or whole is None or not length.isdecimal() or int(length) > 32:
        return None
    return f"{whole}/{int(length)}"


def dotted(length: int) -> str:
    """The mask of a prefix length, dotted."""
    return str(IPv4Address((0xFFFFFFFF << (32 - length)) & 0xFFFFFFFF))


def _is_mask(value: int) -> bool:
    inverse = value ^ 0xFFFFFFFF
    return inverse & (inverse + 1) == 0


def _mask(text: str, limits: str, names: Names) -> str | None:
    """A mask as dotted; a prefix length too unless `limits` is `dotted`."""
    if text.isdecimal():
        return None if limits == "dotted" or len(text) > 2 or int(text) > 32 else dotted(int(text))
    whole = _ip(text, "", names)
    return whole if whole is not None and _is_mask(int(IPv4Address(whole))) else None


def _length(text: str, limits: str, names: Names) -> str | None:
    """A mask or a prefix length, written back as a length (Comware's static routes)."""
    whole = _mask(text, limits, names)
    return None if whole is None else str(int(IPv4Address(whole)).bit_count())


def _wildcard(text: str, _limits: str, names: Names) -> str | None:
    """0 = must match. A bare 0 means one host and is written back as 0."""
    if text == "0":
        return "0"
    whole = _ip(text, "", names)
    return "0" if whole == "0.0.0.0" else whole  # noqa: S104 - a wildcard, not an address to listen on


def _wildcard_dotted(text: str, _limits: str, names: Names) -> str | None:
    """As `_wildcard`, but one host is written back as 0.0.0.0 (OSPF's network command)."""
    return "0.0.0.0" if text == "0" else _ip(text, "", names)  # noqa: S104 - a wildcard, not an address to listen on


def _number(text: str, limits: str, _names: Names) -> str | None:
    if not text.isdecimal() or len(text) > 10:
        return None
    low, _, high = limits.partition("-")
    value = int(text)
    if limits and not int(low) <= value <= int(high or low):
        return None
    return str(value)


def _word(text: str, limits: str, _names: Names) -> str | None:
    low, dash, high = limits.partition("-")
    least, most = (int(low), int(high)) if dash else (1, int(low or 255))
    return text if least <= len(text) <= most else None


def _identifier(text: str, limits: str, names: Names) -> str | None:
    """A word that does not begin with a digit."""
    return None if text[:1].isdigit() else _word(text, limits, names)


def _name(text: str, limits: str, names: Names) -> str | None:
    """A name that is written back in quotes, whether it was typed in them or not; blanks in quotes come as `BLANK`."""
    bare = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
    checked = None if '"' in bare else _word(bare.replace(BLANK, " "), limits, names)
    return None if checked is None else f'"{checked}"'


def _area(text: str, _limits: str, names: Names) -> str | None:
    """An OSPF area, written back as a dotted number."""
    if text.isdecimal() and len(text) <= 10 and int(text) <= 0xFFFFFFFF:
        return str(IPv4Address(int(text)))
    return _ip(text, "", names)


def _area_plain(text: str, _limits: str, names: Names) -> str | None:
    """An OSPF area, written back as it was given (IOS keeps the form)."""
    if text.isdecimal() and len(text) <= 10 and int(text) <= 0xFFFFFFFF:
        return str(int(text))
    return _ip(text, "", names)


def _interface(text: str, _limits: str, names: Names) -> str | None:
    return names.interface_name(text)


def _pattern(expression: str) -> Callable[[str, str, Names], str | None]:
    compiled = re.compile(expression)
    return lambda text, _limits, _names: text if compiled.fullmatch(text) else None


def _port(text: str, limits: str, names: Names) -> str | None:
    """A TCP or UDP port by number; the few names that devices write back."""
    if text.isdecimal():
        number = _number(text, limits or "0-65535", names)
        return number if number is None else _PORTS.get(number, number)
    return text.lower() if text.lower() in _PORTS.values() else None


def _list(text: str, _limits: str, _names: Names) -> str | None:
    """Names between quotes, with a blank before the closing one; a name alone may stand without."""
    found = text.removeprefix("'").removesuffix("'").split()
    return f"'{' '.join(found)} '" if found and text.startswith("'") == text.endswith("'") else None


_PORTS: dict[str, str] = {}
# What stands for a blank inside quotes, so that a quoted name is one word.
BLANK = "\ue000"

_KINDS: dict[str, Callable[[str, str, Names], str | None]] = {
    "ip": _ip,
    "ip6": _ip6,
    "prefix4": _prefix4,
    "mask": _mask,
    "length": _length,
    "wildcard": _wildcard,
    "wildcard-dotted": _wildcard_dotted,
    "number": _number,
    "word": _word,
    "identifier": _identifier,
    "name": _name,
    "secret": _word,
    "rest": _word,
    "area": _area,
    "area-plain": _area_plain,
    "interface": _interface,
    "list": _list,
    "port": _port,
    "hhmm": _pattern(r"([01]?\d|2[0-3]):[0-5]\d"),
    "zone-offset": _pattern(r"\d{1,2}:\d{2}(:\d{2})?"),
    "rd": _pattern(r"(\d{1,10}|\d{1,3}(\.\d{1,3}){3}):\d{1,10}"),
    "hex": _pattern(r"[0-9A-Fa-f]{2,64}"),
    "file": _pattern(r"(flash:/?)?[\w.-]+\.cfg"),
    "vlans": _pattern(r"\d{1,4}([-,]\d{1,4})*"),
}
