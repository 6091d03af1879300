"""Our model of a Linux host with FRRouting 8.4: a shell that knows a dozen commands, and vtysh.

FRR's text and messages as its user guide and its tools give them; `frr-reload.py` is modelled by what it does: merge
and removal in one step, `write` at the end unless its file is `frr.conf` of the folder given by `--confdir`.
"""

from lab.emulator.frr.host import FrrDevice

__all__ = ["FrrDevice"]
