"""Lets `napalm.get_network_driver("frr")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.dialects.frr.driver import FrrDriver

__all__ = ["FrrDriver"]
