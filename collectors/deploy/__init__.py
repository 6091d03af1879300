"""What a NOC's machine needs beside govnet, as files: Prometheus, Alertmanager, Grafana, systemd.

    prometheus/      prometheus.yml, and the rules of `collectors.alerts`
    alertmanager/    alertmanager.yml, its texts, and relay.yml for robots of group chats
    grafana/         the data source and the dashboards of `collectors.dashboards`
    systemd/         hardened units for the exporter, the receiver of notifications and the relay

They are complete and valid as they are, with addresses of a single machine; what a site must change says `changeme`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collectors.modules.schema import Module

DIRECTORY = Path(__file__).parent
_KINDS = (".yml", ".service")


def files(modules: Mapping[str, Module], language: str) -> dict[str, str]:
    """Every file by its path; texts for people in `language` (`en` or `zh_CN`)."""
    from collectors import alerts, dashboards  # noqa: PLC0415 - start-up time

    made = {
        path.relative_to(DIRECTORY).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(DIRECTORY.rglob("*"))
        if path.suffix in _KINDS
    }
    texts = DIRECTORY / "alertmanager" / f"govnet.{language}.tmpl"
    made["alertmanager/govnet.tmpl"] = texts.read_text(encoding="utf-8")
    made |= {f"prometheus/rules/{name}": text for name, text in alerts.files(modules).items()}
    made |= {f"grafana/dashboards/{name}": text for name, text in dashboards.files(language).items()}
    return made
