"""The values of a workspace's YAML files: what one text may say, and what it becomes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeAlias
from urllib.parse import SplitResult, urlsplit

from pydantic import PlainValidator

from inventory import cells
from inventory.model import Area
from inventory.nearest import nearest
from inventory.secrets import SCHEMES, SecretRef
from inventory.text import LANGUAGES, Message, canonical_language

if TYPE_CHECKING:
    from collections.abc import Callable


def text_as(convert: Callable[[str], Any]) -> PlainValidator:
    """A field read by a cell's converter: the value must be one text."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        text = value.strip(" \t")
        if not text:
            raise cells.Fault(
                "missing-value", Message("there is no value here"), Message("write one, or remove the key")
            )
        return convert(text)

    return PlainValidator(validate)


def one_of(names: tuple[str, ...]) -> Callable[[str], str]:
    """One of these names."""

    def convert(text: str) -> str:
        if text in names:
            return text
        near = next((name for name in names if name.casefold() == text.casefold()), "") or nearest(text, names)
        shown = ", ".join(names)
        raise cells.Fault(
            "bad-choice",
            Message("“{text}” is none of: {names}", text=text, names=shown),
            Message("did you mean “{name}”?", name=near) if near else Message("write one of: {names}", names=shown),
        )

    return convert


def language(text: str) -> str:
    """A language that messages and reports are in, by any of its names."""
    if text.partition(".")[0] in {*LANGUAGES, "zh"}:
        return canonical_language(text)
    return one_of(("en", "zh"))(text)


def pattern(text: str) -> str:
    """A regular expression."""
    try:
        re.compile(text)
    except re.error as error:
        raise cells.Fault(
            "bad-pattern",
            Message("“{text}” is not a regular expression: {why}", text=text, why=error),
            Message("put a backslash before brackets, dots and question marks that are meant as they stand"),
        ) from None
    return text


def secret(text: str) -> SecretRef:
    """A reference; whatever else stands here may be a secret, so the complaint never quotes it."""
    try:
        return SecretRef.parse(text)
    except ValueError:
        pass
    scheme, colon, rest = text.partition(":")
    if colon and scheme in SCHEMES:
        raise cells.Fault(
            "bad-secret-reference",
            Message("the reference to a secret is not complete"),
            Message("write it like {example}", example=_EXAMPLES[scheme]),
        )
    if colon and (scheme.lower() in _FOREIGN_SCHEMES or nearest(scheme, SCHEMES)) and rest and " " not in rest:
        raise cells.Fault(
            "unknown-secret-scheme",
            Message("this kind of reference to a secret is not known"),
            Message("write env:NAME, file:PATH, age:PATH#KEY or vault:MOUNT/PATH#KEY"),
        )
    raise cells.Fault(
        "secret-in-clear",
        Message("a secret stands here in clear text"),
        Message(
            "put it into a file outside git and write file:secrets/NAME here (or env:, age:, vault:); "
            "change it on the devices if this file was ever shared"
        ),
    )


_EXAMPLES: Final = {
    "env": "env:GOVNET_PASSWORD",
    "file": "file:secrets/password",
    "age": "age:secrets.age#password",
    "vault": "vault:secret/govnet/routers#password",
}
# How other tools write references; a password that begins like one of these is not printed either.
_FOREIGN_SCHEMES: Final = frozenset({"keyring", "sops", "gpg", "pass", "op", "hashivault", "awssm", "bao", "openbao"})


def rd(text: str) -> str:
    """A route distinguisher or target as RFC 4364 section 4.2 writes it: number:number or address:number."""
    left, colon, right = text.rpartition(":")
    numbers = [part.isascii() and part.isdigit() for part in (left, right)]
    if colon and numbers[1]:
        if numbers[0] and (
            (int(left) < 1 << 16 and int(right) < 1 << 32) or (int(left) < 1 << 32 and int(right) < 1 << 16)
        ):
            return text
        if left.count(".") == 3 and int(right) < 1 << 16:
            return f"{cells.address(left)}:{right}"
    cells.refuse_full_width(text)
    raise cells.Fault(
        "bad-rd",
        Message("“{text}” is not a route distinguisher or target", text=text),
        Message("write AS:number or address:number, for example 65001:100"),
    )


def member(text: str) -> tuple[str, str]:
    """A device and its interface, as `device:interface`."""
    device, colon, interface = text.partition(":")
    if not colon or not device.strip() or not interface.strip():
        cells.refuse_full_width(text)
        raise cells.Fault(
            "bad-interface",
            Message("“{text}” is not device:interface", text=text),
            Message("write the device's name, a colon and the interface, for example fw-border:eth1"),
        )
    return cells.reference(device.strip()), cells.interface_name(interface.strip())


def file_path(text: str) -> str:
    """A path; a key that stands there itself is refused."""
    if "PRIVATE KEY" in text or "\n" in text:
        raise cells.Fault(
            "secret-in-clear",
            Message("a secret stands here in clear text"),
            Message("put the key into a file outside git and write that file's path here"),
        )
    return text


Title: TypeAlias = Annotated[str, text_as(cells.title)]
Word: TypeAlias = Annotated[str, text_as(cells.word)]
Reference: TypeAlias = Annotated[str, text_as(cells.reference)]
Secret: TypeAlias = Annotated[SecretRef, text_as(secret)]
AreaName: TypeAlias = Annotated[Area, text_as(cells.choice(Area, {}))]
Rd: TypeAlias = Annotated[str, text_as(rd)]


def database(text: str) -> str:
    """A database's URL. A password never stands in it: the complaint does not quote the text."""
    parts = _url(text)
    if parts is None or parts.scheme not in {"sqlite", "postgresql"}:
        raise cells.Fault(
            "bad-database",
            Message("this is no database of govnet"),
            Message("write postgresql://USER@HOST/NAME, or remove the key: state.db in the workspace is used then"),
        )
    if parts.password:
        raise cells.Fault(
            "secret-in-clear",
            Message("a secret stands here in clear text"),
            Message("leave the password out; put it into ~/.pgpass or the variable PGPASSWORD"),
        )
    return f"postgresql+psycopg{text.removeprefix('postgresql')}" if parts.scheme == "postgresql" else text


def syslog(text: str) -> str:
    """A syslog server's URL."""
    parts = _url(text)
    if parts is None or parts.scheme not in {"udp", "tcp"} or not parts.hostname:
        raise cells.Fault(
            "bad-syslog",
            Message("“{text}” is no syslog server", text=text),
            Message("write udp://HOST or tcp://HOST, with :PORT if it is not 514"),
        )
    return text


def prometheus(text: str) -> str:
    """A Prometheus server's URL. A password never stands in it: the complaint does not quote the text."""
    parts = _url(text)
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise cells.Fault(
            "bad-prometheus",
            Message("this is no address of a Prometheus server"),
            Message("write http://HOST:9090 or https://USER@HOST"),
        )
    if parts.password:
        raise cells.Fault(
            "secret-in-clear",
            Message("a secret stands here in clear text"),
            Message("leave the password out; name it by prometheus_secret: env:NAME or file:PATH"),
        )
    return text


def _url(text: str) -> SplitResult | None:
    """The parts of a URL; None for what is none."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - looking at it checks it
    except ValueError:
        return None
    return parts
