"""What a view is made from, and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from inventory.model import Area, Level
from inventory.text import mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping as Waves
    from pathlib import Path

    from inventory.model import Inventory, Workspace
    from ipplan.mapping import Mapping
    from ipplan.plan import Plan
    from ipplan.policy import Policy
    from ipplan.views.dns_file import DnsSettings
    from ipplan.views.kea_file import DhcpSettings
    from ipplan.views.waves import Moves

AREA_TITLES = {
    Area.PUBLIC: mark("Public network area"),
    Area.VPN: mark("Dedicated network area"),
    Area.INTERNET: mark("Internet access area"),
    Area.MANAGEMENT: mark("Management and loopback"),
    Area.INTERCONNECT: mark("Interconnect"),
}
LEVEL_TITLES = {
    Level.PROVINCE: mark("province"),
    Level.CITY: mark("city"),
    Level.COUNTY: mark("county"),
    Level.TOWNSHIP: mark("township"),
    Level.VILLAGE: mark("village"),
}


@dataclass(frozen=True, slots=True)
class File:
    """One file of a view: its place below the folder of the export (`/` between folders) and its content."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Material:
    """Everything that views read. The fields from `mapping` to `moves` are None where the workspace has no such file.

    `wave`: of the zones only those of the state after this wave are wanted.
    """

    workspace: Workspace
    plan: Plan
    policy: Policy | None = None
    mapping: Mapping | None = None
    dns: DnsSettings | None = None
    dhcp: DhcpSettings | None = None
    waves: Waves[str, int] | None = None
    moves: Moves | None = None
    wave: int | None = None

    @property
    def inventory(self) -> Inventory:
        """The workspace's inventory."""
        return self.workspace.inventory

    @property
    def title(self) -> str:
        """The network's title; the folder's name if it has none."""
        return self.workspace.settings.title or self.workspace.root.resolve().name

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits by which two versions of the plan can be told apart."""
        from hashlib import sha256  # noqa: PLC0415 - start-up time

        from ipplan.plan import to_text  # noqa: PLC0415 - start-up time

        return sha256(to_text(self.plan).encode()).hexdigest()[:12]

    @property
    def version(self) -> list[tuple[str, str]]:
        """What a workbook's cover says about the plan that it was made from."""
        return [(tr(mark("Version of the plan")), self.fingerprint)]

    def pool_title(self, name: str) -> str:
        """A pool's title; its name if it has none or the policy does not have it any more."""
        pool = self.policy.pools.get(name) if self.policy else None
        return (pool.title if pool else "") or name

    def function_title(self, name: str) -> str:
        """A function's title; its name if it has none or the policy does not have it any more."""
        function = self.policy.functions.get(name) if self.policy else None
        return (function.title if function else "") or name

    def region_name(self, code: str) -> str:
        """A region's name; its code if the inventory does not have it."""
        region = self.inventory.regions.get(code)
        return region.name if region else code

    def region_path(self, code: str) -> str:
        """The region with those above it: `娄底市 / 涟源市 / 安平镇`."""
        chain = self.inventory.region_chain(code)
        return " / ".join(region.name for region in reversed(chain)) or code

    def region_below(self, code: str) -> str:
        """As `region_path`, without the regions that every site lies in: a city's own table needs no city."""
        chain = list(reversed(self.inventory.region_chain(code)))
        return " / ".join(region.name for region in chain[min(self._shared, len(chain) - 1) :]) if chain else code

    @cached_property
    def _shared(self) -> int:
        """How many regions, from the top, every site's region lies in."""
        codes = dict.fromkeys(site.region for site in self.inventory.sites.values())
        chains = [[region.code for region in reversed(self.inventory.region_chain(code))] for code in codes]
        shared = 0
        for level in zip(*chains, strict=False):
            if len(set(level)) > 1:
                break
            shared += 1
        return shared


def load(root: Path, workspace: Workspace, plan: Plan, policy: Policy | None) -> Material:
    """The material of a workspace: beside what is given its mapping, its waves, its settings for DNS and DHCP.

    InputError with every fault of those files.
    """
    from inventory.errors import InputError, Problem  # noqa: PLC0415 - start-up time
    from ipplan import mapping, mapping_file  # noqa: PLC0415 - start-up time
    from ipplan.views import dns_file, kea_file, waves  # noqa: PLC0415 - start-up time

    problems: list[Problem] = []
    found: dict[str, Any] = {}
    for name, file, read in (
        ("mapping", mapping.FILE, mapping_file.read),
        ("dns", dns_file.FILE, dns_file.load),
        ("dhcp", kea_file.FILE, kea_file.load),
        ("stages", waves.FILE, waves.read),
    ):
        path = root / file
        if not path.exists():
            continue
        try:
            found[name] = read(path, name=file)
        except InputError as error:
            problems += [problem for problem in error.problems if problem not in problems]
    if problems:
        raise InputError(problems)
    if "stages" in found:
        found["waves"], found["moves"] = found.pop("stages")
    return Material(workspace, plan, policy, **found)
