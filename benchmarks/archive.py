"""An archive of 1,000 configurations: the first commit, and a second one in which a tenth has changed; beside git.

Both start with the texts in memory and end with a commit. Git's command line does what a script of backups does: it
writes the files, `add`, `commit`; its first round makes the repository, as ours does.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from common import figure, median, report

from configs.archive import Archive

ROUNDS = 5
DEVICES = 1000
SIZE = 6000
BAR = 0.7  # of the git command line's time


def configuration(number: int, chance: random.Random) -> bytes:
    """About 6 KB of a router's text, different for every device."""
    lines = [f"#\nsysname rt-{number:04}\n#\n"]
    size = 0
    while size < SIZE:
        port = chance.randrange(1000)
        lines.append(
            f"interface GigabitEthernet0/{port // 48}/{port % 48}\n description 链路 {chance.getrandbits(40):x}\n"
            f" ip address 10.{chance.randrange(256)}.{chance.randrange(256)}.1 255.255.255.0\n#\n"
        )
        size += len(lines[-1].encode())
    return "".join([*lines, "return\n"]).encode()


def ours(folder: Path, first: dict[str, bytes], second: dict[str, bytes]) -> list[float]:
    """Seconds for the two commits."""
    archive = Archive(folder)
    times = []
    for texts in (first, second):
        started = time.perf_counter()
        archive.store(texts, "backup")
        times.append(time.perf_counter() - started)
    return times


def git(folder: Path, first: dict[str, bytes], second: dict[str, bytes]) -> list[float]:
    """The same by the git command line: a working tree, `git add`, `git commit`."""
    environment = {
        **os.environ,
        **{f"GIT_{who}_{what}": "govnet@localhost" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }

    def call(*words: str) -> None:
        subprocess.run(["git", "-C", str(folder), *words], check=True, env=environment, stdout=subprocess.DEVNULL)

    folder.mkdir()
    times = []
    for number, texts in enumerate((first, second)):
        started = time.perf_counter()
        if not number:
            call("init", "-q", "-b", "main")
        for device, text in texts.items():
            place = folder / device / "running.cfg"
            place.parent.mkdir(exist_ok=True)
            place.write_bytes(text)
        call("add", "-A")
        call("-c", "gc.auto=0", "commit", "-q", "-m", "backup")
        times.append(time.perf_counter() - started)
    return times


def main() -> None:
    """Measure both in turn; each commit is a figure."""
    chance = random.Random(7)  # noqa: S311 - the same texts each time
    first = {f"rt-{number:04}": configuration(number, chance) for number in range(DEVICES)}
    changed = dict(list(first.items())[::10])
    second = first | {name: text.replace("链路".encode(), "专线".encode(), 3) for name, text in changed.items()}
    scratch = Path(tempfile.mkdtemp(prefix="govnet-archive-"))
    rounds: dict[str, list[list[float]]] = {"ours": [], "git": []}
    try:
        for number in range(ROUNDS):
            rounds["ours"].append(ours(scratch / f"ours-{number}", first, second))
            rounds["git"].append(git(scratch / f"git-{number}", first, second))
    finally:
        shutil.rmtree(scratch)
    figures = []
    for index, name in enumerate(("first", "second")):
        mine, theirs = (median([times[index] for times in rounds[who]]) for who in ("ours", "git"))
        peer = {"name": f"git command line: {theirs:.2f} s; ours {mine:.2f} s", "value": 1.0}
        figures.append(figure(f"archive-{name}-commit", mine / theirs, "× git", BAR, peer=peer))
    report("archive", figures)


if __name__ == "__main__":
    main()
