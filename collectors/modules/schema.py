"""The form of a `snmp.yml`: what the Prometheus snmp_exporter's generator writes and people publish.

Source: snmp_exporter's config/config.go and generator/FORMAT.md (Apache-2.0), its pull requests 1549
(`display_hint`) and 1624 (`enum_values` of lookups); read, not copied. What this reader adds:

    source (module)          the document that the OIDs were read in
    unverified (metric)      its OID is known only from public configurations, not from the vendor's MIB
    absent (metric)          values by which devices say that there is nothing to measure: they become no sample
    present_with (metric)    a column of the same table: where it has a value above 0, `absent` does not count
    measures (metric)        what the numbers mean whoever made the device, for summaries and alerts over all vendors
    good (metric)            of a state: the values by which all is well; any other value is an alert
    vacant (metric)          of a state: the values by which there is nothing to be well (no such part, off on purpose)
    type RowCount (metric)   how many rows of the column have the same labels
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator, model_validator

from collectors.snmp import usm
from collectors.snmp.ber import DecodeError, encode_oid
from inventory.text import Message
from inventory.validation import Refused

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)")
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\Z")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")


def seconds(value: object) -> object:
    """Go's notation of a duration (`5s`, `1m30s`, `500ms`) in seconds; a bare number is Go's nanoseconds."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value / 1e9
    if isinstance(value, str):
        parts = _DURATION.findall(value)
        if parts and "".join(number + unit for number, unit in parts) == value:
            return sum(float(number) * _UNITS[unit] for number, unit in parts)
        raise Refused(Message("not a duration such as 5s or 500ms"))
    return value


def _oid(value: object) -> object:
    if isinstance(value, str):
        try:
            encode_oid(value)
        except DecodeError:
            raise Refused(Message("not an object identifier: {oid}", oid=value)) from None
        return value.strip(".")
    return value


def _number_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _true_false(value: object) -> object:
    """YAML 1.1 reads `on`, `off`, `true` as booleans where the generator means words."""
    if isinstance(value, dict):
        return {
            key: ("true" if word else "false") if isinstance(word, bool) else _number_text(word)
            for key, word in value.items()
        }
    return value


Oid: TypeAlias = Annotated[str, BeforeValidator(_oid)]
Duration: TypeAlias = Annotated[float, BeforeValidator(seconds), Field(gt=0, le=3600)]
Enum: TypeAlias = Annotated[dict[int, str], BeforeValidator(_true_false)]


Measure: TypeAlias = Literal[
    "cpu_percent",
    "memory_percent",
    "memory_used",
    "memory_free",
    "memory_total",
    "temperature_celsius",
    "sessions",
    "sessions_limit",
    "tunnels",
    "fan",
    "power_supply",
    "hardware",
    "tunnel",
    "bgp",
    "ha",
    "ha_sync",
    "clock",
]
# Of these each row is a state, whose good values the metric names.
STATES: frozenset[Measure] = frozenset({"fan", "power_supply", "hardware", "tunnel", "bgp", "ha_sync", "clock"})


# Whatever a device means by a number outside, it is no load and no temperature: 4294967295 %, -32768 degrees.
PLAUSIBLE: dict[Measure, tuple[float, float]] = {
    "cpu_percent": (0, 1000),
    "memory_percent": (0, 1000),
    "temperature_celsius": (-100, 1000),
}


class Part(BaseModel):
    """Unknown keys are mistakes; nothing changes after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Auth(Part):
    """An entry of `auths`."""

    version: Literal[1, 2, 3] = 2
    community: SecretStr = SecretStr("public")
    security_level: Literal["noAuthNoPriv", "authNoPriv", "authPriv"] = "noAuthNoPriv"
    username: str = ""
    password: SecretStr = SecretStr("")
    auth_protocol: str = "MD5"
    priv_protocol: str = "DES"
    priv_password: SecretStr = SecretStr("")
    context_name: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Auth:
        if self.version != 3:
            return self
        if not self.username:
            raise Refused(Message("version 3 needs a username"))
        if self.security_level != "noAuthNoPriv":
            if not self.password.get_secret_value():
                raise Refused(Message("this security level needs a password"))
            if usm.protocol_name(self.auth_protocol) not in usm.AUTHENTICATION:
                raise Refused(Message("auth_protocol must be one of {names}", names=", ".join(usm.AUTHENTICATION)))
        if self.security_level == "authPriv":
            if not self.priv_password.get_secret_value():
                raise Refused(Message("this security level needs a priv_password"))
            if usm.protocol_name(self.priv_protocol) not in usm.PRIVACY:
                raise Refused(Message("priv_protocol must be one of {names}", names=", ".join(usm.PRIVACY)))
        return self


class Index(Part):
    """A part of a row's index."""

    labelname: str
    type: str
    fixed_size: int = 0
    implied: bool = False
    enum_values: Enum = {}

    @field_validator("labelname")
    @classmethod
    def _label(cls, value: str) -> str:
        return _checked(_LABEL, value, Message("not a label name: {name}", name=value))


class Lookup(Part):
    """A label that is read from another column; without `labels` the label `labelname` is dropped."""

    labels: tuple[str, ...] = ()
    labelname: str
    oid: Annotated[str, BeforeValidator(lambda value: _oid(value) if value else value)] = ""
    type: str = ""
    enum_values: Enum = {}
    display_hint: str = ""

    @field_validator("labels", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return () if value is None else value

    @field_validator("labelname")
    @classmethod
    def _label(cls, value: str) -> str:
        return _checked(_LABEL, value, Message("not a label name: {name}", name=value))


class RegexExtract(Part):
    """A number taken out of a text. `regex` must match the whole text; `value` may use $1."""

    regex: str
    value: Annotated[str, BeforeValidator(_number_text)] = "$1"

    @field_validator("regex")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise Refused(Message("not a regular expression: {reason}", reason=error)) from None
        return value


class Metric(Part):
    """One metric."""

    name: str
    oid: Oid
    type: str
    help: str = ""
    indexes: tuple[Index, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    regex_extracts: dict[str, tuple[RegexExtract, ...]] = {}
    datetime_pattern: str = ""
    enum_values: Enum = {}
    display_hint: str = ""
    offset: float = 0.0
    scale: float = 0.0
    unverified: bool = False
    absent: frozenset[int] = frozenset()
    present_with: Oid | None = None
    measures: Measure | None = None
    good: frozenset[int] = frozenset()
    vacant: frozenset[int] = frozenset()

    @field_validator("name")
    @classmethod
    def _metric_name(cls, value: str) -> str:
        return _checked(_NAME, value, Message("not a metric name: {name}", name=value))

    @model_validator(mode="after")
    def _states(self) -> Metric:
        if (self.measures in STATES) != bool(self.good):
            raise Refused(
                Message(
                    "a state needs its good values, and nothing else has any: {names}", names=", ".join(sorted(STATES))
                )
            )
        if self.vacant & self.good or (self.vacant and not self.good):
            raise Refused(Message("vacant are values of a state that are not good"))
        return self

    @property
    def plausible(self) -> tuple[float, float] | None:
        """Between which numbers (scaled) a value counts; None if any does."""
        return PLAUSIBLE.get(self.measures) if self.measures is not None else None

    @property
    def note(self) -> str:
        """The help text, with what a reader of the numbers must know about the OID."""
        return f"{self.help} (unverified OID)" if self.unverified else self.help


class StaticFilter(Part):
    """Rows to keep, by index."""

    targets: tuple[Oid, ...] = ()
    indices: tuple[Annotated[str, BeforeValidator(_number_text)], ...] = ()


class DynamicFilter(Part):
    """Rows to keep: those whose value in column `oid` matches one of `values`."""

    oid: Oid
    targets: tuple[Oid, ...] = ()
    values: tuple[Annotated[str, BeforeValidator(_number_text)], ...] = ()


class Filters(Part):
    """A generator's `filters`; a plain list is the older form of `dynamic`."""

    static: tuple[StaticFilter, ...] = ()
    dynamic: tuple[DynamicFilter, ...] = ()


class Module(Part):
    """An entry of `modules`."""

    source: str = ""
    walk: tuple[Oid, ...] = ()
    get: tuple[Oid, ...] = ()
    metrics: tuple[Metric, ...] = ()
    max_repetitions: Annotated[int, Field(ge=0, le=65535)] | None = None
    retries: Annotated[int, Field(ge=0, le=100)] = 3
    timeout: Duration = 5.0
    allow_nonincreasing_oids: bool = False
    use_unconnected_udp_socket: bool = False
    filters: Filters = Filters()

    @field_validator("filters", mode="before")
    @classmethod
    def _older_form(cls, value: object) -> object:
        return {"dynamic": value} if isinstance(value, list) else value

    @field_validator("walk", "get", "metrics", mode="before")
    @classmethod
    def _none(cls, value: object) -> object:
        return () if value is None else value


class SnmpYml(Part):
    """A whole file."""

    auths: dict[str, Auth] = {}
    modules: dict[str, Module] = {}
    version: Any = None


def _checked(pattern: re.Pattern[str], value: str, fault: Message) -> str:
    if not pattern.match(value):
        raise Refused(fault)
    return value
