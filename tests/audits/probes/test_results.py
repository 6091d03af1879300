"""What probes found, written and read back: unknown stays unknown, and the old becomes so."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from audits.model import Observed, Source
from audits.probes import results
from audits.probes.model import Answer, Kind, Result
from audits.vocabulary import FACTS
from inventory.errors import InputError
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 11, 22)
AT = "2026-11-22T08:00:00+00:00"
WHY = Message("{probe}: {why}", probe="x", why=Message("{aim} was not reached", aim="tcp 10.3.0.10:22"))


def result(name: str, value: bool | None, at: str = AT, device: str = "core", kind: Kind = Kind.SSH) -> Result:
    return Result(name, kind, "noc", at, (Answer(device, value, WHY, ("a record",), ran=value is not None),))


def test_every_kind_decides_a_fact_of_the_vocabulary() -> None:
    """Rules can speak of all that probes say, and of nothing that none says."""
    from audits.vocabulary import probed

    assert {kind.fact for kind in Kind} == {meaning.name for meaning in probed.MEANINGS}
    assert {kind.fact for kind in Kind} <= set(FACTS)
    assert all(kind.label for kind in Kind)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Values, reasons in both languages, records and times come back; the file is the same for the same results."""
    found = [result("a", True), result("b", False, device="", kind=Kind.EGRESS), result("c", None, kind=Kind.TLS)]
    path = results.write(found, tmp_path / "out", sent=12, allow="ab" * 32)
    first = path.read_bytes()
    assert results.read(path, TODAY) == results.observations(found)
    one = next(one for one in results.read(path, TODAY) if one.fact == "ssh_weak")
    assert (one.device, one.value, one.source, one.at) == ("core", True, Source.PROBE, AT)
    assert one.records == ("a: a record",)
    assert str(one.why) == "a: x: tcp 10.3.0.10:22 was not reached"
    assert results.write(found, tmp_path / "out", sent=12, allow="ab" * 32).read_bytes() == first
    last = json.loads(first)["results"][2]["answers"][0]
    assert last["state"] == "not_run"
    assert last["why"]["en"] == "x: tcp 10.3.0.10:22 was not reached"
    assert last["why"]["zh"] == "x：tcp 10.3.0.10:22 不可达"


def test_what_a_lab_showed_is_no_proof_that_the_network_is_sound(tmp_path: Path) -> None:
    """A weakness stays one and says where it was seen; that nothing was found there is unknown for the network."""
    found = [result("a", True), result("b", False, device="", kind=Kind.EGRESS)]
    path = results.write(found, tmp_path, sent=2, allow="", lab="netns")
    read = {one.fact: one for one in results.read(path, TODAY)}
    assert (read["ssh_weak"].value, read["egress_reached"].value) == (True, None)
    assert str(read["egress_reached"].why).startswith("seen in a lab (netns), not in the network: b: x: ")
    assert "实验环境" in read["ssh_weak"].why.in_language("zh_CN")


@pytest.mark.parametrize(("on", "value"), [("2026-12-22", False), ("2026-12-24", None), ("2026-11-19", None)])
def test_an_old_result_or_one_from_the_future_is_unknown(tmp_path: Path, on: str, value: bool | None) -> None:
    """After thirty days a sound result says nothing any more."""
    path = results.write([result("a", False)], tmp_path, sent=1, allow="")
    (one,) = results.read(path, date.fromisoformat(on))
    assert one.value is value
    assert one.records == ("a: a record",)


def test_a_weakness_outweighs_the_unknown_and_that_what_is_sound() -> None:
    """Several probes of one device give one observation, with all records and the earliest time."""
    early = "2026-11-20T08:00:00+00:00"
    (one,) = results.observations([result("a", False, early), result("b", None), result("c", False)])
    assert (one.value, one.at, len(one.records)) == (None, early, 3)
    (two,) = results.observations([result("a", False), result("b", None), result("c", True)])
    assert two.value is True
    assert isinstance(two, Observed)


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[:-30],
        lambda text: text.replace("govnet-probes/1", "govnet-probes/9"),
        lambda text: text.replace('"ssh"', '"telepathy"'),
        lambda text: text.replace(AT, "yesterday"),
        lambda text: text.replace(AT, "2026-11-22T08:00:00"),
        lambda text: text.replace("was not reached", "{was} not reached"),
        lambda text: text.replace("was not reached", "{0} not reached"),
        lambda text: text.replace("was not reached", "{ not reached"),
        lambda text: text.replace('"value": false', '"value": "no"'),
        lambda text: text.replace('"sent"', '"went"'),
    ],
)
def test_a_damaged_file_is_said_and_not_believed(tmp_path: Path, damage: object) -> None:
    """Whatever is wrong with it, it is an input error with the file's name."""
    assert callable(damage)
    path = results.write([result("a", False)], tmp_path, sent=1, allow="")
    path.write_text(damage(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as found:
        results.read(path, TODAY)
    assert found.value.problems[0].file == str(path)
    assert str(found.value.problems[0].hint)


def test_a_value_that_contradicts_its_state_is_not_believed(tmp_path: Path) -> None:
    """A probe that was not run cannot have found that all is well."""
    path = results.write([result("a", None)], tmp_path, sent=1, allow="")
    path.write_text(path.read_text(encoding="utf-8").replace('"value": null', '"value": false'), encoding="utf-8")
    with pytest.raises(InputError):
        results.read(path, TODAY)
