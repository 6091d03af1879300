"""`govnet plan …`: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from cli.main import main
from inventory.model import Area

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def workspace(lianyuan: Path, tmp_path: Path) -> Path:
    """A copy of the example."""
    return shutil.copytree(lianyuan, tmp_path / "lianyuan", ignore=shutil.ignore_patterns(".lab", "archive", "secrets"))


@pytest.fixture
def run(workspace: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs `govnet plan …` in the copy: exit code, stdout, stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as caught:
            main([*arguments, "-w", str(workspace)])
        out, err = capsys.readouterr()
        return int(caught.value.code or 0), out, err

    return call


def document(text: str) -> dict[str, Any]:
    """The one JSON document on stdout."""
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def edit(path: Path, old: str, new: str) -> None:
    """Change a text that is in the file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_make_check_and_make_again(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """Made from nothing it is the committed plan; made again nothing happens, and the file is not touched."""
    path = workspace / "plan" / "plan.csv"
    committed = path.read_bytes()
    path.unlink()
    code, out, _ = run("plan", "make", "--check", "--json")
    assert (code, path.exists(), document(out)["changed"]) == (1, False, True)
    code, out, _ = run("plan", "make", "--json")
    assert (code, len(document(out)["added"]), document(out)["written"]) == (0, 129, True)
    assert path.read_bytes() == committed
    before = path.stat()
    code, out, _ = run("plan", "make")
    assert code == 0
    assert "added 0, kept 129, grown 0, moved 0, removed 0" in out
    assert "plan/plan.csv is up to date" in out
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == (before.st_mtime_ns, before.st_ino)
    assert run("plan", "make", "--check")[0] == 0
    code, out, _ = run("plan", "check", "--json")
    assert (code, document(out)) == (
        0,
        {"ok": True, "file": "plan/plan.csv", "allocations": 129, "blocks": 20, "migration": None, "warnings": []},
    )


def test_make_after_an_edit(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """More hosts in one township: its LAN doubles in place, all else stays; both languages say so."""
    edit(
        workspace / "inventory" / "sites.csv",
        "th-baima,白马镇机关,431382111,gov-baima,60",
        "th-baima,白马镇机关,431382111,gov-baima,200",
    )
    code, out, _ = run("--lang", "zh", "plan", "make", "--check")
    assert code == 1
    assert "新增 0，保持 128，原地扩容 1，改址 0，删除 0" in out
    code, out, _ = run("plan", "make", "--json")
    (grown,) = document(out)["grown"]
    assert (code, grown["owner"], grown["before"][:-3], grown["prefix"][-3:]) == (
        0,
        "lan-baima",
        grown["prefix"][:-3],
        "/23",
    )


def test_moves_are_refused_with_exit_4(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """A pool that is taken away: the list, exit code 4, the old file; with --allow-moves it is done."""
    path = workspace / "plan" / "plan.csv"
    before = path.read_bytes()
    edit(workspace / "plan" / "policy.yaml", "10.254.0.0/23", "10.252.0.0/23")
    code, out, err = run("plan", "make")
    assert (code, out, path.read_bytes()) == (4, "", before)
    assert "21 allocations would have to move:" in err
    assert "ln-anping: 10.254.0.16/30 → 10.252.0.16/30" in err
    assert "hint: plan the renumbering" in err
    code, out, _ = run("plan", "make", "--json")
    assert (code, document(out)["ok"], len(document(out)["error"]["moves"])) == (4, False, 21)
    code, out, _ = run("plan", "make", "--allow-moves", "--json")
    assert (code, len(document(out)["moved"])) == (0, 21)
    assert run("plan", "check")[0] == 0


def test_an_impossible_plan_ends_with_exit_2(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """What is lacking and what mends it, with the policy's line; the old plan stands."""
    before = (workspace / "plan" / "plan.csv").read_bytes()
    edit(workspace / "plan" / "policy.yaml", "10.30.0.0/19", "10.30.0.0/21")
    code, _, err = run("plan", "make")
    assert code == 2
    assert "the pool “units” (area public, 10.30.0.0/21) is too small: unit-lan × 65 need 7040 addresses" in err
    assert "enlarge the pool's 10.30.0.0/21 to 10.30.0.0/19" in err
    code, _, err = run("--lang", "zh", "plan", "make")
    assert "把地址池的 10.30.0.0/21 扩大为 10.30.0.0/19" in err
    assert (workspace / "plan" / "plan.csv").read_bytes() == before


def test_check_names_every_fault(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """Hand edits are found with file and line, in one go: 2 if a file cannot be used, 1 if it can and is wrong."""
    edit(workspace / "plan" / "plan.csv", "lan-anping,10.20.32.0/24", "lan-anping,10.020.32.0/24")
    edit(workspace / "plan" / "plan.csv", "ln-anping,10.254.0.16/30", "ln-anping,10.254.0.17/30")
    code, out, err = run("plan", "check")
    assert (code, out) == (2, "")
    assert "leading zeros" in err
    assert "write 10.254.0.16/30" in err
    assert err.count("plan/plan.csv:") == 2
    code, out, _ = run("plan", "check", "--json")
    assert {problem["code"] for problem in document(out)["error"]["problems"]} == {"leading-zero", "host-bits"}
    edit(workspace / "plan" / "plan.csv", "lan-anping,10.020.32.0/24", "lan-anping,10.20.32.0/24")
    edit(workspace / "plan" / "plan.csv", "ln-anping,10.254.0.17/30", "ln-anping,10.254.0.4/30")
    code, out, err = run("plan", "check")
    assert (code, out, "overlaps 10.254.0.4/30" in err) == (1, "", True)


def test_rules_that_give_nobody_anything(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """A condition that selects nothing is told with its line, on stderr and in JSON; the plan is made all the same."""
    path = workspace / "plan" / "policy.yaml"
    text = path.read_text(encoding="utf-8").rstrip() + "\n"
    extra = "  - {name: later, pool: loopbacks, for: loopback, where: role = nobody, ipv4: {length: 32}}\n"
    path.write_text("exclude: {where: role = nothing}\n" + text + extra, encoding="utf-8")
    line = (text + extra).count("\n") + 1
    for verb in ("make", "check"):
        code, _, err = run("plan", verb)
        assert (code, f"plan/policy.yaml:{line}: later.where: the function “later” gives nobody" in err) == (0, True)
        code, _, err = run("--lang", "zh", "plan", verb)
        assert "用途“later”没有给任何对象分配地址段" in err
        warned = document(run("plan", verb, "--json")[1])["warnings"]
        assert [warning["code"] for warning in warned] == ["idle-function", "idle-exclusion"]


def test_show(run: Callable[..., tuple[int, str, str]]) -> None:
    """All of it with utilisation, one device with its interfaces, one region, one area; unknown names are refused."""
    code, out, _ = run("plan", "show", "--json")
    shown = document(out)
    assert (code, len(shown["allocations"]), len(shown["pools"])) == (0, 129, 5)
    code, out, _ = run("plan", "show", "rt-anping", "--json")
    shown = document(out)
    assert {row["owner"] for row in shown["allocations"]} == {"rt-anping", "ln-anping", "lan-anping"}
    assert shown["device"]["interfaces"]["eth2"] == ["10.20.32.1/24"]
    code, out, _ = run("plan", "show", "--region", "安平镇", "--json")
    assert {row["region"] for row in document(out)["allocations"]} == {"431382102"}
    code, out, _ = run("plan", "show", "--area", "management")
    assert (code, "10.255.0.1/32" in out, "lan-anping" in out) == (0, True, False)
    for arguments in (["nobody"], ["--region", "安平"], ["--area", "publik"]):
        code, _, err = run("plan", "show", *arguments)
        assert (code, "there is no" in err) == (2, True)
    err = run("plan", "show", "--area", "nope")[2]
    assert all(area.value in err for area in Area)


def test_diff(workspace: Path, tmp_path: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """No difference is exit 0; a difference is exit 1 and is told."""
    other = tmp_path / "other.csv"
    shutil.copy(workspace / "plan" / "plan.csv", other)
    assert run("plan", "diff", str(other))[0] == 0
    edit(other, "ln-anping,10.254.0.16/30", "ln-anping,10.254.0.252/30")
    code, out, _ = run("plan", "diff", str(other), "--json")
    (moved,) = document(out)["moved"]
    assert (code, moved["owner"], moved["before"], moved["prefix"]) == (
        1,
        "ln-anping",
        "10.254.0.16/30",
        "10.254.0.252/30",
    )
    assert run("plan", "diff", str(tmp_path / "none.csv"))[0] == 2


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON document, whatever else is asked."""
    with pytest.raises(SystemExit):
        main(["plan", "policy-schema"])
    assert document(capsys.readouterr().out)["title"] == "PolicyIn"


def test_check_looks_at_the_migration_too(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """With a mapping, else with a table of today: a swap is told, a place that never becomes free is a fault."""
    folder = workspace / "plan"
    for name in ("current.csv", "current.xlsx", "hosts.csv", "mapping.csv"):
        (folder / name).unlink(missing_ok=True)
    assert document(run("plan", "check", "--json")[1])["migration"] is None
    (folder / "mapping.csv").write_text("old,new\n10.1.0.0/24,10.2.0.0/24\n10.2.0.0/24,10.1.0.0/24\n", encoding="utf-8")
    code, out, _ = run("plan", "check", "--json")
    migration = document(out)["migration"]
    assert (code, migration["cycles"], len(migration["temporary"])) == (0, [["10.1.0.0/24", "10.2.0.0/24"]], 1)
    code, out, _ = run("plan", "check")
    assert (code, "2 prefixes move" in out, "1 circles are broken by 1" in out) == (0, True, True)
    kept = "old,new\n10.1.0.0/24,10.2.0.0/24\n10.2.0.0/24,10.2.0.0/24\n"
    (folder / "mapping.csv").write_text(kept, encoding="utf-8")
    code, _, err = run("plan", "check")
    assert (code, "10.1.0.0/24 goes to 10.2.0.0/24, but 10.2.0.0/24 stays there" in err) == (1, True)
    (folder / "mapping.csv").unlink()
    lan = next(row for row in document(run("plan", "show", "lan-anping", "--json")[1])["allocations"])["prefix"]
    today = f"prefix,owner,function,gateway,hosts,mode\n10.1.0.0/24,lan-anping,,,,\n{lan},somebody else,,,,keep\n"
    (folder / "current.csv").write_text(today, encoding="utf-8")
    code, out, _ = run("plan", "check", "--json")
    assert (code, [problem["code"] for problem in document(out)["error"]["problems"]]) == (1, ["clash"])


def test_show_routing(workspace: Path, run: Callable[..., tuple[int, str, str]]) -> None:
    """AS numbers of the regions, and each VRF's RD in each of them."""
    path = workspace / "plan" / "policy.yaml"
    rules = (
        "routing:\n  asn: 65000\n  vrfs: [{name: default, number: 7}]\n"
        '  regions: [{level: township, base: 64512, digits: 3, numbers: {"431382102": 65102}}]\n'
    )
    path.write_text(rules + path.read_text(encoding="utf-8"), encoding="utf-8")
    assert run("plan", "make")[0] == 0
    assert run("plan", "check")[0] == 0
    shown = document(run("plan", "show", "--routing", "--region", "431382102", "--json")[1])
    assert shown["as_numbers"] == [{"level": "township", "region": "431382102", "asn": 65102}]
    assert [row["rd"] for row in shown["vrfs"]] == ["65000:7", "65102:7"]
    code, out, _ = run("plan", "show", "--routing")
    assert (code, "64515" in out, "65102:7" in out) == (0, True, True)
