"""What StoneOS's commands about the policy, the address book and the service book mean."""

from __future__ import annotations

from lab.emulator.grammar import Match
from lab.emulator.stoneos.device import SERVICES, bare
from lab.emulator.stoneos.network import StoneNetwork
from lab.emulator.tree import Entry


class StonePolicy(StoneNetwork):
    """Rules and what they name."""

    @property
    def _rules(self) -> list[Entry]:
        return self.home.starting("rule", "id")

    def do_rule(self, match: Match) -> None:
        """A rule of the policy, the last one if it is new; it says so then."""
        root = self.home
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
        if self.home.children.pop(match.words, None) is None:
            raise self.wrong(f"Rule {match.words[2]} is not found in this context")

    def do_move(self, match: Match) -> None:
        """Change the order: rules are looked at from the top."""
        root = self.home
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

    def do_no_address(self, match: Match) -> None:
        """Delete an entry of the address book that nobody uses."""
        users = self.users("address", match.words[1])
        if users:
            raise self.wrong(f'This address entry is used by policy "{users[0].words[-1]}" and cannot be deleted')
        if self.here.children.pop(match.words, None) is None:
            raise self.wrong(f"Address {bare(match.words[1])} is not found")

    def do_no_service(self, match: Match) -> None:
        """Delete an entry of the service book that nobody uses."""
        users = self.users("service", match.words[1])
        if users:
            raise self.wrong(f"Service entity {bare(match.words[1])} is used by Policy rule id {users[0].words[-1]}")
        if self.here.children.pop(match.words, None) is None:
            raise self.wrong(f"Service {bare(match.words[1])} is not found")
