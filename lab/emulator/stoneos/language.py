"""The language of StoneOS: its modes, and what its configuration commands mean."""

from __future__ import annotations

import re
from ipaddress import IPv4Interface, IPv4Network
from typing import TYPE_CHECKING

from lab.emulator.device import LogoutError
from lab.emulator.grammar import Kind, LineError, Match
from lab.emulator.logins import Idle
from lab.emulator.parameters import BLANK
from lab.emulator.shell import Refusal, Shell
from lab.emulator.stoneos.device import LOGICAL, SERVICES, addresses_of, bare
from lab.emulator.tree import Entry

if TYPE_CHECKING:
    from lab.emulator import grammar
    from lab.emulator.stoneos.device import StoneBox
    from lab.emulator.terminal import Terminal

# As transcripts in public repositories have them; the third is the manual's word in the same shape.
_ERRORS = {
    Kind.UNRECOGNIZED: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.WRONG: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.TOO_MANY: ("unrecognized keyword {}", "无法识别的关键字: {}"),
    Kind.INCOMPLETE: ("incomplete command", "不完整的命令"),
    Kind.AMBIGUOUS: ("ambiguous command {}", "不明确的命令: {}"),
}
_SHORT = {"ethernet": "eth", "xethernet": "xe", "aggregate": "agg", "loopback": "loop", "tunnel": "tun"}


class StoneLanguage(Shell):
    """Modes and configuration."""

    device: StoneBox
    negation = "no"
    root_view = "config"
    outer_view = "exec"
    no_room = "Error: Failed to save configuration: no space left"  # unverified wording

    def __init__(self, device: StoneBox, terminal: Terminal, user: str, level: int) -> None:
        super().__init__(device, terminal, user, level)
        self._line = ""
        self._alive = False
        self._idle = Idle(device, terminal, lambda: float(device.running.value("ssh", "timeout") or 10))

    # The session

    async def run(self) -> None:
        """As every session; `ssh timeout` ends one in which nothing is typed."""
        self._alive = True
        self._idle.touch()
        try:
            await super().run()
        finally:
            self._idle.end()

    def greeting(self) -> str:
        """The banner; a backslash with an n in it begins a line."""
        text = bare(self.device.running.value("admin", "login-banner"))
        return text.replace("\\n", "\n") + "\n" if text else ""

    @property
    def holds(self) -> bool:
        """Whether this session has begun the transaction that is open."""
        return self.device.transaction is not None and self.device.transaction.session is self

    def prompt(self) -> str:
        """`H# `, `H(config)# `, `H(config-if-eth0/0)# `; `H[TRN]# ` in a transaction. A long name ends with `~`."""
        device = self.device
        length = int(device.running.value("hostname-display-length") or 16)
        name = device.name if len(device.name) <= length else device.name[:length] + "~"
        mode = "[TRN]" if self.holds else ""
        if self.path:
            mode += f"({self._mode(self.path[-1])})"
        return f"{name}{mode}# "

    def _mode(self, entry: Entry) -> str:
        rule = entry.rule
        if rule is None:
            return "config"
        if rule.get("view") == "interface":
            found = re.fullmatch(r"([A-Za-z]+)(.*)", entry.words[1])
            return f"config-if-{_SHORT.get(found[1], found[1][:3])}{found[2]}" if found else "config-if"
        # A name in a prompt stands without its quotes.
        return rule.get("prompt").format(*map(bare, entry.words))

    def refusal(self, answer: str) -> str:
        """The caret's line, or the one that begins with the word for a mistake."""
        for line in answer.split("\n"):
            if re.match(r"\s*\^-----|Error:|错误", line):
                return line.strip()
        return ""

    async def execute(self, line: str) -> None:
        """One line of the user's; a `#` begins a remark in files."""
        if self._alive:
            self._idle.touch()
        if line == "\x1a":
            self.path, self.twins = [], []
        elif line.strip() and not line.lstrip().startswith("#"):
            await self.run_line(line)

    async def run_line(self, line: str) -> None:
        """A name in quotes is one word, whatever blanks are in it."""
        self._line = re.sub(r'"[^"]*"', lambda found: found[0].replace(" ", BLANK), line.rstrip())
        await super().run_line(self._line)

    def _views(self) -> list[tuple[list[Entry] | None, grammar.View]]:
        """Only the mode in which the user is: every example of the manual leaves one before it enters another."""
        return [(None, self.device.views[self.view])]

    def _find_back(self) -> None:
        """As everywhere; a rule stands at the root even if it was entered by way of `policy-global`."""
        if len(self.path) == 3 and self.path[1].words == ("policy-global",):
            rule = self.path.pop()
            super()._find_back()
            found = self.root.children.get(rule.key)
            if found is not None and len(self.path) == 2:
                self.path = [*self.path, found]
            return
        super()._find_back()

    def complain(self, error: LineError) -> None:
        """A caret under the place with the text behind it."""
        found = re.match(r"\S*", self._line[error.column :])
        word = found[0].replace(BLANK, " ") if found else ""
        text = _ERRORS[error.kind][self.device.chinese].format(word)
        self.terminal.write(f"{' ' * (len(self.prompt()) + error.column)}^-----{text}\n")

    def wrong(self, text: str, chinese: str = "") -> Refusal:
        """A refusal; the Chinese text is the device's own where a transcript has it."""
        return Refusal(f"错误：{chinese}" if self.device.chinese and chinese else f"Error: {text}")

    def may(self, match: Match) -> bool:
        """Each command's level; configuration needs an operator."""
        needed = match.rule.get("level") or ("0" if match.rule.view in ("any", "exec") else "10")
        return int(needed) <= self.level

    async def carry_out(self, match: Match, *, negated: bool) -> None:
        """As everywhere; nobody but its own session configures while a transaction is open."""
        outside = match.rule.view in ("any", "exec")
        if negated and outside:
            raise_at = re.match(r"\s*", self._line)
            self.complain(LineError(Kind.UNRECOGNIZED, len(raise_at[0]) if raise_at else 0))
            return
        if not outside and self.device.transaction is not None and not self.holds:
            raise self._locked()
        await super().carry_out(match, negated=negated)

    def _locked(self) -> Refusal:
        user = self.device.transaction.user if self.device.transaction is not None else ""
        # That nobody else can configure is the manual's, the words are not.
        return self.wrong(f"Configuration is locked by the transaction of {user}")

    def stored(self, match: Match) -> tuple[str, ...]:
        """Secrets as the configuration shows them."""
        words = list(match.words)
        for place in match.secrets:
            words[place] = self.device.cipher(bare(words[place]).replace(BLANK, " "))
        return tuple(words)

    def put(self, match: Match, words: tuple[str, ...]) -> Entry:
        """A value that is the default is not shown: the line goes away."""
        default = match.rule.get("default")
        if default and " ".join(words[match.identity :]) == default:
            self.here.children.pop(words[: match.identity], None)
            return self.here
        return super().put(match, words)

    # Moving about

    def do_configure(self, _match: Match) -> None:
        """Into the configuration."""
        if self.device.transaction is not None and not self.holds:
            raise self._locked()
        self.path = [self.root]

    def do_exit(self, _match: Match) -> None:
        """One mode up, out of the first to the door: a transaction ends as `cli-exit-action` says."""
        if self.path:
            self.path, self.twins = self.path[:-1], []
            return
        transaction = self.device.transaction
        if transaction is not None and self.holds:
            self.device.transaction = None
            if self.device.running.value("cli-exit-action") == "rollback":
                self.device.load(transaction.before)
        raise LogoutError

    def do_end(self, _match: Match) -> None:
        """To execution mode."""
        self.path, self.twins = [], []

    def do_view(self, match: Match) -> None:
        """Into a block; what it is called stays as it was made."""
        self.put(match, self.stored(match))
        self.device.changed()

    def do_no_fixed(self, match: Match) -> None:
        """What the box has from the start stays."""
        entry = next((child for child in self.here.starting(*match.words) if child.key[: len(match.words)]), None)
        if entry is None:
            raise self.wrong(f"{bare(match.words[-1])} is not found")  # unverified wording
        if entry.fixed:
            raise self.wrong("The predefined entry cannot be deleted")  # unverified wording
        if match.words[0] == "zone" and self._users("zone", match.words[1]):
            raise self.wrong(f"Zone {bare(match.words[1])} is in use and cannot be deleted")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def do_language(self, match: Match) -> None:
        """The language of messages; `zh_CN` keeps its capitals."""
        if match.words[1] not in ("en", "zh_CN"):
            self.complain(LineError(Kind.UNRECOGNIZED, match.columns[1]))
            return
        if match.words[1] == "en":
            self.here.children.pop(("language",), None)
        else:
            super().put(match, match.words)

    # Administrators

    def do_admin_host(self, match: Match) -> None:
        """A trusted host and a service; `any` stands for all of them."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    def do_no_admin_host(self, match: Match) -> None:
        """With a service only that one, without all of the host's."""
        if not self.here.remove(match.words):
            raise self.wrong("The trusted host is not found")  # unverified wording
        self.device.changed()

    def do_password(self, match: Match) -> None:
        """A secret, which is shown in its stored form; the password policy's length counts for what is typed."""
        text = bare(match.words[match.secrets[0]])
        policy = self.device.running.child("password-policy")
        least = int(policy.value("admin", "min-length") or 4) if policy is not None else 4
        if match.rule.view == "admin" and len(text) < least:
            raise self.wrong(f"The password must have at least {least} characters")  # unverified wording
        self.put(match, self.stored(match))
        self.device.changed()

    def do_own_password(self, match: Match) -> None:
        """Everybody may change his own."""
        entry = self.device.running.child("admin", "user", f'"{self.user}"')
        password = entry.child("password") if entry is not None else None
        if password is None:
            raise self.wrong("The administrator is not found")  # unverified wording
        password.words = ("password", self.device.cipher(bare(match.words[-1])))

    def do_snmp_user(self, match: Match) -> None:
        """A user with his secrets in their stored form."""
        self.put(match, self.stored(match))
        self.device.changed()

    # Interfaces and zones

    def do_interface(self, match: Match) -> None:
        """A port that is there, or a logical interface, which is made."""
        self.put(match, match.words)
        self.device.changed()

    def do_no_interface(self, match: Match) -> None:
        """Delete a logical interface."""
        entry = self.here.child(*match.words)
        if entry is None or entry.fixed or not match.words[1].startswith((*LOGICAL, "ethernet", "xethernet")):
            raise self.wrong(f"Interface {match.words[1]} cannot be deleted")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def _zone(self, name: str) -> Entry:
        zone = self.device.running.child("zone", name) or self.device.running.child("zone", name, "l2")
        if zone is None:
            raise self.wrong(f"Zone {bare(name)} is not found")  # in the shape of “Address as is not found”
        return zone

    def do_interface_zone(self, match: Match) -> None:
        """Another zone takes the addresses away (unverified; the manual asks for the zone before the address)."""
        self._zone(match.words[1])
        before = self.here.value("zone")
        super().put(match, match.words)
        if before and before != match.words[1]:
            self.here.remove(("ip", "address"))
        self.device.changed()

    def do_no_interface_zone(self, _match: Match) -> None:
        """Out of the zone; addresses go first."""
        if addresses_of(self.here):
            raise self.wrong("The interface has IP address, please delete it first")  # unverified wording
        self.here.remove(("zone",))
        self.device.changed()

    def do_zone_vrouter(self, match: Match) -> None:
        """The virtual router of a zone."""
        if self.device.running.child("ip", "vrouter", match.words[1]) is None:
            raise self.wrong(f"VRouter {bare(match.words[1])} is not found")  # in the shape of the known ones
        super().put(match, match.words)
        self.device.changed()

    def do_ip_address(self, match: Match) -> None:
        """A second address replaces the first, `secondary` adds one; no two interfaces may overlap."""
        here = self.here
        secondary = match.words[-1] == "secondary"
        address = IPv4Interface("/".join(match.words[2 : len(match.words) - secondary]))
        if not here.value("zone"):
            raise self.wrong("The interface must be bound to a zone first")  # unverified wording
        length = address.network.prefixlen
        ends = (address.network.network_address, address.network.broadcast_address)
        if address.ip.is_multicast or address.ip.is_loopback or (length < 31 and address.ip in ends):
            raise self.wrong(f"Invalid IP address {address}")  # unverified wording
        words = ("ip", "address", str(address.ip), str(address.netmask), *(("secondary",) if secondary else ()))
        primary = here.child("ip", "address")
        if secondary and primary is None:
            raise self.wrong("The primary IP address must be configured first")  # unverified wording
        for other in self.device.running.starting("interface"):
            if self.device._instance(other) != self.device._instance(here):  # noqa: SLF001 - the device's own session
                continue
            for entry in addresses_of(other):
                if other is here and (entry.words == words or (entry is primary and not secondary)):
                    continue
                if IPv4Interface(f"{entry.words[2]}/{entry.words[3]}").network.overlaps(address.network):
                    raise self.wrong(f"IP address conflicts with interface {other.words[1]}")  # unverified wording
        here.put(Entry(words, words if secondary else ("ip", "address"), match.rule))
        self.device.changed()

    def do_no_ip_address(self, match: Match) -> None:
        """The named address: secondaries go before the primary (manual)."""
        secondary = match.words[-1] == "secondary"
        address = IPv4Interface("/".join(match.words[2 : len(match.words) - secondary]))
        words = ("ip", "address", str(address.ip), str(address.netmask))
        entry = next((one for one in addresses_of(self.here) if one.words[:4] == words), None)
        if entry is None:
            raise self.wrong("The IP address is not found")  # unverified wording
        if entry.words[-1] != "secondary" and len(addresses_of(self.here)) > 1:
            raise self.wrong("Please delete the secondary IP address first")  # unverified wording
        del self.here.children[entry.key]
        self.device.changed()

    def do_no_ip_address_all(self, _match: Match) -> None:
        """The primary address; secondaries go before it."""
        if len(addresses_of(self.here)) > 1:
            raise self.wrong("Please delete the secondary IP address first")  # unverified wording
        self.here.remove(("ip", "address"))
        self.device.changed()

    def do_manage(self, match: Match) -> None:
        """A service by which the interface can be managed; each is on or off."""
        self.here.put(Entry(match.words, match.words, match.rule))
        self.device.changed()

    # Routes and NAT

    def _network(self, words: tuple[str, ...], place: int) -> tuple[str, ...]:
        """`A/M` or `A mask` at a place, as `A/M`."""
        if "/" in words[place]:
            network = IPv4Network(words[place], strict=False)
            return (*words[:place], str(network), *words[place + 1 :])
        network = IPv4Network("/".join(words[place : place + 2]), strict=False)
        return (*words[:place], str(network), *words[place + 2 :])

    def do_network(self, match: Match) -> None:
        """A line with a network in it, which is shown with its prefix length."""
        place = next(index for index, word in enumerate(match.words) if word[0].isdigit())
        words = self._network(match.words, place)
        self.here.put(Entry(words, words, match.rule))
        self.device.changed()

    def _route(self, match: Match) -> tuple[tuple[str, ...], int]:
        place = 3 if match.words[2] == "source" else 2
        words = self._network(match.words, place)
        return words, match.identity - (len(match.words) - len(words))

    def do_ip_route(self, match: Match) -> None:
        """A static route; another distance to the same next hop replaces it."""
        words, identity = self._route(match)
        self.here.put(Entry(words, words[:identity], match.rule))
        self.device.changed()

    def do_no_ip_route(self, match: Match) -> None:
        """A static route by its network and next hop."""
        words, identity = self._route(match)
        if self.here.children.pop(words[:identity], None) is None:
            raise self.wrong("The route is not found")  # unverified wording
        self.device.changed()

    def do_nat_rule(self, match: Match) -> None:
        """A rule of address translation; the same number overwrites (manual), none gets the next."""
        words = match.words
        if words[1] != "id":
            numbers = [int(entry.words[2]) for entry in self.here.starting(words[0])]
            number = next(candidate for candidate in range(1, 65536) if candidate not in numbers)
            words = (words[0], "id", str(number), *words[1:])
            self.terminal.write(f"rule ID={number}\n")  # unverified wording
        self.here.put(Entry(words, words[:3], match.rule))

    def do_no_nat_rule(self, match: Match) -> None:
        """By its number."""
        if self.here.children.pop(match.words[1:4], None) is None:
            raise self.wrong(f"Rule {match.words[3]} is not found")  # in the shape of the known ones

    # Policy and the address book

    @property
    def _rules(self) -> list[Entry]:
        return self.device.running.starting("rule", "id")

    def do_rule(self, match: Match) -> None:
        """A rule of the policy, the last one if it is new; it says so then."""
        root = self.device.running
        entry = root.child(*match.words)
        if entry is None:
            root_match = self.device.views["config"].match(" ".join(match.words), self.device)
            entry = root.put(Entry(match.words, match.words, root_match.rule))
            self.terminal.write(f"Rule id {match.words[2]} is created\n")
        self.path, self.twins = [*self.path, entry], []

    def do_new_rule(self, match: Match) -> None:
        """The next free number."""
        taken = {entry.words[2] for entry in self._rules}
        number = next(str(candidate) for candidate in range(1, 65536) if str(candidate) not in taken)
        words = ("rule", "id", number)
        self.do_rule(Match(match.rule, words, len(words)))

    def do_inline_rule(self, match: Match) -> None:
        """A rule on one line; the user stays where he is (manual, “rule from … to …”)."""
        words = list(match.words)
        place = words.index("from")
        for name in (words[place + 1], words[place + 3]):
            self._need("address", name)
        self._need("service", words[place + 5])
        path = self.path
        if words[1] == "id":
            self.do_rule(Match(match.rule, match.words[:3], 3))
        else:
            self.do_new_rule(match)
        entry = self.path[-1]
        self.path = path
        for line in (
            f"action {words[-1]}",
            f"src-addr {words[place + 1]}",
            f"dst-addr {words[place + 3]}",
            f"service {words[place + 5]}",
        ):
            one = self.device.views["rule"].match(line, self.device)
            entry.put(Entry(one.words, one.key, one.rule))

    def do_no_rule(self, match: Match) -> None:
        """Delete a rule."""
        if self.device.running.children.pop(match.words, None) is None:
            raise self.wrong(f"Rule {match.words[2]} is not found in this context")

    def do_move(self, match: Match) -> None:
        """Change the order: rules are looked at from the top."""
        root = self.device.running
        words = match.words
        numbers = [entry.words[2] for entry in self._rules]
        for number in (words[1], *words[3:]):
            if number not in numbers:
                raise self.wrong(f"Rule {number} is not found in this context")
        numbers.remove(words[1])
        if words[2] in ("top", "bottom"):
            numbers.insert(0 if words[2] == "top" else len(numbers), words[1])
        else:
            numbers.insert(numbers.index(words[3]) + (words[2] == "after"), words[1])
        for number in numbers:
            key = ("rule", "id", number)
            root.children[key] = root.children.pop(key)

    def do_enable_rule(self, _match: Match) -> None:
        """In force again."""
        self.here.remove(("disable",))

    def do_rule_zone(self, match: Match) -> None:
        """A zone that is there."""
        if bare(match.words[1]).lower() != "any":
            self._zone(match.words[1])
        super().put(match, match.words)

    def _need(self, kind: str, name: str) -> None:
        """Refuse the name of an address or a service that is not there."""
        plain = bare(name)
        if plain.lower() == "any":
            return
        root = self.device.running
        if kind == "address" and root.child("address", name) is None:
            raise self.wrong(f"Address {plain} is not found")
        if (
            kind == "service"
            and plain.lower() not in SERVICES
            and root.child("service", name) is None
            and root.child("servgroup", name) is None
        ):
            raise self.wrong(f"Service {plain} is not found")

    def do_rule_address(self, match: Match) -> None:
        """An entry of the address book."""
        self._need("address", match.words[1])
        super().put(match, match.words)

    def do_rule_service(self, match: Match) -> None:
        """An entry of the service book."""
        self._need("service", match.words[1])
        super().put(match, match.words)

    def do_member(self, match: Match) -> None:
        """Another entry of the address book, but not itself."""
        self._need("address", match.words[1])
        if match.words[1] == self.here.words[1]:
            raise self.wrong("An address entry cannot be a member of itself")  # unverified wording
        super().put(match, match.words)

    def do_port_service(self, match: Match) -> None:
        """Ports from the least to the greatest."""
        ports = [int(word) for word in match.words[2:4] if word.isdecimal()]
        if len(ports) == 2 and ports[0] > ports[1]:
            raise self.wrong("Maximum is smaller than minimum")
        super().put(match, match.words)

    def _users(self, kind: str, name: str) -> list[Entry]:
        """The blocks that name something of a kind."""
        words = {
            "address": ("src-addr", "dst-addr", "member"),
            "service": ("service",),
            "zone": ("zone", "src-zone", "dst-zone"),
        }[kind]
        return [
            entry
            for entry in self.device.running.children.values()
            if any(entry.child(word, name) is not None or entry.value(word) == name for word in words)
        ]

    def do_no_address(self, match: Match) -> None:
        """Delete an entry of the address book that nobody uses."""
        users = self._users("address", match.words[1])
        if users:
            raise self.wrong(f'This address entry is used by policy "{users[0].words[-1]}" and cannot be deleted')
        if self.here.children.pop(match.words, None) is None:
            raise self.wrong(f"Address {bare(match.words[1])} is not found")

    def do_no_service(self, match: Match) -> None:
        """Delete an entry of the service book that nobody uses."""
        users = self._users("service", match.words[1])
        if users:
            raise self.wrong(f"Service entity {bare(match.words[1])} is used by Policy rule id {users[0].words[-1]}")
        if self.here.children.pop(match.words, None) is None:
            raise self.wrong(f"Service {bare(match.words[1])} is not found")
