"""What pydantic refuses, said in both languages: each kind that our files can meet, from real models."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, field_validator

from inventory.text import Message
from inventory.validation import Refused, said


class Colour(StrEnum):
    """Any."""

    RED = "red"


class Strict(BaseModel):
    """As our models are."""

    model_config = ConfigDict(extra="forbid")


CASES: list[tuple[Any, Any, str, str]] = [
    (str, 5, "a text is expected here", "这里应为文本"),
    (int, "x", "a whole number is expected here", "这里应为整数"),
    (int, 1.5, "a whole number is expected here", "这里应为整数"),
    (float, "x", "a number is expected here", "这里应为数字"),
    (bool, "perhaps", "true or false is expected here", "这里应为 true 或 false"),
    (list[int], 5, "a list is expected here", "这里应为列表"),
    (tuple[int, ...], "x", "a list is expected here", "这里应为列表"),
    (frozenset[int], 5, "a list is expected here", "这里应为列表"),
    (dict[str, int], [1], "keys with values are expected here", "这里应为“键: 值”"),
    (Strict, 5, "keys with values are expected here", "这里应为“键: 值”"),
    (Literal["a", "b"], "c", "write one of: a, b", "请写其中之一：a, b"),
    (Colour, "blue", "write one of: red", "请写其中之一：red"),
    (Annotated[int, Field(gt=3)], 3, "it must be greater than 3", "须大于 3"),
    (Annotated[int, Field(ge=3)], 2, "it must be at least 3", "不得小于 3"),
    (Annotated[int, Field(lt=3)], 3, "it must be less than 3", "须小于 3"),
    (Annotated[int, Field(le=3)], 4, "it must be at most 3", "不得大于 3"),
    (Annotated[str, Field(pattern="^a$")], "b", "it must have the form ^a$", "格式须为 ^a$"),
    (Annotated[list[int], Field(min_length=1)], [], "there are too few items here", "这里的条目过少"),
    (date, "yesterday", "a date such as 2026-05-31 is expected here", "这里应为日期，如 2026-05-31"),
]


def refused(model: type[BaseModel], value: object) -> Message:
    """The message of the only error."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(value)
    (detail,) = caught.value.errors(include_url=False, include_input=False)
    return said(detail)


@pytest.mark.parametrize(("kind", "value", "english", "chinese"), CASES)
def test_each_kind_in_both_languages(kind: Any, value: object, english: str, chinese: str) -> None:
    """What is expected, not what pydantic calls it, and never the value."""
    message = refused(create_model("One", key=(kind, ...)), {"key": value})
    assert (message.in_language("en"), message.in_language("zh_CN")) == (english, chinese)


def test_a_moment() -> None:
    """A date with a time."""
    assert "T08:00:00" in str(refused(create_model("One", key=(datetime, ...)), {"key": "noon"}))


def test_keys() -> None:
    """One that is missing, one too many: by their names."""
    model = create_model("One", __base__=Strict, key=(int, ...))
    assert refused(model, {}).in_language("zh_CN") == "缺少键“key”"
    assert "“kee”" in str(refused(model, {"key": 1, "kee": 2}))


def test_a_validator_of_ours_speaks_both() -> None:
    """Its message comes out as it went in."""

    class One(BaseModel):
        key: str

        @field_validator("key")
        @classmethod
        def _never(cls, _: str) -> str:
            raise Refused(Message("a list is expected here"))

    assert refused(One, {"key": "secret"}).in_language("zh_CN") == "这里应为列表"


def test_another_kind_keeps_its_words() -> None:
    """Better in English than not at all."""

    class One(BaseModel):
        key: str

        @field_validator("key")
        @classmethod
        def _never(cls, _: str) -> str:
            message = "told by somebody else"
            raise ValueError(message)

    assert str(refused(One, {"key": "x"})) == "told by somebody else"
