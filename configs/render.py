"""A device's configuration from its role's template, the inventory and the plan.

Templates are Jinja2, in `<dialect>/templates/<role>.j2`; a workspace's `templates/<platform>/<role>.j2` comes first. An
undefined variable is an error that names the template's file and line. Secrets stand in the text as
`<secret:CREDENTIAL.NAME>` until `Rendered.reveal()` is called, right before the text is sent.

What a template sees is listed in `variables`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

from configs import network
from configs.dialects import dialect
from inventory.errors import DeviceError, InputError, Problem, TemplateError
from inventory.model import LineKind
from inventory.nearest import nearest
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

    import jinja2

    from configs.model import Dialect
    from inventory.model import Credential, Device, SnmpAccess, Workspace
    from inventory.secrets import Secret, SecretRef
    from ipplan.plan import Plan

SUFFIX = ".j2"
BOOTSTRAP = "bootstrap"
_PLACEHOLDER = re.compile(r"<secret:(?P<credential>[^<>\s.]+)\.(?P<name>[^<>\s]+)>")
# A command line would cut a secret at these, or ask for help.
_NOT_IN_A_LINE = re.compile(r"[\s?\"'\x00-\x1f\x7f]")

# What a platform's template could not express, by the key that the template names.
NOTES = {
    "host": mark("time, log forwarding, SNMP and SSH of this device belong to its operating system, not to this text"),
    "ipsec": mark("the IPsec tunnels are not in this text: no public page documents this platform's commands for them"),
    "tunnels": mark(
        "the IPsec tunnels, and the flows that go through them, are not in this text: this platform's shipped template"
        " does not write them"
    ),
    "passes-all": mark("this platform is a firewall: as a router it lets everything through between its ports"),
    "secrets-once": mark(
        "users with a password are not in this text: how this platform shows a stored secret is not documented, so"
        " it could not be compared; the bootstrap text has the login, make the user of SNMPv3 once at the console"
    ),
    "managers": mark("only the first {count} prefixes of “managers” are in this text: the platform takes no more"),
    "ntp": mark("the time servers are not in this text: no public page documents this platform's commands for them"),
    "syslog": mark("the log servers are not in this text: no public page documents this platform's commands for them"),
    "snmp": mark(
        "SNMP access is opened here, its users are not: no public page documents this platform's commands for them"
    ),
    "users": mark("users are not in this text: no public page documents this platform's commands for them"),
    "hostname": mark("the host name is not in this text: no public page documents this platform's command for it"),
    "loopback": mark(
        "the loopback address is not in this text: no public page documents this platform's command for it"
    ),
    "untested": mark("the lines follow published examples of this platform; they have not been tried on a device"),
    "keys": mark("make the SSH host key once at the console: {command}"),
    "ipv6": mark("the plan's IPv6 addresses are not in this text: the shipped templates configure IPv4"),
    "users-once": mark("make the SNMPv3 user once at the console; the device never shows it: {command}"),
    "management": mark("the device has no management interface with an address in devices.csv"),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A configuration as text. `notes` say what the platform's template could not express."""

    device: str
    platform: str
    role: str
    text: str
    notes: tuple[Message, ...] = ()
    encoding: str = "utf-8"
    _secrets: Mapping[str, SecretRef] = field(default_factory=dict, repr=False)
    _root: Path = field(default=Path(), repr=False)

    def reveal(self) -> str:
        """The text with its secrets filled in. Call it right before the text is sent, and never keep what it gives."""
        return self.reveal_with()[0]

    def reveal_with(self) -> tuple[str, tuple[Secret, ...]]:
        """As `reveal`, and the secrets that stand in the text, for masking what a device says to it."""
        found = {match[0]: self._value(match) for match in _PLACEHOLDER.finditer(self.text)}
        text = _PLACEHOLDER.sub(lambda match: found[match[0]].reveal(), self.text)
        return text, tuple(found.values())

    def to_bytes(self) -> bytes:
        """The text, placeholders in place, in the encoding that the platform speaks."""
        return self.text.encode(self.encoding)

    def _value(self, match: re.Match[str]) -> Secret:
        secret = self._secrets[match[0]].resolve(self._root)
        if not secret or _NOT_IN_A_LINE.search(secret.reveal()):
            raise DeviceError(
                self.device,
                Message("the secret {name} cannot stand in a configuration line", name=match["name"]),
                Message("choose one without blanks, quotes, question marks and control characters, and not empty"),
            )
        return secret


@dataclass(frozen=True, slots=True)
class Snmp:
    """How the device is polled, with placeholders for secrets; `version` is empty if it is not polled."""

    version: str = ""
    community: str = ""
    user: str = ""
    auth_protocol: str = ""
    auth_password: str = ""
    priv_protocol: str = ""
    priv_password: str = ""


def render(workspace: Workspace, plan: Plan, device_name: str, *, role: str | None = None) -> Rendered:
    """The intended configuration of a device; `role` chooses another template than the device's own role.

    TemplateError if the template is missing or faulty; DeviceError if the plan lacks what it needs.
    """
    return Renderer(workspace, plan).render(device_name, role=role)


def filled(workspace: Workspace, text: str) -> str:
    """A rendered text that was written to a file, with the secrets of the workspace in place of its placeholders.

    Placeholders of credentials or names that the workspace does not have stay. As `Rendered.reveal`: never keep it.
    """

    def value(match: re.Match[str]) -> str:
        reference = _reference(workspace.inventory.credentials.get(match["credential"]), match["name"])
        return reference.resolve(workspace.root).reveal() if reference is not None else match[0]

    return _PLACEHOLDER.sub(value, text)


def bootstrap(workspace: Workspace, plan: Plan, device_name: str) -> Rendered:
    """What is typed at the console on day 0: host name, management address, login user, SSH server."""
    return Renderer(workspace, plan).render(device_name, role=BOOTSTRAP)


class Renderer:
    """Renders many devices of one workspace; what they share is computed once."""

    def __init__(self, workspace: Workspace, plan: Plan) -> None:
        self._workspace = workspace
        self._graph = network.Graph(workspace.inventory, plan)

    def render(self, device_name: str, *, role: str | None = None) -> Rendered:
        """As the function of the same name."""
        device = self._device(device_name)
        language = dialect(device.platform)
        job = _Job(self._workspace, self._graph, device, language, role or device.role)
        return job.run()

    def _device(self, name: str) -> Device:
        try:
            return self._workspace.inventory.devices[name]
        except KeyError:
            raise InputError(
                [
                    Problem(
                        code="unknown-device",
                        message=Message("there is no device “{name}”", name=name),
                        hint=Message("see the names with: govnet inventory list devices"),
                    )
                ]
            ) from None


class _Job:
    """The rendering of one device."""

    def __init__(
        self, workspace: Workspace, graph: network.Graph, device: Device, language: Dialect, role: str
    ) -> None:
        self._workspace = workspace
        self._graph = graph
        self._device = device
        self._dialect = language
        self._role = role
        self._secrets: dict[str, SecretRef] = {}
        self._notes: dict[str, Message] = {}

    def run(self) -> Rendered:
        """The rendered text."""
        import jinja2  # noqa: PLC0415 - start-up time

        environment = _environment(self._workspace.root, self._device.platform, self._dialect.templates)
        try:
            text = environment.get_template(self._role + SUFFIX).render(self._planned_variables())
        except _NotUtf8Error as error:
            raise self._fault(
                "template-encoding",
                Message("the template is not UTF-8: the byte {byte} does not belong there", byte=f"0x{error.byte:02X}"),
                error.file,
                error.line,
                Message("save it as UTF-8"),
            ) from None
        except jinja2.TemplateNotFound as error:
            raise self._missing(environment, error) from None
        except jinja2.TemplateSyntaxError as error:
            raise self._fault(
                "template-syntax",
                _syntax(error.message or ""),
                error.filename,
                error.lineno,
            ) from None
        except jinja2.UndefinedError as error:
            raise self._undefined(error) from None
        except (InputError, DeviceError):
            raise
        except Exception as error:
            place = _place(error.__traceback__)
            if place is None:
                raise
            raise self._fault(
                "template-failed",
                _failure(error),
                *place,
            ) from error
        return Rendered(
            device=self._device.name,
            platform=self._device.platform,
            role=self._role,
            text=text.rstrip("\n") + "\n",
            notes=tuple(self._notes.values()),
            encoding=self._dialect.encoding,
            _secrets=dict(self._secrets),
            _root=self._workspace.root,
        )

    def _planned_variables(self) -> dict[str, Any]:
        """The variables; what the plan lacks for them is this device's error, not the run's."""
        try:
            return self.variables()
        except InputError as error:
            problem = error.problems[0]
            raise DeviceError(self._device.name, problem.message, problem.hint) from error

    def variables(self) -> dict[str, Any]:
        """What a template sees; docs/templates.md says it to the people who write templates.

        Titles stand in it as `network.plain` gives them, so that none ends a line or a quoted text.

        device, site, region    the rows of the inventory; `hostname` is the device's name
        loopback                its address with length, or none
        ports                   every interface with an address (`configs.network.Port`)
        management, circuits, lans, internet    the ports of one kind; `management` is one port or none
        routes                  the static routes (`Route`)
        tunnels                 the IPsec tunnels (`Tunnel`)
        domains, permissions    zones and flows (`Domain`, `Permission`)
        services                addresses by name: ntp, syslog, snmp_manager, dns and what govnet.yaml adds
        managers                the prefixes from which devices may be managed
        user                    the login's name; snmp: how it is polled (`Snmp`)
        secret(name)            a placeholder for a secret of the device's credential
        note(key, …)            says that this platform cannot express something; writes nothing
        """
        inventory = self._workspace.inventory
        device = self._device
        credential = inventory.credentials.get(device.credential)
        site, region = inventory.sites[device.site], inventory.region_of(device)
        common = {
            "device": replace(device, model=network.plain(device.model)),
            "hostname": device.name,
            "site": replace(site, title=network.plain(site.title)),
            "region": replace(region, name=network.plain(region.name)),
            "services": self._services(),
            "managers": network.networks(self._workspace.settings.managers),
            "user": credential.username if credential is not None else "",
            "snmp": self._snmp(credential),
            "secret": self._secret,
            "note": self._note,
        }
        view = network.View(self._graph, device)
        if self._role == BOOTSTRAP:
            return {**common, "management": view.management}
        kinds = LineKind
        if any(port.ipv6 for port in view.ports):
            self._note("ipv6")
        return {
            **common,
            "loopback": view.addresses.loopback,
            "management": view.management,
            "ports": view.ports,
            "circuits": view.of_kind(kinds.CIRCUIT),
            "lans": view.of_kind(kinds.LAN),
            "internet": view.of_kind(kinds.INTERNET),
            "routes": view.routes,
            "tunnels": view.tunnels,
            "domains": view.domains,
            "permissions": view.permissions,
        }

    def _services(self) -> dict[str, Any]:
        settings = self._workspace.settings
        names = dict.fromkeys(("ntp", "syslog", "snmp_manager", "dns", "management_gateway", *settings.services))
        return {name: tuple(ip_address(text) for text in settings.services.get(name, ())) for name in names}

    def _snmp(self, credential: Credential | None) -> Snmp:
        access = credential.snmp if credential is not None else None
        if access is None:
            return Snmp()

        def placeholder(name: str) -> str:
            return self._secret(f"snmp.{name}") if getattr(access, name) is not None else ""

        return Snmp(
            version=access.version,
            community=placeholder("community"),
            user=access.user,
            auth_protocol=access.auth_protocol,
            auth_password=placeholder("auth_password"),
            priv_protocol=access.priv_protocol,
            priv_password=placeholder("priv_password"),
        )

    def _secret(self, name: str) -> str:
        credential = self._workspace.inventory.credentials.get(self._device.credential)
        reference = _reference(credential, name)
        if credential is None or reference is None:
            raise DeviceError(
                self._device.name,
                Message(
                    "the template needs the secret “{name}”, which the credential “{credential}” does not have",
                    name=name,
                    credential=self._device.credential,
                ),
                Message("add a reference to it (env:, file:, age: or vault:) to inventory/credentials.yaml"),
            )
        placeholder = f"<secret:{credential.name}.{name}>"
        self._secrets[placeholder] = reference
        return placeholder

    def _note(self, key: str, **parameters: object) -> str:
        """Record what the platform cannot express; a key of `NOTES`, or any text of a template's own."""
        message = Message(NOTES.get(key, key), **parameters)
        self._notes.setdefault(f"{key} {parameters}", message)
        return ""

    def _missing(self, environment: jinja2.Environment, error: jinja2.TemplateNotFound) -> TemplateError:
        known = sorted(
            name.removesuffix(SUFFIX)
            for name in environment.list_templates()
            if name.endswith(SUFFIX) and not name.startswith("_")
        )
        return self._fault(
            "template-missing",
            Message(
                "there is no template “{name}” for the platform “{platform}”",
                name=str(error.name).removesuffix(SUFFIX),
                platform=self._device.platform,
            ),
            f"templates/{self._device.platform}/{error.name}",
            0,
            Message("write that file, or use one of the roles: {roles}", roles=", ".join(known)),
        )

    def _undefined(self, error: jinja2.UndefinedError) -> TemplateError:
        file, line = _place(error.__traceback__) or ("", 0)
        message, near = self._lacking(error.message or "")
        return self._fault(
            "template-undefined",
            message,
            file,
            line,
            Message("did you mean “{name}”? docs/templates.md lists what a template sees", name=near)
            if near
            else Message("docs/templates.md lists what a template sees; mind the spelling, or give it a default"),
        )

    def _lacking(self, said: str) -> tuple[Message, str]:
        """What a template asks for that is not there, from Jinja2's own words, and the name that was meant."""
        variables = self.variables()
        found = _NO_ATTRIBUTE.search(said)
        if found is None:
            name = next(iter(re.findall(r"'([^']+)'", said)), said)
            return Message("“{name}” is not defined", name=name), nearest(name, variables)
        kind, name = found["kind"], found["name"]
        owners = {_kind(value): (key, value) for key, value in reversed(variables.items())}
        owners |= {
            _kind(member): (f"{key}[…]", member)
            for key, value in reversed(variables.items())
            if isinstance(value, tuple)
            for member in value[:1]
        }
        if kind not in owners:
            return Message("there is no “{name}” here", name=name), ""
        owner, value = owners[kind]
        known = list(value) if isinstance(value, dict) else [each for each in dir(value) if not each.startswith("_")]
        return Message("“{owner}” has no “{name}”", owner=owner, name=name), nearest(name, known)

    def _fault(
        self, code: str, message: Message, file: str | None, line: int | None, hint: Message | None = None
    ) -> TemplateError:
        return TemplateError(
            [
                Problem(
                    code=code,
                    message=Message("{device}: {message}", device=self._device.name, message=message),
                    hint=hint or Message("mend the template at that line"),
                    file=self._shown(file or ""),
                    line=line or 0,
                )
            ]
        )

    def _shown(self, file: str) -> str:
        """The file as the user knows it: below the workspace, or below the program."""
        for base in (self._workspace.root.resolve(), Path(__file__).resolve().parent.parent):
            path = Path(file)
            if path.is_absolute() and path.is_relative_to(base):
                return path.relative_to(base).as_posix()
        return file


def _reference(credential: Credential | None, name: str) -> SecretRef | None:
    """The reference that a credential has under a name: `password`, `enable`, `snmp.…`, or one of its `secrets`."""
    if credential is None:
        return None
    if name in {"password", "enable"}:
        found: SecretRef | None = getattr(credential, name)
        return found
    head, _, tail = name.partition(".")
    if head == "snmp" and tail in {"community", "auth_password", "priv_password"}:
        access: SnmpAccess | None = credential.snmp
        return getattr(access, tail) if access is not None else None
    return credential.secrets.get(name)


# Jinja2's words, for an object that has not got what is asked for, and for a value that is none at all.
_NO_ATTRIBUTE = re.compile(r"'(?P<kind>[\w. ]+?)(?: object)?' has no attribute '(?P<name>[^']*)'")


def _kind(value: object) -> str:
    """A value's type as Jinja2 names it."""
    from jinja2.utils import object_type_repr  # noqa: PLC0415 - start-up time

    return object_type_repr(value).removesuffix(" object")


def _syntax(said: str) -> Message:
    """What is wrong with a template's syntax; of Jinja2's words only the part of the template that they quote."""
    quoted = re.findall(r"'([^']+)'", said)
    if said.startswith("No filter") and quoted:
        return Message("the template uses a filter that does not exist: {name}", name=quoted[0])
    if said.startswith("No test") and quoted:
        return Message("the template uses a test that does not exist: {name}", name=quoted[0])
    if quoted:
        return Message("the template's syntax is not right near “{part}”", part=quoted[0])
    return Message("the template's syntax is not right here")


def _failure(error: Exception) -> Message:
    """Why an expression of a template cannot be worked out."""
    from jinja2.exceptions import SecurityError  # noqa: PLC0415 - start-up time

    if isinstance(error, SecurityError):
        return Message("the template reaches for the program's own insides, which it may not")
    if isinstance(error, ZeroDivisionError):
        return Message("the template divides by zero here")
    if isinstance(error, TypeError):
        return Message("the template joins or calls values here that do not fit together")
    return Message("the template cannot work out this line")


class _NotUtf8Error(Exception):
    """A template's file that is not UTF-8: where, and the first byte that is not."""

    def __init__(self, file: str, content: bytes, position: int) -> None:
        super().__init__(file)
        self.file = file
        self.line = content.count(b"\n", 0, position) + 1
        self.byte = content[position]


def _place(trace: TracebackType | None) -> tuple[str, int] | None:
    """The innermost line of a template in a traceback (Jinja2 writes its own line numbers into it)."""
    found = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(SUFFIX):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


@cache
def _environment(root: Path, platform: str, shipped: Path) -> jinja2.Environment:
    """The templates of a platform: the workspace's, then the shipped ones."""
    import jinja2  # noqa: PLC0415 - start-up time
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 - start-up time

    own = (root / "templates" / platform).resolve()
    return SandboxedEnvironment(
        loader=_loader(own, shipped),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def _loader(*folders: Path) -> jinja2.BaseLoader:
    """Templates from the first of the folders that has them; `_NotUtf8Error` for a file in another encoding."""
    import jinja2  # noqa: PLC0415 - start-up time

    class Loader(jinja2.FileSystemLoader):
        def get_source(self, environment: jinja2.Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
            try:
                return super().get_source(environment, template)
            except UnicodeDecodeError as error:
                file = next(folder / template for folder in folders if (folder / template).is_file())
                raise _NotUtf8Error(str(file), error.object, error.start) from None

    return Loader(folders)
