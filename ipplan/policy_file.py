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
from ipplan import targets
from ipplan.networks import BITS, FAMILIES, Network, in_order, parse_network, unusable, within
from ipplan.policy import (
    FILE,
    AsnRule,
    BlockSize,
    Exclusion,
    Function,
    Placement,
    Policy,
    Pool,
    Purpose,
    Scope,
    Size,
    Summary,
    VrfRule,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from inventory.sources.yaml import Path as KeyPath

_NAME = re.compile(r"[^\s,:\"']{1,64}").fullmatch
_MOST_GROWTH = 100
_MOST_RESERVE = 8
# The lengths that IPv6 has for these (RFC 4291 section 2.5.1, RFC 6164): what is not written means them.
_USUAL_IPV6 = {Purpose.LOOPBACK: 128, Purpose.CIRCUIT: 127, Purpose.LAN: 64}
_NIBBLE = 4


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
ScopeName = Annotated[Scope, _value(cells.choice(Scope, {}), Scope)]
Asn = Annotated[int, _value(cells.integer(1, (1 << 32) - 1), Annotated[int, Field(ge=1, lt=1 << 32)])]
Digits = Annotated[int, _value(cells.integer(1, 9), Annotated[int, Field(ge=1, le=9)])]
VrfNumber = Annotated[int, _value(cells.integer(0, (1 << 32) - 1), Annotated[int, Field(ge=0, lt=1 << 32)])]
RegionCode = Annotated[str, _value(cells.region_code, str | int)]
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
    """The size of an IPv6 prefix. Without a length: /64 for a LAN, /127 for a circuit, /128 for a loopback."""

    length: Length6 | None = None


class Block4In(_Item):
    """The size of a region's IPv4 block: a fixed length, or what its content needs × growth."""

    length: Length4 | None = None
    growth: Growth | None = None
    minimum: Length4 | None = None


class Block6In(_Item):
    """The size of a region's IPv6 block: on nibble boundaries (a multiple of four bits)."""

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
    scope: Annotated[
        ScopeName | None, Field(description="national: 国家公共IP, local: 地方公共IP; for pools of the area public")
    ] = None


class FunctionIn(_Item):
    """What prefixes of a pool are for, how large they are, how they are placed."""

    name: Name
    title: Title = ""
    pool: Name | None = None
    pools: tuple[Name, ...] = Field((), description="several pools in different VRFs, instead of one pool")
    purpose: PurposeName = Field(alias="for")
    level: LevelName | None = Field(None, description="with “for: region”: the level of the regions")
    where: Annotated[str, _value(str)] = ""
    ipv4: Size4In | None = None
    ipv6: Size6In | None = None
    placement: PlacementName = Placement.DENSE
    reserve: Reserve = 0


class ExcludeIn(_Item):
    """What gets no addresses: regions with all that lies in them, sites, devices that “where” selects."""

    regions: tuple[RegionCode, ...] = ()
    sites: tuple[Name, ...] = ()
    where: Annotated[str, _value(str)] = ""


class VrfIn(_Item):
    """A VRF's number, and what differs from the rules for all."""

    name: Name
    number: VrfNumber
    asn: Asn | None = None
    rd: Annotated[str, _value(str)] | None = None
    import_rt: tuple[Annotated[str, _value(str)], ...] | None = None
    export_rt: tuple[Annotated[str, _value(str)], ...] | None = None


class AsnsIn(_Item):
    """AS numbers of a level's regions: a list by code; for codes not in it, base + the code's last digits."""

    level: LevelName
    base: Asn | None = None
    digits: Digits = 2
    numbers: dict[RegionCode, Asn] = Field(
        default_factory=dict, json_schema_extra={"propertyNames": {"type": "string"}}
    )


class RoutingIn(_Item):
    """The rules for AS numbers, route distinguishers and targets: templates with {asn} and {vrf_number}."""

    asn: Asn
    regions: tuple[AsnsIn, ...] = Field((), description="AS numbers of regions that have one of their own")
    rd: Annotated[str, _value(str)] = "{asn}:{vrf_number}"
    import_rt: tuple[Annotated[str, _value(str)], ...] = ("{asn}:{vrf_number}",)
    export_rt: tuple[Annotated[str, _value(str)], ...] = ("{asn}:{vrf_number}",)
    vrfs: tuple[VrfIn, ...] = Field(min_length=1)


class PolicyIn(_Item):
    """plan/policy.yaml: the address policy of a govnet workspace."""

    exclude: ExcludeIn = ExcludeIn()
    assigned: tuple[Prefix, ...] = Field((), description="public space that is ours by assignment")
    routing: RoutingIn | None = None

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
        return Policy(
            pools,
            functions,
            self.reader.document.file,
            self.exclusion(data),
            self.assigned(data),
            *self.routing(data, pools),
        )

    def exclusion(self, data: Mapping[str, Any]) -> Exclusion:
        """What gets no addresses."""
        read = self.reader.read(ExcludeIn, data["exclude"], ("exclude",)) if data.get("exclude") is not None else None
        if read is None:
            return Exclusion()
        sources = {
            name: self.source(("exclude", key, index))
            for key, names in (("regions", read.regions), ("sites", read.sites))
            for index, name in enumerate(names)
        }
        return Exclusion(read.regions, read.sites, read.where, self.source(("exclude",)), sources)

    def assigned(self, data: Mapping[str, Any]) -> tuple[Network, ...]:
        """Public space that is ours."""
        found: list[Network] = []
        for path, item in self.reader.items(data, "assigned"):
            try:
                found.append(parse_network(item.strip() if isinstance(item, str) else str(item)))
            except cells.Fault as fault:
                self.complain(path, fault.code, fault.message, fault.hint)
        return tuple(found)

    def routing(
        self, data: Mapping[str, Any], pools: Mapping[str, Pool]
    ) -> tuple[dict[str, VrfRule], int | None, tuple[AsnRule, ...]]:
        """The VRFs' distinguishers and targets, the AS of all, and the rules for AS numbers of regions."""
        if data.get("routing") is None:
            return {}, None, ()
        read = self.reader.read(RoutingIn, data["routing"], ("routing",))
        return ({}, None, ()) if read is None else (self.vrfs(read, pools), read.asn, self.asns(read))

    def asns(self, read: RoutingIn) -> tuple[AsnRule, ...]:
        """The rules for AS numbers of regions, one for each level."""
        rules: dict[Level, AsnRule] = {}
        for index, item in enumerate(read.regions):
            path: KeyPath = ("routing", "regions", index)
            if item.level in rules:
                message = Message(
                    "the level “{level}” is already in line {line}",
                    level=item.level.value,
                    line=rules[item.level].source.line,
                )
                self.complain((*path, "level"), "duplicate-name", message, Message("join the two"))
                continue
            if item.base is None and not item.numbers:
                message = Message("there is neither a base nor a list of numbers")
                self.complain(path, "missing-value", message, Message("write “base”, “numbers”, or both"))
            rules[item.level] = AsnRule(item.level, item.base, item.digits, item.numbers, self.source(path))
        return tuple(rules.values())

    def vrfs(self, read: RoutingIn, pools: Mapping[str, Pool]) -> dict[str, VrfRule]:
        """The VRFs' distinguishers and targets, their templates filled in."""
        known = {pool.vrf for pool in pools.values()}
        found: dict[str, VrfRule] = {}
        by_rd: dict[str, str] = {}
        for index, item in enumerate(read.vrfs):
            path: KeyPath = ("routing", "vrfs", index)
            if item.name in found:
                message = Message(
                    "the name “{name}” is already in line {line}", name=item.name, line=found[item.name].source.line
                )
                self.complain((*path, "name"), "duplicate-name", message, Message("give each one a name of its own"))
                continue
            if self.reader.whole and item.name not in known:
                message = Message("no pool is in the VRF “{name}”", name=item.name)
                hint = Message("the pools' VRFs are: {names}", names=", ".join(sorted(known)))
                self.complain((*path, "name"), "unknown-vrf", message, hint)
            rule = self.vrf(read, item, path)
            if rule is None:
                continue
            other = by_rd.setdefault(rule.rd, rule.vrf)
            if other != rule.vrf:
                message = Message(
                    "the route distinguisher {rd} is that of the VRF “{name}” too", rd=rule.rd, name=other
                )
                self.complain(path, "duplicate-rd", message, Message("give each VRF a number of its own"))
            found[item.name] = rule
        return found

    def vrf(self, read: RoutingIn, item: VrfIn, path: KeyPath) -> VrfRule | None:
        """One VRF; None if a template gives nothing usable."""
        asn = item.asn or read.asn
        good = True

        def fill(template: str, own: bool, key: str) -> str:
            nonlocal good
            text = targets.filled(template, asn, item.number)
            if not targets.is_target(text):
                good = False
                message = Message(
                    "“{template}” gives “{text}” for the VRF “{name}”, which is no route distinguisher or target",
                    template=template,
                    text=text,
                    name=item.name,
                )
                hint = Message(
                    "write for example {example}; it may hold {names}",
                    example="{asn}:{vrf_number}",
                    names="{asn}, {vrf_number}",
                )
                self.complain((*path, key) if own else ("routing", key), "bad-rd", message, hint)
            return text

        rd = fill(item.rd or read.rd, item.rd is not None, "rd")
        routes = []
        for key in ("import_rt", "export_rt"):
            own, common = getattr(item, key), getattr(read, key)
            routes.append(tuple(fill(each, own is not None, key) for each in (common if own is None else own)))
        source = self.source(path)
        return VrfRule(item.name, item.number, asn, rd, routes[0], routes[1], source) if good else None

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
        self.spaces(read, path)
        levels = tuple(Level)
        if read.scope is not None and read.area is not Area.PUBLIC:
            message = Message("only pools of the area public are national or local")
            self.complain((*path, "scope"), "bad-scope", message, Message("remove the key “{key}”", key="scope"))
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
            tuple(self.summary(item, (*path, "summaries", index)) for index, item in enumerate(read.summaries)),
            read.title,
            read.scope,
            self.source(path),
        )

    def spaces(self, read: PoolIn, path: KeyPath) -> None:
        """A pool has addresses that hosts can have, and leaves out only what it has."""
        for index, prefix in enumerate(read.prefixes):
            why = unusable(prefix)
            if why is not None:
                message = Message("{prefix} cannot be a pool: these are {why}", prefix=prefix, why=why)
                hint = Message("use private space (RFC 1918, RFC 4193), or space that is assigned to you")
                self.complain((*path, "prefixes", index), "unusable-space", message, hint)
        for index, prefix in enumerate(read.exclude):
            if not any(within(prefix, own) or within(own, prefix) for own in read.prefixes):
                message = Message(
                    "{prefix} is not in the pool “{name}”, so there is nothing to leave out",
                    prefix=prefix,
                    name=read.name,
                )
                hint = Message("the pool has: {prefixes}", prefixes=", ".join(str(own) for own in read.prefixes))
                self.complain((*path, "exclude", index), "outside-pool", message, hint)

    def summary(self, read: SummaryIn, path: KeyPath) -> Summary:
        """One level's blocks."""
        self.nibble(read.ipv6.length, (*path, "ipv6", "length"))
        self.nibble(read.ipv6.minimum, (*path, "ipv6", "minimum"))
        sizes = {
            4: BlockSize(read.ipv4.length, read.ipv4.growth or Decimal(1), read.ipv4.minimum),
            6: BlockSize(read.ipv6.length, read.ipv6.growth or Decimal(1), read.ipv6.minimum, nibble=True),
        }
        return Summary(read.level, sizes, read.placement)

    def nibble(self, length: int | None, path: KeyPath) -> None:
        """Blocks of IPv6 that people read end at a digit of the address."""
        if length is not None and length % _NIBBLE:
            message = Message("a /{length} ends inside a digit of the IPv6 address", length=length)
            low = length - length % _NIBBLE
            hint = Message("write /{shorter} or /{longer}", shorter=low, longer=low + _NIBBLE)
            self.complain(path, "no-nibble", message, hint)

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
            sizes[6] = self.size6(read.ipv6, (*path, "ipv6"), read.purpose)
        if not sizes:
            self.no_size(path, Message("the function says no size"))
        self.lengths(read.purpose, sizes, path)
        names = self.function_pools(read, path)
        vrfs: dict[str, str] = {}
        for name in names:
            pool = pools.get(name)
            if pool is not None:
                self.families(pool, sizes, path)
                other = vrfs.setdefault(pool.vrf, name)
                if other != name:
                    message = Message("the pools “{first}” and “{second}” are in one VRF", first=other, second=name)
                    hint = Message("name one pool for each VRF")
                    self.complain((*path, "pools"), "same-vrf", message, hint)
            elif self.reader.whole:
                message = Message("there is no pool “{name}”", name=name)
                hint = Message("the pools are: {names}", names=", ".join(pools))
                self.complain((*path, "pools" if read.pools else "pool"), "unknown-pool", message, hint)
        if (read.level is not None) != (read.purpose is Purpose.REGION):
            message = Message("“level” belongs to “for: region”, and to nothing else")
            hint = Message("write for example {example}", example="{for: region, level: township}")
            self.complain((*path, "level") if read.level is not None else path, "bad-level", message, hint)
        return Function(
            read.name,
            names,
            read.purpose,
            sizes,
            read.where,
            read.placement,
            read.reserve,
            read.title,
            read.level,
            self.source(path),
        )

    def function_pools(self, read: FunctionIn, path: KeyPath) -> tuple[str, ...]:
        """The pool or the pools."""
        if (read.pool is None) == (not read.pools):
            message = Message("either “pool” or “pools” is needed here")
            names = (read.pool,) if read.pool else ()
            self.complain(path, "no-pool", message, Message("write for example {example}", example="pool: lans"))
            return names
        return (read.pool,) if read.pool is not None else tuple(dict.fromkeys(read.pools))

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
        if purpose in (Purpose.LOOPBACK, Purpose.CIRCUIT):
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

    def size6(self, read: Size6In, path: KeyPath, purpose: Purpose) -> Size:
        """An IPv6 size: what is written, else what is usual."""
        length = _USUAL_IPV6.get(purpose) if read.length is None else read.length
        if length is None:
            self.no_size(path, Message("a {purpose} has no usual IPv6 length", purpose=purpose.value))
        elif purpose in (Purpose.UNIT, Purpose.SITE, Purpose.REGION):
            self.nibble(length, (*path, "length"))
        return Size(length or 0)

    def lengths(self, purpose: Purpose, sizes: Mapping[int, Size], path: KeyPath) -> None:
        """A loopback is one address; a circuit has room for two, a LAN for a router and a host."""
        for family, version in FAMILIES.items():
            size = sizes.get(version)
            if size is None or size.length is None:
                continue
            if version == 6 and purpose is Purpose.LAN and size.length != _USUAL_IPV6[purpose]:
                message = Message(
                    "a LAN of IPv6 is a /64: with /{length} hosts cannot configure themselves (RFC 4291, RFC 7421)",
                    length=size.length,
                )
                self.complain((*path, family, "length"), "bad-length", message, Message("write /{length}", length=64))
                continue
            bits = BITS[version]
            longest = bits - {Purpose.CIRCUIT: 1, Purpose.LAN: 2}.get(purpose, 0)
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
