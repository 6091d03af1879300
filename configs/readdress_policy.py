"""What re-addressing does with things that are shaped like addresses but need not follow them: a policy in YAML.

    router_id: keep | rewrite        router ids, cluster ids (LSR ids are addresses and always follow)
    isis_net: keep | rewrite         IS-IS titles whose system id is a router's loopback in decimal digits
    rd_rt: keep | rewrite            route distinguishers and targets of the form address:number
    names: keep | rewrite            names of objects that contain addresses, everywhere in the device alike
    descriptions: keep | rewrite     descriptions

Everything stays unless the policy says otherwise: none of them carries traffic, each is compared with something
outside the configuration (a database, a peer's policy, a monitoring system). Comments always stay.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

_CHOICES: Final = {"keep": False, "rewrite": True}


@dataclass(frozen=True, slots=True)
class Policy:
    """Whether each of these follows the mapping."""

    router_id: bool = False
    isis_net: bool = False
    rd_rt: bool = False
    names: bool = False
    descriptions: bool = False

    def as_json(self) -> dict[str, str]:
        """As it would be written."""
        return {field.name: "rewrite" if getattr(self, field.name) else "keep" for field in fields(self)}


def read(path: Path) -> Policy:
    """Read a policy. InputError with every fault."""
    from inventory.sources import read_bytes, yaml  # noqa: PLC0415 - start-up time

    name = str(path)
    document = yaml.parse(read_bytes(path, name), name)
    known = [field.name for field in fields(Policy)]
    if document.data is None:
        return Policy()
    if not isinstance(document.data, dict):
        message = Message("the file must hold keys and values")
        raise InputError([Problem("bad-type", message, Message("write for example: names: rewrite"), name, 1)])
    problems = []
    values: dict[str, bool] = {}
    for key, value in document.data.items():
        line = document.line((key,))
        if key not in known:
            message = Message("there is no key “{key}” here", key=key)
            hint = Message("write one of: {names}", names=", ".join(known))
            problems.append(Problem("unknown-key", message, hint, name, line, str(key)))
        elif value not in _CHOICES:
            message = Message("“{text}” is not one of the choices", text=value)
            hint = Message("write one of: {names}", names=", ".join(_CHOICES))
            problems.append(Problem("bad-choice", message, hint, name, line, str(key)))
        else:
            values[key] = _CHOICES[value]
    if problems:
        raise InputError(problems)
    return Policy(**values)
