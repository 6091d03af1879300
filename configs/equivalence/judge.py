"""One place of a line: whether the addresses that it means now are the image of those that it meant.

The set of addresses that each place of a new line means must be the image of the set that it meant; what is no set (a
name, a title, a text) must be as it was or hold the images of the addresses that it held.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from configs.equivalence import fits
from configs.equivalence.image import Fit
from configs.equivalence.model import Kind, site
from configs.equivalence.reading import (
    SETS,
    Meant,
    address,
    around_title,
    between,
    dotted,
    encoded,
    meant,
    written,
)
from configs.equivalence.said import Said, address_text, set_text
from configs.intervals import BITS, shown
from configs.places import tokens
from configs.places.roles import Shape, Size
from configs.places.rows import Place
from configs.places.tokens import Form
from inventory.text import Message

if TYPE_CHECKING:
    from configs.equivalence.image import Image, Images
    from configs.equivalence.model import Document, Findings
    from configs.places.lines import Line
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


class Judge(Said):
    """Judges the places of a device's lines. Without a policy each thing that it decides about may stay or follow."""

    def __init__(self, old: Document, new: Document, images: Images, findings: Findings, policy: Policy | None) -> None:
        super().__init__(old, new, findings)
        self.policy = policy
        self.images = images

    def place(self, line: Line, before: Place, after: Line, now: Place) -> None:
        """A place of a line of today, and the same one of a line that stands for it."""
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
        fit, example = fits.fit(image, before, mine.spans, theirs.spans)
        if fit is Fit.UNPLACED and same:
            self.no_place(line, mine)
        elif (
            fit in (Fit.LESS, Fit.MORE)
            and same
            and self.findings.may_stay(self.old.path, line.number)
            and not fits.expressible(image, before, mine)
        ):
            message = Message("{set} has no image of the same form; it is left for a person", set=set_text(mine))
            self.findings.beyond(site(self.old, line.number), "no-exact-image", message)
        elif fit in (Fit.LESS, Fit.MORE):
            self.unfit(line, [after], mine, theirs, fit, example)
        elif fit is Fit.UNPLACED:
            self.unfit(line, [after], mine, theirs, Fit.MORE, theirs.value)
        elif not (same or fits.explained(image, before, mine, theirs)):
            self.misplaced(line, after, mine, theirs)
        else:
            if fit is Fit.COVER and not same:
                self.covered(line, mine, theirs)
            self._bounds(line, before, after, now, image)

    def _ambiguous(self, line: Line, after: Line, mine: Meant, theirs: Meant, *, same: bool) -> None:
        """Addresses that go to different places in different VRFs, where the VRF is not known."""
        if same:
            message = Message("{set} goes to different places in different VRFs; it is left", set=set_text(mine))
            self.findings.beyond(site(self.old, line.number), "ambiguous-vrf", message)
            return
        found = {each.fit(mine.spans, theirs.spans)[0] for each in self.images.each(mine.version)}
        if not {Fit.EXACT, Fit.COVER} & found:
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
            inner = {grown.new_length for grown in image.subnets(mine.spans)}
            if found not in {number, min(max(number + shift, 0), bits), max(number, theirs.length or 0), *inner}:
                message = Message("the bound {old} became {new}", old=number, new=found)
                self.against(Kind.ADDRESS, message, line, [after])
                return
        old, new = fits.entry(line, before, mine), fits.entry(after, now, theirs)
        if old is not None and new is not None:
            self.bounded(line, [after], old, [new], image)

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
                self.changed(line.number - 1, after.number - 1)
            return
        for old, new in zip(olds, news, strict=True):
            self.token(
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

    def token(self, line: Line, old: Token, after: Line, new: Token, reason: str, vrf: str | None = None) -> None:
        """Something that looks like an address where no row says what it means, or where a policy decides."""
        self.findings.checked["tokens"] += 1
        was = address(dotted(old))
        if was is None:
            if old.text != new.text:
                self.changed(line.number - 1, after.number - 1)
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
