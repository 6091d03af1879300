"""From a document to facts: who speaks this language, what the text says, and the text without its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.model import Assessed, Document
from audits.vocabulary import CONFIGURED
from configs import dialects
from configs.completeness import several
from configs.detect import detect
from configs.model import Basis, Fact, Facts
from configs.rulesets.facts import on
from configs.tree import decode
from inventory.collecting import uncollected
from inventory.errors import NO_HINT, GovnetError, InputError, Problem
from inventory.text import Message, mark

_NOT_READ = mark("nothing is read about this from this platform's configurations")

# How sure a dialect is at least of a text in which anything speaks for it; without that it is 0.03.
_SOMETHING = 0.05
FOREIGN = "not-recognised"  # the code of such a problem: whoever named the platform may insist

if TYPE_CHECKING:
    from datetime import date


def recognise(text: str) -> str:
    """The platform whose dialect is surest that the text is its own; empty if none is sure enough."""
    return detect(text).platform


def assess(document: Document, day: date | None = None) -> Assessed:
    """The facts of a document. One that cannot be read is data: it carries its problem, and every fact is unknown.

    One that was cut off, or put together from several devices', is read as far as it goes, and says so. `day` decides
    which rules' time is over; without it that is unknown.
    """
    if document.problem is not None:
        fault = Problem("not-there", document.problem, NO_HINT, document.path)
        return _unread(document, "", document.problem, (fault,))
    try:
        text, encoding = decode(document.content, document.path)
    except InputError as error:
        return _unread(document, "", error.problems[0].message, tuple(error.problems))
    platform = document.platform or recognise(text)
    if not platform:
        return _unread(document, encoding, Message("no dialect recognises this text; name it with --platform"))
    try:
        with uncollected():  # ends when the tree is gone, so that nothing is left to be searched
            return _read(document, platform, text, encoding, day)
    except GovnetError as error:
        problems = tuple(error.problems) if isinstance(error, InputError) else ()
        return _unread(document, encoding, problems[0].message if problems else error.message, problems)


def _read(document: Document, platform: str, text: str, encoding: str, day: date | None) -> Assessed:
    dialect = dialects.dialect(platform)
    tree = dialect.parse(document.content, (text, encoding))
    facts = on(dialect.facts(tree), day)
    if not facts.facts:
        message = Message("no facts are read from the platform “{platform}” yet", platform=platform)
        hint = Message("audit it with a tool of its vendor; nothing is concluded here")
        return _unread(document, encoding, message, (Problem("no-facts", message, hint, document.path, 1),), platform)
    return Assessed(
        document,
        Facts(platform, facts.encoding, _complete(facts), facts.not_understood),
        text,
        dialect.mask,
        faults=(
            *_foreign(document, platform, text),
            *dialect.lacking(tree, document.path),
            *several(tree, text, document.path),
        ),
    )


def _foreign(document: Document, platform: str, text: str) -> tuple[Problem, ...]:
    """What says that a text is not in the language that was named for it: an empty file, an error page, another's."""
    if not document.platform or dialects.dialect(platform).recognises(text) >= _SOMETHING:
        return ()
    message = Message(
        "nothing in this text speaks for the platform “{platform}”, which is named for it", platform=platform
    )
    other = recognise(text)
    if other and other != platform:
        message = Message(
            "the text is in the language of “{other}”, not of “{platform}”", other=other, platform=platform
        )
    hint = Message("look at the file, and at the platform that the inventory or --platform gives it")
    return (Problem(FOREIGN, message, hint, document.path, 1),)


def _unread(
    document: Document, encoding: str, problem: Message, faults: tuple[Problem, ...] = (), platform: str = ""
) -> Assessed:
    empty = Facts(platform or document.platform, encoding, {})
    if not faults:
        hint = Message("give the platform: --platform, one of: {names}", names=", ".join(sorted(dialects.platforms())))
        faults = (Problem("unknown-vendor", problem, hint, document.path, 1),)
    return Assessed(document, Facts(empty.platform, encoding, _complete(empty)), problem=problem, faults=faults)


def _complete(facts: Facts) -> dict[str, Fact]:
    """Every fact of the vocabulary, in its order; those that the dialect left out are undecidable."""
    return {name: facts.facts.get(name) or Fact(name, None, Basis.UNDECIDABLE, why=_NOT_READ) for name in CONFIGURED}
