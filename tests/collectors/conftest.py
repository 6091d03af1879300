"""SNMP agents for the collectors' tests. They speak through pysnmp and pyasn1, so that no mistake is shared."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import threading
from bisect import bisect_right
from pathlib import Path

import pytest
from pyasn1.codec.ber import decoder, encoder
from pyasn1.error import PyAsn1Error
from pyasn1.type.univ import Null
from pysnmp.proto.api import v1, v2c
from pysnmp.proto.rfc1905 import endOfMibView, noSuchInstance

from collectors.targets import Access, Target
from inventory.secrets import Secret
from tests.patience import PATIENCE, until

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "snmp"
TYPES = {
    "2": v2c.Integer32,
    "4": v2c.OctetString,
    "5": v2c.Null,
    "6": v2c.ObjectIdentifier,
    "64": v2c.IpAddress,
    "65": v2c.Counter32,
    "66": v2c.Gauge32,
    "67": v2c.TimeTicks,
    "68": v2c.Opaque,
    "70": v2c.Counter64,
}


def oid(text: str) -> tuple[int, ...]:
    return tuple(int(arc) for arc in text.strip(".").split("."))


def recording(path: Path) -> dict[tuple[int, ...], object]:
    """A .snmprec file's objects. Values that a type does not allow are left out, as no agent could send them."""
    objects: dict[tuple[int, ...], object] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, kind, value = line.split("|", 2)
        raw = kind.endswith("x")
        kind = kind.rstrip("x")
        if kind not in TYPES:
            continue
        content: object = value
        if kind in ("4", "68"):
            content = bytes.fromhex(value) if raw else value.encode()
        elif kind == "64" and raw:
            content = ".".join(str(octet) for octet in bytes.fromhex(value))
        elif kind == "6":
            content = oid(value) if value else (0, 0)
        elif kind not in {"64", "5"}:
            content = int(value)
        with contextlib.suppress(PyAsn1Error):
            objects[oid(name)] = TYPES[kind](content) if kind != "5" else v2c.Null("")
    return objects


class Agent(threading.Thread):
    """Answers GET, GETNEXT and GETBULK from a dictionary of objects, or as `behave` makes of it.

    `behave(agent, request, number)` gets the decoded message and how many came before; it returns datagrams to
    send (or None for the honest answer). `limit` is the largest answer in octets: beyond it bindings are left out, as
    RFC 3416 section 4.2.3 allows for GETBULK.
    """

    def __init__(self, objects, *, community=b"public", behave=None, host="127.0.0.1", limit=65000):
        super().__init__(daemon=True)
        self.objects = dict(objects)
        self.community = community
        self.behave = behave
        self.limit = limit
        self.requests = []
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))
        self.socket.settimeout(0.1)
        self.host, self.port = self.socket.getsockname()[:2]
        self.ended = False
        self.source = None
        self._sorted = sorted(self.objects)
        self.start()

    def run(self):
        with self.socket:
            while not self.ended:
                try:
                    data, source = self.socket.recvfrom(65535)
                except TimeoutError:
                    continue
                except OSError:
                    return
                self.source = source
                answers = self.answers(data)
                for answer in answers or ():
                    self.socket.sendto(answer, source)

    def close(self):
        self.ended = True
        self.join(PATIENCE)

    def change(self, objects):
        self.objects = dict(objects)
        self._sorted = sorted(self.objects)

    def target(self, name="agent", *, version="2c", community=None):
        return Target(name, self.host, self.port, Access(version, Secret((community or self.community).decode())))

    # -- the protocol -----------------------------------------------------------------------------------------

    def answers(self, data):
        version = data[data.index(b"\x02\x01") + 2]
        if version == 3:
            return []
        api = v1 if version == 0 else v2c
        message, _ = decoder.decode(data, asn1Spec=api.Message())
        number = len(self.requests)
        self.requests.append(message)
        if self.behave is not None:
            made = self.behave(self, message, number)
            if made is not None:
                return made
        return [self.honest(message)]

    def honest(self, message):
        version = int(message[0])
        api = v1 if version == 0 else v2c
        if bytes(api.apiMessage.get_community(message)) != self.community:
            return b""
        pdu = api.apiMessage.get_pdu(message)
        if pdu.tagSet == v2c.GetBulkRequestPDU.tagSet:
            wanted = [tuple(name) for name, _ in v2c.apiBulkPDU.get_varbinds(pdu)]
            pairs = self.bulk(wanted, int(v2c.apiBulkPDU.get_max_repetitions(pdu)))
            return self.reply(message, pairs)
        names = [tuple(name) for name, _ in api.apiPDU.get_varbinds(pdu)]
        follow = pdu.tagSet == api.GetNextRequestPDU.tagSet
        pairs = [self.following(name) if follow else (name, self.objects.get(name, noSuchInstance)) for name in names]
        if version == 0:
            for position, (_, value) in enumerate(pairs, 1):
                if value is endOfMibView or value is noSuchInstance or value.tagSet == v2c.Counter64.tagSet:
                    return self.reply(message, [(name, v1.Null("")) for name in names], status=2, index=position)
        return self.reply(message, pairs)

    def following(self, name):
        position = bisect_right(self._sorted, name)
        if position == len(self._sorted):
            return name, endOfMibView
        return self._sorted[position], self.objects[self._sorted[position]]

    def bulk(self, wanted, repetitions):
        pairs = []
        size = 60
        for _ in range(repetitions):
            wanted_next = []
            for name in wanted:
                pair = self.following(name)
                size += 12 + len(pair[0]) + (len(pair[1]) if isinstance(pair[1], v2c.OctetString) else 8)
                if size > self.limit and pairs:
                    return pairs
                pairs.append(pair)
                wanted_next.append(pair[0])
            wanted = wanted_next
        return pairs

    def reply(self, message, pairs, *, status=0, index=0, identifier=None, community=None):
        """An encoded response to `message`."""
        version = int(message[0])
        api = v1 if version == 0 else v2c
        request = api.apiMessage.get_pdu(message)
        if version == 1 and len(pairs) > 20:
            return long_reply(int(request[0]) if identifier is None else identifier, community or self.community, pairs)
        pdu = api.GetResponsePDU()
        api.apiPDU.set_defaults(pdu)
        api.apiPDU.set_request_id(pdu, identifier or int(request[0]))
        api.apiPDU.set_error_status(pdu, status)
        api.apiPDU.set_error_index(pdu, index)
        if version == 0:
            pairs = [(name, _v1_value(value)) for name, value in pairs]
        api.apiPDU.set_varbinds(pdu, pairs)
        answer = api.Message()
        api.apiMessage.set_defaults(answer)
        api.apiMessage.set_community(answer, community or self.community)
        api.apiMessage.set_pdu(answer, pdu)
        return encoder.encode(answer)


ENCODED = {}


def binding(name, value):
    """One encoded variable binding; a recording's are encoded once, since pyasn1 takes its time."""
    known = ENCODED.get((name, id(value)))
    if known is None:
        bound = v2c.VarBind()
        v2c.apiVarBind.set_oid_value(bound, (name, value))
        # The value is kept so that its identity stays its own.
        known = ENCODED[name, id(value)] = (value, encoder.encode(bound))
    return known[1]


def tlv(tag, content):
    size = len(content)
    length = bytes((size,)) if size < 128 else bytes((0x82,)) + size.to_bytes(2, "big")
    return bytes((tag,)) + length + content


def long_reply(identifier, community, pairs):
    """A version 2c response without an error, put together from encoded bindings."""
    bindings = tlv(0x30, b"".join(binding(name, value) for name, value in pairs))
    number = encoder.encode(v2c.Integer32(identifier))
    pdu = tlv(0xA2, number + b"\x02\x01\x00\x02\x01\x00" + bindings)
    return tlv(0x30, b"\x02\x01\x01" + tlv(4, community) + pdu)


def _v1_value(value):
    kinds = {
        v2c.Integer32: v1.Integer,
        v2c.OctetString: v1.OctetString,
        v2c.ObjectIdentifier: v1.ObjectIdentifier,
        v2c.Counter32: v1.Counter,
        v2c.Gauge32: v1.Gauge,
        v2c.TimeTicks: v1.TimeTicks,
        v2c.IpAddress: v1.IpAddress,
    }
    kind = kinds.get(type(value))
    if kind is None:
        return value if isinstance(value, v1.Null | Null) else v1.OctetString(b"")
    return kind(value if not isinstance(value, v2c.OctetString) else bytes(value))


@pytest.fixture
def agents():
    """Starts agents; ends them after the test."""
    started = []

    def start(objects=None, **options):
        agent = Agent(objects if objects is not None else router(4), **options)
        started.append(agent)
        return agent

    yield start
    for agent in started:
        agent.close()


def router(count, *, uptime=123456, octets=1000, alias="上联 uplink", last_change=77):
    """A router's system group and interface tables, invented."""
    objects = {
        oid("1.3.6.1.2.1.1.1.0"): v2c.OctetString("Invented router"),
        oid("1.3.6.1.2.1.1.2.0"): v2c.ObjectIdentifier(oid("1.3.6.1.4.1.99999.1")),
        oid("1.3.6.1.2.1.1.3.0"): v2c.TimeTicks(uptime),
        oid("1.3.6.1.2.1.1.5.0"): v2c.OctetString("rt-test"),
        oid("1.3.6.1.2.1.2.1.0"): v2c.Integer32(count),
    }
    if last_change is not None:
        objects[oid("1.3.6.1.2.1.31.1.5.0")] = v2c.TimeTicks(last_change)
    low = {1: None, 2: "descr", 3: 6, 4: 1500, 5: 10**9, 6: "mac", 7: 1, 8: 1, 9: 55}
    for index in range(1, count + 1):
        for column, value in low.items():
            name = oid(f"1.3.6.1.2.1.2.2.1.{column}.{index}")
            if value == "descr":
                objects[name] = v2c.OctetString(f"GigabitEthernet0/0/{index}".encode())
            elif value == "mac":
                objects[name] = v2c.OctetString(bytes((2, 0, 0, 0, index >> 8, index & 255)))
            elif column == 5:
                objects[name] = v2c.Gauge32(value)
            elif column == 9:
                objects[name] = v2c.TimeTicks(value)
            else:
                objects[name] = v2c.Integer32(value if value is not None else index)
        for column in (10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20):
            objects[oid(f"1.3.6.1.2.1.2.2.1.{column}.{index}")] = v2c.Counter32((octets * index + column) % 2**32)
        objects[oid(f"1.3.6.1.2.1.2.2.1.21.{index}")] = v2c.Gauge32(0)
        objects[oid(f"1.3.6.1.2.1.31.1.1.1.1.{index}")] = v2c.OctetString(f"GE0/0/{index}".encode())
        for column in range(2, 6):
            objects[oid(f"1.3.6.1.2.1.31.1.1.1.{column}.{index}")] = v2c.Counter32(column * index)
        for column in range(6, 14):
            objects[oid(f"1.3.6.1.2.1.31.1.1.1.{column}.{index}")] = v2c.Counter64(octets * index * 10**9 + column)
        objects[oid(f"1.3.6.1.2.1.31.1.1.1.15.{index}")] = v2c.Gauge32(1000)
        objects[oid(f"1.3.6.1.2.1.31.1.1.1.18.{index}")] = v2c.OctetString(f"{alias} {index}".encode("gb18030"))
    return objects


def free_port(host="127.0.0.1"):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        return sock.getsockname()[1]


ALGORITHMS = [
    f"{auth} {priv}"
    for auth in ("MD5", "SHA", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
    for priv in ("-", "DES", "AES", "AES-192", "AES-256")
]
SNMPD = shutil.which("snmpd", path="/usr/sbin:/usr/bin:/sbin:/bin")


@pytest.fixture(scope="session")
def snmpd(tmp_path_factory):
    """net-snmp's real agent on a loopback port: community `public`, users by algorithm. Its port."""
    if SNMPD is None:
        pytest.skip("net-snmp's snmpd is not installed (Debian: snmpd)")
    directory = tmp_path_factory.mktemp("snmpd")
    port = free_port()
    every = [f"every{number} {kinds}" for number, kinds in enumerate(ALGORITHMS)]
    users = {"usha": "SHA AES", "usha256": "SHA-256 AES", "umd5": "MD5 DES", "usha512": "SHA-512 AES-256"}
    lines = [
        f"agentaddress udp:127.0.0.1:{port},udp6:[::1]:{port}",
        "rocommunity public 127.0.0.1",
        "view narrow included .1.3.6.1.2.1.1",
        "rocommunity narrow 127.0.0.1 -V narrow",
        "createUser unarrow SHA authpass123 AES privpass123",
        "rouser unarrow priv -V narrow",
        "createUser uplain",
        "rouser uplain noauth",
        "sysName snmpd-test",
        *(
            f"createUser {name} {kinds.split()[0]} authpass123 {kinds.split()[1]} privpass123"
            for name, kinds in users.items()
        ),
        *(f"rouser {name} priv" for name in users),
        *(
            f"createUser {name} {auth} authpass123" + (f" {priv} privpass123" if priv != "-" else "")
            for name, auth, priv in map(str.split, every)
        ),
        *(f"rouser {user.split()[0]} auth" for user in every),
        # A context of the agent's own: the same daemon, asked for another part.
        "view all included .1",
        "createUser ucontext SHA authpass123 AES privpass123",
        "rouser ucontext priv -V all second",
        f"proxy -Cn second -v 2c -c public 127.0.0.1:{port} .1.3.6.1.2.1.1",
    ]
    configuration = directory / "snmpd.conf"
    configuration.write_text("\n".join(lines) + "\n")
    process = subprocess.Popen(
        [SNMPD, "-f", "-Lf", str(directory / "log"), "-C", "-c", str(configuration), "-I", "-smux"],
        env={"SNMP_PERSISTENT_DIR": str(directory / "state"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "MIBS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: process.poll() is not None or "NET-SNMP version" in _text(directory / "log"))
        if process.poll() is not None:
            pytest.skip(f"snmpd does not start here: {_text(directory / 'log')[-300:]}")
        yield port
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _text(path):
    return path.read_text(errors="replace") if path.exists() else ""


@pytest.fixture(scope="session")
def snmpd_algorithms():
    """The algorithms of the users `every0`, `every1` … of `snmpd`: authentication and privacy (or `-`)."""
    return [tuple(kinds.split()) for kinds in ALGORITHMS]


@pytest.fixture(scope="session")
def corpus():
    """The recordings of real devices beside the checkout: name → objects."""
    if not CORPUS.is_dir():
        pytest.skip("the recordings (../shared/corpus/snmp) are not here")
    return {path.stem: recording(path) for path in sorted(CORPUS.glob("*.snmprec"))}


@pytest.fixture(scope="session")
def read_recording():
    """Reads a .snmprec file."""
    return recording


@pytest.fixture(scope="session")
def corpus_folder():
    """Where the recordings are."""
    if not CORPUS.is_dir():
        pytest.skip("the recordings (../shared/corpus/snmp) are not here")
    return CORPUS


@pytest.fixture
def make_router():
    return router


@pytest.fixture
def make_oid():
    return oid


@pytest.fixture(scope="session")
def agent_class():
    """For agents that live longer than a test."""
    return Agent


@pytest.fixture(scope="session")
def every_object():
    """What an agent has that has every object of some modules."""
    return every_object_of


def every_object_of(modules):
    """One row of each table, one value of each kind. States are good, loads are 42, texts say what they are."""
    objects = router(4)
    objects[oid("1.3.6.1.2.1.2.2.1.8.4")] = v2c.Integer32(2)
    for module in modules:
        for metric in module.metrics:
            arcs = sum((_index_arcs(index) for index in metric.indexes), ()) or (0,)
            objects.setdefault(oid(metric.oid) + arcs, _value(metric))
            places = {}
            for index in metric.indexes:
                places[index.labelname] = _index_arcs(index)
            for lookup in metric.lookups:
                if lookup.oid and all(name in places for name in lookup.labels):
                    arcs = sum((places[name] for name in lookup.labels), ())
                    objects.setdefault(oid(lookup.oid) + arcs, _looked_up(lookup))
                    places[lookup.labelname] = (1,)
    return objects


def _index_arcs(index):
    if index.enum_values:
        return (min(index.enum_values),)
    arcs = {"InetAddressIPv4": (10, 0, 0, 1), "InetAddress": (1, 4, 10, 0, 0, 1), "PhysAddress48": (2, 0, 0, 0, 0, 1)}
    if index.type in ("OctetString", "DisplayString"):
        return (49,) * index.fixed_size or ((49,) if index.implied else (1, 49))
    return arcs.get(index.type, (1,))


def _value(metric):
    if metric.type == "counter":
        return v2c.Counter64(10**9)
    if metric.type in ("InetAddressIPv4", "IpAddr"):
        return v2c.IpAddress("10.0.0.1")
    if metric.type in ("DisplayString", "OctetString", "PhysAddress48"):
        return v2c.OctetString(b"42" if metric.regex_extracts else b"text")
    if metric.good:
        return v2c.Integer32(min(metric.good))
    if metric.enum_values:
        return v2c.Integer32(max(metric.enum_values))
    return v2c.Gauge32(1000 if metric.measures in ("sessions_limit", "memory_total") else 42)


def _looked_up(lookup):
    if lookup.labelname == "hrStorageType":
        return v2c.ObjectIdentifier(oid("1.3.6.1.2.1.25.2.1.4"))
    if lookup.type == "gauge":
        return v2c.Integer32(1)
    return v2c.IpAddress("10.0.0.9") if lookup.type == "InetAddressIPv4" else v2c.OctetString(b"name")
