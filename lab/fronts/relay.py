"""`python relay.py SOCKET`: one question from standard input to a socket, its answer to standard output.

For whoever asks from outside the kernel that the socket is in. Standard library only: it is started as a file, once a
question.
"""

from __future__ import annotations

import socket
import sys


def main(path: str) -> None:
    """Carry one question there and its answer back. OSError if nobody listens."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(path)
        line.sendall(sys.stdin.buffer.readline())
        while said := line.recv(1 << 16):
            sys.stdout.buffer.write(said)


if __name__ == "__main__":
    main(sys.argv[1])
