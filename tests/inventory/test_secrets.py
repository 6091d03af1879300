"""Secrets: references that resolve, and a type that cannot be made to print."""

from __future__ import annotations

import copy
import dataclasses
import http.server
import json
import logging
import pickle
import stat
import threading
import traceback
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import GovnetError, MissingToolError
from inventory.secrets import Secret, SecretRef

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HIDDEN = "Gehe1m-密码"


@dataclasses.dataclass(frozen=True)
class Holder:
    secret: Secret


class Plain:
    def __init__(self) -> None:
        self.secret = Secret(HIDDEN)


def test_every_way_of_showing_gives_stars() -> None:
    """repr, str, format with any specification, f-strings, %-formatting, and containers of it."""
    secret = Secret(HIDDEN)
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret!r}",
        f"{secret:>30}",
        "{:.3}".format(secret),  # noqa: UP032 - str.format is what is tested
        "%s" % secret,  # noqa: UP031 - %-formatting is what is tested
        repr([secret]),
        repr({"k": secret}),
        repr(Holder(secret)),
        str(vars(Plain())),
    ]
    assert all(HIDDEN not in text for text in shown)
    assert str(secret) == "***"
    assert secret.reveal() == HIDDEN


def test_serialisers_do_not_get_it() -> None:
    """Json refuses it or shows stars, pickle refuses it, asdict keeps the type, copies stay hidden."""
    secret = Secret(HIDDEN)
    with pytest.raises(TypeError):
        json.dumps({"secret": secret})
    assert json.dumps({"secret": secret}, default=str) == '{"secret": "***"}'
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError):
            pickle.dumps(secret, protocol)
        with pytest.raises(TypeError):
            pickle.dumps(Holder(secret), protocol)
    assert str(dataclasses.asdict(Holder(secret))) == "{'secret': ***}"
    assert str(copy.deepcopy(secret)) == "***"
    assert copy.copy(secret) == secret
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError):
        secret.__getstate__()


def test_logging_and_exceptions_do_not_get_it(caplog: pytest.LogCaptureFixture) -> None:
    """A log record and a traceback with it show stars."""
    secret = Secret(HIDDEN)
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").debug("password %s %r", secret, secret)
    try:
        raise ValueError(secret)  # noqa: TRY301 - an exception that carries it is what is tested
    except ValueError:
        shown = traceback.format_exc()
    assert HIDDEN not in caplog.text + shown


def test_equality_and_truth() -> None:
    """Secrets compare by value, never with text; an empty one is false."""
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert hash(Secret("a")) == hash(Secret("a"))
    assert not Secret("")


@pytest.mark.parametrize(
    "text",
    ["env:GOVNET_X", "file:secrets/a b", "file:/etc/x", "age:s.age#key", "age:s.age", "vault:secret/a/b#key"],
)
def test_references_read_back_as_written(text: str) -> None:
    """A reference shows itself exactly as it was written."""
    assert str(SecretRef.parse(text)) == text
    assert SecretRef.parse(str(SecretRef.parse(text))) == SecretRef.parse(text)


@pytest.mark.parametrize(
    "text",
    ["", "hunter2", "Pass:word", "env:", "env:A-B", "env:A=B", "file:", "vault:a#k", "vault:a/b", "vault:a/../b#k"],
)
def test_everything_else_is_refused_without_an_echo(text: str) -> None:
    """What is no reference may be a secret: the error does not carry it."""
    with pytest.raises(ValueError, match="reference to a secret") as caught:
        SecretRef.parse(text)
    assert not text or text not in str(caught.value)


@given(st.text())
def test_parsing_never_fails_otherwise(text: str) -> None:
    """Any text is a reference that reads back, or a ValueError."""
    try:
        reference = SecretRef.parse(text)
    except ValueError:
        return
    assert SecretRef.parse(str(reference)) == reference


def test_env(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment variable; one that is not set is named, its reference too."""
    monkeypatch.setenv("GOVNET_TEST_SECRET", HIDDEN)
    assert SecretRef.parse("env:GOVNET_TEST_SECRET").resolve(tmp_path).reveal() == HIDDEN
    monkeypatch.delenv("GOVNET_TEST_SECRET")
    with pytest.raises(GovnetError) as caught:
        SecretRef.parse("env:GOVNET_TEST_SECRET").resolve(tmp_path)
    assert "env:GOVNET_TEST_SECRET" in str(caught.value)
    assert caught.value.message.in_language("zh_CN").startswith("无法读取口令 env:GOVNET_TEST_SECRET")


@pytest.mark.parametrize(
    ("content", "secret"),
    [("a\n", "a"), ("a\r\n", "a"), (" a ", " a "), ("\ufeffa", "a"), ("密\n", "密")],
)
def test_file(content: str, secret: str, tmp_path: Path) -> None:
    """A file below the workspace: one line end is stripped, nothing else."""
    path = tmp_path / "s"
    path.write_text(content, encoding="utf-8", newline="")
    path.chmod(0o600)
    assert SecretRef.parse("file:s").resolve(tmp_path).reveal() == secret


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"a\n\n", b"a\nb\n", b"a\x00b", b"\xff\xfe\x00", b"x" * (1 << 20) + b"x"]
)
def test_files_that_hold_no_secret(content: bytes, tmp_path: Path) -> None:
    """Empty, binary and huge files are refused by name; so are missing ones and folders."""
    (tmp_path / "s").write_bytes(content)
    (tmp_path / "s").chmod(0o600)
    (tmp_path / "folder").mkdir()
    for name in ("s", "missing", "folder"):
        with pytest.raises(GovnetError) as caught:
            SecretRef.parse(f"file:{name}").resolve(tmp_path)
        assert f"file:{name}" in str(caught.value)
        assert str(caught.value.hint)


def test_a_file_that_everybody_can_read_is_remarked_upon(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is used, and a warning names the file, not the secret."""
    (tmp_path / "s").write_text(HIDDEN, encoding="utf-8")
    (tmp_path / "s").chmod(stat.S_IRUSR | stat.S_IROTH)
    assert SecretRef.parse("file:s").resolve(tmp_path).reveal() == HIDDEN
    assert str(tmp_path / "s") in caplog.text
    assert HIDDEN not in caplog.text


class _Vault(http.server.BaseHTTPRequestHandler):
    """Answers as Vault's KV version 2 does, and as what stands in its way does."""

    seen: ClassVar[list[tuple[str, str | None]]] = []

    def do_GET(self) -> None:
        token = self.headers.get("X-Vault-Token")
        self.seen.append((self.path, token))
        answers = {
            "/v1/secret/data/govnet/routers": (
                200,
                {"data": {"data": {"password": HIDDEN, "number": 5}, "metadata": {}}},
            ),
            "/v1/secret/data/sealed": (503, {"errors": ["Vault is sealed"]}),
            "/v1/secret/data/broken": (500, {}),
        }
        status, document = answers.get(self.path, (404, {"errors": []}))
        if token != "good-token":
            status, document = 403, {"errors": ["permission denied", HIDDEN]}
        if self.path == "/v1/secret/data/elsewhere":
            self.send_response(302)
            self.send_header("Location", "/v1/secret/data/govnet/routers")
            self.end_headers()
            return
        body = b"<html>" if self.path == "/v1/secret/data/html" else json.dumps(document).encode()
        self.send_response(200 if self.path.endswith("html") else status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Silence."""


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[tuple[str, str | None]]]:
    """A vault on this machine; gives the requests that it saw."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Vault) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("VAULT_ADDR", f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setenv("VAULT_TOKEN", "good-token")
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
        _Vault.seen.clear()
        yield _Vault.seen
        server.shutdown()


@pytest.mark.usefixtures("vault")
def test_vault_gives_a_secret(tmp_path: Path) -> None:
    """KV version 2: the path below `data/`, the key in it."""
    assert SecretRef.parse("vault:secret/govnet/routers#password").resolve(tmp_path).reveal() == HIDDEN


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("vault:secret/govnet/routers#nothing", "no text under the key"),
        ("vault:secret/govnet/routers#number", "no text under the key"),
        ("vault:secret/nothing#password", "nothing at this path"),
        ("vault:secret/sealed#password", "sealed"),
        ("vault:secret/broken#password", "status 500"),
        ("vault:secret/html#password", "not JSON"),
        ("vault:secret/elsewhere#password", "status 302"),
    ],
)
def test_vault_says_why_not(reference: str, why: str, vault: list[tuple[str, str | None]], tmp_path: Path) -> None:
    """Each way to fail has a text of its own with the reference; a redirect, which would take the token, is one."""
    with pytest.raises(GovnetError) as caught:
        SecretRef.parse(reference).resolve(tmp_path)
    assert why in str(caught.value)
    assert reference in str(caught.value)
    assert HIDDEN not in str(caught.value) + str(caught.value.hint)
    assert len(vault) == 1


@pytest.mark.usefixtures("vault")
def test_vault_access(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A refused token, no server, no address, no token: each says what mends it and shows no token."""
    reference = SecretRef.parse("vault:secret/govnet/routers#password")
    for name, value, why in (
        ("VAULT_TOKEN", "bad-token", "refused the token"),
        ("VAULT_ADDR", "http://127.0.0.1:9", "no connection"),
        ("VAULT_ADDR", "file:///etc/passwd", "not the address of a web server"),
        ("VAULT_ADDR", "", "VAULT_ADDR is not set"),
        ("VAULT_TOKEN", "", "VAULT_TOKEN is not set"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            with pytest.raises(GovnetError) as caught:
                reference.resolve(tmp_path)
        assert why in str(caught.value)
        assert "bad-token" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_age(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key of an encrypted mapping, or the whole text; by an identity file or by the identity itself."""
    pyrage = pytest.importorskip("pyrage", reason="the extra `age` (pyrage) is not installed")
    identity = pyrage.x25519.Identity.generate()
    recipient = identity.to_public()
    (tmp_path / "s.age").write_bytes(pyrage.encrypt(f"password: {HIDDEN}\npin: 0123\n".encode(), [recipient]))
    (tmp_path / "one.age").write_bytes(pyrage.encrypt(f"{HIDDEN}\n".encode(), [recipient]))
    (tmp_path / "key.txt").write_text(f"# created: today\n{identity}\n", encoding="utf-8")
    for value in ("key.txt", str(tmp_path / "key.txt"), str(identity)):
        monkeypatch.setenv("GOVNET_AGE_IDENTITY", value)
        assert SecretRef.parse("age:s.age#password").resolve(tmp_path).reveal() == HIDDEN
        assert SecretRef.parse("age:s.age#pin").resolve(tmp_path).reveal() == "0123"
        assert SecretRef.parse("age:one.age").resolve(tmp_path).reveal() == HIDDEN


def test_age_says_why_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No identity, a wrong one, no such key, no age file: each names the reference and shows no key."""
    pyrage = pytest.importorskip("pyrage", reason="the extra `age` (pyrage) is not installed")
    identity, other = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    (tmp_path / "s.age").write_bytes(pyrage.encrypt(b"password: x\n", [identity.to_public()]))
    (tmp_path / "plain.age").write_bytes(b"password: x\n")
    for value, reference, why in (
        (None, "age:s.age#password", "GOVNET_AGE_IDENTITY is not set"),
        ("nowhere.txt", "age:s.age#password", "cannot be read"),
        ("AGE-SECRET-KEY-1NONSENSE", "age:s.age#password", "holds no age identity"),
        (str(other), "age:s.age#password", "cannot be decrypted"),
        (str(identity), "age:plain.age#password", "cannot be decrypted"),
        (str(identity), "age:s.age#nothing", "no text under the key"),
    ):
        if value is None:
            monkeypatch.delenv("GOVNET_AGE_IDENTITY", raising=False)
        else:
            monkeypatch.setenv("GOVNET_AGE_IDENTITY", value)
        with pytest.raises(GovnetError) as caught:
            SecretRef.parse(reference).resolve(tmp_path)
        assert why in str(caught.value)
        assert reference in str(caught.value)
        assert "AGE-SECRET-KEY" not in str(caught.value)


def test_age_without_its_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "pyrage", None)
    with pytest.raises(MissingToolError) as caught:
        SecretRef.parse("age:s.age#password").resolve(tmp_path)
    assert "pip install 'govnet[age]'" in str(caught.value.hint)
