"""Reading plan/dns.yaml and plan/dhcp.yaml: one pydantic model each, every fault with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, PlainValidator

from inventory import cells
from inventory.errors import InputError
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Model = TypeVar("Model", bound=BaseModel)


class Item(BaseModel):
    """The base of both files' models: no unknown keys, nothing changes after reading, no input in error texts."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def value(convert: Callable[[str], Any], form: Any = str) -> PlainValidator:
    """A field whose text `convert` turns into a value; `form` is what a JSON schema says about it."""

    def validate(found: Any) -> Any:
        if not isinstance(found, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        text = found.strip()
        if not text:
            raise cells.Fault(
                "missing-value", Message("there is no value here"), Message("write one, or remove the key")
            )
        return convert(text)

    return PlainValidator(validate, json_schema_input_type=form)


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a file with this model. A key that may be left out is left out: null is no value here."""
    found = model.model_json_schema(mode="validation")
    for part in (found, *found.get("$defs", {}).values()):
        for form in part.get("properties", {}).values():
            if {"type": "null"} in form.get("anyOf", ()):
                form.update(*(choice for choice in form.pop("anyOf") if choice != {"type": "null"}))
                form.pop("default")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}


def read(model: type[Model], path: Path, name: str) -> Model:
    """The file's content as its model. InputError with every fault."""
    reader = Reader(yaml.parse(read_bytes(path, name), name))
    data = reader.top(tuple(model.model_fields))
    known = {key: data[key] for key in data if key in model.model_fields}  # the others are faults already
    found = reader.read(model, known, ()) if data or not reader.problems else None
    if reader.problems or found is None:
        raise InputError(sorted(reader.problems, key=lambda problem: problem.line))
    return found
