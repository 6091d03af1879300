"""Whom to poll and how to speak to them: from the inventory's words to addresses and secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from collectors.modules.platforms import modules_of
from collectors.snmp import faults, usm
from collectors.snmp.session import CommunitySession
from collectors.snmp.user_session import UserSession
from inventory.errors import DeviceError, GovnetError, SnmpError
from inventory.secrets import Secret

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from collectors.modules.schema import Auth
    from collectors.snmp.session import Session
    from inventory.endpoints import Endpoints
    from inventory.model import Device, SnmpAccess, Workspace

_NONE = Secret("")


@dataclass(frozen=True, slots=True)
class Access:
    """How an agent is spoken to: a community (versions 1 and 2c) or a user (version 3). Secrets never print."""

    version: str = "2c"
    community: Secret = _NONE
    user: str = ""
    auth_protocol: str = ""
    auth_password: Secret = _NONE
    priv_protocol: str = ""
    priv_password: Secret = _NONE
    context: str = ""

    def session(self) -> Session:
        """A new session; ValueError (which names no secret) if the parts do not fit together."""
        if self.version in ("1", "2c"):
            return CommunitySession(0 if self.version == "1" else 1, self.community.reveal().encode())
        if self.version != "3":
            raise ValueError(f"unknown SNMP version {self.version}")
        return UserSession(self.usm_user(), self.context.encode())

    def usm_user(self) -> usm.User:
        """The user of version 3; ValueError if its parts do not fit together."""
        return usm.User(
            self.user,
            usm.protocol_name(self.auth_protocol) if self.auth_password else "",
            self.auth_password.reveal().encode(),
            usm.protocol_name(self.priv_protocol) if self.priv_password else "",
            self.priv_password.reveal().encode(),
        )


@dataclass(frozen=True, slots=True)
class Target:
    """A device to poll. `problem` says why it cannot even be tried (no credential, no address …).

    `modules` is what it is polled with when nobody names any.
    """

    device: str
    host: str = ""
    port: int = 161
    access: Access = Access()
    problem: SnmpError | None = None
    modules: tuple[str, ...] = ()


def access_of(device: str, given: SnmpAccess | None, root: Path) -> Access:
    """Resolve a credential's SNMP part; SnmpError (`no_credential`, `secret`) if it cannot be used."""
    if given is None:
        raise faults.error(device, "no_credential")
    secrets = {}
    for name in ("community", "auth_password", "priv_password"):
        reference = getattr(given, name)
        if reference is None:
            continue
        try:
            secrets[name] = reference.resolve(root)
        except GovnetError as error:
            raise SnmpError(device, "secret", error.message, error.hint) from None
    version = "2c" if given.version in ("2", "2c") else given.version
    access = Access(
        version=version,
        user=given.user,
        auth_protocol=given.auth_protocol,
        priv_protocol=given.priv_protocol,
        **secrets,
    )
    try:
        access.session()
    except ValueError as error:
        raise faults.error(device, "no_credential", str(error)) from None
    return access


def access_of_auth(auth: Auth) -> Access:
    """The access that an entry of a snmp.yml's `auths` describes."""
    level = auth.security_level if auth.version == 3 else ""
    return Access(
        version={1: "1", 2: "2c", 3: "3"}[auth.version],
        community=Secret(auth.community.get_secret_value()),
        user=auth.username,
        auth_protocol=auth.auth_protocol,
        auth_password=Secret(auth.password.get_secret_value() if level in ("authNoPriv", "authPriv") else ""),
        priv_protocol=auth.priv_protocol,
        priv_password=Secret(auth.priv_password.get_secret_value() if level == "authPriv" else ""),
        context=auth.context_name,
    )


def targets(workspace: Workspace, devices: Iterable[Device], endpoints: Endpoints) -> list[Target]:
    """Devices as targets. What is missing (address, credential, secret) becomes the target's `problem`."""
    return [target_of(workspace, device, endpoints) for device in devices]


def target_of(workspace: Workspace, device: Device, endpoints: Endpoints, credential: str = "") -> Target:
    """One device as a target, by its own credential or by the one named."""
    found = workspace.inventory.credentials.get(credential or device.credential)
    try:
        endpoint = endpoints.snmp(device)
        access = access_of(device.name, found.snmp if found else None, workspace.root)
    except SnmpError as error:
        return Target(device.name, problem=error)
    except DeviceError as error:
        return Target(device.name, problem=SnmpError(device.name, "no_address", error.message, error.hint))
    return Target(device.name, endpoint.host, endpoint.port, access, modules=modules_of(device.platform))
