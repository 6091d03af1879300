"""Without the right, the interface or the program: not run, with the reason, and nothing concluded."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

import pytest

from audits.probes import allow, link, place, run, wire
from audits.probes.gate import Gate
from audits.probes.model import Aim, CannotRunError, Control, Kind, Probe, Protocol, Target, Vantage
from audits.probes.place import Interface
from audits.probes.wire import Network

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOP = ip_address("127.0.0.1")
HERE = Vantage("here", "lo")
FILE = b"""\
rate: {target: 50, all: 200}
targets:
  - {prefix: 127.0.0.0/8, ports: [icmp, tcp/1-65535]}
links:
  - {vantage: here, frames: [arp, dhcp], prefixes: [127.0.0.0/8]}
"""


@contextmanager
def refused(_: Vantage) -> Iterator[None]:
    """As the kernel refuses a raw socket to a user without CAP_NET_RAW."""
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
    yield


@pytest.fixture
def network() -> Network:
    return Network(Gate(allow.parse(FILE, "allow.yaml")))


def test_frames_without_the_right_are_not_sent(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A discovery that could not be sent has found no server, and says why."""
    monkeypatch.setattr(link, "entered", refused)
    monkeypatch.setattr(wire, "interface", lambda _: Interface("lo", 1, "02:00:00:00:00:09", LOOP, None))
    monkeypatch.setattr(link, "interface", lambda _: Interface("lo", 1, "02:00:00:00:00:09", LOOP, None))
    (result,) = run.run([Probe("dhcp", Kind.DHCP, HERE)], network)
    (answer,) = result.answers
    assert (answer.state, answer.value) == ("not_run", None)
    assert str(answer.why) == "not run: this user may not send frames"
    assert network.gate.passed == {}


def test_echoes_without_the_right_leave_what_connects(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs no right is still tried; the whole is not known, because a part is not."""
    monkeypatch.setattr(wire, "entered", refused)
    echo = Aim(Protocol.ICMP, LOOP)
    probe = Probe("apart", Kind.ISOLATION, HERE, (Target(echo),), (Control(HERE, echo),), timeout=0.2)
    (result,) = run.run([probe], network)
    (answer,) = result.answers
    assert (answer.state, str(answer.why)) == ("not_run", "this user may not send echo requests")


def test_an_interface_that_is_not_there_or_no_ethernet() -> None:
    """The name is said, and what shows the right one."""
    for vantage, words in (
        (Vantage("a"), "names no interface"),
        (Vantage("a", "no-such-eth"), "there is no interface “no-such-eth” here"),
        (Vantage("a", "lo"), "“lo” is no Ethernet interface"),
        (Vantage("a", "lo", "no-such-namespace"), "cannot be entered"),
    ):
        with pytest.raises(CannotRunError, match=words):
            place.interface(vantage)
