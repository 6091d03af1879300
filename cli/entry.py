"""Where the `govnet` script begins: Ctrl-C ends it without a traceback from the first import on."""

from __future__ import annotations

import sys


def main() -> None:
    """Run govnet and exit; 130 (128 + SIGINT) if somebody interrupts it before it can say so itself."""
    try:
        from cli.main import main as run  # noqa: PLC0415 - an interrupted import ends here
    except KeyboardInterrupt:
        sys.exit(130)
    run()
