"""Recorded host keys: written once, and a disk that refuses is the device's error."""

from __future__ import annotations

from pathlib import Path

import pytest

from configs import known_hosts
from inventory.errors import DeviceError


def test_a_key_is_recorded_once(tmp_path: Path) -> None:
    """Recording the same key again adds no line."""
    path = tmp_path / "state" / "known_hosts"
    for _ in range(2):
        known_hosts.record(path, "rt-a", "ssh-ed25519 AAAA")
    assert known_hosts.read(path, "rt-a") == ("ssh-ed25519 AAAA",)
    assert path.read_text().count("\n") == 1


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be recorded is an error of that device, with the file and the reason, in both languages."""

    def refuse(*_arguments: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        with pytest.raises(DeviceError) as caught:
            known_hosts.record(tmp_path / "known_hosts", "rt-a", "ssh-ed25519 AAAA")
    assert caught.value.device == "rt-a"
    for language in ("en", "zh_CN"):
        text = caught.value.message.in_language(language)
        assert "No space left" in text
        assert str(tmp_path / "known_hosts") in text
