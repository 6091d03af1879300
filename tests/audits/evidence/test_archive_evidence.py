"""Backups and changes: how old, by whom, and what nobody explains; from an archive and an operations log of our own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pygit2
import pytest

from audits.evidence import gather
from audits.model import Document
from configs.archive import BRANCH, Archive
from configs.dialects import platforms
from configs.operations import Operations
from configs.rollout import bundle as bundles
from configs.rollout import policy as policies
from configs.rollout.bundle import Bundle, Planned
from configs.rollout.store import Phase, Store, default_url
from configs.rollout.waves import Stop, Wave
from inventory import workspace as workspaces

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DEVICE = "rt-lantian"
TEXT = "sysname rt-lantian\n#\ninterface LoopBack0\n ip address 10.255.0.3 255.255.255.255\n#\nreturn\n"


class City:
    """A workspace whose archive and log are written with the days that a story needs."""

    def __init__(self, root, loaded):
        self.root = root
        self.loaded = replace(loaded, root=root)
        self.log = Operations(root)

    def commit(self, days, text=TEXT):
        """A text in the archive so many days ago; the commit's id."""
        archive = Archive(self.root / "archive")
        made = archive.store({DEVICE: text.encode()}, "backup")
        repository = pygit2.Repository(str(archive.path))
        commit = repository[made]
        who = pygit2.Signature("govnet", "govnet@localhost", int((NOW - timedelta(days=days)).timestamp()), 0)
        parents = [parent.id for parent in commit.parents]
        moved = repository.create_commit(None, who, who, commit.message, commit.tree_id, parents)
        repository.references.create(BRANCH, moved, force=True)
        return str(moved)

    def backup(self, days, commit="", *, lab=False):
        self.log.write("backup.done", {"names": f"x, {DEVICE}", "commit": commit, "lab": lab}, at=ago(days))

    def push(self, days, state="changed", *, lab=False):
        self.log.write("push.device", {"device": DEVICE, "state": state, "lab": lab}, who="wang", at=ago(days))

    def facts(self, *sources):
        document = Document(f"{DEVICE}/running.cfg", TEXT.encode(), DEVICE, "huawei")
        found = gather([document], self.loaded, NOW, sources=sources or ("archive", "rollout"))
        assert list(found) == sorted(found, key=lambda each: (each.device, each.fact))
        return {each.fact: each for each in found}


def ago(days):
    return NOW - timedelta(days=days)


@pytest.fixture(scope="module")
def loaded(lianyuan):
    return workspaces.load(lianyuan, platforms=platforms())


@pytest.fixture
def city(tmp_path, loaded):
    return City(tmp_path, loaded)


@pytest.mark.parametrize(
    ("committed", "backed_up", "value"), [(3, None, False), (30, None, True), (30, 2, False), (30, 9, True)]
)
def test_the_age_of_a_backup(city, committed, backed_up, value):
    """The newest of the commit and the run that found nothing changed; each stands in the records."""
    commit = city.commit(committed)
    if backed_up is not None:
        city.backup(backed_up)
    found = city.facts("archive")["backup_old"]
    assert found.value is value
    assert found.records[0].startswith(commit[:12])
    assert len(found.records) == (1 if backed_up is None else 2)


def test_a_device_that_the_archive_does_not_have_has_no_backup(city):
    """That is the weakness. Without any archive nobody knows: configurations may be audited that are kept elsewhere."""
    assert city.facts("archive")["backup_old"].value is None
    assert city.facts("archive", "rollout")["changed_outside_rollout"].value is None
    Archive(city.root / "archive").store({"rt-anping": b"x\n"}, "another")
    assert city.facts("archive")["backup_old"].value is True


def test_an_archive_that_cannot_be_read_is_unknown(city):
    """A folder that is no repository says nothing about backups."""
    (city.root / "archive").mkdir()
    (city.root / "archive" / "HEAD").write_text("nonsense")
    found = city.facts()
    assert found["backup_old"].value is None
    assert found["changed_outside_rollout"].value is None


def test_what_a_comparison_found_holds_until_the_next_backup(city):
    """`config drift --since` writes what it saw; a later backup makes it old, and without one nobody knows."""
    city.commit(3)
    assert city.facts("archive")["config_differs_from_archive"].value is None
    city.log.write("drift.since", {"names": "x", "drifted": DEVICE, "since": "2026-11-20"}, at=ago(2))
    found = city.facts("archive")["config_differs_from_archive"]
    assert (found.value, found.at) == (True, ago(2).isoformat())
    city.log.write("drift.since", {"names": DEVICE, "drifted": "x", "since": "2026-11-20"}, at=ago(1.5))
    assert city.facts("archive")["config_differs_from_archive"].value is False
    city.backup(1)
    assert city.facts("archive")["config_differs_from_archive"].value is None


def test_a_change_that_nobody_explains(city):
    """Of three changes one has a push; one is a time stamp; the third is named. The first text is no change."""
    first = city.commit(20)
    city.backup(20, first)
    city.push(15)
    text = TEXT.replace("sysname rt-lantian", "sysname rt-lantian\n#\nclock timezone BJ add 8")
    pushed = city.commit(14, text)
    city.backup(14, pushed)
    assert city.facts()["changed_outside_rollout"].value is False
    stamped = city.commit(12, "!Last configuration was saved at 2026-11-10 by wang\n" + text)
    city.backup(12, stamped)
    strange = city.commit(10, text + "telnet server enable\n")
    city.backup(10, strange)
    found = city.facts()["changed_outside_rollout"]
    assert found.value is True
    assert [record[:12] for record in found.records] == [strange[:12]]


def test_a_rehearsal_explains_no_change_of_the_network(city):
    """A push to the lab's device is no reason why the real one changed."""
    city.backup(20, city.commit(20))
    city.push(15, lab=True)
    city.backup(14, city.commit(14, TEXT + "telnet server enable\n"))
    assert city.facts()["changed_outside_rollout"].value is True


def test_a_change_before_the_log_began_is_not_judged(city):
    """Nobody could have written it down: it stays unknown, as without any log, until it is older than what is asked."""
    city.commit(200)
    city.commit(190, TEXT + "ftp server enable\n")
    city.commit(30, TEXT + "telnet server enable\n")
    assert city.facts()["changed_outside_rollout"].value is None
    city.backup(20)
    assert city.facts()["changed_outside_rollout"].value is None
    city.log.path.unlink()
    (city.root / "operations.head").unlink()
    city.backup(35)
    city.push(31)
    city.backup(29)
    assert city.facts()["changed_outside_rollout"].value is False


@pytest.mark.parametrize(
    ("state", "value"),
    [("changed", False), ("restored", False), ("unknown", True), ("untouched", None), ("same", None)],
)
def test_how_the_last_change_ended(city, state, value):
    """Unknown is a weakness; a device that was not touched says nothing of a change."""
    city.push(3, state)
    found = city.facts("rollout")["change_not_confirmed"]
    assert found.value is value
    assert len(found.records) == (value is not None)


def test_a_device_in_the_middle_of_a_dead_rollout(city):
    """The database says that it was being changed, and nobody conducts the rollout."""
    planned = {DEVICE: Planned(DEVICE, "huawei", "d")}
    waves = (Wave(1, (Stop("th-lantian", (DEVICE,)),)),)
    made = Bundle("20261120-000000-aa", city.root, NOW, "wang", "", policies.Policy(), waves, planned)
    bundles.write(made)
    store = Store(default_url(city.root))
    store.begin(made)
    store.put(made.name, Phase.RUNNING, 0.0)
    store.set_devices(made.name, [DEVICE], state="working")
    store.close()
    city.push(3)
    found = city.facts("rollout")["change_not_confirmed"]
    assert found.value is True
    assert made.name in found.records[0]


def test_a_log_that_was_altered_proves_nothing(city):
    """Whole: its last line and hash. Altered: said with its line, and everything that rests on it is unknown."""
    city.backup(30, city.commit(30))
    city.push(3)
    found = city.facts()
    assert found["operations_log_broken"].value is False
    assert found["operations_log_broken"].device == ""
    lines = city.log.path.read_text().splitlines()
    first = json.loads(lines[0])
    first["who"] = "somebody else"
    city.log.path.write_text("\n".join([json.dumps(first), *lines[1:]]) + "\n")
    found = city.facts()
    assert found["operations_log_broken"].value is True
    assert "operations.log:1" in str(found["operations_log_broken"].why)
    for fact in ("changed_outside_rollout", "change_not_confirmed", "config_differs_from_archive", "backup_old"):
        assert found[fact].value is None, fact
    city.log.path.unlink()
    (city.root / "operations.head").unlink()
    assert city.facts()["operations_log_broken"].value is None


def test_only_what_was_known_at_the_moment_counts(city):
    """Commits and lines behind the reference time are not there yet."""
    city.commit(30)
    city.commit(-2, TEXT + "telnet server enable\n")
    city.backup(-2)
    found = city.facts()
    assert found["backup_old"].value is True
    assert "30.0 days" in str(found["backup_old"].why)


def test_an_archive_of_which_a_part_is_missing_is_unknown(city):
    """Each object cut in half, a branch that leads nowhere: said, without a crash and without waiting for ever."""
    city.commit(30)
    city.commit(3, TEXT + "telnet server enable\n")
    whole = [path for path in (city.root / "archive" / "objects").rglob("*") if path.is_file()]
    for path in whole:
        content = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(content[: len(content) // 2])
        assert city.facts("archive")["backup_old"].value in (None, False), path
        path.write_bytes(content)
    branch = city.root / "archive" / BRANCH
    for content in (b"0" * 40 + b"\n", b"garbage"):
        branch.write_bytes(content)
        assert city.facts("archive")["backup_old"].value is None


@pytest.mark.parametrize("content", [b"not a database" * 100, b"\xff\xfe"])
def test_a_database_that_cannot_be_read_leaves_it_open(city, content):
    """Whether a rollout left the device in the middle is not known; what the log tells of weaknesses stays."""
    planned = {DEVICE: Planned(DEVICE, "huawei", "d")}
    waves = (Wave(1, (Stop("th-lantian", (DEVICE,)),)),)
    bundles.write(Bundle("20261120-000000-aa", city.root, NOW, "wang", "", policies.Policy(), waves, planned))
    (city.root / "state.db").write_bytes(content)
    city.push(3)
    assert city.facts("rollout")["change_not_confirmed"].value is None
    city.push(2, "unknown")
    assert city.facts("rollout")["change_not_confirmed"].value is True


@pytest.mark.parametrize("content", [b"[" * 100_000 + b"\n", b"\xff\xfe\n", b"null\n", b"{}\n"])
def test_a_log_of_something_else_is_broken(city, content):
    """Whatever the file holds, and whatever its head does."""
    city.backup(3, city.commit(3))
    head = city.root / "operations.head"
    log, kept = city.log.path.read_bytes(), head.read_bytes()
    city.log.path.write_bytes(log + content)
    assert city.facts()["operations_log_broken"].value is True
    city.log.path.write_bytes(log)
    head.write_bytes(b"\xff\xff")
    assert city.facts()["operations_log_broken"].value is True
    head.write_bytes(kept)
    assert city.facts()["operations_log_broken"].value is False
