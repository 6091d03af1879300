"""Recording rules that make one series a device out of what each vendor calls otherwise, from the modules' `measures`.

    device_metric:KIND:max|sum     one metric's rows of a device, `metric` names it
    device:KIND:max|sum            the fullest processor, all sessions: what `collectors.health` sums up for people
    component:KIND_good:bool       1 or 0 for each fan, power supply, tunnel …, with its own labels and `metric`
    device:ha_changes:10m          how often a pair's member changed its state in ten minutes

A metric whose OID is unverified carries `unverified="true"` on; alerts leave it out, dashboards show it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from collectors.discovery import LABELS
from collectors.modules.schema import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from collectors.modules.schema import Measure, Metric, Module

FILE = "measures.yml"
_BY = f"by (job, {', '.join(LABELS)})"
_HEAD = "# Made by govnet from its SNMP modules. Do not edit it: it is written anew with every export.\n"
# How the rows of a device are summed up.
_FOLDS = {
    "cpu_percent": "max",
    "memory_percent": "max",
    "temperature_celsius": "max",
    "sessions": "sum",
    "sessions_limit": "sum",
    "tunnels": "sum",
}


def text(modules: Mapping[str, Module]) -> str:
    """The rule file."""
    import yaml  # noqa: PLC0415 - start-up time

    document = {"groups": [{"name": "govnet-measures", "rules": list(_rules(modules))}]}
    return _HEAD + str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=10_000))


def _rules(modules: Mapping[str, Module]) -> Iterator[dict[str, Any]]:
    """First what each metric says, then what that makes for a device. Metrics of several modules are told once."""
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for module in modules.values():
        for rule in (*_metrics(module), *_memory(module)):
            told.setdefault((rule["record"], rule["labels"]["metric"]), rule)
    yield from told.values()
    for kind, fold in _FOLDS.items():
        yield {
            "record": f"device:{kind}:{fold}",
            "expr": f"{fold} without (metric) (device_metric:{kind}:{fold})",
        }
    yield {"record": "device:ha_changes:10m", "expr": "max without (metric) (device_metric:ha_changes:10m)"}


def _metrics(module: Module) -> Iterator[dict[str, Any]]:
    """The rules of a module's metrics, one by one."""
    counted = any(metric.measures == "tunnels" for metric in module.metrics)
    for metric in module.metrics:
        kind, name = metric.measures, metric.name
        if kind in STATES:
            yield _rule(f"component:{kind}_good:bool", _good(metric), metric)
            if kind == "tunnel" and not counted:
                yield _rule("device_metric:tunnels:sum", f"sum {_BY} ({_good(metric)})", metric)
        elif kind == "ha":
            yield _rule("device_metric:ha_changes:10m", _changes(metric), metric)
        elif kind == "sessions_limit":
            yield _rule(f"device_metric:{kind}:sum", f"sum {_BY} ({name} > 0)", metric)
        elif kind in _FOLDS:
            fold = _FOLDS[kind]
            yield _rule(f"device_metric:{kind}:{fold}", f"{fold} {_BY} ({name})", metric)


def _rule(record: str, expr: str, metric: Metric) -> dict[str, Any]:
    labels = {"metric": metric.name, **({"unverified": "true"} if metric.unverified else {})}
    return {"record": record, "expr": expr, "labels": labels}


def _good(metric: Metric) -> str:
    """1 where a part's state is a good one, 0 where it is not; nothing where there is no part."""
    parts = [f"({metric.name} == bool {value})" for value in sorted(metric.good)]
    good = parts[0] if len(parts) == 1 else f"clamp_max({' + '.join(parts)}, 1)"
    vacant = " or ".join(f"{metric.name} == {value}" for value in sorted(metric.vacant))
    return f"{good} unless ({vacant})" if vacant else good


def _changes(metric: Metric) -> str:
    """How often a state changed. A text is a label: with another text it is another series."""
    name = metric.name
    if metric.type == "DisplayString":
        now, then = f"count {_BY} ({name} unless {name} offset 10m)", f"count {_BY} ({name} offset 10m)"
        return f"({now} and {then}) or 0 * count {_BY} ({name})"
    return f"max {_BY} (changes({name}[10m]))"


def _memory(module: Module) -> Iterator[dict[str, Any]]:
    """Memory in percent where a module tells two of used, free and total, row by row."""
    tables: dict[Any, dict[Measure, Metric]] = {}
    for metric in module.metrics:
        if metric.measures in ("memory_used", "memory_free", "memory_total"):
            tables.setdefault(_names(metric), {})[metric.measures] = metric
    for table in tables.values():
        used, free, total = (table.get(kind) for kind in ("memory_used", "memory_free", "memory_total"))
        if used is not None and total is not None:
            share, first = f"{used.name} / ({total.name} > 0)", used
        elif used is not None and free is not None:
            share, first = f"{used.name} / ({used.name} + {free.name} > 0)", used
        elif total is not None and free is not None:
            share, first = f"({total.name} - {free.name}) / ({total.name} > 0)", total
        else:
            continue
        yield _rule("device_metric:memory_percent:max", f"max {_BY} (100 * {share})", first)


def _names(metric: Metric) -> Iterable[str]:
    return tuple(index.labelname for index in metric.indexes)
