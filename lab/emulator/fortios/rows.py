"""Rows and fields of FortiOS: `delete`, `rename`, `move`, `set`, `unset`, `append` and their relatives."""

from __future__ import annotations

from ipaddress import IPv4Interface
from typing import TYPE_CHECKING

from lab.emulator.fortios.entries import ODD, OPAQUE, set_entry, set_values, values_of
from lab.emulator.fortios.language import FortiLanguage, Refusal
from lab.emulator.fortios.schema import BUILT_IN, Field, Mistake
from lab.emulator.secrets import unseal

if TYPE_CHECKING:
    from lab.emulator.tree import Entry


class FortiRows(FortiLanguage):
    """Rows and fields."""

    # Rows

    def _row(self, words: list[str]) -> Entry:
        name = self._one(words)
        found = self._frame.entry.child("edit", name)
        if found is None:
            raise Refusal(f"entry '{name}' is not found in table", -3)  # the words vary by release; the code does not
        return found

    def _top_level(self, before: str) -> None:
        if len(self.frames) == 1:
            self.device.committed(before)

    def users(self, table: tuple[str, ...], name: str) -> int:
        """How many rows and objects name a row of a table."""
        found = 0
        known = self.device.known.nodes
        pending = [(known[path], entry) for path, entry in self._sections() if path in known]
        while pending:
            node, entry = pending.pop()
            holders = list(entry.children.values()) if node.key else [entry]
            for holder in holders:
                fields = [field for field in node.fields.values() if table in field.tables]
                found += any(name in set_values(holder, field.name) for field in fields)
                for path, below in node.nodes.items():
                    inner = holder.child("config", *path)
                    if inner is not None:
                        pending.append((below, inner))
        return found

    def _sections(self) -> list[tuple[tuple[str, ...], Entry]]:
        return [(key[1:], entry) for key, entry in self.device.running.children.items()]

    def _free(self, row: Entry) -> None:
        """Refuse to take away what others name, or what is part of the box."""
        if row.fixed:
            raise Refusal("Cannot delete a physical interface", -160)  # unverified wording and code
        users = self.users(self._frame.node.path, row.key[1]) if len(self.frames) == 1 else 0
        if users:
            raise Refusal(f"The entry is used by other {users} entries", -23)

    def do_delete(self, words: list[str]) -> None:
        """Take a row away."""
        row = self._row(words)
        self._free(row)
        before = self.device.mode
        del self._frame.entry.children[row.key]
        self._top_level(before)

    async def do_purge(self, words: list[str]) -> None:
        """Take all rows away, after a question."""
        del words
        self.terminal.write("This operation will clear all table!\n")
        if not await self.sure():
            return
        before = self.device.mode
        for row in list(self._frame.entry.children.values()):
            self._free(row)
        self._frame.entry.children.clear()
        self._top_level(before)

    def _to(self, words: list[str], *between: str) -> tuple[Entry, str, str]:
        if len(words) < 3:
            raise Refusal("\nincomplete command in the end", -160)
        if words[1] not in between:
            raise Mistake(words[1], -61, parse="command")
        return self._row(words[:1]), words[1], self._one(words[2:])

    def do_rename(self, words: list[str]) -> None:
        """Another name for a row; it keeps its place."""
        row, _, name = self._to(words, "to")
        self._new(name)
        self._free(row)
        before = self.device.mode
        children = self._frame.entry.children
        renamed = row.copy()
        renamed.words = renamed.key = ("edit", name)
        self._frame.entry.children = {
            (renamed.key if key == row.key else key): (renamed if key == row.key else one)
            for key, one in children.items()
        }
        self._top_level(before)

    def _new(self, name: str) -> None:
        frame = self._frame
        if not frame.node.valid(name):
            raise Mistake(name, -61)
        if frame.entry.child("edit", name) is not None:
            raise Refusal("A duplicate entry already exists.", -5)

    def do_clone(self, words: list[str]) -> None:
        """A copy of a row."""
        row, _, name = self._to(words, "to")
        self._new(name)
        before = self.device.mode
        copy = row.copy()
        copy.words = copy.key = ("edit", name)
        copy.fixed = False
        self._frame.entry.put(copy)
        self._top_level(before)

    def do_move(self, words: list[str]) -> None:
        """Another place among the rows."""
        row, where, name = self._to(words, "before", "after")
        self._row([name])
        before = self.device.mode
        children = self._frame.entry.children
        names = [key for key in children if key != row.key]
        names.insert(names.index(("edit", name)) + (where == "after"), row.key)
        self._frame.entry.children = {key: children[key] for key in names}
        self._top_level(before)

    # Fields

    def _field(self, words: list[str]) -> Field:
        if not words:
            raise Refusal("\nincomplete command in the end", -160)
        fields = self._frame.node.fields
        found = [name for name in fields if name == words[0]] or [name for name in fields if name.startswith(words[0])]
        if len(found) != 1:
            raise Mistake(words[0], -61, parse="command")
        return fields[found[0]]

    def _values(self, field: Field, words: list[str]) -> tuple[str, ...]:
        if not words:
            raise Refusal("\nincomplete command in the end", -160)
        values = field.read(words)
        for value in values if field.tables else ():
            if value and not any(self._exists(table, value) for table in field.tables):
                raise Mistake(value, -3, "entry not found in datasource\n")
        if field.kind == "secret":
            return self._secret(values)
        if field.name == "ip" and self._frame.node.path in (("system", "interface"), ("secondaryip",)):
            self._check_host(values)
        return values

    def _exists(self, table: tuple[str, ...], name: str) -> bool:
        if name in BUILT_IN.get(table, ()):
            return True
        own = next((frame.entry for frame in self.frames if frame.table and frame.node.path == table), None)
        return (own is not None and own.child("edit", name) is not None) or self.device.exists_row(table, name)

    def _secret(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """A secret as typed, or out of its `ENC` form."""
        if values[0] != "ENC" or len(values) == 1:
            least = int(self.device.get("system", "password-policy", field="minimum-length"))
            enforced = self.device.get("system", "password-policy", field="status") == "enable"
            if enforced and self._frame.node.path == ("system", "admin") and len(values[0]) < least:
                # The policy's own words were not found.
                raise Mistake(values[0], -553, f"New password must conform to the password policy: {least} characters")
            return (values[0],)
        clear = unseal(values[1])
        if clear is not None:
            return (clear,)
        if self.device.running.given is None:
            raise Mistake(values[1], -651)
        return (OPAQUE, values[1])  # of a real device: it can read its own

    def _check_host(self, values: tuple[str, ...]) -> None:
        address = IPv4Interface("/".join(values))
        network = address.network
        ends = (network.network_address, network.broadcast_address)
        if int(address.ip) and (
            address.ip.is_multicast or address.ip.is_loopback or (network.prefixlen < 31 and address.ip in ends)
        ):
            raise Mistake(values[1], -8, f"node_check_object fail! for ip {' '.join(values)}\n")

    def do_set(self, words: list[str]) -> None:
        """A field's value; what is the default is not shown afterwards."""
        field = self._field(words)
        self._store(field, self._values(field, words[1:]))

    def _store(self, field: Field, values: tuple[str, ...]) -> None:
        entry = self._frame.entry
        entry.children.pop((ODD, field.name), None)
        spelled = entry.given is not None and set_entry(field.name, values).text in entry.given.below
        # `type physical` is what the box has; a row that somebody makes is a VLAN unless it says otherwise.
        if values == field.default and not field.needed and not spelled:
            entry.children.pop(("set", field.name), None)
        elif entry.fixed and field.name == "type" and values != set_values(entry, "type"):
            raise Mistake(values[0], -61)
        else:
            entry.put(set_entry(field.name, values))

    def do_unset(self, words: list[str]) -> None:
        """Back to the default."""
        field, entry = self._field(words), self._frame.entry
        entry.children.pop((ODD, field.name), None)
        entry.children.pop(("set", field.name), None)
        if entry.given is not None and set_entry(field.name, field.default).text in entry.given.below:
            entry.put(set_entry(field.name, field.default))  # the text that was given spells the default out

    def _many(self, words: list[str]) -> tuple[Field, tuple[str, ...], tuple[str, ...]]:
        field = self._field(words)
        if not field.many:
            raise Mistake(words[0], -61, parse="command")
        return field, values_of(self._frame.node, self._frame.entry, field.name), self._values(field, words[1:])

    def do_append(self, words: list[str]) -> None:
        """Add to a list."""
        field, present, values = self._many(words)
        self._store(field, field.read([*present, *values]))

    def do_select(self, words: list[str]) -> None:
        """Make a list of these; the reference's older word for `set`."""
        self.do_set(words)

    def do_unselect(self, words: list[str]) -> None:
        """Take from a list."""
        field, present, values = self._many(words)
        left = tuple(value for value in present if value not in values)
        if left:
            self._store(field, left)
        else:
            self._frame.entry.children.pop(("set", field.name), None)
