"""The settings of the export: plan/dns.yaml and plan/dhcp.yaml, and their JSON schemas."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli.main import build
from inventory.errors import InputError
from ipplan.views import dns_file, kea_file, settings_file

if TYPE_CHECKING:
    from pathlib import Path

KINDS = [("dns", dns_file.DnsSettings), ("dhcp", kea_file.DhcpSettings)]


@pytest.mark.parametrize(("kind", "model"), KINDS)
def test_the_shipped_schema_is_the_models(kind, model, repository: Path):
    """What ships, what the command prints and what the model says are the same."""
    shipped = json.loads((repository / "ipplan" / "views" / f"{kind}.schema.json").read_text(encoding="utf-8"))
    assert shipped == settings_file.schema(model)
    printed = CliRunner().invoke(build(["plan"]), ["plan", f"{kind}-schema"])
    assert json.loads(printed.stdout) == shipped


@pytest.mark.parametrize(("kind", "model"), KINDS)
def test_a_schema_says_what_each_key_is_and_refuses_others(kind, model):
    """No key without a word about it, none that the reader would refuse."""
    schema = settings_file.schema(model)
    assert schema["additionalProperties"] is False
    for name, form in schema["properties"].items():
        said = form.get("description") or schema["$defs"][form["$ref"].rsplit("/", 1)[1]]["description"]
        assert said, name
    assert '"null"' not in json.dumps(schema), "the reader takes no null"
    if kind == "dns":
        assert schema["required"] == ["origin", "serial", "hostmaster", "name_servers"]
        assert schema["properties"]["serial"]["maximum"] == (1 << 32) - 1
    else:
        assert schema["properties"]["lifetime"]["minimum"] == 60


@pytest.mark.parametrize(
    ("kind", "model", "text", "expected"),
    [
        (
            "dhcp",
            kea_file.DhcpSettings,
            "foo: 1\nlifetime: -1\nstatic: x\n",
            [(1, "foo"), (2, "lifetime"), (3, "static")],
        ),
        ("dns", dns_file.DnsSettings, "serial: x\nwhat: 1\norigin: a.example\nhostmaster: nobody\n", None),
    ],
)
def test_every_fault_is_said_at_once(kind, model, text: str, expected, tmp_path: Path):
    """A key that is not known hides no other fault, and a mailbox has a domain."""
    path = tmp_path / f"{kind}.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        settings_file.read(model, path, path.name)
    found = [(problem.line, problem.column) for problem in caught.value.problems]
    assert sorted(found) == (expected or [(1, "name_servers"), (1, "serial"), (2, "what"), (4, "hostmaster")])


@pytest.mark.parametrize("page", ["plan.md", "plan.zh-CN.md"])
def test_the_page_has_every_key(page, repository: Path):
    """A key that is in no documentation does not exist for its users; defaults are the models'."""
    text = (repository / "docs" / page).read_text(encoding="utf-8")
    sections = {
        "dns": text.split("### plan/dns.yaml")[1].split("### plan/dhcp.yaml")[0],
        "dhcp": text.split("### plan/dhcp.yaml")[1],
    }
    for kind, model in KINDS:
        rows = {
            cells[1].strip(" `"): cells[2].strip()
            for cells in (line.split("|") for line in sections[kind].splitlines())
            if len(cells) > 3 and cells[1].strip().startswith("`")
        }
        assert list(rows) == list(model.model_fields)
        for name, field in model.model_fields.items():
            if isinstance(field.default, int):
                assert rows[name] == str(field.default)
