"""The first half of the proof: line by line, whatever the construct.

Both texts are read afresh through the dialect's table of places. Here each line of today finds the new lines that stand
for it, and several lines are judged together; `configs.equivalence.judge` judges the places of one line.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from configs.equivalence import companions, fits
from configs.equivalence.align import Pair, align
from configs.equivalence.image import Fit
from configs.equivalence.judge import Judge
from configs.equivalence.model import Counterexample, Kind, site
from configs.equivalence.names import Names
from configs.equivalence.reading import SETS, Meant, alike, line_end, meant, numbers, written
from configs.equivalence.said import set_text
from configs.intervals import Intervals
from configs.places.lines import Line, survey
from configs.places.roles import Size
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.equivalence.image import Image, Images
    from configs.equivalence.model import Document, Findings
    from configs.places.rows import Place
    from configs.places.table import Places
    from configs.readdress_policy import Policy


def check(
    old: Document, new: Document, places: Places, images: Images, findings: Findings, policy: Policy | None = None
) -> None:
    """Compare two texts of one device. Without a policy each thing that it decides about may stay or follow."""
    _Check(old, new, places, images, findings, policy).run()


class _Check(Judge):
    def __init__(
        self,
        old: Document,
        new: Document,
        places: Places,
        images: Images,
        findings: Findings,
        policy: Policy | None,
    ) -> None:
        super().__init__(old, new, images, findings, policy)
        self.names = Names(old, new)
        self.before = {line.number - 1: line for line in survey(old.tree, places)}
        self.after = {line.number - 1: line for line in survey(new.tree, places)}
        self.named = companions.named(self.before)
        # The lines of prefix lists that mean addresses, and no routes.
        self.addresses = places.addresses(old.tree) if places.addresses is not None else frozenset()

    def place(self, line: Line, before: Place, after: Line, now: Place) -> None:
        """A mask apart from its address is judged by what stands beside it, everything else by itself."""
        texts = line.text[before.start : before.end], after.text[now.start : now.end]
        if before.kind == "mask" and companions.of_name(line.text[: before.start], *texts, self.named, self.images):
            self.findings.checked["fixed"] += 1
            return
        if before.kind not in companions.KINDS:
            super().place(line, before, after, now)
            return
        self.findings.checked["fixed"] += 1
        if not companions.follows((line, before), (after, now), self.before, self.images):
            message = Message("this mask is not that of the subnet beside it")
            self.against(Kind.ADDRESS, message, line, [after])

    def run(self) -> None:
        old = [line.rstrip("\r\n") for line in self.old.tree.lines]
        new = [line.rstrip("\r\n") for line in self.new.tree.lines]
        self.findings.checked["lines"] += len(old)
        if self.old.tree.encoding != self.new.tree.encoding:
            message = Message(
                "the encoding became {new}; it was {old}", new=self.new.tree.encoding, old=self.old.tree.encoding
            )
            self.findings.against(Counterexample(Kind.TEXT, message, (site(self.old, 0),), (site(self.new, 0),)))
        for pair in align(old, new, self._belongs):
            self._pair(pair, old, new)
        self.names.check(self.findings)

    def _pair(self, pair: Pair, old: Sequence[str], new: Sequence[str]) -> None:
        if len(pair.old) == 1 and pair.new:
            index = pair.old[0]
            self._ends(index, pair.new)
            line = self.before.get(index)
            self._given(index, pair.new)
            self._named(line, pair.new)
            if line is None or (not line.places and not line.loose):
                self._plain(index, pair.new, old, new)
            elif len(pair.new) == 1:
                self._one(line, pair.new[0], new)
            else:
                self._several(line, pair.new)
            return
        if len(pair.old) == len(pair.new):
            for before, after in zip(pair.old, pair.new, strict=True):
                self._pair(Pair((before,), (after,)), old, new)
            return
        for index in pair.old:
            if old[index].strip():
                self._lost(index, pair.new)
        for index in pair.new:
            if new[index].strip():
                place = site(self.new, index + 1)
                message = Message("this line has nothing that it came from")
                self.findings.against(Counterexample(Kind.LINE, message, (), (place,)))

    def _named(self, line: Line | None, lines: Sequence[int]) -> None:
        for index in lines if line is not None else ():
            if line is not None and index in self.after:
                self.names.pair(line, self.after[index])

    def _given(self, index: int, lines: Sequence[int]) -> None:
        """What stands for a line that was given to a person may be half as it is to be."""
        if self.findings.given(self.old.path, site(self.old, index + 1).line):
            for number in lines:
                self.findings.became(site(self.new, number + 1))

    def _ends(self, index: int, lines: Sequence[int]) -> None:
        """Line ends stay; between lines that were one stands the same end, or LF if it had none."""
        end = line_end(self.old.tree.lines[index])
        for line in lines:
            wanted = end if line == lines[-1] else end or "\n"
            if line_end(self.new.tree.lines[line]) != wanted:
                message = Message("the end of this line has changed")
                place = site(self.new, line + 1)
                self.findings.against(Counterexample(Kind.TEXT, message, (site(self.old, index + 1),), (place,)))

    def _lost(self, index: int, new: Sequence[int]) -> None:
        message = Message("this line is missing in the new text")
        near = tuple(site(self.new, line + 1) for line in new[:1])
        self.findings.against(Counterexample(Kind.LINE, message, (site(self.old, index + 1),), near))

    def _plain(self, index: int, lines: Sequence[int], old: Sequence[str], new: Sequence[str]) -> None:
        """A line without anything that looks like an address."""
        for line in lines:
            if new[line] != old[index]:
                self.changed(index, line)

    def _one(self, line: Line, index: int, new: Sequence[str]) -> None:
        after = self.after.get(index)
        if after is None or not alike(line, after):
            if new[index] == line.text:
                return  # cannot be: equal lines have equal places; a view around it changed, and is reported there
            self.changed(line.number - 1, index)
            return
        if numbers(line) != numbers(after):
            self.changed(line.number - 1, index)
        for before, now in zip(line.places, after.places, strict=True):
            self.place(line, before, after, now)
        for before_token, now_token in zip(line.loose, after.loose, strict=True):
            texts = before_token.text, now_token.text
            if texts[0] == texts[1] or not companions.of_name(
                line.text[: before_token.start], *texts, self.named, self.images
            ):
                self.token(line, before_token, after, now_token, "unknown-command")

    def _several(self, line: Line, lines: Sequence[int]) -> None:
        """A line that has become several: what they mean together counts."""
        afters = []
        for index in lines:
            after = self.after.get(index)
            if after is None or not alike(line, after):
                self.changed(line.number - 1, index)
                return
            afters.append(after)
        rules = [number for after in afters for number in numbers(after)[:1]]
        if rules and (rules != sorted(set(rules)) or rules[0] != numbers(line)[0]):
            message = Message("the rule numbers of these lines do not begin with the old one and grow")
            self.against(Kind.LINE, message, line, afters)
        rows = []
        for number, before in enumerate(line.places):
            nows = [(after, after.places[number]) for after in afters]
            if before.shape in SETS and not all(self._untouched(line, before, after, now) for after, now in nows):
                parts = [meant(after.text, now) for after, now in nows]
                self._joined(line, before, nows, parts)
                rows.append(tuple(() if part is None else part.spans.spans for part in parts))
            else:
                for after, now in nows:
                    self.place(line, before, after, now)
        self._needed(line, afters, rows)
        combinations = set(zip(*rows, strict=True))
        if combinations and len(combinations) != len(set(product(*(set(row) for row in rows)))):
            message = Message("these lines together do not mean every combination that the one line meant")
            self.against(Kind.ADDRESS, message, line, afters)
        for number, token in enumerate(line.loose):
            for after in afters:
                self.token(line, token, after, after.loose[number], "unknown-command")

    def _needed(
        self, line: Line, afters: Sequence[Line], rows: Sequence[tuple[tuple[tuple[int, int], ...], ...]]
    ) -> None:
        """Each of several lines says something that the others do not: else it was added."""
        sets = [[Intervals(row[number]) for row in rows] for number in range(len(afters))]
        for number, mine in enumerate(sets):
            for other, theirs in enumerate(sets):
                inside = other != number and all(a <= b for a, b in zip(mine, theirs, strict=True))
                if inside and (other < number or mine != theirs):
                    place = site(self.new, afters[number].number)
                    message = Message("this line says nothing that the lines beside it do not say; it was added")
                    old = (site(self.old, line.number),)
                    self.findings.against(Counterexample(Kind.LINE, message, old, (place,)))
                    break

    def _joined(
        self, line: Line, before: Place, nows: Sequence[tuple[Line, Place]], parts: Sequence[Meant | None]
    ) -> None:
        mine = meant(line.text, before)
        known = [part for part in parts if part is not None]
        if mine is None or len(known) != len(parts):
            self.unclear(line)
            return
        whole = Intervals.of(span for part in known for span in part.spans)
        image = self.images.of(before.vrf, mine.version)
        fit, example = fits.fit(image, before, mine.spans, whole)
        self.findings.checked["sets"] += 1
        for (after, _), part in zip(nows, known, strict=True):
            if part.reversed:
                self.against(Kind.ADDRESS, Message("the range ends before it begins"), line, [after])
            elif part.length is not None and not fits.explained(image, before, mine, part):
                self.misplaced(line, after, mine, part)
        self._routes(line, before, list(zip(nows, known, strict=True)), mine, image)
        if fit in (Fit.LESS, Fit.MORE):
            worst = self._worst(image, mine, nows, known) if fit is Fit.MORE else [after for after, _ in nows]
            self.unfit(line, worst, mine, Meant(mine.version, 0, whole), fit, example)
        elif mine.spans.meets(image.mapped) and not mine.spans <= image.mapped:
            self.covered(line, mine, Meant(mine.version, 0, whole))

    def _routes(
        self, line: Line, before: Place, nows: Sequence[tuple[tuple[Line, Place], Meant]], mine: Meant, image: Image
    ) -> None:
        """Prefixes that one became: together they must mean the routes that it meant.

        One of a list of routes without bounds is one route: it becomes the plan's subnets for it, no pieces.
        """
        old = fits.entry(line, before, mine)
        if old is not None:
            found = [fits.entry(after, now, part) for (after, now), part in nows]
            news = [each for each in found if each is not None]
            if len(news) == len(found):
                self.bounded(line, [after for (after, _), _ in nows], old, news, image)
            return
        if before.kind != "prefix-list" or mine.length is None or line.number in self.addresses:
            return
        routes = {grown.new for grown in image.network(mine.value, mine.length)}
        for (after, _), part in nows:
            if part.spans not in routes:
                message = Message(
                    "{old} means one route, and {new} is none that the mapping makes of it",
                    old=set_text(mine),
                    new=set_text(part),
                )
                self.against(Kind.ADDRESS, message, line, [after])

    def _worst(
        self, image: Image, mine: Meant, nows: Sequence[tuple[Line, Place]], parts: Sequence[Meant]
    ) -> list[Line]:
        """The lines among several that mean something that does not belong."""
        allowed = image.image(mine.spans) | image.growth(mine.spans) | (mine.spans - image.mapped)
        found = [after for (after, _), part in zip(nows, parts, strict=True) if part.spans - allowed]
        return found or [after for after, _ in nows]

    def _belongs(self, old: int, new: int, taken: Sequence[int]) -> bool:
        """Whether a new line may be a part of what an old one became, and says more than the parts before it."""
        line = self.before.get(old)
        if line is not None and self.findings.given(self.old.path, line.number):
            first = taken[0] if taken else new
            if self.new.tree.line_text(first + 1) == line.text:
                return not taken  # it stayed as it was
        return self._part(old, new, taken)

    def _part(self, old: int, new: int, taken: Sequence[int]) -> bool:
        line, after = self.before.get(old), self.after.get(new)
        if line is None or after is None:
            text = self.old.tree.lines[old].rstrip("\r\n")
            return line is after and not taken and text == self.new.tree.lines[new].rstrip("\r\n")
        if not alike(line, after):
            return False
        sets = []
        for before, now in zip(line.places, after.places, strict=True):
            if before.shape not in SETS:
                continue
            mine, theirs = meant(line.text, before), meant(after.text, now)
            if mine is None or theirs is None or mine.version != theirs.version:
                return False
            if self._untouched(line, before, after, now):
                sets.append(theirs.spans)
                continue
            image = self.images.of(before.vrf, mine.version)
            must = image.image(mine.spans)
            allowed = must | image.growth(mine.spans) | (mine.spans - image.mapped)
            if before.form is Size.CLASSFUL:
                allowed |= fits.classes(must)
            if not theirs.spans <= allowed and fits.fit(image, before, mine.spans, theirs.spans)[0] is not Fit.COVER:
                return False
            sets.append(theirs.spans)
        return not any(self._inside(sets, self.after[earlier]) for earlier in taken)

    def _untouched(self, line: Line, before: Place, after: Line, now: Place) -> bool:
        """Whether a place is as it was, in a line that was given to a person."""
        return self.findings.given(self.old.path, line.number) and written(line, before) == written(after, now)

    def _inside(self, sets: Sequence[Intervals], earlier: Line) -> bool:
        """Whether an earlier line means all that these sets mean."""
        known = [meant(earlier.text, place) for place in earlier.places if place.shape in SETS]
        return len(known) == len(sets) and all(
            each is not None and mine <= each.spans for mine, each in zip(sets, known, strict=True)
        )
