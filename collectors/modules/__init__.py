"""SNMP modules: which objects are read and which metrics they become, as data (`*.yml` in this folder).

A file has snmp_exporter's `snmp.yml` form. `load` reads one; `shipped` gives those that come with govnet; `every`
adds a user's files to them, and `find` looks names up there. `platforms` says which of them a device is polled with.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inventory.errors import InputError, Problem
from inventory.text import Message
from inventory.validation import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collectors.modules.schema import Module, SnmpYml

DIRECTORY = Path(__file__).parent
DEFAULT = ("system", "if_mib")


@cache
def load(path: Path) -> SnmpYml:
    """A `snmp.yml`, checked; InputError with every problem found."""
    import yaml  # noqa: PLC0415 - start-up time
    from pydantic import ValidationError  # noqa: PLC0415 - as above

    from collectors.modules.schema import SnmpYml  # noqa: PLC0415 - as above

    file = str(path)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    except OSError as error:
        reason = error.strerror or str(error)
        raise _input_error("unreadable", Message("cannot be read: {reason}", reason=reason), file) from None
    except UnicodeDecodeError:
        raise _input_error("encoding", Message("is not UTF-8"), file) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 0
        reason = getattr(error, "problem", None) or str(error)
        raise _input_error("yaml", Message("is not YAML: {reason}", reason=reason), file, line) from None
    if document is None:
        document = {}
    document = _of_before_0_23(document)
    try:
        return SnmpYml.model_validate(document)
    except ValidationError as error:
        raise InputError(
            Problem(
                "module",
                said(fault),
                Message("compare with the form of snmp_exporter's snmp.yml"),
                file,
                column=".".join(str(part) for part in fault["loc"]),
            )
            # The input is left out: it may be a secret.
            for fault in error.errors(include_url=False, include_input=False)
        ) from None


def _of_before_0_23(document: object) -> object:
    """A file of snmp_exporter 0.22 or older in today's form: there each module stood alone, with its `auth` inside.

    What a module said about speaking becomes an entry of `auths` with the module's name.
    """
    if not isinstance(document, dict) or "modules" in document or "auths" in document:
        return document
    if not document or not all(isinstance(part, dict) and "metrics" in part for part in document.values()):
        return document
    auths = {
        name: {"version": part.get("version", 2), **(part.get("auth") or {})}
        for name, part in document.items()
        if "version" in part or "auth" in part
    }
    modules = {
        name: {key: value for key, value in part.items() if key not in {"version", "auth"}}
        for name, part in document.items()
    }
    return {"auths": auths, "modules": modules}


def _input_error(code: str, message: Message, file: str, line: int = 0) -> InputError:
    hint = Message("give a file in the form of snmp_exporter's snmp.yml")
    return InputError([Problem(code, message, hint, file, line)])


@cache
def shipped() -> Mapping[str, Module]:
    """The modules that come with govnet, by name."""
    modules: dict[str, Module] = {}
    for path in sorted(DIRECTORY.glob("*.yml")):
        modules.update(load(path).modules)
    return modules


def every(files: Sequence[Path] = ()) -> dict[str, Module]:
    """The shipped modules and those of `files`; of the same name the later one wins."""
    known = dict(shipped())
    for path in files:
        known.update(load(path).modules)
    return known


def find(names: Sequence[str], files: Sequence[Path] = ()) -> dict[str, Module]:
    """The modules called `names`: from `files` first (later ones win), else shipped. InputError for an unknown one."""
    known = every(files)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise InputError(
            Problem(
                "unknown-module",
                Message("there is no SNMP module “{name}”", name=name),
                Message("write one of: {names}", names=", ".join(sorted(known))),
            )
            for name in unknown
        )
    return {name: known[name] for name in names}
