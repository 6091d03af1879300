"""Which algorithms does an SSH server offer? ssh-audit (MIT, optional: the extra `probes`) looks and judges.

It runs as a process of its own that can connect to this one port only (`confined`), without its denial-of-service
tests and without logging in. Not all that it calls a failure is one here: see `OPINIONS`.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from audits.probes.confined import COUNTED, MOST
from audits.probes.model import Answer, CannotRunError, Send
from audits.probes.place import entered
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from audits.probes.model import Probe, Target
    from audits.probes.wire import Wire

# Notes of ssh-audit that say something else than that an algorithm is broken: suspicions about who designed it (the
# NIST curves, which FIPS 186-5 approves; GOST; the Chinese SM algorithms, which it does not know).
OPINIONS = (
    "using elliptic curves that are suspected",
    "using unknown algorithm",
    "using unproven algorithm",
    "using untrusted algorithm",
)
# SHA-1's collisions do not break HMAC (RFC 6194 section 3.3).
_HMAC = "using broken SHA-1 hash algorithm"
_LISTS = {"kex": "key exchange", "key": "host key", "enc": "cipher", "mac": "MAC"}
_SECONDS = 120


def sends(probe: Probe) -> Iterator[Send]:
    """The connections that ssh-audit makes at most."""
    for target in probe.targets:
        yield Send(probe.vantage, target.aim, MOST + probe.tries)


async def run(probe: Probe, wire: Wire) -> tuple[Answer, ...]:
    """One answer for each target."""
    if importlib.util.find_spec("ssh_audit") is None:
        raise CannotRunError(
            Message("ssh-audit is not installed"),
            Message('install it with: pip install "govnet[probes]"'),
        )
    return tuple([await _look(probe, target, wire) for target in probe.targets])


async def _look(probe: Probe, target: Target, wire: Wire) -> Answer:
    device = target.device or probe.device
    attempt = await wire.attempt(probe.vantage, target.aim, probe)
    if not attempt.reached:
        why = Message("{aim} was not reached", aim=str(target.aim))
        return Answer(device, None, why, (attempt.record,), ran=attempt.reached is not None)
    wire.gate.check(probe.vantage, target.aim)
    command = [sys.executable, "-P", "-m", "audits.probes.confined", str(target.aim.address), str(target.aim.port)]
    command += [f"{wire.gate.rate:g}", f"{max(1, round(probe.timeout))}", probe.vantage.interface]
    with entered(probe.vantage):
        process = subprocess.Popen(  # noqa: ASYNC220 - it must start in the vantage's network, which this thread has entered
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    try:
        said, told = await asyncio.to_thread(process.communicate, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        await asyncio.to_thread(process.communicate)
        return Answer(device, None, Message("ssh-audit did not come to an end"), (attempt.record,))
    except BaseException:
        process.kill()
        raise
    number = told.decode("ascii", "replace").rpartition(COUNTED)[2].strip()
    wire.gate.count(probe.vantage, target.aim, int(number) if number.isdecimal() else MOST)
    return judge(device, target, said, attempt.record)


def judge(device: str, target: Target, said: bytes, record: str) -> Answer:
    """The answer from what ssh-audit printed; unknown if that is no list of algorithms."""
    try:
        document = json.loads(said)
        broken = list(_broken(document))
        offered = sum(len(document[part]) for part in _LISTS)
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(
            device, None, Message("ssh-audit could not read what {aim} offers", aim=str(target.aim)), (record,)
        )
    if broken:
        why = Message("{aim} offers {name}", aim=str(target.aim), name=broken[0])
        return Answer(device, True, why, (record, *(f"{target.aim} offers {line}" for line in broken)))
    if not offered:
        return Answer(
            device, None, Message("ssh-audit could not read what {aim} offers", aim=str(target.aim)), (record,)
        )
    why = Message("none of the {count} algorithms that {aim} offers is broken", count=offered, aim=str(target.aim))
    return Answer(device, False, why, (record,))


def _broken(document: Mapping[str, Any]) -> Iterator[str]:
    for part, title in _LISTS.items():
        for entry in document[part]:
            failures = [
                note
                for note in entry["notes"].get("fail", ())
                if not note.startswith(OPINIONS) and not (part == "mac" and note == _HMAC)
            ]
            if failures:
                size = f" ({entry['keysize']} bits)" if entry.get("keysize") else ""
                yield f"{title} {entry['algorithm']}{size}: {'; '.join(failures)}"
