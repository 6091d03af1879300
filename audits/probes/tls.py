"""What does a TLS server accept? Old versions, weak ciphers, and what its certificate is worth.

Own hellos (`hello`) and not sslyze: it is AGPL-3.0, holds cryptography below the version that this project needs, and
brings an OpenSSL as a binary that domestic processors have no build of.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING

from audits.probes.hello import TLS12, TLS13, USUAL, VERSIONS, WEAK, Choice, NotTlsError, client_hello, read_answer
from audits.probes.model import Answer, Send
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from audits.probes.hello import Refusal
    from audits.probes.model import Probe, Target
    from audits.probes.wire import Wire

# A hello for each version, one with weak suites alone, one for the certificate that TLS 1.3 shows in secret only.
CONNECTIONS = len(VERSIONS) + 2
# RFC 9325 section 4.5 and GB/T 39786's practice: below these a key is not counted as safe any more.
_RSA_BITS, _EC_BITS = 2048, 224
_BROKEN_HASHES = frozenset({"md2", "md5", "sha1"})


def sends(probe: Probe) -> Iterator[Send]:
    """The connections that are made."""
    for target in probe.targets:
        yield Send(probe.vantage, target.aim, CONNECTIONS)


async def run(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """One answer for each target."""
    return tuple([await _look(probe, target, wire) for target in probe.targets])


async def _look(probe: Probe, target: Target, wire: Wire) -> Answer:
    device, aim = target.device or probe.device, target.aim
    records: list[str] = []
    chosen: dict[int, Choice] = {}
    untold: list[Message | str] = []
    for version, name in VERSIONS.items():
        answer, how, told = await _greet(probe, target, wire, version, (*USUAL, *WEAK))
        records.append(f"{aim}, {name}: {how}")
        if not told and version < TLS12:
            untold.append(name)
        if isinstance(answer, Choice) and answer.version == version:
            chosen[version] = answer
    if not chosen:
        return Answer(device, None, Message("{aim} answered no hello of TLS", aim=str(aim)), tuple(records))
    faults: list[Message | str] = [VERSIONS[version] for version in chosen if version < TLS12]
    faults += await _weak_suites(probe, target, wire, chosen, records, untold)
    certificate = await _certificate(probe, target, wire, chosen, records)
    faults += certificate or []
    if faults:
        why = Message("{aim} accepts or shows {what}", aim=str(aim), what=_together(faults))
        return Answer(device, True, why, tuple(records))
    if untold:
        why = Message("whether {aim} accepts {what} could not be told", aim=str(aim), what=_together(untold))
        return Answer(device, None, why, tuple(records))
    if certificate is None:
        return Answer(device, None, Message("the certificate of {aim} could not be read", aim=str(aim)), tuple(records))
    why = Message("{aim} accepts only TLS 1.2 or later with sound ciphers, and its certificate holds", aim=str(aim))
    return Answer(device, False, why, tuple(records))


async def _weak_suites(
    probe: Probe,
    target: Target,
    wire: Wire,
    chosen: dict[int, Choice],
    records: list[str],
    untold: list[Message | str],
) -> list[str]:
    """The weak suite that the server takes if it is offered no other; TLS 1.3 has none.

    `untold` says so if that is not known.
    """
    clear = [version for version in chosen if version < TLS13]
    if not clear:
        return []
    weak, how, told = await _greet(probe, target, wire, max(clear), tuple(WEAK))
    records.append(f"{target.aim}, weak ciphers only: {how}")
    if not told:
        untold.append(Message("weak ciphers"))
    return [WEAK[weak.suite]] if isinstance(weak, Choice) and weak.suite in WEAK else []


async def _certificate(
    probe: Probe, target: Target, wire: Wire, chosen: dict[int, Choice], records: list[str]
) -> list[Message] | None:
    """What is wrong with the server's certificate; None if none could be read."""
    der = next((choice.certificate for choice in chosen.values() if choice.certificate), b"")
    faults = judge_certificate(der or await wire.certificate(probe.vantage, target.aim, probe), datetime.now(UTC))
    words = "it cannot be read" if faults is None else "; ".join(fault.in_language("en") for fault in faults) or "sound"
    records.append(f"{target.aim}, certificate: {words}")
    return faults


async def _greet(
    probe: Probe, target: Target, wire: Wire, version: int, suites: tuple[int, ...]
) -> tuple[Choice | Refusal | None, str, bool]:
    """What the server answers to one hello, the same in words for the record, and whether it told anything at all."""
    if version >= TLS13:
        suites = tuple(suite for suite in suites if suite >> 8 == 0x13 or suite in (0x00C6, 0x00C7))
    else:
        suites = tuple(suite for suite in suites if suite >> 8 != 0x13 and suite not in (0x00C6, 0x00C7))

    def enough(data: bytes) -> bool:
        try:
            answer = read_answer(data)
        except NotTlsError:
            return True
        return answer is not None and not (isinstance(answer, Choice) and not answer.complete)

    data, how = await wire.exchange(probe.vantage, target.aim, client_hello(version, suites), probe, enough)
    if data is None:
        return None, how, False
    try:
        answer = read_answer(data)
    except NotTlsError:
        return None, "no TLS", True
    if answer is None:
        return (None, "an answer that breaks off", False) if data else (None, "closed without an answer", True)
    if isinstance(answer, Choice):
        return answer, f"chose {VERSIONS.get(answer.version, hex(answer.version))}, suite 0x{answer.suite:04X}", True
    return answer, f"refused by alert {answer.alert}", True


def judge_certificate(der: bytes, now: datetime) -> list[Message] | None:
    """What is wrong with a certificate, by name; empty if nothing is, None if it cannot be read.

    That it is signed by itself is not held against it: a device's own page seldom has another.
    """
    from cryptography import x509  # noqa: PLC0415 - start-up time
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.asymmetric import ec, rsa  # noqa: PLC0415 - as above

    try:
        certificate = x509.load_der_x509_certificate(der)
        key = certificate.public_key()
        until, since = certificate.not_valid_after_utc, certificate.not_valid_before_utc
    except (ValueError, UnsupportedAlgorithm, TypeError):
        return None
    faults = []
    if now > until:
        faults.append(Message("a certificate that expired on {day}", day=f"{until:%Y-%m-%d}"))
    if now < since:
        faults.append(Message("a certificate that is not valid before {day}", day=f"{since:%Y-%m-%d}"))
    least = _RSA_BITS if isinstance(key, rsa.RSAPublicKey) else _EC_BITS
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and key.key_size < least:
        faults.append(Message("a certificate with a key of {bits} bits", bits=key.key_size))
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    if algorithm is not None and algorithm.name in _BROKEN_HASHES:
        faults.append(Message("a certificate signed with {name}", name=algorithm.name.upper()))
    return faults


def _together(faults: list[Message | str]) -> Message | str:
    """The faults as one text."""
    return reduce(lambda first, rest: Message("{first}; {rest}", first=first, rest=rest), faults)
