"""Facts × rules → verdicts: the roll-up, the unknown, the evidence, determinism."""

from __future__ import annotations

import itertools

import pytest

from audits import engine, pack
from audits.model import Document, Severity, Verdict, roll_up
from audits.report import json as report_json

PASS, FAIL, PARTIAL, MANUAL, NA = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.PARTIAL,
    Verdict.MANUAL,
    Verdict.NOT_APPLICABLE,
)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], NA),
        ([NA, NA], NA),
        ([PASS, PASS], PASS),
        ([PASS, NA], PASS),
        ([PASS, FAIL], PARTIAL),
        ([FAIL, FAIL], FAIL),
        ([FAIL, MANUAL], FAIL),
        ([PASS, MANUAL], MANUAL),
        ([PASS, PARTIAL], PARTIAL),
        ([PARTIAL, FAIL, MANUAL], PARTIAL),
    ],
)
def test_devices_are_rolled_up_into_an_item(verdicts, expected):
    """All met → met; a mix → partly met; the unknown keeps an item open; 不适用 does not count."""
    for order in itertools.permutations(verdicts):
        assert roll_up(order) is expected


def test_an_item_is_met_only_if_every_device_shows_it():
    """No combination with an open or failed device is met."""
    for combination in itertools.product(Verdict, repeat=3):
        if roll_up(combination) is PASS:
            assert set(combination) <= {PASS, NA}


def finding(report, item, device):
    return next(
        entry for result in report.items if result.item == item for entry in result.findings if entry.device == device
    )


def test_verdicts_follow_the_configurations(report):
    """The weak router fails where its lines are weak, the clean core passes, the host stays open."""
    assert finding(report, "8.1.4.1-c", "rt-anping").verdict is FAIL
    assert finding(report, "8.1.4.1-c", "core.cfg").verdict is PASS
    assert finding(report, "8.1.4.1-c", "rt-frr.conf").verdict is MANUAL
    assert finding(report, "8.1.4.8-b", "rt-frr.conf").verdict is FAIL
    assert finding(report, "8.1.3.2-b", "rt-anping").verdict is PASS
    assert {item.item: item.verdict for item in report.items}["8.1.4.1-c"] is PARTIAL


def test_a_device_that_cannot_be_read_is_named_and_never_met(report):
    """A text that no dialect recognises gives 需人工确认 on every item of devices."""
    device = next(device for device in report.devices if device.name == "fw.conf")
    assert device.problem is not None
    verdicts = {entry.verdict for entry in report.findings_of("fw.conf")}
    assert verdicts == {MANUAL}
    assert report_json.document(report)["counts"]["devices_unread"] == 1


def test_evidence_has_its_lines_in_context_and_no_secret(report):
    """Two lines around each cited line, as they are in the file, with the secrets masked."""
    entry = next(entry for entry in finding(report, "8.1.4.8-b", "rt-anping").evidence if entry.fact == "pwd_plain")
    assert entry.value is True
    assert [line.number for line in entry.cited] == [9]
    assert [line.number for line in entry.lines] == [7, 8, 9, 10, 11]
    assert entry.cited[0].text == " local-user admin password simple ***"
    assert "Plain-Secret" not in str(report_json.document(report))
    assert finding(report, "8.1.4.8-b", "rt-anping").severity is Severity.HIGH


def test_each_weakness_has_its_fix(report):
    """What is weak on a device comes with the lines of its platform that mend it."""
    fixes = {fix.fact: fix for fix in finding(report, "8.1.4.1-c", "rt-anping").fixes}
    assert fixes["telnet_mgmt"].commands


def test_high_risk_cases_are_raised_with_their_lines(report):
    """Telnet at level 3 raises the cases without mitigation too; the clean core raises none."""
    cases = {risk.case: risk for risk in report.high_risks if risk.device == "rt-anping"}
    assert {"6.4.1.1", "6.4.1.2", "6.4.2.1", "6.5.1.1", "6.4.5.2"} <= set(cases)
    assert cases["6.4.1.1"].lines == (19,)
    assert not cases["6.5.1.1"].eased
    assert not any(risk.device == "core.cfg" for risk in report.high_risks)


def test_a_source_restriction_eases_what_the_guide_lets_it_ease():
    """Needless services behind an access list are eased; without one they are not."""
    text = (
        "telnet server enable\nacl number 2000\n rule 5 permit source 10.0.0.0 0.0.0.255\n"
        "user-interface vty 0 4\n acl 2000 inbound\n"
    )
    rules = pack.shipped("mlps")
    for content, eased in ((text, True), (text.replace(" acl 2000 inbound\n", ""), False)):
        result = engine.run([Document("a", content.encode(), platform="huawei")], rules, 3)
        assert {risk.eased for risk in result.high_risks if risk.case == "6.4.3.1"} == {eased}
        assert {risk.eased for risk in result.high_risks if risk.case == "6.5.1.1"} == {False}


@pytest.mark.parametrize("level", [2, 3])
def test_equal_input_gives_equal_bytes(level, tmp_path):
    """The order of the documents does not matter, and nothing in the JSON depends on the clock."""
    rules = pack.shipped("mlps")
    one = [
        Document("a.cfg", b"telnet server enable\n", platform="huawei"),
        Document("b.cfg", b"line vty 0 4\n", platform="cisco_ios"),
    ]
    first, second = tmp_path / "1.json", tmp_path / "2.json"
    report_json.write(engine.run(one, rules, level), first)
    report_json.write(engine.run(reversed(one), pack.shipped("mlps"), level), second)
    assert first.read_bytes() == second.read_bytes()


def test_no_documents_leave_every_item_open():
    """Without a device nothing is met."""
    result = engine.run([], pack.shipped("mlps"), 2)
    assert len(result.items) == 42
    assert {item.verdict for item in result.items} == {MANUAL, NA}
    assert result.clean


def test_what_no_item_speaks_of_is_an_observation(report):
    """A missing banner belongs to no item and is told apart."""
    assert [entry.device for entry in report.observations] == ["rt-anping"]
    assert report.observations[0].evidence.fact == "no_banner"


def test_a_document_with_a_problem_is_not_read_as_empty():
    """A device without an archived text is open, not weak by everything that is missing."""
    from inventory.text import Message

    result = engine.run([Document("a", b"", "a", "huawei", Message("not there"))], pack.shipped("mlps"), 3)
    said = {entry.item: entry.verdict for entry in result.findings_of("a")}
    assert said.pop("8.1.4.5") is Verdict.NOT_APPLICABLE  # its platform alone says so
    assert set(said.values()) == {MANUAL}
