"""The description of the API says what is: every operation in it is called on a running service, and every answer that it
declares is seen and compared with its schema; it has the routes of the program, and no others."""

import base64
import hashlib
import http.server
import json
import re
import threading
import time
import traceback

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from files import png
from openapi import FILE, Document, Operation
from service import Service, wait_until
from tenants import PASSWORD, Api, keep_signature, log_in, new_email, new_staff, new_tenant

DOCUMENT = Document()
OPERATIONS = list(DOCUMENT.operations)
NOBODY = 999_999_999  # an id that nothing has

# Declared answers that no scenario here can bring about.
NOT_SEEN = {
    ("getReadiness", "503"): "the database is away: test_service.py",
    ("changePassword", "409"): "two changes that race: test_people.py",
} | {(f"delete{kind}", "202"): "more than 10,000 rows: test_trash_bulk.py"
     for kind in ("Assets", "AssetGroups", "Categories", "Families", "Attributes", "AttributeGroups")}


# --- the document itself --------------------------------------------------------------------------------------------------

def refs_of(value):
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$ref":
                yield item
            else:
                yield from refs_of(item)
    elif isinstance(value, list):
        for item in value:
            yield from refs_of(item)


def test_the_service_gives_the_very_document(driven):
    """As JSON, with its numbers and booleans typed."""
    served = driven.nobody.get("/openapi.json").json()
    assert served == yaml.safe_load(FILE.read_text())
    assert served["openapi"].startswith("3.1.") and served["info"]["version"] == driven.nobody.get("/health").json()["version"]


def test_it_has_the_routes_of_the_program_with_their_permissions(driven):
    routes = [json.loads(line) for line in driven.service.run("client", "routes", "--json").stdout.splitlines()]
    assert {o.route: o.access for o in DOCUMENT.operations.values()} == {
        f"{route['method']} {route['path']}": route["access"] for route in routes}


def test_the_page_runs_nothing_but_its_own(driven):
    """Its script and style are named by their hashes, and nothing comes from elsewhere."""
    answer = driven.nobody.get("/docs")
    policy = dict(rule.strip().split(" ", 1) for rule in answer.headers["Content-Security-Policy"].split(";"))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        [text] = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", answer.text, re.S)
        assert policy[rule] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert policy["default-src"] == "'none'" and policy["connect-src"] == "'self'" and policy["frame-ancestors"] == "'none'"
    assert not re.search(r"(?:https?:)?//[a-z]|\son\w+=|style=|\burl\(|@import|innerHTML", answer.text)
    assert driven.nobody.head("/docs").headers["Content-Length"]


def test_it_is_whole():
    components = DOCUMENT.content["components"]
    used = set(refs_of(DOCUMENT.content))
    for ref in used:
        DOCUMENT.resolve({"$ref": ref})
    unused = {f"#/components/{kind}/{name}" for kind in components if kind != "securitySchemes" for name in components[kind]} - used
    assert unused == set()
    tags = [tag["name"] for tag in DOCUMENT.content["tags"]]
    assert len(tags) == len(set(tags)) and {t for o in DOCUMENT.operations.values() for t in o.spec["tags"]} == set(tags)
    count = sum(method in item for item in DOCUMENT.content["paths"].values() for method in ("get", "post", "put", "patch", "delete"))
    assert len(OPERATIONS) == count, "operation ids are unique"


@pytest.mark.parametrize("name", DOCUMENT.content["components"]["schemas"])
def test_each_schema_is_one_and_its_examples_fit(name):
    Draft202012Validator.check_schema(DOCUMENT.content["components"]["schemas"][name])
    schema = DOCUMENT.closed["components"]["schemas"][name]
    for example in schema.get("examples", []):
        assert DOCUMENT.troubles(schema, example) == [], example


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_operation_is_described(name):
    operation = DOCUMENT.operations[name]
    spec, access = operation.spec, operation.access
    assert re.fullmatch(r"[a-z][A-Za-z]+", name) and spec["summary"] and not spec["summary"].endswith(".")
    assert {n for place, n in operation.parameters if place == "path"} == set(re.findall(r"{(\w+)}", operation.path))
    assert {place for place, _ in operation.parameters} <= {"path", "query", "header"}
    assert any(status.startswith("2") for status in operation.statuses) and "default" in spec["responses"]
    security = spec.get("security", DOCUMENT.content["security"])
    expected = [] if access == "anyone" else [{"bearer": []}] + ([{"apiKey": []}] if ":" in access else [])
    if operation.path.startswith("/uploads/"):
        expected.append({"signature": []})
    assert security == expected
    must = set() if access == "anyone" else {"401", "403"}
    if operation.spec.get("requestBody"):
        must |= {"400", "413"}
    if has_number_in_path(operation):
        must |= {"400"} | ({"404"} if name not in MISSING_IS_400 else set())
    if "page" in operation.query:
        must |= {"400"}
    assert must <= operation.statuses
    for media in spec.get("requestBody", {}).get("content", {}).values():
        body = DOCUMENT.resolve(media["schema"], DOCUMENT.closed)
        assert body["additionalProperties"] is False and DOCUMENT.resolve(
            DOCUMENT.content["components"]["schemas"].get(media["schema"].get("$ref", "").split("/")[-1], body)
        )["additionalProperties"] is False, "a body refuses fields that it does not have"
    Draft202012Validator.check_schema({"allOf": [m.get("schema", {}) for r in spec["responses"].values() for m in r.get("content", {}).values()]})


def test_it_covers_the_whole_api():
    assert len(OPERATIONS) >= 80


# --- calling ----------------------------------------------------------------------------------------------------------------

def has_number_in_path(operation: Operation) -> bool:
    return any(place == "path" and parameter["schema"]["type"] == "integer"
               for (place, _), parameter in operation.parameters.items())


class Driven:
    """A service, people of every kind, and the document's calls."""

    def __init__(self, service: Service, database):
        self.service, self.database = service, database
        self.nobody = service.client()
        self.owner = new_tenant(service, database)
        self.other = new_tenant(service, database, "other")
        self.admin = new_tenant(service, database, "admin", "ADMIN")
        self.staff = new_staff(self.owner)
        self.key = self.with_key(self.owner.request("POST", "/api-keys", 201).json()["apiKey"])
        self.failures = {}
        self.foreign = foreign_things(self.other)
        self.foreign_calls = set()

    def attempt(self, name: str, function, *arguments):
        """What fails is told by the test of that name."""
        try:
            function(*arguments)
        except Exception:
            self.failures[name] = traceback.format_exc()

    def must_have_gone_well(self, name: str):
        if name in self.failures:
            pytest.fail(self.failures[name], pytrace=False)

    def new_owner(self):
        return new_tenant(self.service, self.database)

    def with_key(self, key: str) -> httpx.Client:
        client = self.service.client()
        client.headers["X-Api-Key"] = key
        return client

    def call(self, client, operation_id: str, expect: int = 200, **more) -> httpx.Response:
        return DOCUMENT.call(client, operation_id, expect, **more)

    def get(self, client, operation_id: str, **more):
        return self.call(client, operation_id, **more).json()

    def who_may(self, access: str):
        return {"anyone": self.nobody, "role ADMIN": self.admin}.get(access, self.owner)


SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__] = function
    return function


class Page(http.server.BaseHTTPRequestHandler):
    """A site in the web that has one text."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"text")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def web():
    """The port of a site that files may be fetched from."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as site:
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site.server_address[1]
        site.shutdown()


@pytest.fixture(scope="module")
def driven(web):
    service = Service()
    service.state.mkdir(parents=True)
    (service.state / "pixelpim.toml").write_text("attempts_per_account = 4\nattempts_per_address = 100000\nimport_bytes_max = 200000\nasset_bytes_max = 300000\n"
                                                 f"fetch_allowed_hosts = \"127.0.0.1:{web}\"\n")
    try:
        service.start()
        with service.connect() as database:
            made = Driven(service, database)
            made.web = web
            for name, function in SCENARIOS.items():
                made.attempt(name, function, made)
            for operation in DOCUMENT.operations.values():
                made.attempt(operation.id, refuses_what_is_wrong, made, operation)
            yield made
        assert service.stop() == 0
    finally:
        service.remove()


# --- what every operation answers to what is wrong ----------------------------------------------------------------------------

def path_of(operation: Operation, number=NOBODY) -> dict:
    return {name: number if parameter["schema"]["type"] == "integer" else f"UNKNOWN-{NOBODY}"
            for (place, name), parameter in operation.parameters.items() if place == "path"}


def required_query(operation: Operation) -> dict:
    return {name: parameter["example"] for (place, name), parameter in operation.parameters.items()
            if place == "query" and parameter.get("required")}


def right_body(operation: Operation) -> dict:
    """What the operation's example sends."""
    if operation.body():
        return {"json": DOCUMENT.example_of(operation.body())}
    if operation.body("multipart/form-data"):
        return {"files": {"file": ("a.csv", b"sku,name\n", "text/csv")}, "data": {"name": "a"}}
    return {}


def refuses_strangers(driven: Driven, operation: Operation):
    arguments = {"path": path_of(operation), "params": required_query(operation)} | right_body(operation)
    driven.call(driven.nobody, operation.id, 401, **arguments)
    wrong = {"role ADMIN": driven.owner, "role OWNER": driven.staff, "signed in": driven.key}.get(operation.access, driven.staff)
    driven.call(wrong, operation.id, 403, **arguments)


def refuses_nonsense(driven: Driven, operation: Operation):
    client, path = driven.who_may(operation.access), path_of(operation)
    if has_number_in_path(operation):
        driven.call(client, operation.id, 400, path=path_of(operation, "abc"), params=required_query(operation), **right_body(operation))
    if "page" in operation.query:
        driven.call(client, operation.id, 400, path=path, params={"page": "abc"})
    if operation.body():
        body = {"noSuchField": 1}
        assert DOCUMENT.troubles(operation.body(), body) != []
        driven.call(client, operation.id, 400, path=path, json=body)
        driven.call(client, operation.id, 400, path=path, content=b"{", headers={"Content-Type": "application/json"})
        driven.call(client, operation.id, 413, path=path, content=b" " * 102_401, headers={"Content-Type": "application/json"})


# What a path's id is the id of, by the last segment before it that is a kind.
KIND_OF = {"products": "product", "attributes": "attribute", "attribute": "attribute", "attribute-groups": "attributeGroup",
           "attribute-group": "attributeGroup", "families": "family", "family": "family", "categories": "category",
           "category": "category", "api-keys": "key", "assets": "asset", "asset-groups": "assetGroup"}


def foreign_things(other) -> dict:
    """One living and one trashed thing of each kind, which belong to another tenant."""
    makers = {"product": ("products", lambda: other.create()["id"]), "attribute": ("attributes", lambda: other.attribute("a")),
              "attributeGroup": ("attribute-groups", lambda: other.attribute_group("g")), "family": ("families", lambda: other.family("f")),
              "category": ("categories", lambda: other.category("c")), "asset": ("assets", lambda: other.asset("f")),
              "assetGroup": ("asset-groups", lambda: other.request("POST", "/asset-groups", 201, json={"groupName": "g"}).json()["id"])}
    things = {("key", False): other.request("POST", "/api-keys", 201).json()["id"]}
    for kind, (path, make) in makers.items():
        things[kind, True] = make()
        other.request("DELETE", f"/{path}/{things[kind, True]}", 200)
        things[kind, False] = make()
    return things


def foreign_id(driven: Driven, operation: Operation) -> int | None:
    """The id of a thing of another tenant's, for an operation that is about such things."""
    kinds = [KIND_OF[segment] for segment in operation.path.partition("{id}")[0].split("/") if segment in KIND_OF]
    is_of_trash = operation.path.endswith(("/restore", "/permanent", "/restore-preview"))
    return driven.foreign.get((kinds[-1], is_of_trash)) if kinds and "{id}" in operation.path else None


def finds_nothing(driven: Driven, operation: Operation):
    """Neither what nobody has nor what somebody else has."""
    client, more = driven.who_may(operation.access), {"params": required_query(operation)} | right_body(operation)
    expected = 400 if operation.id in MISSING_IS_400 else 404
    driven.call(client, operation.id, expected, path=path_of(operation), **more)
    if foreign := foreign_id(driven, operation):
        driven.call(client, operation.id, expected, path=path_of(operation, foreign), **more)
        driven.foreign_calls.add(operation.id)
    if "404" in operation.statuses:
        driven.call(client, operation.id, 404, path=path_of(operation, NO_ID), **more)


# Of these old clients know 400 where what the path names is not there; 404 is for what no id can be.
MISSING_IS_400 = {"listProductsOfCategory", "listProductsOfFamily", "listProductsOfAttributeGroup", "listProductsOfAttribute",
                  "listVariants", "createVariant", "generateVariants", "attachVariants", "detachVariant"}
NO_ID = 99_999_999_999


def refuses_what_is_wrong(driven: Driven, operation: Operation):
    if operation.access != "anyone":
        refuses_strangers(driven, operation)
    refuses_nonsense(driven, operation)
    if has_number_in_path(operation):
        finds_nothing(driven, operation)


# --- what each answers to what is right -----------------------------------------------------------------------------------------

@scenario
def service_(driven):
    for name in ("greet", "getHealth", "getLiveness", "getReadiness", "readDocs", "getOpenApi"):
        answer = driven.call(driven.nobody, name)
        if "304" in DOCUMENT.operations[name].statuses:
            driven.call(driven.nobody, name, 304, headers={"If-None-Match": answer.headers["ETag"]})
    page = driven.call(driven.nobody, "greet", headers={"Accept": "text/html"}).text
    version = re.search(r'src="/app/(\w+)/main.js"', page)[1]
    answer = driven.call(driven.nobody, "getAppFile", path={"version": version, "file": "main.js"})
    driven.call(driven.nobody, "getAppFile", 304, path={"version": version, "file": "main.js"}, headers={"If-None-Match": answer.headers["ETag"]})
    driven.call(driven.nobody, "getAppFile", 404, path={"version": "other", "file": "main.js"})
    driven.call(driven.staff, "listPermissions")


def code_for(service: Service, email: str) -> str:
    """The last code that was mailed to an address; without a mail server mails are in the log."""
    def find():
        return [match[1] for line in service.logs().splitlines()
                if "mail.not_configured" in line and email in line and (match := re.search(r"Your code is (\d{6})", line))]
    return wait_until(find, 30, f"a mail to {email}")[-1]


@scenario
def accounts(driven):
    email, nobody = new_email("new"), driven.nobody
    driven.call(nobody, "sendSignUpCode", 201, json={"email": email})
    code = code_for(driven.service, email)
    driven.call(nobody, "verifySignUpCode", 400, json={"email": email, "otp": "000000" if code != "000000" else "111111"})
    driven.call(nobody, "verifySignUpCode", 201, json={"email": email, "otp": code})
    account = {"email": email, "fullname": "New", "password": PASSWORD, "otp": code}
    driven.call(nobody, "signUp", 400, json=account | {"otp": "000000" if code != "000000" else "111111"})
    api = Api(driven.service, driven.call(nobody, "signUp", 201, json=account).json()["token"])
    driven.call(nobody, "logIn", 401, json={"email": email, "password": "wrong"})
    driven.call(nobody, "logIn", 201, json={"email": email, "password": PASSWORD})
    driven.call(api, "getProfile")
    driven.call(driven.admin, "getProfile")
    driven.call(api, "changePassword", 400, json={"currentPassword": "wrong", "newPassword": "something else"})
    changed = driven.call(api, "changePassword", json={"currentPassword": PASSWORD, "newPassword": "something else"}).json()
    api = Api(driven.service, changed["token"])
    driven.call(nobody, "sendResetCode", 201, json={"email": email})
    code = wait_until(lambda: (found := code_for(driven.service, email)) != code and found, 30, "the second code")
    driven.call(nobody, "resetPassword", 201, json={"email": email, "otp": code, "password": PASSWORD})
    api = Api(driven.service, log_in(driven.service, email))
    driven.call(api, "signOutEverywhere", 201)


@scenario
def sign_up_of_a_known_address(driven):
    """The code of a sign-up that began before somebody else made the account."""
    email = new_email("late")
    driven.call(driven.nobody, "sendSignUpCode", 201, json={"email": email})
    code = code_for(driven.service, email)
    driven.call(driven.nobody, "verifySignUpCode", 201, json={"email": email, "otp": code})
    driven.service.run("user", "add", email, "--password-stdin", stdin=PASSWORD + "\n")
    driven.call(driven.nobody, "signUp", 409, json={"email": email, "fullname": "Late", "password": PASSWORD, "otp": code})


@scenario
def limits_of_attempts(driven):
    email, nobody = new_email("often"), driven.nobody
    api = driven.new_owner()
    wrong = {"email": email, "otp": "000000"}
    many = [("logIn", nobody, {"email": email, "password": "wrong"}), ("sendSignUpCode", nobody, {"email": email}),
            ("sendResetCode", nobody, {"email": email}), ("verifySignUpCode", nobody, wrong),
            ("signUp", nobody, wrong | {"fullname": "x", "password": PASSWORD}),
            ("resetPassword", nobody, wrong | {"password": PASSWORD}),
            ("changePassword", api, {"currentPassword": "wrong", "newPassword": "something else"})]
    for name, client, body in many:
        operation = DOCUMENT.operations[name]
        for _ in range(8):
            answer = getattr(client, "http", client).request(operation.method, operation.path, json=body)
            DOCUMENT.check_answer(operation, answer)
            if answer.status_code == 429:
                break
        assert answer.status_code == 429, name


@scenario
def owners(driven):
    admin, email = driven.admin, new_email("made")
    person = {"email": email, "fullname": "Made", "password": PASSWORD}
    owner = driven.call(admin, "createOwner", 201, json=person).json()["id"]
    driven.call(admin, "createOwner", 409, json=person)
    driven.call(admin, "listOwners")
    driven.call(admin, "getOwner", path={"ownerId": driven.owner.id})
    assert driven.get(admin, "getOwner", path={"ownerId": driven.owner.id})["staffMembers"] != []
    driven.call(admin, "updateOwner", path={"ownerId": owner}, json={"fullname": "Other", "email": None})
    driven.call(admin, "updateOwner", 409, path={"ownerId": owner}, json={"email": driven.owner.email})
    driven.call(admin, "deleteOwner", path={"ownerId": owner})
    driven.call(admin, "getOwner", path={"ownerId": owner})
    driven.call(admin, "restoreOwner", path={"ownerId": owner})


@scenario
def operation(driven):
    admin, database = driven.admin, driven.owner.database
    driven.call(driven.nobody, "getMetrics")
    driven.call(driven.nobody, "getMetrics", 403, headers={"X-Forwarded-For": "203.0.113.7"})
    driven.call(driven.nobody, "getMonitorPage")
    driven.call(admin, "getMonitorFacts")
    link = {"owner": driven.owner.id, "until": int(time.time()) + 3600}
    going = driven.owner.create()["id"]
    driven.owner.delete(going)
    with database.transaction():
        database.execute("SET LOCAL session_replication_role = replica")
        database.execute("""UPDATE "Product" SET "deletedAt" = now() - interval '30 days' + interval '30 minutes' WHERE id = %s""", (going,))
    good = keep_signature(driven.service, **link)
    for signature, status in (("wrong", 403), (good, 200), (good, 410)):  # what it keeps, it keeps once
        driven.call(driven.nobody, "getKeepPage", status, params=link | {"signature": signature})
        driven.call(driven.nobody, "keepComing", status, params=link | {"signature": signature})
    database.execute("""INSERT INTO "Alert"(name, summary, remedy, value, threshold, "resolvedAt")
                        VALUES ('storage', 'It is full', 'More', 90, 80, now())""")
    driven.call(admin, "listAlerts")
    database.execute("""INSERT INTO "CleanupRun"(trigger, state, "startedBy") VALUES ('command', 'running', 'a test')""")
    run = driven.get(admin, "listCleanupRuns")["data"][0]["id"]
    driven.call(admin, "cancelCleanupRun", path={"id": run})
    database.execute("""UPDATE "CleanupRun" SET state = 'cancelled', "finishedAt" = now() WHERE id = %s""", (run,))
    driven.call(admin, "cancelCleanupRun", 409, path={"id": run})
    driven.call(admin, "cancelCleanupRun", 404, path={"id": 999_999_999})
    driven.call(admin, "listCleanupRuns", 400, params={"limit": "x"})


@scenario
def staff(driven):
    owner, email = driven.owner, new_email("member")
    person = {"email": email, "fullname": "Member", "password": PASSWORD}
    member = {"staffId": driven.call(owner, "createStaff", 201, json=person).json()["id"]}
    driven.call(owner, "createStaff", 409, json=person)
    driven.call(owner, "listStaff")
    driven.call(owner, "updateStaff", path=member, json={"fullname": "Renamed"})
    driven.call(owner, "updateStaff", 409, path=member, json={"email": owner.email})
    driven.call(owner, "grantPermission", 201, path=member, json={"resource": "products", "action": "read"})
    driven.call(owner, "grantPermission", 400, path=member, json={"resource": "products", "action": "eat"})
    driven.call(owner, "grantPermissions", 201, path=member, json={"permissions": [
        {"resource": "products", "action": "update"}, {"resource": "assets", "action": "read", "granted": False}]})
    assert len(driven.get(owner, "listPermissionsOfStaff", path=member)) == 3
    driven.call(owner, "revokePermission", path=member, params={"resource": "products", "action": "read"})
    driven.call(owner, "revokePermission", 404, path=member, params={"resource": "products", "action": "read"})
    driven.call(driven.other, "deleteStaff", 403, path=member)
    driven.call(owner, "deleteStaff", path=member)
    assert [m["id"] for m in driven.get(owner, "listStaff", params={"deleted": "true"})] == [member["staffId"]]
    driven.call(owner, "restoreStaff", path=member)


@scenario
def keys(driven):
    owner = driven.new_owner()
    for name in ("createKey", "generateKey", "regenerateKey"):
        driven.call(owner, name, 201)
    key = driven.call(owner, "createKey", 201, json={"name": "Shop", "scopes": ["products:read"], "expiresInDays": 1}).json()
    driven.call(owner, "createKey", 400, json={"scopes": ["products:eat"]})
    driven.call(owner, "listKeys")
    driven.call(owner, "rotateKey", 201, path={"id": key["id"]}, json={"overlapMinutes": 5})
    driven.call(driven.with_key(key["apiKey"]), "listProducts")
    driven.call(owner, "revokeKey", path={"id": key["id"]})
    assert any(k["revokedAt"] and k["lastUsedAt"] for k in driven.get(owner, "listKeys")["data"])


def catalogue(owner) -> dict:
    """A product with everything that a product can have."""
    color, weight, note = (owner.attribute(n, t) for n, t in (("color", "STRING"), ("weight", "NUMBER"), ("note", "TEXT")))
    made = {"color": color, "weight": weight, "note": note, "family": owner.family("Boots", (color,), (weight,)),
            "category": owner.category("Shoes", description="All of them"), "group": owner.attribute_group("Facts", (note,))}
    product = owner.create(name="Boot", sku="BOOT-1", productLink="shop.example/boot", imageUrl="/uploads/b.jpg", subImages=["/uploads/c.jpg"],
                           categoryId=made["category"], familyId=made["family"], attributeGroupId=made["group"],
                           attributesWithValues=[{"attributeId": note, "value": "warm"}],
                           familyAttributesWithValues=[{"attributeId": color, "value": "black"}])
    made["product"] = product["id"]
    made["variant"] = owner.variant(product["id"], name="Boot 42", sku="BOOT-42", imageUrl="/uploads/42.jpg",
                                    attributesWithValues=[{"attributeId": note, "value": "warmer"}])["id"]
    made["asset"] = owner.asset("boot")
    owner.link_asset(product["id"], made["asset"])
    return made


@scenario
def products(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    one, sku = {"id": made["product"]}, {"sku": "BOOT-1"}
    for name, path in (("getProduct", one), ("getProductBySku", sku)):
        answer = driven.call(owner, name, path=path)
        assert {"category", "family", "attributeGroup", "variants"} <= set(answer.json()) and answer.json()["assets"]
        driven.call(owner, name, 304, path=path, headers={"If-None-Match": answer.headers["ETag"]})
    driven.call(owner, "getProductBySku", 404, path={"sku": "NO-SUCH"})
    driven.call(owner, "getProductBySku", 400, path={"sku": "%00"})
    assert "parentProduct" in driven.get(owner, "getProduct", path={"id": made["variant"]})
    driven.call(owner, "listProducts", params={"page": 1, "limit": 5, "search": "boot", "status": "complete", "categoryId": made["category"],
                                               "familyId": made["family"], "attributeGroupId": "null", "sortBy": "name", "sortOrder": "asc",
                                               "attributeIds": f"{made['color']},{made['note']}"})
    driven.call(owner, "listProducts", params={"attr[color]": "black", "attr[weight][empty]": "true", "sortBy": "attr[color]", "sortOrder": "asc"})
    driven.call(owner, "listProducts", 400, params={"attr[color][eats]": "black"})
    for _ in range(2):
        owner.create()
    page = driven.get(owner, "listProducts", params={"limit": 1})
    driven.call(owner, "listProducts", params={"cursor": page["pagination"]["nextCursor"]})
    for name, key in (("listProductsOfCategory", "category"), ("listProductsOfFamily", "family"),
                      ("listProductsOfAttributeGroup", "group"), ("listProductsOfAttribute", "color")):
        assert driven.get(owner, name, path={"id": made[key]}, params={"limit": 3, "sortBy": "sku"})["data"] != []
    assert driven.get(owner, "listVariants", path=one, params={"search": "boot 42", "sortBy": "sku", "sortOrder": "desc"})["data"] != []


@scenario
def writing_products(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    product = driven.call(owner, "createProduct", 201, json={"name": "Sandal", "sku": "SAND-1", "familyId": str(made["family"]),
                                                             "attributes": [made["color"], made["note"]], "assets": [made["asset"]]}).json()
    assert product["removedAttributesMessage"]
    driven.call(owner, "createProduct", 409, json={"name": "Other", "sku": "SAND-1"})
    driven.call(owner, "createProduct", 201, json={"name": "Sandal 2", "sku": "SAND-1", "updateExisting": True})
    driven.call(owner, "updateProduct", path={"id": product["id"]}, json={"name": "Sandal 3", "categoryId": made["category"],
                                                                          "familyAttributesWithValues": [{"attributeId": made["color"], "value": "red"}]})
    driven.call(owner, "updateProduct", 409, path={"id": product["id"]}, json={"sku": "BOOT-1"})
    driven.call(owner, "updateProduct", 400, path={"id": product["id"]}, json={"sku": "x"})


@scenario
def values_of_products(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    one = {"id": made["product"]}
    assert any("inherited" in value for value in driven.get(owner, "listValues", path={"id": made["variant"]}))
    driven.call(owner, "setValues", path=one, json={"attributes": [{"attributeId": made["note"], "value": "cold"}]})
    driven.call(owner, "setValues", 400, path=one, json={"attributes": [{"attributeId": made["weight"], "value": "heavy"}]})
    hats = owner.family("Hats", (made["weight"],))
    assert driven.call(owner, "attachToFamily", json={"familyId": hats, "productIds": [made["product"], NOBODY]}).json()["failed"] == 1
    driven.call(owner, "attachToFamily", 404, json={"familyId": NOBODY, "productIds": [made["product"]]})
    assert driven.get(owner, "getProduct", path=one)["completeness"]["missing"] != []
    assert driven.call(owner, "updateProduct", path=one, json={"familyId": made["family"]}).json()
    assert "attributesOutsideFamily" in driven.call(owner, "updateProduct", path=one, json={"familyId": hats}).json()


@scenario
def variants(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    one = {"id": made["product"]}
    made_now = driven.call(owner, "createVariant", 201, path=one, json={"name": "Boot 43", "sku": "BOOT-43", "attributesWithValues": [
        {"attributeId": made["note"], "value": "warmest"}]}).json()
    driven.call(owner, "createVariant", 409, path=one, json={"name": "Boot 43", "sku": "BOOT-43"})
    axes = {"axes": [{"attributeId": made["color"], "values": ["red", "blue"]}, {"attributeId": made["weight"], "values": ["1", "2"]}]}
    assert driven.call(owner, "generateVariants", 201, path=one, json=axes).json()["created"] == 4
    assert driven.call(owner, "generateVariants", 201, path=one, json=axes).json()["skipped"] == 4
    driven.call(owner, "generateVariants", 400, path=one, json={"axes": []})
    other = owner.create(name="Sandal", sku="SAND-1")["id"]
    owner.create(name="Sandal red", sku="SAND-1-red")
    driven.call(owner, "generateVariants", 409, path={"id": other}, json={"axes": [{"attributeId": made["color"], "values": ["red"]}]})
    driven.call(owner, "attachVariants", path=one, json={"ids": [other, NOBODY]})
    driven.call(owner, "detachVariant", path=one | {"variantId": made_now["id"]})
    driven.call(owner, "detachVariant", 400, path=one | {"variantId": made_now["id"]})


@scenario
def bulk_delete_of_products(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    driven.call(owner, "deleteProducts", json={"filters": {"search": "boot", "status": "complete", "categoryId": made["category"], "familyId": str(made["family"]),
                                                           "attributeGroupId": made["group"], "attributeIds": [made["color"]],
                                                           "attributes": {"color": "black"}}}, params={"softDeleteVariants": "true"})
    assert driven.call(owner, "deleteProducts", json={"ids": [NOBODY]}).json()["deletedCount"] == 0
    driven.call(owner, "deleteProducts", 400, json={})
    driven.call(owner, "deleteProducts", json={"all": True})


@scenario
def trash_of_products(driven):
    owner = driven.new_owner()
    made = catalogue(owner)
    one = {"id": made["product"]}
    driven.call(owner, "purgeProduct", 409, path=one)
    driven.call(owner, "deleteProduct", path=one, params={"softDeleteVariants": "true"})
    assert len(driven.get(owner, "listDeletedProducts", params={"page": 1, "limit": 20})["data"]) == 2
    driven.call(owner, "restoreProduct", path=one, params={"restoreVariants": "true"})
    driven.call(owner, "deleteProduct", path=one)
    taker = owner.create(name="Taker", sku="BOOT-1")["id"]
    driven.call(owner, "restoreProduct", 409, path=one)
    owner.delete(taker)
    driven.call(owner, "restoreProduct", path=one)
    owner.delete(made["product"])
    driven.call(owner, "purgeProduct", path=one)


def csv_of(*rows: str) -> dict:
    return {"file": ("products.csv", "\n".join(("sku,name,shade", *rows)) + "\n", "text/csv")}


@scenario
def import_(driven):
    owner = driven.new_owner()
    answer = driven.call(owner, "importProducts", files=csv_of("IMPO-1,Imported,red", "x,Too short,red"), data={"dialect": "generic"}).json()
    assert answer["created"] == 1 and len(answer["failedRows"]) == 1
    driven.call(owner, "importProducts", files=csv_of("IMPO-1,Imported,blue"), data={"mapping": json.dumps({"sku": "sku", "name": "name"})})
    driven.call(owner, "importProducts", 400, files=csv_of(), data={"mapping": "{"})
    driven.call(owner, "importProducts", 400)
    told = driven.call(owner, "importProducts", files=csv_of("IMPO-1,Imported,green", "IMPO-2,New,green"), params={"dryRun": "true", "mode": "upsert"}).json()
    assert told["wouldChange"][0]["fields"] == [list(told["wouldChange"][0]["fields"])[0]] and len(told["wouldCreate"]) == 1
    driven.call(owner, "importProducts", files=csv_of("IMPO-3,Third,green"), data={"dryRun": "true", "mode": "create"})
    for operation in ("importProducts", "importProductsInBackground"):
        driven.call(owner, operation, 415, files={"file": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 100, "application/vnd.ms-excel")})
        driven.call(owner, operation, 413, files={"file": ("a.csv", b"sku,name\n" + b"x" * 200_000, "text/csv")})
    session = driven.get(owner, "importProductsInBackground", files=csv_of("IMPO-4,Fourth,red"))
    driven.call(owner, "importProductsInBackground", 400)
    driven.call(owner, "followImport", path=session)
    driven.call(owner, "followImport", 404, path={"sessionId": "nothing"})


@scenario
def export(driven):
    owner = driven.new_owner()
    product, colour = owner.create(), owner.attribute("Colour")
    for form in ("csv", "xlsx", "jsonl"):
        driven.call(owner, "exportProducts", params={"format": form, "columns": "sku,name", "attributes": "Colour", "variants": "false",
                                                     "filename": "mine", "search": "product"})
    driven.call(owner, "exportProducts", 400, params={"columns": "nothing"})
    assert driven.get(owner, "listExportAttributes")[0]["name"] == "Colour"
    body = {"productIds": [product["id"]], "attributes": ["sku"],
            "selectedAttributes": [{"attributeId": colour, "attributeName": "Colour", "columnName": "Farbe"}]}
    assert driven.get(owner, "exportChosenProducts", json=body)["totalRecords"] == 1
    for form in ("csv", "json", "excel", "xml"):
        driven.call(owner, "downloadChosenProducts", json=body | {"format": form, "filename": "mine"})
    full = driven.new_owner()
    made = catalogue(full)
    every = DOCUMENT.content["components"]["schemas"]["ExportRequest"]["properties"]["attributes"]["items"]["enum"]
    answer = driven.call(full, "exportChosenProducts", json={"productIds": [made["product"], made["variant"]], "attributes": every}).json()
    assert all(set(record) == set(every) for record in answer["data"])
    lines = [json.loads(line) for columns in ({}, {"columns": "sku,id,createdAt,updatedAt"})
             for line in driven.call(full, "exportProducts", params={"format": "jsonl"} | columns).text.splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert DOCUMENT.troubles({"$ref": "#/components/schemas/ExportLine"}, line) == []
    for operation in ("exportChosenProducts", "downloadChosenProducts"):
        driven.call(owner, operation, 404, json=body | {"productIds": [NOBODY]})
        driven.call(owner, operation, 400, json=body | {"attributes": []})


@scenario
def attributes(driven):
    owner = driven.new_owner()
    color = {"id": driven.call(owner, "createAttribute", 201, json={"name": "color", "type": "Dropdown", "options": ["black", "white"],
                                                                    "defaultValue": "black", "unit": None}).json()["id"]}
    driven.call(owner, "createAttribute", 201, json={"name": "weight", "type": "NUMBER", "unit": "kg", "defaultValue": 1.5})
    driven.call(owner, "createAttribute", 409, json={"name": "color", "type": "STRING"})
    owner.attribute_group("Facts", (color["id"],), "What it is")
    product = owner.create(attributesWithValues=[{"attributeId": color["id"], "value": "black"}])["id"]
    assert driven.get(owner, "getAttribute", path=color)["attributeGroups"] != []
    driven.call(owner, "listAttributes", params={"page": 1, "limit": 5, "search": "o", "userFriendlyType": "Dropdown", "hasDefaultValue": "true",
                                                 "inGroups": "true", "createdAfter": "2020-01-01", "createdBefore": "2100-01-01",
                                                 "dateFilter": "latest", "sortBy": "type", "sortOrder": "desc"})
    driven.call(owner, "listAttributes", 400, params={"color": "black"})
    driven.call(owner, "listAttributesWithCounts", params={"limit": 1})
    driven.call(owner, "listAttributeTypes")
    asked = {"productId": owner.create()["id"], "attributeId": color["id"], "query": "bl"}
    assert driven.get(owner, "suggestValues", params=asked) == ["black"]
    driven.call(owner, "suggestValues", 404, params=asked | {"productId": NOBODY})
    driven.call(owner, "suggestValues", 400, params={"query": "bl"})
    driven.call(owner, "updateAttribute", path=color, json={"name": "colour", "options": ["black"]})
    assert driven.call(owner, "updateAttribute", 409, path=color, json={"type": "Integer"}).json()["conversion"]["misfits"] > 0
    assert "conversion" in driven.call(owner, "updateAttribute", path=color, params={"force": "true"},
                                       json={"type": "Integer", "options": None, "defaultValue": None}).json()
    driven.call(owner, "purgeAttribute", 409, path=color)
    driven.call(owner, "deleteAttribute", path=color)
    owner.attribute("colour")
    driven.call(owner, "restoreAttribute", 409, path=color)
    driven.call(owner, "deleteAttributes", json={"filters": {"search": "colour"}})
    driven.call(owner, "restoreAttribute", path=color)
    driven.call(owner, "deleteAttributes", json={"ids": [color["id"]]})
    driven.call(owner, "deleteAttributes", json={"ids": [NOBODY]})
    driven.call(owner, "listDeletedAttributes", params={"limit": 1})
    driven.call(owner, "purgeAttribute", path=color)
    assert product


@scenario
def attribute_groups(driven):
    owner = driven.new_owner()
    color, size = owner.attribute("color"), owner.attribute("size", "INTEGER")
    group = {"id": driven.call(owner, "createAttributeGroup", 201, json={
        "name": "Facts", "description": "What it is", "attributes": [{"attributeId": size, "required": True, "defaultValue": 42}]}).json()["id"]}
    driven.call(owner, "createAttributeGroup", 409, json={"name": "Facts", "attributes": []})
    driven.call(owner, "createAttributeGroup", 400, json={"name": "More", "attributes": [{"attributeId": NOBODY}]})
    driven.call(owner, "getAttributeGroup", path=group)
    query = {"page": 1, "limit": 5, "search": "fact", "hasDescription": "true", "minAttributes": 1, "maxAttributes": 9, "createdAfter": "2020-01-01",
             "createdBefore": "2100-01-01", "dateFilter": "oldest", "sortBy": "totalAttributes", "sortOrder": "desc"}
    for name in ("listAttributeGroups", "listGroupsOfAttributes"):
        assert len(driven.get(owner, name, params=query)["data"]) == 1
    driven.call(owner, "addAttributeToGroup", 201, path=group | {"attributeId": color}, json={"defaultValue": "black"})
    driven.call(owner, "addAttributeToGroup", 409, path=group | {"attributeId": color})
    driven.call(owner, "removeAttributeFromGroup", path=group | {"attributeId": color})
    driven.call(owner, "updateAttributeGroup", path=group, json={"name": "Sizes", "description": None})
    owner.attribute_group("Facts")
    driven.call(owner, "updateAttributeGroup", 409, path=group, json={"name": "Facts"})
    driven.call(owner, "purgeAttributeGroup", 409, path=group)
    assert driven.call(owner, "deleteAttributeGroups", json={"filters": {"search": "no such"}}, params={"dryRun": "true"}).json()["count"] == 0
    driven.call(owner, "deleteAttributeGroups", json={"ids": [NOBODY]})
    driven.call(owner, "deleteAttributeGroups", 400, json={})
    driven.call(owner, "deleteAttributeGroup", path=group)
    driven.call(owner, "listDeletedAttributeGroups")
    taker = owner.attribute_group("Sizes")
    driven.call(owner, "restoreAttributeGroup", 409, path=group)
    driven.call(owner, "updateAttributeGroup", path={"id": taker}, json={"name": "Other"})
    driven.call(owner, "restoreAttributeGroup", path=group)
    driven.call(owner, "deleteAttributeGroup", path=group)
    driven.call(owner, "purgeAttributeGroup", path=group)


@scenario
def families(driven):
    owner = driven.new_owner()
    color, size = owner.attribute("color"), owner.attribute("size", "INTEGER", "42")
    family = {"id": driven.call(owner, "createFamily", 201, json={"name": "Boots", "requiredAttributes": [{"attributeId": color}],
                                                                  "otherAttributes": [{"attributeId": size, "additionalValue": 43}]}).json()["id"]}
    driven.call(owner, "createFamily", 409, json={"name": "Boots"})
    driven.call(owner, "createFamily", 400, json={"name": "Hats", "requiredAttributes": [{"attributeId": NOBODY}]})
    owner.create(familyId=family["id"], familyAttributesWithValues=[{"attributeId": color, "value": "black"}])
    assert driven.get(owner, "getFamily", path=family, params={"productPage": 1, "productLimit": 5})["products"] != []
    query = {"page": 1, "limit": 5, "search": "boot", "attributeIds": str(color), "attributeFilter": "all", "hasProducts": "true",
             "hasRequiredAttributes": "true", "minProducts": 1, "maxProducts": 9, "minAttributes": 1, "maxAttributes": 9, "createdAfter": "2020-01-01",
             "createdBefore": "2100-01-01", "dateFilter": "oldest", "sortBy": "totalProducts", "sortOrder": "desc"}
    assert len(driven.get(owner, "listFamilies", params=query)["data"]) == 1
    driven.call(owner, "updateFamily", path=family, json={"name": "Winter boots", "otherAttributes": []})
    owner.family("Boots")
    driven.call(owner, "updateFamily", 409, path=family, json={"name": "Boots"})
    driven.call(owner, "addAttributeToFamily", 201, path=family | {"attributeId": size}, params={"isRequired": "true", "additionalValue": "44"})
    driven.call(owner, "addAttributeToFamily", 409, path=family | {"attributeId": size})
    driven.call(owner, "removeAttributeFromFamily", path=family | {"attributeId": size})
    driven.call(owner, "purgeFamily", 409, path=family)
    driven.call(owner, "deleteFamily", path=family)
    driven.call(owner, "listDeletedFamilies")
    taker = owner.family("Winter boots")
    driven.call(owner, "restoreFamily", 409, path=family)
    driven.call(owner, "deleteFamilies", json={"ids": [taker]})
    driven.call(owner, "deleteFamilies", json={"ids": [NOBODY]})
    driven.call(owner, "restoreFamily", path=family)
    driven.call(owner, "deleteFamilies", json={"filters": {"search": "Winter"}})
    driven.call(owner, "purgeFamily", path=family)


@scenario
def categories(driven):
    owner = driven.new_owner()
    shoes = {"id": driven.call(owner, "createCategory", 201, json={"name": "Shoes", "description": "All of them"}).json()["id"]}
    boots = {"id": driven.call(owner, "createCategory", 201, json={"name": "Boots", "parentCategoryId": shoes["id"]}).json()["id"]}
    driven.call(owner, "createCategory", 409, json={"name": "Shoes"})
    driven.call(owner, "createCategory", 400, json={"name": "Hats", "parentCategoryId": NOBODY})
    owner.create(categoryId=boots["id"])
    driven.call(owner, "listCategories", params={"page": 1, "limit": 5, "depth": 2})
    assert isinstance(driven.get(owner, "listCategories", params={"tree": "true"}), list)
    driven.call(owner, "getCategoryTree", params={"depth": 3})
    driven.call(owner, "getCategoryTree", 400, params={"depth": 0})
    assert driven.get(owner, "getCategory", path=boots, params={"productPage": 1, "productLimit": 5, "depth": 1})["products"] != []
    assert driven.get(owner, "listSubcategories", path=shoes, params={"limit": 5})["data"] != []
    driven.call(owner, "updateCategory", 409, path=shoes, json={"parentCategoryId": boots["id"]})
    driven.call(owner, "updateCategory", path=boots, json={"name": "Winter boots", "parentCategoryId": str(shoes["id"])})
    driven.call(owner, "deleteCategory", 409, path=shoes)
    driven.call(owner, "purgeCategory", 409, path=shoes)
    driven.call(owner, "deleteCategory", path=shoes, params={"subtree": "true"})
    assert len(driven.get(owner, "listDeletedCategories")["data"]) == 2
    assert "notice" in driven.call(owner, "restoreCategory", path=boots).json()
    driven.call(owner, "getCategory", path=boots)
    taker = owner.category("Shoes")
    driven.call(owner, "restoreCategory", 409, path=shoes)
    driven.call(owner, "deleteCategories", json={"ids": [taker]})
    driven.call(owner, "restoreCategory", path=shoes, params={"subtree": "true"})
    driven.call(owner, "deleteCategories", json={"filters": {"search": "Shoes"}})
    driven.call(owner, "deleteCategories", json={"filters": {"search": "Shoes"}})
    driven.call(owner, "purgeCategory", path=shoes)


@scenario
def trash(driven):
    owner = driven.new_owner()
    made = {"Attribute": owner.attribute("color"), "AttributeGroup": owner.attribute_group("Looks"), "Category": owner.category("Shoes"),
            "Family": owner.family("Boots")}
    made["Product"] = owner.create(name="Chair", categoryId=made["Category"])["id"]
    made["Asset"], made["AssetGroup"] = owner.asset("photo"), owner._insert(
        """INSERT INTO "AssetGroup"("groupName", "userId", "updatedAt") VALUES ('Photos', %s, now()) RETURNING id""", owner.id)
    for name, number in made.items():
        owner.database.execute(f"""UPDATE "{name}" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s""", (number,))
        preview = driven.get(owner, f"preview{name}Restore", path={"id": number}, params={"withDependencies": "false"})
        assert preview["count"] == 1
        many = {"Category": "Categories", "Family": "Families"}.get(name, f"{name}s")
        dry = driven.call(owner, f"restore{many}", json={"ids": [number]}, params={"dryRun": "true"}).json()
        assert dry["count"] == 1
        assert driven.call(owner, f"restore{many}", json={"ids": [number], "onConflict": "skip"}).json()["restored"] == 1
        driven.call(owner, f"purge{many}", json={"filters": {"search": "nothing has this"}})
        driven.call(owner, f"purge{many}", json={"all": True}, params={"dryRun": "true"})
        owner.database.execute(f"""UPDATE "{name}" SET "isDeleted" = true, "deletedAt" = now() WHERE id = %s""", (number,))
        driven.call(owner, f"purge{name}", path={"id": number}, params={"dryRun": "true"} | ({} if name.startswith("Asset") else {"reason": "not yet"}))
        driven.call(owner, f"restore{name}", 201 if name == "Asset" else 200, path={"id": number}, params={"onConflict": "rename", "withDependencies": "true"})
        if name in ("Product", "Attribute", "Family", "Category"):
            assert driven.call(owner, f"delete{many}", json={"ids": [number], "previewToken": None}, params={"dryRun": "true"}).json()["rows"] == 1
    driven.call(owner, "listTrash", params={"kind": "product", "limit": 5})
    history = driven.get(owner, "getProductHistory", path={"id": made["Product"]}, params={"limit": 1})
    assert history["pagination"]["hasNext"] and history["data"][0]["actor"]["id"] == owner.id
    driven.call(owner, "getProductHistory", path={"id": made["Product"]}, params={"cursor": history["pagination"]["nextCursor"]})
    for name in made:
        assert driven.call(owner, f"delete{name}", path={"id": made[name]}, params={"dryRun": "true"}).json()["rows"] == 1
    bulk = owner._insert("""INSERT INTO "BulkAct"("userId", "actorId", act, kinds, "requestId", total, state)
                            VALUES (%s, %s, 'restore', '{product}', 'r', 12000, 'done') RETURNING id""", owner.id, owner.id)
    assert driven.call(owner, "getBulkAct", path={"id": bulk}).json()["bulk"]["total"] == 12000
    driven.call(owner, "getBulkAct", 404, path={"id": NOBODY})
    driven.call(owner, "listTrash", 400, params={"kind": "shop"})
    act = {"id": driven.call(owner, "deleteProduct", path={"id": made["Product"]}).json()["deletionId"]}
    driven.call(owner, "deleteCategory", path={"id": made["Category"]})
    page = driven.get(owner, "listTrash", params={"limit": 1, "olderThanDays": 0, "deletedBy": owner.id, "search": "h"})
    driven.call(owner, "listTrash", params={"cursor": page["pagination"]["nextCursor"], "deletedAfter": "2020-01-01", "deletedBefore": "2100-01-01"})
    driven.call(owner, "listTrash", params={"deletionId": act["id"]})
    driven.call(owner, "listDeletions", params={"left": "true", "limit": 1, "kind": "product", "deletedBy": owner.id})
    driven.call(owner, "listDeletions", 400, params={"cursor": "x"})
    driven.call(owner, "getDeletion", path=act, params={"limit": 5})
    driven.call(owner, "keepDeletion", path=act, json={"keepDays": 90})
    taker = owner.create(name="Chair")
    assert driven.get(owner, "previewDeletionRestore", path=act)["conflictCount"] == 1
    driven.call(owner, "restoreDeletion", 409, path=act)
    assert driven.call(owner, "restoreDeletion", path=act, params={"onConflict": "rename"}).json()["renamed"] != []
    driven.call(owner, "deleteProduct", path={"id": made["Product"]})
    driven.call(owner, "restoreProduct", path={"id": made["Product"]}, params={"onConflict": "fail", "withDependencies": "true"})
    again = driven.call(owner, "deleteProduct", path={"id": made["Product"]}).json()["deletionId"]
    assert driven.get(owner, "getTrashSettings")["retentionDays"] == 30
    driven.call(owner, "updateTrashSettings", json={"retentionDays": 60, "brakeRows": 100, "brakePercent": 10})
    driven.call(owner, "releaseBrake", json={"minutes": 5})
    placed = {"id": driven.call(owner, "placeHold", 201, json={"kind": "product", "itemId": made["Product"], "reason": "Lawsuit 17"}).json()["id"]}
    driven.call(owner, "placeHold", 409, json={"kind": "product", "itemId": made["Product"], "reason": "Twice"})
    driven.call(owner, "placeHold", 404, json={"kind": "category", "itemId": NOBODY, "reason": "Nothing"})
    driven.call(owner, "listHolds", params={"released": "true", "limit": 5})
    driven.call(owner, "listHolds", 400, params={"cursor": "x"})
    driven.call(owner, "purgeDeletion", 423, path={"id": again})
    driven.call(owner, "emptyTrash", 423, json={"count": 1})
    driven.call(owner, "releaseHold", path=placed)
    driven.call(owner, "emptyTrash", 409, json={"count": 17})
    driven.call(owner, "emptyTrash", params={"dryRun": "true"}, json={})
    driven.call(owner, "purgeDeletion", path={"id": again}, params={"dryRun": "true"})
    driven.call(owner, "purgeDeletion", path={"id": again}, params={"reason": "old"})
    driven.call(owner, "deleteProduct", path={"id": taker["id"]})
    driven.call(owner, "emptyTrash", json={"count": 1, "reason": "Spring cleaning", "skipHeld": True})
    [certificate, _] = driven.get(owner, "listCertificates", params={"limit": 5})["data"]
    driven.call(owner, "listCertificates", 400, params={"cursor": "x"})
    driven.call(owner, "listCertificateItems", path={"id": certificate["id"]}, params={"page": 1, "limit": 5})
    owner.database.execute("""INSERT INTO "Product"(name, sku, "userId", "updatedAt")
                              SELECT 'Bulk ' || n, 'BULK-' || n, %s, now() FROM generate_series(1, 10001) n""", (owner.id,))
    many = {"filters": {"search": "Bulk"}}
    token = driven.call(owner, "deleteProducts", json=many, params={"dryRun": "true"}).json()["previewToken"]
    driven.call(owner, "deleteProducts", 202, json=many | {"previewToken": token})


@scenario
def assets(driven):
    owner = driven.new_owner()
    folder = driven.call(owner, "createAssetGroup", 201, json={"groupName": "Photos"}).json()["id"]
    form = {"name": "boot", "assetGroupId": str(folder)}
    made = driven.call(owner, "uploadAsset", 201, files={"file": ("boot.png", png(4, 4))}, data=form).json()
    one = {"id": made["id"]}
    driven.call(owner, "uploadAsset", 409, files={"file": ("boot.png", png(4, 4))}, data=form)
    driven.call(owner, "uploadAsset", 404, files={"file": ("boot.png", png(4, 4))}, data=form | {"assetGroupId": str(NOBODY)})
    driven.call(owner, "uploadAsset", 400, files={"wrong": ("boot.png", png(4, 4))}, data=form)
    driven.call(owner, "uploadAsset", 413, files={"file": ("boot.png", b"x" * 300_001)}, data=form)
    many = driven.call(owner, "uploadAsset", 201, files=[("file", ("a.txt", b"one")), ("file", ("b.txt", b"two"))]).json()["data"]
    query = {"page": 1, "limit": 5, "search": "boo", "mimeType": "image", "minSize": 1, "maxSize": 100_000, "createdAfter": "2020-01-01",
             "createdBefore": "2100-01-01", "dateFilter": "latest", "sortBy": "size", "sortOrder": "asc"}
    for name in ("listAssets", "listAssetsWithGroups"):
        driven.call(owner, name, params=query | {"assetGroupId": folder})
        page = driven.get(owner, name, params={"limit": 1, "hasGroup": "false"})
        driven.call(owner, name, params={"cursor": page.get("assets", page)["pagination"]["nextCursor"]})
    assert driven.get(owner, "listAssetsOfGroup", path={"id": folder}, params=query)["data"] != []
    assert driven.get(owner, "getAsset", path=one)["assetGroup"]["id"] == folder
    driven.call(owner, "updateAsset", path=one, json={"name": "boot 2", "assetGroupId": None})
    driven.call(owner, "updateAsset", 409, path=one, json={"name": "a"})
    for name in ("putAssetFile", "replaceAssetFile"):
        driven.call(owner, name, path=one, files={"file": ("boot.png", png(5, 5))})
        driven.call(owner, name, 413, path=one, files={"file": ("boot.png", b"x" * 300_001)})
    driven.call(owner, "exportAssetList")
    driven.call(owner, "exportAssetList", params={"assetGroupId": folder})
    driven.call(owner, "exportAssetList", 400, params={"assetGroupId": "x"})
    for kind in ("json", "xml"):
        driven.call(owner, "exportAssets", 201, json={"format": kind, "type": "all"})
    driven.call(owner, "exportAssets", 404, json={"format": "json", "type": "folder", "assetGroupId": folder, "includeSubfolders": True})
    driven.call(owner, "zipAssets", 201, json={"assetIds": [made["id"]], "files": [many[0]["filePath"]]})
    driven.call(owner, "zipAssets", 404, json={"assetIds": [NOBODY]})
    page = {"url": f"http://127.0.0.1:{driven.web}/fetched.txt", "name": "fetched"}
    driven.call(owner, "fetchAsset", 201, json=page)
    driven.call(owner, "fetchAsset", 409, json=page)
    driven.call(owner, "fetchAsset", 404, json=page | {"assetGroupId": NOBODY})
    driven.call(owner, "fetchAsset", 400, json={"url": "http://127.0.0.1:1/x"})


@scenario
def files_of_assets(driven):
    owner = driven.new_owner()
    made = driven.call(owner, "uploadAsset", 201, files={"file": ("note.txt", b"0123456789")}, data={"name": "note"}).json()
    elsewhere = owner.asset("elsewhere")
    owner.database.execute('UPDATE "Asset" SET "filePath" = %s WHERE id = %s', ("https://cdn.example/elsewhere.png", elsewhere))
    for name, path, away in (("downloadAsset", {"id": made["id"]}, {"id": elsewhere}),
                             ("getUpload", {"path": made["filePath"].removeprefix("/uploads/")}, None)):
        whole = driven.call(owner, name, path=path)
        assert whole.content == b"0123456789"
        assert driven.call(owner, name, 206, path=path, headers={"Range": "bytes=2-4"}).content == b"234"
        driven.call(owner, name, 304, path=path, headers={"If-None-Match": whole.headers["ETag"]})
        driven.call(owner, name, 416, path=path, headers={"Range": "bytes=99-"})
        if away:
            driven.call(owner, name, 302, path=away)
    driven.call(owner, "downloadAsset", path={"id": made["id"]}, params={"disposition": "inline"})
    picture = driven.call(owner, "uploadAsset", 201, files={"file": ("p.png", png(4, 4))}, data={"name": "p"}).json()
    thumbnail = {"path": picture["thumbnailPath"].removeprefix("/uploads/")}
    driven.call(owner, "getUpload", 400, path=thumbnail, params={"size": "7"})
    driven.call(owner, "getUpload", 404, path={"path": "no/such/file.png"})
    assert driven.nobody.get(picture["url"]).status_code == 200, "a signed address needs no token"


@scenario
def asset_groups(driven):
    owner = driven.new_owner()
    top = {"id": driven.call(owner, "createAssetGroup", 201, json={"groupName": "Top"}).json()["id"]}
    below = {"id": driven.call(owner, "createAssetGroup", 201, json={"groupName": "Below", "parentGroupId": top["id"]}).json()["id"]}
    driven.call(owner, "createAssetGroup", 409, json={"groupName": "Top"})
    driven.call(owner, "createAssetGroup", 404, json={"groupName": "X", "parentGroupId": NOBODY})
    asset = driven.call(owner, "uploadAsset", 201, files={"file": ("a.txt", b"a")}, data={"name": "a"}).json()["id"]
    driven.call(owner, "attachAssets", 201, path=below, json={"assetIds": [asset, NOBODY]})
    other = driven.call(owner, "uploadAsset", 201, files={"file": ("a.txt", b"b")}, data={"name": "a"}).json()["id"]
    driven.call(owner, "attachAssets", 409, path=below, json={"assetIds": [other]})
    query = {"page": 1, "limit": 5, "search": "o", "minAssets": 0, "maxAssets": 9, "minSize": 0, "maxSize": 100_000, "hasAssets": "true",
             "createdAfter": "2020-01-01", "createdBefore": "2100-01-01", "dateFilter": "latest", "sortBy": "groupName", "sortOrder": "asc"}
    driven.call(owner, "listAssetGroups", params=query)
    assert driven.get(owner, "listChildGroups", path=top, params=query)["data"] != []
    driven.call(owner, "getAssetGroup", path=below)
    driven.call(owner, "updateAssetGroup", 409, path=top, json={"parentGroupId": below["id"]})
    driven.call(owner, "updateAssetGroup", path=below, json={"groupName": "Below 2", "parentGroupId": None})
    driven.call(owner, "updateAssetGroup", path=below, json={"parentGroupId": top["id"]})
    driven.call(owner, "purgeAssetGroup", 409, path=top)
    driven.call(owner, "deleteAssetGroups", json={"ids": [NOBODY]})
    driven.call(owner, "deleteAssetGroups", 400, json={})
    driven.call(owner, "deleteAssetGroup", path=below)
    driven.call(owner, "deleteAssetGroup", path=top)
    driven.call(owner, "listDeletedAssetGroups")
    taker = driven.call(owner, "createAssetGroup", 201, json={"groupName": "Top"}).json()["id"]
    driven.call(owner, "restoreAssetGroup", 409, path=top)
    driven.call(owner, "deleteAssetGroup", path={"id": taker})
    driven.call(owner, "restoreAssetGroup", path=below, params={"restoreParent": "true"})
    driven.call(owner, "deleteAssetGroup", path=below)
    driven.call(owner, "purgeAssetGroup", path=below)


@scenario
def trash_of_assets(driven):
    owner = driven.new_owner()
    folder = driven.call(owner, "createAssetGroup", 201, json={"groupName": "Photos"}).json()["id"]
    form = {"data": {"name": "a", "assetGroupId": str(folder)}}
    one = {"id": driven.call(owner, "uploadAsset", 201, files={"file": ("a.txt", b"a")}, **form).json()["id"]}
    driven.call(owner, "purgeAsset", 409, path=one)
    assert driven.call(owner, "deleteAssets", json={"filters": {"mimeType": "no/such", "assetGroupId": 1}}).json()["ids"] == []
    driven.call(owner, "deleteAssets", 400, json={})
    driven.call(owner, "deleteAsset", path=one)
    driven.call(owner, "listDeletedAssets")
    taker = driven.call(owner, "uploadAsset", 201, files={"file": ("a.txt", b"b")}, **form).json()["id"]
    driven.call(owner, "restoreAsset", 409, path=one)
    driven.call(owner, "deleteAsset", path={"id": taker})
    driven.call(owner, "deleteAssetGroup", path={"id": folder})
    assert "stillInTrash" in driven.call(owner, "restoreAsset", 201, path=one).json()
    driven.call(owner, "deleteAsset", path=one)
    driven.call(owner, "purgeAsset", path=one)


@scenario
def notifications(driven):
    owner = driven.new_owner()
    for n in range(3):
        owner.create()
    page = driven.get(owner, "listNotifications", params={"page": 1, "limit": 2, "entityType": "product", "action": "created"})
    driven.call(owner, "listNotifications", params={"cursor": page["pagination"]["nextCursor"]})
    driven.call(owner, "listNotifications", 400, params={"action": "eaten"})
    driven.call(owner, "countNotifications")
    driven.call(owner, "cleanUpNotifications")


# --- the results --------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name", SCENARIOS)
def test_each_scenario_went_as_described(driven, name):
    driven.must_have_gone_well(name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_each_refuses_what_is_wrong(driven, name):
    driven.must_have_gone_well(name)


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_declared_answer_was_seen(driven, name):
    declared = DOCUMENT.operations[name].statuses - {status for operation, status in NOT_SEEN if operation == name}
    assert declared - DOCUMENT.seen.get(name, set()) == set(), "declared, and never answered"


def test_what_belongs_to_others_was_asked_of_every_kind(driven):
    """And nothing of it was changed by that."""
    assert len(driven.foreign_calls) >= 40, sorted(driven.foreign_calls)
    assert driven.other.get("/products")["pagination"]["total"] == 1 and driven.other.trash()["pagination"]["total"] == 1
    assert {event["actorId"] for event in driven.other.events()} == {driven.other.id}


def test_the_comparison_bites():
    """A field that is missing, one that is new, another type: each is seen, in what consists of parts too."""
    schema = {"$ref": "#/components/schemas/DeletedProduct"}
    right = {"id": 1, "name": "n", "sku": "s", "productLink": None, "imageUrl": None, "subImages": [], "thumbnailUrl": None,
             "thumbnailSubImages": [], "status": "complete", "categoryId": None, "attributeGroupId": None, "familyId": None,
             "parentProductId": None, "userId": 1, "createdAt": "2026-11-24T08:15:00.123Z", "updatedAt": "2026-11-24T08:15:00.123Z",
             "deletedAt": None, "isDeleted": True, "deletionId": 1, "deletedBy": None, "purgeAt": None}
    assert DOCUMENT.troubles(schema, right) == []
    for wrong in ({"new": 1}, {"id": "1"}, {"status": "done"}, {"createdAt": "2026-11-24"}, {"isDeleted": False}):
        assert DOCUMENT.troubles(schema, right | wrong) != [], wrong
    for key in right:
        assert DOCUMENT.troubles(schema, {k: v for k, v in right.items() if k != key}) != [], key
