"""Lets `napalm.get_network_driver("cisco_ios")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.dialects.cisco_ios.driver import CiscoIosDriver

__all__ = ["CiscoIosDriver"]
