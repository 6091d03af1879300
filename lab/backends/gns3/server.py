"""Which GNS3 server, and as whom: the part `server` of the workspace's `lab/gns3.yaml`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ConfigDict, Field

from inventory import schema_values as values  # noqa: TC001 - pydantic reads the annotations when it runs
from inventory.errors import InputError, LabError
from inventory.schema import Reader
from inventory.sources import read_bytes, yaml
from inventory.text import Message

if TYPE_CHECKING:
    from pathlib import Path

    from inventory.secrets import Secret

FILE: Final = "lab/gns3.yaml"


class Server(BaseModel):
    """A server's address and login. `ca` is a file with the certificate that signed the server's, for HTTPS."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: str = Field(default="http://127.0.0.1:3080", pattern=r"^https?://\S+$")
    username: str = Field(default="admin", min_length=1)
    password: values.Secret | None = None
    ca: str = ""

    def secret(self, root: Path) -> Secret:
        """The password; LabError if the file names none."""
        if self.password is None:
            raise LabError(
                Message("nobody says how to log in to the GNS3 server {url}", url=self.url),
                Message("write server: {{username: …, password: env:NAME}} into {file}", file=FILE),
            )
        return self.password.resolve(root)


def server(root: Path) -> Server:
    """The server of the workspace at `root`, by default at GNS3's own address. InputError if the file is faulty."""
    path = root / FILE
    if not path.exists():
        return Server()
    reader = Reader(yaml.parse(read_bytes(path, FILE), FILE))
    data = reader.top(("nodes", "server"))
    found = reader.read(Server, data.get("server") or {}, ("server",))
    if reader.problems or found is None:
        raise InputError(reader.problems)
    return found
