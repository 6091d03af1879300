"""What the proof's first half says of a line: counterexamples and what it leaves, without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from configs.equivalence import hiding
from configs.equivalence.image import Fit
from configs.equivalence.model import Counterexample, Kind, site
from configs.intervals import listed, shown
from configs.masking import HIDDEN
from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.equivalence.image import Image
    from configs.equivalence.model import Document, Findings
    from configs.equivalence.reading import Meant
    from configs.meaning.statements import PrefixEntry
    from configs.places.lines import Line


class Said:
    """Puts down what is found about the lines of one device."""

    def __init__(self, old: Document, new: Document, findings: Findings) -> None:
        self.old = old
        self.new = new
        self.findings = findings

    def against(self, kind: Kind, message: Message, line: Line, afters: Sequence[Line]) -> None:
        """A counterexample about a line, without secrets."""
        self.findings.against(
            Counterexample(
                kind,
                self._without_secrets(message, [line.text, *(after.text for after in afters)]),
                (site(self.old, line.number),),
                tuple(site(self.new, after.number) for after in afters),
            )
        )

    def _without_secrets(self, message: Message, lines: Sequence[str]) -> Message:
        """A message without what the platform hides in these lines."""
        masked = [hiding.mask(self.old.platform, line) for line in lines]
        if masked == list(lines):
            return message
        hidden = {
            name: HIDDEN
            for name, value in message.parameters.items()
            if isinstance(value, str)
            and any(value in line and value not in shown_ for line, shown_ in zip(lines, masked, strict=True))
        }
        return Message(message.template, **{**message.parameters, **hidden})

    def unfit(
        self, line: Line, afters: Sequence[Line], mine: Meant, theirs: Meant, fit: Fit, example: int | None
    ) -> None:
        """A set that is not the image of what it was."""
        shown_example = shown(example or 0, mine.version)
        if fit is Fit.LESS:
            message = Message(
                "{old} became {new}: {address} is missing",
                old=set_text(mine),
                new=set_text(theirs),
                address=shown_example,
            )
        else:
            message = Message(
                "{old} became {new}: {address} does not belong to it",
                old=set_text(mine),
                new=set_text(theirs),
                address=shown_example,
            )
        left = theirs.spans == mine.spans and theirs.value == mine.value
        self.against(Kind.LEFT if left else Kind.ADDRESS, message, line, afters)

    def misplaced(self, line: Line, after: Line, mine: Meant, theirs: Meant) -> None:
        """The same set as the image, written with another address before the mask than can be explained."""
        message = Message(
            "{new} is the right set, but {address} in it is neither the address that was written ({old}) nor its image",
            new=set_text(theirs),
            address=address_text(theirs),
            old=address_text(mine),
        )
        self.against(Kind.WRITTEN, message, line, [after])

    def bounded(
        self, line: Line, afters: Sequence[Line], old: PrefixEntry, news: Sequence[PrefixEntry], image: Image
    ) -> None:
        """The routes that a prefix with bounds means must be those that it meant; the first other one is said."""
        found = next(image.routes.differences((old,), news), None)
        if found is None:
            return
        routes = [f"{shown(route.value, image.version)}/{route.length}" for route in (found.new, found.old)]
        template = mark("the route {new} (today {old}) is meant now, and was not")
        if found.second is None:
            template = mark("the route {new} (today {old}) was meant, and is not")
        self.against(Kind.ADDRESS, Message(template, new=routes[0], old=routes[1]), line, afters)

    def changed(self, before: int, after: int) -> None:
        """Two lines (from 0) that differ in more than their addresses."""
        message = Message("something else than addresses has changed in this line")
        self.findings.against(
            Counterexample(Kind.TEXT, message, (site(self.old, before + 1),), (site(self.new, after + 1),))
        )

    def no_place(self, line: Line, mine: Meant) -> None:
        """Addresses without a place, which stay."""
        message = Message("{address} has no place in the mapping; it is left", address=set_text(mine))
        self.findings.beyond(site(self.old, line.number), "no-place", message)

    def covered(self, line: Line, mine: Meant, theirs: Meant) -> None:
        """A set wider than the mapping, which became another wide one."""
        message = Message(
            "{old} holds addresses outside the mapping; it became {new}", old=set_text(mine), new=set_text(theirs)
        )
        self.findings.beyond(site(self.old, line.number), "wider-than-mapped", message)

    def unclear(self, line: Line) -> None:
        """Something that is no set, and that stays."""
        message = Message("what this line means cannot be written as a set of addresses; it is unchanged")
        self.findings.beyond(site(self.old, line.number), "no-set", message)


def set_text(found: Meant) -> str:
    """A set as it is shown."""
    return listed(found.spans, found.version)


def address_text(found: Meant) -> str:
    """The written address of a set."""
    return shown(found.value, found.version)
