"""`govnet config stages`: the commands that bring devices from today's addresses to the new ones, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from cli import config_sources
from cli.common import (
    HERE,
    JsonOption,
    WorkspaceOption,
    command,
    load_workspace,
    page,
    print_json,
    print_table,
    talk,
)
from cli.config_options import MappingOption, PlatformOption, PolicyOption, SourcesArgument
from cli.config_readdress import find_mappings, without_mapping
from cli.plan_common import load_plan, policy_if_any
from inventory.errors import ExitCode, InputError, Problem
from inventory.text import Message, language, mark, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from configs.readdress.engine import Source
    from configs.readdress.run import Input
    from configs.readdress.stages_model import Staged
    from configs.readdress_policy import Policy
    from inventory.model import Workspace
    from ipplan.mapping import Mapping
    from ipplan.mapping_moves import Key


def register(group: typer.Typer) -> None:
    """Add `config stages`."""

    @command(
        group,
        "stages",
        mark(
            "Make the commands of a renumbering for each device and stage (add, verify, prefer, drain, remove) and "
            "those that undo them, in an order that never cuts the path we arrive on. Exit 3 if some devices were left "
            "out."
        ),
        [
            "govnet config stages --mapping plan/mapping.csv configs/ --out stages/",
            "govnet config stages --mapping plan/mapping.csv configs/ --json",
        ],
    )
    def stages(
        sources: SourcesArgument,
        out: Annotated[
            Path | None,
            typer.Option(
                "--out", metavar="DIR", help=tr(mark("Write a folder for each stage there. Without it none is."))
            ),
        ] = None,
        mapping: MappingOption = None,
        order: Annotated[
            Path | None,
            typer.Option(
                "--stages",
                metavar="FILE",
                help=tr(
                    mark(
                        "What plan stages wrote: its waves and its devices' order. Without it one wave, in the order "
                        "of SRC."
                    )
                ),
            ),
        ] = None,
        policy: PolicyOption = None,
        platform: PlatformOption = "",
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs import readdress_policy  # noqa: PLC0415 - start-up time
        from configs.readdress import out as readdress_out  # noqa: PLC0415 - start-up time
        from configs.readdress import stages_files as readdress_stages_files  # noqa: PLC0415 - start-up time

        if out is not None:
            config_sources.apart(out, sources, workspace)
            readdress_out.check(out)
        gathered = config_sources.collect(sources, platform, workspace)
        chosen = readdress_policy.read(policy) if policy is not None else readdress_policy.Policy()
        table = mapping if mapping is not None else workspace / "plan/mapping.csv"
        mappings, missing = find_mappings(table, [source.network for source in gathered.inputs])
        ready = [source for source in gathered.inputs if source.network in mappings]
        names = {path: device or Path(path).stem for path, device in gathered.names.items()}
        found = _make(ready, mappings, chosen, _Known(names, _loaded(gathered.workspace, workspace), workspace, order))
        lacking = [*gathered.left_out, *without_mapping(gathered.inputs, missing)]
        left_out = [problem for done in lacking for problem in done.problems]
        if out is not None:
            texts = {
                f"{name}/{path}" if len(found) > 1 else path: text
                for name, staged in found.items()
                for path, text in readdress_stages_files.files(staged, names).items()
            }
            readdress_out.write(out, texts.items(), mode=0o600)
        failed = bool(left_out) or any(staged.problems for staged in found.values())
        if as_json:
            networks = [
                {"network": name, **readdress_stages_files.as_json(each, names)} for name, each in found.items()
            ]
            problems = [problem.as_json() for problem in left_out]
            folder = str(out) if out is not None else None
            print_json({"ok": not failed, "folder": folder, "networks": networks, "problems": problems})
        else:
            _tell(found, left_out, out)
        if failed:
            raise typer.Exit(ExitCode.DEVICES_FAILED)


class _Known(NamedTuple):
    """What is known beside the texts: the devices' names by path, the workspace, the file of the plan's stages."""

    names: dict[str, str]
    workspace: Workspace | None
    root: Path
    stages: Path | None


def _loaded(workspace: Workspace | None, root: Path) -> Workspace | None:
    """The workspace, if the folder is one: it says at which address each device is managed."""
    if workspace is not None or not (root / "inventory").is_dir():
        return workspace
    return load_workspace(root)


def _make(inputs: Sequence[Input], mappings: dict[str, Mapping], policy: Policy, known: _Known) -> dict[str, Staged]:
    """The stages of each network."""
    from configs.readdress import run as readdress_run  # noqa: PLC0415 - start-up time
    from configs.readdress import stages as readdress_stages  # noqa: PLC0415 - start-up time
    from ipplan import mapping_temporaries  # noqa: PLC0415 - start-up time

    plan_file = known.root / "plan/plan.csv"
    plan = load_plan(known.root) if plan_file.exists() else None
    order, waves = _planned(known.stages) if known.stages is not None else ({}, None)
    inventory = known.workspace.inventory if known.workspace is not None else None
    foreign = mapping_temporaries.untouchable(inventory, policy_if_any(known.root)) if inventory is not None else ()
    networks: dict[str, list[Source]] = {}
    problems: dict[str, list[Problem]] = {}
    for each in inputs:
        ready, done = readdress_run.read(each)
        networks.setdefault(each.network, [])
        if ready is not None:
            networks[each.network].append(ready)
        else:
            problems.setdefault(each.network, []).extend(done.problems)
    found = {}
    for network, sources in networks.items():
        devices = inventory.devices if inventory is not None else {}
        rows = {source.path: devices.get(known.names[source.path]) for source in sources}
        found[network] = readdress_stages.make(
            sources,
            mappings[network],
            policy,
            plan=plan,
            management={path: row.address for path, row in rows.items() if row is not None and row.address},
            order={path: order.get(known.names[path], len(order)) for path in rows},
            waves=waves,
            foreign=foreign,
        )
        found[network].problems += problems.get(network, [])
    return found


def _planned(path: Path) -> tuple[dict[str, int], dict[Key, int]]:
    """The devices' order and the prefixes' waves, from what `plan stages` wrote. InputError if it is not."""
    from ipaddress import ip_network  # noqa: PLC0415 - start-up time

    from inventory.sources import read_bytes, yaml  # noqa: PLC0415 - as above

    document = yaml.parse(read_bytes(path, str(path)), str(path)).data
    order: dict[str, int] = {}
    waves: dict[Key, int] = {}
    try:
        for step in document["steps"]:
            if step["device"] and step["kind"] == "prefer":
                order.setdefault(step["device"], len(order))
            for change in step["changes"]:
                key = (change["vrf"], ip_network(change["old"]))
                waves[key] = max(waves.get(key, 0), int(step["wave"]))
    except (KeyError, TypeError, ValueError) as error:
        message = Message("these are not the stages of a plan: {text}", text=repr(error))
        hint = Message("write them: govnet plan stages --out FILE")
        raise InputError([Problem("bad-stages", message, hint, str(path))]) from error
    return order, waves


def _tell(found: dict[str, Staged], left_out: Sequence[Problem], out: Path | None) -> None:
    console = talk()
    for problem in (*left_out, *(problem for staged in found.values() for problem in staged.problems)):
        console.print(problem.in_language(language()), markup=False, soft_wrap=True)
    for line in (line for staged in found.values() for line in staged.unbridged):
        console.print(
            tr(
                mark("{devices}, {address}: packets are lost in prefer until OSPF has its neighbour again: {why}"),
                devices=", ".join(line.devices),
                address=line.address,
                why=line.reason.in_language(language()),
            ),
            markup=False,
            soft_wrap=True,
        )
    rows = [
        (
            f"{name}/{stage.folder}" if len(found) > 1 else stage.folder,
            sum(1 for row in stage.devices if row.parts),
            sum(len(part.commands) for row in stage.devices for part in row.parts),
            sum(len(row.singles) for row in stage.devices),
            sum(len(row.check) for row in stage.devices),
        )
        for name, staged in found.items()
        for stage in staged.stages
        if stage.devices
    ]
    columns = (mark("stage"), mark("devices"), mark("commands"), mark("at one moment"), mark("must answer"))
    print_table("", columns, rows)
    if out is not None:
        page().print(tr("{file} is written", file=out), markup=False, soft_wrap=True)
