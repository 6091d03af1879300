"""How a host with FRR is spoken to: SSH exec requests, each a command with an exit status; no prompts, no paging.

Measured with FRR 8.4.4 of Debian 12: `frr-reload.py --reload FILE` ends with `vtysh -c write`, which saves, unless
FILE is `frr.conf` in the folder given by `--confdir`; therefore the candidate has that name and that folder. vtysh
looks for a `vtysh.conf` in the same folder. Some refused lines (a wrong prefix-list) still end with status 0.
"""

from __future__ import annotations

import re

FOLDER = "/var/tmp/govnet"  # noqa: S108 - on the device, for its owner only
CANDIDATE = "frr.conf"
BEFORE = "before.conf"
GUARD = "guard"
ENDED = "ended"  # how the last reload ended; the guard script writes it

SHOW_RUNNING = 'vtysh -c "show running-config"'
SHOW_VERSION = 'vtysh -c "show version"'
WRITE = 'vtysh -c "write memory"'
MAKE_FOLDER = f"mkdir -p -m 700 {FOLDER}"
TEST = f"/usr/lib/frr/frr-reload.py --test --stdout {FOLDER}/{CANDIDATE}"
# Everybody may make folders where ours is: what lies in one of another user must not be run, nor secrets put there.
OURS = f"test -O {FOLDER} -o ! -e {FOLDER}"
GUARD_CANCEL = f"sh {FOLDER}/{GUARD} cancel"
GUARD_STATUS = f"sh {FOLDER}/{GUARD} status"

# What vtysh prints before a configuration.
PREAMBLE = re.compile(rb"\s*(?:$|Building configuration\.\.\.|Current configuration\s*:)")
# As in: b'line 3: % Unknown command:  netork 1.1.1.1/32 area 0'
REFUSED_LINE = re.compile(r"line (?P<number>\d+): (?P<answer>%[^\n\\']*)")
# Lines that vtysh shows by what the host's sysctl says. No reload takes them away.
UNREMOVABLE = re.compile(r"(?:no )?ip(?:v6)? forwarding")
SAVED = re.compile(rb"\[OK\]|configuration saved to")


def upload(name: str) -> str:
    """The command that writes its standard input to a file of ours."""
    return f"cat > {FOLDER}/{name}"


def remove(*names: str) -> str:
    """The command that removes files of ours."""
    return " ".join(["rm -f", *(f"{FOLDER}/{name}" for name in names)])


def reload_within(seconds: int) -> str:
    """The reload, ended on the host itself after some seconds: it must not go on beside the guard's own."""
    return f"sh {FOLDER}/{GUARD} reload {seconds}"


def ended_within(seconds: int) -> str:
    """Wait for the end of a reload that another session began: what it said, with its exit status."""
    return f"sh {FOLDER}/{GUARD} ended {seconds}"


def guard_arm(seconds: int) -> str:
    """The command that arms the guard with the configuration from before."""
    return f"sh {FOLDER}/{GUARD} arm {seconds} {FOLDER}/{BEFORE}"
