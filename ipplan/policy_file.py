"""policy.yaml read and checked: the form that `ipplan.policy_form` gives, as a `Policy`; faults with their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from inventory import cells
from inventory.errors import InputError, Problem
from inventory.model import Area, Level, Source
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message
from ipplan import targets
from ipplan.names import DEFAULT_VRF
from ipplan.networks import BITS, FAMILIES, Network, in_order, parse_network, unusable, within
from ipplan.policy import (
    FILE,
    AsnRule,
    BlockSize,
    Exclusion,
    Function,
    Policy,
    Pool,
    Purpose,
    Size,
    Summary,
    VrfRule,
)
from ipplan.policy_form import (
    Block4In,
    Block6In,
    ExcludeIn,
    FunctionIn,
    PolicyIn,
    PoolIn,
    RoutingIn,
    Size4In,
    Size6In,
    SummaryIn,
    VrfIn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from inventory.sources.yaml import Path as KeyPath

# The lengths that IPv6 has for these (RFC 4291 section 2.5.1, RFC 6164): what is not written means them.
_USUAL_IPV6 = {Purpose.LOOPBACK: 128, Purpose.CIRCUIT: 127, Purpose.LAN: 64}
_NIBBLE = 4


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
        if not items and data and not isinstance(data.get(key), str | dict | bool | int):
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
        if read.area is Area.VPN and read.vrf == DEFAULT_VRF:
            message = Message("a pool of the area vpn (专用网络区) lies in the default VRF")
            hint = Message("write its business system's VRF: vrf: …")
            self.complain((*path, "area"), "vpn-without-vrf", message, hint)
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
        for family, block in (("ipv4", read.ipv4), ("ipv6", read.ipv6)):
            self.one_size(block, (*path, family))
        self.nibble(read.ipv6.length, (*path, "ipv6", "length"))
        self.nibble(read.ipv6.minimum, (*path, "ipv6", "minimum"))
        sizes = {
            4: BlockSize(read.ipv4.length, read.ipv4.growth or Decimal(1), read.ipv4.minimum),
            6: BlockSize(read.ipv6.length, read.ipv6.growth or Decimal(1), read.ipv6.minimum, nibble=True),
        }
        return Summary(read.level, sizes, read.placement)

    def one_size(self, block: Block4In | Block6In, path: KeyPath) -> None:
        """A block's length is written, or it follows from the content: then growth and minimum say how."""
        for key in ("growth", "minimum"):
            if block.length is not None and getattr(block, key) is not None:
                message = Message("“{key}” says nothing beside “length”: the length is fixed", key=key)
                self.complain((*path, key), "two-sizes", message, Message("keep one of them"))

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
        around: list[tuple[Pool, Network]] = []  # each inside the one before it
        for pool, prefix in entries:
            while around and not (around[-1][0].vrf == pool.vrf and within(prefix, around[-1][1])):
                around.pop()
            if around:
                outer, wider = around[-1]
                message = Message(
                    "{prefix} of the pool “{name}” overlaps {other} of the pool “{owner}” in the same VRF",
                    prefix=prefix,
                    name=pool.name,
                    other=wider,
                    owner=outer.name,
                )
                source, hint = pool.source, Message("give each pool space of its own")
                self.reader.problems.append(
                    Problem("pools-overlap", message, hint, source.file, source.line, "prefixes")
                )
            around.append((pool, prefix))

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

    def no_size(self, path: KeyPath, message: Message, example: str = "ipv4: {length: 30}") -> None:
        """Note that a size is missing or said twice."""
        hint = Message("write for example: {example}", example=example)
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
            self.no_size(
                path, Message("a {purpose} has no usual IPv6 length", purpose=purpose.value), "ipv6: {length: /56}"
            )
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
