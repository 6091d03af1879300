"""web.yml: TLS, passwords, headers, as Prometheus' exporters read it."""

from __future__ import annotations

import base64
import datetime as dt
import json
import ssl

import bcrypt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from collectors.web import Web
from inventory.errors import InputError

HASH = bcrypt.hashpw(b"correct horse", bcrypt.gensalt(4)).decode()


def certificate(folder, name, *, issuer=None, sans=()):
    """A certificate and its key as files `name.crt` and `name.key`, signed by itself or by `issuer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(san) for san in sans or (name,)]), critical=False)
        .sign(issuer[0] if issuer else key, hashes.SHA256())
    )
    (folder / f"{name}.crt").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.key").write_bytes(private)
    return key, made


def trusting(folder, name, *, client=""):
    context = ssl.create_default_context(cafile=folder / f"{name}.crt")
    context.check_hostname = False
    if client:
        context.load_cert_chain(folder / f"{client}.crt", folder / f"{client}.key")
    return context


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def written(tmp_path, text):
    path = tmp_path / "web.yml"
    path.write_text(text)
    return path


def test_passwords(running, tmp_path):
    """Only the right user with the right password; the same for every page."""
    web = Web(written(tmp_path, f"basic_auth_users: {{prometheus: '{HASH}'}}\n"))
    exporter = running(web=web)
    for headers in (
        {},
        basic("prometheus", "wrong"),
        basic("other", "correct horse"),
        {"Authorization": "Bearer x"},
        {"Authorization": "Basic %%%"},
        basic("prometheus", "x" * 100),
    ):
        status, body, answered = exporter.get("/-/healthy", headers=headers)
        assert status == 401
        assert answered["WWW-Authenticate"] == 'Basic realm="govnet"'
        assert b"Healthy" not in body
    for _ in range(2):
        assert exporter.get("/-/healthy", headers=basic("prometheus", "correct horse"))[0] == 200
    assert exporter.get("/snmp?target=rt-a&module=system")[0] == 401


def test_tls_headers_and_a_new_certificate(running, tmp_path):
    """HTTPS with the certificate of the file; after reload with the new one; headers on every answer."""
    certificate(tmp_path, "server")
    path = written(
        tmp_path,
        "tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}\n"
        "http_server_config: {headers: {X-Frame-Options: deny}}\n",
    )
    exporter = running(web=Web(path))
    first = trusting(tmp_path, "server")
    status, _, headers = exporter.get("/-/healthy", tls=first)
    assert status == 200
    assert headers["X-Frame-Options"] == "deny"
    groups = json.loads(exporter.get("/sd/snmp", tls=first)[1])
    assert groups[0]["labels"]["__scheme__"] == "https"
    with pytest.raises((OSError, ConnectionError)):
        exporter.get("/-/healthy")
    certificate(tmp_path, "server")
    assert exporter.get("/-/reload", method="POST", tls=first)[0] == 200
    with pytest.raises(ssl.SSLCertVerificationError):
        exporter.get("/-/healthy", tls=first)
    assert exporter.get("/-/healthy", tls=trusting(tmp_path, "server"))[0] == 200
    path.write_text("{}\n")
    assert exporter.get("/-/reload", method="POST", tls=trusting(tmp_path, "server"))[0] == 500


def test_certificates_of_clients(running, tmp_path):
    """Who has none, or one of another name, is not let in."""
    certificate(tmp_path, "server")
    authority = certificate(tmp_path, "ca")
    certificate(tmp_path, "prometheus", issuer=authority, sans=("prometheus.noc",))
    certificate(tmp_path, "other", issuer=authority, sans=("other.noc",))
    path = written(
        tmp_path,
        "tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: ca.crt,"
        " client_auth_type: RequireAndVerifyClientCert, client_allowed_sans: [prometheus.noc]}\n",
    )
    exporter = running(web=Web(path))
    assert exporter.get("/-/healthy", tls=trusting(tmp_path, "server", client="prometheus"))[0] == 200
    assert exporter.get("/-/healthy", tls=trusting(tmp_path, "server", client="other"))[0] == 403
    with pytest.raises((OSError, ConnectionError)):
        exporter.get("/-/healthy", tls=trusting(tmp_path, "server"))


def test_certificate_and_key_as_text(tmp_path):
    """Inline, as newer files may have them; and the older suites by Go's names."""
    certificate(tmp_path, "server")
    indented = {
        kind: "".join(f"    {line}\n" for line in (tmp_path / f"server.{kind}").read_text().splitlines())
        for kind in ("crt", "key")
    }
    path = written(
        tmp_path,
        f"tls_server_config:\n  cert: |\n{indented['crt']}  key: |\n{indented['key']}"
        "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384]\n  max_version: TLS12\n",
    )
    assert Web(path).tls is not None


BROKEN = {
    "no such file": (None, "cannot be read"),
    "no YAML": ("basic_auth_users: [", "YAML"),
    "unknown key": ("rate_limit: {burst: 1}", "rate_limit"),
    "no key": ("tls_server_config: {cert_file: a.crt}", "a certificate and a key"),
    "no such certificate": ("tls_server_config: {cert_file: a.crt, key_file: a.key}", "No such file"),
    "clients unchecked": (
        "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAnyClientCert}",
        "client",
    ),
    "no authority": (
        "tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}",
        "client_ca_file",
    ),
    "unknown suite": ("tls_server_config: {cert_file: a, key_file: b, cipher_suites: [RC4]}", "TLS_ECDHE_RSA"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named(tmp_path, name):
    """File and place; no traceback."""
    text, place = BROKEN[name]
    path = tmp_path / "web.yml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError) as caught:
        Web(path)
    shown = " ".join(problem.in_language("en") for problem in caught.value.problems)
    assert "web.yml" in shown
    assert place in shown
