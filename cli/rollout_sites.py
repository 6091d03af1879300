"""`govnet rollout sites` and `site`: how far each site is, from the carrier's line to its handing over."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.common import HERE, JsonOption, WorkspaceOption, command, load_workspace, page, print_json, print_table, talk
from cli.config_push import WhereOption
from cli.rollout_common import open_store
from configs.rollout.sites import TITLES, Step
from inventory.errors import InputError, Problem
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from configs.rollout.sites import Place, Record
    from inventory.model import Workspace


def register(group: typer.Typer) -> None:
    """Add `rollout sites` and `rollout site`."""
    _register_sites(group)
    _register_site(group)


def _register_sites(group: typer.Typer) -> None:
    @command(
        group,
        "sites",
        mark(
            "Where each site stands: line delivered, equipment installed, configured (by rollouts, or as recorded), "
            "accepted, handed over. --xlsx writes the acceptance records."
        ),
        [
            "govnet rollout sites",
            "govnet rollout sites --where 'role=township-router' --xlsx reports/acceptance.xlsx",
        ],
    )
    def sites(
        where: WhereOption = "",
        xlsx: Annotated[
            Path | None,
            typer.Option(
                "--xlsx", help=tr(mark("Write the records as a workbook.")), metavar="FILE", show_default=False
            ),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from cli.config_render import choose  # noqa: PLC0415 - start-up time

        loaded = load_workspace(workspace)
        places = _places(loaded, [device.name for device in choose(loaded, (), where)])
        if xlsx is not None:
            from configs.rollout import sites_xlsx  # noqa: PLC0415 - start-up time

            sites_xlsx.write(places, xlsx)
        if as_json:
            print_json(
                {"ok": True, "sites": [place.as_json() for place in places], "xlsx": str(xlsx) if xlsx else None}
            )
            return
        print_table(
            "",
            (mark("site"), mark("name of the site"), *(TITLES[step] for step in Step)),
            [(place.site, place.title, *(_shown(place.done.get(step)) for step in Step)) for place in places],
        )
        counts = {step: sum(step in place.done for place in places) for step in Step}
        page().print(
            ", ".join(f"{tr(TITLES[step])} {count}/{len(places)}" for step, count in counts.items()),
            markup=False,
            soft_wrap=True,
        )
        if xlsx is not None:
            talk().print(tr("written to {path}", path=xlsx), markup=False, soft_wrap=True)


def _shown(record: Record | None) -> str:
    return record.day.isoformat() if record is not None else ""


def _places(loaded: Workspace, devices: list[str]) -> list[Place]:
    from configs.rollout import bundle as bundles  # noqa: PLC0415 - start-up time
    from configs.rollout import sites  # noqa: PLC0415 - as above

    found = [bundles.read(loaded.root, name) for name in bundles.names(loaded.root)]
    done: dict[str, Record] = {}
    if found:
        store = open_store(loaded.root)
        # Those of a lab say nothing about the real sites.
        rollouts = [(bundle, store.devices(bundle.name)) for bundle in found if not bundle.lab]
        store.close()
        done = sites.configured(rollouts, loaded.inventory)
    return sites.places(loaded.inventory, sites.read(loaded.root, loaded.inventory), done, devices)


def _register_site(group: typer.Typer) -> None:
    @command(
        group,
        "site",
        mark("Record that a step of a site is done, with the day, who says so, and a note; or take a record away."),
        [
            "govnet rollout site th-lantian --set delivered --on 2026-11-20 --by 王工 --note 'LY-1101'",
            "govnet rollout site th-lantian --clear delivered",
        ],
    )
    def site(
        name: Annotated[str, typer.Argument(metavar="NAME", help=tr(mark("The site.")), show_default=False)],
        done: Annotated[
            Step | None, typer.Option("--set", help=tr(mark("The step that is done.")), show_default=False)
        ] = None,
        clear: Annotated[
            Step | None, typer.Option("--clear", help=tr(mark("The step whose record goes.")), show_default=False)
        ] = None,
        by: Annotated[str, typer.Option("--by", help=tr(mark("Who says so; you by default.")))] = "",
        note: Annotated[str, typer.Option("--note", help=tr(mark("A protocol's number, what is still open.")))] = "",
        on: Annotated[
            datetime | None,
            typer.Option("--on", formats=["%Y-%m-%d"], help=tr(mark("The day; today by default.")), show_default=False),
        ] = None,
        workspace: WorkspaceOption = HERE,
        as_json: JsonOption = False,
    ) -> None:
        from configs.operations import Operations, operator  # noqa: PLC0415 - start-up time
        from configs.rollout import sites  # noqa: PLC0415 - as above

        if done is not None and clear is not None:
            raise InputError(
                [
                    Problem(
                        "set-and-clear",
                        Message("--set and --clear exclude each other"),
                        Message("record one step at a time"),
                        column="--clear",
                    )
                ]
            )
        loaded = load_workspace(workspace)
        sites.check_site(loaded.inventory, name)
        devices = [device.name for device in loaded.inventory.devices.values() if device.site == name]
        step = done or clear
        if step is not None:
            records = sites.read(workspace, loaded.inventory)
            kept = [record for record in records if (record.site, record.step) != (name, step)]
            about = {"site": name, "step": step.value}
            if done is not None:
                if devices:
                    sites.check_order(_places(loaded, devices)[0], done)
                day = on.date() if on is not None else datetime.now(UTC).astimezone().date()
                record = sites.Record(name, done, day, by or operator(), note)
                kept.append(record)
                about |= record.as_json()
            operations = Operations(loaded.root, loaded.settings.syslog)
            operations.write("site.set" if done is not None else "site.clear", about)
            sites.write(workspace, kept)
        found = [place for place in _places(loaded, devices) if place.site == name]
        if as_json:
            print_json({"ok": True, "site": found[0].as_json() if found else None})
            return
        for place in found:
            print_table(
                f"{place.site} {place.title}",
                (mark("step"), mark("day"), mark("by"), mark("note")),
                [
                    (tr(TITLES[each]), _shown(seen), seen.by if seen else "", seen.note if seen else "")
                    for each in Step
                    for seen in [place.done.get(each)]
                ],
            )
