"""policy.yaml as it is written: its form, its faults with their lines, its JSON schema."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from inventory import cells
from inventory.errors import InputError, Problem
from inventory.model import Area, Level, Source
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message
from ipplan.networks import BITS, FAMILIES, Network, in_order, parse_network
from ipplan.policy import FILE, BlockSize, Function, Placement, Policy, Pool, Purpose, Size, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from inventory.sources.yaml import Path as KeyPath

_NAME = re.compile(r"[^\s,:\"']{1,64}").fullmatch
_MOST_GROWTH = 100
_MOST_RESERVE = 8


def _value(convert: Callable[[str], Any], form: Any = str) -> PlainValidator:
    """A field whose text `convert` turns into a value; `form` is what the JSON schema says about it."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            raise cells.Fault("bad-type", Message("one text is expected here"), Message("write key: value"))
        text = value.strip()
        if not text:
            raise cells.Fault(
                "missing-value", Message("there is no value here"), Message("write one, or remove the key")
            )
        return convert(text)

    return PlainValidator(validate, json_schema_input_type=form)


def _name(text: str) -> str:
    cells.refuse_full_width(text)
    if not _NAME(text):
        raise cells.Fault(
            "bad-name",
            Message(
                "“{text}” is not a name: no blanks, commas, colons or quotation marks, at most 64 characters", text=text
            ),
            Message("put what people should read into “title”"),
        )
    return text


def _length(bits: int) -> Callable[[str], int]:
    """A prefix length; `/27` and `27` mean the same."""
    read = cells.integer(0, bits)
    return lambda text: int(read(text.removeprefix("/")))


def _growth(text: str) -> Decimal:
    cells.refuse_full_width(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if value.is_finite() and 1 <= value <= _MOST_GROWTH:
        return value
    raise cells.Fault(
        "bad-growth",
        Message("“{text}” is not a growth factor", text=text),
        Message("write a number from 1 (no growth) to {most}, for example 1.5", most=_MOST_GROWTH),
    )


_FORM_LENGTH = Annotated[int | str, Field(description="a prefix length: 27 or /27")]
_FORM_GROWTH = Annotated[float, Field(ge=1, le=_MOST_GROWTH)]
Title = Annotated[str, _value(cells.title)]
Name = Annotated[str, _value(_name)]
Length4 = Annotated[int, _value(_length(32), _FORM_LENGTH)]
Length6 = Annotated[int, _value(_length(128), _FORM_LENGTH)]
Growth = Annotated[Decimal, _value(_growth, _FORM_GROWTH)]
Prefix = Annotated[Network, _value(parse_network)]
AreaName = Annotated[Area, _value(cells.choice(Area, {}), Area)]
LevelName = Annotated[Level, _value(cells.choice(Level, {}), Level)]
PlacementName = Annotated[Placement, _value(cells.choice(Placement, {}), Placement)]
PurposeName = Annotated[Purpose, _value(cells.choice(Purpose, {}), Purpose)]
Reserve = Annotated[int, _value(cells.integer(0, _MOST_RESERVE), Annotated[int, Field(ge=0, le=_MOST_RESERVE)])]


class _Item(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HostsIn(_Item):
    """As large as the site's hosts × growth need; minimum is the smallest block, maximum the largest that is given."""

    growth: Growth | None = None
    minimum: Length4
    maximum: Length4 = 0


class Size4In(_Item):
    """The size of an IPv4 prefix: a fixed length, or from the hosts of the site."""

    length: Length4 | None = None
    hosts: HostsIn | None = None


class Size6In(_Item):
    """The size of an IPv6 prefix."""

    length: Length6


class Block4In(_Item):
    """The size of a region's IPv4 block: a fixed length, or what its content needs × growth."""

    length: Length4 | None = None
    growth: Growth | None = None
    minimum: Length4 | None = None


class Block6In(_Item):
    """The size of a region's IPv6 block."""

    length: Length6 | None = None
    growth: Growth | None = None
    minimum: Length6 | None = None


class SummaryIn(_Item):
    """Everything that a region of this level has in the pool lies in one block."""

    level: LevelName
    ipv4: Block4In = Block4In()
    ipv6: Block6In = Block6In()
    placement: PlacementName = Placement.SPARSE


class PoolIn(_Item):
    """Address space of one area and VRF."""

    name: Name
    title: Title = ""
    area: AreaName
    vrf: Name = "default"
    prefixes: tuple[Prefix, ...] = Field(json_schema_extra={"minItems": 1})
    exclude: tuple[Prefix, ...] = ()
    summaries: tuple[SummaryIn, ...] = ()


class FunctionIn(_Item):
    """What prefixes of a pool are for, how large they are, how they are placed."""

    name: Name
    title: Title = ""
    pool: Name
    purpose: PurposeName = Field(alias="for")
    where: Annotated[str, _value(str)] = ""
    ipv4: Size4In | None = None
    ipv6: Size6In | None = None
    placement: PlacementName = Placement.DENSE
    reserve: Reserve = 0


class PolicyIn(_Item):
    """plan/policy.yaml: the address policy of a govnet workspace."""

    pools: tuple[PoolIn, ...] = Field(min_length=1)
    functions: tuple[FunctionIn, ...] = Field(min_length=1)


def schema() -> dict[str, Any]:
    """The JSON schema of policy.yaml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **PolicyIn.model_json_schema(mode="validation")}


def load(path: Path, *, name: str = "") -> Policy:
    """Read and check a policy.yaml. `name` is what the file is called in messages. InputError with every fault."""
    shown = name or str(path)
    return parse(read_bytes(path, shown), shown)


def parse(content: bytes | str, name: str = FILE) -> Policy:
    """The policy that the content of a policy.yaml writes. InputError with every fault."""
    data = content.encode() if isinstance(content, str) else content
    builder = _Builder(Reader(yaml.parse(data, name)))
    policy = builder.policy()
    problems = builder.reader.problems
    if problems:
        raise InputError(sorted(problems, key=lambda problem: problem.line))
    return policy


Item = TypeVar("Item", bound=PoolIn | FunctionIn)


class _Builder:
    """The document as the objects that the planner uses; faults go to the reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.complain = reader.complain

    def source(self, path: KeyPath) -> Source:
        """Where a path stands."""
        return Source(self.reader.document.file, self.reader.document.line(path))

    def policy(self) -> Policy:
        """All of it."""
        data = self.reader.top(tuple(PolicyIn.model_fields))
        pools: dict[str, Pool] = {}
        for place, pool in self.items(data, "pools", PoolIn):
            pools[pool.name] = self.pool(pool, place)
        self.overlaps(pools)
        functions: dict[str, Function] = {}
        for path, function in self.items(data, "functions", FunctionIn):
            functions[function.name] = self.function(function, path, pools)
        return Policy(pools, functions, self.reader.document.file)

    def items(self, data: Mapping[str, Any], key: str, model: type[Item]) -> list[tuple[KeyPath, Item]]:
        """The good items of a list. Names that are there twice, and an empty list, are faults."""
        found: list[tuple[KeyPath, Item]] = []
        names: dict[str, int] = {}
        items = self.reader.items(data, key)
        if not items and data:
            self.complain(
                (key,),
                "missing-key",
                Message("the key “{key}” is missing", key=key),
                Message("add it: {key}: …", key=key),
            )
        for path, item in items:
            read = self.reader.read(model, item, path)
            if read is None:
                self.reader.whole = False
                continue
            if read.name in names:
                self.complain(
                    (*path, "name"),
                    "duplicate-name",
                    Message("the name “{name}” is already in line {line}", name=read.name, line=names[read.name]),
                    Message("give each one a name of its own"),
                )
                continue
            names[read.name] = self.source((*path, "name")).line
            found.append((path, read))
        return found

    def pool(self, read: PoolIn, path: KeyPath) -> Pool:
        """One pool."""
        if not read.prefixes:
            message, hint = Message("the list is empty"), Message("write at least one item")
            self.complain((*path, "prefixes"), "missing-value", message, hint)
        levels = tuple(Level)
        ranks = [levels.index(summary.level) for summary in read.summaries]
        if ranks != sorted(set(ranks)):
            message = Message("the levels are not in order from the top down, each once")
            hint = Message("the order is: {names}", names=", ".join(levels))
            self.complain((*path, "summaries"), "level-order", message, hint)
        return Pool(
            read.name,
            read.area,
            read.vrf,
            read.prefixes,
            read.exclude,
            tuple(_summary(item) for item in read.summaries),
            read.title,
            self.source(path),
        )

    def overlaps(self, pools: Mapping[str, Pool]) -> None:
        """Pools of one VRF must be disjoint, or an address would have two purposes."""
        entries = [(pool, prefix) for pool in pools.values() for prefix in pool.prefixes]
        entries.sort(key=lambda entry: (entry[0].vrf, in_order(entry[1])))
        for (pool, prefix), (other, overlapping) in pairwise(entries):
            if pool.vrf == other.vrf and prefix.version == overlapping.version and prefix.overlaps(overlapping):
                message = Message(
                    "{prefix} of the pool “{name}” overlaps {other} of the pool “{owner}” in the same VRF",
                    prefix=overlapping,
                    name=other.name,
                    other=prefix,
                    owner=pool.name,
                )
                source, hint = other.source, Message("give each pool space of its own")
                self.reader.problems.append(
                    Problem("pools-overlap", message, hint, source.file, source.line, "prefixes")
                )

    def function(self, read: FunctionIn, path: KeyPath, pools: Mapping[str, Pool]) -> Function:
        """One function."""
        sizes: dict[int, Size] = {}
        if read.ipv4 is not None:
            sizes[4] = self.size4(read.ipv4, (*path, "ipv4"), read.purpose)
        if read.ipv6 is not None:
            sizes[6] = Size(read.ipv6.length)
        if not sizes:
            self.no_size(path, Message("the function says no size"))
        self.lengths(read.purpose, sizes, path)
        pool = pools.get(read.pool)
        if pool is not None:
            self.families(pool, sizes, path)
        elif self.reader.whole:
            message = Message("there is no pool “{name}”", name=read.pool)
            hint = Message("the pools are: {names}", names=", ".join(pools))
            self.complain((*path, "pool"), "unknown-pool", message, hint)
        return Function(
            read.name,
            read.pool,
            read.purpose,
            sizes,
            read.where,
            read.placement,
            read.reserve,
            read.title,
            self.source(path),
        )

    def no_size(self, path: KeyPath, message: Message) -> None:
        """Note that a size is missing or said twice."""
        hint = Message("write for example: {example}", example="ipv4: {length: 30}")
        self.complain(path, "no-size", message, hint)

    def size4(self, read: Size4In, path: KeyPath, purpose: Purpose) -> Size:
        """An IPv4 size: fixed, or from the hosts."""
        if (read.length is None) == (read.hosts is None):
            self.no_size(path, Message("either “length” or “hosts” is needed here"))
        if read.hosts is None:
            return Size(read.length)
        if purpose is not Purpose.LAN:
            message, hint = Message("only a LAN has hosts"), Message("write a length")
            self.complain((*path, "hosts"), "no-hosts", message, hint)
        hosts = read.hosts
        if hosts.maximum > hosts.minimum:
            message = Message(
                "the largest block (/{maximum}) is smaller than the smallest (/{minimum})",
                maximum=hosts.maximum,
                minimum=hosts.minimum,
            )
            self.complain((*path, "hosts", "maximum"), "bad-length", message, Message("exchange the two"))
        return Size(None, hosts.growth or Decimal(1), hosts.minimum, hosts.maximum)

    def lengths(self, purpose: Purpose, sizes: Mapping[int, Size], path: KeyPath) -> None:
        """A loopback is one address; a circuit has room for two, a LAN for a router and a host."""
        for family, version in FAMILIES.items():
            size = sizes.get(version)
            if size is None or size.length is None:
                continue
            bits = BITS[version]
            longest = {Purpose.LOOPBACK: bits, Purpose.CIRCUIT: bits - 1, Purpose.LAN: bits - 2}[purpose]
            exact = purpose is Purpose.LOOPBACK
            if size.length > longest or (exact and size.length != bits):
                message = Message("a /{length} does not suit a {purpose}", length=size.length, purpose=purpose.value)
                hint = (
                    Message("write /{length}", length=longest)
                    if exact
                    else Message("write /{length} or a shorter one", length=longest)
                )
                self.complain((*path, family, "length"), "bad-length", message, hint)

    def families(self, pool: Pool, sizes: Mapping[int, Size], path: KeyPath) -> None:
        """A size of a family needs a pool with prefixes of that family."""
        for family, version in FAMILIES.items():
            if version in sizes and not any(prefix.version == version for prefix in pool.prefixes):
                message = Message("the pool “{name}” has no prefix of IPv{version}", name=pool.name, version=version)
                hint = Message("give the pool one, or remove this size")
                self.complain((*path, family), "no-pool-prefix", message, hint)


def _summary(read: SummaryIn) -> Summary:
    sizes = {
        4: BlockSize(read.ipv4.length, read.ipv4.growth or Decimal(1), read.ipv4.minimum),
        6: BlockSize(read.ipv6.length, read.ipv6.growth or Decimal(1), read.ipv6.minimum),
    }
    return Summary(read.level, sizes, read.placement)
