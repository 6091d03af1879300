"""Polling: against an agent made of pysnmp's parts, against net-snmp, and against agents that misbehave."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pysnmp.proto.api import v2c

from collectors import reading
from collectors.poll import Access, Poller, Target, poll
from collectors.snmp.bounds import Limits
from collectors.snmp.sockets import Sockets
from inventory.secrets import Secret
from tests.patience import until

IF_IN = "ifHCInOctets"


def quick(**options):
    """A poller that does not wait long: for devices that stay silent."""
    return Poller(**{"timeout": 0.3, "retries": 2, **options})


@pytest.mark.parametrize("version", ["1", "2c"])
@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_a_router_is_read_completely(agents, version, host):
    """Both community versions, both address families: every interface, its labels in 中文, its values."""
    agent = agents(host=host)
    result = poll([agent.target(version=version)])[0]
    assert result.ok, result.error
    assert result.label("sysName", "sysName") == "rt-test"
    assert len(result.values("ifOperStatus")) == 4
    if version == "2c":
        assert result.value(IF_IN, ifIndex="3") == 3000 * 10**9 + 6
    assert result.value("ifInOctets", ifIndex="3") == 3010
    labels = dict(next(iter(result.values("ifInOctets"))))
    assert labels == {
        "ifAlias": "上联 uplink 1",
        "ifDescr": "GigabitEthernet0/0/1",
        "ifIndex": "1",
        "ifName": "GE0/0/1",
    }


def test_the_page_is_prometheus_text(agents):
    """prometheus-client's parser reads it; no family and no series comes twice."""
    result = poll([agents().target()])[0]
    families = list(text_string_to_metric_families(result.text()))
    names = [family.name for family in families]
    assert len(names) == len(set(names))
    series = [(sample.name, tuple(sorted(sample.labels.items()))) for family in families for sample in family.samples]
    assert len(series) == len(set(series))
    kinds = {family.name: family.type for family in families}
    assert kinds["ifHCInOctets"] == "counter"
    assert kinds["ifOperStatus"] == "gauge"
    assert kinds["ifType_info"] == "gauge"
    assert {"snmp_scrape_duration_seconds", "snmp_scrape_packets_sent"} <= set(kinds)


def test_a_device_of_a_known_kind_is_read_by_what_others_taught(agents, make_router, make_oid):
    """The third of its kind gives its own values and names; one with another row or another type gives its own too."""
    poller = Poller(["if_mib"])
    alike = [agents(make_router(4, octets=number, alias=f"to {number}")) for number in (1000, 1001, 1002, 1003)]
    wider, other = agents(make_router(4, octets=1004)), agents(make_router(5, octets=1005))
    changed = make_router(4, octets=1006)
    changed[make_oid("1.3.6.1.2.1.2.2.1.10.3")] = v2c.Gauge32(7)
    odd = agents(changed)
    for _ in range(4):
        for number, agent in enumerate([*alike, wider, other, odd]):
            result = poller.poll([agent.target(f"d{number}")])[0]
            assert result.ok
            last = 5 if agent is other else 4
            assert len(result.values("ifInOctets")) == last
            for index in range(1, last + 1):
                expected = 7 if agent is odd and index == 3 else (1000 + number) * index + 10
                assert result.value("ifInOctets", ifIndex=str(index)) == expected
            alias = dict(next(iter(result.values("ifInOctets"))))["ifAlias"]
            assert alias == (f"to {1000 + number} 1" if agent in alike else "上联 uplink 1")


def test_counters_grow_between_two_polls(agents, make_router):
    """The helper that shows traffic: the same series, a later value."""
    agent = agents()
    poller = Poller()
    before = poller.poll([agent.target()])[0]
    agent.change(make_router(4, octets=2000, uptime=123999))
    after = poller.poll([agent.target()])[0]
    for index in "1234":
        assert after.value(IF_IN, ifIndex=index) > before.value(IF_IN, ifIndex=index)


def test_a_large_table_is_read_in_few_packets(agents, make_router):
    """28 interfaces: steady polls do not read the label columns again and do not overshoot."""
    agent = agents(make_router(28))
    poller = Poller(["if_mib"])
    cold = poller.poll([agent.target()])[0]
    warm = poller.poll([agent.target()])[0]
    assert cold.ok
    assert warm.ok
    assert warm.packets < cold.packets <= 26
    # A slow machine may repeat a request.
    assert warm.packets - warm.modules[0].retried <= 18
    assert warm.values("ifHCOutOctets") == cold.values("ifHCOutOctets")
    asked = {
        tuple(name)[:11]
        for message in agent.requests[cold.packets :]
        for name, _ in v2c.apiPDU.get_varbinds(v2c.apiMessage.get_pdu(message))
    }
    assert (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6) in asked
    assert (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18) not in asked


@pytest.mark.parametrize("change", [{"last_change": 999}, {"uptime": 5}])
def test_labels_are_read_again_when_the_device_says_so(agents, make_router, change):
    """IfTableLastChange moved, or sysUpTime went back: a new description is seen."""
    agent = agents()
    poller = Poller(["if_mib"])
    poller.poll([agent.target()])
    agent.change(make_router(4, alias="new", **change))
    result = poller.poll([agent.target()])[0]
    assert dict(next(iter(result.values(IF_IN))))["ifAlias"] == "new 1"


def test_a_new_interface_is_seen_without_ifTableLastChange(agents, make_router):  # noqa: N802 - the object's name
    """An agent that has no such object: rows are counted anew at every poll."""
    agent = agents(make_router(4, last_change=None))
    poller = Poller(["if_mib"])
    assert len(poller.poll([agent.target()])[0].values(IF_IN)) == 4
    agent.change(make_router(6, last_change=None))
    values = poller.poll([agent.target()])[0].values(IF_IN)
    assert len(values) == 6
    assert all(dict(labels)["ifName"] for labels in values)


def test_a_new_interface_is_seen_where_ifTableLastChange_never_moves(agents, make_router, monkeypatch):  # noqa: N802 - the object's name
    """Such agents exist: the number of interfaces tells, and where that does not move either, a count now and then."""
    agent = agents(make_router(4, last_change=0))
    poller = Poller(["if_mib"])
    for _ in range(2):
        assert len(poller.poll([agent.target()])[0].values(IF_IN)) == 4
    agent.change(make_router(6, last_change=0))
    assert len(poller.poll([agent.target()])[0].values(IF_IN)) == 6
    more = {**make_router(7, last_change=0), (1, 3, 6, 1, 2, 1, 2, 1, 0): v2c.Integer32(6)}
    agent.change(more)
    monkeypatch.setattr(reading, "LABEL_AGE", 0.0)
    assert len(poller.poll([agent.target()])[0].values(IF_IN)) == 7


def test_an_agent_with_small_answers_is_read_too(agents, make_router):
    """GETBULK answers may be cut anywhere; the walk goes on where it was cut."""
    whole = poll([agents(make_router(12)).target()])[0]
    cut = poll([agents(make_router(12), limit=200).target()])[0]
    assert cut.ok
    assert cut.values(IF_IN) == whole.values(IF_IN)
    assert cut.values("ifInErrors") == whole.values("ifInErrors")


def test_too_big_answers_are_asked_for_in_smaller_pieces(agents, make_router):
    """TooBig halves what is asked, until the agent can answer; and that is remembered."""

    def behave(agent, message, number):
        del number
        pdu = v2c.apiMessage.get_pdu(message)
        if pdu.tagSet == v2c.GetBulkRequestPDU.tagSet:
            count = int(v2c.apiBulkPDU.get_max_repetitions(pdu)) * len(v2c.apiBulkPDU.get_varbinds(pdu))
            if count > 10:
                return [agent.reply(message, [], status=1)]
        return None

    result = poll([agents(make_router(12), behave=behave).target()])[0]
    assert result.ok, result.error
    assert len(result.values(IF_IN)) == 12


def always(status):
    return lambda agent, message, _: [agent.reply(message, [], status=status, index=1)]


def _loop(agent, message, number):
    """Every GETBULK gets the same row."""
    del number
    pdu = v2c.apiMessage.get_pdu(message)
    if pdu.tagSet != v2c.GetBulkRequestPDU.tagSet:
        return None
    names = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
    return [agent.reply(message, [((*name[:11], 3), v2c.Integer32(1)) for name in names])]


def _seesaw(agent, message, number):
    """Rows that go up and down again, never the same twice in one answer."""
    pdu = v2c.apiMessage.get_pdu(message)
    if pdu.tagSet != v2c.GetBulkRequestPDU.tagSet:
        return None
    names = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
    return [agent.reply(message, [((*name[:11], 1000 - number), v2c.Integer32(1)) for name in names])]


def _endless(agent, message, number):
    """One more row for every request."""
    pdu = v2c.apiMessage.get_pdu(message)
    if pdu.tagSet != v2c.GetBulkRequestPDU.tagSet:
        return None
    names = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
    return [agent.reply(message, [((*name[:11], number * 10 + 1), v2c.Integer32(1)) for name in names])]


FAULTS = {
    "mute": (lambda *_: [], "timeout"),
    "genErr": (always(5), "gen_err"),
    "noAccess": (always(6), "no_access"),
    "authorizationError": (always(16), "no_access"),
    "another error": (always(13), "error_status"),
    "empty": (lambda agent, message, _: [agent.reply(message, [])], "decode"),
    "loop": (_loop, "loop"),
    "goes back": (_seesaw, "loop"),
    "endless": (_endless, "bounds"),
    "wrong id": (
        lambda agent, message, _: [agent.reply(message, [], identifier=int(v2c.apiMessage.get_pdu(message)[0]) + 1)],
        "timeout",
    ),
    "wrong community": (
        lambda agent, message, _: [agent.honest(message).replace(b"public", b"secret")],
        "timeout",
    ),
    "truncated": (lambda agent, message, _: [agent.honest(message)[:-5]], "decode"),
    "garbage": (lambda *_: [b"\x30\x82\xff\xff" + b"\x00" * 50, b"", b"\xff" * 100], "timeout"),
    "octets behind": (lambda agent, message, _: [agent.honest(message) + b"\x00"], "decode"),
    "others' objects": (
        lambda agent, message, _: [agent.reply(message, [((1, 3, 6, 1, 4, 1, 1), v2c.Integer32(1))])],
        "decode",
    ),
}


def test_every_way_of_misbehaving_has_its_reason(agents):
    """Bounded, named, never an exception; a healthy device polled beside them is not touched."""
    bad = {name: agents(behave=behave) for name, (behave, _) in FAULTS.items()}
    poller = Poller(["if_mib"], timeout=1.0, retries=5, limits=Limits(packets=200))
    *found, good = poller.poll([*(agent.target(name) for name, agent in bad.items()), agents().target("good")])
    assert good.ok, good.error
    for result in found:
        assert result.reason == FAULTS[result.device][1], result.error
        assert result.error.device == result.device
        assert str(result.error)
        # The last request may be repeated.
        assert result.packets <= 205
        assert len(bad[result.device].requests) <= result.packets


def test_a_module_that_fails_leaves_the_others(agents):
    """GenErr in the interface table: the system group is there, and the page says what is missing."""

    def behave(agent, message, number):
        del number
        names = [tuple(name) for name, _ in v2c.apiPDU.get_varbinds(v2c.apiMessage.get_pdu(message))]
        return [agent.reply(message, [], status=5, index=1)] if names[0][:8] == (1, 3, 6, 1, 2, 1, 31, 1) else None

    result = Poller().poll([agents(behave=behave).target()])[0]
    assert not result.ok
    assert result.reason == "gen_err"
    assert result.label("sysName", "sysName") == "rt-test"
    assert len(result.values("ifInOctets")) == 4
    assert 'govnet_walk_error{module="if_mib",reason="gen_err"} 1' in result.text()


def test_damage_on_the_way_is_survived(agents):
    """A truncated answer, then a good one at the next try."""

    def behave(agent, message, number):
        return [agent.honest(message)[:-3]] if number == 0 else None

    result = Poller().poll([agents(behave=behave).target()])[0]
    assert result.ok


def test_lost_packets_are_asked_for_again(agents):
    """Every seventh datagram is lost; the poll is complete."""

    def behave(_agent, _message, number):
        return [] if number % 7 == 3 else None

    result = Poller().poll([agents(behave=behave).target()])[0]
    assert result.ok
    assert sum(part.retried for part in result.modules) >= 1


def test_a_late_answer_is_still_good(agents):
    """The answer to the first request comes after the second was sent: it is taken, the double is dropped."""

    def behave(_agent, _message, number):
        if number == 0:
            time.sleep(0.7)

    result = Poller().poll([agents(behave=behave).target()])[0]
    assert result.ok


def test_answers_from_another_port_are_dropped(agents):
    """As spoofed answers would come."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:

        def behave(agent, message, _number):
            other.sendto(agent.honest(message), agent.source)
            return []

        agent = agents(behave=behave)
        result = quick().poll([agent.target()])[0]
        until(lambda: len(agent.requests) >= 2)
    assert result.reason == "timeout"


def test_a_closed_port_is_told_at_once():
    """By the ICMP error, not by waiting."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    result = poll([Target("gone", "127.0.0.1", port, Access("2c", Secret("public")))])[0]
    assert result.reason == "closed"
    assert sum(part.retried for part in result.modules) == 0


def test_dead_devices_do_not_delay_the_others(agents):
    """More mute devices than the window is wide: the healthy one is done before they are given up."""
    done = []

    def mute(*_):
        # Not for longer than needed.
        return None if "good" in done else []

    poller = Poller(["system"], parallel=4, timeout=1.5, retries=40)
    poller.poll(
        [*(agents(behave=mute).target(f"mute{number}") for number in range(12)), agents().target("good")],
        lambda result: done.append(result.device),
    )
    assert done[0] == "good"
    assert len(done) == 13


def test_known_dead_devices_do_not_even_take_a_turn(agents, monkeypatch):
    """One request at a time, a dozen mute devices first: at the second poll the healthy one does not wait for them."""
    mute = [agents(behave=lambda *_: []).target(f"mute{number}") for number in range(12)]
    good = agents().target("good")
    ports, put = [], Sockets.put

    def noted(sockets, data, address):
        ports.append(address[1])
        return put(sockets, data, address)

    monkeypatch.setattr(Sockets, "put", noted)
    poller = Poller(["system"], parallel=1, timeout=0.3, retries=1)

    def before():
        """To whom requests went before the first to the healthy one."""
        ports.clear()
        poller.poll([*mute, good])
        return ports[: ports.index(good.port)]

    # Those who have their turns first are asked again meanwhile.
    assert len(before()) > 12
    assert len(before()) <= 12


def test_a_wrong_community_looks_like_silence_and_the_hint_says_so(agents):
    """RFC 3584: an agent does not answer a wrong community."""
    result = quick().poll([agents().target(community=b"wrong")])[0]
    assert result.reason == "timeout"
    assert "community" in str(result.error.hint)
    assert "团体字" in result.error.hint.in_language("zh_CN")
    assert "wrong" not in str(result.error)


def user(port, name="usha", auth="SHA", priv="AES", **passwords):
    given = {"auth_password": "authpass123", "priv_password": "privpass123", **passwords}
    secrets = {key: Secret(value) for key, value in given.items()}
    access = Access("3", user=name, auth_protocol=auth, priv_protocol=priv, **secrets)
    return Target(name, "127.0.0.1", port, access)


def test_net_snmp_by_community(snmpd):
    """The real daemon."""
    result = poll([Target("snmpd", "127.0.0.1", snmpd, Access("2c", Secret("public")))])[0]
    assert result.ok, result.error
    assert result.label("sysName", "sysName") == "snmpd-test"
    assert result.value("ifOperStatus", ifDescr="lo") == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_net_snmp_by_user_with_all_algorithms(snmpd, snmpd_algorithms, host):
    """Each authentication with each privacy and without; the second poll needs no discovery."""
    targets = []
    for number, (auth, priv) in enumerate(snmpd_algorithms):
        more = {"priv": "", "priv_password": ""} if priv == "-" else {"priv": priv}
        targets.append(replace(user(snmpd, f"every{number}", auth, **more), host=host))
    poller = Poller(["system"])
    first, second = poller.poll(targets), poller.poll(targets)
    compared = 0
    for target, before, after in zip(targets, first, second, strict=True):
        if before.reason == "unknown_user":
            # This snmpd is built without the algorithm.
            continue
        assert before.ok, (target, before.error)
        assert after.ok, (target, after.error)
        assert after.label("sysName", "sysName") == "snmpd-test"
        assert after.packets < before.packets
        compared += 1
    assert compared >= 10


def test_a_context_is_asked_for(snmpd):
    """A user who may see only one context gets it by its name, and nothing without."""
    target = user(snmpd, "ucontext")
    inside = replace(target, access=replace(target.access, context="second"))
    outside = replace(target, access=replace(target.access, context="third"))
    found = Poller(["system"], timeout=1.0, retries=3).poll([inside, target, outside])
    assert found[0].label("sysName", "sysName") == "snmpd-test"
    assert [result.samples for result in found[1:]] == [0, 0]
    assert not found[1].ok
    assert not found[2].ok


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "nobody"}, "unknown_user"),
        ({"auth_password": "authpass124"}, "wrong_digest"),
        ({"priv_password": "privpass124"}, "decryption"),
        ({"priv": "", "priv_password": ""}, "no_access"),
    ],
)
def test_what_is_wrong_with_a_user_is_told_apart(snmpd, change, reason):
    """Unknown user, wrong authentication, wrong privacy, too low a level."""
    result = Poller().poll([user(snmpd, **change)])[0]
    assert result.reason == reason, result.error
    assert "pass12" not in str(result.error) + str(result.error.hint)


def test_a_restarted_engine_is_followed(snmpd):
    """Boots and time that are out of date: the agent's report puts them right."""
    poller = Poller(["system"])
    target = user(snmpd)
    assert poller.poll([target])[0].ok
    session = poller._states[target].agent.session
    session._boots, session._time = 7, 1_000_000
    result = poller.poll([target])[0]
    assert result.ok, result.error


def test_a_poll_of_nothing_is_nothing():
    """No targets, no sockets, no results."""
    assert poll([]) == []


def test_tables_that_a_device_does_not_have_cost_one_packet(agents, make_router):
    """A module of ten tables on a device with none of them; a table that appears is read at the next poll."""
    agent = agents(make_router(2))
    poller = Poller(["cisco"])
    assert [poller.poll([agent.target()])[0].packets for _ in range(3)] == [2, 2, 2]
    agent.change(make_router(2) | {(1, 3, 6, 1, 4, 1, 9, 9, 109, 1, 1, 1, 1, 8, 1): v2c.Gauge32(42)})
    assert poller.poll([agent.target()])[0].value("cpmCPUTotal5minRev") == 42
    agent.change(make_router(2))
    gone = poller.poll([agent.target()])[0]
    assert gone.ok
    assert gone.value("cpmCPUTotal5minRev") is None


def test_an_agent_that_cannot_tell_which_tables_it_has_is_read_all_the_same(agents, make_router):
    """It answers a question for many tables at once with an error."""

    def behave(agent, message, _):
        pdu = v2c.apiMessage.get_pdu(message)
        if pdu.tagSet == v2c.GetBulkRequestPDU.tagSet and len(v2c.apiBulkPDU.get_varbinds(pdu)) == 10:
            return [agent.reply(message, [], status=5, index=1)]
        return None

    objects = make_router(2) | {(1, 3, 6, 1, 4, 1, 9, 9, 109, 1, 1, 1, 1, 8, 1): v2c.Gauge32(42)}
    result = Poller(["cisco"]).poll([agents(objects, behave=behave).target()])[0]
    assert result.ok
    assert result.value("cpmCPUTotal5minRev") == 42
