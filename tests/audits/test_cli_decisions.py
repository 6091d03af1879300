"""`govnet audit rules`, `waivers`, `attest`, `diff`, `trend`: exit codes, documents, and what `run` makes of them."""

from __future__ import annotations

import json
import resource
import shutil

import pytest

from cli.main import main
from configs.archive import Archive

WEAK = b"sysname a\n#\ntelnet server enable\n#\ninterface NULL0\n#\nreturn\n"


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", "audit", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture(autouse=True)
def city(tmp_path, monkeypatch):
    (tmp_path / "govnet.yaml").write_text("title: 测试市\n", encoding="utf-8")
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "a.cfg").write_bytes(WEAK)
    (tmp_path / "binary.cfg").write_bytes(b"\xff\xfe\x00")
    (tmp_path.parent / "outside.txt").write_text("x", encoding="utf-8")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.txt").write_text("proof", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_rules_are_listed_and_shown(capsys):
    """All packs; the items of some; one item with its facts; wrong names are said with the nearest one."""
    code, out, _ = run(capsys, "rules", "list", "--json")
    packs = {entry["name"]: entry for entry in json.loads(out)["packs"]}
    assert code == 0
    assert (packs["mlps-3"]["items_level_3"], packs["mlps-3"]["items_level_2"]) == (74, None)
    assert {entry["verified"] for entry in packs.values()} == {False}
    code, out, _ = run(capsys, "rules", "list", "--level", "2", "--json")
    assert (code, len(json.loads(out)["items"])) == (0, 42)
    code, out, _ = run(capsys, "rules", "show", "7.1.4.1-c", "--level", "2")
    assert code == 0
    assert "Telnet is accepted for management" in out
    code, _, err = run(capsys, "rules", "show", "8.1.4.1-x")
    assert code == 2
    assert "did you mean" in err


def test_rules_are_tested(capsys, city):
    """All examples are true; a wrong one gives exit code 1 with its file, item, what was expected and what was got."""
    code, out, _ = run(capsys, "rules", "test", "--json")
    assert (code, json.loads(out)["faults"]) == (0, [])
    folder = city / "audits" / "rules"
    folder.mkdir(parents=True)
    (folder / "own.yml").write_text(
        "name: own\ntitle: {zh: 甲, en: A}\nstandard: own\nsource: {zh: 乙, en: B}\nverified: false\n"
        "categories:\n  - title: {zh: 丙, en: C}\n    items:\n      - id: own-1\n        point: {zh: 丁, en: D}\n"
        "        text: {zh: 戊, en: E}\n        kind: config\n        checks: [{fact: no_banner}]\n"
        "        examples: [{facts: {no_banner: true}, verdict: pass}]\n",
        encoding="utf-8",
    )
    code, out, _ = run(capsys, "rules", "test", "audits/rules/own.yml", "--json")
    assert code == 1
    (fault,) = json.loads(out)["faults"]
    assert (fault["file"], fault["item"], fault["expected"], fault["got"]) == (
        "audits/rules/own.yml",
        "own-1",
        "pass",
        "fail",
    )
    assert run(capsys, "rules", "test")[0] == 1


def test_a_run_by_several_packs_and_the_units_profile(capsys, city):
    """The profile may name the packs; `--pack` wins; levels that contradict each other are bad input."""
    code, out, _ = run(capsys, "run", "configs", "--pack", "egov-extranet,baseline-huawei", "--json")
    assert (code, json.loads(out)["pack"]["name"]) == (1, "egov-extranet+baseline-huawei")
    (city / "audits").mkdir()
    (city / "audits" / "profile.yaml").write_text("packs: [mlps-2]\n", encoding="utf-8")
    code, out, _ = run(capsys, "run", "configs", "--json")
    assert (json.loads(out)["pack"]["name"], json.loads(out)["level"]) == ("mlps-2", 2)
    assert run(capsys, "run", "configs", "--level", "3")[0] == 2


def test_waivers_from_the_first_day_to_the_end(capsys):
    """Added, listed, used by a run, checked; after its end the finding is back and the check says so."""
    add = (
        "waivers",
        "add",
        "W-1",
        "--fact",
        "telnet_mgmt",
        "--reason",
        "old",
        "--approver",
        "Li",
        "--until",
        "2026-12-31",
    )
    assert run(capsys, *add, "--date", "2026-11-01")[0] == 0
    code, _, err = run(capsys, *add)
    assert code == 2
    assert "given twice" in err
    assert run(capsys, "waivers", "add", "W-2", "--item", "8.1.4.1", *add[5:])[0] == 2
    code, out, _ = run(capsys, "waivers", "list", "--date", "2026-11-22", "--json")
    assert (code, json.loads(out)["waivers"][0]["state"]) == (0, "active")
    reports = {}
    for day in ("2026-11-22", "2027-01-01"):
        _, out, err = run(capsys, "run", "configs", "--date", day, "--out", day, "--format", "json", "--json")
        reports[day] = json.loads(out)
    assert reports["2026-11-22"]["counts"]["waived"] > 0
    assert reports["2027-01-01"]["counts"]["waived"] == 0
    assert reports["2027-01-01"]["waivers"][0]["state"] == "expired"
    assert run(capsys, "waivers", "check", "--date", "2026-11-22")[0] == 0
    code, out, _ = run(capsys, "waivers", "check", "--date", "2027-01-01")
    assert code == 1
    assert "expired" in out
    code, out, _ = run(capsys, "diff", "2026-11-22", "2027-01-01", "--json")
    assert code == 1
    assert [entry["fact"] for entry in json.loads(out)["came_back"]] == ["telnet_mgmt"]
    code, out, _ = run(capsys, "diff", "2027-01-01", "2026-11-22")
    assert code == 0
    assert "Telnet is accepted" in out
    code, out, _ = run(capsys, "trend", ".", "--json")
    assert (code, len(json.loads(out)["runs"])) == (0, 2)


def test_the_same_day_gives_the_same_bytes(capsys, city):
    """The reference day is printed, and nothing else depends on the clock."""
    for folder in ("one", "two"):
        run(capsys, "run", "configs", "--date", "2026-11-22", "--out", folder, "--format", "json")
    one, two = ((city / folder / "audit.json").read_bytes() for folder in ("one", "two"))
    assert one == two
    assert json.loads(one)["generated"] == "2026-11-22"


def test_an_attestation_is_written_used_and_falls_with_its_file(capsys, city):
    """It decides an open item; when its file has changed, the run says so and decides nothing by it."""
    attest = ("attest", "--item", "8.1.2.3", "--verdict", "pass", "--statement", "trusted boot", "--by", "Zhang",
              "--until", "2027-10-31", "--file", "evidence/a.txt", "--date", "2026-11-01")  # fmt: skip
    code, out, _ = run(capsys, *attest, "--json")
    assert (code, json.loads(out)["state"]) == (0, "valid")

    def verdict() -> tuple[str, str]:
        _, out, _ = run(capsys, "run", "configs", "--date", "2026-11-22", "--json")
        item = next(item for item in json.loads(out)["items"] if item["id"] == "8.1.2.3")
        return item["verdict"], item["findings"][0]["attestation"]["state"]

    assert verdict() == ("pass", "valid")
    (city / "evidence" / "a.txt").write_text("other", encoding="utf-8")
    assert verdict() == ("manual", "checksum_differs")
    _, out, _ = run(capsys, "run", "configs", "--date", "2026-11-22")
    assert "decides nothing: its file has changed" in out
    assert run(capsys, "waivers", "check", "--date", "2026-11-22")[0] == 1
    assert run(capsys, *attest[:-4], "--file", "none.txt")[0] == 2


STATED = ("--statement", "s", "--by", "b", "--until", "2027-01-01", "--file", "f")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "configs", "--pack", "mlps-4"], "mlps-4"),
        (["run", "configs", "--level", "4"], "levels 2 and 3"),
        (["waivers", "list", "-w", "configs"], "no govnet.yaml"),
        (["waivers", "list", "--date", "soon"], "not a day"),
        (["attest", "--item", "8.1.2.3", "--verdict", "yes", *STATED], "none of"),
        (["diff", "configs", "configs"], "no such file"),
        (["trend", "configs"], "no JSON report"),
        (["rules", "test", "configs/a.cfg"], "configs/a.cfg:3: column 1: this is not YAML"),
        (["run", "configs", "--pack", ","], "there is no pack"),
        (["run", "configs", "--out", "x", "--format", "xlsx", "--earlier", "configs/a.cfg"], "no workbook"),
        (["run", "binary.cfg"], "binary.cfg:1: bytes that are neither UTF-8 nor GB18030 text"),
        (["diff", "damaged/half.json", "damaged/half.json"], "half.json: parts of this report are missing or changed"),
        (["trend", "damaged"], "half.json: parts of this report are missing or changed"),
        (["fix", "configs", "--run", "damaged/half.json"], "half.json: parts of this report are missing or changed"),
        (["fix", "configs", "--only", "backup_old"], "neither a fact nor an item that a configuration can tell"),
        (
            ["attest", "--item", "8.1.2.3", "--verdict", "pass", *STATED[:-1], "../outside.txt"],
            "no file “../outside.txt” below the workspace",
        ),
    ],
)
def test_bad_input_gives_exit_code_2(capsys, city, arguments, told):
    """A user's mistake is named with a hint, without a traceback."""
    (city / "damaged").mkdir()
    (city / "damaged" / "half.json").write_text('{"schema": "govnet-audit-1", "items": []}', encoding="utf-8")
    code, _, err = run(capsys, *arguments)
    assert code == 2
    assert told in err
    assert "hint:" in err


def test_a_report_is_written_whole_or_not_at_all(capsys, city):
    """A folder in the way, or no room, leaves what stood there before: every file with the checksum that is listed."""
    out = city / "reports"
    assert run(capsys, "run", "configs", "--out", "reports", "--format", "json,html")[0] == 1
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "audit.docx").mkdir()
    code, _, told = run(capsys, "run", "configs", "--level", "2", "--out", "reports", "--format", "json,docx")
    assert (code, "Is a directory" in told) == (2, True)
    (out / "audit.docx").rmdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        code, _, told = run(capsys, "run", "configs", "--level", "2", "--out", "reports", "--format", "json,html")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.getrlimit(resource.RLIMIT_FSIZE)[1],) * 2)
    assert (code, "cannot write to reports: File too large" in told) == (2, True), told
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_waiver_for_nobody_is_said(capsys, lianyuan, monkeypatch, tmp_path):
    """A name that the inventory does not have is told when it is written and by `waivers check`."""
    city = tmp_path / "city"
    shutil.copytree(lianyuan, city)
    monkeypatch.chdir(city)
    add = ("waivers", "add", "--reason", "r", "--approver", "Li", "--until", "2027-03-31", "--fact", "telnet_mgmt")
    assert run(capsys, *add, "W-1", "--device", "rt-*")[2].count("no device") == 0
    assert "no device “rt-lantain”" in run(capsys, *add, "W-2", "--device", "rt-lantain")[2]
    code, out, _ = run(capsys, "waivers", "check", "--json")
    assert (code, json.loads(out)["unknown_devices"]) == (1, ["rt-lantain"])


def test_a_file_named_after_a_device_is_that_devices(capsys, lianyuan, monkeypatch, tmp_path):
    """Archive, plan and log are looked at for it as for `archive:`, and it has the device's role; of two neither is."""
    city = tmp_path / "city"
    shutil.copytree(lianyuan, city)
    monkeypatch.chdir(city)
    (city / "got").mkdir()
    (city / "got" / "rt-lantian.cfg").write_bytes(
        WEAK.replace(b"interface NULL0", b"interface LoopBack0\n ip address 192.0.2.1 32")
    )
    (city / "got" / "stranger.cfg").write_bytes(WEAK)

    def observed(*words: str) -> dict[str, set[str]]:
        _, out, _ = run(capsys, "run", *words, "--json")
        document = json.loads(out)
        seen: dict[str, set[str]] = {device["name"]: set() for device in document["devices"]}
        for item in document["items"]:
            for finding in item["findings"]:
                if finding["device"] in seen:
                    seen[finding["device"]] |= {
                        e["fact"] for e in finding["evidence"] if e["source"] and e["value"] is not None
                    }
        return seen

    known = {"address_outside_plan", "no_spare_line", "unplanned_exit"}
    assert observed("got") == {"rt-lantian": known, "stranger.cfg": set()}
    # Without an archive nothing is said about backups; with one that does not have the device, there is none of it.
    assert observed("got", "--evidence", "archive")["rt-lantian"] == set()
    Archive(city / "archive").store({"rt-anping": WEAK}, "backup")
    assert observed("got", "--evidence", "archive")["rt-lantian"] == {"backup_old", "no_backup"}
    (city / "got" / "old").mkdir()
    (city / "got" / "old" / "rt-lantian.cfg").write_bytes(WEAK)
    assert observed("got") == {"rt-lantian.cfg": set(), "old/rt-lantian.cfg": set(), "stranger.cfg": set()}


def test_both_languages(capsys):
    """The tables in Chinese."""
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "audit", "rules", "show", "8.1.4.1-c"])
    assert "一票否决" in capsys.readouterr().out
