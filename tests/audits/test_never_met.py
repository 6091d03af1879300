"""Ways in which something could be called met, or a high risk, that is not: each is tried."""

from __future__ import annotations

from functools import cache

import pytest

from audits import attestations, changes, engine, pack
from audits.findings import Statements
from audits.model import Attestation, Document, Observed, Report, Source, Verdict, Waiver
from audits.report import json as report_json
from inventory.text import Message

MLPS = pack.shipped("mlps")
HEAD = "!Software Version V200R019C10SPC500\n#\nsysname sw-a\n#\n"
SOUND = "undo telnet server enable\n#\nuser-interface vty 0 4\n protocol inbound ssh\n#\n"
WEAK = "telnet server enable\n#\nuser-interface vty 0 4\n protocol inbound telnet\n#\n"
PORT = "interface GigabitEthernet0/0/1\n ip address 192.0.2.1 24\n"
FILTER = " traffic-filter inbound acl 3000\n"
VIRUS = "acl 3000\n rule 5 deny tcp destination-port eq 445\n#\n"
CLOSED = "acl 3000\n rule 5 permit tcp destination-port eq 22\n rule 9 deny ip\n#\n"
LINK = "interface Gi0/1\n ip address 192.0.2.1 255.255.255.0\n"


@cache
def run(text: str, platform: str = "huawei", statements: Statements = Statements(), level: int = 3) -> Report:  # noqa: B008 - frozen
    documents = [Document("a.cfg", text.encode(), "a", platform)]
    return engine.run(documents, MLPS, level, attestations=statements.attestations, waivers=statements.waivers)


def verdict(report: Report, item: str, device: str = "a") -> Verdict:
    (found,) = [
        finding
        for result in report.items
        for finding in result.findings
        if (finding.item, finding.device) == (item, device)
    ]
    return found.verdict


def cases(report: Report) -> set[str]:
    return {risk.case for risk in report.high_risks}


def stated(outcome: Verdict, on: str = "2026-01-01", **more: object) -> Attestation:
    return Attestation("8.1.4.1-c", outcome, "so it is", "Zhang", on, "valid", "2027-01-01", **more)


def test_nothing_of_a_text_that_was_cut_off_is_met():
    """What is missing or sound in it may be otherwise in the rest; a weakness that it shows is one."""
    whole, cut = run(HEAD + SOUND + "return\n"), run(HEAD + SOUND)
    assert Verdict.PASS in {finding.verdict for finding in whole.findings_of("a")}
    assert Verdict.PASS not in {finding.verdict for finding in cut.findings_of("a")}
    assert verdict(run(HEAD + WEAK), "8.1.4.1-c") is Verdict.FAIL
    assert verdict(cut, "8.1.4.3-b") is Verdict.MANUAL  # no NTP server line: it may stand in the rest


@pytest.mark.parametrize("parts", [(SOUND, WEAK), (WEAK, SOUND)])
def test_of_two_devices_in_one_file_nothing_is_met(parts):
    """The later one's lines would hide the earlier one's."""
    text = "".join(
        f"{HEAD.replace('sw-a', name)}{part}return\n" for name, part in zip(("one", "two"), parts, strict=True)
    )
    report = run(text)
    assert [problem.code for problem in report.devices[0].faults] == ["several-devices"]
    assert Verdict.PASS not in {finding.verdict for finding in report.findings_of("a")}


@pytest.mark.parametrize("platform", ["huawei", "hp_comware", "cisco_ios", "cisco_asa", "fortinet", "juniper_junos"])
@pytest.mark.parametrize(
    "text",
    ["", "\n", "<html>\n<body>403 Forbidden</body>\n</html>\n", "Error: Unrecognized command found at '^' position.\n",
     "language-mode chinese\nsecurity-policy P src-zone a\nmemory monitor\n"],
)  # fmt: skip
def test_of_a_text_that_is_not_the_platforms_nothing_is_met(platform, text):
    """Nothing bad stands in an empty file, in an error page, or in another vendor's text; that is no merit."""
    report = run(text, platform)
    assert [problem.code for problem in report.devices[0].faults] == ["not-recognised"]
    assert Verdict.PASS not in {finding.verdict for finding in report.findings_of("a")}
    assert not report.clean


def test_a_text_in_another_language_is_named():
    """The inventory's platform is wrong, and the problem says which language it is."""
    (problem,) = run(HEAD + SOUND + "return\n", "cisco_ios").devices[0].faults
    assert "“huawei”" in problem.in_language("en")


def test_what_a_text_cut_off_lacks_closes_no_finding():
    """A comparison of two runs does not take silence for an end."""
    before, after = (report_json.document(run(text)) for text in (HEAD + WEAK + "return\n", HEAD + SOUND))
    assert changes.compare(before, after).closed == ()


@pytest.mark.parametrize(
    ("platform", "text", "expected"),
    [
        ("huawei", PORT, Verdict.MANUAL),
        ("huawei", PORT + FILTER, Verdict.FAIL),
        ("huawei", VIRUS + PORT + FILTER, Verdict.MANUAL),
        ("huawei", CLOSED + PORT + FILTER, Verdict.PASS),
        ("cisco_ios", "hostname a\n" + LINK, Verdict.MANUAL),
        ("cisco_ios", f"access-list 100 permit tcp any any eq 22\n{LINK} ip access-group 100 in\n", Verdict.PASS),
    ],
)
def test_a_device_without_rules_does_not_deny_by_default(platform, text, expected):
    """No filter at all, or one that lets the rest through, is not "denied by default"; a person looks."""
    end = {"huawei": "#\nreturn\n", "cisco_ios": "end\n"}[platform]
    report = run(text + end, platform)
    assert verdict(report, "8.1.3.2-a") is expected


def test_hosts_need_means_against_malicious_code_and_switches_do_not():
    """What a switch need not have is asked of a Linux host, at both levels."""
    host = "### /etc/ssh/sshd_config\nPermitRootLogin no\n"
    assert verdict(run(HEAD + SOUND + "return\n"), "8.1.4.5") is Verdict.NOT_APPLICABLE
    assert verdict(run(host, "linux"), "8.1.4.5") is Verdict.MANUAL
    assert verdict(run(host, "linux", level=2), "7.1.4.5") is Verdict.MANUAL


def test_local_accounts_with_a_second_factor_are_no_high_risk():
    """Two factors are asked for, not a server."""
    admin = 'config system admin\n    edit "ops"\n        set accprofile "super_admin"\n{}    next\nend\n'
    both = run(admin.format("        set two-factor fortitoken\n"), "fortinet")
    one = run(admin.format(""), "fortinet")
    assert ("6.4.1.3" in cases(both), "6.4.1.3" in cases(one)) == (False, True)
    assert (verdict(both, "8.1.4.1-d"), verdict(one, "8.1.4.1-d")) == (Verdict.MANUAL, Verdict.FAIL)


def test_records_that_are_kept_long_enough_are_no_high_risk():
    """Without a log host, but kept on the device for half a year: the case of short retention is not raised."""
    text = "config log disk setting\n    set maximum-log-age {}\nend\n"
    assert ["6.5.1.2" in cases(run(text.format(days), "fortinet")) for days in (365, 30)] == [False, True]


@pytest.mark.parametrize(("mode", "met"), [("aaa", True), ("password", False)])
def test_a_password_that_all_share_gives_nobody_an_account(mode, met):
    """Every line asks for a password; users are not told apart by it."""
    report = run(f"{HEAD}user-interface con 0\n authentication-mode {mode}\n#\nreturn\n")
    assert (verdict(report, "8.1.4.2-a") is Verdict.PASS) is met


@pytest.mark.parametrize(("service", "eased"), [("telnet server enable", True), ("ftp server enable", False)])
def test_a_list_on_the_terminals_eases_what_terminals_let_in(service, eased):
    """It keeps nobody away from a file server."""
    text = (
        f"{HEAD}{service}\n#\nacl number 2000\n rule 5 permit source 192.0.2.1 0\n#\n"
        "user-interface vty 0 4\n acl 2000 inbound\n#\nreturn\n"
    )
    assert {risk.eased for risk in run(text).high_risks if risk.case == "6.4.3.1"} == {eased}


def test_a_backup_that_is_old_is_not_one_that_is_missing():
    """The guide's case is that there is none."""
    for fact, raised in (("backup_old", False), ("no_backup", True)):
        seen = [Observed("a", fact, True, Source.ARCHIVE, Message("seen"))]
        report = engine.run([Document("a.cfg", (HEAD + SOUND).encode(), "a", "huawei")], MLPS, 3, observed=seen)
        assert ("6.4.6.1" in cases(report)) is raised


@pytest.mark.parametrize("item", ["egov-4-a", "egov-4-b", "egov-5-a"])
def test_one_device_does_not_show_what_all_share(item):
    """A time server, a log host and a list on each device do not say that they are the city's own."""
    text = (
        f"{HEAD}{SOUND}ntp-service unicast-server 192.0.2.8\ninfo-center loghost 192.0.2.9\nacl number 2000\n"
        " rule 5 permit source 192.0.2.1 0\nuser-interface vty 0 4\n acl 2000 inbound\n#\nreturn\n"
    )
    report = engine.run([Document("a.cfg", text.encode(), "a", "huawei")], pack.shipped("egov-extranet"), 3)
    assert verdict(report, item) is not Verdict.PASS


def test_a_later_statement_takes_the_place_of_an_earlier_one():
    """Of two on one day the graver holds."""
    good, bad = Verdict.PASS, Verdict.FAIL
    for first, second, expected in (
        (stated(good), stated(bad, "2026-05-01"), bad),
        (stated(bad), stated(good, "2026-05-01"), good),
        (stated(good), stated(bad), bad),
    ):
        for order in ((first, second), (second, first)):
            assert verdict(run("sysname a\nreturn\n", statements=Statements(order)), "8.1.4.1-c") is expected


def test_a_statement_about_all_devices_says_nothing_of_one_that_could_not_be_read():
    """It has to name the device."""
    for devices, expected in (((), Verdict.MANUAL), (("a",), Verdict.PASS)):
        statements = Statements((stated(Verdict.PASS, devices=devices),))
        documents = [Document("a.cfg", b"\xff\xfe\x00\xff\x81", "a")]
        report = engine.run(documents, MLPS, 3, attestations=statements.attestations)
        assert verdict(report, "8.1.4.1-c") is expected


def test_who_accepts_a_weakness_does_not_accept_what_a_person_stated():
    """A waiver of SNMPv2c does not take a graver statement about the item out of the rate."""
    text = HEAD + SOUND + "snmp-agent community read Abc-123\n#\nreturn\n"
    by_fact = Waiver("W", "r", "p", "2026-01-01", "2026-12-31", "active", fact="snmp_v1v2c")
    report = run(text, statements=Statements((stated(Verdict.FAIL),), (by_fact,)))
    (found,) = [finding for finding in report.findings_of("a") if finding.item == "8.1.4.1-c"]
    assert (found.verdict, found.waiver) == (Verdict.FAIL, None)


def test_a_file_outside_the_workspace_shows_nothing(tmp_path):
    """The evidence belongs below the workspace, so that it is kept with it."""
    root = tmp_path / "city"
    (root / "audits").mkdir(parents=True)
    (tmp_path / "elsewhere.pdf").write_bytes(b"proof")
    digest = attestations.checksum(tmp_path, "elsewhere.pdf")
    (root / attestations.FILE).write_text(
        "attestations:\n- {item: 8.1.3.1-d, verdict: pass, statement: s, by: b, on: 2026-01-01, until: 2026-12-31, "
        f"file: ../elsewhere.pdf, sha256: {digest}}}\n",
        encoding="utf-8",
    )
    assert [entry.state for entry in attestations.load(root, "2026-05-01")] == ["file_missing"]
