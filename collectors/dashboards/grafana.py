"""Dashboards as Grafana's JSON, built by grafana-foundation-sdk (Grafana 10.1 and later)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grafana_foundation_sdk.builders import bargauge, common, dashboard, prometheus, stat, table, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common as commons
from grafana_foundation_sdk.models import dashboard as models
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from collectors.dashboards.parts import BLUE, Kind
from collectors.discovery import LABELS
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from collectors.dashboards.parts import Board, Choice, Panel

    Say = Callable[[str], str]

TAG = "govnet"
_SOURCE = models.DataSourceRef(type_val="prometheus", uid="${datasource}")
_PANELS: dict[Kind, Any] = {
    Kind.LINES: timeseries.Panel,
    Kind.NUMBER: stat.Panel,
    Kind.BARS: bargauge.Panel,
    Kind.TABLE: table.Panel,
}
# What a table does not show unless it is asked for.
_HIDDEN = ("Time", "__name__", "job", "alertstate", "exporter", "ifIndex", *LABELS)


def text(board: Board, language: str) -> str:
    """A dashboard's file."""
    return str(JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(_dashboard(board, language))) + "\n"


def _dashboard(board: Board, language: str) -> models.Dashboard:
    def say(message: str) -> str:
        return Message(message).in_language(language) if message else ""

    made = (
        dashboard.Dashboard(f"govnet: {say(board.title)}")
        .uid(board.uid)
        .description(say(board.description))
        .tags([TAG])
        .editable()
        .refresh("1m")
        .time("now-6h", "now")
        .timezone("browser")
        .link(_link(say))
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )
    for choice in board.choices:
        made = made.with_variable(_variable(choice, say))
    for title, panels in board.rows:
        made = made.with_row(dashboard.Row(say(title)))
        for panel in panels:
            made = made.with_panel(_panel(panel, say))
    built = made.build()
    for number, each in enumerate(built.panels or (), 1):
        each.id_val = number
    return built


def _link(say: Say) -> Any:
    """The other dashboards, with what is chosen here."""
    return (
        dashboard.DashboardLink(say("Dashboards"))
        .type(models.DashboardLinkType.DASHBOARDS)
        .tags([TAG])
        .as_dropdown(True)
        .include_vars(True)
        .keep_time(True)
    )


def _variable(choice: Choice, say: Say) -> Any:
    made = (
        dashboard.QueryVariable(choice.name)
        .label(say(choice.title))
        .datasource(_SOURCE)
        .query(choice.query)
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )
    if not choice.several:
        return made
    everything = models.VariableOption(text=["All"], value=["$__all"], selected=True)
    return made.multi(True).include_all(True).all_value(".*").current(everything)


def _panel(panel: Panel, say: Say) -> Any:
    made = _PANELS[panel.kind]().title(say(panel.title)).datasource(_SOURCE).unit(panel.unit)
    made = made.span(panel.width).height(panel.height).no_value("–")
    if panel.description:
        made = made.description(say(panel.description))
    for number, query in enumerate(panel.queries):
        target = prometheus.Dataquery().expr(query.expr).ref_id(chr(ord("A") + number)).datasource(_SOURCE)
        legend = query.legend if query.legend.startswith("{{") and query.legend.endswith("}}") else say(query.legend)
        target = target.legend_format(legend or "__auto")
        target = target.range() if panel.kind is Kind.LINES else target.instant()
        if panel.kind is Kind.TABLE:
            target = target.format(PromQueryFormat.TABLE)
        made = made.with_target(target)
    steps = panel.steps or ((None, BLUE),)
    made = made.thresholds(
        dashboard.ThresholdsConfig()
        .mode(models.ThresholdsMode.ABSOLUTE)
        .steps([models.Threshold(value=value, color=color) for value, color in steps])
    )
    if panel.words:
        shown = {
            key: models.ValueMappingResult(text=say(word), color=color, index=index)
            for index, (key, (word, color)) in enumerate(panel.words.items())
        }
        made = made.mappings([models.ValueMap(options=shown)])
    return _styled(made, panel, say)


def _styled(made: Any, panel: Panel, say: Say) -> Any:
    """What is special to a kind of panel."""
    if panel.kind is Kind.LINES:
        legend = common.VizLegendOptions().show_legend(True).placement(commons.LegendPlacement.BOTTOM)
        legend = legend.display_mode(commons.LegendDisplayMode.TABLE).calcs(["lastNotNull", "max"])
        return made.legend(legend).fill_opacity(10).line_width(1).span_nulls(False)
    if panel.kind is Kind.TABLE:
        return made.show_header(True).with_transformation(_columns(panel, say))
    last = common.ReduceDataOptions().calcs(["lastNotNull"]).values(False)
    if panel.kind is Kind.NUMBER:
        made = made.graph_mode(commons.BigValueGraphMode.NONE).color_mode(commons.BigValueColorMode.BACKGROUND)
        return made.reduce_options(last)
    return made.reduce_options(last).orientation(commons.VizOrientation.HORIZONTAL).min(0)


def _columns(panel: Panel, say: Say) -> models.DataTransformerConfig:
    """A table's columns: the named ones first, with their headings; then what is special to the row, then the value."""
    names = {label: say(heading) for label, heading in panel.columns.items()}
    return models.DataTransformerConfig(
        id_val="organize",
        options={
            "excludeByName": {name: True for name in _HIDDEN if name not in names},
            "indexByName": {name: number for number, name in enumerate(names)},
            "renameByName": {**names, "Value": say(panel.value)},
        },
    )
