"""A relay from Alertmanager's webhook to the robots of group chats (`collectors.robots`).

    POST /alerts/ROBOT    Alertmanager's message; 200 when the robot took it, 502 when not (Alertmanager tries again)
    /-/healthy            for whoever watches the relay

`relay.yml` names the robots; their addresses and secrets are references (`file:`, `env:` …), read for each message.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from collectors import robots
from collectors.http import Request, Response, Server
from collectors.serving import until_told
from collectors.web import guarded
from inventory.errors import GovnetError, InputError, Problem
from inventory.secrets import Secret, SecretRef
from inventory.text import Message, canonical_language
from inventory.validation import said

if TYPE_CHECKING:
    import socket
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from collectors.web import Web

_PATH = "/alerts/"
_LARGEST = 1 << 20
_SECONDS = 10.0
_ANSWER_OCTETS = 64 << 10

log = logging.getLogger(__name__)


class _Robot(BaseModel):
    """One robot: whose it is, and the references to its address and to the secret that signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: robots.Kind
    url: str
    secret: str = ""


class _Settings(BaseModel):
    """relay.yml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: Literal["zh", "en"] = "zh"
    robots: dict[str, _Robot]


class Relay:
    """Answers Alertmanager from the robots of a `relay.yml`; InputError if the file is wrong.

    With a `web` only those are answered whom it lets in, over its TLS.
    """

    def __init__(self, path: Path, web: Web | None = None) -> None:
        settings = _read(path)
        self._web = web
        self._root = path.parent
        self._language = canonical_language(settings.language)
        self._robots = settings.robots
        self._references = {}
        for name, robot in settings.robots.items():
            if robot.kind is robots.Kind.WECOM and robot.secret:
                raise _fault(path, Message("a robot of this kind has no secret"), f"robots.{name}.secret")
            for key, text in (("url", robot.url), ("secret", robot.secret)):
                try:
                    self._references[name, key] = SecretRef.parse(text) if text else None
                except (GovnetError, ValueError):
                    raise _fault(
                        path, Message("is not a reference such as file:secrets/robot"), f"robots.{name}.{key}"
                    ) from None

    @property
    def names(self) -> tuple[str, ...]:
        """The robots."""
        return tuple(self._robots)

    @property
    def tls(self) -> ssl.SSLContext | None:
        """What connections are to be made with."""
        return self._web.tls if self._web is not None else None

    async def answer(self, request: Request) -> Response:
        """One request."""
        return await guarded(self._web, request, self._page)

    async def _page(self, request: Request) -> Response:
        if request.path == "/-/healthy":
            return Response(body=b"Healthy\n")
        name = request.path.removeprefix(_PATH)
        if not request.path.startswith(_PATH) or name not in self._robots:
            return Response(HTTPStatus.NOT_FOUND)
        if request.method != "POST":
            return Response(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
        robot = self._robots[name]
        try:
            title, text = robots.words(robot.kind, json.loads(request.body), self._language)
        except ValueError as error:
            return Response(HTTPStatus.BAD_REQUEST, f"{error}\n".encode())
        reason = await asyncio.to_thread(self._send, name, robot.kind, title, text)
        if reason:
            log.warning("%s: the message was not taken: %s", name, reason)
            return Response(HTTPStatus.BAD_GATEWAY, f"{name}: {reason}\n".encode())
        return Response(body=b"sent\n")

    def _send(self, name: str, kind: robots.Kind, title: str, text: str) -> str:
        """Send a message; why it was not taken, empty if it was. No address or secret is part of that."""
        address, secret = self._references[name, "url"], self._references[name, "secret"]
        try:
            made = robots.post(
                kind,
                address.resolve(self._root) if address else Secret(""),
                secret.resolve(self._root) if secret else None,
                title,
                text,
                time.time(),
            )
            answer = _posted(made)
        except GovnetError as error:
            return str(error.message)
        except urllib.error.HTTPError as error:
            return f"HTTP {error.code}"
        except urllib.error.URLError as error:
            return str(error.reason)
        except (OSError, ValueError) as error:
            # Whatever the error says may hold the address.
            return type(error).__name__
        return "" if robots.taken(kind, answer) else robots.refusal(answer)


def _posted(made: robots.Post) -> object:
    """What the robot answers; OSError or ValueError if it does not."""
    url = made.address.reveal()
    if not url.startswith(("https://", "http://")):
        raise ValueError("not an address of the web")
    sent = urllib.request.Request(  # noqa: S310 - the scheme is checked above
        url, json.dumps(made.body).encode(), {"Content-Type": "application/json; charset=utf-8"}
    )
    with urllib.request.urlopen(sent, timeout=_SECONDS) as response:  # noqa: S310 - as above
        return json.loads(response.read(_ANSWER_OCTETS))


def serve(relay: Relay, sockets: list[socket.socket], ready: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT; requests under way are finished."""

    async def run(stop: asyncio.Event) -> None:
        server = Server(relay.answer, relay.tls, largest=_LARGEST)
        await server.start(sockets)
        ready()
        await stop.wait()
        await server.stop()

    until_told(run)


def _read(path: Path) -> _Settings:
    import yaml  # noqa: PLC0415 - start-up time

    try:
        document: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return _Settings.model_validate(document)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or Message("is not UTF-8")
        raise _fault(path, Message("cannot be read: {reason}", reason=reason)) from None
    except yaml.YAMLError as error:
        reason = getattr(error, "problem", None) or str(error)
        raise _fault(path, Message("is not YAML: {reason}", reason=reason)) from None
    except ValidationError as error:
        raise InputError(
            problem
            for fault in error.errors(include_url=False, include_input=False)
            for problem in _fault(path, said(fault), ".".join(str(part) for part in fault["loc"])).problems
        ) from None


def _fault(path: Path, message: Message, where: str = "") -> InputError:
    hint = Message("compare with alertmanager/relay.yml as `govnet collect deploy` writes it")
    return InputError([Problem("relay", message, hint, str(path), column=where)])
