"""What a FortiGate is and what its configuration means, whoever sits at it."""

from __future__ import annotations

import hashlib
import secrets
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.device import Device, Spec
from lab.emulator.faults import FlashFullError
from lab.emulator.fortios.entries import ANYWHERE, OPAQUE, row_entry, section, set_entry, set_values, values_of
from lab.emulator.fortios.given import laid_out, ports_in, read_into
from lab.emulator.fortios.schema import BUILT_IN, Field, Node, schema
from lab.emulator.interfaces import Port
from lab.emulator.logins import Lockout
from lab.emulator.reach import Route
from lab.emulator.secrets import seal
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Iterator

BUILD, VERSION = "1639", "7.2.8"
MODELS = {
    "FortiGate-60F": ("FGT60F", ("dmz", *(f"internal{number}" for number in range(1, 6)), "wan1", "wan2")),
    "FortiGate-100F": ("FGT100F", (*(f"port{number}" for number in range(1, 21)), "wan1", "wan2", "mgmt")),
    "FortiGate-VM64": ("FGVM64", tuple(f"port{number}" for number in range(1, 11))),
}
_READ_ONLY = "super_admin_readonly"
_WARNED = 10  # seconds before the reboot in which the sessions are told so (FD30912)


class FortiBox(Device):
    """A firewall that speaks FortiOS."""

    # Its command line is not a table of patterns: see schema.py.
    grammar: tuple[str, ...] = ()
    pager = Pager("--More-- ", "\r" + " " * 9 + "\r", 23, "qQ")
    lays_out = True

    def __init__(self, spec: Spec) -> None:
        code, ports = MODELS.get(spec.model, MODELS["FortiGate-VM64"])
        self.code = code
        self.factory_name = spec.model or "FortiGate-VM64"
        names = [*ports, *(name for name in (*spec.interfaces, spec.management_interface) if name)]
        self._ports = tuple(sorted(dict.fromkeys(name.partition(".")[0] for name in names), key=natural))
        # Configurations on flash: comment, who, and what.
        self.revisions: list[tuple[str, str, Entry]] = []
        self.lockout = Lockout(self)
        # What can be configured; what a text that was given has besides, too.
        self.known = schema()
        # Rows that such a text takes to be there, by their table, and whether nobody may come by SSH as it stands.
        self.given_names: dict[tuple[str, ...], set[str]] = {}
        self.doorless = False
        super().__init__(spec)

    # What it is

    def factory(self) -> Entry:
        """Its ports, the administrator without a password, and port1 (or its like) at 192.168.1.99."""
        root = Entry()
        table = root.put(section(("system", "interface")))
        for index, name in enumerate(self._ports, start=1):
            row = table.put(row_entry(name))
            row.fixed = True
            values: dict[str, tuple[str, ...]] = {"vdom": ("root",)}
            if index == 1:
                values |= {"ip": ("192.168.1.99", "255.255.255.0"), "allowaccess": ("ping", "https", "ssh", "fgfm")}
            for field, value in (values | {"type": ("physical",), "snmp-index": (str(index),)}).items():
                row.put(set_entry(field, value))
        admin = root.put(section(("system", "admin"))).put(row_entry("admin"))
        admin.put(set_entry("accprofile", ("super_admin",)))
        admin.put(set_entry("vdom", ("root",)))
        return root

    @property
    def name(self) -> str:
        """The hostname."""
        return self.get("system", "global", field="hostname") or self.factory_name

    def rows(self, *path: str) -> list[Entry]:
        """The rows of a table."""
        table = self.running.child("config", *path)
        return list(table.children.values()) if table is not None else []

    def row(self, name: str, *path: str) -> Entry | None:
        """A row of a table."""
        table = self.running.child("config", *path)
        return table.child("edit", name) if table is not None else None

    def get(self, *path: str, field: str) -> str:
        """A field of an object: as set, else its default."""
        entry = self.running.child("config", *path)
        values = values_of(self.known.nodes[path], entry, field)
        return " ".join(values)

    def exists_row(self, table: tuple[str, ...], name: str) -> bool:
        """Whether a table has a row, a built-in one included."""
        return (
            name in BUILT_IN.get(table, ())
            or name in self.given_names.get(table, ())
            or self.row(name, *table) is not None
        )

    def interface_name(self, text: str) -> str | None:
        """Names of interfaces are not shortened."""
        return text if self.exists(text) else None

    def exists(self, interface: str) -> bool:
        """A port, or an interface that somebody made."""
        return interface in self._ports or (
            hasattr(self, "running") and self.row(interface, "system", "interface") is not None
        )

    # As text

    @classmethod
    def ports_named(cls, text: str) -> tuple[str, ...]:
        """The rows of `config system interface` that are ports of the box."""
        return ports_in(text)

    def read(self, text: str) -> bool:
        """Blocks from `config` to `end`."""
        self.doorless = False
        read_into(self, text)
        self.doorless = not self.ssh_enabled or not self.rows("system", "admin")
        return True

    def show(self, entry: Entry) -> str:
        """As `show` writes it, from `#config-version` on."""
        if entry.given is not None:
            return laid_out(self, entry)
        return self.heading("admin") + "".join(f"{line}\n" for line in self.lines(entry))

    def heading(self, user: str) -> str:
        """The remarks before a whole configuration."""
        return (
            f"#config-version={self.code}-{VERSION}-FW-build{BUILD}-240313:opmode=0:vdom=0:user={user}\n"
            f"#conf_file_ver=1\n#buildno={BUILD}\n#global_vdom=1\n"
        )

    def lines(self, entry: Entry, *, full: bool = False) -> Iterator[str]:
        """Every section of a configuration that has something to show."""
        for path, node in self.known.nodes.items():
            present = entry.child("config", *path)
            if full or (present is not None and present.children):
                yield from self.block(node, present or section(path), full=full)

    def block(self, node: Node, entry: Entry, *, full: bool = False, only: str = "") -> Iterator[str]:
        """One object or table, `config` to `end`."""
        yield f"config {' '.join(node.path)}"
        if node.key:
            for row in entry.children.values():
                if not only or row.key == ("edit", only):
                    yield f"    edit {node.label(row.key[1])}"
                    yield from ("        " + line for line in self.fields(node, row, full=full))
                    yield "    next"
        else:
            yield from ("    " + line for line in self.fields(node, entry, full=full))
        yield "end"

    def fields(self, node: Node, entry: Entry, *, full: bool = False) -> Iterator[str]:
        """The fields of an object or a row, and the tables in it, in the reference's order."""
        for name in node.order:
            if name in node.fields:
                field = node.fields[name]
                values = values_of(node, entry, name) if full else set_values(entry, name)
                if values:
                    yield f"set {name} {self.shown(field, values)}"
                elif full and field.kind != "secret":
                    yield f"unset {name}" if field.many else f"set {name} {field.shown(('',))}"
                continue
            below = node.nodes[tuple(name.split())]
            inner = entry.child("config", *below.path)
            if inner is not None and inner.children:
                yield from self.block(below, inner, full=full)

    def shown(self, field: Field, values: tuple[str, ...]) -> str:
        """Values as `show` has them; a secret is another text at each dump, which the device reads back."""
        if field.kind != "secret":
            return field.shown(values)
        if values[0] == OPAQUE:
            return f"ENC {values[1]}"
        # Of a text that was given nothing changes that nobody changed.
        given = self.running.given is not None
        salt = hashlib.sha256(values[0].encode()).digest()[:4] if given else secrets.token_bytes(4)
        return "ENC " + seal(values[0], salt)

    # Saving

    @property
    def mode(self) -> str:
        """`cfg-save`."""
        return self.get("system", "global", field="cfg-save")

    @property
    def unsaved(self) -> bool:
        """Whether a reboot would lose something."""
        return self.saved is None or not self.saved.same(self.running)

    def committed(self, before: str) -> None:
        """A change has taken effect; `before` is the mode that was in force. FlashFullError if it cannot be saved.

        With `automatic` it is saved at once, and so is the change that ends or begins that mode (unverified); with
        `revert` the clock begins to run.
        """
        self.changed()
        if "automatic" in (before, self.mode):
            self.keep()
        elif self.mode == "revert" and self.unsaved:
            self.input()

    def keep(self) -> None:
        """Save; nothing is to be reverted any more."""
        self.timer("revert").cancel()
        self.save()

    def input(self) -> None:
        """Somebody typed something: with unsaved changes in mode `revert` the time begins again (KB 191282)."""
        timer = self.timer("revert")
        if self.mode != "revert":
            timer.cancel()
        elif timer.armed or self.unsaved:
            seconds = int(self.get("system", "global", field="cfg-revert-timeout"))
            timer.arm(max(seconds - _WARNED, 0), lambda: self._warn(_WARNED))

    def _warn(self, seconds: int) -> None:
        if not self.unsaved:
            return
        if not seconds:
            self.reboot()
            return
        for session in self.sessions:
            session.terminal.write(f"System will reboot if no input is received in the next {seconds} seconds...\n")
        self.timer("revert").arm(1, lambda: self._warn(seconds - 1))

    def forget(self) -> None:
        """Locked-out users may try again after a reboot."""
        self.lockout.forget()

    async def first_boot(self) -> None:
        """As every device; what was typed counts as saved even if the flash is full from the start."""
        faults, self.faults = self.faults, type(self.faults)()
        try:
            await super().first_boot()
        finally:
            self.faults = faults

    def backup(self, comment: str, user: str) -> None:
        """Keep a copy on flash. FlashFullError if there is no room."""
        if self.faults.full_flash:
            raise FlashFullError
        self.revisions = [*self.revisions[-9:], (comment, user, self.running.copy())]

    # Who may come in

    @property
    def session_limit(self) -> int:
        """`admin-login-max`."""
        return int(self.get("system", "global", field="admin-login-max"))

    @property
    def ssh_enabled(self) -> bool:
        """The server always runs; what is asked for here is that it listens at 22, at some interface at least."""
        rows = self.rows("system", "interface")
        open_ = any("ssh" in set_values(row, "allowaccess") for row in rows)
        return self.get("system", "global", field="admin-ssh-port") == "22" and (open_ or self.running.given is None)

    def _trusts(self, admin: Entry, source: IPv4Address) -> bool:
        hosts = [set_values(admin, f"trusthost{number}") for number in range(1, 11)]
        networks = [IPv4Network("/".join(host), strict=False) for host in hosts if host]
        return not networks or any(source in network for network in networks)

    def admits(self, source: IPv4Address) -> bool:
        """Some administrator may come from there; else nobody is even asked for a password."""
        return self.doorless or any(self._trusts(admin, source) for admin in self.rows("system", "admin"))

    def _level(self, admin: Entry) -> int:
        return 2 if set_values(admin, "accprofile") == (_READ_ONLY,) else 15

    def _allowed(self, user: str) -> Entry | None:
        admin = self.row(user, "system", "admin")
        manager = self.spec.manager
        return admin if admin is not None and (manager is None or self._trusts(admin, manager)) else None

    def password_level(self, user: str, password: str) -> int | None:
        """An administrator from one of his trusted hosts; three wrong passwords lock out for a minute."""
        if self.lockout.locked:
            return None
        admin = self._allowed(user)
        # Out of the box the password is empty.
        if admin is None or (set_values(admin, "password") or ("",))[0] != password:
            attempts, seconds = (
                int(self.get("system", "global", field=name))
                for name in ("admin-lockout-threshold", "admin-lockout-duration")
            )
            self.lockout.failed(attempts, seconds)
            return None
        self.lockout.forget()
        return self._level(admin)

    def key_level(self, user: str) -> int | None:
        """An administrator who has a key in `ssh-public-key1`."""
        admin = self._allowed(user)
        return self._level(admin) if admin is not None and set_values(admin, "ssh-public-key1") else None

    # Where it is in the network

    def addresses(self, row: Entry) -> tuple[IPv4Interface, ...]:
        """The addresses of an interface; secondary ones count while `secondary-IP` is on."""
        words = [set_values(row, "ip")]
        below = row.child("config", "secondaryip")
        if below is not None and set_values(row, "secondary-IP") == ("enable",):
            words += [set_values(one, "ip") for one in below.children.values()]
        return tuple(IPv4Interface("/".join(one)) for one in words if one and one[0] != ANYWHERE[0])

    def ports(self) -> tuple[Port, ...]:
        """The interfaces."""
        node = self.known.nodes["system", "interface"]
        found = []
        for index, row in enumerate(self.rows("system", "interface"), start=1):
            name = row.key[1]
            up = values_of(node, row, "status") == ("up",)
            kind = values_of(node, row, "type")[0]
            number = set_values(row, "snmp-index")
            found.append(
                Port(
                    int(number[0]) if number else index,
                    name,
                    " ".join(set_values(row, "description") or set_values(row, "alias")),
                    up,
                    up,
                    self.addresses(row),
                    0 if kind in ("loopback", "tunnel") else 1000,
                    {"loopback": 24, "tunnel": 131, "vlan": 135, "aggregate": 161}.get(kind, 6),
                    int(values_of(node, row, "mtu")[0]),
                )
            )
        return tuple(found)

    def routes(self) -> tuple[Route, ...]:
        """`config router static`."""
        node = self.known.nodes["router", "static"]
        found = []
        for row in self.rows("router", "static"):
            if values_of(node, row, "status") != ("enable",):
                continue
            network = IPv4Network("/".join(values_of(node, row, "dst")), strict=False)
            gateway = IPv4Address(values_of(node, row, "gateway")[0])
            if set_values(row, "blackhole") == ("enable",):
                found.append(Route(network))
            elif int(gateway):
                found.append(Route(network, gateway))
            elif set_values(row, "device"):
                found.append(Route(network, None, set_values(row, "device")[0]))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on its network, or a BGP neighbour is there."""
        ospf, bgp = self.running.child("config", "router", "ospf"), self.running.child("config", "router", "bgp")
        if ospf is not None and port.name not in set_values(ospf, "passive-interface"):
            table = ospf.child("config", "network")
            for row in table.children.values() if table is not None else ():
                network = IPv4Network("/".join(set_values(row, "prefix") or ANYWHERE), strict=False)
                if any(address.ip in network for address in port.addresses):
                    return True
        table = bgp.child("config", "neighbor") if bgp is not None else None
        peers = [IPv4Address(row.key[1]) for row in table.children.values()] if table is not None else []
        return any(peer in address.network for peer in peers for address in port.addresses)

    def describe(self) -> tuple[str, str]:
        """The description is what the administrator wrote; the model's arc (12356.101.1) ends differently for each."""
        text = self.get("system", "snmp", "sysinfo", field="description")
        return text or f"{self.factory_name} v{VERSION}, emulated by govnet", "1.3.6.1.4.1.12356.101.1.30"

    @property
    def serial(self) -> str:
        """A serial number in the shape of the vendor's."""
        digest = hashlib.sha256(self.spec.name.encode()).digest()
        return f"{self.code}EMU{int.from_bytes(digest[:4], 'big') % 10**8:08d}"
