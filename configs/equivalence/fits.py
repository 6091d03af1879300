"""Whether one set of addresses may stand for another, as a place writes sets: prefixes, ranges, classes, wildcards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.equivalence.image import Fit
from configs.equivalence.reading import Meant, class_length
from configs.intervals import BITS, Intervals, prefix
from configs.meaning.statements import PrefixEntry
from configs.places.roles import Shape, Size

if TYPE_CHECKING:
    from configs.equivalence.image import Image
    from configs.places.lines import Line
    from configs.places.rows import Place


def fit(image: Image, place: Place, old: Intervals, new: Intervals) -> tuple[Fit, int | None]:
    """As `Image.fit`. Where a class says the size the classes around the new places are right, if nobody else is in."""
    found, example = image.fit(old, new)
    if found is Fit.EXACT and place.shape is Shape.PREFIX and (subnets := image.exactly(old)):
        # A whole subnet means the whole new one, its new hosts too.
        missing = image.growth(subnets) - new
        return (Fit.LESS, missing.first) if missing else (found, None)
    classful = place.form is Size.CLASSFUL and found in (Fit.MORE, Fit.LESS) and new == classes(image.image(old))
    if classful and not new & image.image(image.mapped - old):
        return Fit.COVER, None
    return found, example


def classes(found: Intervals) -> Intervals:
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


def explained(image: Image, place: Place, mine: Meant, theirs: Meant) -> bool:
    """Whether the address before a mask can be explained, in the bits that do not count too.

    They are as they were; or they are the image's of the written address; or they are 0, where that image is in
    another part or the size has changed.
    """
    was, now = mine.value - mine.spans.first, theirs.value - theirs.spans.first
    resized = mine.spans.size != theirs.spans.size
    if was == now and not resized:
        return True
    wanted = image.place(mine.value)
    if wanted == theirs.value:
        return True
    return now == 0 and (
        was == 0 or resized or place.form is Size.CLASSFUL or wanted is None or wanted not in theirs.spans
    )


def expressible(image: Image, before: Place, mine: Meant) -> bool:
    """Whether one command of the same form can say the image, its bounds too."""
    if not _one_block(image, mine, before):
        return False
    if before.ge is None and before.le is None:
        return True
    # The subnets inside must all change their lengths alike.
    inside = {each.new_length - each.old_length for each in image.subnets(mine.spans)}
    return len(inside) <= 1


def entry(line: Line, place: Place, mine: Meant) -> PrefixEntry | None:
    """A prefix with its bounds as an entry of a prefix list; None if it has none, or is no prefix."""
    if mine.length is None or (place.ge is None and place.le is None):
        return None
    bounds = [None if span is None else int(line.text[slice(*span)]) for span in (place.ge, place.le)]
    least = mine.length if bounds[0] is None else bounds[0]
    most = BITS[mine.version] if bounds[1] is None else bounds[1]
    return PrefixEntry(line.number, True, mine.spans.first, mine.length, least, most)
