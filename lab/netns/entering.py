"""How a command gets into a node of a lab that a keeper holds. Standard library only: a machine's agent uses it too."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

UNSHARE: Final = ("unshare", "-m", "-n", "-p", "-f", "--kill-child", "--mount-proc", "--propagation", "private")
NAMESPACES: Final = "/run/netns"
KEEPER: Final = "lab.netns.keeper"
# Where the lab looks for programs, whatever the caller's own path is.
SEARCH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def inside(keeper: int, node: str, argv: Sequence[str]) -> list[str]:
    """The command line that runs `argv` in a node: in its network, and in its mounts and processes if it has any.

    Without a node it runs beside all of them, where their networks have names.

    The first step enters the lab, where the namespaces have their names; the second enters the node. nsenter forks to
    enter a PID namespace and passes no signal on: with `setpriv --pdeathsig` the command ends when nsenter is ended.
    """
    script = (
        f"PATH=$PATH:{SEARCH}; "
        f"pid=$(cat /run/lab/{shlex.quote(node)}/pid 2>/dev/null) && [ -d /proc/$pid ] || "
        f'exec nsenter --net={NAMESPACES}/{shlex.quote(node)} "$@"; '
        f"exec nsenter --net={NAMESPACES}/{shlex.quote(node)} --mount=/proc/$pid/ns/mnt --uts=/proc/$pid/ns/uts "
        '--pid=/proc/$pid/ns/pid_for_children -- setpriv --pdeathsig TERM "$@"'
    )
    enter = ["nsenter", "-t", str(keeper), "-m", "-n", "-p", "--", "setpriv", "--pdeathsig", "TERM"]
    return [*enter, "sh", "-c", script, "sh", *argv] if node else [*enter, *argv]
