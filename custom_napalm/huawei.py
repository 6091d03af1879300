"""Lets `napalm.get_network_driver("huawei")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.driver_napalm import napalm_driver

Driver = napalm_driver("huawei")
__all__ = ["Driver"]
