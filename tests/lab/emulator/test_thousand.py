"""How many devices one process carries."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.patience import PATIENCE

PROGRAM = Path(__file__).with_name("thousand.py")


def test_a_thousand_devices_in_one_process():
    """1,000 devices of all platforms boot and listen, SSH and SNMP, in less than 100 MB; the thousandth answers."""
    done = subprocess.run(
        [sys.executable, "-P", str(PROGRAM)], capture_output=True, text=True, timeout=5 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["listening"] == 1000
    assert figures["answers"]
    assert figures["megabytes"] < 100
