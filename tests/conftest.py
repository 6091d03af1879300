"""What all tests share: where the test data is, what may be skipped, a clean language and environment."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from inventory.text import set_language

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
# Programs of tools/packages.txt without which a test with the marker cannot run.
NEEDED = {
    "lab": ("ip", "unshare", "nsenter", "nft", "snmpd", "sshd", "vtysh", "swanctl"),
    "browser": ("chromium",),
}
EXTRA_PATH = ("/usr/sbin", "/sbin", "/usr/lib/frr", "/usr/lib/ipsec")


def _reason_to_skip(marker: str) -> str:
    if marker == "corpus":
        return "" if CORPUS.is_dir() else f"the test data is not at {CORPUS}"
    path = os.pathsep.join((os.environ.get("PATH", ""), *EXTRA_PATH))
    missing = [program for program in NEEDED[marker] if not shutil.which(program, path=path)]
    if missing:
        return f"not installed: {', '.join(missing)} (tools/packages.txt)"
    if marker == "lab" and os.geteuid() != 0:
        return "the lab's namespaces need root"
    if marker == "lab" and sys.platform != "linux":
        return "the lab needs Linux"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, with the reason; under GOVNET_REQUIRE_LAB that is an error instead."""
    reasons = {marker: _reason_to_skip(marker) for marker in ("corpus", *NEEDED)}
    required = bool(os.environ.get("GOVNET_REQUIRE_LAB"))
    for item in items:
        for marker, reason in reasons.items():
            if not reason or item.get_closest_marker(marker) is None:
                continue
            if required and marker in NEEDED:
                raise pytest.UsageError(f"GOVNET_REQUIRE_LAB is set, and tests of the lab cannot run: {reason}")
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def _english() -> None:
    """Each test starts in English, whatever the machine's locale."""
    set_language("en")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The test data beside the checkout; tests that use it carry the marker `corpus`."""
    return CORPUS


@pytest.fixture(scope="session")
def lianyuan() -> Path:
    """The example workspace; read it only, copy it to change it."""
    return ROOT / "examples" / "lianyuan"
