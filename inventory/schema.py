"""The YAML files of a workspace: govnet.yaml, zones.yaml and credentials.yaml as pydantic models.

Every list item is validated by itself, so that one wrong item hides nothing about the others. pydantic's errors carry
the input; here they are turned into problems that never quote a value of credentials.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from inventory import cells
from inventory import schema_values as values
from inventory.errors import NO_HINT, Problem
from inventory.model import Credential, Flow, Settings, SnmpAccess, Source, Vrf, Way, WayKind, Zone
from inventory.nearest import nearest
from inventory.sources.yaml import path_text
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from inventory.sources.yaml import Document, Path

SCOPES: Final = ("central", "national", "local")
SERVICES: Final = ("dns", "management_gateway", "ntp", "radius", "snmp_manager", "syslog", "tacacs")
LABS: Final = ("containerlab", "docker", "emulated", "gns3", "netns", "uml")
# The names that Net-SNMP and Prometheus' snmp_exporter use; RFC 3414, RFC 3826, RFC 7860.
AUTH_PROTOCOLS: Final = ("MD5", "SHA", "SHA224", "SHA256", "SHA384", "SHA512")
PRIV_PROTOCOLS: Final = ("DES", "AES", "AES192", "AES256", "AES192C", "AES256C")

Model = TypeVar("Model", bound=BaseModel)


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class _SettingsIn(_Strict):
    title: values.Title = ""
    language: Annotated[str, values.text_as(values.language)] = ""
    lab: Annotated[str, values.text_as(values.one_of(LABS))] = "emulated"
    services: dict[
        Annotated[str, values.text_as(values.one_of(SERVICES))],
        tuple[Annotated[str, values.text_as(cells.address)], ...],
    ] = Field(default_factory=dict)
    managers: tuple[Annotated[str, values.text_as(cells.network)], ...] = ()
    database: Annotated[str, values.text_as(values.database)] = ""
    syslog: Annotated[str, values.text_as(values.syslog)] = ""
    prometheus: Annotated[str, values.text_as(values.prometheus)] = ""
    prometheus_secret: values.Secret | None = None


class _VrfIn(_Strict):
    name: values.Word
    title: values.Title = ""
    area: values.AreaName
    rd: values.Rd = ""
    import_rt: tuple[values.Rd, ...] = ()
    export_rt: tuple[values.Rd, ...] = ()


class _ZoneIn(_Strict):
    name: values.Word
    title: values.Title = ""
    area: values.AreaName
    vrf: values.Reference = "default"
    interfaces: tuple[Annotated[tuple[str, str], values.text_as(values.member)], ...] = ()
    scope: Annotated[str, values.text_as(values.one_of(SCOPES))] = ""


class _FlowIn(_Strict):
    name: values.Word
    from_: values.Reference = Field(alias="from")
    to: values.Reference
    services: tuple[Annotated[str, values.text_as(cells.service)], ...] = Field(min_length=1)


class _SnmpIn(_Strict):
    version: Annotated[str, values.text_as(values.one_of(("2c", "3")))]
    community: values.Secret | None = None
    user: Annotated[str, values.text_as(cells.word)] = ""
    auth_protocol: Annotated[str, values.text_as(values.one_of(AUTH_PROTOCOLS))] = ""
    auth_password: values.Secret | None = None
    priv_protocol: Annotated[str, values.text_as(values.one_of(PRIV_PROTOCOLS))] = ""
    priv_password: values.Secret | None = None


class _CredentialIn(_Strict):
    name: values.Word
    username: Annotated[str, values.text_as(cells.word)] = ""
    password: values.Secret | None = None
    enable: values.Secret | None = None
    key_file: Annotated[str, values.text_as(values.file_path)] = ""
    snmp: _SnmpIn | None = None
    secrets: dict[values.Word, values.Secret] = Field(default_factory=dict)


class _StepIn(_Strict):
    expect: Annotated[str, values.text_as(values.pattern)]
    send: str


class _WayIn(_Strict):
    name: values.Word
    kind: Annotated[str, values.text_as(values.one_of(tuple(WayKind)))] = WayKind.JUMP.value
    host: Annotated[str, values.text_as(cells.word)]
    port: int = Field(22, ge=1, le=65535)
    credential: values.Reference
    account: Annotated[str, values.text_as(cells.word)] = ""
    through: values.Reference = ""
    steps: tuple[_StepIn, ...] = ()


class Reader:
    """Validates parts of one document and notes their problems with their lines."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        # What stands in a wrong place of this file may be a password.
        self._confidential = document.file.rpartition("/")[2].startswith("credentials.")
        self.whole = True  # False if an item could not be read: a name that is not here may still exist

    def complain(self, path: Path, code: str, message: Message, hint: Message = NO_HINT) -> None:
        """Note a fault at a path of the document."""
        self.problems.append(
            Problem(code, message, hint, file=self.document.file, line=self.document.line(path), column=path_text(path))
        )

    def top(self, keys: tuple[str, ...]) -> Mapping[str, Any]:
        """The document's mapping, its keys checked."""
        data = self.document.data
        if not isinstance(data, dict):
            self.complain(
                (),
                "bad-type",
                Message("the file must hold keys with values"),
                Message("begin with: {key}:", key=keys[0]),
            )
            self.whole = False
            return {}
        for key in data:
            if key not in keys:
                self._unknown_key((key,), keys)
                self.whole = False
        return data

    def items(self, data: Mapping[str, Any], key: str) -> list[tuple[Path, Any]]:
        """The items of a list in the document, with their paths."""
        value = data.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.complain((key,), "bad-type", Message("a list is expected here"), Message("write - before each item"))
            self.whole = False
            return []
        return [((key, index), item) for index, item in enumerate(value)]

    def read(self, model: type[Model], data: Any, path: Path) -> Model | None:
        """One validated item; None if it has problems, which are noted."""
        try:
            return model.model_validate(_without_nulls(data))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
        for detail in details:
            self._note(model, detail, path)
        return None

    def _note(self, model: type[BaseModel], detail: ErrorDetails, base: Path) -> None:
        # pydantic adds `[key]` for a mapping's key to the location: that is no place.
        marks = self.document.marks
        path = base
        for part in detail["loc"]:
            if (*path, part) in marks or detail["type"] == "missing":
                path = (*path, part)
        fault = detail.get("ctx", {}).get("error")
        kind = detail["type"]
        if isinstance(fault, cells.Fault):
            self.complain(path, fault.code, *(_unquoted(fault) if self._confidential else (fault.message, fault.hint)))
        elif kind == "missing":
            self.complain(
                path,
                "missing-key",
                Message("the key “{key}” is missing", key=path[-1]),
                Message("add it: {key}: …", key=path[-1]),
            )
        elif kind == "extra_forbidden":
            self._unknown_key(path, _keys(model, detail["loc"]))
        elif kind in {"tuple_type", "list_type"}:
            self.complain(path, "bad-type", Message("a list is expected here"), Message("write it as [a, b]"))
        elif kind == "too_short":
            self.complain(path, "missing-value", Message("the list is empty"), Message("write at least one item"))
        else:
            self.complain(
                path,
                "bad-type",
                Message("keys with values are expected here"),
                Message("write keys with values below it"),
            )

    def _unknown_key(self, path: Path, keys: tuple[str, ...]) -> None:
        key = str(path[-1])
        near = nearest(key, keys)
        self.complain(
            path,
            "unknown-key",
            Message("the key “{key}” is not known here", key=key),
            Message("did you mean “{name}”?", name=near)
            if near
            else Message("write one of: {names}", names=", ".join(keys)),
        )


def _unquoted(fault: cells.Fault) -> tuple[Message, Message]:
    """A fault's message and hint without the value that is wrong."""
    message, hint = fault.message, fault.hint
    if "text" in message.parameters:
        names = message.parameters.get("names")
        message = (
            Message("this value is none of: {names}", names=names)
            if names
            else Message("this value cannot be used here")
        )
    if "text" in hint.parameters or fault.code == "bad-name":
        hint = Message("write letters, digits, - _ and . only")
    return message, hint


def _keys(model: type[BaseModel], location: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys allowed where an unknown one was found: `model`'s, or those of the model inside it."""
    for part in location[:-1]:
        for name, known in model.model_fields.items():
            if part in (name, known.alias):
                model = _model_in(known.annotation) or model
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation such as `Model | None` or `tuple[Model, ...]`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part)) is not None), None)


def _without_nulls(data: Any) -> Any:
    """A key without a value counts as not written."""
    if isinstance(data, dict):
        return {key: _without_nulls(value) for key, value in data.items() if value is not None}
    if isinstance(data, list):
        return [_without_nulls(value) for value in data]
    return data


def settings(reader: Reader) -> Settings:
    """govnet.yaml; the defaults where it has problems."""
    keys = tuple(_SettingsIn.model_fields)
    data = reader.document.data
    if not isinstance(data, dict):
        reader.top(keys)
        return Settings()
    read = reader.read(_SettingsIn, data, ())
    if read is None:
        return Settings()
    return Settings(**{name: getattr(read, name) for name in keys} | {"services": dict(read.services)})


def vrfs(reader: Reader, data: Mapping[str, Any]) -> list[tuple[Path, Vrf]]:
    """The good items of `vrfs`, with their paths."""
    found = []
    for path, item in reader.items(data, "vrfs"):
        read = reader.read(_VrfIn, item, path)
        if read is not None:
            source = _source(reader, path)
            found.append((path, Vrf(read.name, read.title, read.area, read.rd, read.import_rt, read.export_rt, source)))
    return found


def zones(reader: Reader, data: Mapping[str, Any]) -> list[tuple[Path, Zone]]:
    """The good items of `zones`, with their paths."""
    found = []
    for path, item in reader.items(data, "zones"):
        read = reader.read(_ZoneIn, item, path)
        if read is not None:
            source = _source(reader, path)
            zone = Zone(read.name, read.title, read.area, read.vrf, read.interfaces, source, read.scope)
            found.append((path, zone))
    return found


def flows(reader: Reader, data: Mapping[str, Any]) -> list[tuple[Path, Flow]]:
    """The good items of `flows`, with their paths."""
    found = []
    for path, item in reader.items(data, "flows"):
        read = reader.read(_FlowIn, item, path)
        if read is not None:
            found.append((path, Flow(read.name, read.from_, read.to, read.services, _source(reader, path))))
    return found


def credentials(reader: Reader, data: Mapping[str, Any]) -> list[tuple[Path, Credential]]:
    """The good items of `credentials`, with their paths."""
    found = []
    for path, item in reader.items(data, "credentials"):
        read = reader.read(_CredentialIn, item, path)
        if read is None:
            continue
        snmp = _snmp(reader, read.snmp, (*path, "snmp")) if read.snmp is not None else None
        credential = Credential(
            read.name,
            read.username,
            read.password,
            read.enable,
            read.key_file,
            snmp,
            dict(read.secrets),
            _source(reader, path),
        )
        found.append((path, credential))
    return found


def ways(reader: Reader, data: Mapping[str, Any]) -> list[tuple[Path, Way]]:
    """The good items of `ways`, with their paths; a menu has steps and only a jump host has something behind it."""
    found = []
    for path, item in reader.items(data, "ways"):
        read = reader.read(_WayIn, item, path)
        if read is None:
            continue
        if (read.kind == WayKind.MENU) != bool(read.steps):
            reader.complain(
                (*path, "steps"),
                "bad-steps",
                Message("a way of the kind menu needs steps, and no other kind has them"),
                Message("write in “steps” what the menu shows (expect) and what it is told then (send)"),
            )
            continue
        steps = tuple((step.expect, step.send) for step in read.steps)
        way = Way(
            read.name,
            WayKind(read.kind),
            read.host,
            read.port,
            read.credential,
            read.account,
            read.through,
            steps,
            _source(reader, path),
        )
        found.append((path, way))
    return found


def _snmp(reader: Reader, read: _SnmpIn, path: Path) -> SnmpAccess:
    """What belongs together under SNMP: a community with 2c, a user with 3, each protocol with its password."""

    def needs(key: str, why: Message) -> None:
        reader.complain((*path, key), "missing-key", why, Message("add it: {key}: …", key=key))

    if read.version == "2c" and read.community is None:
        needs("community", Message("SNMP version 2c needs a community"))
    if read.version == "3" and not read.user:
        needs("user", Message("SNMP version 3 needs a user"))
    for kind in ("auth", "priv"):
        protocol, password = getattr(read, f"{kind}_protocol"), getattr(read, f"{kind}_password")
        if bool(protocol) != (password is not None):
            key = f"{kind}_protocol" if password is not None else f"{kind}_password"
            needs(
                key,
                Message("{first} and {second} belong together", first=f"{kind}_protocol", second=f"{kind}_password"),
            )
    if read.priv_protocol and not read.auth_protocol:
        needs("auth_protocol", Message("SNMP encrypts only for users that are authenticated (RFC 3414)"))
    return SnmpAccess(
        read.version,
        read.community,
        read.user,
        read.auth_protocol,
        read.auth_password,
        read.priv_protocol,
        read.priv_password,
    )


def names(data: Mapping[str, Any], key: str) -> set[str]:
    """The names that the items of a list define, those of bad items too."""
    items = data.get(key)
    if not isinstance(items, list):
        return set()
    named = (item.get("name") for item in items if isinstance(item, dict))
    return {name.strip() for name in named if isinstance(name, str)}


def _source(reader: Reader, path: Path) -> Source:
    return Source(reader.document.file, reader.document.line(path))
