"""What a machine lacks is said before anything is built, with what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from inventory.errors import LabError
from inventory.text import Message
from lab import control
from lab.netns import probe

SOURCE = Path(__file__).parents[3]


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a bare machine one line lists the packages to install."""
    monkeypatch.setattr(probe, "SEARCH", str(tmp_path))
    found = [str(message) for message in probe.missing()]
    assert len(found) == 1
    assert found[0].startswith("programs are not installed; as root: apt-get install ")
    assert {"frr", "nftables", "snmpd", "openssh-server", "strongswan-swanctl"} <= set(found[0].split())


def test_every_package_is_in_the_list_for_users() -> None:
    """What the probe tells people to install is what `make test` installs (but for what every Debian has)."""
    listed = set((SOURCE / "tools" / "packages.txt").read_text(encoding="utf-8").split("\n"))
    needed = {*probe.PROGRAMS.values(), *(package for _, _, package in probe._PLUGINS)}
    assert needed - listed <= {"util-linux", "mount", "hostname", "procps"}


@pytest.mark.lab
def test_a_machine_that_can_run_the_lab_lacks_nothing() -> None:
    """As root with the packages there is nothing to complain about."""
    assert probe.missing() == []


@pytest.mark.lab
def test_without_rights_the_step_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without root the kernel refuses, and the message says what to do."""
    unprivileged = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"]
    monkeypatch.setattr(probe, "_ENTER", [*unprivileged, *probe._ENTER])
    found = [str(message) for message in probe.missing()]
    assert len(found) == 1
    assert "run as root" in found[0]
    assert "unshare" in found[0]


@pytest.mark.lab
def test_a_kernel_feature_is_tried_not_assumed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature whose trial fails is named with the tool's words; the others are still tried."""
    features = (*probe._FEATURES, ("ip link add name x0 type nosuchkind", Message("links of no such kind")))
    monkeypatch.setattr(probe, "_FEATURES", features)
    found = [str(message) for message in probe.missing()]
    assert len(found) == 1
    assert "links of no such kind" in found[0]
    assert "nosuchkind" in found[0] or "Unknown device type" in found[0]


def test_up_refuses_with_the_first_reason(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, planned: Path) -> None:
    """`lab up` on a machine that cannot run it is an error for people, not a half-built lab."""
    monkeypatch.setattr(probe, "SEARCH", str(tmp_path))
    with pytest.raises(LabError, match="this machine cannot run a netns lab: programs are not installed"):
        control.up(planned, backend_name="netns")
    assert not (planned / ".lab" / "state.json").exists()
