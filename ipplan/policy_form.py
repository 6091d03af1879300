"""The form of policy.yaml: what its keys are and what each value may be; its JSON schema."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator

from inventory import cells
from inventory.model import Area, Level
from inventory.text import Message
from ipplan.networks import Network, parse_network
from ipplan.policy import Placement, Purpose, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

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
    unseen = cells.invisible(text)
    if unseen is not None:
        raise unseen
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
