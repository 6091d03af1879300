"""What pydantic refuses, in both languages: its kinds of error (https://docs.pydantic.dev/latest/errors/validation_errors/).

The value itself is never shown: it may be a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from inventory.text import Message, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails


class Refused(ValueError):  # noqa: N818 - a validator raises it, and `said` takes its message out again
    """What a validator of ours says of a value."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


_TEXT = Message("a text is expected here")
_NUMBER = Message("a number is expected here")
_WHOLE = Message("a whole number is expected here")
_TRUTH = Message("true or false is expected here")
_LIST = Message("a list is expected here")
_KEYS = Message("keys with values are expected here")
_DATE = Message("a date such as 2026-05-31 is expected here")
_TIME = Message("a date with a time such as 2026-05-31T08:00:00 is expected here")
_PLAIN: Final[Mapping[str, Message]] = {
    "string_type": _TEXT,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "set_type": _LIST,
    "frozen_set_type": _LIST,
    "dict_type": _KEYS,
    "mapping_type": _KEYS,
    "model_type": _KEYS,
    "model_attributes_type": _KEYS,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "timezone_aware": _TIME,
    "string_too_short": Message("this text is too short"),
    "string_too_long": Message("this text is too long"),
    "too_short": Message("there are too few items here"),
    "too_long": Message("there are too many items here"),
    "json_invalid": Message("this is not JSON"),
    "url_parsing": Message("an address of the web is expected here"),
    "url_scheme": Message("an address of the web is expected here"),
}
# The kinds that say what would do: by the name in the error's context.
_BOUNDED: Final[Mapping[str, tuple[str, str]]] = {
    "literal_error": ("expected", mark("write one of: {names}")),
    "enum": ("expected", mark("write one of: {names}")),
    "greater_than": ("gt", mark("it must be greater than {bound}")),
    "greater_than_equal": ("ge", mark("it must be at least {bound}")),
    "less_than": ("lt", mark("it must be less than {bound}")),
    "less_than_equal": ("le", mark("it must be at most {bound}")),
    "string_pattern_mismatch": ("pattern", mark("it must have the form {bound}")),
}
_OF_KEYS: Final[Mapping[str, str]] = {
    "missing": mark("the key “{key}” is missing"),
    "extra_forbidden": mark("the key “{key}” is not known here"),
}


def said(detail: ErrorDetails) -> Message:
    """One error as a message. A kind that is not known keeps pydantic's own English words."""
    kind, context = detail["type"], detail.get("ctx", {})
    if isinstance(refused := context.get("error"), Refused):
        return refused.message
    if kind in _OF_KEYS:
        return Message(_OF_KEYS[kind], key=detail["loc"][-1] if detail["loc"] else "")
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _BOUNDED:
        name, template = _BOUNDED[kind]
        wanted = str(context.get(name, ""))
        if name == "expected":
            return Message(template, names=wanted.replace("'", "").replace(" or ", ", "))
        return Message(template, bound=wanted)
    return Message("{reason}", reason=detail["msg"].removeprefix("Value error, "))
