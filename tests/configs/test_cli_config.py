"""`govnet config render` and `govnet config diff`: output, exit codes, both languages."""

from __future__ import annotations

import json
import signal

import pytest

from cli.config_push import ended_like_an_interrupt
from cli.main import main
from ipplan.plan import write


@pytest.fixture
def root(copy):
    """A workspace with its plan written."""
    workspace, plan = copy
    write(plan, workspace.root / "plan" / "plan.csv")
    return workspace.root


def run(capsys, *arguments):
    """Exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return ended.value.code or 0, captured.out, captured.err


def test_render_one(root, capsys):
    """The text of one device is on stdout, with placeholders; what it lacks is said on stderr."""
    code, out, err = run(capsys, "config", "render", "rt-liumutang", "-w", root)
    assert code == 0
    assert out.startswith("frr defaults traditional\nhostname rt-liumutang\n")
    assert "operating system" in err
    code, out, _ = run(capsys, "config", "render", "rt-lantian", "-w", root)
    assert "<secret:routers.password>" in out
    assert "S3cret" not in out


def test_render_many_into_a_folder(root, capsys, tmp_path):
    """One file a device, in the encoding of its platform."""
    out = tmp_path / "configs"
    code, stdout, err = run(capsys, "config", "render", "--where", "site=dc-city", "--out", out, "-w", root)
    assert (code, stdout) == (0, "")
    assert sorted(path.name for path in out.iterdir()) == ["core-city.cfg", "fw-border.cfg"]
    assert "服务器区" in (out / "fw-border.cfg").read_bytes().decode("gbk")
    assert "2 configurations" in err


def test_render_json(root, capsys):
    """One document with stable keys; the notes in both languages."""
    code, out, _ = run(capsys, "config", "render", "fw-border", "--bootstrap", "--json", "-w", root)
    document = json.loads(out)
    assert code == 0
    assert document["ok"] is True
    [device] = document["devices"]
    assert set(device) == {"device", "platform", "role", "encoding", "file", "text", "notes"}
    assert device["role"] == "bootstrap"
    assert all(note["en"] != note["zh"] for note in device["notes"])


def test_render_one_fault_leaves_the_others(root, capsys, tmp_path):
    """A faulty template of one platform: its devices are named, the others are written, exit code 2."""
    folder = root / "templates" / "huawei"
    folder.mkdir(parents=True)
    (folder / "township-router.j2").write_text("#\n{{ nowhere }}\n")
    out = tmp_path / "configs"
    code, _, err = run(
        capsys, "--lang", "zh", "config", "render", "--where", "role=township-router", "--out", out, "-w", root
    )
    assert code == 2
    assert "templates/huawei/township-router.j2:2" in err
    assert "“nowhere”未定义" in err
    assert len(list(out.iterdir())) == 10
    code, stdout, _ = run(capsys, "config", "render", "--where", "role=township-router", "--json", "-w", root)
    document = json.loads(stdout)
    assert (code, document["ok"]) == (2, False)
    assert (len(document["devices"]), len(document["failed"])) == (10, 10)


def test_render_unknown_device(root, capsys):
    """An unknown name is an error that offers the nearest one."""
    code, _, err = run(capsys, "config", "render", "rt-lantia", "-w", root)
    assert code == 2
    assert "rt-lantian" in err


def test_render_into_a_place_that_cannot_be(root, capsys, tmp_path):
    """A folder that cannot be made is an error without a traceback."""
    (tmp_path / "file").write_text("")
    code, _, err = run(capsys, "config", "render", "rt-lantian", "--out", tmp_path / "file" / "x", "-w", root)
    assert code == 2
    assert "Traceback" not in err


def test_diff_of_files(capsys, tmp_path):
    """Two files: the difference on stdout, 1 if there is one, 0 if not; the commands on request."""
    before, after = tmp_path / "before.cfg", tmp_path / "after.cfg"
    before.write_text("sysname a\n")
    after.write_text("sysname b\nsnmp-agent community read cipher Community1\n")
    code, out, err = run(capsys, "config", "diff", before, after, "--platform", "huawei", "--commands")
    assert code == 1
    assert out.splitlines() == [
        "- sysname a",
        "+ sysname b",
        "+ snmp-agent community read cipher ***",
        "sysname b",
        "snmp-agent community read cipher ***",
    ]
    assert "2 lines to add, 1 to remove" in err
    assert run(capsys, "config", "diff", after, after, "--platform", "huawei")[0] == 0


def test_diff_of_a_device(root, capsys, tmp_path):
    """A device's intended text against a running one: its own full text differs in nothing."""
    running = tmp_path / "running.cfg"
    _, text, _ = run(capsys, "config", "render", "rt-lantian", "-w", root)
    running.write_text(text)
    code, out, _ = run(capsys, "config", "diff", "rt-lantian", "--running", running, "--json", "-w", root)
    assert code == 0
    assert json.loads(out)["different"] is False
    running.write_text(text.replace("10.253.0.11", "10.253.0.99"))
    code, out, _ = run(capsys, "config", "diff", "rt-lantian", "--running", running, "--json", "-w", root)
    document = json.loads(out)
    assert code == 1
    assert (document["device"], document["platform"]) == ("rt-lantian", "huawei")
    assert document["commands"][-2] == "ip address 10.253.0.11 255.255.255.0"


WRONG = [
    (("config", "diff", "a", "b"), "--platform"),
    (("config", "diff", "a"), "--running"),
    (("config", "diff", "a", "b", "--platform", "nothing"), "huawei"),
    (("config", "diff", "{tmp}/none", "{tmp}/none", "--platform", "huawei"), "none"),
    (("config", "diff", "{tmp}/bytes", "{tmp}/bytes", "--platform", "huawei"), "bytes:2"),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("arguments", "word"), WRONG)
def test_diff_used_wrongly(capsys, tmp_path, arguments, word, lang):
    """Each wrong use says what to write instead, in both languages, with exit code 2."""
    (tmp_path / "bytes").write_bytes(b"sysname a\n\xff\xff\n")
    given = [argument.format(tmp=tmp_path) for argument in arguments]
    code, _, err = run(capsys, "--lang", lang, *given)
    assert code == 2
    assert word in err
    assert "Traceback" not in err
    assert ("提示" in err) == (lang == "zh")


@pytest.mark.usefixtures("terminal_signals")
def test_a_terminated_push_is_interrupted_not_killed():
    """SIGTERM and a closed terminal come as KeyboardInterrupt while devices are being changed, and not afterwards."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        before = signal.getsignal(number)
        with pytest.raises(KeyboardInterrupt), ended_like_an_interrupt():
            signal.raise_signal(number)
        assert signal.getsignal(number) is before
