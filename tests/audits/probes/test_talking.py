"""What servers of TLS and SSH say is read and judged; whoever looks for us is held to the one port."""

from __future__ import annotations

import contextlib
import json
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.probes import run, ssh
from audits.probes.hello import TLS12, TLS13, USUAL, WEAK, Choice, NotTlsError, Refusal, client_hello, read_answer
from audits.probes.model import Aim, Kind, Probe, Protocol, Target, Vantage
from audits.probes.tls import judge_certificate
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SSH = Target(Aim(Protocol.TCP, ip_address("10.3.0.10"), 22), "core")


def answer(hello: bytes, key: Path, certificate: Path, ciphers: str = "DEFAULT") -> bytes:
    """What OpenSSL as a server says to a hello, without any network."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    context.set_ciphers(ciphers)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = context.wrap_bio(incoming, outgoing, server_side=True)
    incoming.write(hello)
    with contextlib.suppress(ssl.SSLError):
        server.do_handshake()
    return outgoing.read()


def test_a_real_server_understands_our_hellos(keys: Callable[..., tuple[Path, Path]]) -> None:
    """OpenSSL chooses by our hello of 1.2 and 1.3, refuses older ones and weak suites, and shows its certificate."""
    key, certificate = keys("good")
    modern = tuple(suite for suite in USUAL if suite >> 8 == 0x13)
    new = read_answer(answer(client_hello(TLS13, modern), key, certificate))
    assert isinstance(new, Choice)
    assert new.version == TLS13
    assert new.suite in modern
    usual = read_answer(answer(client_hello(TLS12, USUAL), key, certificate))
    assert isinstance(usual, Choice)
    assert usual.version == TLS12
    assert judge_certificate(usual.certificate, datetime.now(UTC)) == []
    for refused in (client_hello(0x0301, USUAL), client_hello(TLS12, tuple(WEAK))):
        assert isinstance(read_answer(answer(refused, key, certificate)), Refusal)
    weak = read_answer(answer(client_hello(TLS12, tuple(WEAK)), key, certificate, "aNULL:@SECLEVEL=0"))
    assert isinstance(weak, Choice)
    assert weak.suite in WEAK


def test_an_answer_in_pieces_is_waited_for(keys: Callable[..., tuple[Path, Path]]) -> None:
    """Until the certificate is there, the answer is not complete; no beginning of it is mistaken for another."""
    whole = answer(client_hello(TLS12, USUAL), *keys("good"))
    final = read_answer(whole)
    for length in range(0, len(whole), 7):
        part = read_answer(whole[:length])
        assert part is None or part == final or (isinstance(part, Choice) and not part.complete), length


@given(st.binary(max_size=300))
def test_any_octets_are_no_error(data: bytes) -> None:
    """A server may say anything: it is an answer, the beginning of one, or no TLS."""
    for said in (data, b"\x16\x03\x03" + len(data).to_bytes(2, "big") + data):
        try:
            found = read_answer(said)
        except NotTlsError:
            continue
        assert found is None or isinstance(found, Choice | Refusal)


def test_certificates_are_judged_on_the_day(keys: Callable[..., tuple[Path, Path]]) -> None:
    """Expired, not yet valid, a short key: each is named; what is none is unknown."""
    now = datetime.now(UTC)
    der = ssl.PEM_cert_to_DER_cert(keys("good")[1].read_text(encoding="ascii"))

    def named(certificate: bytes, day: datetime) -> list[str]:
        return [str(fault) for fault in judge_certificate(certificate, day) or []]

    assert named(der, now + timedelta(days=31))[0].startswith("a certificate that expired on")
    assert named(der, now - timedelta(days=61))[0].startswith("a certificate that is not valid before")
    short = ssl.PEM_cert_to_DER_cert(keys("short", bits=1024)[1].read_text(encoding="ascii"))
    assert named(short, now) == ["a certificate with a key of 1024 bits"]
    assert judge_certificate(b"", now) is None
    assert judge_certificate(der[:-40], now) is None


def listed(**lists: list[dict[str, Any]]) -> bytes:
    return json.dumps({part: lists.get(part, []) for part in ("kex", "key", "enc", "mac")}).encode()


def entry(name: str, *failures: str) -> dict[str, Any]:
    return {"algorithm": name, "notes": {"fail": list(failures)} if failures else {"info": ["fine"]}}


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (listed(kex=[entry("curve25519-sha256")]), "sound"),
        (listed(enc=[entry("3des-cbc", "using broken & deprecated 3DES cipher")]), "weak"),
        (listed(kex=[entry("ecdh-sha2-nistp256", "using elliptic curves that are suspected as being …")]), "sound"),
        (listed(enc=[entry("sm4-ctr", "using unknown algorithm")]), "sound"),
        (listed(mac=[entry("hmac-sha1", "using broken SHA-1 hash algorithm")]), "sound"),
        (listed(mac=[entry("hmac-md5", "using broken MD5 hash algorithm")]), "weak"),
        (listed(key=[entry("ssh-rsa", "using broken SHA-1 hash algorithm")]), "weak"),
        (listed(), "unknown"),
        (b"", "unknown"),
        (b"[exception] cannot connect", "unknown"),
        (b"[]", "unknown"),
        (b'{"kex": 3}', "unknown"),
    ],
)
def test_ssh_audits_findings_are_judged(said: bytes, state: str) -> None:
    """Broken algorithms count, suspicions do not, and no list is no proof."""
    found = ssh.judge("core", SSH, said, "connected")
    assert (found.device, found.state) == ("core", state)


def test_the_process_that_looks_reaches_nothing_else() -> None:
    """Another port or address, a name, a datagram, a program, a connection too many: each is stopped beforehand."""
    script = (
        "import socket, subprocess, sys\n"
        "from audits.probes.confined import confine\n"
        "listener = socket.create_server(('127.0.0.1', 0))\n"
        "port = listener.getsockname()[1]\n"
        "confine('127.0.0.1', port, 1000)\n"
        "socket.create_connection(('127.0.0.1', port)).close()\n"
        "def stopped(what):\n"
        "    try:\n"
        "        what()\n"
        "    except PermissionError:\n"
        "        return\n"
        "    sys.exit('not stopped')\n"
        "datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "stopped(lambda: socket.create_connection(('127.0.0.1', port + 1)))\n"
        "stopped(lambda: socket.create_connection(('127.0.0.2', port)))\n"
        "stopped(lambda: socket.getaddrinfo('example.invalid', 22))\n"
        "stopped(lambda: datagram.sendto(b'x', ('127.0.0.1', port)))\n"
        "stopped(lambda: subprocess.run(['true']))\n"
        "for _ in range(39):\n"
        "    socket.create_connection(('127.0.0.1', port)).close()\n"
        "stopped(lambda: socket.create_connection(('127.0.0.1', port)))\n"
        "print('held')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.stdout, done.stderr) == ("held\n", "connections: 40\n")


def test_the_question_to_snmp_agents_is_well_formed() -> None:
    """The question for an engine is well-formed and reportable, as RFC 3414 wants it: pysnmp's decoder reads it."""
    from pyasn1.codec.ber import decoder
    from pysnmp.proto.mpmod.rfc3412 import SNMPv3Message
    from pysnmp.proto.rfc1905 import GetRequestPDU

    from audits.probes import payloads

    message, rest = decoder.decode(payloads.question(161), asn1Spec=SNMPv3Message())
    assert not rest
    assert int(message["msgVersion"]) == 3
    assert bytes(message["msgGlobalData"]["msgFlags"]) == b"\x04"
    pdu = message["msgData"]["plaintext"]["data"].getComponent()
    assert isinstance(pdu, GetRequestPDU)


@pytest.mark.parametrize("six", [False, True])
def test_only_our_own_echo_is_an_answer(six: bool) -> None:
    """By its content; the header that a raw socket gives is passed over."""
    from audits.probes import payloads

    nonce = bytes(range(16))
    request = payloads.echo_request(nonce, six=six)
    reply = bytes([129 if six else 0]) + request[1:]
    assert payloads.is_echo_answer(reply, nonce, six=six)
    assert not payloads.is_echo_answer(request, nonce, six=six)
    assert not payloads.is_echo_answer(reply, bytes(16), six=six)
    if not six:
        assert payloads.checksum(request) == 0
        assert payloads.is_echo_answer(b"\x45" + bytes(19) + reply, nonce, six=six)


@pytest.mark.parametrize(("lost", "state"), [(b"", "sound"), (b"\x03\x01", "unknown"), (b"\x03\x03", "unknown")])
def test_what_a_server_did_not_tell_is_not_sound(
    lost: bytes, state: str, keys: Callable[..., tuple[Path, Path]]
) -> None:
    """A connection that failed says nothing about a version; an alert does."""
    pair = keys("good")

    class Server:
        """A sound server; the connection with one version's first hello, or with weak suites alone, is lost."""

        async def exchange(self, _: object, __: object, sent: bytes, *___: object) -> tuple[bytes | None, str]:
            weak_alone = len(sent) < len(client_hello(TLS12, USUAL))
            if sent[9:11] == lost and (lost != b"\x03\x03" or weak_alone):
                return None, "not sent: Connection timed out"
            return answer(sent, *pair), "connected"

        async def certificate(self, *_: object) -> bytes:
            return b""

    probe = Probe("tls", Kind.TLS, Vantage("noc"), (Target(Aim(Protocol.TCP, ip_address("10.3.0.10"), 443), "fw"),))
    (result,) = run.run([probe], Server())  # type: ignore[arg-type] - only what this kind asks of a wire
    assert [one.state for one in result.answers] == [state], result
