"""Longest-prefix lookup for the mapping, beside pytricia: 434,700 nested prefixes of seven lengths, random hits.

Both sides answer the same questions in turn, several rounds, the median counts. pytricia is asked in the way that is
quickest for it: with an integer if it takes one, else with a text. Ours works on integers, as the mapping does.
"""

from __future__ import annotations

import json
import random
import subprocess
import time
from typing import Any

import peers
from common import figure, median, report

from ipplan.lookup import Table

PEER = "pytricia==1.3.0"
ROUNDS = 5
QUESTIONS = 200_000
BAR = 1_000_000
# How many children each prefix has, and their lengths.
LEVELS = ((300, 17), (8, 20), (4, 22), (4, 24), (2, 25), (2, 26), (1, 28))

PEER_CODE = """
import json, sys, time
import pytricia
given = json.load(sys.stdin)
tree = pytricia.PyTricia(32)
for start, length in given["prefixes"]:
    tree.insert(".".join(str(start >> shift & 255) for shift in (24, 16, 8, 0)) + f"/{length}", length)
numbers = given["questions"]
texts = [".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0)) for number in numbers]
answers = [tree.get(text) for text in texts]
ways = {"text": texts}
try:
    if [tree.get(number) for number in numbers[:100]] == answers[:100]:
        ways["integer"] = numbers
except Exception:
    pass
best = {}
for name, keys in ways.items():
    get = tree.get
    began = time.perf_counter()
    for key in keys:
        get(key)
    best[name] = len(keys) / (time.perf_counter() - began)
json.dump({"rates": best, "answers": answers}, sys.stdout)
"""


def prefixes() -> list[tuple[int, int]]:
    """The nested prefixes as (first address, length)."""
    found: list[tuple[int, int]] = []
    above = [(0x0A000000, 0)]
    for count, length in LEVELS:
        step = 1 << (32 - length)
        above = [(start + index * step, length) for start, _ in above for index in range(count)]
        found += above
    return found


def main() -> None:
    """Measure and report."""
    dice = random.Random(7)  # noqa: S311 - test data
    given = prefixes()
    questions = [start + dice.randrange(1 << (32 - length)) for start, length in dice.choices(given, k=QUESTIONS)]
    table = Table([(start, length, length) for start, length in given])
    program = peers.python(PEER)
    document = json.dumps({"prefixes": given, "questions": questions})
    one, many, theirs = [], [], []
    way = ""
    for _ in range(ROUNDS):
        began = time.perf_counter()
        longest = table.longest
        for question in questions:
            longest(question)
        one.append(QUESTIONS / (time.perf_counter() - began))
        began = time.perf_counter()
        answers = table.longest_of(questions)
        many.append(QUESTIONS / (time.perf_counter() - began))
        ran = subprocess.run(
            [str(program), "-c", PEER_CODE], input=document, capture_output=True, text=True, check=True
        )
        said = json.loads(ran.stdout)
        if said["answers"] != answers:
            raise SystemExit("the two do not give the same answers")
        way = max(said["rates"], key=lambda name: said["rates"][name])
        theirs.append(said["rates"][way])
    peer: dict[str, Any] = {"name": f"pytricia {PEER.split('==')[1]}, by {way}", "value": round(median(theirs))}
    report(
        "mapping",
        [
            figure("mapping-lookups-per-second", median(many), "1/s", BAR, better="higher", peer=peer),
            figure("mapping-lookups-one-by-one-per-second", median(one), "1/s", BAR, better="higher", peer=peer),
        ],
    )


if __name__ == "__main__":
    main()
