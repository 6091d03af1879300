"""policy.yaml as it is written: its form, its faults with their lines, its JSON schema."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeAlias

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from inventory.errors import NO_HINT, InputError, Problem
from inventory.model import Area, Level, Source
from inventory.text import Message
from ipplan.networks import BITS, FAMILIES, Network, PrefixError, parse_network
from ipplan.policy import BlockSize, Function, Placement, Policy, Pool, Purpose, Size, Summary

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def _without_slash(value: object) -> object:
    """`/27` and `27` mean the same."""
    if isinstance(value, str) and value.startswith("/") and value[1:].isdecimal() and value.isascii():
        return int(value[1:])
    return value


Length4 = Annotated[int, BeforeValidator(_without_slash, json_schema_input_type=int | str), Field(ge=0, le=32)]
Length6 = Annotated[int, BeforeValidator(_without_slash, json_schema_input_type=int | str), Field(ge=0, le=128)]
Growth = Annotated[Decimal, Field(ge=1, le=100)]
Name = Annotated[str, Field(pattern=r"^[^\s,:]+$", max_length=64)]


class _Document(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid")


class _Hosts4(_Document):
    """From the site's hosts × growth; minimum is the smallest block, maximum the largest."""

    growth: Growth = Decimal(1)
    minimum: Length4
    maximum: Length4 = 0


class _Size4(_Document):
    """Either a fixed length or from the hosts."""

    length: Length4 | None = None
    hosts: _Hosts4 | None = None


class _Size6(_Document):
    length: Length6


class _Block4(_Document):
    """Either a fixed length, or what the content needs × growth."""

    length: Length4 | None = None
    growth: Growth = Decimal(1)
    minimum: Length4 | None = None


class _Block6(_Document):
    length: Length6 | None = None
    growth: Growth = Decimal(1)
    minimum: Length6 | None = None


class _Summary(_Document):
    level: Level
    ipv4: _Block4 = _Block4()
    ipv6: _Block6 = _Block6()
    placement: Placement = Placement.SPARSE


class _Pool(_Document):
    name: Name
    title: str = ""
    area: Area
    vrf: Name = "default"
    prefixes: tuple[str, ...] = Field(min_length=1)
    exclude: tuple[str, ...] = ()
    summaries: tuple[_Summary, ...] = ()


class _Function(_Document):
    name: Name
    title: str = ""
    pool: Name
    purpose: Purpose = Field(alias="for")
    where: str = ""
    ipv4: _Size4 | None = None
    ipv6: _Size6 | None = None
    placement: Placement = Placement.DENSE
    reserve: int = Field(default=0, ge=0, le=8)


class PolicyDocument(_Document):
    """plan/policy.yaml."""

    pools: tuple[_Pool, ...] = Field(min_length=1)
    functions: tuple[_Function, ...] = Field(min_length=1)


def schema() -> dict[str, Any]:
    """The JSON schema of policy.yaml."""
    return PolicyDocument.model_json_schema()


def load(path: Path, name: str) -> Policy:
    """Read a policy.yaml; see `ipplan.policy.load`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = Message("cannot be read: {reason}", reason=error.strerror or str(error))
        raise InputError([Problem("unreadable-file", message, Message("write the address policy"), name)]) from None
    except UnicodeDecodeError:
        raise InputError(
            [Problem("bad-encoding", Message("is not UTF-8 text"), Message("save it as UTF-8"), name)]
        ) from None
    return parse(text, name)


def parse(text: str, name: str) -> Policy:
    """The policy that `text` writes; see `ipplan.policy.parse`."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error)
        message = Message("is not YAML: {reason}", reason=reason)
        hint = Message("look at the indentation, the colons and the quotation marks")
        raise InputError([Problem("bad-yaml", message, hint, name, mark.line + 1 if mark else 0)]) from None
    places = _Places(node, name)
    problems = list(places.duplicates())
    try:
        document = PolicyDocument.model_validate(data if data is not None else {})
    except ValidationError as error:
        problems.extend(_problem(dict(fault), places) for fault in error.errors())
        raise InputError(problems) from None
    policy = _Builder(places, problems).policy(document)
    if problems:
        raise InputError(sorted(problems, key=lambda problem: (problem.line, problem.column)))
    return policy


KeyPath: TypeAlias = tuple[str | int, ...]


class _Places:
    """Where the values of a YAML file stand."""

    def __init__(self, node: yaml.Node | None, name: str) -> None:
        self.node = node
        self.name = name

    def source(self, path: Iterable[str | int]) -> Source:
        """The file and line of the value at `path`, or of the nearest one above it."""
        node, line = self.node, 1
        for step in path:
            following = self._step(node, step)
            if following is None:
                break
            node, line = following
        return Source(self.name, line)

    @staticmethod
    def _step(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node, int] | None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == step:
                    return value, key.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            value = node.value[step]
            return value, value.start_mark.line + 1
        return None

    def duplicates(self) -> Iterable[Problem]:
        """Keys that are written twice in one mapping: YAML would silently keep the last one."""
        waiting = [self.node] if self.node is not None else []
        while waiting:
            node = waiting.pop()
            if isinstance(node, yaml.SequenceNode):
                waiting.extend(node.value)
            elif isinstance(node, yaml.MappingNode):
                seen = set()
                for key, value in node.value:
                    if key.value in seen:
                        yield Problem(
                            "duplicate-key",
                            Message("the key “{key}” is there twice", key=key.value),
                            Message("keep one of them"),
                            self.name,
                            key.start_mark.line + 1,
                            str(key.value),
                        )
                    seen.add(key.value)
                    waiting.append(value)


def _column(path: Iterable[str | int]) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.lstrip(".")


_MESSAGES = {
    "missing": (Message("the key is missing"), Message("write it")),
    "extra_forbidden": (Message("there is no such key"), Message("take it out, or look at its spelling")),
}


def _problem(fault: dict[str, Any], places: _Places) -> Problem:
    """A fault that pydantic found, in our words."""
    path, kind, context = fault["loc"], fault["type"], fault.get("ctx", {})
    if kind in _MESSAGES:
        message, hint = _MESSAGES[kind]
    elif kind == "enum":
        message = Message("“{value}” is not one of {names}", value=fault["input"], names=context["expected"])
        hint = Message("write one of them")
    elif kind in {"greater_than_equal", "less_than_equal"}:
        limit = context.get("ge", context.get("le"))
        template = "{value} is less than {limit}" if "ge" in context else "{value} is more than {limit}"
        message, hint = Message(template, value=fault["input"], limit=limit), NO_HINT
    else:
        message = Message("“{value}” cannot stand here: {reason}", value=fault["input"], reason=fault["msg"])
        hint = Message("look at the example in docs/policy or at the shipped schema")
    source = places.source(path)
    code = {"missing": "missing-key", "extra_forbidden": "unknown-key"}.get(kind, "bad-value")
    return Problem(code, message, hint, source.file, source.line, _column(path))


class _Builder:
    """The document as the objects that the planner uses; faults between its parts go to `problems`."""

    def __init__(self, places: _Places, problems: list[Problem]) -> None:
        self.places = places
        self.problems = problems

    def fault(self, code: str, path: KeyPath, message: Message, hint: Message = NO_HINT) -> None:
        """Note a fault at `path`."""
        source = self.places.source(path)
        self.problems.append(Problem(code, message, hint, source.file, source.line, _column(path)))

    def policy(self, document: PolicyDocument) -> Policy:
        """All of it."""
        pools: dict[str, Pool] = {}
        for index, pool in enumerate(document.pools):
            if pool.name in pools:
                self.twice(("pools", index, "name"), pool.name)
            pools[pool.name] = self.pool(pool, ("pools", index))
        self.overlaps(pools)
        functions: dict[str, Function] = {}
        for index, function in enumerate(document.functions):
            if function.name in functions:
                self.twice(("functions", index, "name"), function.name)
            functions[function.name] = self.function(function, ("functions", index), pools)
        return Policy(pools, functions, self.places.name)

    def twice(self, path: KeyPath, name: str) -> None:
        """Note a name that is used twice."""
        message = Message("the name “{name}” is there twice", name=name)
        self.fault("duplicate-name", path, message, Message("give each one a name of its own"))

    def pool(self, document: _Pool, path: KeyPath) -> Pool:
        """One pool."""
        levels = tuple(Level)
        ranks = [levels.index(summary.level) for summary in document.summaries]
        if ranks != sorted(set(ranks)):
            message = Message("the levels are not in order from the top down, each once")
            hint = Message("the order is: {names}", names=", ".join(levels))
            self.fault("level-order", (*path, "summaries"), message, hint)
        return Pool(
            document.name,
            document.area,
            document.vrf,
            self.networks(document.prefixes, (*path, "prefixes")),
            self.networks(document.exclude, (*path, "exclude")),
            tuple(self.summary(item) for item in document.summaries),
            document.title,
            self.places.source(path),
        )

    def networks(self, texts: tuple[str, ...], path: KeyPath) -> tuple[Network, ...]:
        """The prefixes of a list."""
        found: list[Network] = []
        for index, text in enumerate(texts):
            try:
                found.append(parse_network(text))
            except PrefixError as error:
                self.fault(error.code, (*path, index), error.message, error.hint)
        return tuple(found)

    @staticmethod
    def summary(document: _Summary) -> Summary:
        """One summary rule."""
        sizes = {
            4: BlockSize(document.ipv4.length, document.ipv4.growth, document.ipv4.minimum),
            6: BlockSize(document.ipv6.length, document.ipv6.growth, document.ipv6.minimum),
        }
        return Summary(document.level, sizes, document.placement)

    def overlaps(self, pools: dict[str, Pool]) -> None:
        """Pools of one VRF must be disjoint, or an address would have two purposes."""
        entries = [
            (pool.vrf, network, pool, index)
            for pool in pools.values()
            for index, network in enumerate(pool.prefixes)
        ]
        entries.sort(key=lambda entry: (entry[0], entry[1].version, entry[1].network_address, entry[1].prefixlen))
        for before, after in zip(entries, entries[1:], strict=False):
            if before[0] == after[0] and before[1].version == after[1].version and before[1].overlaps(after[1]):
                message = Message(
                    "{prefix} overlaps {other} of the pool “{name}” in the same VRF",
                    prefix=after[1],
                    other=before[1],
                    name=before[2].name,
                )
                source = after[2].source
                hint = Message("give each pool space of its own")
                self.problems.append(
                    Problem("pools-overlap", message, hint, source.file, source.line, after[2].name)
                )

    def function(self, document: _Function, path: KeyPath, pools: dict[str, Pool]) -> Function:
        """One function."""
        sizes: dict[int, Size] = {}
        if document.ipv4 is not None:
            sizes[4] = self.size4(document.ipv4, (*path, "ipv4"), document.purpose)
        if document.ipv6 is not None:
            sizes[6] = Size(document.ipv6.length)
        if not sizes:
            message = Message("it says no size")
            self.fault("no-size", path, message, Message("write for example: {example}", example="ipv4: {length: 30}"))
        self.fitting_lengths(document, sizes, path)
        pool = pools.get(document.pool)
        if pool is None:
            message = Message("there is no pool “{name}”", name=document.pool)
            hint = Message("the pools are: {names}", names=", ".join(pools))
            self.fault("unknown-pool", (*path, "pool"), message, hint)
        else:
            for version in sizes:
                if not any(network.version == version for network in pool.prefixes):
                    message = Message("the pool “{name}” has no prefix of IPv{version}", name=pool.name, version=version)
                    hint = Message("give the pool one, or take this size out")
                    self.fault("no-pool-prefix", (*path, f"ipv{version}"), message, hint)
        return Function(
            document.name,
            document.pool,
            document.purpose,
            sizes,
            document.where,
            document.placement,
            document.reserve,
            document.title,
            self.places.source(path),
        )

    def size4(self, document: _Size4, path: KeyPath, purpose: Purpose) -> Size:
        """An IPv4 size: fixed, or from the hosts."""
        if (document.length is None) == (document.hosts is None):
            message = Message("it needs either “length” or “hosts”")
            self.fault("no-size", path, message, Message("write for example: {example}", example="ipv4: {length: 30}"))
        if document.hosts is None:
            return Size(document.length)
        if purpose is not Purpose.LAN:
            message = Message("only a LAN has hosts")
            self.fault("no-hosts", (*path, "hosts"), message, Message("write a length"))
        hosts = document.hosts
        if hosts.maximum > hosts.minimum:
            message = Message("the largest block (/{maximum}) is smaller than the smallest (/{minimum})",
                              maximum=hosts.maximum, minimum=hosts.minimum)
            self.fault("bad-value", (*path, "hosts"), message, Message("exchange them"))
        return Size(None, hosts.growth, hosts.minimum, hosts.maximum)

    def fitting_lengths(self, document: _Function, sizes: dict[int, Size], path: KeyPath) -> None:
        """A loopback is one address; a circuit has room for two, a LAN for a router and a host."""
        for name, version in FAMILIES.items():
            size = sizes.get(version)
            if size is None or size.length is None:
                continue
            bits = BITS[version]
            longest = {Purpose.LOOPBACK: bits, Purpose.CIRCUIT: bits - 1, Purpose.LAN: bits - 2}[document.purpose]
            exact = document.purpose is Purpose.LOOPBACK
            if size.length > longest or (exact and size.length != bits):
                message = Message("/{length} does not suit “{purpose}”", length=size.length, purpose=document.purpose.value)
                hint = Message("write /{length}", length=longest) if exact else Message(
                    "write /{length} or shorter", length=longest
                )
                self.fault("bad-length", (*path, name, "length"), message, hint)
