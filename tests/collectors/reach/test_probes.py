"""Probes against a responder that knows the truth: what is lost, late, doubled, forged."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from collectors.reach.model import Probe, Reason, Train, What
from collectors.reach.prober import probe_all
from tests.patience import PATIENCE, until

ROOT = Path(__file__).parents[3]
TRAIN = Train(count=8, spacing=0.02, timeout=3.0)
FORGED = Train(count=8, spacing=0.02, timeout=0.6)


def probe(address, train=TRAIN, port=0):
    return Probe(address, What.DEVICE, address, port, train)


def honest(delay=0.0):
    return lambda _responder, request: [(delay, request.answer())]


@pytest.mark.parametrize("addresses", [("10.9.0.2", "10.9.0.3"), ("fd09::2", "fd09::3")])
def test_loss_is_what_was_dropped(network, addresses):
    """Every fourth request to one target is dropped: 25 % there, nothing at the other, in both families."""

    def behave(responder, request):
        if request.destination == addresses[0] and responder.number(request) % 4 == 3:
            return []
        return [(0.0, request.answer())]

    (lossy, whole), _ = network(behave, lambda: probe_all([probe(address) for address in addresses]))
    assert (lossy.figures.sent, lossy.figures.loss) == (8, 0.25)
    assert lossy.delays[3] is None
    assert lossy.delays[7] is None
    assert (whole.figures.sent, whole.figures.loss, whole.up) == (8, 0.0, True)


@pytest.mark.parametrize("address", ["10.9.0.2", "fd09::2"])
def test_delay_and_jitter_are_the_responders(network, address):
    """Answers held back by 20 and 80 ms in turn: as the responder measured it itself, to a few milliseconds.

    Where a busy machine lets a request lie before the responder reads it, the two must differ; then it is done again.
    """

    def behave(responder, request):
        return [((0.08 if responder.number(request) % 2 else 0.02), request.answer())]

    train = Train(count=10, spacing=0.1, timeout=PATIENCE)
    measured = []

    def alike():
        (found,), responder = network(behave, lambda: probe_all([probe(address, train)]))
        took = responder.took[address]
        truth = [seconds for _, seconds in sorted(took)]
        assert found.figures.loss == 0.0
        # On a busy machine the responder itself may be overtaken.
        assert found.order == tuple(number for number, _ in took)
        steps = [abs(later - earlier) for earlier, later in pairwise(truth)]
        measured.append((found.figures, truth))
        return (
            found.figures.shortest == pytest.approx(min(truth), abs=0.01)
            and found.figures.mean == pytest.approx(sum(truth) / 10, abs=0.01)
            and found.figures.jitter == pytest.approx(sum(steps) / 9, abs=0.015)
            and found.figures.variation == pytest.approx(max(truth) - min(truth), abs=0.02)
        )

    until(alike, lambda: str(measured))


def test_doubled_and_overtaken_answers_are_counted(network):
    """The second request is answered twice, the first one after all others: a duplicate, one out of order, no loss."""

    def behave(responder, request):
        number = responder.number(request)
        if number == 0:
            return []
        late = [(0.0, responder.seen[0].answer())] if number == 3 else []
        return [(0.0, request.answer())] * (2 if number == 1 else 1) + late

    (found,), _ = network(behave, lambda: probe_all([probe("10.9.0.2", Train(4, 0.02, PATIENCE))]))
    assert found.figures.loss == 0.0
    assert found.figures.duplicates == 1
    assert found.order == (1, 2, 3, 0)
    assert found.figures.reordered == 1


@pytest.mark.parametrize("address", ["10.9.0.2", "fd09::2"])
def test_packets_carry_the_dscp(network, address):
    """EF is 46: a traffic class of 184. The next target's packets, through the same socket, carry none."""
    other = address[:-1] + "3"
    trains = [probe(address, Train(2, 0.02, PATIENCE, dscp=46)), probe(other, Train(2, 0.02, PATIENCE))]
    results, responder = network(honest(), lambda: probe_all(trains))
    assert all(result.up for result in results)
    classes = {request.destination: request.traffic_class for request in responder.seen}
    assert classes == {address: 184, other: 0}


@pytest.mark.parametrize("address", ["10.9.0.2", "fd09::2"])
def test_forged_answers_are_not_believed(network, address):
    """Answers from elsewhere, with another identifier, number, content, type or sum: everything stays lost."""
    elsewhere = address[:-1] + "9"
    forgeries = [
        lambda request: request.answer(source=elsewhere),
        lambda request: request.answer(identifier=int.from_bytes(request.icmp[4:6], "big") ^ 1),
        lambda request: request.answer(sequence=int.from_bytes(request.icmp[6:8], "big") ^ 0x4000),
        lambda request: request.answer(payload=bytes(len(request.icmp) - 8)),
        lambda request: request.answer(kind=request.icmp[0]),
        lambda request: request.answer(spoil=True),
        lambda request: request.answer()[:-50],
        lambda request: request.answer()[: request.head + 4],
    ]

    def behave(responder, request):
        return [(0.0, forgeries[responder.number(request)](request))]

    (found,), responder = network(behave, lambda: probe_all([probe(address, FORGED)]))
    assert len(responder.seen) == 8
    assert (found.up, found.figures.received, found.reason) == (False, 0, Reason.NO_ANSWER)


@pytest.mark.parametrize(("address", "router"), [("10.9.0.2", "10.9.0.254"), ("fd09::2", "fd09::fe")])
def test_a_routers_word_is_passed_on(network, address, router):
    """Unreachable, and who says so; not waited for until the time-out."""

    def behave(_responder, request):
        return [(0.0, request.unreachable(router))]

    train = Train(count=2, spacing=0.02, timeout=2 * PATIENCE)
    started = time.monotonic()
    (found,), _ = network(behave, lambda: probe_all([probe(address, train)]))
    assert (found.up, found.reason, found.told_by) == (False, Reason.UNREACHABLE, router)
    assert router in str(found.message)
    assert time.monotonic() - started < PATIENCE


def test_no_route_is_no_answer_and_said_so(namespace):
    """In a namespace without routes nothing can be sent: not reached, for want of a route; not “not run”."""
    v4, v6 = namespace(lambda: probe_all([probe("192.0.2.1"), probe("2001:db8::1")]))
    for found in (v4, v6):
        assert (found.up, found.figures.loss, found.reason) == (False, 1.0, Reason.NO_ROUTE)


@pytest.mark.usefixtures("may_ping")
def test_a_source_that_is_not_ours_is_not_run():
    """No figures, a reason; an address of ours is taken."""
    foreign, ours = probe_all(
        [probe("127.0.0.1", Train(2, 0.02, PATIENCE, source=source)) for source in ("192.0.2.77", "127.0.0.9")]
    )
    assert (foreign.up, foreign.figures.loss, foreign.reason) == (None, None, Reason.SOURCE)
    assert ours.up is True


SCRIPT = """
from collectors.reach.model import Probe, Train, What
from collectors.reach.prober import probe_all
for found in probe_all([Probe(a, What.DEVICE, a, 0, Train(2, 0.02, 1.0)) for a in ("127.0.0.1", "::1")]):
    print(found.up, found.figures.loss, found.reason)
"""


@pytest.mark.parametrize(
    ("groups", "said"), [("1 0", "None None privilege"), ("0 2147483647", "True 0.0 None")], ids=["refused", "allowed"]
)
def test_without_privilege(namespace, groups, said):
    """A user who may send no echo requests gets “not run”, and no loss; one who may use ping sockets gets figures."""

    def work():
        Path("/proc/sys/net/ipv4/ping_group_range").write_text(groups)
        return subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", SCRIPT],
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
            cwd=ROOT,
        )

    done = namespace(work)
    if "Permission denied" in done.stderr:
        pytest.skip("another user cannot read this checkout")
    assert done.stdout.splitlines() == [said, said], done.stderr


def test_tcp_connects(namespace):
    """A listening port is reached, a closed one is refused, a silent address (dropped by a filter) does not answer."""
    import socket

    def work():
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        subprocess.run(["ip", "route", "add", "blackhole", "198.51.100.0/24"], check=True)
        with listener, socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
            train = Train(3, 0.01, 0.3)
            return probe_all(
                [
                    probe("127.0.0.1", train, port),
                    probe("::1", Train(3, 0.01, 0.3, dscp=34), six.getsockname()[1]),
                    probe("127.0.0.2", train, 9),
                    probe("192.0.2.1", train, 80),
                    probe("127.0.0.1", Train(1, 0.01, 0.3, source="192.0.2.9"), port),
                ]
            )

    there, six, closed, away, foreign = namespace(work)
    assert (there.up, there.figures.loss) == (True, 0.0)
    assert 0 < there.figures.mean < 1
    assert (six.up, six.figures.received) == (True, 3)
    assert (closed.up, closed.figures.loss, closed.reason) == (False, 1.0, Reason.REFUSED)
    assert (away.up, away.figures.loss, away.reason) == (False, 1.0, Reason.UNREACHABLE)
    assert (foreign.up, foreign.figures.loss, foreign.reason) == (None, None, Reason.SOURCE)


def test_a_silent_port_is_waited_for_no_longer_than_told(network):
    """SYNs that nobody answers: no answer, all lost."""
    found = network(honest(), lambda: probe_all([probe("10.9.0.2", Train(2, 0.01, 0.2), 80)]))[0][0]
    assert (found.up, found.figures.sent, found.reason) == (False, 2, Reason.NO_ANSWER)


def test_two_thousand_targets_through_one_socket(namespace):
    """All answered, in one process: answers do not overflow the socket, and no second one is opened."""

    def work():
        opened = []

        def note(_result):
            opened.append(len(list(Path("/proc/self/fd").iterdir())))

        before = len(list(Path("/proc/self/fd").iterdir()))
        wanted = [
            probe(f"127.1.{number // 250}.{number % 250 + 1}", Train(2, 0.02, PATIENCE)) for number in range(2000)
        ]
        return probe_all(wanted, rate=0, observer=note), max(opened) - before

    results, more = namespace(work)
    assert sum(result.figures.received for result in results) == 4000
    # The loop's own three, and the socket.
    assert more <= 6


def test_the_rate_is_kept(network):
    """60 packets at 100 a second, 10 of them at once: not done before half a second; spacing inside a train stays."""
    wanted = [probe(f"10.9.1.{number}", Train(6, 0.01, PATIENCE)) for number in range(1, 11)]

    def work():
        began = time.monotonic()
        return probe_all(wanted, rate=100), time.monotonic() - began

    (results, took), _ = network(honest(), work)
    assert all(result.figures.loss == 0.0 for result in results)
    assert took > 0.3
