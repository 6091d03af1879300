"""Grafana dashboards for the NOC, in Chinese or English.

    parts     what a dashboard is made of here: rows of panels with queries, as plain data
    network, device, interfaces, lines, firewalls, vpn, servers, reach, work     the dashboards, one a file
    grafana   the data as Grafana's JSON, by grafana-foundation-sdk

They read what the exporter and the rules of `collectors.alerts` give; `region`, `unit`, `role`, `vendor` and `zone`
are the labels of http_sd.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collectors.dashboards.parts import Board


def boards() -> tuple[Board, ...]:
    """Every dashboard, in the order in which they are linked."""
    from collectors.dashboards import (  # noqa: PLC0415 - start-up time
        device,
        firewalls,
        interfaces,
        lines,
        network,
        reach,
        servers,
        vpn,
        work,
    )

    return tuple(module.BOARD for module in (network, device, interfaces, lines, firewalls, vpn, servers, reach, work))


def files(language: str) -> dict[str, str]:
    """The dashboards as Grafana's JSON by file name; texts in `language` (`en` or `zh_CN`)."""
    from collectors.dashboards import grafana  # noqa: PLC0415 - start-up time

    return {f"{board.uid}.json": grafana.text(board, language) for board in boards()}
