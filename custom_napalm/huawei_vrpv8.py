"""Lets `napalm.get_network_driver("huawei_vrpv8")` find the driver: NAPALM looks for `custom_napalm.<name>`."""

from configs.dialects.huawei.driver import HuaweiVrp8Driver

__all__ = ["HuaweiVrp8Driver"]
