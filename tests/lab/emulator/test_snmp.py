"""The agents, asked by pysnmp and by net-snmp: independent of our own poller."""

# ruff: noqa: S508, S509 - v2c and low levels are what is tested

from __future__ import annotations

import asyncio
import shutil
from ipaddress import IPv4Address

import pytest
from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_SHA,
    USM_PRIV_CFB128_AES,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
    walk_cmd,
)

from lab.emulator.device import SnmpAccess, SnmpUser

SYSTEM, NAMES, ALIASES = "1.3.6.1.2.1.1", "1.3.6.1.2.1.31.1.1.1.1", "1.3.6.1.2.1.31.1.1.1.18"
UP_TIME, SYS_NAME, IN_OCTETS = "1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.31.1.1.1.6"
V3 = """snmp-agent sys-info version v3
snmp-agent sys-info location 机房
snmp-agent group v3 g privacy
snmp-agent usm-user v3 poll group g
snmp-agent usm-user v3 poll authentication-mode sha cipher Secret-123
snmp-agent usm-user v3 poll privacy-mode aes128 cipher Secret-456
"""
V2C = "snmp-agent sys-info version v2c\nsnmp-agent community read cipher Secret-123\n"
USER = UsmUserData(
    "poll", "Secret-123", "Secret-456", authProtocol=USM_AUTH_HMAC96_SHA, privProtocol=USM_PRIV_CFB128_AES
)


class Client:
    """pysnmp as a poller."""

    def __init__(self, host, port, credential):
        self._engine = SnmpEngine()
        self._where = (host, port)
        self._credential = credential

    async def _common(self):
        target = await UdpTransportTarget.create(self._where, timeout=2, retries=0)
        return self._engine, self._credential, target, ContextData()

    async def get(self, *oids):
        error, status, _, bindings = await get_cmd(
            *(await self._common()), *(ObjectType(ObjectIdentity(oid)) for oid in oids), lookupMib=False
        )
        return str(error or status or "") or [value for _, value in bindings]

    async def walk(self, oid):
        rows = []
        async for error, status, _, bindings in walk_cmd(
            *(await self._common()), ObjectType(ObjectIdentity(oid)), lookupMib=False, lexicographicMode=False
        ):
            assert not error
            assert not status
            rows.extend((str(name), value) for name, value in bindings)
        return rows

    async def bulk(self, oid, count):
        error, status, _, bindings = await bulk_cmd(
            *(await self._common()), 0, count, ObjectType(ObjectIdentity(oid)), lookupMib=False
        )
        assert not error
        assert not status
        return bindings

    def close(self):
        self._engine.close_dispatcher()


def asked(world, where, one, credential, question):
    """Start a device, ask it, end it."""

    async def run():
        async with world(one) as made:
            client = Client(where(one), made.ports[1], credential)
            try:
                return await question(client, made.hosts[one.name].device)
            finally:
                client.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("text", "credential"), [(V3, USER), (V2C, CommunityData("Secret-123", mpModel=1))], ids=["v3", "v2c"]
)
def test_the_system_group_and_the_interfaces(text, credential, spec, texts, world, where):
    """Names, descriptions in Chinese, counters that grow, up time."""
    described = "interface GigabitEthernet0/0/1\n description 到县局\n"
    one = spec("huawei", text=texts["huawei"] + text + described)

    async def question(client, device):
        name, first = await client.get(SYS_NAME, f"{IN_OCTETS}.1")
        names = await client.walk(NAMES)
        aliases = await client.walk(ALIASES)
        await asyncio.sleep(0.2)
        up, second = await client.get(UP_TIME, f"{IN_OCTETS}.1")
        return str(name), names, aliases, int(first), int(second), int(up), device.uptime

    name, names, aliases, first, second, up, uptime = asked(world, where, one, credential, question)
    assert name == "R1"
    assert [str(value) for _, value in names] == [
        "GigabitEthernet0/0/0",
        "GigabitEthernet0/0/1",
        "GigabitEthernet0/0/2",
        "NULL0",
    ]
    assert bytes(aliases[1][1]).decode() == "到县局"
    assert second > first
    assert 0 < up <= uptime * 100 + 1


def test_states_follow_the_configuration(spec, texts, world, where):
    """A port that is shut down says so, and its counter stands still."""
    one = spec("huawei", text=texts["huawei"] + V2C)
    admin, oper = "1.3.6.1.2.1.2.2.1.7.2", "1.3.6.1.2.1.2.2.1.8.2"

    async def question(client, device):
        before = await client.get(admin, oper)
        await device.console(["system-view", "interface GigabitEthernet0/0/1", "shutdown"])
        after = await client.get(admin, oper, f"{IN_OCTETS}.2")
        await asyncio.sleep(0.1)
        return before, after, await client.get(f"{IN_OCTETS}.2")

    before, after, later = asked(world, where, one, CommunityData("Secret-123", mpModel=1), question)
    assert [int(value) for value in before] == [1, 1]
    assert [int(value) for value in after[:2]] == [2, 2]
    assert int(after[2]) == int(later[0]) > 0


@pytest.mark.parametrize(
    "credential",
    [
        CommunityData("wrong", mpModel=1),
        CommunityData("Secret-123", mpModel=1),
        UsmUserData("poll"),
        UsmUserData(
            "poll", "Secret-999", "Secret-456", authProtocol=USM_AUTH_HMAC96_SHA, privProtocol=USM_PRIV_CFB128_AES
        ),
        UsmUserData("poll", "Secret-123", authProtocol=USM_AUTH_HMAC96_SHA),
        UsmUserData("nobody"),
    ],
    ids=["community", "v2c off", "no keys", "wrong key", "below its level", "unknown user"],
)
def test_others_get_nothing(credential, spec, texts, world, where):
    """Neither a wrong secret nor a right one at a lower level reads anything."""
    community = "snmp-agent community read cipher Secret-123\n"
    one = spec("huawei", text=texts["huawei"] + V3 + community)
    answer = asked(world, where, one, credential, lambda client, _: client.get(SYS_NAME))
    assert isinstance(answer, str)


def test_a_filter_that_leaves_the_poller_out(spec, texts, world, where):
    """An ACL behind the community decides by the poller's address."""
    acl = "acl 2001\n rule permit source {source} 0\n rule deny\n"
    line = "snmp-agent sys-info version v2c\nsnmp-agent community read cipher Secret-123 acl 2001\n"
    manager = IPv4Address("10.9.9.9")
    answers = []
    for source in ("10.9.9.9", "10.9.9.8"):
        one = spec("huawei", text=texts["huawei"] + acl.replace("{source}", source) + line, manager=manager)
        credential = CommunityData("Secret-123", mpModel=1)
        answers.append(asked(world, where, one, credential, lambda client, _: client.get(SYS_NAME)))
    assert [isinstance(answer, str) for answer in answers] == [False, True]


def test_a_changed_community_counts_at_once(spec, texts, world, where):
    """What the running configuration says now is what holds."""
    one = spec("cisco_ios", text=texts["cisco_ios"] + "snmp-server community Secret-123 RO\n")

    async def question(client, device):
        before = await client.get(SYS_NAME)
        await device.console(["configure terminal", "no snmp-server community Secret-123"])
        return before, await client.get(SYS_NAME)

    before, after = asked(world, where, one, CommunityData("Secret-123", mpModel=1), question)
    assert str(before[0]) == "S1"
    assert isinstance(after, str)


def test_the_end_is_the_end(spec, texts, world, where):
    """Every object once, in order, then endOfMibView; GETBULK fills up with it."""
    one = spec("frr", text=texts["frr"], snmp=SnmpAccess(("Secret-123",)))

    async def question(client, _device):
        rows = await client.walk("1.3.6.1.2.1")
        last = rows[-1][0]
        return rows, await client.bulk(last, 3), await client.bulk("1.3.6.1.2.1", 200)

    rows, beyond, many = asked(world, where, one, CommunityData("Secret-123", mpModel=1), question)
    oids = [tuple(int(part) for part in name.split(".")) for name, _ in rows]
    assert oids == sorted(set(oids))
    assert len(oids) > 50
    assert all(type(value).__name__ == "EndOfMibView" for _, value in beyond)
    assert [str(name) for name, _ in many] == [name for name, _ in rows[: len(many)]]


@pytest.mark.skipif(shutil.which("snmpget") is None, reason="net-snmp's snmpget is not installed")
def test_net_snmp_reads_it(spec, texts, world, where):
    """A third implementation agrees."""
    user = SnmpUser("poll", "SHA", "Secret-123", "AES", "Secret-456")
    one = spec("frr", text=texts["frr"], snmp=SnmpAccess(users=(user,)))

    async def run():
        async with world(one) as made:
            process = await asyncio.create_subprocess_exec(
                "snmpget",
                *("-v3", "-l", "authPriv", "-u", "poll", "-a", "SHA", "-A", "Secret-123"),
                *("-x", "AES", "-X", "Secret-456", "-Oqv", "-t", "2"),
                f"{where(one)}:{made.ports[1]}",
                SYS_NAME,
                stdout=asyncio.subprocess.PIPE,
            )
            output, _ = await process.communicate()
            return output.decode().strip()

    assert asyncio.run(run()) == '"F1"'
