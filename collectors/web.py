"""TLS and passwords for the exporter: a `web.yml` in the form that Prometheus' exporters share.

Source: prometheus/exporter-toolkit, docs/web-configuration.md. Paths are relative to the file. Not taken, and refused
by name: `rate_limit`, `curve_preferences`, and the kinds of `client_auth_type` that check no certificate.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import os
import ssl
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError, model_validator

from collectors.http import RequestError, Response
from inventory.errors import InputError, Problem
from inventory.text import Message
from inventory.validation import Refused, said

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from collectors.http import Request

_VERSIONS = {
    "TLS10": ssl.TLSVersion.TLSv1,
    "TLS11": ssl.TLSVersion.TLSv1_1,
    "TLS12": ssl.TLSVersion.TLSv1_2,
    "TLS13": ssl.TLSVersion.TLSv1_3,
}
_Version = Literal["TLS10", "TLS11", "TLS12", "TLS13"]
_CLIENTS = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
# Go's names of TLS 1.2's suites → OpenSSL's. Those of TLS 1.3 cannot be chosen, there as here.
_SUITES = {
    f"TLS_{exchange}_WITH_{name}": f"{exchange.replace('_', '-')}-{openssl}"
    for exchange in ("ECDHE_RSA", "ECDHE_ECDSA")
    for name, openssl in (
        ("AES_128_GCM_SHA256", "AES128-GCM-SHA256"),
        ("AES_256_GCM_SHA384", "AES256-GCM-SHA384"),
        ("CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"),
        ("AES_128_CBC_SHA", "AES128-SHA"),
        ("AES_256_CBC_SHA", "AES256-SHA"),
    )
}
# What an unknown user's password is compared with, so that the time of the answer does not tell names.
_NOBODY = b"$2b$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"
_REMEMBERED = 128


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TlsServer(_Part):
    """`tls_server_config`."""

    cert: str = ""
    key: SecretStr = SecretStr("")
    client_ca: str = ""
    cert_file: str = ""
    key_file: str = ""
    client_ca_file: str = ""
    client_auth_type: Literal["NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"] = "NoClientCert"
    client_allowed_sans: tuple[str, ...] = ()
    min_version: _Version = "TLS12"
    max_version: _Version = "TLS13"
    cipher_suites: tuple[str, ...] = ()
    prefer_server_cipher_suites: bool = True

    @model_validator(mode="after")
    def _complete(self) -> TlsServer:
        if bool(self.cert) == bool(self.cert_file) or bool(self.key.get_secret_value()) == bool(self.key_file):
            raise Refused(Message("a certificate and a key are needed, each either as text or as a file"))
        if self.client_auth_type != "NoClientCert" and not (self.client_ca or self.client_ca_file):
            raise Refused(Message("client_ca_file is needed to check the clients' certificates"))
        if self.client_allowed_sans and self.client_auth_type != "RequireAndVerifyClientCert":
            raise Refused(Message("client_allowed_sans needs client_auth_type RequireAndVerifyClientCert"))
        unknown = [name for name in self.cipher_suites if name not in _SUITES]
        if unknown:
            raise Refused(Message("cipher_suites: write some of {names}", names=", ".join(_SUITES)))
        return self


class HttpServer(_Part):
    """`http_server_config`. `http2` is taken and changes nothing: this server speaks HTTP/1.1."""

    http2: bool = True
    headers: dict[str, str] = {}


class WebConfig(_Part):
    """The file."""

    tls_server_config: TlsServer | None = None
    http_server_config: HttpServer = HttpServer()
    basic_auth_users: dict[str, SecretStr] = {}


class Web:
    """Who may read the exporter's pages, and over what.

    `reload` reads the file again: users, headers, names, certificate and key; the rest of TLS is as at the start.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._slots = asyncio.Semaphore(2)
        self._admitted: dict[bytes, None] = {}
        self._secret = os.urandom(32)
        self._config = self._read()
        tls = self._config.tls_server_config
        self.tls = self._context(tls) if tls is not None else None

    def reload(self) -> None:
        """Read the file; InputError if it is not right, and then everything stays as it was."""
        config = self._read()
        tls = config.tls_server_config
        if (tls is None) != (self.tls is None):
            raise self._wrong(Message("TLS cannot be switched on or off while the exporter runs: start it again"))
        if tls is not None and self.tls is not None:
            self._context(tls)
            # Connections that begin from now on get the new certificate.
            self._load_chain(self.tls, tls)
        self._config = config
        self._admitted.clear()

    @property
    def headers(self) -> dict[str, str]:
        """What is added to every answer."""
        return self._config.http_server_config.headers

    async def refuse(self, request: Request) -> Response | None:
        """The answer to a request that is not allowed; None for one that is."""
        tls = self._config.tls_server_config
        if tls is not None and tls.client_allowed_sans:
            names = {value for _, value in request.certificate.get("subjectAltName", ())}
            if not names & set(tls.client_allowed_sans):
                return Response(HTTPStatus.FORBIDDEN, b"this certificate's names are not allowed\n")
        if not self._config.basic_auth_users or await self._known(request.headers.get("authorization", "")):
            return None
        return Response(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": 'Basic realm="govnet"'})

    async def _known(self, header: str) -> bool:
        """Whether an Authorization header names a user and the password (RFC 7617)."""
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        secret = self._config.basic_auth_users.get(name)
        stored = secret.get_secret_value().encode() if secret is not None else _NOBODY
        mark = hmac.digest(self._secret, f"{name}\0{password}\0".encode() + stored, hashlib.sha256)
        if mark in self._admitted:
            return True
        # bcrypt is slow on purpose: in a thread, and not for everybody at once.
        async with self._slots:
            good = await asyncio.to_thread(_matches, password.encode(), stored)
        if not colon or secret is None or not good:
            return False
        if len(self._admitted) >= _REMEMBERED:
            self._admitted.clear()
        self._admitted[mark] = None
        return True

    def _read(self) -> WebConfig:
        import yaml  # noqa: PLC0415 - start-up time

        try:
            document = yaml.safe_load(self._path.read_text(encoding="utf-8")) or {}
            return WebConfig.model_validate(document)
        except OSError as error:
            raise self._wrong(Message("cannot be read: {reason}", reason=error.strerror or str(error))) from None
        except UnicodeDecodeError:
            raise self._wrong(Message("is not UTF-8")) from None
        except yaml.YAMLError as error:
            reason = getattr(error, "problem", None) or str(error)
            raise self._wrong(Message("is not YAML: {reason}", reason=reason)) from None
        except ValidationError as error:
            faults = error.errors(include_url=False, include_input=False)
            raise InputError(
                Problem(
                    "web-config",
                    said(fault),
                    Message("compare with the exporter-toolkit's web-configuration.md"),
                    str(self._path),
                    column=".".join(map(str, fault["loc"])),
                )
                for fault in faults
            ) from None

    def _wrong(self, message: Message) -> InputError:
        hint = Message("give a file in the form of the exporter-toolkit's web-configuration.md")
        return InputError([Problem("web-config", message, hint, str(self._path))])

    def _context(self, config: TlsServer) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        folder = self._path.parent
        try:
            context.minimum_version = _VERSIONS[config.min_version]
            context.maximum_version = _VERSIONS[config.max_version]
            if config.cipher_suites:
                context.set_ciphers(":".join(_SUITES[name] for name in config.cipher_suites))
            if config.prefer_server_cipher_suites:
                context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
            self._load_chain(context, config)
            if config.client_auth_type != "NoClientCert":
                context.verify_mode = _CLIENTS[config.client_auth_type]
                with _file(config.client_ca, folder, config.client_ca_file) as authority:
                    context.load_verify_locations(authority)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise self._wrong(Message("its certificate or key cannot be used: {reason}", reason=reason)) from None
        return context

    def _load_chain(self, context: ssl.SSLContext, config: TlsServer) -> None:
        folder = self._path.parent
        with (
            _file(config.cert, folder, config.cert_file) as certificate,
            _file(config.key.get_secret_value(), folder, config.key_file) as key,
        ):
            context.load_cert_chain(certificate, key, password=lambda: "")


@contextmanager
def _file(content: str, folder: Path, name: str) -> Iterator[Path]:
    """A path to PEM text: the file named, or a private one for as long as it is read."""
    if not content:
        yield folder / name
        return
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as file:
        file.write(content)
        file.flush()
        yield Path(file.name)


def _matches(password: bytes, stored: bytes) -> bool:
    import bcrypt  # noqa: PLC0415 - start-up time

    try:
        return bcrypt.checkpw(password, stored)
    except ValueError:
        # A stored text that is no bcrypt hash, or a password that is longer than bcrypt reads.
        return False


async def guarded(web: Web | None, request: Request, page: Callable[[Request], Awaitable[Response]]) -> Response:
    """The page for whoever may see it, with the file's headers; what cannot be answered is said."""
    response = await web.refuse(request) if web is not None else None
    if response is None:
        try:
            response = await page(request)
        except RequestError as error:
            response = Response(error.status, f"{error}\n".encode())
    if web is not None and web.headers:
        given = {name: value for name, value in web.headers.items() if value}
        response = replace(response, headers={**given, **response.headers})
    return response
