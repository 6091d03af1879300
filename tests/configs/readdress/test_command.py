"""`govnet config readdress`: what is written, what is left out, and the exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.config_sources import shown
from cli.main import main
from configs.equivalence.hiding import mask
from configs.readdress import out as readdress_out
from configs.readdress_policy import Policy, read
from inventory.errors import ExitCode, InputError
from tests.patience import PATIENCE

OLD = """#
sysname R1
#
interface GigabitEthernet0/0/1
 undo shutdown
 ip address 10.1.1.1 255.255.255.0
#
ospf 1
 area 0.0.0.0
  network 10.1.1.0 0.0.0.255
#
local-user admin password cipher secret-10.1.1.9
#
return
"""
MAPPING = "old,new\n10.1.1.0/24,59.192.0.0/23\n"


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A folder with one network and its mapping."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "net" / "city"
    folder.mkdir(parents=True)
    (folder / "r1.cfg").write_text(OLD, encoding="utf-8")
    (tmp_path / "mapping.csv").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def govnet(*arguments: str) -> int:
    """Run the command; its exit code."""
    with pytest.raises(SystemExit) as caught:
        main(["config", "readdress", *arguments])
    return int(caught.value.code or 0)


def written(folder: Path) -> list[str]:
    """The files below a folder, without hidden ones."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    )


def test_new_texts_and_a_report_are_written(network):
    """Paths are relative to the source; every token is in the report with line, column, kind, action and reason."""
    code = govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json", "--html", "r.html")
    assert code == ExitCode.DONE
    text = (network / "new/city/r1.cfg").read_text(encoding="utf-8")
    assert " ip address 59.192.0.1 255.255.254.0\n" in text
    assert "  network 59.192.0.0 0.0.1.255\n" in text
    assert text.count("\n") == OLD.count("\n")
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    assert set(report) == {"files", "summary", "proof"}
    assert report["proof"] is None
    (file,) = report["files"]
    assert (file["path"], file["platform"], file["encoding"], file["lines"]) == ("city/r1.cfg", "huawei", "utf-8", 14)
    assert {
        "line": 6,
        "column": 13,
        "text": "10.1.1.1",
        "kind": "interface",
        "action": "rewritten",
        "new": "59.192.0.1",
        "reason": "mapped",
    } in file["tokens"]
    assert {token["action"] for token in file["tokens"] if token["line"] == 9} == {"kept"}
    assert report["summary"]["actions"]["review"] == 0
    page = (network / "r.html").read_text(encoding="utf-8")
    assert "59.192.0.1" in page
    assert "http" not in page
    assert "secret" not in page.replace("password cipher ***", "")


def test_what_cannot_be_read_is_left_out_and_the_others_are_done(network, capsys):
    """Undecodable bytes, a second encoding, a cut-off file, an unknown vendor: named with line; exit 3."""
    folder = network / "net/city"
    (folder / "bad.cfg").write_bytes(OLD.encode() + b" description \xff\xfe\xfd\n")
    (folder / "mixed.cfg").write_bytes(OLD.encode() + "# 政务外网骨干\n".encode() + "# 办公接入网\n".encode("gb18030"))
    (folder / "cut.cfg").write_text("!Software Version V200R010C10\n" + OLD.replace("return\n", ""), encoding="utf-8")
    (folder / "other.cfg").write_text("Dear all,\nsee 10.1.1.1\n", encoding="utf-8")
    assert govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json") == ExitCode.DEVICES_FAILED
    assert written(network / "new") == ["city/r1.cfg"]
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    problems = {file["path"]: [row["code"] for row in file["problems"]] for file in report["files"]}
    assert problems["city/r1.cfg"] == []
    assert problems["city/bad.cfg"] == ["undecodable"]
    assert problems["city/mixed.cfg"] == ["mixed-encodings"]
    assert problems["city/cut.cfg"] == ["truncated"]
    assert problems["city/other.cfg"] == ["unknown-vendor"]
    assert report["summary"]["failed"] == 4
    assert "city/cut.cfg:14" in capsys.readouterr().err


def test_a_folder_of_mappings_has_one_for_each_network(network):
    """A network without a mapping is left out, not re-addressed by another's."""
    (network / "maps").mkdir()
    (network / "maps/city.csv").write_text(MAPPING, encoding="utf-8")
    county = network / "net/county"
    county.mkdir()
    (county / "r2.cfg").write_text(OLD, encoding="utf-8")
    assert govnet("-m", "maps", "net", "--out", "new", "--report", "r.json") == ExitCode.DEVICES_FAILED
    assert (network / "new/city/r1.cfg").exists()
    assert not (network / "new/county").exists()
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    assert [row["code"] for file in report["files"] for row in file["problems"]] == ["no-mapping"]


@pytest.mark.usefixtures("network")
def test_a_proof_is_part_of_the_report(capsys):
    """`--prove`: what was compared, and that it holds."""
    assert govnet("-m", "mapping.csv", "net", "--prove", "--json") == ExitCode.DONE
    report = json.loads(capsys.readouterr().out)
    assert report["proof"]["ok"] is True


def test_nothing_is_written_without_out(network):
    """A run without --out changes no file."""
    before = sorted(network.rglob("*"))
    assert govnet("-m", "mapping.csv", "net") == ExitCode.DONE
    assert sorted(network.rglob("*")) == before


def test_a_missing_mapping_is_said(network, capsys):
    """Exit 2 with what to do."""
    assert govnet("net") == ExitCode.USAGE
    assert "govnet plan map" in capsys.readouterr().err
    assert network.exists()


def test_a_policy_says_what_follows(tmp_path):
    """Every key by its name; what is wrong is said with its line."""
    good = tmp_path / "good.yaml"
    good.write_text("names: rewrite\nrouter_id: keep\n", encoding="utf-8")
    assert read(good) == Policy(names=True)
    bad = tmp_path / "bad.yaml"
    bad.write_text("names: yes\nrouter-id: keep\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(bad)
    assert [(row.code, row.line) for row in caught.value.problems] == [("bad-choice", 1), ("unknown-key", 2)]


def test_subnets_that_come_together_unasked_are_said_before(network, capsys):
    """With both rows, in both languages; not where the rows say it."""
    rows = "old,new,mode\n10.1.1.0/25,172.16.1.0/24,{}\n10.1.2.0/25,172.16.1.128/25,{}\n"
    for modes, said in ((("grow", "same_size"), True), (("merge", "merge"), False)):
        (network / "meet.csv").write_text(rows.format(*modes), encoding="utf-8")
        for language, words in (("en", "10.1.2.0/25 (line 3) come together in 172.16.1.128/25"), ("zh", "都落在")):
            with pytest.raises(SystemExit):
                main(["--lang", language, "config", "readdress", "-m", "meet.csv", "net"])
            assert (words in " ".join(capsys.readouterr().err.split())) == said


@pytest.mark.parametrize("out", ["net", "net/city", "net/new", "."])
@pytest.mark.parametrize("verb", ["readdress", "stages"])
def test_the_originals_are_never_written_over(network, out, verb, capsys):
    """An --out that is the source, lies in it or holds it is refused, in both languages; nothing changes."""
    for language, words in (("en", "the originals must stay as they are"), ("zh", "原有配置不得改动")):
        with pytest.raises(SystemExit) as caught:
            main(["--lang", language, "config", verb, "-m", "mapping.csv", "net", "--out", out])
        assert caught.value.code == ExitCode.REFUSED
        assert words in capsys.readouterr().err
    assert written(network / "net") == ["city/r1.cfg"]
    assert (network / "net/city/r1.cfg").read_text(encoding="utf-8") == OLD


def test_a_link_does_not_lead_back_to_the_originals(network):
    """A folder or file in --out that is a link into the source is refused or replaced, not written through."""
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DONE
    (network / "new/city/r1.cfg").unlink()
    (network / "new/city/r1.cfg").symlink_to(network / "net/city/r1.cfg")
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DONE
    assert not (network / "new/city/r1.cfg").is_symlink()
    (network / "new/city/r1.cfg").unlink()
    (network / "new/city").rmdir()
    (network / "new/city").symlink_to(network / "net/city")
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.USAGE
    assert (network / "net/city/r1.cfg").read_text(encoding="utf-8") == OLD


def test_a_report_is_not_written_over_what_was_read(network):
    """Neither over a configuration nor over the mapping."""
    for name in ("net/city/r1.cfg", "mapping.csv"):
        assert govnet("-m", "mapping.csv", "net", "--report", name) == ExitCode.REFUSED
    assert (network / "net/city/r1.cfg").read_text(encoding="utf-8") == OLD
    assert (network / "mapping.csv").read_text(encoding="utf-8") == MAPPING


def test_what_an_earlier_run_wrote_does_not_stay(network):
    """A file that fails now is not there any more; a folder of somebody else's files is refused."""
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DONE
    assert written(network / "new") == ["city/r1.cfg"]
    (network / "net/city/r1.cfg").write_bytes(OLD.encode() + b" description \xff\xfe\xfd\n")
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DEVICES_FAILED
    assert written(network / "new") == []
    (network / "theirs").mkdir()
    (network / "theirs/notes.txt").write_text("mine", encoding="utf-8")
    for verb in ("readdress", "stages"):
        with pytest.raises(SystemExit) as caught:
            main(["config", verb, "-m", "mapping.csv", "net", "--out", "theirs"])
        assert caught.value.code == ExitCode.REFUSED
    assert written(network / "theirs") == ["notes.txt"]


def test_hand_work_on_a_result_is_kept(network, capsys):
    """A result that somebody edited is put aside under a hidden name before it is written anew."""
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DONE
    (network / "new/city/r1.cfg").write_text("edited\n", encoding="utf-8")
    assert govnet("-m", "mapping.csv", "net", "--out", "new") == ExitCode.DONE
    kept = network / "new/city/.r1.cfg.edited-1"
    assert kept.read_text(encoding="utf-8") == "edited\n"
    assert "59.192.0.1" in (network / "new/city/r1.cfg").read_text(encoding="utf-8")
    assert ".r1.cfg.edited-1" in capsys.readouterr().err


def test_a_killed_run_can_be_repeated(network, monkeypatch):
    """What a run wrote before it was killed belongs to it: the next one goes on in the same folder."""

    def killed() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "sync", killed)
        with pytest.raises(KeyboardInterrupt):
            readdress_out.write(network / "new", [("a.cfg", b"a"), ("b.cfg", b"b")])
    assert readdress_out.write(network / "new", [("b.cfg", b"c")]) == []
    assert written(network / "new") == ["b.cfg"]
    assert not list((network / "new").glob(".*.tmp"))


def test_one_flush_a_run(network, monkeypatch):
    """A thousand files do not wait for the disk a thousand times."""
    calls = []
    real = os.fsync
    monkeypatch.setattr(os, "fsync", lambda descriptor: (calls.append(descriptor), real(descriptor))[1])
    readdress_out.write(network / "new", [(f"{number}.cfg", b"x") for number in range(200)])
    assert len(calls) < 10
    assert len(written(network / "new")) == 200


def test_no_secret_is_shown(network, capsys):
    """Lines in the JSON report, the HTML report and on the screen are masked, in commands that no table knows too."""
    (network / "net/city/r1.cfg").write_text(
        "version 15.7\nhostname A\n!\nenable secret 9 $9$SECRETA/10.1.1.1\n!\ninterface GigabitEthernet0/1\n"
        " ip address 10.1.1.2 255.255.255.0\n!\nalias exec x ping 10.1.1.9 password SECRETB\n"
        "radius-server host 10.1.1.22 key SECRETC 10.1.1.3\nend\n",
        encoding="utf-8",
    )
    govnet("-m", "mapping.csv", "net", "--out", "new", "--prove", "--report", "r.json", "--html", "r.html")
    screen = capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["config", "prove", "--mapping", "mapping.csv", "net", "new", "--json"])
    shown_texts = [
        screen.out + screen.err,
        capsys.readouterr().out,
        *((network / name).read_text(encoding="utf-8") for name in ("r.json", "r.html")),
    ]
    for text in shown_texts:
        assert "SECRET" not in text
        assert "***" in text
    assert "SECRETB" in (network / "new/city/r1.cfg").read_text(encoding="utf-8")


def test_what_masking_leaves():
    """A route's community and an address are no secrets; an SNMP community is one."""
    assert mask("", "set community 65000:1 10.1.1.1") == "set community 65000:1 10.1.1.1"
    assert mask("cisco_xr", " host 10.1.9.11 traps version 2c public") == " host 10.1.9.11 traps version 2c ***"
    assert mask("huawei", " ip address 10.1.1.1 24") == " ip address 10.1.1.1 24"


def test_a_name_that_is_no_text_is_reported(network, capsys):
    """Names in GBK or of any bytes are problems of their files; the others are done."""
    folder = os.fsencode(network / "net/city")
    for raw in (b"bad\xff.cfg", "核心交换机.cfg".encode("gb18030")):
        Path(os.fsdecode(folder + b"/" + raw)).write_text(OLD, encoding="utf-8")
    code = govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json", "--html", "r.html", "--json")
    assert code == ExitCode.DEVICES_FAILED
    assert written(network / "new") == ["city/r1.cfg"]
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    failed = {file["path"]: file["problems"][0]["code"] for file in report["files"] if file["status"] == "failed"}
    assert failed == {"city/bad\\xff.cfg": "bad-file-name", "city/核心交换机.cfg": "bad-file-name"}
    assert json.loads(capsys.readouterr().out)["summary"]["failed"] == 2
    assert shown("核心.cfg") == "核心.cfg"


def test_links_are_not_left_out_in_silence(network):
    """A link that leads nowhere, a link to a folder and an unreadable file are problems; a link to a file is read."""
    folder = network / "net/city"
    (folder / "gone.cfg").symlink_to("nowhere")
    (folder / "loop").symlink_to(".")
    (folder / "same.cfg").symlink_to("r1.cfg")
    os.mkfifo(folder / "pipe")
    assert govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "r.json") == ExitCode.DEVICES_FAILED
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    problems = {file["path"]: [row["code"] for row in file["problems"]] for file in report["files"]}
    assert problems == {
        "city/r1.cfg": [],
        "city/same.cfg": [],
        "city/gone.cfg": ["dangling-link"],
        "city/loop": ["linked-folder"],
        "city/pipe": ["not-a-file"],
    }


def test_each_folder_given_is_a_network(network):
    """Files that stand directly in a second folder belong to it, not to the first one."""
    for name in ("a", "b"):
        (network / name).mkdir()
        (network / name / f"{name}.cfg").write_text(OLD, encoding="utf-8")
    assert govnet("-m", "mapping.csv", "a", "b", "--report", "r.json") == ExitCode.DONE
    report = json.loads((network / "r.json").read_text(encoding="utf-8"))
    assert [file["network"] for file in report["files"]] == ["a", "b"]


@pytest.mark.usefixtures("network")
def test_a_folder_that_is_not_there_is_said_before_anything_is_written(capsys):
    """With the name that was given, not a temporary one."""
    assert govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "no/such/r.json") == ExitCode.USAGE
    assert "no/such/r.json: " in capsys.readouterr().err
    assert not Path("new").exists()


def test_reports_may_stand_beside_the_new_texts(network):
    """In the folder that the run makes, and again in the next run."""
    for _ in range(2):
        assert govnet("-m", "mapping.csv", "net", "--out", "new", "--report", "new/r.json") == ExitCode.DONE
    assert written(network / "new") == ["city/r1.cfg", "r.json"]


@pytest.mark.parametrize("target", ["--out", "--report", "--html"])
def test_a_full_disk_names_the_file(network, target):
    """A write that the system refuses says which file it was, and leaves no part of it."""
    (network / "net/city/r1.cfg").write_text(OLD.replace("#\nospf", "#\n" * 9000 + "ospf"), encoding="utf-8")
    name = "new" if target == "--out" else "big.txt"
    limit = 4 if target == "--out" else 1
    line = f'ulimit -f {limit}; exec "$0" -m cli config readdress -m mapping.csv net {target} {name}'
    code = "import sys; from cli.main import main; sys.argv[0] = 'govnet'; main(sys.argv[1:])"
    line = line.replace("-m cli", '-c "$1"')
    done = subprocess.run(
        ["sh", "-c", line, sys.executable, code],
        cwd=network,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    wanted = "new/city/r1.cfg: " if target == "--out" else "big.txt: "
    assert wanted in done.stderr
    assert "Traceback" not in done.stderr
    assert not (network / wanted[:-2]).exists()
    assert not list(network.rglob("*.tmp"))


def test_a_page_of_many_files_opens_at_once(network):
    """Networks are folded, lines are data until somebody opens a file, and a text cannot end the data."""
    for number in range(60):
        folder = network / f"net/n{number % 3}"
        folder.mkdir(exist_ok=True)
        text = OLD.replace("sysname R1", f"sysname R{number}").replace(
            " undo shutdown", " description </script><b>10.1.1.7"
        )
        (folder / f"r{number}.cfg").write_text(text, encoding="utf-8")
    (network / "p.yaml").write_text("descriptions: rewrite\n", encoding="utf-8")
    assert govnet("-m", "mapping.csv", "--policy", "p.yaml", "net", "--html", "r.html") == ExitCode.DONE
    page = (network / "r.html").read_text(encoding="utf-8")
    assert page.count('<details class="network"') == 4
    assert page.count('<details class="file"') == 61
    assert '<div class="pair' not in page
    assert 'type="search"' in page
    assert "<b>" not in page
    assert page.count("</script") == page.count("<script")
    for state in ("review", "rewritten", "failed"):
        assert f'<option value="{state}">' in page
