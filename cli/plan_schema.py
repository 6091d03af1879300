"""`govnet plan policy-schema`: the JSON schema of plan/policy.yaml, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.common import JsonOption, command, print_json
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(group: typer.Typer) -> None:
    """Add `plan policy-schema`."""

    @command(
        group,
        "policy-schema",
        mark("Print the JSON schema of plan/policy.yaml, for editors that complete and check YAML."),
        ["govnet plan policy-schema > policy.schema.json"],
    )
    def policy_schema(as_json: JsonOption = True) -> None:
        from ipplan import policy_file  # noqa: PLC0415 - start-up time

        del as_json  # a schema is JSON in any case
        print_json(policy_file.schema())
