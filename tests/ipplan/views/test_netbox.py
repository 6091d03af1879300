"""NetBox: the import files' columns, and the push against a small server of ours that models the endpoints used."""

from __future__ import annotations

import csv
import io
import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from inventory.errors import ServiceError
from inventory.model import Area, Level
from inventory.secrets import Secret
from ipplan.plan import AsRow, VrfRow
from ipplan.views import netbox, netbox_objects, netbox_push
from tests.patience import PATIENCE

TOKEN = "0123456789abcdef0123456789abcdef01234567"


def tables(material):
    return {
        file.name: list(csv.DictReader(io.StringIO(file.data.decode(), newline="")))
        for file in netbox.files(material)
        if file.name.endswith(".csv")
    }


def test_the_files_refer_only_to_what_is_there(make):
    """Every region, tenant, role, VRF and target that a file names stands in a file with a smaller number."""
    found = tables(make(dns=True))
    assert sorted(found) == [
        "netbox/1-regions.csv", "netbox/2-tenants.csv", "netbox/3-sites.csv", "netbox/4-roles.csv",
        "netbox/5-route-targets.csv", "netbox/6-vrfs.csv", "netbox/7-prefixes.csv", "netbox/8-ip-addresses.csv",
    ]  # fmt: skip
    regions, tenants, sites, roles, targets, vrfs, prefixes, addresses = (found[name] for name in sorted(found))
    seen = {""}
    for row in regions:
        assert row["parent.slug"] in seen, "the upper region comes first"
        seen.add(row["slug"])
    slugs = {kind: {row["slug"] for row in rows} | {""} for kind, rows in (("t", tenants), ("r", roles))}
    assert all(row["region.slug"] in seen and row["tenant.slug"] in slugs["t"] for row in sites)
    names = {row["name"] for row in targets}
    assert names == {"65001:7", "65001:8"}
    assert [(row["rd"], row["import_targets"], row["export_targets"]) for row in vrfs] == [
        ("65001:7", "65001:7", "65001:7,65001:8")
    ]
    known = {row["name"] for row in vrfs} | {""}
    assert all(row["vrf"] in known and row["role.slug"] in slugs["r"] for row in prefixes)
    assert all(row["vrf"] in known and row["tenant.slug"] in slugs["t"] for row in addresses)
    assert len({(row["vrf"], row["prefix"]) for row in prefixes}) == len(prefixes)
    assert len({(row["vrf"], row["address"].partition("/")[0]) for row in addresses}) == len(addresses)
    assert {row["dns_name"] for row in addresses} >= {"core.city.example", "gw.lan-1.city.example"}


def test_names_that_must_be_unique_are(make):
    """Two health offices in two regions, and slugs that NetBox takes."""
    found = tables(make())
    tenants = {row["slug"]: row["name"] for row in found["netbox/2-tenants.csv"]}
    assert tenants["health"] == "卫生健康局 (上饶市)"
    assert tenants["health-xz"] == "卫生健康局 (信州区)"
    for name, rows in found.items():
        if rows and "slug" in rows[0]:
            assert len({row["slug"] for row in rows}) == len(rows), name
            assert len({row["name"] for row in rows}) == len(rows), name
            assert all(row["slug"].replace("-", "").replace("_", "").isalnum() for row in rows)
            assert all(row["slug"].isascii() for row in rows)


def test_no_field_is_longer_than_netbox_allows(make):
    """Names 100, descriptions 200 characters."""
    material = make()
    sites = {name: replace(site, title="长" * 300) for name, site in material.inventory.sites.items()}
    inventory = replace(material.inventory, sites=sites)
    material = replace(material, workspace=replace(material.workspace, inventory=inventory))
    for item in netbox_objects.objects(material):
        assert len(item.fields.get("name", "")) <= 100
        assert len(item.fields["description"]) <= 200


class Model(ThreadingHTTPServer):
    """A model of the endpoints that the push uses: lists with pages, bulk POST and PATCH, unique keys, references.

    It is our understanding of NetBox's REST API (docs: "REST API Overview"), not NetBox.
    """

    NEEDED: ClassVar = {
        "regions": ("name", "slug"), "tenants": ("name", "slug"), "sites": ("name", "slug"), "roles": ("name", "slug"),
        "route-targets": ("name",), "vrfs": ("name",), "prefixes": ("prefix",), "ip-addresses": ("address",),
        "rirs": ("name", "slug"), "asns": ("asn", "rir"),
    }  # fmt: skip
    REFERS: ClassVar = {
        "parent": "regions", "region": "regions", "tenant": "tenants", "role": "roles", "vrf": "vrfs",
        "import_targets": "route-targets", "export_targets": "route-targets",
    }  # fmt: skip

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tables = {name: {} for name in self.NEEDED}
        self.writes = []
        self.broken = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def nested(self, kind, number):
        """Another object as NetBox nests it."""
        application = {"tenants": "tenancy", "regions": "dcim", "sites": "dcim"}.get(kind, "ipam")
        url = f"{self.url}/api/{application}/{kind}/{number}/"
        return {"id": number, "url": url, "display": "x", "name": self.tables[kind][number]["name"]}

    def shown(self, kind, row):
        """As NetBox answers: other objects nested, choices with value and label."""
        made = dict(row)
        for key, other in self.REFERS.items():
            if kind == "ip-addresses" and key == "role":
                continue
            value = row.get(key)
            if isinstance(value, int):
                made[key] = self.nested(other, value)
            elif isinstance(value, list):
                made[key] = [self.nested(other, one) for one in reversed(value)]
        for key in ("status", "role"):
            if isinstance(made.get(key), str):
                made[key] = {"value": made[key], "label": made[key].title()}
        made.setdefault("vrf", None)
        return made

    def check(self, kind, row):
        """What NetBox would refuse."""
        for key in self.NEEDED[kind]:
            if not row.get(key):
                return {key: ["This field is required."]}
        for key, other in self.REFERS.items():
            if kind == "ip-addresses" and key == "role":
                continue
            value = row.get(key)
            for one in value if isinstance(value, list) else [value] if value is not None else []:
                if one not in self.tables[other]:
                    return {key: [f"Related object not found: {one}"]}
        for other in self.tables[kind].values():
            if other["id"] != row.get("id") and self.key(kind, other) == self.key(kind, row):
                return {"__all__": ["duplicate"]}
        return None

    @staticmethod
    def key(kind, row):
        if kind in ("prefixes", "ip-addresses"):
            return row.get("vrf"), row.get("prefix") or row["address"].partition("/")[0]
        return row.get("slug") or row["name"]


class Handler(BaseHTTPRequestHandler):
    """Requests to the model."""

    server: Model
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, document):
        data = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("API-Version", "4.4")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def allowed(self):
        if self.headers.get("Authorization", "").split()[-1:] == [TOKEN]:
            return True
        self.answer(403, {"detail": "Invalid token"})
        return False

    def do_GET(self):
        if not self.allowed():
            return
        parts = urlsplit(self.path)
        kind = parts.path.strip("/").split("/")[-1]
        if kind not in self.server.tables:
            self.answer(200, {"netbox-version": "4.4.0"})
            return
        query = {key: int(values[0]) for key, values in parse_qs(parts.query).items() if values[0].isdigit()}
        start, size = query.get("offset", 0), min(query.get("limit") or 50, 50)
        rows = [self.server.shown(kind, row) for row in self.server.tables[kind].values()]
        more = f"{self.server.url}{parts.path}?limit={size}&offset={start + size}" if start + size < len(rows) else None
        self.answer(200, {"count": len(rows), "next": more, "previous": None, "results": rows[start : start + size]})

    def body(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def do_POST(self):
        self.write("POST")

    def do_PATCH(self):
        self.write("PATCH")

    def write(self, verb):
        document = self.body()
        if not self.allowed():
            return
        kind = urlsplit(self.path).path.strip("/").split("/")[-1]
        table = self.server.tables[kind]
        if self.server.broken == kind:
            self.answer(400, [{"name": ["the disk is full"]}])
            return
        made, before = [], dict(table)
        for item in document:
            number = item.get("id") if verb == "PATCH" else sum(map(len, self.server.tables.values())) + 1
            row = {**table.get(number, {}), **item, "id": number}
            fault = self.server.check(kind, row)
            if fault is not None:
                self.server.tables[kind] = before
                self.answer(400, fault)
                return
            table[number] = row
            made.append(self.server.shown(kind, row))
        self.server.writes.append((verb, kind, len(document)))
        self.answer(201 if verb == "POST" else 200, made)


@pytest.fixture
def model():
    server = Model()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.shutdown()
    thread.join(PATIENCE)
    server.server_close()


def push(model, material, *, commit):
    return netbox_push.push(material, model.url, Secret(TOKEN), commit=commit)


def test_a_dry_run_writes_nothing(make, model):
    """It says what would be created, and only reads."""
    report = push(model, make(), commit=False)
    assert model.writes == []
    assert not report.committed
    assert {action.verb for action in report.actions} == {"create"}
    assert report.counts()["regions"]["create"] == 5


def test_twice_is_as_once(make, model):
    """The first push creates everything, the second leaves everything."""
    material = make(townships=30, dns=True)
    report = push(model, material, commit=True)
    assert {kind: len(table) for kind, table in model.tables.items() if table} == {
        kind.replace("_", "-"): counts["create"] for kind, counts in report.counts().items()
    }
    assert ("POST", "prefixes", 100) in model.writes, "many objects go in one request"
    model.writes.clear()
    again = push(model, material, commit=True)
    assert again.empty
    assert model.writes == []
    regions = {row["slug"]: row for row in model.tables["regions"].values()}
    assert regions["361102100"]["parent"] == regions["361102"]["id"]
    lan = next(row for row in model.tables["prefixes"].values() if row.get("scope_type") == "dcim.site")
    assert lan["scope_id"] in model.tables["sites"]


def test_what_differs_is_updated_and_nothing_else(make, model):
    """A changed title is one field of one object; what somebody else added stays; an empty field is not emptied."""
    material = make()
    push(model, material, commit=True)
    prefix = next(row for row in model.tables["prefixes"].values() if row["status"] == "active")
    prefix["description"], prefix["comments"] = "somebody's", "kept"
    site = next(row for row in model.tables["sites"].values() if row["slug"] == "dc")
    site["facility"] = "kept"
    model.tables["tenants"][999] = {"id": 999, "name": "foreign", "slug": "foreign"}
    model.writes.clear()
    report = push(model, material, commit=True)
    changed = [action for action in report.actions if action.verb != "leave"]
    assert [(action.kind, action.verb, list(action.changes)) for action in changed] == [
        ("prefixes", "update", ["description"])
    ]
    assert model.writes == [("PATCH", "prefixes", 1)]
    assert (prefix["comments"], site["facility"]) == ("kept", "kept")
    after = model.tables["prefixes"][prefix["id"]]
    assert after["description"] != "somebody's"
    assert 999 in model.tables["tenants"]


def test_an_interrupted_push_goes_on(make, model):
    """A refusal is an error with NetBox's words; the next run does the rest."""
    material = make()
    model.broken = "prefixes"
    with pytest.raises(ServiceError, match="the disk is full"):
        push(model, material, commit=True)
    assert model.tables["sites"]
    assert not model.tables["prefixes"]
    model.broken = ""
    report = push(model, material, commit=True)
    assert report.counts()["sites"]["create"] == 0
    assert report.counts()["prefixes"]["create"] > 0
    assert push(model, material, commit=True).empty


def test_a_wrong_token_and_a_dead_server(make, model):
    """Both are errors for people, and neither shows the token."""
    with pytest.raises(ServiceError) as caught:
        netbox_push.push(make(), model.url, Secret("wrong-token"), commit=True)
    assert "wrong-token" not in str(caught.value)
    assert int(caught.value.exit_code) == 3
    with pytest.raises(ServiceError):
        netbox_push.push(make(), "http://127.0.0.1:9", Secret(TOKEN), commit=False)


def test_as_numbers_and_distinguishers_come_from_the_plan(make):
    """Each AS number once, with who gives such numbers; RD and targets of a VRF that only the plan knows about."""
    material = make()
    rows = (AsRow(Level.COUNTY, "361102", 65102), AsRow(Level.CITY, "3611", 4808))
    vrf = VrfRow(Area.VPN, "medical", "65001:9", ("65001:9",), ("65001:9",))
    vrfs = {name: replace(row, rd="", import_rt=(), export_rt=()) for name, row in material.inventory.vrfs.items()}
    workspace = replace(material.workspace, inventory=replace(material.inventory, vrfs=vrfs))
    plan = replace(material.plan, as_rows=rows, vrf_rows=(vrf,))
    found = tables(replace(material, plan=plan, policy=replace(material.policy, asn=65001), workspace=workspace))
    assert [(row["slug"], row["is_private"]) for row in found["netbox/9-rirs.csv"]] == [
        ("assigned", "false"),
        ("rfc-6996", "true"),
    ]
    assert [(row["asn"], row["rir.slug"]) for row in found["netbox/10-asns.csv"]] == [
        ("4808", "assigned"),
        ("65001", "rfc-6996"),
        ("65102", "rfc-6996"),
    ]
    assert [row["rd"] for row in found["netbox/6-vrfs.csv"]] == ["65001:9"]
    assert {row["name"] for row in found["netbox/5-route-targets.csv"]} == {"65001:9"}
