"""What NAPALM's users get from `napalm.get_network_driver`: a `NetworkDriver` with NAPALM's methods and no others.

`custom_napalm/<platform>.py` offers one of these for each platform, because NAPALM looks there first for drivers that
are not its own. None of ours has the name of one of NAPALM's (`ios`, `junos` …), so none of those is hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from napalm.base.base import NetworkDriver

from configs.drivers import driver_for

if TYPE_CHECKING:
    from napalm.base import models

    from configs.driver import Driver


class NapalmDriver(NetworkDriver):
    """One of our drivers, with NAPALM's words. Errors are those of `inventory.errors`, which name the device."""

    platform: ClassVar[str]

    def __init__(
        self,
        hostname: str,
        username: str,
        password: str,
        timeout: int = 60,
        optional_args: dict[str, Any] | None = None,
    ) -> None:
        self.hostname = hostname
        self.username = username
        self.timeout = timeout
        self._device: Driver = driver_for(self.platform)(hostname, username, password, timeout, optional_args)

    def __del__(self) -> None:
        """Nothing: NAPALM would talk to the device here, perhaps while the process ends."""

    def open(self) -> None:
        """Connect and log in."""
        self._device.open()

    def close(self) -> None:
        """End the session."""
        self._device.close()

    def is_alive(self) -> models.AliveDict:
        """Whether the session can be used."""
        return self._device.is_alive()

    def cli(self, commands: list[str], encoding: str = "text") -> dict[str, str | dict[str, Any]]:
        """What commands print, by command."""
        return self._device.cli(commands, encoding)

    def get_facts(self) -> models.FactsDict:
        """The device's facts."""
        return self._device.get_facts()

    def get_interfaces_ip(self) -> dict[str, models.InterfacesIPDict]:
        """The configured addresses, by interface and family."""
        return self._device.get_interfaces_ip()

    def get_config(
        self,
        retrieve: str = "all",
        full: bool = False,
        sanitized: bool = False,
        format: str = "text",  # noqa: A002 - NAPALM's name
    ) -> models.ConfigDict:
        """The running configuration as text, and the candidate."""
        return self._device.get_config(retrieve, full, sanitized, format)

    def load_merge_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text whose lines are to be in the running configuration."""
        self._device.load_merge_candidate(filename, config)

    def load_replace_candidate(self, filename: str | None = None, config: str | None = None) -> None:
        """Take a text that the running configuration is to become, where the platform can do that safely."""
        self._device.load_replace_candidate(filename, config)

    def compare_config(self) -> str:
        """The difference between the running configuration and the candidate."""
        return self._device.compare_config()

    def commit_config(self, message: str = "", revert_in: int | None = None) -> None:
        """Apply the candidate; with `revert_in` seconds it stays to be confirmed."""
        self._device.commit_config(message, revert_in)

    def has_pending_commit(self) -> bool:
        """Whether a change waits to be confirmed."""
        return self._device.has_pending_commit()

    def confirm_commit(self) -> None:
        """Confirm, and save."""
        self._device.confirm_commit()

    def discard_config(self) -> None:
        """Forget the candidate."""
        self._device.discard_config()

    def rollback(self) -> None:
        """Undo the last commit of this driver."""
        self._device.rollback()


def napalm_driver(platform: str) -> type[NapalmDriver]:
    """The class for a platform."""
    name = "".join(part.capitalize() for part in platform.split("_"))
    return type(f"{name}Driver", (NapalmDriver,), {"platform": platform, "__doc__": f"The platform {platform}."})
