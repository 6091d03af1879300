"""What a cell or a value may hold: text in, a typed value out, or a `Fault` that says what to write instead.

The converters are plain functions, called once for each of a million cells: the common case is one test and a return.
"""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import IPv4Interface, IPv6Interface, ip_interface, ip_network
from sys import intern
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from inventory.errors import NO_HINT
from inventory.model import LineKind
from inventory.nearest import nearest
from inventory.sources import half_width
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

Converter: TypeAlias = "Callable[[str], Any]"
Kind = TypeVar("Kind", bound=StrEnum)

_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?").fullmatch  # RFC 1123 section 2.1
_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,62})").fullmatch
_KEY = re.compile(r"[^\W_](?:[\w.-]{0,62})").fullmatch
_CODE = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", re.ASCII).fullmatch
_NUMBER = re.compile(r"0|[1-9][0-9]{0,17}").fullmatch
# `1,000`, `22.0`, `120台`, `100M`, `007`: what was meant is plain; `6.5` and `1e3` could mean several things.
_MEANT_NUMBER = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,17})(?:\.0+|\s*[^\W\d_eE][^\d]{0,8})?").fullmatch
# Control characters, and the invisible ones that web pages and spreadsheets leave behind.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u200b-\u200f\u2028-\u202e\u2060\ufeff\u3000]")
_FULL_WIDTH = re.compile("[\uff01-\uff5e\u3000。、]")
_LEADING_ZERO = re.compile(r"(?:^|\.)0+(?=[0-9])")
_NO_HOSTS: Final = frozenset({0, 127, *range(224, 256)})  # first octets
_LONGEST_TITLE: Final = 200
_MODEL = re.compile(r"[ -~\u4e00-\u9fff]{1,100}").fullmatch
# What vendors use in names (`Eth-Trunk1.100`, `GigabitEthernet 0/0/1`), and nothing that ends a word or a line, because
# the name stands in commands. A blank may only stand before a number, for the same reason.
_INTERFACE = re.compile(r"(?=.{1,63}\Z)[A-Za-z0-9][A-Za-z0-9/.:_-]*(?: [0-9][A-Za-z0-9/.:_-]*)*").fullmatch
_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,30}|(?:tcp|udp)/[1-9][0-9]{0,4}(?:-[1-9][0-9]{0,4})?").fullmatch


class Fault(ValueError):  # noqa: N818 - it is caught two calls up and becomes a Problem
    """A value that cannot be used: a stable code, what is wrong, what to write instead."""

    def __init__(self, code: str, message: Message, hint: Message = NO_HINT) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.hint = hint


def refuse_full_width(text: str, space: str = " ") -> None:
    """Full-width digits, letters and signs, spaces among them, in a text that programs compare.

    `space` is what the mended text has in place of one.
    """
    if not text.isascii() and _FULL_WIDTH.search(text):
        plain = half_width(text).strip().replace(" ", space)
        raise Fault(
            "full-width", Message("“{text}” has full-width characters", text=text), Message("write {text}", text=plain)
        )


def _refuse_invisible(text: str) -> None:
    found = _INVISIBLE.search(text)
    if found:
        raise Fault(
            "invisible-character",
            Message("there is an invisible character (U+{code}) in this text", code=f"{ord(found[0]):04X}"),
            Message("type it again: {text}", text=_INVISIBLE.sub("", text)),
        )


def invisible(text: str) -> Fault | None:
    """What is wrong with a text that was refused, if nobody can see it: a no-break space, a zero-width one and so on.

    A full-width space can be seen.
    """
    if text.isascii():
        return None
    try:
        _refuse_invisible(text.replace("\u3000", " "))
    except Fault as fault:
        return fault
    return None


# Names are interned: whoever looks one up where it is referred to finds it by identity, and a country's are kept once.
def host_name(text: str) -> str:
    """A device's name: RFC 1123 section 2.1, one label."""
    if _HOST_NAME(text):
        return intern(text)
    refuse_full_width(text, "-")
    _refuse_invisible(text)
    plain = re.sub(r"[^A-Za-z0-9-]+", "-", text).strip("-")[:63].strip("-")
    raise Fault(
        "bad-name",
        Message("“{text}” is not a host name: letters, digits and hyphens inside, at most 63", text=text),
        Message("write for example {text}", text=plain) if plain else Message("write for example rt-anping"),
    )


def key(text: str) -> str:
    """The name of a unit, site, line or system: letters (Chinese ones too), digits, `_`, `.` and `-`."""
    if _KEY(text):
        if not text.isascii():
            refuse_full_width(text, "-")
        return intern(text)
    refuse_full_width(text, "-")
    _refuse_invisible(text)
    raise Fault(
        "bad-name",
        Message("“{text}” is not a name: letters, digits, - _ and . without spaces, at most 63", text=text),
        Message("put what people should read into “title”"),
    )


def word(text: str) -> str:
    """A word that devices and programs read: ASCII letters, digits, `_`, `.` and `-`."""
    if _WORD(text):
        return text
    refuse_full_width(text, "-")
    _refuse_invisible(text)
    raise Fault(
        "bad-name",
        Message("“{text}” is not a name: only the letters a to z, digits, - _ and ., at most 63", text=text),
        Message("put what people should read into “title”"),
    )


def reference(text: str) -> str:
    """The name of something defined elsewhere; whether it is, is checked later."""
    if not text.isascii():
        refuse_full_width(text, "-")
        _refuse_invisible(text)
    return intern(text)


def references(text: str) -> tuple[str, ...]:
    """Names of things defined elsewhere, separated by blanks."""
    return tuple(dict.fromkeys(reference(name) for name in text.split()))


def title(text: str) -> str:
    """A text for people, on one line."""
    if "\n" in text or len(text) > _LONGEST_TITLE:
        raise Fault(
            "bad-text",
            Message("this text has several lines or more than 200 characters"),
            Message("write it on one line, shorter"),
        )
    if _INVISIBLE.search(text):
        # A full-width space between two words is good Chinese typography; at the ends it is a slip.
        inner = text.strip("\u3000")
        if inner != text:
            raise Fault(
                "full-width",
                Message("“{text}” has full-width characters", text=text),
                Message("write {text}", text=inner),
            )
        _refuse_invisible(text.replace("\u3000", ""))
    return text


def model_name(text: str) -> str:
    """A device's model, as printed on it."""
    if _MODEL(text):
        return text
    refuse_full_width(text)
    _refuse_invisible(text)
    return title(text)


def region_code(text: str) -> str:
    """A division's code: GB/T 2260 (2, 4 or 6 digits) or the statistical code (9 or 12)."""
    if _CODE(text):
        return intern(text)
    refuse_full_width(text)
    if re.fullmatch(r"[0-9.]+[eE]\+?[0-9]+", text):
        raise Fault(
            "shortened-number",
            Message("a spreadsheet has shortened this code to “{text}”", text=text),
            Message("format the column as text and type the code again, all its digits"),
        )
    raise Fault(
        "bad-code",
        Message("“{text}” is not a division code", text=text),
        Message("write 2, 4, 6, 9 or 12 digits, for example 431382001"),
    )


def integer(low: int, high: int) -> Converter:
    """A whole number between `low` and `high`, both included."""

    def convert(text: str) -> int:
        if _NUMBER(text):
            value = int(text)
            if low <= value <= high:
                return value
            raise Fault(
                "out-of-range",
                Message("{text} is not between {low} and {high}", text=text, low=low, high=high),
                Message("write a number from {low} to {high}", low=low, high=high),
            )
        refuse_full_width(text)
        hint = Message("write a number from {low} to {high}, digits only", low=low, high=high)
        meant = _MEANT_NUMBER(text)
        if meant:
            value = int(meant[1].replace(",", ""))
            if low <= value <= high:
                hint = Message("write {text}", text=value)
        raise Fault("bad-number", Message("“{text}” is not a whole number", text=text), hint)

    return convert


def protection_level(text: str) -> int:
    """A protection level under GB/T 22240: 1 to 4."""
    if text in {"1", "2", "3", "4"}:
        return int(text)
    refuse_full_width(text)
    found = re.search(r"[1-4一二三四]", text)
    hint = Message("write 1, 2, 3 or 4; leave it empty for a system that is not graded")
    if found and len(text) <= 4 and not re.fullmatch(r"[0-9.-]+", text):
        hint = Message("write {text}", text={"一": 1, "二": 2, "三": 3, "四": 4}.get(found[0], found[0]))
    raise Fault("bad-level", Message("“{text}” is not a protection level", text=text), hint)


def choice(kind: type[Kind], aliases: Mapping[str, Kind], without: Collection[Kind] = ()) -> Converter:
    """One of an enum's values, or one of its Chinese names; none of those in `without`."""
    members = [member for member in kind if member not in without]
    known: dict[str, Kind] = {member.value: member for member in members}
    known |= {name: member for name, member in aliases.items() if member not in without}

    def convert(text: str) -> Kind:
        member = known.get(text)
        if member is not None:
            return member
        refuse_full_width(text)
        near = text.lower() if text.lower() in known else nearest(text, known)
        names = ", ".join(members)
        raise Fault(
            "bad-choice",
            Message("“{text}” is none of: {names}", text=text, names=names),
            Message("did you mean “{name}”?", name=near) if near else Message("write one of: {names}", names=names),
        )

    return convert


LINE_KINDS: Final = {
    "专线": LineKind.CIRCUIT,
    "电路": LineKind.CIRCUIT,
    "隧道": LineKind.TUNNEL,
    "局域网": LineKind.LAN,
    "互联网": LineKind.INTERNET,
}
_BOOLEANS: Final = {"yes": True, "no": False, "true": True, "false": False, "是": True, "否": False}


def boolean(text: str) -> bool:
    """Yes or no."""
    value = _BOOLEANS.get(text)
    if value is None:
        value = _BOOLEANS.get(text.lower())
    if value is not None:
        return value
    refuse_full_width(text)
    raise Fault(
        "bad-choice", Message("“{text}” is neither yes nor no", text=text), Message("write yes or no (是 or 否)")
    )


def interface_name(text: str) -> str:
    """A port's name as the device writes it."""
    if _INTERFACE(text):
        return text
    refuse_full_width(text)
    _refuse_invisible(text)
    raise Fault(
        "bad-interface",
        Message("“{text}” is not the name of an interface", text=text),
        Message("write it as the device shows it, for example GigabitEthernet0/0/1"),
    )


def host_interface(text: str) -> IPv4Interface | IPv6Interface:
    """A host's address with its prefix length: `10.1.1.2/24`, `2001:db8::2/64`."""
    try:
        value: IPv4Interface | IPv6Interface = IPv4Interface(text) if ":" not in text else IPv6Interface(text)
    except ValueError:
        raise _bad_address(text) from None
    prefix = text.rpartition("/")[2]
    if prefix == text or not prefix.isdigit() or (len(prefix) > 1 and prefix[0] == "0"):
        raise _bad_address(text)
    length = int(prefix)
    if not length:
        raise _bad_prefix(text)
    # Arithmetic on the number: ipaddress's own properties build objects, and a province has 100,000 addresses.
    number, bits = int(value), 32 if value.version == 4 else 128
    host = number & ((1 << (bits - length)) - 1)
    if length < bits - 1:
        if not host:
            raise Fault(
                "network-address",
                Message("{text} is the address of the network itself, not of a host in it", text=text),
                Message("write a host's address, for example {text}", text=f"{value.network[1]}/{length}"),
            )
        if bits == 32 and host + 1 == 1 << (bits - length):
            raise Fault(
                "broadcast-address",
                Message("{text} is the broadcast address of its network, not a host's", text=text),
                Message("write a host's address, for example {text}", text=f"{value.network[1]}/{length}"),
            )
    # IPv4: 0/8, 127/8, and 224/4 and above (RFC 6890); IPv6: unspecified, loopback, multicast (RFC 4291).
    if number >> 24 in _NO_HOSTS if bits == 32 else number <= 1 or number >> 120 == 0xFF:
        raise Fault(
            "not-a-host",
            Message("{text} cannot be the address of a device in a network", text=text),
            Message("write an address from the network's own ranges, for example 10.1.1.2/24"),
        )
    return value


def network(text: str) -> str:
    """A network in canonical form; the address part must be the network's own."""
    try:
        return str(ip_network(text))
    except ValueError:
        pass
    try:
        meant = ip_network(text, strict=False)
    except ValueError:
        raise _bad_address(text) from None
    raise Fault(
        "host-bits",
        Message("{text} is a host's address, not a network", text=text),
        Message("write {text}", text=str(meant)),
    )


def address(text: str) -> str:
    """An address without a prefix length, in canonical form."""
    if "/" in text:
        raise Fault(
            "unexpected-prefix-length",
            Message("{text} has a prefix length where one address is meant", text=text),
            Message("write {text}", text=text.partition("/")[0]),
        )
    try:
        return str(ip_interface(text).ip)
    except ValueError:
        raise _bad_address(text, prefix=False) from None


def _bad_prefix(text: str) -> Fault:
    return Fault(
        "bad-prefix-length",
        Message("“{text}” has a prefix length that does not exist or covers everything", text=text),
        Message("write 1 to 32 after the / for IPv4, 1 to 128 for IPv6"),
    )


def _bad_address(text: str, *, prefix: bool = True) -> Fault:
    """Why it is no address: the causes that are seen most, each with the mended text."""
    host, slash, length = text.partition("/")
    fault = _odd_digits(text, host, slash + length)
    if fault is None and _parses(host):
        fault = _odd_prefix(text, host, length) if slash else _no_prefix(text)
    if fault is None:
        example = "10.1.1.2/24" if prefix else "10.1.1.2"
        fault = Fault(
            "bad-address",
            Message("“{text}” is not an IP address", text=text),
            Message("write it like {text}", text=example),
        )
    return fault


def _odd_digits(text: str, host: str, rest: str) -> Fault | None:
    """Full-width digits and leading zeros."""
    if not text.isascii():
        plain = half_width(text).replace(" ", "").replace(",", ".")
        if _parses(plain):
            return Fault(
                "full-width",
                Message("“{text}” has full-width characters", text=text),
                Message("write {text}", text=plain),
            )
    plain = _LEADING_ZERO.sub(lambda found: "." if found[0].startswith(".") else "", host) + rest
    if plain != text and ":" not in host and _parses(plain):
        return _leading_zeros(text, plain)
    return None


def _leading_zeros(text: str, plain: str) -> Fault:
    return Fault(
        "leading-zero",
        Message("“{text}” has leading zeros, which some programs read as octal", text=text),
        Message("write {text}", text=plain),
    )


def _no_prefix(text: str) -> Fault:
    return Fault(
        "missing-prefix-length",
        Message("“{text}” has no prefix length", text=text),
        Message("write it behind the address, for example {text}", text=f"{text}/{24 if ':' not in text else 64}"),
    )


def _odd_prefix(text: str, host: str, length: str) -> Fault:
    """A mask, leading zeros, or a length that does not exist."""
    if _parses(text) and not length.isdigit():
        return Fault(
            "netmask",
            Message("“{text}” has a mask in place of a prefix length", text=text),
            Message("write {text}", text=f"{host}/{ip_interface(text).network.prefixlen}"),
        )
    if _parses(text) and length.startswith("0") and int(length):
        return _leading_zeros(text, f"{host}/{int(length)}")
    return _bad_prefix(text)


def _parses(text: str) -> bool:
    try:
        ip_interface(text)
    except ValueError:
        return False
    return True


def service(text: str) -> str:
    """A service's name (`https`), or a protocol and its port or ports (`tcp/8443`, `udp/5000-5010`)."""
    if _SERVICE(text):
        protocol, slash, ports = text.partition("/")
        numbers = [int(number) for number in ports.split("-")] if slash else []
        if numbers == sorted(numbers) and all(number <= 65535 for number in numbers):
            return text
        del protocol
    refuse_full_width(text)
    raise Fault(
        "bad-service",
        Message("“{text}” is not a service", text=text),
        Message("write a name like https, icmp or any, or a port like tcp/8443"),
    )
