"""Our model of Topsec TOS 3.3 (005) on an NGFW4000 firewall.

No manual of the vendor's is public. The model is made from what others show of such devices: converters and generators
of its configuration, an administrator's notes (“天融信防火墙配置笔记”), prompts that tools expect (`TopsecOS# `),
oxidized issue 2011 (`show-running`, `--More--`, `Save system config?[y/n]:` at `exit`), and samples of its log
(`error -27007 : 对象不存在`, `error -8010 : 无效输入，分析`). So far as the shapes of lines go it is well founded;
nearly all that happens in between is unverified, above all: that success says nothing, that a name in use cannot be
deleted and a name that is there not added (both are refused with -8010, the only text known for what is wrong), how
ids are numbered, what `show-running` prints in front of the objects, what a submode's prompt looks like, and that
shutting an entry of `pf service` ends sessions that came in by it (the harsher way is taken).

Everything takes effect at once. Nothing is taken back: there is no timer, no candidate and no `reload in`. What is not
saved is lost at a reboot.

The first administrator is the spec's `login`, who unpacked the box: how users are kept in the configuration is in no
source. SSH and telnet need both `system sshd start` and an entry of `pf service` (the notes say so of telnet, and
“likewise” of SSH). The terminal speaks GB 18030.
"""

from lab.emulator.topsec.firewall import TosDevice

__all__ = ["TosDevice"]
