"""A run over many configurations: read, detect, re-address by network, keep what could not be done apart.

One folder is one network; its devices share a mapping. A file that cannot be read, whose vendor nobody knows or that
was cut off is reported and left out; the others are done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from configs.readdress.engine import Engine, Policy, Result, Source
from inventory.collecting import uncollected
from inventory.errors import InputError, Problem
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from configs.equivalence.model import Proof
    from configs.equivalence.proof import Prover
    from ipplan.mapping import Mapping


class Input(NamedTuple):
    """One configuration: its path relative to what was given, its network's name, its bytes; maybe its platform."""

    path: str
    network: str
    data: bytes
    platform: str = ""


@dataclass(slots=True)
class Done:
    """What became of one configuration: a result, or the problems why there is none."""

    path: str
    network: str
    result: Result | None = None
    problems: tuple[Problem, ...] = ()
    platform: str = ""
    encoding: str = ""
    lines: int = 0


@dataclass(slots=True)
class Run:
    """All of it, in the order of the inputs."""

    policy: Policy
    files: list[Done] = field(default_factory=list)
    proofs: dict[str, Proof] = field(default_factory=dict)

    @property
    def failed(self) -> list[Done]:
        """The configurations that could not be done."""
        return [done for done in self.files if done.result is None]

    @property
    def platforms(self) -> dict[str, str]:
        """The language of each file."""
        return {done.path: done.platform for done in self.files}

    @property
    def proven(self) -> bool:
        """Whether every proof that was asked for holds."""
        return all(proof.ok for proof in self.proofs.values())


def read(source: Input) -> tuple[Source | None, Done]:
    """A configuration as the engine takes it; None with the problems in `Done` if it cannot be."""
    from configs import dialects, encodings  # noqa: PLC0415 - start-up time: the dialects
    from configs.detect import detect  # noqa: PLC0415 - as above

    done = Done(source.path, source.network)
    try:
        text, done.encoding = encodings.decode(source.data, source.path)
    except InputError as error:
        done.problems = tuple(error.problems)
        return None, done
    done.lines = encodings.count(text)
    platform = source.platform or detect(text).platform
    done.platform = platform
    table = dialects.dialect(platform).places() if platform else None
    if table is None:
        message = (
            Message("where addresses stand in the commands of {platform} is not known", platform=platform)
            if platform
            else Message("no known vendor's language")
        )
        hint = Message("give the platform: --platform, one of: {names}", names=", ".join(sorted(dialects.platforms())))
        done.problems = (Problem("unknown-vendor", message, hint, source.path, 1),)
        return None, done
    language = dialects.dialect(platform)
    try:
        tree = language.parse(source.data, (text, done.encoding))
    except InputError as error:
        done.problems = tuple(error.problems)
        return None, done
    done.problems = language.lacking(tree, source.path)
    if done.problems:
        return None, done
    return Source(source.path, platform, tree, table, language.mask), done


def run(inputs: Iterable[Input], mappings: dict[str, Mapping], policy: Policy, *, prove: bool = False) -> Run:
    """Re-address configurations. `mappings` has one for each network of the inputs."""
    with uncollected():
        return _run(inputs, mappings, policy, prove=prove)


def _run(inputs: Iterable[Input], mappings: dict[str, Mapping], policy: Policy, *, prove: bool) -> Run:
    found = Run(policy)
    networks: dict[str, list[tuple[Source, Done]]] = {}
    for source in inputs:
        ready, done = read(source)
        found.files.append(done)
        if ready is not None:
            networks.setdefault(source.network, []).append((ready, done))
    provers: dict[int, Prover] = {}
    for network, members in networks.items():
        engine = Engine(mappings[network], policy)
        engine.learn(ready for ready, _ in members)
        for ready, done in members:
            done.result = engine.run(ready)
        if prove:
            prover = provers.get(id(mappings[network])) or _prover(mappings[network], policy)
            provers[id(mappings[network])] = prover
            found.proofs[network] = _prove([done for _, done in members], prover)
    return found


def _prover(mapping: Mapping, policy: Policy) -> Prover:
    from configs.equivalence.proof import Prover  # noqa: PLC0415 - start-up time

    return Prover(mapping, policy)


def _prove(files: list[Done], prover: Prover) -> Proof:
    from configs import dialects  # noqa: PLC0415 - start-up time
    from configs.equivalence.proof import Document  # noqa: PLC0415 - as above
    from configs.readdress.outcomes import Action  # noqa: PLC0415 - as above

    old, new = [], []
    for done in files:
        if done.result is not None:
            old.append(Document(done.path, done.platform, done.result.tree))
            tree = dialects.dialect(done.platform).parse(done.result.to_bytes())
            new.append(Document(done.path, done.platform, tree))
    left = {
        (done.path, token.line)
        for done in files
        if done.result is not None
        for token in done.result.tokens()
        if token.action is Action.REVIEW
    }
    return prover.prove(old, new, left)


def changed(found: Run) -> Iterator[tuple[str, bytes]]:
    """The new text of every configuration that could be done."""
    for done in found.files:
        if done.result is not None:
            yield done.path, done.result.to_bytes()
