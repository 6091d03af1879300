"""Does an SSH server greet? Asked of many at once, without a thread each."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from inventory.endpoints import Endpoint


PATIENCE = 15.0
"""Seconds that a server on a busy machine may need; nobody waits for them where all of them greet."""
DOUBT = 4.0
"""Seconds after which a server that is expected to be silent is taken to be."""


def greetings(servers: Mapping[str, Endpoint], silent: Collection[str] = ()) -> dict[str, str]:
    """For each server an empty text if it sent its SSH greeting in time, else what happened instead.

    Those that are expected to be `silent` are waited for only as long as the others, or for a moment. The texts are the
    operating system's or `no greeting`, in English.
    """
    answers = dict.fromkeys(servers, "no answer")
    began = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for name, server in servers.items():
            family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
            connection = socket.socket(family, socket.SOCK_STREAM)
            connection.setblocking(False)
            code = connection.connect_ex((server.host, server.port))
            if code not in (0, errno.EINPROGRESS):
                answers[name] = os.strerror(code)
                connection.close()
                continue
            selector.register(connection, selectors.EVENT_WRITE, name)
        while waiting := [key.data for key in selector.get_map().values()]:
            patience = DOUBT if all(name in silent for name in waiting) else PATIENCE
            left = began + patience - time.monotonic()
            if left <= 0:
                break
            for key, events in selector.select(left):
                _hear(selector, key, events, answers)
        for key in list(selector.get_map().values()):
            _close(selector, key)
    return answers


def _hear(selector: selectors.BaseSelector, key: selectors.SelectorKey, events: int, answers: dict[str, str]) -> None:
    connection = key.fileobj
    assert isinstance(connection, socket.socket)  # noqa: S101 - only sockets are registered
    if events & selectors.EVENT_WRITE:
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            answers[key.data] = os.strerror(code)
            _close(selector, key)
        else:
            answers[key.data] = "no greeting"
            selector.modify(connection, selectors.EVENT_READ, key.data)
        return
    try:
        said = connection.recv(64)
    except OSError as error:
        answers[key.data] = error.strerror or "no greeting"
    else:
        answers[key.data] = "" if said.startswith(b"SSH-") else "no greeting"
    _close(selector, key)


def _close(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    selector.unregister(key.fileobj)
    if isinstance(key.fileobj, socket.socket):
        key.fileobj.close()
