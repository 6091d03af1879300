"""`govnet audit fix` and what it writes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from audits import fixing
from audits.model import Document
from audits.reading import assess
from audits.vocabulary import CONFIGURED
from cli.main import main
from configs.remedy_lines import Lack, Values
from configs.rollout import stages_order
from inventory.errors import InputError
from inventory.model import Settings
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

WEAK = """\
!Software Version V200R019C10SPC500
#
sysname rt-weak
#
telnet server enable
#
aaa
 local-user wang password irreversible-cipher $1a$x$y$
 local-user wang privilege level 15
#
snmp-agent community read cipher ***
snmp-agent group v3 nms privacy
#
interface GigabitEthernet0/0/1
#
user-interface vty 0 4
 authentication-mode aaa
 protocol inbound all
#
return
"""


def left(text: str, *names: str, settings: Settings | None = None, named: tuple[str, ...] = ()) -> dict[str, Lack]:
    """Why weaknesses are left."""
    device = assess(Document("x", text.encode(), platform="huawei"))
    done = fixing.fix(device, set(names), Values.of(settings), named=named)
    return {each.fact: each.lack for each in done.left}


def test_telnet_stays_until_ssh_is_there():
    """Telnet is not closed where nothing shows that SSH is served."""
    assert left(WEAK, "telnet_mgmt") == {"telnet_mgmt": Lack.NEED}
    assert left(WEAK.replace("#\naaa", "#\nstelnet server enable\n#\naaa"), "telnet_mgmt") == {}


def test_a_value_that_nobody_wrote_down_is_asked_for():
    """Sources and servers come from govnet.yaml; without it nothing is invented."""
    assert left(WEAK, "vty_no_acl", "no_ntp", "no_syslog_host") == dict.fromkeys(
        ("vty_no_acl", "no_ntp", "no_syslog_host"), Lack.VALUE
    )
    known = Settings(services={"ntp": ("10.0.0.1",), "syslog": ("10.0.0.2",)}, managers=("10.0.0.0/24",))
    assert left(WEAK, "vty_no_acl", "no_ntp", "no_syslog_host", settings=known) == {}


def test_what_may_cut_off_others_is_done_only_where_it_is_named():
    """A port may have users, a community a poller."""
    assert left(WEAK, "unused_ports_up", "snmp_v1v2c") == dict.fromkeys(("unused_ports_up", "snmp_v1v2c"), Lack.NAMED)
    assert left(WEAK, "unused_ports_up", "snmp_v1v2c", named=("unused_ports_up", "snmp_v1v2c")) == {}


def test_what_touches_the_way_to_the_device_comes_behind_all_else():
    """Telnet and the terminals' list are in the second part, and the second part begins with the first one's end."""
    text = WEAK.replace("#\naaa", "#\nstelnet server enable\n#\naaa")
    known = Settings(services={"ntp": ("10.0.0.1",), "syslog": ("10.0.0.2",)}, managers=("10.0.0.0/24",))
    device = assess(Document("x", text.encode(), platform="huawei"))
    done = fixing.fix(device, set(CONFIGURED), Values.of(known))
    assert not done.inside.forth.cuts
    assert {"protocol inbound ssh", "acl 2000 inbound"} <= set(done.doors.forth.commands)
    assert done.inside.after == done.doors.before
    assert b"ntp-service unicast-server 10.0.0.1" in done.inside.after


@pytest.mark.parametrize("command", ["forth", "back"])
def test_no_placeholder_is_ever_a_command(command):
    """Nothing that only a person can say, and no name of a value, stands in what would be sent."""
    device = assess(Document("x", WEAK.encode(), platform="huawei"))
    done = fixing.fix(device, set(CONFIGURED), Values.of(None), named=set(CONFIGURED))
    for leg in (done.inside, done.doors):
        assert not [line for line in getattr(leg, command).commands if re.search(r"<[A-Z-]+>|[{}]", line)]


OWN = """\
name: own
title: {{zh: 自定, en: Own}}
standard: own
source: {{zh: 测试, en: a test}}
verified: true
categories:
  - title: {{zh: 甲, en: A}}
    items:
      - id: own-1
        point: {{zh: 乙, en: B}}
        text: {{zh: 丙, en: C}}
        kind: config
        checks: [{{fact: {fact}}}]
        examples: [{{verdict: pass}}, {{facts: {{{fact}: true}}, verdict: fail}}]
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command: exit code, the document of --json (or what stands on stdout), and what was said beside it."""

    def ran(*words: str) -> tuple[int, Any, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--lang", "en", *words])
        out, err = capsys.readouterr()
        return int(ended.value.code or 0), json.loads(out) if "--json" in words and out else out, err

    return ran


@pytest.fixture
def configs(tmp_path: Path) -> Path:
    """A folder with one weak configuration."""
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "rt-weak.cfg").write_text(WEAK, encoding="utf-8")
    return tmp_path / "configs"


def test_the_command_writes_texts_commands_and_pages(run: Any, configs: Path, tmp_path: Path):
    """The folder has the form of stages; what is left is named with its reason, and the exit code says that."""
    out = tmp_path / "out"
    only = ("--only", "no_banner", "--only", "no_central_aaa")
    code, told, _ = run("audit", "fix", str(configs), *only, "--out", str(out), "-w", str(tmp_path), "--json")
    assert code == 1
    [device] = told["devices"]
    assert [each["fact"] for each in device["closed"]] == ["no_banner"]
    assert [(each["fact"], each["lack"]) for each in device["left"]] == [("no_central_aaa", "decision")]
    assert told["stages"] == [str(out / "001-fix")]
    index = json.loads((out / "index.json").read_bytes())
    [row] = index["stages"][0]["devices"]
    assert (out / row["before"]).read_text(encoding="utf-8") == WEAK
    assert "header login information" in (out / row["after"]).read_text(encoding="utf-8")
    assert row["undo_parts"][0]["commands"][0].startswith("undo header login")
    for page, word in (("README.md", "No warning is shown at login"), ("README.zh-CN.md", "登录")):
        assert word in (out / page).read_text(encoding="utf-8")
    assert {path.stat().st_mode & 0o077 for path in out.rglob("*.cfg")} == {0}


def test_a_report_limits_what_is_mended(run: Any, configs: Path, tmp_path: Path):
    """What the report did not find is left alone; a file that is no report is said to be none."""
    assert run("audit", "run", str(configs), "--out", str(tmp_path / "reports"), "-w", str(tmp_path))[0] == 1
    path = tmp_path / "reports" / "audit.json"
    document = json.loads(path.read_bytes())
    document["observations"] = [entry for entry in document["observations"] if entry["fact"] == "no_banner"]
    for item in document["items"]:
        for finding in item["findings"]:
            finding["evidence"] = [entry for entry in finding["evidence"] if entry["fact"] == "no_banner"]
    path.write_text(json.dumps(document), encoding="utf-8")
    code, told, _ = run("audit", "fix", str(configs), "--run", str(path), "-w", str(tmp_path), "--json")
    assert (code, [each["fact"] for each in told["devices"][0]["closed"]]) == (0, ["no_banner"])
    path.write_text("[]", encoding="utf-8")
    assert run("audit", "fix", str(configs), "--run", str(path), "-w", str(tmp_path))[0] == 2


def test_what_a_run_of_this_workspace_found_is_mended(run: Any, configs: Path, tmp_path: Path):
    """Its packs, profile, waivers and attestations decide what is mended, as they decide what `audit run` says."""
    here = ("-w", str(tmp_path))

    def facts(*words: str) -> set[str]:
        _, told, _ = run("audit", "fix", str(configs), *words, *here, "--json")
        return {each["fact"] for device in told["devices"] for each in (*device["closed"], *device["left"])}

    (tmp_path / "govnet.yaml").write_text("title: x\n", encoding="utf-8")
    (tmp_path / "audits" / "rules").mkdir(parents=True)
    own = OWN.format(fact="no_banner")
    (tmp_path / "audits" / "rules" / "own.yml").write_text(own, encoding="utf-8")
    assert facts("--pack", "own") == {"no_banner"}
    (tmp_path / "audits" / "profile.yaml").write_text("packs: [own]\n", encoding="utf-8")
    assert facts() == {"no_banner"}
    assert facts("--pack", "mlps-2") > {"no_banner", "telnet_mgmt"}
    reports = str(tmp_path / "reports")
    # A report is mended by the rules that found it, not by those of the profile.
    assert run("audit", "run", str(configs), "--pack", "mlps-2", "--out", reports, *here)[0] == 1
    assert facts("--run", reports) == facts("--pack", "mlps-2")
    waive = ("--fact", "no_banner", "--reason", "r", "--approver", "Li", "--until", "2999-01-01")
    run("audit", "waivers", "add", "W-1", *waive, *here)
    assert facts() == set()
    # One of a finding's weaknesses is waived: the others are mended, it is not.
    assert facts("--pack", "mlps-2") >= {"telnet_mgmt"}
    assert "no_banner" not in facts("--pack", "mlps-2")
    assert facts("--date", "2999-01-02") == {"no_banner"}


def test_what_a_person_states_is_left_to_that_person(run: Any, configs: Path, tmp_path: Path):
    """A hint that an attestation has closed is not mended; a weakness that is proven is."""
    here = ("-w", str(tmp_path))
    (tmp_path / "govnet.yaml").write_text("title: x\n", encoding="utf-8")
    (tmp_path / "audits" / "rules").mkdir(parents=True)
    hint = OWN.format(fact="no_banner").replace("no_banner}", "no_banner, hint: true}").replace("partial", "manual")
    (tmp_path / "audits" / "rules" / "own.yml").write_text(hint.replace("fail", "manual"), encoding="utf-8")
    (tmp_path / "shown.txt").write_text("x", encoding="utf-8")
    fix = ("audit", "fix", str(configs), "--pack", "own", *here, "--json")
    assert [each["fact"] for each in run(*fix)[1]["devices"][0]["closed"]] == ["no_banner"]
    stated = ("--statement", "s", "--by", "b", "--until", "2999-01-01", "--file", "shown.txt", *here)
    assert run("audit", "attest", "--item", "own-1", "--verdict", "pass", *stated)[0] == 0
    assert run(*fix)[1]["devices"] == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--only", "telnet_mgnt"), "telnet_mgmt"),
        (("--device", "rt-weka.cfg"), "rt-weak.cfg"),
        (("--level", "4"), "levels 2 and 3"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_one(run: Any, configs: Path, tmp_path: Path, words, said):
    """What names nothing is an error that suggests something."""
    code, _, talk = run("audit", "fix", str(configs), *words, "-w", str(tmp_path))
    assert (code, said in talk) == (2, True), talk


def test_a_stage_that_was_not_written_is_bad_input(run: Any, configs: Path, tmp_path: Path):
    """A rollout of a stage that has nothing to send is bad input."""
    out = tmp_path / "out"
    assert run("audit", "fix", str(configs), "--only", "no_banner", "--out", str(out), "-w", str(tmp_path))[0] == 0
    nothing: Any = None
    with pytest.raises(InputError) as raised:
        stages_order.demand_turn(tmp_path, "out/002-doors", nothing, undo=False, lab=True)
    assert raised.value.problems[0].message == Message("there is no stage “{name}”", name="002-doors")
