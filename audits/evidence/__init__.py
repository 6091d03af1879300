"""Evidence that no configuration gives: Prometheus, the archive, the plan, the operations log and the rollouts.

Each source is a module with a pure `observe`, which turns what was read into facts, and `gather` reads. Nothing here
changes anything, asks a device, or takes silence for an answer: what was looked for and not found is unknown, with the
reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from audits.evidence.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from audits.evidence.prometheus_api import Metrics
    from audits.model import Document, Observed
    from inventory.model import Workspace

__all__ = ["SOURCES", "Limits", "gather"]

# What a workspace has; Prometheus is asked if it is named.
SOURCES = ("archive", "plan", "rollout")


def gather(
    documents: Iterable[Document],
    workspace: Workspace,
    at: datetime,
    *,
    sources: Collection[str] = SOURCES,
    limits: Limits | None = None,
    metrics: Metrics | None = None,
    measured: datetime | None = None,
) -> tuple[Observed, ...]:
    """What the sources say about the devices of the documents at the moment `at`, in a stable order.

    A document belongs to a device of the inventory by `device` (`audits.sources.named`); of others nothing is said.
    `metrics` is the Prometheus server to ask, if there is one, about the time up to `measured` (`at`
    if it is not given). All but its answers depend on nothing else than the workspace's files and `at`.
    """
    from audits.evidence import reading  # noqa: PLC0415 - start-up time

    gathering = reading.Gathering(tuple(documents), workspace, at, limits or Limits())
    ways = {"archive": gathering.archive, "plan": gathering.plan, "rollout": gathering.rollout}
    found = [observed for source, way in ways.items() if source in sources for observed in way()]
    if metrics is not None:
        found += gathering.prometheus(metrics, measured or at)
    return tuple(sorted(found, key=lambda observed: (observed.device, observed.fact)))
