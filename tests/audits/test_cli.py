"""`govnet audit`: exit codes, documents on stdout, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from inventory.text import set_language

CLEAN = Path(__file__).parents[1] / "configs" / "facts" / "mutations" / "huawei.cfg"


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", *arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "city").mkdir()
    (tmp_path / "city" / "a.cfg").write_bytes(b"sysname a\n#\nundo telnet server enable\n#\ninterface NULL0\n#\n")
    (tmp_path / "b.cfg").write_bytes(
        "sysname 涟源\n#\nuser-interface vty 0 4\n idle-timeout 0 0\n#\n#\n".encode("gb18030")
    )
    (tmp_path / ".hidden").write_bytes(b"sysname x\n")
    (tmp_path / "strange.conf").write_bytes(b"language-mode chinese\n")
    return tmp_path


def test_facts_have_the_agreed_shape(capsys, folder):
    """Paths are relative to the source; every fact has value, basis, lines and why; unknown platforms are null."""
    code, out, _ = run(capsys, "audit", "facts", str(folder), "--json")
    assert code == 3
    files = json.loads(out)["files"]
    assert list(files) == ["b.cfg", "city/a.cfg", "strange.conf"]
    assert files["b.cfg"]["platform"] == "huawei"
    assert files["b.cfg"]["encoding"] == "gb18030"
    assert files["b.cfg"]["facts"]["idle_timeout_disabled"] == {
        "value": True,
        "basis": "line",
        "lines": [4],
        "why": "idle-timeout says when an idle session ends",
    }
    assert files["city/a.cfg"]["facts"]["telnet_mgmt"]["lines"] == [3]
    assert files["strange.conf"]["platform"] is None
    assert {fact["value"] for fact in files["strange.conf"]["facts"].values()} == {None}
    assert [problem["code"] for problem in files["strange.conf"]["problems"]] == ["unknown-vendor"]
    assert files["city/a.cfg"]["not_understood"] == []
    assert "problems" not in files["city/a.cfg"]


def test_what_cannot_be_decoded_or_was_cut_off_is_said_and_the_others_are_done(capsys, tmp_path):
    """A text of no known encoding decides nothing; one that was cut off says what it holds; exit code 3."""
    (tmp_path / "bad.cfg").write_bytes(b"hostname a\n\xff\xfe\x00\xff\x81\n")
    (tmp_path / "cut.cfg").write_bytes(b"!Software Version V200R019C10\n#\nsysname a\n#\ntelnet server enable\n#\n")
    (tmp_path / "good.cfg").write_bytes(CLEAN.read_bytes())
    code, out, _ = run(capsys, "audit", "facts", str(tmp_path), "--json")
    files = json.loads(out)["files"]
    assert code == 3
    assert {fact["value"] for fact in files["bad.cfg"]["facts"].values()} == {None}
    assert files["bad.cfg"]["problems"]
    assert [problem["code"] for problem in files["cut.cfg"]["problems"]] == ["truncated"]
    assert files["cut.cfg"]["facts"]["telnet_mgmt"] == {
        "value": True,
        "basis": "line",
        "lines": [5],
        "why": "the Telnet server or protocol inbound lets Telnet in",
    }
    assert "problems" not in files["good.cfg"]
    assert run(capsys, "audit", "facts", str(tmp_path / "good.cfg"))[0] == 0


def test_a_line_that_was_not_understood_shows_no_secret(capsys, tmp_path):
    """What is named as not understood is masked like everything else."""
    (tmp_path / "a.cfg").write_bytes(b"sysname a\n#\nstrange-command password simple Open-Sesame-1\n#\nreturn\n")
    for arguments in (("--json",), ()):
        _, out, err = run(capsys, "audit", "facts", str(tmp_path), *arguments)
        assert "strange-command" in out + err
        assert "Open-Sesame-1" not in out + err


def test_a_file_is_named_by_itself_and_its_platform_can_be_given(capsys, folder):
    """A file as source has its own name as path; `--platform` wins over recognition."""
    code, out, _ = run(capsys, "audit", "facts", str(folder / "city" / "a.cfg"), "--platform", "cisco_ios", "--json")
    assert code == 0
    assert json.loads(out)["files"]["a.cfg"]["platform"] == "cisco_ios"


def test_two_sources_with_the_same_path_are_both_there(capsys, folder):
    """No file hides another."""
    one, two = folder / "city", folder / "other"
    two.mkdir()
    (two / "a.cfg").write_bytes(b"sysname b\n#\nundo telnet server enable\n#\ninterface NULL0\n#\n")
    code, out, _ = run(capsys, "audit", "facts", str(one), str(two), "--json")
    assert code == 0
    assert len(json.loads(out)["files"]) == 2


def test_findings_give_exit_code_1_and_write_both_reports(capsys, folder, tmp_path_factory):
    """Reports are written where asked; a second run writes the same bytes."""
    out = tmp_path_factory.mktemp("out") / "reports"
    code, text, _ = run(capsys, "audit", "run", str(folder), "--level", "2", "--out", str(out), "--date", "2026-11-21")
    assert code == 1
    assert "The gravest findings" in text
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(first) == {"audit.json", "audit.html", "manifest.json", "SHA256SUMS"}
    assert len(json.loads(first["audit.json"])["items"]) == 42
    assert run(capsys, "audit", "run", str(folder), "--level", "2", "--out", str(out), "--date", "2026-11-21")[0] == 1
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first


def test_a_text_in_another_language_than_the_one_named_is_doubted(capsys, folder):
    """It is judged as it was asked for, and said to look like another platform's; its own platform is not doubted."""
    said = {name: run(capsys, "audit", "run", str(folder), "--platform", name)[2] for name in ("cisco_ios", "huawei")}
    assert "read as cisco_ios, but it looks like huawei" in said["cisco_ios"]
    assert "looks like huawei" not in said["huawei"]


def test_nothing_found_gives_exit_code_0(capsys):
    """A clean configuration leaves only what a person confirms."""
    code, out, _ = run(capsys, "audit", "run", str(CLEAN), "--json")
    document = json.loads(out)
    assert code == 0
    assert document["counts"]["findings"]["fail"] == document["counts"]["findings"]["partial"] == 0
    assert document["counts"]["findings"]["pass"] > 10


def test_a_configuration_that_cannot_be_read_gives_exit_code_1_and_is_said_first(capsys, tmp_path):
    """A clean configuration beside an unread one is no clean network, and the table begins with that."""
    (tmp_path / "a.cfg").write_bytes(CLEAN.read_bytes())
    (tmp_path / "b.cfg").write_bytes(b"language-mode chinese\n")
    code, out, err = run(capsys, "audit", "run", str(tmp_path))
    assert code == 1
    assert out.startswith("1 of 2 configurations were judged.\nNot judged (1): b.cfg: no dialect")
    assert "Configurations judged: 1; none of them shows" in err.replace("\n", " ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no/such/folder"], "no such file or folder"),
        (["{folder}", "--level", "4"], "levels 2 and 3"),
        (["{folder}", "--format", "pdf"], "pdf"),
        (["{folder}", "--platform", "junos"], "junos"),
        (["{folder}/empty"], "no file in it"),
        (["archive:", "-w", "{folder}"], ""),
        (["{folder}", "--out", "{folder}/b.cfg"], "cannot write"),
        (["{folder}", "--date", "2026-13-45"], "2026-13-45"),
        (["{folder}", "--date", "20261121"], "not a day"),
        (["{folder}/strange.conf"], "no dialect recognises this text"),
    ],
)
def test_bad_input_gives_exit_code_2_and_says_what_to_do(capsys, folder, arguments, told):
    """A user's mistake is named, with a hint, without a traceback; as JSON too."""
    (folder / "empty").mkdir()
    filled = [argument.format(folder=folder) for argument in arguments]
    code, _, err = run(capsys, "audit", "run", *filled)
    assert code == 2
    assert told in err
    assert "hint:" in err
    code, out, _ = run(capsys, "audit", "run", *filled, "--json")
    assert code == 2
    assert json.loads(out)["ok"] is False


def test_both_languages(capsys, folder):
    """The same table in Chinese."""
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "audit", "run", str(folder)])
    assert "不符合" in capsys.readouterr().out
    set_language("en")


def test_the_rule_sets_are_shown_with_lines_and_zones(capsys, folder):
    """Findings by line, the matrix, exit code 3 with a file that nobody can read; a bad day is refused."""
    (folder / "fw.cfg").write_bytes(
        b"#\nsysname fw\n#\nsecurity-policy\n rule name all\n  source-zone trust\n  destination-zone untrust\n"
        b"  action permit\n rule name more\n  source-zone trust\n  destination-zone untrust\n  service http\n"
        b"  action permit\n#\n"
    )
    code, out, _ = run(capsys, "audit", "policy", str(folder), "--json")
    assert code == 3
    files = json.loads(out)["files"]
    found = files["fw.cfg"]
    assert [(one["kind"], one["line"], one["others"]) for one in found["sets"][0]["findings"]] == [
        ("any_any", 5, []),
        ("repeated", 9, [5]),
    ]
    cells = {(cell["from"], cell["to"]): cell for cell in found["zone_matrix"]["cells"]}
    assert cells["trust", "untrust"]["verdict"] == "open"
    assert cells["untrust", "trust"]["verdict"] == "closed"
    assert "problem" in files["strange.conf"]
    code, out, _ = run(capsys, "audit", "policy", str(folder / "fw.cfg"))
    assert code == 0
    assert "permits anything" in out
    assert "untrust" in out
    assert run(capsys, "audit", "policy", str(folder), "--date", "soon")[0] == 2
