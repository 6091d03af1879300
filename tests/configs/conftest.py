"""What the tests of configs share: the example's workspace and plan, read only or as a copy with secrets."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from inventory import workspace
from ipplan import policy_file
from ipplan.allocate import make

ROOT = Path(__file__).parent.parent.parent
SECRETS = (
    "routers-password",
    "snmp-auth",
    "snmp-priv",
    "core-password",
    "core-enable",
    "snmp-community",
    "firewall-password",
    "ipsec-psk",
    "vpn-units-password",
)


@pytest.fixture(scope="session")
def city():
    """The workspace of the example and a plan made from its policy."""
    root = ROOT / "examples" / "lianyuan"
    loaded = workspace.load(root)
    return loaded, make(loaded.inventory, policy_file.load(root / "plan" / "policy.yaml"), None)


@pytest.fixture
def copy(tmp_path):
    """A copy of the example in a folder of its own, with secrets in it."""
    root = tmp_path / "city"
    shutil.copytree(ROOT / "examples" / "lianyuan", root, ignore=shutil.ignore_patterns("secrets", ".lab"))
    (root / "secrets").mkdir()
    for name in SECRETS:
        path = root / "secrets" / name
        path.write_text(f"S3cret-{name}\n")
        path.chmod(0o600)
    loaded = workspace.load(root)
    return loaded, make(loaded.inventory, policy_file.load(root / "plan" / "policy.yaml"), None)
