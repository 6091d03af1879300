"""Our model of a Linux host with FRRouting 8.4: a shell that knows a dozen commands, and vtysh.

FRR's text and messages as its user guide and its tools give them; `frr-reload.py` is modelled by what it does: merge
and removal in one step, `write` at the end unless its file is `frr.conf` of the folder given by `--confdir`.
"""

from __future__ import annotations

import asyncio
import posixpath
import shlex
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.device import Device, LogoutError, SnmpAccess, Spec
from lab.emulator.faults import FlashFullError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.interfaces import Port, speed_and_type
from lab.emulator.reach import Route
from lab.emulator.shell import Refusal, Shell
from lab.emulator.terminal import Pager
from lab.emulator.tree import Entry, natural

if TYPE_CHECKING:
    from collections.abc import Callable

    from lab.emulator.terminal import Terminal

VERSION = "8.4.4"
FOLDER = "/var/tmp/govnet"  # noqa: S108 - a path inside the model
ENDED = f"{FOLDER}/ended"
ENDS = {"vrf": "exit-vrf", "bgp-family": " exit-address-family"}

Result = tuple[int, bytes, bytes]


class FrrDevice(Device):
    """A Linux host with FRR."""

    grammar = ("frr",)
    factory_name = "localhost"
    pager = Pager("--More--", "\r        \r")

    def __init__(self, spec: Spec) -> None:
        # Files that were uploaded; a reboot keeps /var/tmp.
        self.files: dict[str, bytes] = {}
        self.guard: Entry | None = None
        self.guard_fired = False
        self.ended: Result = (0, b"", b"")  # how the last reload of the guard script ended
        # An address that the host has without FRR: that of the first text's time, if the text does not give one.
        self.host_address: IPv4Interface | None = None
        super().__init__(spec)

    def factory(self) -> Entry:
        """An empty FRR on a host with the links that it has."""
        return Entry()

    def session(self, terminal: Terminal, user: str, level: int) -> FrrSession:
        """vtysh, as the login shell of an interactive session."""
        return FrrSession(self, terminal, user, level)

    async def first_boot(self) -> None:
        """As every device; a management address that FRR does not know is the host's own."""
        await super().first_boot()
        if not any(port.addresses for port in self.ports() if port.name == self.spec.management_interface):
            self.host_address = IPv4Interface(f"{self.spec.address}/24")
        self.booted += 0.0

    @property
    def name(self) -> str:
        """The host name."""
        return self.running.value("hostname") or self.spec.name

    def body(self, entry: Entry) -> str:
        """A configuration as `write` stores it."""
        lines = ["!", f"frr version {VERSION}"]
        if not entry.starting("frr", "defaults"):
            lines.append("frr defaults traditional")
        if not entry.value("hostname"):
            lines.append(f"hostname {self.spec.name}")
        block = False
        section = None
        for child in entry.ordered():
            assert child.rule is not None  # noqa: S101 - only the root has none
            view = child.rule.get("view")
            if view == "interface" and not child.children:
                continue
            if view or block or (section is not None and child.rule.section != section):
                lines.append("!")
            block, section = bool(view), child.rule.section
            lines.append(child.text)
            if view:
                lines.extend(self._inside(child, 1))
                lines.append(ENDS.get(view, "exit"))
        return "\n".join([*lines, "!", "end", ""])

    def _inside(self, entry: Entry, depth: int) -> list[str]:
        lines = []
        for child in entry.ordered():
            view = child.rule.get("view") if child.rule is not None else ""
            if view:
                lines.append(" !")
            lines.append(" " * depth + child.text)
            if view:
                lines.extend(self._inside(child, depth + 1))
                lines.append(ENDS.get(view, "exit"))
        return lines

    def show(self, entry: Entry) -> str:
        """As `show running-config` writes it."""
        return f"Building configuration...\n\nCurrent configuration:\n{self.body(entry)}"

    def interface_name(self, text: str) -> str | None:
        """FRR takes any name: an interface may come later."""
        return text if len(text) < 16 and text[:1].isalpha() else None

    def exists(self, interface: str) -> bool:
        """Whether the host has the link now."""
        return interface in self._links

    @property
    def _links(self) -> tuple[str, ...]:
        names = dict.fromkeys(("lo", *self.spec.interfaces, self.spec.management_interface))
        return tuple(sorted((name for name in names if name), key=natural))

    # Who may come in: the operating system's business

    @property
    def session_limit(self) -> int:
        """OpenSSH's MaxStartups and MaxSessions are far away."""
        return 100

    @property
    def ssh_enabled(self) -> bool:
        """The SSH server is not FRR's."""
        return True

    def admits(self, source: IPv4Address) -> bool:
        """No filter in front of sshd here."""
        del source
        return True

    def password_level(self, user: str, password: str) -> int | None:
        """The user of the operating system."""
        return 15 if self.spec.login == (user, password) else None

    def key_level(self, user: str) -> int | None:
        """The user of the operating system."""
        return 15 if self.spec.login is not None and self.spec.login[0] == user else None

    # What it measures

    def ports(self) -> tuple[Port, ...]:
        """The host's links with the addresses that FRR gave them."""
        found = []
        for index, name in enumerate(self._links, start=1):
            entry = self.running.child("interface", name) or Entry()
            mbps, kind = speed_and_type(name)
            enabled = entry.child("shutdown") is None
            addresses = tuple(IPv4Interface(line.words[2]) for line in entry.starting("ip", "address"))
            if name == self.spec.management_interface and self.host_address is not None and not addresses:
                addresses = (self.host_address,)
            description = entry.value("description")
            found.append(Port(index, name, description, enabled, enabled, addresses, mbps, kind))
        return tuple(found)

    def routes(self) -> tuple[Route, ...]:
        """`ip route`; Null0 and blackhole throw away."""
        found = []
        for entry in self.running.starting("ip", "route"):
            network, hop = IPv4Network(entry.words[2], strict=False), entry.words[3]
            via = IPv4Address(hop) if hop.count(".") == 3 else None
            found.append(Route(network, via, "" if via or hop.lower() in ("null0", "blackhole", "reject") else hop))
        return tuple(found)

    def learns(self, port: Port) -> bool:
        """OSPF runs on it, or a BGP neighbour is on its network."""
        here = self.running.child("interface", port.name)
        if here is not None and any(" area " in line.text for line in here.starting("ip", "ospf")):
            return True
        networks = [
            IPv4Network(line.words[1], strict=False)
            for process in self.running.starting("router", "ospf")
            for line in process.starting("network")
        ]
        peers = [line.words[1] for one in self.running.starting("router", "bgp") for line in one.starting("neighbor")]
        return any(a.ip in network for network in networks for a in port.addresses) or any(
            IPv4Address(peer) in a.network for peer in peers if peer.count(".") == 3 for a in port.addresses
        )

    def snmp_access(self) -> SnmpAccess:
        """The agent is set up outside FRR: as the device was given it."""
        return self.spec.snmp or SnmpAccess()

    def describe(self) -> tuple[str, str]:
        """As net-snmp on Linux answers (NET-SNMP-TC: linux)."""
        return (
            f"Linux {self.name} 6.1.0-26-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.112-1 x86_64 (emulated by govnet)",
            "1.3.6.1.4.1.8072.3.2.10",
        )

    # The shell

    async def run_command(self, command: str, stdin: asyncio.Queue[bytes | None], user: str, level: int) -> Result:
        """One command of an SSH exec request: exit status, standard output, standard error."""
        if self.spec.delay + self.faults.slow:
            await asyncio.sleep(self.spec.delay + self.faults.slow)
        words, redirect = _words(command)
        if words == ["cat"] and redirect:
            return self._store(redirect, await _everything(stdin))
        if redirect or not words:
            return _not_found(command)
        if words[0] == "timeout" and len(words) > 2:
            del words[:2]  # nothing takes long here
        program = posixpath.basename(words[0])
        tools: dict[str, Callable[[list[str]], Result]] = {
            "mkdir": lambda _words: (0, b"", b""),
            "cat": self._cat,
            "rm": self._remove,
            "frr-reload.py": self._reload,
            "sh": self._guard,
            "true": lambda _words: (0, b"", b""),
            "test": lambda _words: (0, b"", b""),
            "hostname": lambda _words: (0, f"{self.name}\n".encode(), b""),
        }
        if program == "vtysh":
            return await self._vtysh(words[1:], user, level)
        tool = tools.get(program)
        return _not_found(words[0]) if tool is None else tool(words[1:])

    def _store(self, path: str, data: bytes) -> Result:
        if self.faults.full_flash:
            return 1, b"", b"cat: write error: No space left on device\n"
        if not path.startswith(FOLDER + "/"):
            return 1, b"", f"bash: {path}: Permission denied\n".encode()
        self.files[path] = data
        return 0, b"", b""

    def _cat(self, words: list[str]) -> Result:
        output = b""
        for path in words:
            if path not in self.files:
                return 1, output, f"cat: {path}: No such file or directory\n".encode()
            output += self.files[path]
        return 0, output, b""

    def _remove(self, words: list[str]) -> Result:
        for path in words:
            self.files.pop(path, None)
        return 0, b"", b""

    async def _vtysh(self, words: list[str], user: str, level: int) -> Result:
        from lab.emulator.device import Script  # noqa: PLC0415 - only here

        script = Script()
        session = self.session(script, user, level)
        if len(words) % 2 or any(word != "-c" for word in words[::2]):
            return 1, b"", b"Invalid options.\n"
        for line in words[1::2]:
            await session.execute(line)
            if session.refusal("".join(script.output)):
                return 1, "".join(script.output).encode(), b""
        return 0, "".join(script.output).encode(), b""

    # frr-reload.py

    def parse(self, text: str) -> tuple[Entry | None, str]:
        """A configuration file as a tree; or None and vtysh's complaint about its first bad line."""
        root = Entry()
        path = [root]
        for number, raw in enumerate(text.split("\n"), start=1):
            line = raw.strip()
            if not line or line.startswith(("!", "#")):
                continue
            if line in ("exit", "quit", "exit-address-family", "exit-vrf"):
                path = path[:-1] or [root]
                continue
            if line == "end":
                break
            if not self._read(path, line, indented=raw[:1] == " "):
                return None, f"line {number}: % Unknown command:  {line}\n\n"
        return root, ""

    def _read(self, path: list[Entry], line: str, *, indented: bool) -> bool:
        """Put one line where it belongs: into the open view, or further out if that does not know it."""
        negated = line.startswith("no ")
        while True:
            rule = path[-1].rule
            view = self.views["config" if rule is None else rule.get("view")]
            try:
                match = view.match(line[3:] if negated else line, self, negated=negated)
            except LineError:
                if len(path) == 1:
                    return False
                path.pop()
                continue
            if not negated or match.rule.has("on"):
                _keep(path, match, negated=negated)
            return bool(indented or path)

    def _reload(self, words: list[str]) -> Result:
        """`--test` rehearses, `--reload` does it: the running configuration becomes that of the file."""
        options = [word for word in words if word.startswith("--")]
        paths = [word for word in words if not word.startswith("--")]
        confdir = ""
        if "--confdir" in options:
            confdir = paths.pop(0)
        if len(paths) != 1 or not {"--test", "--reload"} & set(options):
            return 2, b"", b"usage: frr-reload.py [--reload | --test] [--stdout] filename\n"
        path = paths[0]
        if path not in self.files:
            return 1, b"", f"Filename {path} does not exist\n".encode()
        wanted, complaint = self.parse(self.files[path].decode("utf-8", errors="replace"))
        if wanted is None:
            head = "vtysh failed to process new configuration: vtysh (mark file) exited with status 2:"
            return 1, f"{head}\nb'{complaint.strip()}'\n".encode(), b""
        if "--test" in options:
            return 0, self._difference(wanted).encode(), b""
        # The name shown is the system's, whatever the file says.
        for said in wanted.starting("hostname"):
            del wanted.children[said.key]
        for host in self.running.starting("hostname"):
            wanted.children[host.key] = host.copy()
        self.load(wanted)
        if path != posixpath.join(confdir or "/etc/frr", "frr.conf") or not confdir:
            try:
                self.save()
            except FlashFullError:
                return 1, b"", b"write error: No space left on device\n"
        return 0, b"", b""

    def _difference(self, wanted: Entry) -> str:
        """What frr-reload.py --test prints: lines to delete, then lines to add, each in its context."""
        before, after = _lines(self.running), _lines(wanted)
        text = ""
        gone = [line for line in before if line not in after]
        new = [line for line in after if line not in before]
        if gone:
            text += "\nLines To Delete\n===============\n" + "".join(
                "\n".join([*line[:-1], f"{' ' if line[:-1] else ''}no {line[-1]}"]) + "\n" for line in gone
            )
        if new:
            text += "\nLines To Add\n============\n" + "".join(
                "\n".join([*line[:-1], f"{' ' if line[:-1] else ''}{line[-1]}"]) + "\n" for line in new
            )
        return text

    # The guard script

    def _guard(self, words: list[str]) -> Result:
        if not words or words[0] not in self.files:
            missing = words[0] if words else ""
            return 127, b"", f"sh: 0: cannot open {missing}: No such file\n".encode()
        action = words[1] if len(words) > 1 else ""
        if action == "arm" and len(words) == 4 and words[2].isdecimal():
            return self._arm(int(words[2]), words[3])
        if action == "reload":
            # Nothing takes long here, and what is said over a session that dies is heard in another.
            self.ended = self._reload(["--confdir", FOLDER, "--reload", f"{FOLDER}/frr.conf"])
            self.files[ENDED] = b""
            return self.ended
        simple = {"cancel": self._cancel, "status": self._status, "ended": self._ended}
        if action in simple:
            return simple[action]()
        return 1, b"", b"usage: guard arm SECONDS FILE | cancel | status | reload SECONDS | ended SECONDS\n"

    def _status(self) -> Result:
        if self.guard is not None:
            return 0, f"armed {round(self.timer('guard').left)}\n".encode(), b""
        return 0, b"idle fired\n" if self.guard_fired else b"idle\n", b""

    def _ended(self) -> Result:
        return self.ended if ENDED in self.files else (1, b"", b"the reload has not ended\n")

    def _cancel(self) -> Result:
        if self.guard is not None:
            self._disarm()
            return 0, b"idle\n", b""
        return 1, b"", b"too late: the configuration was restored\n" if self.guard_fired else b"nothing is armed\n"

    def _arm(self, seconds: int, path: str) -> Result:
        if self.guard is not None:
            return 1, b"", b"already armed\n"
        if not self.files.get(path):
            return 1, b"", f"no such file, or an empty one: {path}\n".encode()
        wanted, complaint = self.parse(self.files[path].decode("utf-8", errors="replace"))
        if wanted is None:
            return 1, b"", complaint.encode()
        self.guard, self.guard_fired = wanted, False
        self.timer("guard").arm(seconds, self._fire)
        return 0, f"armed {seconds}\n".encode(), b""

    def _fire(self) -> None:
        wanted, self.guard = self.guard, None
        if wanted is not None:
            self.guard_fired = True
            self.load(wanted)

    def _disarm(self) -> None:
        self.guard = None
        self.timer("guard").cancel()

    def forget(self) -> None:
        """A reboot ends the guard."""
        self.guard = None


def _words(command: str) -> tuple[list[str], str]:
    """The words of a shell command, and where its output goes."""
    try:
        words = shlex.split(command)
    except ValueError:
        return [], ""
    if ">" in words and words.index(">") == len(words) - 2:
        return words[:-2], words[-1]
    return words, ""


def _not_found(command: str) -> Result:
    return 127, b"", f"bash: {command}: command not found (this host is a model with a few commands)\n".encode()


async def _everything(stdin: asyncio.Queue[bytes | None]) -> bytes:
    data = b""
    while (block := await stdin.get()) is not None:
        data += block
    return data


def _keep(path: list[Entry], match: Match, *, negated: bool) -> None:
    """Store a line that was read from a file; a block is entered."""
    parent = path[-1]
    if match.rule.has("on"):
        if negated:
            words = ("no", *match.words)
            parent.put(Entry(words, words, match.rule))
        return
    if match.rule.get("do") == "nothing":
        return
    words = match.words
    if match.rule.get("do") == "prefix_list":
        words = _with_sequence(parent, words)
    key = words[: match.identity] if match.rule.get("do") != "prefix_list" else words[:5]
    entry = parent.put(Entry(words, key, match.rule))
    if match.rule.get("view"):
        path.append(entry)


def _with_sequence(parent: Entry, words: tuple[str, ...]) -> tuple[str, ...]:
    """A prefix-list line without a number gets the next five."""
    if words[3] == "seq":
        return words
    numbers = [int(line.words[4]) for line in parent.starting(*words[:3]) if line.words[3] == "seq"]
    return (*words[:3], "seq", str(max(numbers, default=0) // 5 * 5 + 5), *words[3:])


def _lines(root: Entry) -> list[tuple[str, ...]]:
    """Every line with the blocks around it; an empty interface is nothing."""
    found: list[tuple[str, ...]] = []

    def walk(entry: Entry, around: tuple[str, ...]) -> None:
        for child in entry.ordered():
            view = child.rule.get("view") if child.rule is not None else ""
            if view != "interface":
                found.append((*around, child.text))
            walk(child, (*around, child.text))

    walk(root, ())
    return found


class FrrSession(Shell):
    """A user at vtysh."""

    device: FrrDevice
    negation = "no"
    root_view = "config"
    outer_view = "enable"
    no_room = "% Can't open configuration file /etc/frr/frr.conf: No space left on device"  # unverified wording

    def prompt(self) -> str:
        """`H#`, `H(config-if)#`."""
        if not self.path:
            return f"{self.device.name}# "
        rule = self.path[-1].rule
        mode = "" if rule is None else "-" + rule.get("prompt")
        return f"{self.device.name}(config{mode})# "

    def greeting(self) -> str:
        """As vtysh greets."""
        return f"\nHello, this is FRRouting (version {VERSION}).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n"

    def refusal(self, answer: str) -> str:
        """The line that begins with `%`."""
        return next((line.strip() for line in answer.split("\n") if line.startswith("%")), "")

    async def execute(self, line: str) -> None:
        """One line of the user's."""
        if line == "\x1a":
            self.path = []
        elif line.strip() and not line.lstrip().startswith(("!", "#")):
            self._line = line.strip()
            await self.run_line(line)

    def complain(self, error: LineError) -> None:
        """The texts of vtysh."""
        texts = {Kind.AMBIGUOUS: "% Ambiguous command: ", Kind.INCOMPLETE: "% Command incomplete: "}
        self.terminal.write(f"{texts.get(error.kind, '% Unknown command: ')}{self._line}\n")

    def stored(self, match: Match) -> tuple[str, ...]:
        """FRR keeps keys as they are."""
        return match.words

    def do_exit(self, _match: Match) -> None:
        """One view up, out of the first to the door."""
        if not self.path:
            raise LogoutError
        self.path = self.path[:-1]

    def do_end(self, _match: Match) -> None:
        """Out of the configuration."""
        self.path = []

    def do_configure_terminal(self, _match: Match) -> None:
        """Into the configuration."""
        self.path = [self.device.running]

    def do_interface(self, match: Match) -> None:
        """Any interface, there or not."""
        self.put(match, match.words)

    def do_no_interface(self, match: Match) -> None:
        """What was said about an interface is forgotten."""
        self.device.running.children.pop(match.words, None)
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A further address: FRR keeps the others."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """Take an address away."""
        if not self.here.remove(match.words):
            raise Refusal("% Can't find address")
        self.device.changed()

    def do_prefix_list(self, match: Match) -> None:
        """A line without a number gets the next five."""
        words = _with_sequence(self.here, match.words)
        self.here.put(Entry(words, words[:5], match.rule))

    async def do_show_running(self, _match: Match) -> None:
        """The running configuration."""
        await self.terminal.page(self.device.show(self.device.running))

    async def do_show_startup(self, _match: Match) -> None:
        """The saved one."""
        saved = self.device.saved
        await self.terminal.page(self.device.body(saved) if saved is not None else "% no frr.conf\n")

    def do_show_version(self, _match: Match) -> None:
        """As FRR says it."""
        self.terminal.write(
            f"FRRouting {VERSION} ({self.device.name}) on Linux(6.1.0-26-amd64).\n"
            "Copyright 1996-2005 Kunihiro Ishiguro, et al.\n(an emulated device of govnet's lab)\n"
        )

    async def do_show_interfaces(self, _match: Match) -> None:
        """Links and addresses."""
        lines = [
            f"{'Interface':<16}{'Status':<8}{'VRF':<16}Addresses",
            f"{'---------':<16}{'------':<8}{'---':<16}---------",
        ]
        for port in self.device.ports():
            address = str(port.addresses[0]) if port.addresses else ""
            lines.append(f"{port.name:<16}{'up' if port.up else 'down':<8}{'default':<16}{address}")
        await self.terminal.page("\n".join([*lines, ""]))

    def do_write(self, _match: Match) -> None:
        """Save."""
        self.device.save()
        self.terminal.write(
            "Note: this version of vtysh never writes vtysh.conf\n"
            "Building Configuration...\nIntegrated configuration saved to /etc/frr/frr.conf\n[OK]\n"
        )

    def do_terminal_length(self, match: Match) -> None:
        """For this session only."""
        self.terminal.height = int(match.words[2])
