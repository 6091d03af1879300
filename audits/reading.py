"""From a document to facts: who speaks this language, what the text says, and the text without its secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.facts import FACTS
from audits.model import Assessed, Document
from configs import dialects
from configs.detect import detect
from configs.model import Basis, Fact, Facts
from configs.tree import decode, split
from inventory.errors import GovnetError
from inventory.text import Message

if TYPE_CHECKING:
    from configs.model import Dialect


def recognise(text: str) -> str:
    """The platform whose dialect is surest that the text is its own; empty if none is sure enough."""
    return detect(text).platform


def assess(document: Document) -> Assessed:
    """The facts of a document. One that cannot be read is data: it carries its problem, and every fact is unknown."""
    if document.problem is not None:
        return _unread(document, "", document.problem)
    try:
        text, encoding = decode(document.content, document.path)
        platform = document.platform or recognise(text)
        if not platform:
            return _unread(document, encoding, Message("no dialect recognises this text; name it with --platform"))
        dialect = dialects.dialect(platform)
        facts = dialect.facts(dialect.parse(document.content))
    except GovnetError as error:
        return _unread(document, "", _reason(error))
    if not facts.facts:
        message = Message("no facts are read from the platform “{platform}” yet", platform=platform)
        return _unread(document, facts.encoding, message)
    return Assessed(
        document,
        Facts(platform, facts.encoding, _complete(facts), facts.not_understood),
        _masked(dialect, text),
    )


def _reason(error: GovnetError) -> Message:
    problems = getattr(error, "problems", ())
    return problems[0].message if problems else error.message


def _unread(document: Document, encoding: str, problem: Message) -> Assessed:
    empty = Facts(document.platform, encoding, {})
    return Assessed(document, Facts(document.platform, encoding, _complete(empty)), (), problem)


def _complete(facts: Facts) -> dict[str, Fact]:
    """Every fact of the vocabulary, in its order; those that the dialect left out are undecidable."""
    return {name: facts.facts.get(name) or Fact(name, None, Basis.UNDECIDABLE) for name in FACTS}


def _masked(dialect: Dialect, text: str) -> tuple[str, ...]:
    return tuple(line.rstrip("\r\n") for line in split(dialect.mask(text)))
