"""The plan into NetBox through its REST API: what is missing is created, what differs is updated, all else is left.

Nothing is ever deleted, and a field that the plan leaves empty is not touched. Without `commit` NetBox is only read.
Running it again does nothing; after a failure running it again goes on where it stopped. This is the only module of
the package that opens a connection (pynetbox, the optional dependency `netbox`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from inventory.errors import MissingToolError, ServiceError
from inventory.text import Message
from ipplan.views.netbox_objects import KINDS, Object, Ref, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from inventory.secrets import Secret
    from ipplan.views.material import Material

_ENDPOINTS = {
    "regions": ("dcim", "regions"),
    "tenants": ("tenancy", "tenants"),
    "sites": ("dcim", "sites"),
    "roles": ("ipam", "roles"),
    "route_targets": ("ipam", "route_targets"),
    "vrfs": ("ipam", "vrfs"),
    "prefixes": ("ipam", "prefixes"),
    "ip_addresses": ("ipam", "ip_addresses"),
    "rirs": ("ipam", "rirs"),
    "asns": ("ipam", "asns"),
}
_SCOPES = {"sites": "dcim.site", "regions": "dcim.region"}
_CHUNK = 100  # objects in one request: NetBox does each request as a whole or not at all
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Action:
    """What is done with one object: `create`, `update` or `leave`; of an update the values before and after."""

    kind: str
    name: str
    verb: str
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Stable keys."""
        changes = {key: {"before": before, "after": after} for key, (before, after) in self.changes.items()}
        return {"kind": self.kind, "name": self.name, "action": self.verb, "changes": changes}


@dataclass(frozen=True, slots=True)
class Report:
    """What was done, or would be done without `commit`."""

    actions: tuple[Action, ...]
    committed: bool

    def counts(self) -> dict[str, dict[str, int]]:
        """How many objects of each kind are created, updated and left."""
        found = Counter((action.kind, action.verb) for action in self.actions)
        kinds = [kind for kind in KINDS if any(key[0] == kind for key in found)]
        return {kind: {verb: found[kind, verb] for verb in ("create", "update", "leave")} for kind in kinds}

    @property
    def empty(self) -> bool:
        """Whether NetBox has all of it already."""
        return all(action.verb == "leave" for action in self.actions)

    def as_json(self) -> dict[str, Any]:
        """Stable keys; what is left alone is only counted."""
        return {
            "committed": self.committed,
            "counts": self.counts(),
            "actions": [action.as_json() for action in self.actions if action.verb != "leave"],
        }


def push(material: Material, url: str, token: Secret, *, commit: bool) -> Report:
    """Bring the plan's objects into the NetBox at `url`.

    ServiceError if NetBox does not answer or refuses; MissingToolError if pynetbox is not installed.
    """
    session = _Session(url, token)
    actions: list[Action] = []
    by_kind: dict[str, list[Object]] = {}
    for found in objects(material):
        by_kind.setdefault(found.kind, []).append(found)
    for kind in KINDS:
        # A region above another one must be there before it: generations come one by one.
        for generation in _generations(by_kind.get(kind, [])):
            actions.extend(session.bring(kind, generation, commit=commit))
    return Report(tuple(actions), commit)


def _generations(found: list[Object]) -> Iterator[list[Object]]:
    """Objects in groups, such that none refers to one of its own or a later group."""
    waiting = {(item.kind, item.key): item for item in found}
    while waiting:
        ready = [item for item in waiting.values() if not any((ref.kind, ref.key) in waiting for ref in _refs(item))]
        if not ready:
            ready = list(waiting.values())
        yield ready
        for item in ready:
            del waiting[item.kind, item.key]


def _refs(item: Object) -> Iterator[Ref]:
    for value in item.fields.values():
        if isinstance(value, Ref):
            yield value


class _Session:
    """A NetBox and what is known of it: the ids of objects by kind and key."""

    def __init__(self, url: str, token: Secret) -> None:
        try:
            import pynetbox  # noqa: PLC0415 - optional
            import requests  # noqa: PLC0415 - pynetbox brings it
        except ImportError:
            raise MissingToolError(
                Message("pynetbox is not installed"), Message("install it: pip install 'govnet[netbox]'")
            ) from None

        class Patient(requests.Session):
            """A session that does not wait for ever."""

            def request(self, *arguments: Any, **options: Any) -> requests.Response:
                options.setdefault("timeout", _SECONDS)
                return super().request(*arguments, **options)

        self.url = url
        self.failures = (
            pynetbox.RequestError,
            pynetbox.ContentError,
            pynetbox.AllocationError,
            requests.RequestException,
        )
        self.api: Any = pynetbox.api(url, token=token.reveal())  # type: ignore[no-untyped-call]  # it has no types
        self.api.http_session = Patient()
        self.known: dict[str, dict[tuple[str, ...], dict[str, Any]]] = {}
        self.ids: dict[Ref, int | None] = {}

    def endpoint(self, kind: str) -> Any:
        """The endpoint of a kind."""
        application, name = _ENDPOINTS[kind]
        return getattr(getattr(self.api, application), name)

    def fail(self, kind: str, error: Exception) -> NoReturn:
        """Say what NetBox said, without what we sent."""
        answer = getattr(error, "error", "") or str(error)
        raise ServiceError(
            Message("NetBox at {url} ({kind}): {answer}", url=self.url, kind=kind, answer=str(answer)[:600]),
            Message("check the address, the token and its rights; running it again goes on where it stopped"),
        ) from None

    def there(self, kind: str) -> dict[tuple[str, ...], dict[str, Any]]:
        """NetBox's objects of a kind by our keys."""
        if kind not in self.known:
            try:
                found = [dict(record) for record in self.endpoint(kind).all()]
            except self.failures as error:
                self.fail(kind, error)
            self.known[kind] = {_key(kind, record): record for record in found}
        return self.known[kind]

    def id_of(self, ref: Ref) -> int | None:
        """An object's id; None if NetBox does not have it yet (then this is no commit)."""
        if ref not in self.ids:
            record = self.there(ref.kind).get(ref.key)
            self.ids[ref] = record["id"] if record is not None else None
        return self.ids[ref]

    def bring(self, kind: str, items: Iterable[Object], *, commit: bool) -> Iterator[Action]:
        """Create or update objects that refer only to what is there; says what it does with each."""
        there = self.there(kind)
        new: list[tuple[Object, dict[str, Any]]] = []
        changed: list[dict[str, Any]] = []
        actions: list[Action] = []
        for item in items:
            payload = self.payload(item)
            record = there.get(item.key)
            if record is None:
                new.append((item, payload))
                actions.append(Action(kind, _name(item), "create"))
                continue
            changes = {
                key: (_plain(record.get(key)), value)
                for key, value in payload.items()
                if _comparable(key, _plain(record.get(key))) != _comparable(key, value)
            }
            if changes:
                changed.append({"id": record["id"], **{key: after for key, (_, after) in changes.items()}})
            actions.append(Action(kind, _name(item), "update" if changes else "leave", changes))
        if commit:
            self.write(kind, new, changed)
        yield from actions

    def write(self, kind: str, new: list[tuple[Object, dict[str, Any]]], changed: list[dict[str, Any]]) -> None:
        """Send what is new and what is changed."""
        endpoint = self.endpoint(kind)
        try:
            for start in range(0, len(new), _CHUNK):
                part = new[start : start + _CHUNK]
                made = endpoint.create([payload for _, payload in part])
                for (item, _), record in zip(part, made, strict=True):
                    self.there(kind)[item.key] = dict(record)
                    self.ids[Ref(kind, item.key)] = record.id
            for start in range(0, len(changed), _CHUNK):
                endpoint.update(changed[start : start + _CHUNK])
        except self.failures as error:
            self.fail(kind, error)

    def payload(self, item: Object) -> dict[str, Any]:
        """An object as the API takes it: without empty fields, other objects by their ids."""
        made: dict[str, Any] = {}
        for key, value in item.fields.items():
            if isinstance(value, Ref):
                made[key] = self.id_of(value)
            elif isinstance(value, tuple):
                made[key] = [self.id_of(ref) for ref in value]
            elif value not in (None, ""):
                made[key] = value
        if item.scope is not None:
            made["scope_type"], made["scope_id"] = _SCOPES[item.scope.kind], self.id_of(item.scope)
        return made


def _name(item: Object) -> str:
    return " ".join(part for part in item.key if part)


def _key(kind: str, record: Mapping[str, Any]) -> tuple[str, ...]:
    """Our key of an object of NetBox's."""
    if kind in ("prefixes", "ip_addresses"):
        vrf = record.get("vrf")
        text = str(record["prefix"] if kind == "prefixes" else record["address"])
        return (str(vrf["name"]) if vrf else "", text if kind == "prefixes" else text.partition("/")[0])
    if kind in ("route_targets", "vrfs"):
        return (str(record["name"]),)
    if kind == "asns":
        return (str(record["asn"]),)
    return (str(record["slug"]),)


def _plain(value: Any) -> Any:
    """A value of NetBox's as we send it: other objects as ids, choices as their values."""
    if isinstance(value, dict):
        return value["id"] if "id" in value else value.get("value")
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _comparable(key: str, value: Any) -> Any:
    """A value for comparing: sets of targets have no order."""
    if isinstance(value, list):
        return sorted(str(item) for item in value)
    if key == "address":
        return str(value).lower()
    return value
