"""Prometheus' HTTP API, as far as evidence needs it: instant queries, whose figures the server computes.

https://prometheus.io/docs/prometheus/latest/querying/api/ ("Instant queries", "Expression query result formats"):
POST /api/v1/query with the parameters in the body; {"status": "success", "data": {"resultType": "vector", "result":
[{"metric": {…}, "value": [time, "number"]}, …]}}, or {"status": "error", "error": "…"} with the status 400, 422 or 503.
"""

from __future__ import annotations

import errno
import json
import math
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias
from urllib.parse import urlencode, urlsplit

from inventory.errors import InputError, Problem, ServiceError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from http.client import HTTPResponse

    from inventory.secrets import Secret

TIMEOUT = 60.0  # seconds for one query
LARGEST = 64 << 20  # bytes of one answer
Sample: TypeAlias = "tuple[Mapping[str, str], float]"


class Metrics(Protocol):
    """Who answers queries: a server, or a fake in tests."""

    def query(self, expression: str, at: datetime) -> Sequence[Sample]:
        """The series of an instant query with their values. ServiceError if there is no answer."""
        ...


@dataclass(frozen=True)
class Prometheus:
    """A server at `url` (http or https, with its path prefix if it has one).

    `secret` is the password of the user that stands in the URL (`https://USER@HOST`), or a bearer token if none does.
    """

    url: str
    secret: Secret | None = None
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        """InputError if the address is none, or has a password in it."""
        try:
            parts = urlsplit(self.url)
            usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
            clean = parts.password is None and not parts.query and not parts.fragment
        except ValueError:
            usable, clean = False, True
        if not usable or not clean:
            raise InputError(
                [
                    Problem(
                        "bad-prometheus",
                        Message("this is no address of a Prometheus server"),
                        Message("write http://HOST:9090 or https://USER@HOST; the password is given as a reference"),
                        column="--prometheus",
                    )
                ]
            )

    @property
    def shown(self) -> str:
        """The address without the user."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")

    def query(self, expression: str, at: datetime) -> list[Sample]:
        """As `Metrics`. Redirects are not followed: they would carry the secret elsewhere."""
        fields = {"query": expression, "time": f"{at.timestamp():.3f}", "timeout": f"{self.timeout:.0f}s"}
        document = self._post("/api/v1/query", urlencode(fields).encode())
        if isinstance(document, dict) and document.get("warnings"):
            # A part may be missing: a store that did not answer (Thanos, remote read), series that could not be read.
            raise self._fault(
                Message("it warns that its answer is not whole: {text}", text=str(document["warnings"])[:200])
            )
        try:
            data = document["data"]
            if data["resultType"] != "vector":
                raise self._fault(Message("it gave a {kind} where a vector was asked for", kind=data["resultType"]))
            found = [
                ({str(key): str(value) for key, value in dict(item["metric"]).items()}, float(item["value"][1]))
                for item in data["result"]
            ]
        except (KeyError, IndexError, TypeError, ValueError):
            raise self._fault(Message("its answer is not that of Prometheus")) from None
        return [(labels, value) for labels, value in found if not math.isnan(value) and value != -math.inf]

    def _post(self, path: str, body: bytes) -> Any:
        from http.client import HTTPException  # noqa: PLC0415 - start-up time
        from urllib.error import HTTPError  # noqa: PLC0415 - as above
        from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener  # noqa: PLC0415 - as above

        request = Request(f"{self.shown}{path}", body, self._headers(), method="POST")  # noqa: S310 - checked above
        context = ssl.create_default_context()
        opener = build_opener(_no_redirects(), ProxyHandler({}), HTTPSHandler(context=context))
        try:
            with opener.open(request, timeout=self.timeout + 1) as answer:
                text = self._whole(answer)
        except HTTPError as error:
            with error, suppress(OSError, HTTPException):
                raise self._fault(_refusal(error.code, error.read(1 << 16))) from None
            raise self._fault(_refusal(error.code, b"")) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            why = getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
            raise self._fault(Message("no connection: {reason}", reason=why)) from None
        except ValueError:  # no name of a host, no value of a header; without its text, which has the secret
            raise self._fault(Message("the address or the secret cannot be sent")) from None
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise self._fault(Message("its answer is not that of Prometheus")) from None

    def _whole(self, answer: HTTPResponse) -> bytes:
        """The answer's body, in pieces, so that one that drips does not hold us for ever."""
        until = time.monotonic() + self.timeout + 1
        pieces: list[bytes] = []
        size = 0
        while piece := answer.read1(1 << 16):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST:
                raise self._fault(Message("its answer is larger than {size} MiB", size=LARGEST >> 20))
            if time.monotonic() > until:
                raise TimeoutError(errno.ETIMEDOUT, "timed out")
        return b"".join(pieces)

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if self.secret is not None:
            headers["Authorization"] = _authorization(urlsplit(self.url).username or "", self.secret)
        return headers

    def _fault(self, why: Message) -> ServiceError:
        return ServiceError(
            Message("Prometheus at {url}: {why}", url=self.shown, why=why),
            Message("check the address, the user and the secret; the other evidence is gathered without it"),
        )


def _authorization(user: str, secret: Secret) -> str:
    """RFC 7617 for a user with a password, RFC 6750 section 2.1 for a token."""
    from base64 import b64encode  # noqa: PLC0415 - start-up time
    from urllib.parse import unquote  # noqa: PLC0415 - as above

    if not user:
        return f"Bearer {secret.reveal()}"
    return "Basic " + b64encode(f"{unquote(user)}:{secret.reveal()}".encode()).decode()


def _refusal(status: int, text: bytes) -> Message:
    try:
        told = json.loads(text)["error"]
    except (ValueError, KeyError, TypeError):
        told = ""
    if told:
        return Message("it answered {status}: {text}", status=status, text=str(told))
    return Message("it answered with the status {status}", status=status)


def _no_redirects() -> Any:
    from urllib.request import HTTPRedirectHandler  # noqa: PLC0415 - start-up time

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(self, *_args: object, **_kwargs: object) -> None:
            return None

    return NoRedirects()
