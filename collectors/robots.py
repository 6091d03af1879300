r"""Group chats' robots: Alertmanager's webhook message in the form that each of them takes.

DingTalk and Feishu want JSON of their own, signed with the time, which Alertmanager's webhook cannot make. The forms:
open.dingtalk.com, "custom robot" (sign: HMAC-SHA256 with the secret over `timestamp\\nsecret`, in the address, time in
milliseconds; errcode 0); open.feishu.cn, "custom bot" (sign: HMAC-SHA256 of nothing with `timestamp\\nsecret` as the
key, in the body, time in seconds; code 0; 20 kB); developer.work.weixin.qq.com, "group robot" (Markdown of 4096
octets; errcode 0). All of them refuse more than about 20 messages a minute, so alerts are to be grouped.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

from inventory.secrets import Secret
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(StrEnum):
    """Whose robot it is."""

    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WECOM = "wecom"


# Octets of a message's text; the rest of the 20 kB is the JSON around it.
_LIMITS = {Kind.DINGTALK: 16_000, Kind.FEISHU: 16_000, Kind.WECOM: 3_800}
_SUCCESS = {Kind.DINGTALK: "errcode", Kind.FEISHU: "code", Kind.WECOM: "errcode"}


@dataclass(frozen=True, slots=True)
class Post:
    """What is sent: the address holds secrets and is never shown."""

    address: Secret
    body: dict[str, Any]


def post(kind: Kind, address: Secret, secret: Secret | None, title: str, text: str, now: float) -> Post:
    """A message for a robot. `now` is seconds since 1970; `secret` signs it, where the robot was given one."""
    url = address.reveal()
    if kind is Kind.FEISHU:
        card = {
            "header": {"title": {"tag": "plain_text", "content": title}},
            "elements": [{"tag": "markdown", "content": text}],
        }
        body: dict[str, Any] = {"msg_type": "interactive", "card": card}
        if secret is not None:
            moment = str(int(now))
            body = {"timestamp": moment, "sign": _signed(f"{moment}\n{secret.reveal()}", ""), **body}
        return Post(Secret(url), body)
    if kind is Kind.WECOM:
        return Post(Secret(url), {"msgtype": "markdown", "markdown": {"content": f"**{title}**\n{text}"}})
    if secret is not None:
        moment = str(int(now * 1000))
        sign = quote_plus(_signed(secret.reveal(), f"{moment}\n{secret.reveal()}"))
        url += f"{'&' if '?' in url else '?'}timestamp={moment}&sign={sign}"
    return Post(Secret(url), {"msgtype": "markdown", "markdown": {"title": title, "text": f"#### {title}\n\n{text}"}})


def taken(kind: Kind, answer: object) -> bool:
    """Whether a robot's answer says that it took the message. They answer 200 to mistakes too."""
    return isinstance(answer, dict) and answer.get(_SUCCESS[kind]) == 0


def refusal(answer: object) -> str:
    """Why a robot did not take a message, in its own words."""
    said = answer if isinstance(answer, dict) else {}
    return f"{said.get('errcode', said.get('code'))}: {said.get('errmsg', said.get('msg'))}"


def words(kind: Kind, message: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Title and text of Alertmanager's webhook message (its version 4); ValueError if it is none.

    As many alerts as the robot's limit lets in; how many are left out is said.
    """
    try:
        alerts: Sequence[Mapping[str, Any]] = message["alerts"]
        firing = sum(alert["status"] == "firing" for alert in alerts)
        names = ", ".join(dict.fromkeys(str(alert["labels"].get("alertname", "?")) for alert in alerts))
        parts = [_alert(alert, language) for alert in alerts]
        cut = int(message.get("truncatedAlerts") or 0)
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        raise ValueError("not a webhook message of Alertmanager") from None
    title = Message(
        "Alerts: {firing} firing, {resolved} over. {names}",
        firing=firing,
        resolved=len(alerts) - firing,
        names=_plain(names)[:200],
    ).in_language(language)
    text, room = "", _LIMITS[kind] - len(title.encode())
    for number, part in enumerate(parts):
        more = Message("… and {count} more", count=len(parts) - number + cut).in_language(language)
        if len((text + part + more).encode()) > room:
            return title, text + more
        text += f"{part}\n\n"
    if cut:
        text += Message("… and {count} more", count=cut).in_language(language)
    return title, text.rstrip()


def _alert(alert: Mapping[str, Any], language: str) -> str:
    """One alert: what and where, what to do, since when by this machine's clock."""
    suffix = "_zh" if language == "zh_CN" else ""
    texts, labels = alert["annotations"], alert["labels"]
    summary = texts.get(f"summary{suffix}") or texts.get("summary") or texts.get("description") or labels["alertname"]
    action = texts.get(f"action{suffix}") or texts.get("action") or ""
    over = alert["status"] != "firing"
    state = Message("over").in_language(language) if over else _plain(str(labels.get("severity", "?")))
    moment = datetime.fromisoformat(alert["endsAt" if over else "startsAt"]).astimezone()
    lines = [f"**[{state}]** {_plain(str(summary))}", f"{moment:%Y-%m-%d %H:%M:%S %z}"]
    if action and not over:
        lines.insert(1, f"> {_plain(str(action))}")
    return "\n\n".join(lines)


def _plain(text: str) -> str:
    """A device's words without what a chat would take for an order: tags, mentions, line ends."""
    return " ".join(text.split()).replace("<", "‹").replace(">", "›").replace("@", "＠")


def _signed(key: str, content: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), content.encode(), hashlib.sha256).digest()).decode()
