"""What is archived of a device, in either encoding: its bytes, its secrets as `***`, no drift from what is meant."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from configs import drift
from configs import push as pushing
from configs.archive import Archive
from configs.dialects import dialect

FILES = sorted((Path(__file__).parent / "cases").glob("*.yaml"))
CASES = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
CASES = {name: case for name, case in CASES.items() if "platform" not in case}  # one of each platform
CHINESE = re.compile("[一-鿿]")


# A Linux host's files are UTF-8.
BOTH = [(name, encoding) for name in sorted(CASES) for encoding in ("utf-8", "gb18030")[: 1 if name == "frr" else 2]]


@pytest.mark.parametrize(("platform", "encoding"), BOTH)
def test_backup(worlds, tmp_path, platform, encoding):
    """Chinese is stored in the bytes the device sent; the text as archived is what was intended."""
    case = CASES[platform]
    login = {"login": tuple(case["login"])} if case.get("login") else {}
    # It boots with the Chinese text: how a line is sent is not in question here.
    bench = worlds.start(
        platform,
        case["text"] + case["harmless"],
        model=case.get("model", ""),
        interface=case["interface"],
        enable=case.get("enable", ""),
        encoding=encoding,
        **login,
    )
    network = IPv4Network(f"{bench.address}/24", strict=False)
    wanted = case["harmless"].replace("{gateway}", str(network[254])).replace("{address}", str(bench.address))
    job = bench.job("")
    (backup,) = pushing.backup([job])
    assert backup.error is None, backup.error
    archive = Archive(tmp_path / "archive")
    archive.store({"dev": backup.text}, "backup")
    text = archive.read("dev")
    assert text == backup.text
    assert b"Secret-123" not in text
    shown = bench.do(lambda device: device.show(device.running))
    chinese = [line.rstrip() for line in shown.splitlines() if CHINESE.search(line)]
    assert chinese or not CHINESE.search(wanted)
    for line in chinese:
        assert line.encode(encoding) in text
    spoken = dialect(platform)
    there = [line.rstrip() for line in text.decode(encoding).splitlines()]
    for line in filter(None, map(str.rstrip, spoken.mask(shown).splitlines())):
        assert line in there or line.startswith(("!", "#", "Current", "Building")), line
    management = bench.job("").management
    same = drift.against("dev", platform, text, wanted.encode(), management=management)
    assert (same.state, same.diff) == (drift.State.SAME, "")
    (later,) = pushing.backup([job])
    assert drift.between("dev", platform, text, later.text).state is drift.State.SAME
