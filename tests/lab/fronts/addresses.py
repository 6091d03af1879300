"""A loader for these tests: the addresses and static routes of a VRP text become those of a namespace, by `ip`."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from ipaddress import ip_interface, ip_network

from lab.netns.entering import NAMESPACES


@dataclass(frozen=True)
class Done:
    """What became of a load."""

    left: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    seconds: float = 0.0


def _short(port):
    return "g" + port.rpartition("/")[2]


def wanted(text):
    """The addresses of the ports of a text, its routes, and the ports that it shuts."""
    addresses, routes, shut, port = set(), set(), set(), ""
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["interface"]:
            port = words[1]
        elif words == ["shutdown"]:
            shut.add(_short(port))
        elif words[:2] == ["ip", "address"]:
            addresses.add((_short(port), ip_interface(f"{words[2]}/{words[3]}").with_prefixlen))
        elif words[:2] == ["ip", "route-static"]:
            routes.add((str(ip_network(f"{words[2]}/{words[3]}")), words[4]))
    return addresses, routes, shut


class Addresses:
    """It remembers nothing: what is there is asked for."""

    def _ip(self, node, *words):
        command = ["nsenter", f"--net={NAMESPACES}/{node}", "ip", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def load(self, device, text):
        if "refused by the stand-in" in text:
            raise ValueError("no such line")
        addresses, routes, shut = wanted(text)
        shown = self._ip(device, "-4", "-o", "address")
        there = {(found[1], found[2]) for found in re.finditer(r"(g\d+)\s+inet (\S+)", shown)}
        known = {
            ("0.0.0.0/0" if found[1] == "default" else found[1], found[2])
            for found in re.finditer(r"^(\S+) via (\S+)", self._ip(device, "-4", "route"), re.MULTILINE)
        }
        changed = []
        for port, address in sorted(addresses - there):
            changed.append(self._ip(device, "address", "add", address, "dev", port) + f"add {address}")
        for port, address in sorted(there - addresses):
            changed.append(self._ip(device, "address", "delete", address, "dev", port) + f"delete {address}")
        for port in {port for port, _ in addresses} - shut:
            self._ip(device, "link", "set", "dev", port, "up")
        for network, via in sorted(known - routes):
            self._ip(device, "route", "delete", network, "via", via)
        for network, via in sorted(routes):
            self._ip(device, "route", "replace", network, "via", via)
        changed += [self._ip(device, "link", "set", "dev", port, "down") + f"shut {port}" for port in shut]
        return Done(changed=tuple(changed))

    def restart(self, device, text):
        for port in re.findall(r"(g\d+)@", self._ip(device, "-o", "link")):
            self._ip(device, "link", "set", "dev", port, "up")
        return self.load(device, text)


def loader(settings):
    """What the fronts' process asks for."""
    assert settings == {"for": "tests"}
    return Addresses()
