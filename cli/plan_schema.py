"""`govnet plan policy-schema`, `dns-schema`, `dhcp-schema`: JSON schemas of the plan's YAML files, for editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.common import JsonOption, command, print_json
from inventory.text import mark

if TYPE_CHECKING:
    import typer


def register(group: typer.Typer) -> None:
    """Add `plan policy-schema`, `plan dns-schema` and `plan dhcp-schema`."""

    @command(
        group,
        "policy-schema",
        mark("Print the JSON schema of plan/policy.yaml, for editors that complete and check YAML."),
        ["govnet plan policy-schema > policy.schema.json"],
    )
    def policy_schema(as_json: JsonOption = True) -> None:
        from ipplan import policy_form  # noqa: PLC0415 - start-up time

        del as_json  # a schema is JSON in any case
        print_json(policy_form.schema())

    @command(
        group,
        "dns-schema",
        mark("Print the JSON schema of plan/dns.yaml, the settings of the zones that plan export makes."),
        ["govnet plan dns-schema > dns.schema.json"],
    )
    def dns_schema(as_json: JsonOption = True) -> None:
        from ipplan.views import dns_file, settings_file  # noqa: PLC0415 - start-up time

        del as_json
        print_json(settings_file.schema(dns_file.DnsSettings))

    @command(
        group,
        "dhcp-schema",
        mark("Print the JSON schema of plan/dhcp.yaml, the settings of the DHCP that plan export makes."),
        ["govnet plan dhcp-schema > dhcp.schema.json"],
    )
    def dhcp_schema(as_json: JsonOption = True) -> None:
        from ipplan.views import kea_file, settings_file  # noqa: PLC0415 - start-up time

        del as_json
        print_json(settings_file.schema(kea_file.DhcpSettings))
