"""What the tests of audits share: an invented network with seeded weaknesses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audits import engine, pack
from audits.model import (
    Area,
    Attestation,
    Document,
    Evidence,
    LeftOut,
    Scope,
    Score,
    Severity,
    Source,
    Substitution,
    Threshold,
    Verdict,
    Waiver,
    Words,
)
from configs.model import Basis
from inventory.text import Message

ROUTER = """\
sysname rt-anping
#
telnet server enable
#
acl number 2000
 rule 5 permit source any
#
aaa
 local-user admin password simple Plain-Secret-1
 local-user admin privilege level 15
#
snmp-agent community read public
#
interface GigabitEthernet0/0/0
 description 到县局
 ip address 10.20.1.1 255.255.255.252
#
user-interface con 0
 authentication-mode none
user-interface vty 0 4
 acl 2000 inbound
 authentication-mode aaa
 protocol inbound all
 idle-timeout 0 0
#
info-center loghost 10.255.0.10
return
"""
CORE = (Path(__file__).parents[1] / "configs" / "facts" / "mutations" / "cisco_ios.cfg").read_text(encoding="utf-8")
HOST = "frr version 8.4\nhostname rt-frr\npassword Plain-Secret-2\n!\nend\n"
STRANGE = "language-mode chinese\nsecurity-policy P src-zone a\n"


def documents() -> list[Document]:
    return [
        Document("rt-anping/running.cfg", ROUTER.encode(), "rt-anping", "huawei"),
        Document("core.cfg", CORE.encode()),
        Document("rt-frr.conf", HOST.encode()),
        Document("fw.conf", STRANGE.encode()),
    ]


@pytest.fixture(scope="session")
def report():
    """Level 3 over four devices: a weak one, a clean one, one that decides little, one that nobody can read."""
    return engine.run(
        documents(),
        pack.shipped("mlps"),
        3,
        title="涟源市电子政务外网",
        generated="2026-11-21",
        substitutions=[Substitution("fw-border", "topsec_tos", "linux", "no image can be run here")],
        scope=Scope(
            workspace=True,
            left_out=tuple(LeftOut(name, Message("nothing is read from it")) for name in ("fw-border", "vg-zfb")),
            lab="netns",
        ),
    )


WAIVER = Waiver(
    "old-line-card", "板卡不支持，2027 年更换 <b>", "王主任", "2026-10-01", "2027-03-31", "active", fact="telnet_mgmt",
    devices=("rt-*",),
)  # fmt: skip
EXPIRED = Waiver("lab", "=cmd", "李工", "2025-01-01", "2025-12-31", "expired", item="8.1.4.1-a", devices=("core.cfg",))
STATED = Attestation(
    "8.1.2.3", Verdict.PASS, "采购合同附可信启动证明", "张三", "2026-11-01", "valid", "2027-11-01",
    file="evidence/boot.pdf", sha256="ab" * 32,
)  # fmt: skip
CHANGED = Attestation("8.1.4.10-a", Verdict.PASS, "见厂商说明", "张三", "2026-01-01", "checksum_differs", file="x.pdf")
LIMIT = Threshold("idle_minutes", 10, "min", Words("Idle time", "空闲超时"), Words("a public guide", "公开的加固指南"))
SCORE = Score(62.5, 71.25, Words("partly met", "基本符合"), Words("shipped profile", "自带评分方案"), 24, 70)


def measured(value):
    """Evidence that Prometheus gives about the system as a whole."""
    return Evidence(
        "no_ntp", value, Basis.OBSERVED, Severity.MEDIUM, Message("measured"), source=Source.PROMETHEUS,
        records=("=max_over_time(cpu[30d]) = 93",), at="2026-11-20T00:00:00+00:00",
    )  # fmt: skip


@pytest.fixture(scope="session")
def full(report):
    """The same report with everything that a report may hold: waivers, attestations, measurements, scores."""

    def finding(found):
        weak = [entry.fact for entry in found.evidence if entry.value]
        if found.device == "rt-anping" and "telnet_mgmt" in weak:
            evidence = tuple(
                replace(entry, waiver=WAIVER.name if entry.fact == "telnet_mgmt" else "") for entry in found.evidence
            )
            return replace(found, evidence=evidence, waiver=WAIVER if weak == ["telnet_mgmt"] else None)
        if found.item == STATED.item:
            return replace(found, verdict=Verdict.PASS, attestation=STATED)
        if found.item == CHANGED.item:
            return replace(found, attestation=CHANGED)
        if found.item == "8.1.2.1-a":
            return replace(found, verdict=Verdict.FAIL, evidence=(measured(value=True),))
        return found

    items = tuple(
        replace(item, findings=findings, verdict=engine.roll_up(entry.verdict for entry in findings))
        for item in report.items
        for findings in [tuple(finding(found) for found in item.findings)]
    )
    categories = list(dict.fromkeys(item.category for item in items))
    return replace(
        report,
        items=items,
        high_risks=(
            replace(report.high_risks[0], eased=True, eased_by=("vty_no_acl",), through="6.5.1.1"),
            replace(report.high_risks[1], eased=True, attestation=STATED),
            *report.high_risks[2:],
        ),
        thresholds=(LIMIT,),
        areas=tuple(Area(words, {}, SCORE) for words in categories),
        score=SCORE,
        waivers=(WAIVER, EXPIRED),
        attestations=(STATED, CHANGED),
    )
