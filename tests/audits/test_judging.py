"""What was observed, what persons stated, what was waived: each way to a verdict, and the figures over all of them."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits import engine, pack
from audits.findings import _judge, judge
from audits.model import Attestation, Document, Observed, Severity, Source, Verdict, Waiver, roll_up
from audits.pack import Check, Kind
from audits.profile import shipped
from audits.report import json as report_json
from audits.subjects import together
from inventory.text import Message

MLPS = pack.shipped("mlps")
WEAK = b"sysname a\n#\ntelnet server enable\n#\nuser-interface vty 0 4\n protocol inbound all\n#\nreturn\n"
DAY = "2026-11-22"


def documents(*names: str, content: bytes = WEAK, role: str = "") -> list[Document]:
    return [Document(f"{name}.cfg", content, name, "huawei", role=role) for name in names]


def seen(
    fact: str, value: bool | None, device: str = "", source: Source = Source.PROMETHEUS, **more: object
) -> Observed:
    return Observed(device, fact, value, source, Message("seen"), **more)


def run(names: tuple[str, ...] = ("a",), **more: object):
    return engine.run(documents(*names), MLPS, 3, **more)


def findings(report, item: str) -> dict[str, object]:
    return {finding.device: finding for result in report.items if result.item == item for finding in result.findings}


def attested(item: str, verdict: Verdict = Verdict.PASS, state: str = "valid", **more: object) -> Attestation:
    return Attestation(item, verdict, "so it is", "Zhang", "2026-01-01", state, "2027-01-01", **more)


def waived(state: str = "active", **more: object) -> Waiver:
    return Waiver("W-1", "old", "Li", "2026-01-01", "2026-12-31", state, **more)


def test_what_nobody_collected_is_named_once():
    """Without measurements the item is open, and says whose they would be; one line, not one for every device."""
    found = findings(run(("a", "b")), "8.1.2.1-a")
    assert list(found) == [""]
    assert found[""].verdict is Verdict.MANUAL
    assert found[""].why.in_language("en") == "not collected: the measurements of Prometheus"
    assert found[""].why.in_language("zh_CN") == "未采集：Prometheus 监测数据"
    assert {entry.value for entry in found[""].evidence} == {None}


def test_measurements_decide_device_by_device():
    """Sound measurements meet the item, a weakness fails it, and a device without any stays open."""
    report = run(
        ("a", "b", "c"),
        observed=[
            seen("cpu_over_peak", False, "a"),
            seen("memory_over_peak", False, "a"),
            seen("cpu_over_peak", True, "b", records=("cpu 93 %",), at="2026-11-22T00:00:00Z"),
            seen("memory_over_peak", None, "b"),
        ],
    )
    found = findings(report, "8.1.2.1-a")
    assert {name: finding.verdict for name, finding in found.items()} == {
        "a": Verdict.PASS,
        "b": Verdict.FAIL,
        "c": Verdict.MANUAL,
    }
    assert found["c"].why.in_language("en") == "nothing is said about it by the measurements of Prometheus"
    evidence = next(entry for entry in found["b"].evidence if entry.value)
    assert (evidence.source, evidence.records, evidence.at) == (
        Source.PROMETHEUS,
        ("cpu 93 %",),
        "2026-11-22T00:00:00Z",
    )
    assert {risk.device for risk in report.high_risks if risk.case == "6.2.1.1"} == {"b"}


def test_the_system_is_judged_once():
    """What is said of the network as a whole fails its items once, beside the devices' findings."""
    report = run(
        ("a",),
        observed=[seen("rogue_dhcp", True, source=Source.PROBE), seen("rogue_router", False, source=Source.PROBE)],
    )
    found = findings(report, "8.1.3.1-b")
    assert found[""].verdict is Verdict.FAIL
    assert found[""].why.in_language("en") == "what was observed shows a weakness"
    assert found["a"].verdict is Verdict.MANUAL


def test_a_machine_that_is_not_audited_belongs_to_the_system():
    """An observation of an unknown device is not lost: it names the device in the system's finding."""
    report = run(("a",), observed=[seen("not_seen_lately", True, "x", records=("up 0",))])
    found = findings(report, "8.1.5.4-c")
    assert found[""].verdict is Verdict.FAIL
    assert found[""].evidence[0].records == ("x: up 0",)
    assert found["a"].verdict is Verdict.MANUAL


def test_what_is_only_known_sometimes_does_not_keep_an_item_open():
    """A probe that did not run leaves a configuration's verdict; one that found something changes it."""
    item = next(item for _, item in MLPS.items(3) if item.id == "8.1.4.4-c")
    values = {"vty_no_acl": False, "snmp_no_acl": False}
    assert judge(item, values) is Verdict.PASS
    assert judge(item, values | {"mgmt_reached": None}) is Verdict.PASS
    assert judge(item, values | {"mgmt_reached": True}) is Verdict.FAIL


@pytest.mark.parametrize("fact", ["telnet_mgmt", "no_such_fact"])
def test_a_fact_that_nobody_observes_is_refused(fact):
    """Nobody overrides what a configuration says by an observation."""
    with pytest.raises(ValueError, match=fact):
        run(observed=[seen(fact, False, "a")])


def test_an_unread_device_can_still_be_seen_to_be_weak():
    """A configuration that cannot be read decides nothing, and what others saw of the device counts all the same."""
    unread = [Document("x", b"language-mode chinese\n", "x")]
    report = engine.run(unread, MLPS, 3, observed=[seen("backup_old", True, "x", Source.ARCHIVE)])
    assert findings(report, "8.1.4.9-a")["x"].verdict is Verdict.FAIL
    assert findings(report, "8.1.4.1-c")["x"].verdict is Verdict.MANUAL
    assert findings(report, "8.1.4.1-c")["x"].why.in_language("en") == "the configuration could not be read"


def test_an_item_of_other_devices_does_not_apply():
    """Ports for users are not asked of a firewall, by its role or platform; what is not sure is judged."""
    item = "8.1.3.1-b"
    verdicts = {}
    for role, platform in (("border-firewall", "huawei"), ("core", "huawei"), ("", "cisco_asa")):
        report = engine.run([Document("a", b"hostname a\n", "a", platform, role=role)], MLPS, 3)
        finding = findings(report, item)["a"]
        verdicts[role] = finding.verdict
        assert finding.verdict is not Verdict.NOT_APPLICABLE or finding.collect.zh
    assert verdicts == {"border-firewall": Verdict.NOT_APPLICABLE, "core": Verdict.MANUAL, "": Verdict.NOT_APPLICABLE}


def test_a_case_of_what_is_important_needs_the_role():
    """That there is no spare line is a high risk of a core router, not of each township's."""
    for role, raised in (("core", True), ("township-router", False), ("", False)):
        report = engine.run(
            documents("a", role=role), MLPS, 3, observed=[seen("no_spare_line", True, "a", Source.PLAN)]
        )
        assert any(risk.case == "6.2.1.3" for risk in report.high_risks) is raised


@pytest.mark.parametrize(
    ("stated", "state", "verdict"),
    [
        (Verdict.PASS, "valid", Verdict.PASS),
        (Verdict.FAIL, "valid", Verdict.FAIL),
        (Verdict.NOT_APPLICABLE, "valid", Verdict.NOT_APPLICABLE),
        *(
            (Verdict.PASS, state, Verdict.MANUAL)
            for state in ("expired", "not_yet", "file_missing", "checksum_differs", "no_checksum")
        ),
    ],
)
def test_a_person_decides_what_is_open_while_the_statement_is_valid(stated, state, verdict):
    """Only a valid attestation decides; any other is shown and decides nothing."""
    report = run(attestations=[attested("8.1.2.3", stated, state)])
    (finding,) = findings(report, "8.1.2.3").values()
    assert finding.verdict is verdict
    assert finding.attestation.state == state


def test_no_statement_outdoes_a_proof():
    """Who states that telnet is off where a line turns it on is contradicted; a graver statement is believed."""
    finding = findings(run(attestations=[attested("8.1.4.1-c")]), "8.1.4.1-c")["a"]
    assert finding.verdict is Verdict.FAIL
    assert finding.why.in_language("en") == "a person has stated that it is met, but a weakness is proven"
    stated = attested("8.1.2.1-b", Verdict.FAIL)
    report = run(attestations=[stated], observed=[seen("bandwidth_over_peak", False, "a")])
    assert findings(report, "8.1.2.1-b")["a"].verdict is Verdict.FAIL


def test_a_statement_counts_for_its_devices_and_at_both_levels():
    """Patterns of names limit it; an item is known by its number at either level."""
    report = run(("rt-a", "sw-b"), attestations=[attested("8.1.3.1-d", devices=("rt-*",))])
    found = findings(report, "8.1.3.1-d")
    assert (found["rt-a"].verdict, found["sw-b"].verdict) == (Verdict.PASS, Verdict.MANUAL)
    assert found["sw-b"].attestation is None
    level_2 = engine.run(documents("a"), MLPS, 2, attestations=[attested("8.1.2.3")])
    assert findings(level_2, "7.1.2.3")[""].verdict is Verdict.PASS


def test_a_waived_weakness_is_listed_and_out_of_the_rate():
    """Such a finding keeps its verdict, is counted apart, and the run is clean of it."""
    plain = run()
    report = run(waivers=[waived(fact="telnet_mgmt", devices=("a",))])
    finding = findings(report, "8.1.4.1-c")["a"]
    assert finding.verdict is Verdict.FAIL
    assert finding.waiver.name == "W-1"
    assert {entry.waiver for entry in finding.evidence if entry.value} == {"W-1"}
    assert report.waived > 0
    counts = report.finding_counts()
    assert sum(counts.values()) + report.waived == sum(plain.finding_counts().values())
    assert report.score.applicable < plain.score.applicable
    assert [waiver.name for waiver in report.waivers] == ["W-1"]


@pytest.mark.parametrize(
    "waiver",
    [
        waived("expired", fact="telnet_mgmt"),
        waived("not_yet", fact="telnet_mgmt"),
        waived(fact="telnet_mgmt", devices=("b*",)),
        waived(fact="telnet_mgmt", item="8.1.4.4-b"),
        waived(fact="ssh_v1"),
    ],
)
def test_what_a_waiver_does_not_cover_stays(waiver):
    """An ended waiver, another device, another item or another fact: the finding is back in the count."""
    finding = findings(run(waivers=[waiver]), "8.1.4.1-c")["a"]
    assert finding.verdict is Verdict.FAIL
    assert finding.waiver is None


def test_a_finding_is_waived_only_if_every_weakness_is():
    """Of two weaknesses one is accepted: the finding stays, and says which one is."""
    text = WEAK.replace(b"#\nreturn", b"#\nsnmp-agent community read k2\n#\nreturn")
    report = engine.run([Document("a", text, "a", "huawei")], MLPS, 3, waivers=[waived(fact="telnet_mgmt")])
    finding = findings(report, "8.1.4.1-c")["a"]
    assert finding.waiver is None
    assert {entry.fact: entry.waiver for entry in finding.evidence if entry.value} == {
        "telnet_mgmt": "W-1",
        "snmp_v1v2c": "",
    }


def test_telnet_behind_a_list_stays_a_high_risk():
    """A source restriction eases needless services; at level 3 the insecure path keeps the risk high all the same."""
    text = (
        b"telnet server enable\nacl number 2000\n rule 5 permit source 10.0.0.0 0.0.0.255\n"
        b"user-interface vty 0 4\n acl 2000 inbound\n"
    )
    device = [Document("a", text, "a", "huawei")]
    cases = {risk.case: risk for risk in engine.run(device, MLPS, 3).high_risks}
    assert cases["6.4.3.1"].eased
    assert cases["6.4.3.1"].eased_by == ("vty_no_acl",)
    assert cases["6.4.3.1"].through
    assert cases["6.4.3.1"].final is Severity.HIGH
    assert cases["6.5.1.1"].final is Severity.HIGH


def test_a_persons_proof_eases_a_case_that_may_be_eased():
    """Two factors on a bastion host ease 6.4.1.2; nothing eases the insecure path of level 3."""
    proofs = [attested("6.4.1.2"), attested("6.5.1.1")]
    cases = {risk.case: risk for risk in run(attestations=proofs).high_risks}
    assert cases["6.4.1.2"].eased
    assert cases["6.4.1.2"].attestation is proofs[0]
    assert not cases["6.5.1.1"].eased
    expired = {risk.case: risk for risk in run(attestations=[attested("6.4.1.2", state="expired")]).high_risks}
    assert not expired["6.4.1.2"].eased


def test_the_conclusion_is_open_as_long_as_open_items_could_change_it():
    """Figures say how much is decided; a conclusion is drawn only if it is the same at both ends."""
    report = run()
    assert 0 < report.score.decided < report.score.applicable
    assert report.score.conclusion == shipped().undecided
    closed = run(attestations=[attested(item.item) for item in report.items])
    assert closed.score.decided == closed.score.applicable
    assert closed.score.conclusion.en == "mostly met"
    assert closed.score.profile.zh.startswith("自评参考")
    strict = dataclasses.replace(shipped(), weights={}, conclusions=())
    assert run(profile=strict).score.points is None


def test_chapters_add_up_to_the_whole():
    """Every item is in one chapter."""
    report = run()
    for verdict, number in report.item_counts().items():
        assert sum(area.counts[verdict] for area in report.areas) == number
    assert sum(area.score.applicable for area in report.areas) == report.score.applicable


def test_the_json_says_everything_and_is_the_same_twice():
    """Waivers, attestations, thresholds, sources and final risks are in it; equal input gives equal bytes."""
    more = {
        "observed": [seen("cpu_over_peak", True, "a", records=("93 %",))],
        "attestations": [attested("8.1.2.3")],
        "waivers": [waived(fact="telnet_mgmt")],
    }
    first, second = (report_json.data(run(**more)) for _ in range(2))
    assert first == second
    document = report_json.document(run(**more))
    assert document["counts"]["waived"] > 0
    assert {entry["name"] for entry in document["thresholds"]} >= {"cpu_percent", "log_days"}
    assert all("final" in risk and "through" in risk for risk in document["high_risk"])


verdicts = st.lists(st.sampled_from(Verdict), max_size=4)


@given(verdicts, verdicts)
def test_a_device_more_never_makes_an_item_met(some, others):
    """What is met with more devices is met, or not applicable, with fewer; order does not matter."""
    if roll_up([*some, *others]) is Verdict.PASS:
        assert roll_up(some) in (Verdict.PASS, Verdict.NOT_APPLICABLE)
    assert roll_up([*some, *others]) is roll_up([*others, *some])


values = st.dictionaries(st.sampled_from(["telnet_mgmt", "ssh_v1", "http_mgmt"]), st.sampled_from([True, False, None]))


@given(values, st.sampled_from(list(Kind)), st.lists(st.booleans(), min_size=3, max_size=3))
def test_a_weakness_is_never_met_and_the_unknown_never_closes(known, kind, decisive):
    """Whatever the rule: a weakness gives not or partly met, the needed unknown leaves it open, and evidence too."""
    checks = [
        Check(fact=fact, decisive=flag)
        for fact, flag in zip(("telnet_mgmt", "ssh_v1", "http_mgmt"), decisive, strict=True)
    ]
    found = [known.get(check.fact) for check in checks]
    verdict = _judge(kind, checks, known)
    if True in found:
        assert verdict in (Verdict.FAIL, Verdict.PARTIAL)
    elif None in found or not kind.decides:
        assert verdict is Verdict.MANUAL
    else:
        assert verdict is Verdict.PASS


@given(st.lists(st.sampled_from([True, False, None]), max_size=4))
def test_several_answers_to_one_question(answers):
    """A weakness seen once is there; nothing heard is not known."""
    answer = together(answers)
    assert answer is True if True in answers else answer is (False if answers and None not in answers else None)
