"""The guard of an IOS device without an archive: an applet of the Embedded Event Manager goes back to a copy on flash.

The copy is made before the first line (`copy running-config flash:…`); the applet's countdown runs at the device,
whatever becomes of our session; then it types `configure replace flash:… force`, which takes away every line that the
copy does not have, the applet among them. No reboot, and what is saved is not touched.

Behind the applet a mark is set, an environment variable that only a restore takes away: if it is still there after the
applet was removed and none types any more, nothing was taken back in between.

Sources: Cisco, EEM command reference, “event manager applet”, “event timer” (`countdown time`, seconds), “action cli”,
“event manager environment”, “show event manager policy registered/active”, and its remark that a policy is ended after
20 seconds if `maxrun` gives it no more; Configuration Fundamentals, “configure replace” (a complete configuration made
by `copy running-config`; `force` asks nothing). From use by others and unverified on a device: that `maxrun` is known
to every EEM since 3.0; that an applet may remove itself while it types. EEM types on a free terminal line: on a device
whose lines are all taken it would wait. Where each command is authorised by a server (`aaa authorization commands`),
an applet without a user of its own is refused there, so this guard is not used.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from configs.guard import Guard, GuardKind

if TYPE_CHECKING:
    from configs.tree import Tree

NAME = "govnet-guard"
MARK = "govnet_guard"
COPY_FILE = "flash:govnet-before.cfg"
MAXRUN = 600  # seconds that going back may take
GUARD = Guard(GuardKind.SCHEDULED_RESTORE, shortest=60, longest=86_400)

SHOW_VERSION = "show event manager version"
SHOW_REGISTERED = "show event manager policy registered"
SHOW_ACTIVE = "show event manager policy active"
SHOW_MARK = "show event manager environment all"
COPY = f"copy running-config {COPY_FILE}"
DELETE = f"delete /force {COPY_FILE}"
REPLACE = "configure replace"
REMOVE = f"no event manager applet {NAME}"
UNMARK = f"no event manager environment {MARK}"

# 8192 bytes copied in 0.512 secs (16000 bytes/sec)
COPIED = re.compile(rb"\d+ bytes copied|\[OK")
# Embedded Event Manager Version 4.00
_VERSION = re.compile(r"Embedded Event Manager Version (\d+)")
OWN = re.compile(rf"event manager (?:applet {NAME}|environment {MARK})\b")
_AUTHORISED = re.compile(r"aaa authorization (?:commands|config-commands)\b")
_OLDEST = 3


def young_enough(shown: str) -> bool:
    """Whether the Event Manager is one whose applets may run for longer than 20 seconds."""
    found = _VERSION.search(shown)
    return found is not None and int(found[1]) >= _OLDEST


def hindered(running: Tree) -> bool:
    """Whether what an applet types may be refused."""
    return any(_AUTHORISED.match(node.text) for node in running.children)


def named(shown: str) -> bool:
    """Whether our applet is among those that are shown."""
    return re.search(rf"(?<!\S){re.escape(NAME)}(?!\S)", shown) is not None


def marked(shown: str) -> bool:
    """Whether our mark is among the variables that are shown."""
    return re.search(rf"(?<!\S){re.escape(MARK)}(?!\S)", shown) is not None


def lines(seconds: int) -> tuple[str, ...]:
    """What arms the guard, behind the copy."""
    return (
        f"event manager applet {NAME}",
        f"event timer countdown time {seconds} maxrun {MAXRUN}",
        'action 1.0 cli command "enable"',
        f'action 2.0 cli command "{REPLACE} {COPY_FILE} force"',
        "exit",
        f"event manager environment {MARK} armed",
    )


def left_out(tree: Tree) -> Tree:
    """A configuration without the lines of this guard."""
    own = [node.line for node in tree.children if OWN.match(node.text)]
    return replace(tree, outline=tree.outline.without(own)) if own else tree
