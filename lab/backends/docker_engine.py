"""The Docker Engine's API through its socket, as far as a lab needs it; refusals become a LabError.

https://docs.docker.com/reference/api/engine/. Tried on Debian's engine 20.10.24 (API 1.41).
"""

from __future__ import annotations

import io
import json
import os
import tarfile
from typing import TYPE_CHECKING, Any, Final, Self

from inventory.errors import LabError
from inventory.text import Message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

SOCKET: Final = "/var/run/docker.sock"
LABEL: Final = "govnet.lab"
_UNIX: Final = "unix://"
_TIMEOUT: Final = 120.0  # seconds; a start waits for the container's first process


def socket_path() -> str:
    """The engine's socket: DOCKER_HOST if it names one, else the usual place."""
    host = os.environ.get("DOCKER_HOST", "")
    return host.removeprefix(_UNIX) if host.startswith(_UNIX) else SOCKET


class Engine:
    """The engine behind a socket. Use it as a context manager."""

    def __init__(self, path: str) -> None:
        import httpx  # noqa: PLC0415 - start-up time

        self.path = path
        self._client = httpx.Client(
            transport=httpx.HTTPTransport(uds=path), base_url="http://docker", timeout=_TIMEOUT, trust_env=False
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def _ask(self, method: str, path: str, /, *, body: Any = None, content: bytes = b"", **query: str) -> Any:
        import httpx  # noqa: PLC0415 - start-up time

        try:
            response = self._client.request(method, path, json=body, content=content or None, params=query)
        except httpx.HTTPError as error:
            raise LabError(
                Message("no Docker engine answers at {path}: {why}", path=self.path, why=error),
                Message("start it; DOCKER_HOST=unix://… names another"),
            ) from error
        if response.is_success:
            return response
        try:
            why = response.json()["message"]
        except (ValueError, KeyError, TypeError):
            why = response.text[:200]
        raise LabError(
            Message("the Docker engine refused it ({status}): {why}", status=response.status_code, why=why),
            Message("`govnet lab down` removes what is left of the lab"),
        )

    def has_image(self, name: str) -> bool:
        """Whether an image is there; LabError if no engine answers."""
        tags = [tag for row in self._ask("GET", "/images/json").json() for tag in row.get("RepoTags") or ()]
        return name in tags

    def create(
        self,
        name: str,
        *,
        lab: str,
        image: str,
        hostname: str,
        capabilities: Sequence[str],
        devices: Sequence[str],
        sysctls: Mapping[str, str],
    ) -> None:
        """A container without any network of the engine's, not privileged."""
        body = {
            "Image": image,
            "Hostname": hostname,
            "Cmd": ["sleep", "infinity"],
            "Labels": {LABEL: lab},
            "HostConfig": {
                "NetworkMode": "none",
                "Privileged": False,
                "CapAdd": list(capabilities),
                "Devices": [
                    {"PathOnHost": path, "PathInContainer": path, "CgroupPermissions": "rwm"} for path in devices
                ],
                "Sysctls": dict(sysctls),
                "Init": True,
            },
        }
        self._ask("POST", "/containers/create", body=body, name=name)

    def start(self, name: str) -> int:
        """Start a container; returns the number of its first process on this machine. LabError if it ends at once."""
        self._ask("POST", f"/containers/{name}/start")
        pid = self.pid(name)
        if not pid:
            raise LabError(
                Message("the container {name} ended as soon as it was started", name=name),
                Message("the image may not be whole: build it anew from its Dockerfile"),
            )
        return pid

    def put(self, name: str, path: str, text: str) -> None:
        """Write a file into a container, for root alone."""
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as archive:
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.size, entry.mode = len(text.encode()), 0o700
            archive.addfile(entry, io.BytesIO(text.encode()))
        self._ask("PUT", f"/containers/{name}/archive", content=packed.getvalue(), path="/")

    def run(self, name: str, argv: Sequence[str]) -> tuple[int, str]:
        """Run a command in a container to its end; its exit status and its output."""
        body = {"AttachStdout": True, "AttachStderr": True, "Tty": True, "Cmd": list(argv)}
        identifier = self._ask("POST", f"/containers/{name}/exec", body=body).json()["Id"]
        output = self._ask("POST", f"/exec/{identifier}/start", body={"Detach": False, "Tty": True}).text
        return int(self._ask("GET", f"/exec/{identifier}/json").json()["ExitCode"]), output

    def containers(self, lab: str) -> dict[str, str]:
        """A lab's containers by name, with the state of each; those that ended too."""
        filters = json.dumps({"label": [f"{LABEL}={lab}"]})
        rows = self._ask("GET", "/containers/json", all="true", filters=filters).json()
        return {row["Names"][0].lstrip("/"): row["State"] for row in rows}

    def pid(self, name: str) -> int:
        """The number of a container's first process; 0 if it does not run."""
        return int(self._ask("GET", f"/containers/{name}/json").json()["State"]["Pid"])

    def remove(self, name: str) -> None:
        """End and delete a container."""
        self._ask("DELETE", f"/containers/{name}", force="true", v="true")
