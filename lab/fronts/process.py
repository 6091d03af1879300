"""All fronts of a lab in one process: `python -m lab.fronts.process`, started by the lab's keeper.

It is a process of the keeper's PID namespace and ends with it, however that one ends. Standard input: one line, the
specification. Standard output: `{"node": …, "error": …}` for each device that cannot be served, then `{"done": true}`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lab.fronts.asking import SOCKET
from lab.fronts.front import Front
from lab.fronts.loader import loader_of
from lab.fronts.spec import from_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lab.fronts.spec import FrontsSpec

logger = logging.getLogger(__name__)
_WORKERS = 4
_LONGEST = 1 << 24  # octets of a question


def main() -> None:
    """Serve until killed."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # A failed login is the client's business, not the log's.
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    asyncio.run(_serve(from_json(sys.stdin.readline())))


async def _serve(spec: FrontsSpec) -> None:
    loader = loader_of(spec.loader, spec.settings)
    pool = ThreadPoolExecutor(_WORKERS)
    fronts: dict[str, Front] = {}
    for one in spec.devices:
        try:
            front = Front(one, spec, loader, pool)
            await front.open()
        except Exception as error:  # one that fails is data; the lab decides what becomes of it
            logger.exception("%s cannot be served", one.name)
            _say(node=one.name, error=f"{type(error).__name__}: {error}")
        else:
            fronts[one.name] = front

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            document = await _answer(fronts, json.loads(await reader.readline()))
        except Exception as error:  # whatever is asked, the lab stays up
            logger.exception("a question to the fronts failed")
            document = {"error": f"{type(error).__name__}: {error}"}
        writer.write(json.dumps(document).encode(errors="surrogateescape"))
        await writer.drain()
        writer.close()

    previous = os.umask(0o077)
    try:
        server = await asyncio.start_unix_server(answer, SOCKET, limit=_LONGEST)
    finally:
        os.umask(previous)
    _say(done=True)
    async with server:
        await server.serve_forever()


def _say(**document: Any) -> None:
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


async def _answer(fronts: Mapping[str, Front], question: Mapping[str, Any]) -> dict[str, Any]:
    asked = question["do"]
    if asked == "inspect":
        return {name: _inspected(fronts[name]) for name in question["devices"] or fronts}
    device = fronts[question["device"]].device
    if asked == "reboot":
        device.reboot()
        return {"seconds": device.spec.boot}
    if asked == "faults":
        from lab.emulator.faults import Faults  # noqa: PLC0415 - only here

        device.suffer(Faults.parse(question["faults"]))
        return {"faults": str(device.faults)}
    if asked == "console":
        output = await device.console(question["lines"])
        await fronts[question["device"]].loading.settled()
        return {"output": output, "refused": device.refusal(output)}
    raise ValueError(asked)


def _inspected(front: Front) -> dict[str, Any]:
    device, loading = front.device, front.loading
    text = device.show(device.running)
    return {
        "text": text,
        "saved": device.show(device.saved) if device.saved is not None else "",
        "standing": loading.running == text,
        "away": device.away,
        "armed": any(timer.armed for timer in device.timers.values()),
        "logins": device.logins,
        "boots": device.boots,
        "late": loading.late,
        "kept": [list(one) for one in device.strange.kept] if device.strange is not None else [],
        "unknown": sum(entry.strange for _, entry in device.running.walk()),
        "loads": [asdict(load) for load in loading.loads],
    }


if __name__ == "__main__":
    main()
