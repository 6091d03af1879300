"""Weaknesses that somebody accepts for a while (`audits/waivers.yaml` of a workspace).

waivers:
  - name: W-2026-03
    fact: telnet_mgmt               # a fact, an item, or both; see govnet audit rules list
    item: 8.1.4.1-c
    devices: ["rt-old-*"]           # patterns of names; without them every device
    reason: 老旧设备不支持 SSH，计划 2027 年一季度更换
    approver: 李四（分管领导）
    on: 2026-11-01
    until: 2027-03-31               # there is no waiver without an end

What is waived is listed and stays out of the rate. After its end a waiver waives nothing, and the finding is back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from audits import forms
from audits.attestations import ENDS_BEFORE
from audits.model import Waiver
from audits.vocabulary import FACTS
from inventory import cells
from inventory.errors import InputError
from inventory.nearest import nearest
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.schema import Reader
    from inventory.sources import yaml

FILE = f"{forms.FOLDER}/waivers.yaml"


def _fact(text: str) -> str:
    if text in FACTS:
        return text
    near = nearest(text, FACTS)
    hint = Message("did you mean “{name}”?", name=near) if near else Message("see: govnet audit rules list")
    raise cells.Fault("unknown-fact", Message("there is no fact “{name}”", name=text), hint)


class _WaiverIn(forms.Form):
    name: forms.Plain
    reason: forms.Plain
    approver: forms.Plain
    on: forms.Day
    until: forms.Day
    item: Annotated[str, forms.field(str)] = ""
    fact: Annotated[str, forms.field(_fact)] = ""
    devices: tuple[forms.Plain, ...] = ()


class _FileIn(forms.Form):
    waivers: tuple[_WaiverIn, ...] = ()


def load(root: Path, day: str) -> tuple[Waiver, ...]:
    """The waivers of a workspace as they stand on `day` (ISO 8601). InputError with every fault."""
    path = root / FILE
    if not path.exists():
        return ()
    reader = forms.reader(path, FILE)
    data = reader.top(tuple(_FileIn.model_fields))
    found: list[Waiver] = []
    for place, item in reader.items(data, "waivers"):
        read = reader.read(_WaiverIn, item, place)
        if read is not None:
            _check(reader, place, read, {waiver.name for waiver in found})
            state = "not_yet" if day < read.on else "expired" if day > read.until else "active"
            found.append(
                Waiver(
                    read.name,
                    read.reason,
                    read.approver,
                    read.on,
                    read.until,
                    state,
                    read.item,
                    read.fact,
                    read.devices,
                )
            )
    if reader.problems:
        raise InputError(reader.problems)
    return tuple(found)


def write(root: Path, waiver: Waiver) -> Waiver:
    """Add a waiver; returns it as it is read. InputError, with the file as it was, if it is not good."""
    words = {
        "name": waiver.name,
        "item": waiver.item,
        "fact": waiver.fact,
        "devices": list(waiver.devices),
        "reason": waiver.reason,
        "approver": waiver.approver,
        "on": waiver.on,
        "until": waiver.until,
    }
    return forms.append(root / FILE, FILE, "waivers", words, lambda: load(root, waiver.on))


def _check(reader: Reader, place: yaml.Path, read: _WaiverIn, names: set[str]) -> None:
    if read.name in names:
        reader.complain(
            (*place, "name"),
            "duplicate-name",
            Message("the name “{name}” is given twice", name=read.name),
            Message("give each waiver a name of its own"),
        )
    if not read.item and not read.fact:
        reader.complain(
            place,
            "missing-key",
            Message("it does not say what is waived"),
            Message("add item: or fact:, or both"),
        )
    if read.until < read.on:
        reader.complain((*place, "until"), "bad-date", *ENDS_BEFORE)
