"""The script's first moments."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys

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


@pytest.mark.parametrize(("reader", "code"), [(True, 2), (False, 0)])
def test_only_a_reader_that_is_gone_is_a_good_end(reader: bool, code: int) -> None:
    """A pipe to something else that govnet spoke to is a failure, and nothing that passes for success."""
    script = (
        "import os, cli.common\n"
        "def fail(*_): raise BrokenPipeError(32, 'Broken pipe')\n"
        "cli.common.load_workspace = fail\n"
        "from cli.main import main; main(['inventory', 'check'])"
    )
    out, into = os.pipe()
    with subprocess.Popen([sys.executable, "-c", script], stdout=into, stderr=subprocess.PIPE, text=True) as running:
        os.close(into)
        if not reader:
            os.close(out)
        said = running.communicate()[1]
    if reader:
        os.close(out)
        assert "Broken pipe" in said
    assert running.returncode == code
