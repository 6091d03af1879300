"""Secrets as references: files name where a secret is, never what it is, and the value's type never prints.

    env:NAME           an environment variable
    file:PATH          a file, relative to the workspace; one trailing line end is not part of the secret
    age:PATH#KEY       a key of a YAML or JSON mapping in an age file (extra `age`); without #KEY its whole text
    vault:MOUNT/PATH#KEY   a key of a secret in HashiCorp Vault or OpenBao, KV version 2

A message about a secret names its reference, never its value.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import re
import stat
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from inventory.errors import GovnetError, MissingToolError
from inventory.text import Message, mark, tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

SCHEMES: Final = ("env", "file", "age", "vault")
HIDDEN: Final = "***"
# Enough for a key or a certificate chain; more is a wrong path.
LARGEST: Final = 1 << 20
VAULT_TIMEOUT: Final = 10.0  # seconds

_CONTROL = re.compile(r"[\x00-\x1f\x7f]").search
_log = logging.getLogger(__name__)


class Secret:
    """A secret's text. Every way of showing it gives `***`; `reveal()` is the one way to the value."""

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """The value. Call it as late as possible and never keep what it gives."""
        return self.__text

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return HIDDEN

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self.__text.encode(), other.__text.encode())

    def __hash__(self) -> int:
        return hash((Secret, self.__text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret cannot be stored")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret cannot be stored")


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Where a secret is. Safe to print and to store."""

    scheme: str
    path: str
    key: str = ""

    @classmethod
    def parse(cls, text: str) -> SecretRef:
        """`env:X`, `file:path`, `age:path#key` or `vault:path#key`; ValueError (without the text) for all else.

        The text may be a secret that somebody wrote in clear: it is never part of the error.
        """
        scheme, colon, rest = text.partition(":")
        if not colon or scheme not in SCHEMES:
            raise ValueError("not a reference to a secret")
        path, key = rest, ""
        if scheme in {"age", "vault"}:
            path, _, key = rest.partition("#")
        fits = {
            "env": bool(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", path)),
            "file": bool(path) and "\0" not in path,
            "age": bool(path) and "\0" not in path,
            "vault": bool(re.fullmatch(r"[\w.-]+(/[\w.-]+)+", path)) and ".." not in path.split("/") and bool(key),
        }
        if not fits[scheme]:
            raise ValueError("an incomplete reference to a secret")
        return cls(scheme, path, key)

    def __str__(self) -> str:
        return f"{self.scheme}:{self.path}" + (f"#{self.key}" if self.key else "")

    def resolve(self, root: Path) -> Secret:
        """The secret; GovnetError that names the reference if it cannot be had. `root` is the workspace."""
        text = {"env": self._from_env, "file": self._from_file, "age": self._from_age, "vault": self._from_vault}[
            self.scheme
        ](root)
        if not text:
            raise self._missing(mark("it is empty"), mark("put the secret there"))
        if _CONTROL(text):
            raise self._missing(
                mark("it has several lines or control characters"), mark("put the secret there alone, on one line")
            )
        return Secret(text)

    def _missing(self, why: str, hint: str, **parameters: object) -> GovnetError:
        return GovnetError(
            Message(
                "the secret {reference} cannot be read: {why}", reference=str(self), why=Message(why, **parameters)
            ),
            Message(hint, **parameters),
        )

    def _from_env(self, root: Path) -> str:
        del root
        try:
            return os.environ[self.path]
        except KeyError:
            raise self._missing(
                mark("the environment variable {name} is not set"), mark("set it: export {name}=…"), name=self.path
            ) from None

    def _read(self, root: Path) -> tuple[Path, bytes]:
        path = root / Path(self.path).expanduser()
        try:
            with path.open("rb") as stream:
                mode = os.fstat(stream.fileno()).st_mode
                data = stream.read(LARGEST + 1)
        except FileNotFoundError:
            raise self._missing(
                mark("there is no file {path}"), mark("write the secret into that file (chmod 600)"), path=str(path)
            ) from None
        except (OSError, ValueError) as error:
            raise self._missing(
                mark("{path}: {reason}"),
                mark("make it a file that you can read"),
                path=str(path),
                reason=getattr(error, "strerror", None) or type(error).__name__,
            ) from None
        if len(data) > LARGEST:
            raise self._missing(
                mark("{path} is larger than 1 MiB"), mark("name a file that holds one secret"), path=str(path)
            )
        if self.scheme == "file" and mode & stat.S_IROTH:
            _log.warning(tr("%s can be read by every user of this machine; chmod 600 mends it"), path)
        return path, data

    def _from_file(self, root: Path) -> str:
        path, data = self._read(root)
        return self._text(data, path).removesuffix("\n").removesuffix("\r")

    def _text(self, data: bytes, path: Path) -> str:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            # `from None`: the foreign error carries the bytes.
            raise self._missing(
                mark("{path} is not UTF-8 text"), mark("save it as plain UTF-8 text"), path=str(path)
            ) from None

    def _from_age(self, root: Path) -> str:
        try:
            pyrage: Any = import_module("pyrage")  # optional: the extra `age`; it has no types
        except ImportError:
            raise MissingToolError(
                Message("the secret {reference} needs the Python package pyrage", reference=str(self)),
                Message("install govnet with its extra “age”: pip install 'govnet[age]'"),
            ) from None
        identities = self._age_identities(root, pyrage.x25519.Identity)
        path, data = self._read(root)
        try:
            plain = pyrage.decrypt(data, identities)
        except Exception:  # noqa: BLE001 - pyrage's errors have no common base; all of them mean this
            raise self._missing(
                mark("{path} cannot be decrypted with the identity of GOVNET_AGE_IDENTITY"),
                mark("encrypt it for this identity, or name the identity it was encrypted for"),
                path=str(path),
            ) from None
        text = self._text(plain, path)
        if not self.key:
            return text.removesuffix("\n").removesuffix("\r")
        return self._pick(_flat_mapping(text))

    def _age_identities(self, root: Path, kind: Any) -> list[Any]:
        given = os.environ.get("GOVNET_AGE_IDENTITY", "")
        hint = mark("set it to the path of an identity file made by age-keygen")
        if not given:
            raise self._missing(mark("the environment variable GOVNET_AGE_IDENTITY is not set"), hint)
        if given.startswith("AGE-SECRET-KEY-"):
            lines = [given]
        else:
            try:
                lines = (root / Path(given).expanduser()).read_text(encoding="utf-8").splitlines()
            except (OSError, ValueError):
                raise self._missing(mark("the file that GOVNET_AGE_IDENTITY names cannot be read"), hint) from None
        try:
            identities = [kind.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-")]
        except Exception:  # noqa: BLE001 - as above; the foreign error may carry the key
            identities = []
        if not identities:
            raise self._missing(mark("GOVNET_AGE_IDENTITY holds no age identity"), hint)
        return identities

    def _from_vault(self, root: Path) -> str:
        del root
        mount, _, rest = self.path.partition("/")
        document = self._ask_vault(f"v1/{mount}/data/{rest}")
        try:
            values = document["data"]["data"]
        except (KeyError, TypeError):
            values = None
        return self._pick(values if isinstance(values, dict) else {})

    def _ask_vault(self, path: str) -> Any:
        """GET from Vault's HTTP API (KV secrets engine, version 2: GET /:mount/data/:path)."""
        import ssl  # noqa: PLC0415 - start-up time
        from http.client import HTTPException  # noqa: PLC0415 - start-up time
        from urllib.error import HTTPError, URLError  # noqa: PLC0415 - start-up time
        from urllib.request import HTTPSHandler, Request, build_opener  # noqa: PLC0415 - start-up time

        address, token = os.environ.get("VAULT_ADDR", ""), os.environ.get("VAULT_TOKEN", "")
        for name, value in (("VAULT_ADDR", address), ("VAULT_TOKEN", token)):
            if not value:
                raise self._missing(
                    mark("the environment variable {name} is not set"), mark("set it: export {name}=…"), name=name
                )
        if not re.match(r"https?://[^/?#]", address):
            raise self._missing(
                mark("VAULT_ADDR is not the address of a web server"), mark("write it as https://host:8200")
            )
        headers = {"X-Vault-Token": token, "X-Vault-Request": "true"}
        if os.environ.get("VAULT_NAMESPACE"):
            headers["X-Vault-Namespace"] = os.environ["VAULT_NAMESPACE"]
        again = mark("ask whoever runs the vault, then try again")
        try:
            context = ssl.create_default_context(cafile=os.environ.get("VAULT_CACERT") or None)
            request = Request(f"{address.rstrip('/')}/{path}", headers=headers)  # noqa: S310 - checked above
            with build_opener(_no_redirects(), HTTPSHandler(context=context)).open(
                request, timeout=VAULT_TIMEOUT
            ) as answer:
                return json.loads(answer.read(LARGEST))
        except HTTPError as error:
            error.close()
            why, hint = _VAULT_ANSWERS.get(error.code, (mark("the vault answered with status {status}"), again))
            raise self._missing(why, hint, status=error.code) from None
        except URLError as error:
            reason = error.reason
            text = getattr(reason, "strerror", None) or type(reason).__name__
            raise self._missing(mark("no connection to the vault: {reason}"), again, reason=text) from None
        except (OSError, HTTPException) as error:
            text = getattr(error, "strerror", None) or type(error).__name__
            raise self._missing(mark("no connection to the vault: {reason}"), again, reason=text) from None
        except ValueError:
            raise self._missing(
                mark("the vault's answer is not JSON"), mark("check that VAULT_ADDR is a vault's address")
            ) from None

    def _pick(self, values: Mapping[str, object]) -> str:
        value = values.get(self.key)
        if not isinstance(value, str):
            raise self._missing(
                mark("it has no text under the key “{key}”"), mark("write the key's name after the #"), key=self.key
            )
        return value


_VAULT_ANSWERS: Final = {
    403: (mark("the vault refused the token"), mark("renew VAULT_TOKEN, or let its policy read this path")),
    404: (
        mark("the vault has nothing at this path"),
        mark("write mount/path#key as `vault kv get` knows it (KV version 2)"),
    ),
    503: (mark("the vault is sealed"), mark("unseal it, then try again")),
}


def _no_redirects() -> Any:
    """A redirect would carry the token to another host: it is an error here."""
    from urllib.request import HTTPRedirectHandler  # noqa: PLC0415 - start-up time

    class NoRedirects(HTTPRedirectHandler):
        def redirect_request(self, *_args: object, **_kwargs: object) -> None:
            return None

    return NoRedirects()


def _flat_mapping(text: str) -> Mapping[str, object]:
    """The text as a YAML or JSON mapping; empty if it is none. Values keep their letters (`0123` stays so)."""
    import yaml  # noqa: PLC0415 - start-up time

    try:
        document = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - BaseLoader builds text, lists and mappings only
    except (yaml.YAMLError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
