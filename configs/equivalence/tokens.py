"""The first half of the proof: line by line, whatever the construct.

Both texts are read afresh through the dialect's table of places. The set of addresses that each place of a new line
means must be the image of the set that it meant, and everything between the places must be the same.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

from configs.equivalence.align import Pair, align
from configs.equivalence.image import Fit
from configs.equivalence.model import Counterexample, Kind, site
from configs.equivalence.names import Names
from configs.equivalence.reading import (
    SETS,
    Meant,
    address,
    alike,
    around_title,
    between,
    class_length,
    dotted,
    encoded,
    line_end,
    meant,
    numbers,
    written,
)
from configs.equivalence.said import Said, address_text, set_text
from configs.intervals import BITS, Intervals, prefix, shown
from configs.places import tokens
from configs.places.rows import Place, Shape, Size
from configs.places.table import Line, survey
from configs.places.tokens import Form
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.equivalence.image import Image, Images
    from configs.equivalence.model import Document, Findings
    from configs.places.table import Places
    from configs.places.tokens import Token
    from configs.readdress_policy import Policy

# What a policy decides about: its field's name.
_BY_POLICY = {
    Shape.ID: "router_id",
    Shape.TITLE: "isis_net",
    Shape.RD: "rd_rt",
    Shape.NAME: "names",
    Shape.TEXT: "descriptions",
}
# A token of these that did not follow although the policy says so is an old address.
_IDENTITIES = (Shape.ID, Shape.RD)
# The length of a prefix in a name or a text: `10.1.1.0/24`, `10-1-1-0__24`.
_LENGTH_BEHIND: Final = re.compile(r"(?:/|_{1,2})(\d{1,3})(?![\d.])")


def check(
    old: Document, new: Document, places: Places, images: Images, findings: Findings, policy: Policy | None = None
) -> None:
    """Compare two texts of one device. Without a policy each thing that it decides about may stay or follow."""
    _Check(old, new, places, images, findings, policy).run()


class _Check(Said):
    def __init__(
        self,
        old: Document,
        new: Document,
        places: Places,
        images: Images,
        findings: Findings,
        policy: Policy | None,
    ) -> None:
        super().__init__(old, new, findings)
        self.policy = policy
        self.images = images
        self.names = Names(old, new)
        self.before = {line.number - 1: line for line in survey(old.tree, places)}
        self.after = {line.number - 1: line for line in survey(new.tree, places)}

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

    # ---- one pair of lines

    def _pair(self, pair: Pair, old: Sequence[str], new: Sequence[str]) -> None:
        if len(pair.old) == 1 and pair.new:
            index = pair.old[0]
            self._ends(index, pair.new)
            line = self.before.get(index)
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
                self._text(index, line)

    def _text(self, before: int, after: int) -> None:
        message = Message("something else than addresses has changed in this line")
        self.findings.against(
            Counterexample(Kind.TEXT, message, (site(self.old, before + 1),), (site(self.new, after + 1),))
        )

    def _one(self, line: Line, index: int, new: Sequence[str]) -> None:
        after = self.after.get(index)
        if after is None or not alike(line, after):
            if new[index] == line.text:
                return  # cannot be: equal lines have equal places; a view around it changed, and is reported there
            self._text(line.number - 1, index)
            return
        if numbers(line) != numbers(after):
            self._text(line.number - 1, index)
        for before, now in zip(line.places, after.places, strict=True):
            self._place(line, before, after, now)
        for before_token, now_token in zip(line.loose, after.loose, strict=True):
            self._token(line, before_token, after, now_token, "unknown-command")

    def _several(self, line: Line, lines: Sequence[int]) -> None:
        """A line that has become several: what they mean together counts."""
        afters = []
        for index in lines:
            after = self.after.get(index)
            if after is None or not alike(line, after):
                self._text(line.number - 1, index)
                return
            afters.append(after)
        rules = [number for after in afters for number in numbers(after)[:1]]
        if rules and (rules != sorted(set(rules)) or rules[0] != numbers(line)[0]):
            message = Message("the rule numbers of these lines do not begin with the old one and grow")
            self.against(Kind.LINE, message, line, afters)
        rows = []
        for number, before in enumerate(line.places):
            nows = [(after, after.places[number]) for after in afters]
            if before.shape in SETS:
                parts = [meant(after.text, now) for after, now in nows]
                self._joined(line, before, nows, parts)
                rows.append(tuple(() if part is None else part.spans.spans for part in parts))
            else:
                for after, now in nows:
                    self._place(line, before, after, now)
        self._needed(line, afters, rows)
        combinations = set(zip(*rows, strict=True))
        if combinations and len(combinations) != len(set(product(*(set(row) for row in rows)))):
            message = Message("these lines together do not mean every combination that the one line meant")
            self.against(Kind.ADDRESS, message, line, afters)
        for number, token in enumerate(line.loose):
            for after in afters:
                self._token(line, token, after, after.loose[number], "unknown-command")

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
        fit, example = _fit(image, before, mine.spans, whole)
        self.findings.checked["sets"] += 1
        for (after, _), part in zip(nows, known, strict=True):
            if part.reversed:
                self.against(Kind.ADDRESS, Message("the range ends before it begins"), line, [after])
            elif part.length is not None and not _placed_well(image, mine, part):
                self.unfit(line, [after], mine, part, Fit.MORE, part.value)
        if fit in (Fit.LESS, Fit.MORE):
            worst = self._worst(image, mine, nows, known) if fit is Fit.MORE else [after for after, _ in nows]
            self.unfit(line, worst, mine, Meant(mine.version, 0, whole), fit, example)

    def _worst(
        self, image: Image, mine: Meant, nows: Sequence[tuple[Line, Place]], parts: Sequence[Meant]
    ) -> list[Line]:
        """The lines among several that mean something that does not belong."""
        allowed = image.image(mine.spans) | image.growth(mine.spans) | (mine.spans - image.mapped)
        found = [after for (after, _), part in zip(nows, parts, strict=True) if part.spans - allowed]
        return found or [after for after, _ in nows]

    # ---- one place

    def _place(self, line: Line, before: Place, after: Line, now: Place) -> None:
        if before.shape in SETS:
            self._set(line, before, after, now)
        elif before.shape is Shape.FIXED:
            self.findings.checked["fixed"] += 1
            if line.text[before.start : before.end] != after.text[now.start : now.end]:
                message = Message("“{old}” is no address and must stay", old=line.text[before.start : before.end])
                self.against(Kind.TEXT, message, line, [after])
        elif self._stays(before) and written(line, before) != written(after, now):
            message = Message("“{old}” stays by policy", old=line.text[before.start : before.end])
            self.against(Kind.TEXT, message, line, [after])
        elif before.shape is Shape.TITLE:
            self._title(line, before, after, now)
        else:
            self._stretch(line, before, after, now)

    def _stays(self, place: Place) -> bool:
        """Whether the policy says that it stays. Comments always do."""
        if place.kind == "comment":
            return True
        return self.policy is not None and not getattr(self.policy, _BY_POLICY[place.shape])

    def _set(self, line: Line, before: Place, after: Line, now: Place) -> None:
        mine, theirs = meant(line.text, before), meant(after.text, now)
        same = written(line, before) == written(after, now)
        if mine is None or theirs is None or mine.version != theirs.version:
            if same:
                self.unclear(line)
            else:
                message = Message("what this means cannot be compared, and it has changed")
                self.against(Kind.ADDRESS, message, line, [after])
            return
        self.findings.checked["sets"] += 1
        image = self.images.of(before.vrf, mine.version)
        if mine.reversed and same:
            self.unclear(line)
        elif theirs.reversed:
            self.against(Kind.ADDRESS, Message("the range ends before it begins"), line, [after])
        elif mine.spans.meets(image.unsure):
            self._ambiguous(line, after, mine, theirs, same=same)
        elif before.shape is Shape.INTERFACE or (before.shape is Shape.HOST and before.size is None):
            self._host(line, before, after, image, mine, theirs)
        else:
            self._fits(line, before, after, now, image, mine, theirs, same=same)

    def _fits(
        self,
        line: Line,
        before: Place,
        after: Line,
        now: Place,
        image: Image,
        mine: Meant,
        theirs: Meant,
        *,
        same: bool,
    ) -> None:
        """A prefix, a range, a set with holes: it must mean the images."""
        fit, example = _fit(image, before, mine.spans, theirs.spans)
        if fit is Fit.UNPLACED and same:
            self.no_place(line, mine)
        elif fit in (Fit.LESS, Fit.MORE) and same and not self._expressible(before, image, mine):
            message = Message("{set} has no image of the same form; it is left for a person", set=set_text(mine))
            self.findings.beyond(site(self.old, line.number), "no-exact-image", message)
        elif fit in (Fit.LESS, Fit.MORE):
            self.unfit(line, [after], mine, theirs, fit, example)
        elif fit is Fit.UNPLACED or not (same or _placed_well(image, mine, theirs)):
            self.unfit(line, [after], mine, theirs, Fit.MORE, theirs.value)
        else:
            if fit is Fit.COVER and not same:
                self.covered(line, mine, theirs)
            self._bounds(line, before, after, now, image)

    @staticmethod
    def _expressible(before: Place, image: Image, mine: Meant) -> bool:
        """Whether one command of the same form can say the image, its bounds too."""
        if not _one_block(image, mine, before):
            return False
        if before.ge is None and before.le is None:
            return True
        # The subnets inside must all change their lengths alike.
        inside = {each.new_length - each.old_length for each in image.grown if each.old <= mine.spans}
        return len(inside) <= 1

    def _ambiguous(self, line: Line, after: Line, mine: Meant, theirs: Meant, *, same: bool) -> None:
        """Addresses that go to different places in different VRFs, where the VRF is not known."""
        if same:
            message = Message("{set} goes to different places in different VRFs; it is left", set=set_text(mine))
            self.findings.beyond(site(self.old, line.number), "ambiguous-vrf", message)
            return
        fits = [each.fit(mine.spans, theirs.spans)[0] for each in self.images.each(mine.version)]
        if not {Fit.EXACT, Fit.COVER} & set(fits):
            self.unfit(line, [after], mine, theirs, Fit.MORE, theirs.value)

    def _host(self, line: Line, before: Place, after: Line, image: Image, mine: Meant, theirs: Meant) -> None:
        place = image.place(mine.value)
        if place is None:
            if theirs.value == mine.value:
                self.no_place(line, mine)
            else:
                self.unfit(line, [after], mine, theirs, Fit.MORE, theirs.value)
            return
        if theirs.value != place:
            partly = before.shape is Shape.INTERFACE and bool(mine.spans - image.mapped)
            if theirs == mine and partly and not image.network(mine.value, mine.length or 0):
                message = Message("only a part of {set} is in the mapping; it is left", set=set_text(mine))
                self.findings.beyond(site(self.old, line.number), "partly-mapped", message)
            elif theirs.value == mine.value:
                message = Message(
                    "{old} is left; the mapping sends it to {new}",
                    old=address_text(mine),
                    new=shown(place, mine.version),
                )
                self.against(Kind.LEFT, message, line, [after])
            else:
                message = Message(
                    "{old} became {found}; the mapping sends it to {new}",
                    old=address_text(mine),
                    found=address_text(theirs),
                    new=shown(place, mine.version),
                )
                self.against(Kind.ADDRESS, message, line, [after])
            return
        if mine.length is None or theirs.length is None or before.shape is not Shape.INTERFACE:
            return
        wanted = {
            grown.new_length for grown in image.network(mine.value, mine.length) if place in grown.new or not grown.new
        }
        if wanted and theirs.length not in wanted:
            message = Message(
                "the subnet of {address} became /{found}; the mapping makes it /{length}",
                address=address_text(theirs),
                found=theirs.length,
                length=min(wanted),
            )
            self.against(Kind.ADDRESS, message, line, [after])
        elif not wanted:
            fit, example = image.fit(mine.spans, theirs.spans)
            if fit in (Fit.LESS, Fit.MORE):
                self.unfit(line, [after], mine, theirs, fit, example)

    def _bounds(self, line: Line, before: Place, after: Line, now: Place, image: Image) -> None:
        """`ge` and `le` stay, or move with the length of their prefix or of the subnets inside it."""
        mine, theirs = meant(line.text, before), meant(after.text, now)
        if mine is None or theirs is None or (before.ge is None and before.le is None):
            return
        shift = (theirs.length or 0) - (mine.length or 0)
        bits = BITS[mine.version]
        for was, is_ in ((before.ge, now.ge), (before.le, now.le)):
            if was is None or is_ is None:
                continue
            number, found = int(line.text[was[0] : was[1]]), int(after.text[is_[0] : is_[1]])
            inner = {grown.new_length for grown in image.grown if grown.old <= mine.spans}
            if found not in {number, min(max(number + shift, 0), bits), max(number, theirs.length or 0), *inner}:
                message = Message("the bound {old} became {new}", old=number, new=found)
                self.against(Kind.ADDRESS, message, line, [after])

    def _title(self, line: Line, before: Place, after: Line, now: Place) -> None:
        """An IS-IS title: as it was, or with the image of the address whose digits it has."""
        was, is_ = line.text[before.start : before.end], after.text[now.start : now.end]
        self.findings.checked["titles"] += 1
        if was == is_:
            return
        value = encoded(was)
        place = self.images.of(before.vrf, 4).place(value) if value is not None else None
        if place is None or encoded(is_) != place or around_title(was) != around_title(is_):
            message = Message("“{old}” became “{new}”, which the mapping does not say", old=was, new=is_)
            self.against(Kind.ADDRESS, message, line, [after])

    def _stretch(self, line: Line, before: Place, after: Line, now: Place) -> None:
        """A name, a text, a router id, an RD: addresses in it stay or follow the mapping."""
        was, is_ = line.text[before.start : before.end], after.text[now.start : now.end]
        if was == is_:
            self.findings.checked["texts"] += 1
            if self.policy is not None and not self._stays(before) and before.shape in _IDENTITIES:
                self._left(line, before, after)
            return
        olds, news = tokens.scan(was), tokens.scan(is_)
        if len(olds) != len(news) or between(was, olds) != between(is_, news):
            if before.shape not in (Shape.NAME, Shape.TEXT) or not self._with_lengths(line, before, after, now):
                self._text(line.number - 1, after.number - 1)
            return
        for old, new in zip(olds, news, strict=True):
            self._token(
                line,
                old._replace(start=old.start + before.start, end=old.end + before.start),
                after,
                new._replace(start=new.start + now.start, end=new.end + now.start),
                "",
                before.vrf,
            )

    def _with_lengths(self, line: Line, before: Place, after: Line, now: Place) -> bool:
        """Addresses in a name or a text of which a length behind them has changed; False if more has."""
        stretches = []
        for one, place in ((line, before), (after, now)):
            part = one.text[place.start : place.end]
            found = tokens.scan(part)
            sizes = [_LENGTH_BEHIND.match(part, token.end) for token in found]
            spans = [span for token in found for span in ((token.start, token.end),)]
            spans += [size.span(1) for size in sizes if size is not None]
            text, at = one.text, place.start
            for token in found:
                if token.form is Form.JOINED:
                    plain = re.sub(r"\D", ".", token.text)
                    text = text[: at + token.start] + plain + text[at + token.end :]
            places = [
                Place(
                    "prefix" if size is not None else "host",
                    Shape.PREFIX if size is not None else Shape.HOST,
                    at + token.start,
                    at + token.end,
                    Size.LENGTH if size is not None else Size.NONE,
                    (at + size.start(1), at + size.end(1)) if size is not None else None,
                    vrf=None,
                )
                for token, size in zip(found, sizes, strict=True)
            ]
            rest = "".join(
                character
                for column, character in enumerate(part)
                if not any(start <= column < stop for start, stop in spans)
            )
            stretches.append((one._replace(text=text), places, rest, [place.shape for place in places]))
        (first, olds, was, shapes), (second, news, is_, new_shapes) = stretches
        if was != is_ or shapes != new_shapes:
            return False
        for old, new in zip(olds, news, strict=True):
            self._set(first, old, second, new)
        return True

    def _left(self, line: Line, before: Place, after: Line) -> None:
        """A router id or an RD that the policy wants to follow, and that did not."""
        for token in tokens.scan(line.text[before.start : before.end]):
            found = address(token.text)
            if found is None:
                continue
            image = self.images.of(before.vrf, found[0])
            place = image.place(found[1])
            if place not in (None, found[1]) and found[1] not in image.unsure:
                message = Message(
                    "{old} is left; the mapping sends it to {new}", old=token.text, new=shown(place or 0, found[0])
                )
                self.against(Kind.LEFT, message, line, [after])

    def _token(self, line: Line, old: Token, after: Line, new: Token, reason: str, vrf: str | None = None) -> None:
        """Something that looks like an address where no row says what it means, or where a policy decides."""
        self.findings.checked["tokens"] += 1
        was = address(dotted(old))
        if was is None:
            if old.text != new.text:
                self._text(line.number - 1, after.number - 1)
            return
        images = [self.images.of(vrf or line.vrf, was[0]), self.images.of(None, was[0])]
        if old.text == new.text:
            if reason and any(was[1] in image.moved for image in images):
                message = Message("no table says what {address} means here; it is left", address=old.text)
                self.findings.beyond(site(self.old, line.number), reason, message)
            return
        now = address(dotted(new))
        if now is None or now[0] != was[0] or now[1] not in {image.place(was[1]) for image in images}:
            message = Message("“{old}” became “{new}”, which the mapping does not say", old=old.text, new=new.text)
            self.against(Kind.ADDRESS, message, line, [after])

    # ---- what is said

    def _belongs(self, old: int, new: int, taken: Sequence[int]) -> bool:
        """Whether a new line may be a part of what an old one became, and says more than the parts before it."""
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
            image = self.images.of(before.vrf, mine.version)
            must = image.image(mine.spans)
            allowed = must | image.growth(mine.spans) | (mine.spans - image.mapped)
            if before.form is Size.CLASSFUL:
                allowed |= _classes(must)
            if not theirs.spans <= allowed and _fit(image, before, mine.spans, theirs.spans)[0] is not Fit.COVER:
                return False
            sets.append(theirs.spans)
        return not any(self._inside(sets, self.after[earlier]) for earlier in taken)

    def _inside(self, sets: Sequence[Intervals], earlier: Line) -> bool:
        """Whether an earlier line means all that these sets mean."""
        known = [meant(earlier.text, place) for place in earlier.places if place.shape in SETS]
        return len(known) == len(sets) and all(
            each is not None and mine <= each.spans for mine, each in zip(sets, known, strict=True)
        )


def _fit(image: Image, place: Place, old: Intervals, new: Intervals) -> tuple[Fit, int | None]:
    """As `Image.fit`. Where a class says the size the classes around the new places are right, if nobody else is in."""
    fit, example = image.fit(old, new)
    if fit is Fit.EXACT and place.shape is Shape.PREFIX and (subnets := image.exactly(old)):
        # A whole subnet means the whole new one, its new hosts too.
        missing = image.growth(subnets) - new
        return (Fit.LESS, missing.first) if missing else (fit, None)
    classful = place.form is Size.CLASSFUL and fit in (Fit.MORE, Fit.LESS) and new == _classes(image.image(old))
    if classful and not new & image.image(image.mapped - old):
        return Fit.COVER, None
    return fit, example


def _classes(found: Intervals) -> Intervals:
    """The class networks around addresses."""
    return Intervals.of(span for block, _ in found.blocks(32) for span in prefix(block, class_length(block), 32))


def _one_block(image: Image, mine: Meant, place: Place) -> bool:
    """Whether a form as simple as today's can write the image: one address, one prefix, one range."""
    mapped = mine.spans & image.mapped
    subnet = mine.length is not None and bool(image.network(mine.value, mine.length))
    if mine.spans - mapped or not (subnet or image.whole(mapped)):
        return False
    if place.form is Size.CLASSFUL:
        return False
    for found in (image.image(mapped), image.image(mapped) | image.growth(mapped)):
        if len(found.spans) == 1 and (place.last is not None or len(list(found.blocks(BITS[mine.version]))) == 1):
            return True
    return False


def _placed_well(image: Image, mine: Meant, theirs: Meant) -> bool:
    """Whether the address that is written before a mask is the set's first one, or the image of what was written."""
    if theirs.value in (theirs.spans.first, image.place(mine.value)):
        return True
    return mine.value == theirs.value and mine.spans == theirs.spans
