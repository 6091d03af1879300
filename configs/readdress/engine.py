"""Re-addressing: every address in a configuration goes where the mapping sends it; nothing else changes.

Every token of a text (`configs.places.tokens`) becomes one of three: rewritten, kept with a reason, or left for a
person to review. Only the characters of rewritten tokens and of their masks change; a command becomes several where a
prefix goes to several places and the table of places says that the command may be repeated.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from configs.intervals import BITS
from configs.places import shapes, tokens
from configs.places.lines import Hit, Line, form, hits, meaning
from configs.places.rows import Place, Shape
from configs.places.tokens import Form, Token
from configs.readdress import apart, encoded, lists, pairs, routes, several
from configs.readdress import text as texts
from configs.readdress.decide import Decider
from configs.readdress.fates import Fate
from configs.readdress.outcomes import Action, Outcome, Writing, space
from configs.readdress.plans import Plan, plan
from configs.readdress.result import (
    KEPT_COMMENT,
    KEPT_NAME,
    KEPT_TEXT,
    NOT_AN_ADDRESS,
    UNKNOWN,
    Decided,
    Decisions,
    Result,
    TokenResult,
    behind,
    is_range,
    size_behind,
    translated,
    word_at,
    words,
)
from configs.readdress.rule_numbers import RuleNumbers
from configs.readdress.scope import MOST_PARTS
from configs.readdress.usage import Used, length_of, used
from configs.readdress_policy import Policy
from inventory.errors import InputError, Problem
from inventory.text import Message
from ipplan import mapping_check
from ipplan.mapping import FILE, Mode
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from configs.places.table import Known, Places, View
    from configs.tree import Tree
    from ipplan.mapping import Entry, Mapping

__all__ = ["Action", "Engine", "Policy", "Result", "Source", "TokenResult"]

_SECRET: Final = Outcome(Action.KEPT, "secret")
_MASK: Final = Outcome(Action.KEPT, "mask")
_OTHER_VRF: Final = Outcome(Action.REVIEW, "ambiguous-vrf")
_NO_ROOM: Final = Outcome(Action.REVIEW, "no-room")
_SEVERAL: Final = Outcome(Action.REVIEW, "several-places")
_TEXTS: Final = (Shape.TEXT, Shape.NAME)
_TORN: Final = ("subnet-split", "partly-mapped")
# What stands on the link of an interface, and has to go where the interface goes.
_ON_LINK: Final = ("next-hop", "gateway", "virtual", "arp", "peer", "bfd")


class Source(NamedTuple):
    """A configuration to re-address. `mask` hides its secrets; `places` is its dialect's table."""

    path: str
    platform: str
    tree: Tree
    places: Places
    mask: Callable[[str], str]


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


class Engine:
    """Re-addresses configurations by one mapping and one policy.

    InputError if the mapping sends two addresses of today to the same one, and does not say that this is meant.
    """

    def __init__(self, mapping: Mapping, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self._may_edit = self.policy.names or self.policy.descriptions
        self._merged = _merged(mapping)
        self._decider = Decider(mapping, self.policy)
        self._known: dict[View, dict[str, Fate]] = {}
        self._plans: dict[Known, Plan | Literal[False]] = {}
        self._tokens: dict[int, tuple[Fate, tuple[TokenResult, ...]]] = {}
        self._hits: dict[int, list[Hit]] = {}
        self._sources: tuple[Source, ...] | None = None

    def learn(self, sources: Iterable[Source]) -> None:
        """The whole network's configurations: what they use besides the mapping is not given to anybody else.

        Without this each configuration counts by itself. InputError if hosts of merged subnets would collide.
        """
        self._sources = tuple(sources)
        self._look_at(self._sources)

    def _look_at(self, sources: tuple[Source, ...]) -> None:
        self._hits.clear()
        if self._decider.scope.use(lambda: self._used(sources)):
            self._decider.forget()
            self._known.clear()
            self._plans.clear()
            self._tokens = {}
        if self._merged:
            self._collisions(self._used(sources))

    def _used(self, sources: tuple[Source, ...]) -> set[Used]:
        """What configurations use. Their lines that may have tokens are kept until they are re-addressed."""
        for source in sources:
            if id(source.tree) not in self._hits:
                self._hits[id(source.tree)] = list(hits(source.tree, source.places))
        return used((self._hits[id(source.tree)], source.places) for source in sources)

    def _collisions(self, found: Iterable[Used]) -> None:
        """Refuse hosts of merged subnets that would get the same address."""
        taken: dict[tuple[str | None, int, int], int] = {}
        scope = self._decider.scope
        for one in sorted(one for one in found if one.shape is Shape.HOST and one.vrf is not None):
            answer = scope.host(one.start, one.version, one.vrf)
            if not answer.parts:
                continue
            key = (DEFAULT_VRF if scope.one_for_all else one.vrf, one.version, answer.parts[0][0])
            first = taken.setdefault(key, one.start)
            if first == one.start:
                continue
            low, high, place = (texts.write(value, one.version, "") for value in (first, one.start, key[2]))
            entries = [_entry_of(self._merged, value, one.version) for value in (first, one.start)]
            raise InputError([_clash(entries[0], entries[1], low, high, place, key[0] or "")])

    def run(self, source: Source) -> Result:
        """Re-address one configuration."""
        if self._sources is None:
            self._look_at((source,))
        result = Result(source.path, source.platform, source.tree, decider=self._decider, known=self._tokens)
        result.decided = found = Decisions(source.tree, self._decided(source))
        kinds = frozenset().union(*{fate[3] for _, _, fate in found.found})
        if kinds & apart.KINDS:
            apart.check(found, self._decider, source.tree)
        apart.names(found)
        self._beside(found, kinds, source)
        if self.policy.names:
            self._rename(result)
        result.encoded = encoded.find(source.tree, self._decider.scope)
        self._write_all(result, source.places)
        if source.places.paired is not None and source.places.paired.search(source.tree.text):
            self._pairs(result, source)
        return result

    def _write_all(self, result: Result, places: Places) -> None:
        split = several.find(result.tree, places, result.decided, renamed=self.policy.names)
        self._write(result)
        if split is not None:
            split.write(result)

    def _pairs(self, result: Result, source: Source) -> None:
        """Leave to a person the translations of one address for one whose two sides would no longer fit."""
        while refused := pairs.broken(result, source.platform, self._decider.scope):
            for index, number in refused:
                apart.refuse(result.decided, index, number, pairs.DIFFER)
            result.changed.clear()
            result.numbers.clear()
            self._write_all(result, source.places)

    def _decided(self, source: Source) -> list[tuple[int, tuple[str, ...], Fate]]:
        """Every line that has tokens: its number, the commands of its views, and what becomes of it by itself."""
        found = []
        view = None
        known: dict[str, Fate] = {}
        for hit in self._hits.pop(id(source.tree), None) or hits(source.tree, source.places):
            number, raw, _, path, its_view, before = hit
            if its_view is not view:
                view = its_view
                known = self._known.setdefault(view, {})
            text = before + raw if before else raw
            fate = known.get(text)
            if fate is None:
                fate = known[text] = self._fate(hit, source)
            if fate[0] or fate[5]:  # outcomes or loose tokens
                found.append((number, path, fate))
        return found

    def _fate(self, hit: Hit, source: Source) -> Fate:
        """What becomes of a line by itself: by its form's plan, or read as it stands."""
        if not self._may_edit:
            parts = shapes.parts(hit.raw)
            known = form(source.places, hit, parts)
            if known is not None and known.form is not None:
                made = self._plans.get(known)
                if made is None:
                    made = self._plans[known] = plan(known.form, known.view, parts, self._decider) or False
                fate = made.fate(parts) if made else None
                if fate is not None:
                    return fate
        found, loose, view = meaning(source.places, hit)
        return self._line(Line(hit.number, hit.raw, found, loose, hit.path, view), source)

    def _write(self, result: Result) -> None:
        """Write the lines anew of which anything changes."""
        found = result.decided
        numbers = RuleNumbers(result.tree)
        for index, (number, _, fate) in enumerate(found.found):
            new = fate.new
            if index in found.made:
                new = found[index].new
            if new is None:
                found[index] = self._edit(result, found[index], numbers)
            elif new:
                result.changed[number] = new

    def _beside(self, found: Decisions, kinds: frozenset[str], source: Source) -> None:
        """What can only be decided by what becomes of other lines."""
        if self._decider.torn:
            self._on_links(found)
        if source.places.addresses is not None and lists.KIND in kinds:
            lists.of_addresses(found, self._decider, source.tree, source.places.addresses)
        if not kinds.isdisjoint((*routes.KINDS, *source.places.nearest)):
            for index, number in routes.meeting(found, self._decider, source.tree, source.places.nearest):
                apart.refuse(found, index, number, routes.MEETS)
        if not self._decider.scope.one_for_all and "tunnel-destination" in kinds:
            self._tunnels(found)

    @staticmethod
    def _on_links(found: Decisions) -> None:
        """Leave to a person what stands on a link of which nobody knows where it goes."""
        if not any(outcome.reason in _TORN for fate in found.fates() for outcome in fate.outcomes):
            return
        torn = [
            (place.vrf, span, outcome)
            for decided in found
            for place, outcome in zip(decided.line.places, decided.outcomes, strict=True)
            if outcome.reason in _TORN and (span := _subnet(place, decided.line.text)) is not None
        ]
        if not torn:
            return
        for index, decided in enumerate(found):
            for number, place in enumerate(decided.line.places):
                if place.kind not in _ON_LINK or not decided.outcomes[number].writings:
                    continue
                read = texts.read(decided.line.text[place.start : place.end])
                for vrf, (version, first, stop), outcome in torn:
                    same = place.vrf == vrf or None in (place.vrf, vrf)
                    if read is not None and same and read[1] == version and first <= read[0] < stop:
                        found[index] = _with(found[index], number, outcome)

    def _tunnels(self, found: Decisions) -> None:
        """A tunnel's near end is in the VRF of its far end, which another line may name."""
        vrfs = {
            decided.line.path: place.vrf
            for decided in found
            for place in decided.line.places
            if place.kind == "tunnel-destination" and place.vrf not in (None, DEFAULT_VRF)
        }
        for index, decided in enumerate(found) if vrfs else ():
            vrf = vrfs.get(decided.line.path)
            for number, place in enumerate(decided.line.places) if vrf else ():
                if place.kind != "tunnel-source" or place.shape is not Shape.HOST or place.vrf == vrf:
                    continue
                if self._decider.place(place._replace(vrf=vrf), decided.line.text) != decided.outcomes[number]:
                    found[index] = _with(found[index], number, _OTHER_VRF)

    def _line(self, line: Line, source: Source) -> Fate:
        """What becomes of a line: of its places, of its loose tokens, and its new text where nothing else decides."""
        decide = self._decider.place
        text = line.text
        outcomes = []
        edits: list[_Edit] = []
        open_ = self._may_edit
        for place in line.places:
            outcome = decide(place, text) if place.shape not in _TEXTS else self._text(place)
            outcomes.append(outcome)
            if outcome.writings:
                if len(outcome.writings) > 1:
                    open_ = True
                edits += _edits(place, outcome.writings[0])
        loose = tuple(self._loose(token, line, source) for token in line.loose) if line.loose else ()
        new = None if open_ else (_applied(text, edits),) if edits else ()
        kinds = frozenset(place.kind for place in line.places)
        return Fate(tuple(outcomes), new, line.view, kinds, None, loose, line.places, line.loose)

    def _text(self, place: Place) -> Outcome:
        if place.shape is Shape.NAME:
            return KEPT_NAME
        if place.kind == "comment":
            return KEPT_COMMENT
        return Outcome(Action.REWRITTEN, "mapped") if self.policy.descriptions else KEPT_TEXT

    def _loose(  # noqa: PLR0911 - one return a case
        self, token: Token, line: Line, source: Source
    ) -> tuple[str, Outcome]:
        """A token that no row speaks of: its kind and what becomes of it."""
        text = line.text
        before = text[token.start - 1] if token.start else " "
        after = text[token.end] if token.end < len(text) else " "
        joined = before.isalnum() or before in "_-" or after.isalnum() or after in "_-"
        if token.form is Form.JOINED or (joined and not is_range(word_at(text, token))):
            return "name", KEPT_NAME
        if token.form in (Form.NUMBER, Form.NET):
            return "number", NOT_AN_ADDRESS
        read = texts.read(token.text)
        if read is None:
            return "number", self._decider.unreadable(token.text)
        if read[1] == 4 and read[0] >> 31 and texts.mask_length(token.text) is not None:
            return "mask", _MASK
        if not self._decider.scope.holds(*read) and not self._decider.meets(read, size_behind(token, text)):
            return "host", Outcome(Action.KEPT, space(*read))
        if source.mask(text)[token.start : token.end] != token.text:
            return "secret", _SECRET
        return "host", UNKNOWN

    def _rename(self, result: Result) -> None:
        """What the words with addresses in them become, all over the device."""
        renamed: dict[str, str] = {}
        refused: dict[str, Outcome] = {}
        for word in dict.fromkeys(word for decided in result.decided for word in _named(decided)):
            new, bad = self._new_word(word)
            if bad is not None:
                refused[word] = bad
            elif new != word:
                renamed[word] = new
        lines = result.tree.lines if renamed else ()
        taken = {line[start:end] for line in lines for start, end in words(line)}
        news = list(renamed.values())
        for word, new in renamed.items():
            if new in taken or news.count(new) > 1:
                refused[word] = Outcome(Action.REVIEW, "name-taken")
            else:
                result.words[word] = (new, Outcome(Action.REWRITTEN, "mapped"))
        for word, outcome in refused.items():
            result.words[word] = (word, outcome)

    def _new_word(self, word: str) -> tuple[str, Outcome | None]:
        new = word
        for token in reversed(tokens.scan(word)):
            outcome = translated(self._decider, token, word)
            if outcome.action is Action.REVIEW:
                return word, outcome
            new = _applied(new, _token_edits(token, word, outcome))
        return new, None

    def _edit(self, result: Result, decided: Decided, numbers: RuleNumbers) -> Decided:
        """Write a line anew if anything in it changes."""
        line = decided.line
        several = [number for number, outcome in enumerate(decided.outcomes) if len(outcome.writings) > 1]
        if several:
            decided = self._checked(decided, several)
        choices = [
            [_edits(place, writing) for writing in outcome.writings]
            for place, outcome in zip(decided.line.places, decided.outcomes, strict=True)
            if outcome.writings
        ]
        free = self._free_edits(result, decided)
        if not choices and not free:
            return decided
        variants = [[edit for edits in chosen for edit in edits] + free for chosen in product(*choices)]
        if len(variants) > 1:
            seq = next((place.seq for place in line.places if place.seq is not None), None)
            if seq is not None:
                steps = numbers.spread(line, seq, len(variants))
                if steps is None:
                    return self._edit(result, _refused(decided, _NO_ROOM), numbers)
                for variant, step in zip(variants, steps, strict=True):
                    variant.append(_Edit(*seq, str(step)))
                result.numbers[line.number] = TokenResult(
                    line.number,
                    seq[0] + 1,
                    line.text[slice(*seq)],
                    "rule-number",
                    Action.REWRITTEN,
                    " ".join(map(str, steps)),
                    "mapped",
                )
        news = tuple(_applied(line.text, variant) for variant in variants)
        if news != (line.text,):
            result.changed[line.number] = news
        return decided

    def _checked(self, decided: Decided, several: Sequence[int]) -> Decided:
        """A line of which a place goes to several ones: only if it may be repeated, and not too often."""
        count = 1
        for number in several:
            count *= len(decided.outcomes[number].writings)
        # A line that opens a brace cannot stand twice: what is in the braces stands once.
        once = decided.line.text.rstrip().endswith("{")
        if count <= MOST_PARTS and not once and all(decided.line.places[number].repeats for number in several):
            return decided
        return _refused(decided, _SEVERAL)

    def _free_edits(self, result: Result, decided: Decided) -> list[_Edit]:
        """The edits of names and free text."""
        if not self._may_edit:
            return []
        line = decided.line
        edits: dict[int, _Edit] = {}
        for token, (kind, _) in zip(line.loose, decided.loose, strict=True):
            if kind == "name":
                self._word_edit(result, line.text, token, edits)
        for place, outcome in zip(line.places, decided.outcomes, strict=True):
            if place.shape not in (Shape.NAME, Shape.TEXT) or outcome is KEPT_COMMENT:
                continue
            for token in tokens.scan(line.text):
                if place.start <= token.start < place.end:
                    if place.shape is Shape.NAME:
                        self._word_edit(result, line.text, token, edits)
                    else:
                        edits |= self._text_edits(line.text, token)
        return list(edits.values())

    def _text_edits(self, text: str, token: Token) -> dict[int, _Edit]:
        if not self.policy.descriptions:
            return {}
        outcome = translated(self._decider, token, text)
        return {edit.start: edit for edit in _token_edits(token, text, outcome)}

    def _word_edit(self, result: Result, text: str, token: Token, edits: dict[int, _Edit]) -> None:
        for start, end in words(text):
            if start <= token.start < end:
                found = result.words.get(text[start:end])
                if found is not None and found[1].action is Action.REWRITTEN:
                    edits[start] = _Edit(start, end, found[0])


def _named(decided: Decided) -> Iterator[str]:
    """The words of a line that are names with addresses in them."""
    line = decided.line
    for token, found in zip(line.loose, decided.loose, strict=True):
        if found[0] == "name":
            yield word_at(line.text, token)
    for place in line.places:
        if place.shape is Shape.NAME:
            for token in tokens.scan(line.text):
                if place.start <= token.start < place.end:
                    yield word_at(line.text, token)


def _merged(mapping: Mapping) -> tuple[Entry, ...]:
    """The entries that share new places, as their mode says. InputError where no mode says so."""
    problems = []
    merged: dict[Entry, None] = {}
    for (vrf, version), first, second in mapping_check.clashes(mapping):
        entries = (first.entry, second.entry)
        if all(entry.mode is Mode.MERGE for entry in entries):
            merged.update(dict.fromkeys(entries))
            continue
        address = texts.write(second.new or 0, version, "")
        problems.append(_clash(*entries, str(entries[0].old), str(entries[1].old), address, vrf))
    if problems:
        raise InputError(problems)
    return tuple(merged)


def _entry_of(entries: Iterable[Entry], value: int, version: int) -> Entry:
    """The narrowest entry that holds an address; the first one if none does."""
    entries = sorted(entries, key=lambda entry: -entry.old.prefixlen)
    for entry in entries:
        first = int(entry.old.network_address)
        if entry.old.version == version and first <= value <= int(entry.old.broadcast_address):
            return entry
    return entries[0]


def _clash(one: Entry, other: Entry, first: str, second: str, address: str, vrf: str) -> Problem:
    return Problem(
        "clash",
        Message(
            "{first} (line {one}) and {second} (line {other}) both go to {address} in the VRF “{vrf}”",
            first=first,
            one=one.source.line,
            second=second,
            other=other.source.line,
            address=address,
            vrf=vrf,
        ),
        Message("give one of them another place; subnets share one in the mode merge, if their hosts do not meet"),
        other.source.file or FILE,
        other.source.line,
        "new",
    )


def _subnet(place: Place, text: str) -> tuple[int, int, int] | None:
    """The family, the first address and the one behind the last of an interface's subnet."""
    read = texts.read(text[place.start : place.end])
    if read is None or place.size is None:
        return None
    value, version = read
    length = length_of(place.form, text[slice(*place.size)], version)
    if length is None:
        return None
    shift = BITS[version] - length
    return version, value >> shift << shift, ((value >> shift) + 1) << shift


def _with(decided: Decided, number: int, outcome: Outcome) -> Decided:
    """The same with another outcome for one place; its text is still open."""
    outcomes = (*decided.outcomes[:number], outcome, *decided.outcomes[number + 1 :])
    return decided._replace(outcomes=outcomes, new=None)


def _refused(decided: Decided, outcome: Outcome) -> Decided:
    """The same with the places that go to several ones left for a person."""
    return decided._replace(outcomes=tuple(outcome if len(found.writings) > 1 else found for found in decided.outcomes))


def _edits(place: Place, writing: Writing) -> list[_Edit]:
    address, size, last, ge, le = writing
    found = [_Edit(place.start, place.end, address)] if address is not None else []
    for span, new in ((place.size, size), (place.last, last), (place.ge, ge), (place.le, le)):
        if new is not None and span is not None:
            found.append(_Edit(*span, new))
    return found


def _token_edits(token: Token, text: str, outcome: Outcome) -> list[_Edit]:
    """The edits of a token in a name or a text, and of the length behind it."""
    if not outcome.writings:
        return []
    address, size = outcome.writings[0][:2]
    found = [_Edit(token.start, token.end, address)] if address is not None else []
    span = behind(token, text)
    if size is not None and span is not None:
        found.append(_Edit(*span, size))
    return found


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
