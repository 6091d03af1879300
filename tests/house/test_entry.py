"""The script's first moments."""

from __future__ import annotations

import builtins

import pytest

from cli import entry


def test_an_interrupt_while_modules_are_loaded_shows_no_traceback(monkeypatch, capsys):
    """Ctrl-C before anything is there that could answer it."""
    real = builtins.__import__

    def interrupted(name, *arguments, **named):
        if name == "cli.main":
            raise KeyboardInterrupt
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", interrupted)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == ""
