"""Our model of Ruijie RGOS on S-series switches (RG-S) and routers (RSR, NBR).

Made from Ruijie's published configuration guides: RG-S29 RGOS 11.4(1)B12 and RG-S2900G-E RGOS 10.4 (modes, terminal
lines), RG-WLAN (SSH), “配置指南-网管与监控” (SNMP), and from what users print of their devices' screens: modes are
named with the interface (`(config-if-GigabitEthernet 0/1)#`), names of interfaces are written with a blank, access
lists show their numbers, `ip address A/L` is taken as well, `show` works inside the configuration, `write` saves to
`flash:config.text`, which is copied and deleted as a file, `reload` asks `Reload system?(Y/N)` (11.x) or
`Proceed with reload? [no]` (10.x), a weak password is asked about after the login (netmiko issues 3608 and 3640), and
what needs privileges is refused with a text of its own (netmiko issue 2538). The three error texts are IOS's
(RG-S5700H configuration guide 11.4(1)B42, 1.3.6).

RGOS takes back nothing by itself: no page was found for a confirmed change, a checkpoint or `configure replace`, and
there is none here. `reload in` is in no page either; the guide of RG-S2900G-E 10.4 names “the reload command and all
its sub-commands”. So the models of 10.x have `reload in`, `reload at`, `reload cancel` and `show reload` in IOS's words
and those of 11.x refuse them: whoever wants that guard has to ask the device first. Marked “unverified” where no page
was found.
"""

from lab.emulator.ruijie.router import RgosDevice

__all__ = ["RgosDevice"]
