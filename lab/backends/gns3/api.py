"""GNS3's controller API, version 3, as far as a lab needs it; every refusal becomes a LabError that says what to do.

https://apiv3.gns3.net. The paths and fields were tried on gns3-server 3.0.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from inventory.errors import LabError
from inventory.text import Message

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

    from inventory.secrets import Secret

TIMEOUT: Final = 120.0  # seconds; starting a node waits for its emulator
COMPUTE: Final = "local"


class RefusedRequestError(LabError):
    """The server answered, and said no; `status` is HTTP's."""

    def __init__(self, status: int, message: Message, hint: Message) -> None:
        super().__init__(message, hint)
        self.status = status


class Api:
    """A login to a server. Use it as a context manager."""

    def __init__(
        self, url: str, username: str, password: Secret, *, ca: str = "", transport: httpx.BaseTransport | None = None
    ) -> None:
        import ssl  # noqa: PLC0415 - start-up time

        import httpx  # noqa: PLC0415 - start-up time

        self.url = url.rstrip("/")
        verify = ssl.create_default_context(cafile=ca) if ca else True
        # The environment's proxies are for the internet; a lab's server is near.
        self._client = httpx.Client(
            base_url=f"{self.url}/v3", timeout=TIMEOUT, verify=verify, transport=transport, trust_env=False
        )
        try:
            self._log_in(username, password)
        except BaseException:
            self._client.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _log_in(self, username: str, password: Secret) -> None:
        try:
            body = {"username": username, "password": password.reveal()}
            answer = self.ask("POST", "/access/users/authenticate", Message("logging in"), json=body)
        except RefusedRequestError as error:
            if error.status != 401:
                raise
            raise RefusedRequestError(
                401,
                Message("the GNS3 server {url} does not let “{user}” in", url=self.url, user=username),
                Message("mind user and password in lab/gns3.yaml"),
            ) from None
        self._client.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def ask(self, method: str, path: str, what: Message, *, json: Any = None, content: str | None = None) -> Any:
        """One request; `what` is what it is for. The answer's JSON, None if it is empty."""
        import httpx  # noqa: PLC0415 - start-up time

        try:
            raw = content.encode() if content is not None else None
            response = self._client.request(method, path, json=json, content=raw)
        except httpx.HTTPError as error:
            raise LabError(
                Message("no GNS3 server answers at {url}: {why}", url=self.url, why=str(error) or type(error).__name__),
                Message("start it (`gns3server`), or name another in lab/gns3.yaml"),
            ) from error
        if response.is_success:
            return _document(response)
        raise RefusedRequestError(
            response.status_code,
            Message(
                "{what}: the GNS3 server refused it ({status}): {why}",
                what=what,
                status=response.status_code,
                why=_reason(response),
            ),
            _HINTS.get(response.status_code, Message("see the server's own log")),
        )

    def templates(self) -> dict[str, str]:
        """The templates' identifiers by name."""
        found = self.ask("GET", "/templates", Message("asking for the templates"))
        return {row["name"]: row["template_id"] for row in found}


_HINTS: Final = {
    401: Message("the login has ended: try again"),
    403: Message("the user lacks the right: ask the server's administrator for the role that may do it"),
    404: Message("somebody removed it meanwhile: `govnet lab down`, then up again"),
    409: Message("what the server lacks for it stands behind the colon: mend that on the server"),
}


def _document(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError:
        return response.text


def _reason(response: httpx.Response) -> str:
    """The server's words: a sentence, or what is wrong with which field."""
    document = _document(response)
    if isinstance(document, dict):
        return str(document.get("message") or document.get("detail") or document)
    return str(document)[:200]
