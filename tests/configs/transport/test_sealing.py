"""Sealed copies: for age and SSH keys, from files of them; every wrong key is said, in both languages."""

from __future__ import annotations

import subprocess
import sys

import pytest

from configs.sealing import Seal, unseal
from inventory.errors import InputError, MissingToolError
from inventory.text import set_language

TEXT = "sysname RT\n口令 cipher S3cret\n".encode("gb18030")


@pytest.fixture
def pyrage():
    """The package, or a skip."""
    return pytest.importorskip("pyrage", reason="the extra `age` (pyrage) is not installed")


@pytest.fixture
def key(pyrage, tmp_path):
    """An identity in a file, and its public key."""
    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "identity").write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return tmp_path / "identity", str(identity.to_public())


def test_round_trip(key, tmp_path):
    """The bytes come back; each copy is another text."""
    identity, public = key
    seal = Seal([public], tmp_path)
    one, two = seal(TEXT), seal(TEXT)
    assert one != two
    assert b"S3cret" not in one
    assert unseal(one, identity) == unseal(two, identity) == TEXT


def test_for_several(key, pyrage, tmp_path):
    """A file of recipients, with remarks; each of them opens it, and an SSH key too."""
    identity, public = key
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other").write_text(str(other))
    done = subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "noc", "-f", str(tmp_path / "ssh")], check=False
    )
    assert done.returncode == 0
    ssh = (tmp_path / "ssh.pub").read_text().strip()
    (tmp_path / "safe.txt").write_text(f"# the safe\n\n{public}\n{other.to_public()}\n")
    sealed = Seal(["safe.txt", ssh], tmp_path)(TEXT)
    for name in (identity, tmp_path / "other", tmp_path / "ssh"):
        assert unseal(sealed, name) == TEXT


@pytest.mark.parametrize(
    ("recipient", "code"),
    [
        ("nobody.txt", "bad-recipient"),
        ("age1xyz", "bad-recipient"),
        ("ssh-ed25519 AAAA", "bad-recipient"),
        ("empty.txt", "no-recipient"),
        ("wrong.txt", "bad-recipient"),
    ],
)
@pytest.mark.usefixtures("pyrage")
def test_who_is_no_recipient(tmp_path, recipient, code):
    """A wrong key is said before anything is encrypted."""
    (tmp_path / "empty.txt").write_text("# nobody\n")
    (tmp_path / "wrong.txt").write_text("hello\n")
    with pytest.raises(InputError) as caught:
        Seal([recipient], tmp_path)
    assert caught.value.problems[0].code == code


def test_who_cannot_open(key, pyrage, tmp_path):
    """A file that is missing, holds no identity, or another's; no key is in the message."""
    identity, public = key
    sealed = Seal([public], tmp_path)(TEXT)
    other = pyrage.x25519.Identity.generate()
    (tmp_path / "other").write_text(str(other))
    (tmp_path / "nothing").write_text("AGE-SECRET-KEY-1BROKEN\n")
    codes = []
    for name in ("missing", "nothing", "other"):
        with pytest.raises(InputError) as caught:
            unseal(sealed, tmp_path / name)
        codes.append(caught.value.problems[0].code)
        assert "SECRET-KEY" not in str(caught.value.problems[0])
    assert codes == ["no-identity", "no-identity", "wrong-identity"]
    with pytest.raises(InputError):
        unseal(b"not age", identity)


@pytest.mark.parametrize(
    ("language", "said"), [("en", "need the Python package pyrage"), ("zh_CN", "需要 Python 软件包 pyrage")]
)
def test_without_the_package(monkeypatch, tmp_path, language, said):
    """What to install is said."""
    monkeypatch.setitem(sys.modules, "pyrage", None)
    set_language(language)
    for act in (lambda: Seal(["age1x"], tmp_path), lambda: unseal(b"", tmp_path / "identity")):
        with pytest.raises(MissingToolError) as caught:
            act()
        assert said in str(caught.value.message)
        assert "govnet[age]" in str(caught.value.hint)
