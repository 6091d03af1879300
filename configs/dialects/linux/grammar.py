"""How the text of several files is built, and where secrets stand in them."""

from __future__ import annotations

import re

from configs.marks import marks
from configs.masking import VALUE, Secrets
from configs.tree import Grammar

SECTION = re.compile(r"### (?P<path>/\S+)$")

GRAMMAR = Grammar(comments=("#",), leaves=frozenset({"}"}), braces=True, section=SECTION)

# Several files below their paths, or one file as it is.
MARKS = marks(
    (14, r"### /etc/"),
    (8, r"#\s*\$OpenBSD: sshd_config"),
    (
        4,
        r"(?:PermitRootLogin|PasswordAuthentication|PermitEmptyPasswords|PubkeyAuthentication|UsePAM|X11Forwarding) \w",
    ),
    (4, r"(?:HostKey /|Subsystem\s+sftp\s|SyslogFacility AUTH|ClientAlive\w+ \d|MaxAuthTries \d|LoginGraceTime \d)"),
    (10, r"(?:auth|account|password|session)\s+(?:\w+|\[[^]]+\])\s+\S*pam_\w+\.so"),
    (6, r"\$(?:ModLoad|ActionFileDefaultTemplate|IncludeConfig|WorkDirectory|FileOwner) |module\(load=\"im"),
    (4, r"(?:\*|auth|authpriv|cron|mail|kern|local\d)[\w,;.*-]*\s+-?/var/log/"),
    (6, r"(?:driftfile|rtcsync|makestep|leapsectz) ?", 2),
    (5, r"(?:r[ow]community6?|com2sec6?|agentAddress|sysLocation|r[ow]user) \S"),
    (9, r"table (?:inet|ip|ip6) \w+ \{$"),
    (9, r"(?:\*filter$|:INPUT (?:ACCEPT|DROP)|-A (?:INPUT|FORWARD|OUTPUT) -)"),
    (8, r"PASS_(?:MAX|MIN)_(?:DAYS|LEN)\s+\d"),
)


_WORD = r'(?:"[^"]*"|\S+)'
_PROTOCOL = r"(?:MD5|SHA\S*) (?:-[lm] )?"

SECRETS = Secrets(
    rows=tuple(
        re.compile(row)
        for row in (
            # swanctl.conf(5): `secret = …` in ike, eap, ppk, private and token sections; `pin` of a token.
            rf"^\s*(?:secret|pin)\s*=\s*{VALUE}",
            # See ipsec.secrets(5); `%prompt` asks for it.
            rf"(?:^|\s): (?:PSK|XAUTH|EAP|NTLM|(?:RSA|ECDSA|BLISS|P12|PKCS8|PIN) {_WORD}) (?!%prompt\b){VALUE}",
            # See snmpd.conf(5), snmp.conf(5) and snmpusm(1); `-l` and `-m` come before keys instead of words.
            rf"^\s*createUser (?:-e \S+ )?{_WORD} {_PROTOCOL}{VALUE}",
            rf"^\s*createUser (?:-e \S+ )?{_WORD} {_PROTOCOL}{_WORD} (?:DES|AES\S*) (?:-[lm] )?{VALUE}",
            # What the agent makes of a user: the object ids of RFC 3414's protocols, each with its key behind it.
            rf"^\s*usmUser .*?\.1\.3\.6\.1\.6\.3\.10\.1\.1\.\d+ {VALUE}",
            rf"^\s*usmUser .*?\.1\.3\.6\.1\.6\.3\.10\.1\.2\.\d+ {VALUE}",
            rf"^\s*r[ow]community6? {VALUE}",
            rf"^\s*com2sec(?:6|unix)? (?:-Cn \S+ )?\S+ \S+ {VALUE}",
            rf"^\s*(?:trap2?|inform)sink \S+ {VALUE}",
            rf"^\s*(?:trapcommunity|defCommunity|authcommunity \S+) {VALUE}",
            rf"^\s*def(?:(?:Auth|Priv)?Passphrase|(?:Auth|Priv)(?:Master|Localized)Key) {VALUE}",
            *(rf"^\s*(?:trapsess|proxy) .*? -{option} {VALUE}" for option in "cAX"),
            # See wg(8).
            rf"^\s*(?:PrivateKey|PresharedKey) ?= ?{VALUE}",
            # shadow(5): name:hash:…
            r"^[\w.-]+:!*(?P<secret>\$[^:]+|[./0-9A-Za-z]{13}):\d*:\d*:\d*:",
            # See chrony.keys(5).
            rf"^\s*\d+ (?:MD5|SHA\d+|AES\d+) {VALUE}",
            r"^\s*\d+ (?P<secret>(?:HEX|ASCII):\S+)",
        )
    ),
    hint=re.compile(r"secret|pin|user|community|com2|sink|key|:|md5|sha|aes|pass|def|trapsess|proxy"),
    stored=re.compile(r"(?!)"),
)


def sections(text: str) -> dict[str, str]:
    """The files of a rendered text: path → content, in the text's order."""
    found: dict[str, str] = {}
    path = ""
    for line in text.splitlines(keepends=True):
        match = SECTION.match(line.strip())
        if match is not None:
            path = match["path"]
            found[path] = ""
        elif path:
            found[path] += line
    return found
