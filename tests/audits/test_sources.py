"""Where documents come from: folders, files, the archive of a workspace."""

from __future__ import annotations

from ipaddress import ip_interface

import pytest

from audits.reading import assess
from audits.sources import gather
from configs.archive import Archive, masked
from inventory.errors import InputError
from inventory.model import Device, Inventory, Settings, Workspace

TEXT = b"sysname rt-a\n#\naaa\n local-user ops password simple Plain-Secret-3\n#\nreturn\n"


@pytest.fixture
def workspace(tmp_path):
    devices = {
        name: Device(name, "site", "township-router", platform, address=ip_interface("10.0.0.1/24"))
        for name, platform in (("rt-a", "huawei"), ("rt-b", "frr"))
    }
    inventory = Inventory({}, {}, {}, devices, {}, {}, {}, (), {}, {})
    return Workspace(tmp_path, Settings(), inventory)


def test_the_archive_gives_each_device_its_platform_and_its_last_text(workspace):
    """The platform comes from the inventory; masked secrets still show how they were stored."""
    Archive(workspace.root / "archive").store({"rt-a": masked("huawei", TEXT)}, "backup")
    first, second = gather(["archive:"], workspace=workspace)
    assert (first.path, first.device, first.platform) == ("rt-a/running.cfg", "rt-a", "huawei")
    assert b"Plain-Secret" not in first.content
    fact = assess(first).facts.facts["pwd_plain"]
    assert (fact.value, fact.lines) == (True, (4,))
    # A device that was never backed up is there, with its reason, and nothing about it is concluded.
    assert second.problem is not None
    assert all(entry.value is None for entry in assess(second).facts.facts.values())


def test_no_archive_is_bad_input(workspace):
    """Without an archive nothing can be audited, and the message says what to do."""
    with pytest.raises(InputError) as caught:
        gather(["archive:"], workspace=workspace)
    assert caught.value.problems[0].hint.in_language("en")
    with pytest.raises(InputError):
        gather(["archive:"])


def test_every_missing_source_is_named_at_once(tmp_path):
    """All faults together, not one at a time."""
    (tmp_path / "a.cfg").write_bytes(TEXT)
    with pytest.raises(InputError) as caught:
        gather([str(tmp_path / "a.cfg"), str(tmp_path / "x"), str(tmp_path / "y")])
    assert [problem.code for problem in caught.value.problems] == ["no-such-source", "no-such-source"]


def test_undecodable_bytes_are_told_and_not_guessed(tmp_path):
    """Bytes in neither encoding give a problem, not a text with holes."""
    (tmp_path / "bad.cfg").write_bytes(b"sysname a\n#\xff\xff\xff\n")
    (document,) = gather([str(tmp_path)], platform="huawei")
    device = assess(document)
    assert device.problem is not None
    assert "GB18030" in device.problem.in_language("en")
