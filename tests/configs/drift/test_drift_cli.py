"""`govnet config backup`, `show` and `drift` on emulated devices: masked, sealed, and what somebody changed by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli.init import invent_secrets
from configs import push as pushing
from inventory import workspace
from lab import control
from tests.patience import PATIENCE

EXAMPLE = Path(__file__).parents[3] / "examples" / "lianyuan"
GOVNET = Path(sys.executable).with_name("govnet")
NAMES = ("core-city", "rt-lantian", "rt-liumutang")  # IOS, VRP, FRR
WHERE = f"name in ({', '.join(NAMES)})"
GATEWAY = "vg-baima"  # a Linux machine: the emulated lab cannot play it
WITH_GATEWAY = f"name in ({', '.join((*NAMES, GATEWAY))})"
# A value that a template gives, and a line that none speaks of.
BY_HAND = "interface GigabitEthernet0/0/2\n description 手工修改 by hand\ninterface LoopBack0\n description extra\n"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Three devices of the example, brought to what is intended; a fourth that the lab cannot play."""
    root = tmp_path_factory.mktemp("drift") / "lianyuan"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("secrets", ".lab", "archive", "reports"))
    invent_secrets(workspace.load(root))
    control.up(root, backend_name="emulated", where=WITH_GATEWAY)
    yield root
    control.down(root)


@pytest.fixture(scope="module")
def run(root):
    """Runs a command in the workspace: exit code, standard output, standard error."""

    def call(*arguments, language="en"):
        done = subprocess.run(
            [str(GOVNET), "--lang", language, "config", *arguments, "-w", str(root)],
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return done.returncode, done.stdout, done.stderr.decode()

    code, out, err = call("push", "--lab", "--commit", *NAMES)
    assert code == 0, out.decode() + err
    return call


def by_hand(root, text):
    """Somebody changes a router without telling anyone."""
    from dataclasses import replace

    loaded = workspace.load(root)
    state = control.load(root)
    (job,) = pushing.jobs(loaded, [loaded.inventory.devices["rt-lantian"]], {}, state.endpoints())
    (result,) = pushing.push([replace(job, intended=text)], commit=True)
    assert result.error is None, result.error


def test_the_story(root, run, tmp_path):
    """Nothing drifts; a change by hand is found on the device, later in the archive, and since the day before."""
    assert run("drift", "--archive", "--lab", *NAMES)[0] == 2, "there is no archive yet"
    code, out, _ = run("backup", "--lab", "--where", WHERE, "--json")
    first = json.loads(out)["commit"]
    assert code == 0
    code, out, err = run("drift", "--lab", "--where", WHERE)
    assert (code, out.decode().count("as intended")) == (0, 3), out.decode() + err
    assert "0 of 3 devices differ, 0 unknown" in err
    by_hand(root, BY_HAND)

    metrics = tmp_path / "drift.prom"
    code, out, _ = run("drift", "--lab", "--where", WHERE, "--json", "--metrics", str(metrics))
    document = json.loads(out)
    assert (code, document["ok"], document["drifted"], document["unknown"]) == (1, False, 1, 0)
    found = {item["name"]: item for item in document["devices"]}
    assert found["rt-lantian"]["state"] == "drifted"
    assert "-  description 手工修改 by hand\n" in found["rt-lantian"]["diff"]
    assert "+  description 蓝田街道机关\n" in found["rt-lantian"]["diff"]
    assert "extra" not in found["rt-lantian"]["diff"], "no template speaks of it"
    assert found["core-city"]["diff"] == ""
    assert "-  description extra" in run("drift", "--lab", "rt-lantian", "--exact")[1].decode()
    lines = metrics.read_text().splitlines()
    assert 'govnet_config_drift{device="rt-lantian"} 1' in lines
    assert 'govnet_config_drift{device="core-city"} 0' in lines

    assert run("drift", "--lab", "--archive", *NAMES)[0] == 0, "the archive does not know yet"
    assert run("backup", "--lab", "--where", WHERE)[0] == 0
    assert run("drift", "--lab", "--archive", *NAMES)[0] == 1
    code, out, _ = run("drift", "--lab", "--archive", "--since", first, *NAMES, "--json")
    document = json.loads(out)
    found = {item["name"]: item for item in document["devices"]}
    assert (code, document["drifted"]) == (1, 1)
    assert "+  description 手工修改 by hand\n" in found["rt-lantian"]["diff"]
    assert run("drift", "--lab", "--since", first, "core-city")[0] == 0
    code, out, err = run("drift", "--lab", "rt-lantian", language="zh")
    assert code == 1
    assert "已偏离" in out.decode()
    assert "1 台设备中有 1 台存在差异" in err


def test_a_device_that_does_not_answer_is_unknown(run, tmp_path):
    """Exit code 3, no value among the metrics, and a device the archive has never seen is unknown too."""
    metrics = tmp_path / "drift.prom"
    code, out, _ = run("drift", "--lab", "core-city", "rt-anping", "--json", "--metrics", str(metrics))
    document = json.loads(out)
    states = {item["name"]: item["state"] for item in document["devices"]}
    assert (code, states) == (3, {"core-city": "same", "rt-anping": "unknown"})
    text = metrics.read_text()
    assert "rt-anping" not in text
    assert "govnet_config_drift_unknown_devices 1" in text
    code, out, err = run("drift", "--lab", "--archive", "rt-anping")
    assert code == 3
    assert "no configuration of rt-anping in the archive" in err
    code, _, err = run("drift", "--lab", "core-city", "--since", "2026-01-01")
    assert code == 3
    assert run("drift", "--lab", "core-city", "--since", "yesterday")[0] == 2
    assert run("drift", "--lab", "core-city", "--since", "2026-01-01", "--exact")[0] == 2


def test_a_device_that_the_lab_cannot_play(run):
    """It is left out and told, however the command came to it; whoever names it hears that it was not reached."""
    assert run("backup", "--lab", "--where", WHERE)[0] == 0
    told = "1 devices of platform linux are left out: there is no emulator of this platform"
    for command in (("push",), ("backup",), ("drift",), ("drift", "--archive")):
        code, out, err = run(*command, "--lab", "--where", WITH_GATEWAY)
        assert code in (0, 1), out.decode() + err
        assert told in " ".join(err.split())
        assert GATEWAY not in out.decode()
        code, _, err = run(*command, "--lab", GATEWAY)
        assert code == 3
        assert GATEWAY in err
    code, _, err = run("backup", "--lab", "--where", WITH_GATEWAY, language="zh")
    assert "跳过 1 台 linux 平台的设备" in err


def test_sealed(root, run, tmp_path):
    """The copy with secrets opens with the recipient's key only; the masked one and git hold none of them."""
    pyrage = pytest.importorskip("pyrage", reason="the extra `age` (pyrage) is not installed")
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    for name, key in (("mine", identity), ("other", other)):
        (tmp_path / name).write_text(f"# created: today\n{key}\n")
    (tmp_path / "recipients").write_text(f"# the safe\n{identity.to_public()}\n")
    code, out, err = run("show", "rt-lantian", "--sealed", "--identity", str(tmp_path / "mine"))
    assert (code, out) == (2, b"")
    assert "no sealed copy of rt-lantian" in err
    code, out, err = run("backup", "--lab", *NAMES, "--sealed-for", str(tmp_path / "recipients"), "--json")
    assert (code, {item["sealed"] for item in json.loads(out)["devices"]}) == (0, {True}), err
    code, sealed, err = run("show", "rt-lantian", "--sealed", "--identity", str(tmp_path / "mine"))
    masked = run("show", "rt-lantian")[1]
    assert code == 0
    assert b"***" in masked
    assert b"***" not in sealed
    assert len(sealed.splitlines()) == len(masked.splitlines())
    assert b"irreversible-cipher $1a$" in sealed
    blobs = subprocess.run(
        ["git", "-C", str(root / "archive"), "grep", "-c", "$1a$", "main"], capture_output=True, check=False
    )
    assert blobs.stdout == b""
    code, _, err = run("show", "rt-lantian", "--sealed", "--identity", str(tmp_path / "other"))
    assert (code, "does not open" in err) == (2, True)
    code, _, err = run("show", "rt-lantian", "--sealed", language="zh")
    assert (code, "--identity" in err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--sealed-for", "nobody"), "neither a public key nor a file"),
        (("--sealed-for", "age1nonsense"), "no public key that age can encrypt for"),
        (("--all", "core-city"), "contradict each other"),
    ],
)
def test_wrong_words_before_any_device_is_asked(run, arguments, said):
    """A recipient that is none, a choice that is none."""
    code, out, err = run("backup", "--lab", *arguments)
    assert (code, out, said in err) == (2, b"", True), err
