"""How FortiOS's text is built, what tells it from others, and where secrets stand in it."""

from __future__ import annotations

import re
from types import MappingProxyType

from configs.blocks import quoted
from configs.marks import marks
from configs.masking import HIDDEN, table
from configs.tree import Grammar, Words

GRAMMAR = Grammar(
    comments=("#",),
    opens=quoted,
    openers=('"',),
    noise=re.compile(r"(?:[\w.-]+ (?:\([\w. -]+\) )?[#$](?: |$)|--More--)"),
    signs=(" #", " $", "--More--"),
    words=Words(
        opens=re.compile(r"(?:config|edit) \S"),
        closes=MappingProxyType({"next": "edit ", "end": "config "}),
    ),
)

_TABLE = (
    r"\s*config (?:system|firewall|router|user|vpn|log|vdom|global|webfilter|wireless-controller|switch-controller"
    r"|antivirus|ips|dlp|endpoint-control|application|authentication|dnsfilter|certificate|report)\b"
)

MARKS = marks(
    (14, r"#config-version="),
    (8, r"#(?:conf_file_ver|buildno|global_vdom)="),
    (6, _TABLE, 3),
    (1.5, r"\s*edit (?:\"|\d)", 2),
    (1.5, r"\s*next$"),
    (1, r"\s*set \S+ \S", 2),
    (1, r"\s*end$"),
    (-8, r"set (?:system|interfaces|deviceconfig|network|version) |sysname |hostname |#$|!$"),
)

_KEYS = (
    r"(?:passwd|password\d?|psksecret(?:-remote)?|ppk-secret|secret|secondary-secret|tertiary-secret|key|keyid|key-string"
    r"|passphrase|sae-password|private-key|auth-pwd|priv-pwd|auth-password|md5-key|authentication-key|login-passwd"
    r"|ldap-password|fsso-password|wpa-passphrase|bind-password|group-password|auth-key|api-key|sdn-password|token"
    r"|l2tp-password|ppp-password|eap-password|authpasswd|ha-password|enc-?key|authkey|accesskey|secret-key"
    r"|client-secret|\S+-(?:password|passphrase|passwd|secret|token))"
)
_VALUE = r"\"?(?P<secret>[^\s\"]++)"

SECRETS = table(
    r"^\s*set \S+ (?:\S+ )*?ENC (?P<secret>\S++)",
    rf"^\s*set {_KEYS} (?!ENC )(?!\"?-----BEGIN){_VALUE}(?:\"|\s*$)",
    rf"^\s*set {_KEYS} (?!ENC )\"(?!-----BEGIN)(?P<secret>[^\"]+)\"",
    rf"^\s*set md5-keys? \d+ (?!ENC ){_VALUE}",
    rf"\bset community {_VALUE}",
    stored=r"ENC \S+|[A-Za-z0-9+/=]{24,}",
)

_COMMUNITIES = re.compile(r"^\s*config system snmp community[ \t]*\r?$.*?^end\b", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"^(\s*set name )(\"[^\"\r\n]*\"|\S+)", re.MULTILINE)


def without_communities(text: str) -> str:
    """A text whose SNMP communities are hidden: there they are what other tables call a name."""
    return _COMMUNITIES.sub(lambda found: _NAME.sub(rf'\g<1>"{HIDDEN}"', found[0]), text)
