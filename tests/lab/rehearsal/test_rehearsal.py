"""A change rehearsed on real FRR routers in namespaces: there, back, there again, with traffic on the network."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.patience import until

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]


class Page(HTMLParser):
    """The page's tags that were opened and not closed, and what it takes from elsewhere."""

    VOID = frozenset({"meta", "line", "rect", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.foreign: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag opens."""
        self.foreign += [value for key, value in attrs if key in ("src", "href") and value]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        """A tag closes."""
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_a_change_goes_there_and_back_without_a_loss(tmp_path: Path, make_town: Callable[..., Any]) -> None:
    """Nothing lost, every pair as before, the routers' texts byte for byte as they were; a page says so."""
    town = make_town(tmp_path / "town", 1)
    wanted = tmp_path / "wanted"
    wanted.mkdir()
    text = town.text("r1").replace("!\nend", "!\nip route 10.99.0.0/16 blackhole\n!\nend")
    (wanted / "r1.cfg").write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    done = town.rehearse(wanted, "--out", str(out))
    assert (done["exit"], done["ok"], done["findings"]) == (0, True, [])
    assert [leg["way"] for leg in done["legs"]] == ["forth", "back", "again"]
    for leg in done["legs"]:
        assert [(row["name"], row["state"]) for row in leg["devices"]] == [("r1", "changed")]
        assert (leg["lost"], leg["probes"] > 10) == (0, True)
        assert leg["neighbours"] == {"core": 1, "r1": 1}
        assert [seen["passed"] for seen in leg["matrix"]] == [True, True]
    page = (out / "rehearsal.html").read_text(encoding="utf-8")
    parsed = Page(page)
    assert (parsed.open, parsed.foreign) == ([], [])
    assert "<svg" in page
    assert "Nothing is wrong" in page
    assert not (town.root / ".lab").exists()
    assert not (town.root / "rollouts").exists()


def test_a_rehearsal_that_is_killed_leaves_nothing(tmp_path: Path, make_town: Callable[..., Any]) -> None:
    """The copy with its secrets, its mounts and its processes go with it; the workspace is as it was."""
    town = make_town(tmp_path / "town", 1)
    (tmp_path / "wanted").mkdir()
    text = town.text("r1").replace("!\nend", "!\nip route 10.99.0.0/16 blackhole\n!\nend")
    (tmp_path / "wanted" / "r1.cfg").write_text(text, encoding="utf-8")
    (tmp_path / "tmp").mkdir()
    before = {path for path in tmp_path.rglob("*") if "__pycache__" not in str(path)}
    words = ["lab", "rehearse", str(town.today), "--change", str(tmp_path / "wanted"), "-w", str(town.root)]
    with subprocess.Popen(
        [sys.executable, "-c", "from cli.main import main; main()", *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env={
            **os.environ,
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "GOVNET_OPERATOR": "li",
            "TMPDIR": str(tmp_path / "tmp"),
        },
        text=True,
    ) as running:
        assert running.stderr is not None
        assert any(line.startswith("today:") for line in running.stderr)
        copy = Path(f"/proc/{running.pid}/root/dev/shm/workspace")
        secrets = [path.read_text(encoding="utf-8") for path in (copy / "secrets").iterdir()]
        assert secrets
        assert all(secret.startswith("Lab-") for secret in secrets)
        mounts = Path(f"/proc/{running.pid}/ns/mnt").readlink()
        running.kill()
    until(lambda: mounts not in _namespaces(), "somebody still has the mounts")
    assert {path for path in tmp_path.rglob("*") if "__pycache__" not in str(path)} == before
    assert not Path("/dev/shm/workspace").exists()


@pytest.mark.parametrize(("used", "place"), [("/srv", "/dev/shm"), ("/dev/shm/city", "/mnt")])
def test_a_rehearsal_covers_nothing_that_it_needs(used: str, place: str) -> None:
    """Its copy is in memory of its own, over a folder that nothing is read from."""
    script = (
        "import sys; from pathlib import Path; from lab.rehearsal import scratch\n"
        "with scratch.place(Path(sys.argv[1])) as place: print(place, sorted(place.iterdir()), place.is_mount())"
    )
    before = Path("/proc/self/mounts").read_text(encoding="utf-8")
    done = subprocess.run([sys.executable, "-c", script, used], capture_output=True, text=True, check=True, cwd="/")
    assert done.stdout.splitlines()[0] == f"{place} [] True"
    assert Path("/proc/self/mounts").read_text(encoding="utf-8") == before


def _namespaces() -> set[Path]:
    """The mount namespaces of all processes."""
    found = set()
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            found.add((entry / "ns" / "mnt").readlink())
    return found


@pytest.mark.soak
def test_a_readdressing_of_a_small_town(tmp_path: Path, make_town: Callable[..., Any]) -> None:
    """All stages, each there, back and there again: no probe is lost, and every text returns."""
    town = make_town(tmp_path / "town", 2)
    done = town.rehearse(town.mapping())
    assert (done["exit"], done["findings"]) == (0, [])
    sent = [(leg["stage"], leg["way"]) for leg in done["legs"] if leg["devices"]]
    assert sent == [(stage, way) for stage in ("add", "remove") for way in ("forth", "back", "again")]
    assert sum(leg["lost"] for leg in done["legs"]) == 0
    last = {(seen["source"], seen["passed"]) for seen in done["legs"][-1]["matrix"]}
    assert last == {(f"59.193.{number}.128", True) for number in range(3)}


@pytest.mark.soak
def test_a_line_that_is_down_in_the_middle(tmp_path: Path, make_town: Callable[..., Any]) -> None:
    """The report says which pairs lost what, and that the line was down; behind it all is well again."""
    town = make_town(tmp_path / "town", 2)
    done = town.rehearse(town.mapping(), "--once", "--fault", "ln-r2=down@add")
    assert done["exit"] == 1
    assert {finding["kind"] for finding in done["findings"]} == {"loss"}
    assert all("pc-r2" in finding["pair"] for finding in done["findings"])
    assert all("ln-r2 is down" in finding["told"]["en"] for finding in done["findings"])
    add = done["legs"][0]
    assert all(row["gaps"] and row["lost"] > 3 for row in add["losses"])
    assert all(seen["passed"] for seen in add["matrix"])
