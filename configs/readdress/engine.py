"""Re-addressing: every address in a configuration goes where the mapping sends it; nothing else changes.

Every token of a text (`configs.places.tokens`) becomes one of three: rewritten, kept with a reason, or left for a
person to review. Only the characters of rewritten tokens and of their masks change; a command becomes several where a
prefix goes to several places and the table of places says that the command may be repeated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from configs.intervals import BITS
from configs.places.lines import Hit, hits
from configs.places.roles import Shape
from configs.readdress import apart, encoded, lists, merging, pairs, routes, several
from configs.readdress import text as texts
from configs.readdress.alone import Alone
from configs.readdress.decide import Decider
from configs.readdress.outcomes import Action, Outcome
from configs.readdress.result import Decided, Decisions, Result, TokenResult
from configs.readdress.source import Source
from configs.readdress.usage import Used, length_of, used
from configs.readdress.writing import Writer
from configs.readdress_policy import Policy
from ipplan.names import DEFAULT_VRF

if TYPE_CHECKING:
    from collections.abc import Iterable

    from configs.places.rows import Place
    from configs.places.table import Places
    from configs.readdress.fates import Fate
    from ipplan.mapping import Mapping

__all__ = ["Action", "Engine", "Policy", "Result", "Source", "TokenResult"]

_OTHER_VRF: Final = Outcome(Action.REVIEW, "ambiguous-vrf")
_TORN: Final = ("subnet-split", "partly-mapped")
# What stands on the link of an interface, and has to go where the interface goes.
_ON_LINK: Final = ("next-hop", "gateway", "virtual", "arp", "peer", "bfd")


class Engine:
    """Re-addresses configurations by one mapping and one policy.

    InputError if the mapping sends two addresses of today to the same one, and does not say that this is meant.
    """

    def __init__(self, mapping: Mapping, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self._merged = merging.entries(mapping)
        self._decider = Decider(mapping, self.policy)
        self._alone = Alone(self._decider, self.policy)
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
            self._alone.forget()
            self._tokens = {}
        if self._merged:
            merging.check(self._merged, self._used(sources), self._decider.scope)

    def _used(self, sources: tuple[Source, ...]) -> set[Used]:
        """What configurations use. Their lines that may have tokens are kept until they are re-addressed."""
        for source in sources:
            if id(source.tree) not in self._hits:
                self._hits[id(source.tree)] = hits(source.tree, source.places)
        return used((self._hits[id(source.tree)], source.places) for source in sources)

    def run(self, source: Source) -> Result:
        """Re-address one configuration."""
        if self._sources is None:
            self._look_at((source,))
        lines = self._hits.pop(id(source.tree), None) or hits(source.tree, source.places)
        result = Result(source.path, source.platform, source.tree, decider=self._decider, known=self._tokens)
        result.decided = found = Decisions(source.tree, self._alone.fates(lines, source))
        kinds = found.kinds
        if kinds & apart.KINDS:
            apart.check(found, self._decider, source.tree)
        apart.names(found)
        self._beside(found, kinds, source)
        if self.policy.names:
            Writer(result, self._decider, self.policy).rename()
        result.encoded = encoded.find(source.tree, self._decider.scope)
        self._write_all(result, source.places)
        if source.places.paired is not None and source.places.paired.search(source.tree.text):
            self._pairs(result, source)
        return result

    def _write_all(self, result: Result, places: Places) -> None:
        split = several.find(result.tree, places, result.decided, renamed=self.policy.names)
        Writer(result, self._decider, self.policy).write()
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
        if not any(outcome.reason in _TORN for _, _, fate in found.found for outcome in fate.outcomes):
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
