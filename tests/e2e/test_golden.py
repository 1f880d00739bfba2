"""Replays the requests that were made to the replaced service, and compares our answers with its own.

The recordings lie beside the folder of real input (<samples>/../spec/golden). They are replayed in their order
on a service of their own, so that ids come out as recorded; what was done between them is done by requests too.

An answer must have the recorded status and at least the recorded keys, with the recorded types and values; times
are compared by form. Where the replaced service was wrong, DIFFERENT says what is right, and why.
"""

import base64
import copy
import dataclasses
import json
import os
import pathlib
import re
from typing import Callable

import pytest

from service import REPOSITORY, Service
from tenants import log_in

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TIMES = {"createdAt", "updatedAt", "deletedAt", "timestamp", "uploadDate", "createdDate"}
PATHS = {"fileName", "filePath", "thumbnailPath", "url", "full", "thumbnail"}  # ours have other names in them


def golden_folder() -> pathlib.Path:
    samples = pathlib.Path(os.environ.get("PIXELPIM_SAMPLES", REPOSITORY.parent / "shared/data"))
    return samples.parent / "spec/golden"


RECORDINGS = {path.stem: path for path in sorted(golden_folder().glob("*.json"))}

REPLAYED = list(RECORDINGS)


# --- what is right where the replaced service was wrong ---------------------------------------------------------

@dataclasses.dataclass
class Different:
    reason: str
    status: int | tuple
    # The recorded body → what ours must have at least; None: nothing is known but the status and the error's shape.
    body: Callable[[dict], dict] | None = None


def error(status: int, message=None):
    return lambda recorded: {"statusCode": status} | ({"message": message} if message is not None else {})


def same(recorded):
    return recorded


def empty_page(recorded):
    return {"data": [], "pagination": recorded["pagination"] | {"total": 0, "totalPages": 0, "hasNext": False}}


def echo(**effective):
    return lambda recorded: recorded | {"pagination": recorded["pagination"] | effective}


def without_variants(recorded):
    body = copy.deepcopy(recorded)
    for product in body["data"]:
        product.pop("variants", None)
        product["totalVariants"] = 0
    return body


def without_attributes(recorded):
    body = copy.deepcopy(recorded)
    for product in body["data"]:
        product["attributes"] = []
    return body


def recorded_body(name: str) -> dict:
    return json.loads(RECORDINGS[name].read_text())["response"]["body"]


def by_sku(_):
    return {key: value for key, value in recorded_body("098-product-get").items() if key != "assets"}


def carriers_of_color(_):
    return {"data": [{"sku": "FULL-0001-42"}, {"sku": "FULL-0001"}], "pagination": {"total": 2, "page": 1}}


def without_products(recorded):
    return recorded | {"products": []} | (
        {"productsPagination": recorded["productsPagination"] | {"total": 0, "totalPages": 0}} if "productsPagination" in recorded else {})


def with_size_of_group(size: str):
    return lambda recorded: recorded | {"assetGroup": recorded["assetGroup"] | {"totalSize": size}}


def both_in_trash(recorded):
    """The asset that the replaced service destroyed, too."""
    [asset] = copy.deepcopy(recorded["data"])
    del asset["assetGroup"]["totalSize"], asset["assetGroup"]["userId"]  # the folder as its row is
    return {"data": [asset, {"id": 2, "name": "blue-boot", "isDeleted": True}], "pagination": recorded["pagination"] | {"total": 2}}


def told(_):
    """What was told last: ours tells of families, and of no bulk delete that was refused."""
    deleted = [("attribute", "color", "Attribute"), ("family", "Shoes", "Family"), ("category", "Boots", "Category")]
    return {"data": [{"entityType": kind, "action": "deleted", "entityName": name, "message": f'{shown} "{name}" was deleted'}
                     for kind, name, shown in deleted], "pagination": {"page": 1, "limit": 3, "hasNext": True, "hasPrev": False}}


def list_of_staff(recorded):
    pages = {"total": 14, "totalPages": 14}  # 1, 2's variant, 6, 7, 9 and 13 to 21
    return recorded | {"pagination": recorded["pagination"] | pages}


NO_ENUMERATION = "log-in does not tell whether an account exists"
WRONG_PARAMETER = "a wrong parameter is 400 with its name, never 500 (D-31)"
EFFECTIVE = "pagination echoes the page and limit that were used (D-31)"

SIZE = "a folder's size is that of what is in it now (D-35)"
KEPT = "a deleted asset goes to the trash"
FOREIGN = "what belongs to others does not exist: 404, which does not tell that it is there"
ASKED = "every route needs a permission (D-19)"

DIFFERENT = {
    "037-family-get-foreign": Different(FOREIGN, 404, error(404, "Family with ID 1 not found")),
    "141-product-bulk-delete-empty": Different("what is to be deleted must be said (D-05)", 400, error(400)),
    "154-asset-upload-in-group": Different(SIZE, 201, with_size_of_group("79")),
    "155-asset-upload-duplicate-name": Different("a duplicate name is 409", 409, error(
        409, "Asset with this name already exists in this folder")),
    "169-asset-file-public": Different("a file is for who may read it, or has its signed address (D-20)", 401, error(401)),
    "171-asset-update-foreign": Different("an error has the status of one (D-28)", 404, error(404, "Asset not found")),
    "175-asset-group-size-after-attach": Different(SIZE, 200, lambda recorded: recorded | {"totalSize": "158"}),
    "178-asset-delete": Different(KEPT, 200, lambda _: {"message": "Asset successfully soft deleted"}),
    "179-asset-delete-twice": Different(KEPT, 404, error(404, "Asset not found")),
    "181-asset-deleted-list": Different(KEPT, 200, both_in_trash),
    "183-asset-restore": Different("a restore works (D-02)", 201, lambda _: {
        "message": "Asset successfully restored", "asset": {"id": 1, "name": "red-boot-2", "assetGroupId": 1}}),
    "191-category-delete-with-children": Different("a conflict is 409", 409, error(
        409, "Cannot delete category that has subcategories. Please delete or move subcategories first.")),
    "194-family-delete-foreign": Different(FOREIGN, 404, error(404, "Family with ID 1 not found")),
    "199-notifications": Different("each act is told, once (D-68)", 200, told),
    "205-staff-family-get-no-permission": Different(ASKED, 403, error(403, "Access denied: Missing permission 'read' on 'families'")),
    "206-staff-attribute-types": Different(ASKED, 403, error(403, "Access denied: Missing permission 'read' on 'attributes'")),
    "218-x-category-get-leaks-deleted-product": Different("the trash does not show (D-12)", 200, without_products),
    "223-x-family-get-leaks-deleted-product": Different("the trash does not show (D-12)", 200, without_products),
    "229-x-zip-absolute-path": Different("only own assets are given out (D-01)", 404, error(404)),
    "230-x-zip-no-files": Different("nothing to pack is a mistake of the client's", 400, error(400)),
    "234-x-assets-page0-limit0": Different(EFFECTIVE, 200, echo(page=1, limit=1, total=3, totalPages=3, hasNext=True)),
    "231-x-bulk-delete-empty-filters": Different("no filter is not every product (D-05)", 400, error(400)),
    "019-login-unknown-user": Different(NO_ENUMERATION, 401, error(401, "Invalid credentials")),
    "058-product-create-wrong-types": Different("wrong types are a mistake of the client's", 400, error(400)),
    "065-product-create-foreign-attribute-id": Different(
        "another tenant's attribute is refused (D-04)", 400,
        error(400, "One or more attributes do not exist or do not belong to you")),
    "067-product-create-json-array": Different("a body is one object; an array's items aren't fields", 400, error(400)),
    "074-product-list-page0": Different(EFFECTIVE, 200, echo(page=1)),
    "075-product-list-negative-page": Different(EFFECTIVE, 200, echo(page=1)),
    "077-product-list-limit1000": Different(EFFECTIVE, 200, echo(limit=100)),
    "078-product-list-page-abc": Different(WRONG_PARAMETER, 400, error(400)),
    "079-product-list-page-huge": Different(WRONG_PARAMETER, 400, error(400)),
    "083-product-list-search-percent": Different("what is searched for is text, not a pattern", 200, empty_page),
    "095-product-list-filter-search-and-attributeIds": Different("filters narrow each other (D-30)", 200,
                                                                 lambda r: empty_page(r)),
    "097-product-list-other-user": Different("the foreign attribute was refused (D-04)", 200, without_attributes),
    "105-product-get-overflow": Different("no product has such an id", (400, 404), lambda r: {}),
    "107-product-get-by-sku": Different("a product whose family has attributes is read like any other (D-21)", 200,
                                        by_sku),
    "111-product-by-attribute": Different("lists the products that carry the attribute (D-22)", 200, carriers_of_color),
    "129-product-restore": Different(
        "a restore works (D-02)", 200,
        lambda _: {"message": "Product successfully restored", "product": recorded_body("047-product-create-with-attribute-values")}),
    "130-product-restore-twice": Different(
        "it is not in the trash any more (D-02)", 404, error(404, "Soft-deleted product with ID 3 not found")),
    "134-product-permanent-of-deleted": Different(
        "what is in the trash can be deleted for good (D-03)", 200, lambda _: {"message": "Product permanently deleted"}),
    "138-product-permanent-of-active-again": Different("an active product is not deleted for good (D-03)", 409, error(409)),
    "142-product-restore-sku-conflict": Different(
        "a conflict is 409 and names who is in the way (D-02)", 409,
        error(409, 'Cannot restore: A product with SKU "ATTR-0001" already exists')),
    "203-staff-list-with-permission": Different(
        "nothing active was destroyed (D-03), and a variant whose parent is in the trash is listed (D-14)", 200,
        list_of_staff),
    "207-admin-list-products": Different("an administrator has no catalogue (D-06)", 403, error(403)),
    "213-x-variant-list-leaks-deleted-variant": Different("the trash does not show (D-12)", 200, without_variants),
    "226-x-bob-attaches-alices-asset": Different("another tenant's asset is refused (D-04)", 400, error(400)),
    "233-x-products-limit-abc": Different(WRONG_PARAMETER, 400, error(400)),
}


# --- the replay ---------------------------------------------------------------------------------------------------

class World:
    """A service whose ids run as recorded, and the recorded actors."""

    TABLES = {"products": "Product", "attributes": "Attribute", "families": "Family", "categories": "Category",
              "assets": "Asset", "asset-groups": "AssetGroup"}
    # Requests whose path is one that an answer gave.
    FILES = {"169-asset-file-public": lambda world: world.answers["153-asset-upload"].json()["filePath"]}
    PASSWORDS = {"alice": "alicepw1", "bob": "bobpw123", "staff": "staffpw1", "admin": "adminpw1"}

    def __init__(self, service: Service, database):
        self.service = service
        self.database = database
        self.http = service.client()
        self.answers = {}
        self.tokens = {}

    def _sign_alice_up(self) -> str:
        """Everything of a sign-up but its last request; gives the code that came by mail."""
        self._next_id("User", 1)
        assert self.http.post("/auth/send-otp", json={"email": "alice@example.com"}).status_code == 201
        mail = self.database.execute('SELECT body FROM "Mail" ORDER BY id DESC LIMIT 1').fetchone()[0]
        log = self.service.logs()  # where it goes to where no mail server is configured
        code = re.findall(r"Your code is (\d{6})", mail + log)[-1]
        answer = self.http.post("/auth/verify-otp", json={"email": "alice@example.com", "otp": code})
        assert answer.status_code == 201, answer.text
        return code

    def _set_up(self):
        """Who is there once alice has signed up."""
        roles = {"bob": "OWNER", "staff": "OWNER", "admin": "ADMIN"}
        for number, (name, role) in enumerate(roles.items(), 2):
            self._next_id("User", number)
            self.service.run("user", "add", f"{name}@example.com", "--password-stdin", "--role", role,
                             stdin=self.PASSWORDS[name] + "\n")
        run = self.database.execute
        run('''UPDATE "User" SET role = 'STAFF', "ownerId" = 1 WHERE id = 3''')

        self.tokens = {name: log_in(self.service, f"{name}@example.com", password)
                       for name, password in self.PASSWORDS.items()}

    def _next_id(self, table: str, number: int):
        self.database.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s, false)", (f'"{table}"', number))

    def _next_id_of(self, path: str, number: int):
        """The next thing that is made there gets this id, unless it is taken: then nothing is made."""
        table = self.TABLES.get(path.split("/")[1])
        if table and self.database.execute(f'SELECT FROM "{table}" WHERE id = %s', (number,)).fetchone() is None:
            self._next_id(table, number)

    def call(self, actor: str, method: str, path: str, body: dict | None = None, next_id: int | None = None) -> dict:
        """A step that is not recorded; it must succeed."""
        if next_id:
            self._next_id_of(path, next_id)
        headers, sent = {"Authorization": f"Bearer {self.tokens[actor]}"}, {"json": body}
        if body and "$multipart" in body:
            sent = form_of(body)
        answer = self.http.request(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def replay(self, name: str, recording: dict):
        request, recorded = recording["request"], recording["response"]
        body = recorded["body"]
        if request["method"] == "POST" and isinstance(body, dict) and isinstance(body.get("id"), int):
            self._next_id_of(request["path"], body["id"])
        headers = {key: re.sub(r"<(\w+)>", lambda m: self.tokens.get(m[1], m[1]), value)
                   for key, value in request["headers"].items()}
        content, path = request["body"], self.FILES.get(name, lambda world: request["path"])(self)
        sent = {}
        if content is not None and "$multipart" in content:
            headers = {key: value for key, value in headers.items() if key != "content-type"}  # has another boundary
            sent = form_of(content)
        elif content is not None:
            if name == "014-signup":
                content["otp"] = self._sign_alice_up()
            sent = {"content": content["$raw"] if "$raw" in content else json.dumps(content)}
        self.answers[name] = self.http.request(request["method"], path, headers=headers, **sent)
        if name == "014-signup":
            self._set_up()

    def before(self, name: str):
        for step in BETWEEN.get(name, ()):
            self.call(*step)


def form_of(body: dict) -> dict:
    """A recorded form, as it is sent."""
    form = body["$multipart"]
    file = form["file"]
    return {"data": {key: str(value) for key, value in form["fields"].items()},
            "files": {file["field"]: (file["name"], base64.b64decode(file["base64"]), file["mime"])}}


def upload(name: str, file: str, mime: str, content: bytes, number: int, **fields):
    form = {"fields": {"name": name} | fields,
            "file": {"field": "file", "name": file, "mime": mime, "base64": base64.b64encode(content).decode()}}
    return "alice", "POST", "/assets/upload", {"$multipart": form}, number


def product(name: str, sku: str, number: int, actor: str = "alice", **fields):
    return actor, "POST", "/products", {"name": name, "sku": sku} | fields, number


PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGP8z8DAwMDAxMDAwMDAAAANHQEDasKb6QAAAABJRU5ErkJggg==")

# What was done before a recorded request without being recorded, and what keeps the catalogue as it was recorded where we
# refuse.
BETWEEN = {
    "025-attribute-create-number": [("alice", "POST", "/attributes", {"name": "color", "type": "Short Text"}, 1)],
    "033-family-create-duplicate": [("alice", "POST", "/families", {
        "name": "Shoes", "requiredAttributes": [{"attributeId": 1}], "otherAttributes": [{"attributeId": 2}]}, 1)],
    "049-product-create-duplicate-sku": [product("Full boot 42", "FULL-0001-42", 4, parentSku="FULL-0001")],
    "065-product-create-foreign-attribute-id": [product("Half made", "HALF-0001", 7)],
    "071-product-create-too-large": [product("Bob steals attr", "BOBA-0001", 8, "bob")],
    "073-product-list-page2-limit5": [product(f"List item {n:02}", f"LIST-{n:04}", 9 + n) for n in range(1, 13)],
    "134-product-permanent-of-deleted": [("alice", "DELETE", "/products/3")],
    "142-product-restore-sku-conflict": [product("Attr boot", "ATTR-0001", 3), ("alice", "DELETE", "/products/3"),
                                         product("Attr boot", "ATTR-0001", 22)],
    "145-asset-group-create-duplicate": [("alice", "POST", "/asset-groups", {"groupName": "Boots", "parentGroupId": 1}, 2)],
    "155-asset-upload-duplicate-name": [upload("page", "page.html", "text/html", b"<script>1</script>", 3)],
    "181-asset-deleted-list": [("alice", "DELETE", "/assets/1")],
    "187-asset-group-delete-foreign": [upload("in-group", "g.png", "image/png", PICTURE, 4, assetGroupId=1)],
    "189-asset-group-delete-twice": [("alice", "DELETE", "/asset-groups/1")],
    "226-x-bob-attaches-alices-asset": [upload("leaky", "leaky.png", "image/png", PICTURE, 5)],
    "234-x-assets-page0-limit0": [("alice", "DELETE", "/assets/5")],
    "193-category-delete-twice": [("alice", "DELETE", "/categories/2")],
    "201-staff-no-permission": [("alice", "DELETE", "/products/22")],
    "217-x-product-in-category-delete": [product("incat", "INCT-1", 26, categoryId=3)],
    "221-x-product-in-family": [("alice", "POST", "/families", {"name": "Fcnt"}, 2)],
    "235-x-permanent-parent-with-deleted-variant": [("alice", "DELETE", "/products/24")],
}


@pytest.fixture(scope="module")
def answers():
    service = Service()
    try:
        service.start()
        with service.connect() as database:
            world = World(service, database)
            for name in REPLAYED:
                world.before(name)
                world.replay(name, json.loads(RECORDINGS[name].read_text()))
            yield world.answers
        assert service.stop() == 0
    finally:
        service.remove()


# --- the comparison -----------------------------------------------------------------------------------------------

def differences(expected, actual, where: str = "body") -> list[str]:
    """What `actual` lacks or has otherwise. It may have more keys."""
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return [f"{where}: {actual!r} is no object"]
        found = []
        for key, value in expected.items():
            if key not in actual:
                found.append(f"{where}.{key} is missing")
            elif key in TIMES and value is not None:
                if not ISO_TIME.fullmatch(str(actual[key])):
                    found.append(f"{where}.{key}: {actual[key]!r} is no full ISO-8601 time")
            elif key in PATHS and isinstance(value, str):
                if not isinstance(actual[key], str) or actual[key].startswith("/uploads/") != value.startswith("/uploads/"):
                    found.append(f"{where}.{key}: {actual[key]!r} is no path like {value!r}")
            else:
                found += differences(value, actual[key], f"{where}.{key}")
        return found
    if isinstance(expected, list):
        if where.endswith(".message") and isinstance(actual, list):
            return [] if set(actual) == set(expected) else [f"{where}: {actual} instead of {expected}"]
        if not isinstance(actual, list) or len(actual) != len(expected):
            return [f"{where}: {actual!r:.300} instead of {expected!r:.300}"]
        return [line for i, (e, a) in enumerate(zip(expected, actual)) for line in differences(e, a, f"{where}[{i}]")]
    if expected == "<jwt>":
        return [] if str(actual).count(".") == 2 else [f"{where}: {actual!r} is no token"]
    same_type = type(expected) is type(actual)
    return [] if same_type and expected == actual else [f"{where}: {actual!r} instead of {expected!r}"]


def body_of(answer):
    if answer.headers.get("content-type", "").startswith("application/json"):
        return answer.json()
    if answer.headers.get("content-type", "").startswith(("image/", "application/zip")):
        return {"$base64": base64.b64encode(answer.content).decode()}
    return {"$text": answer.text} if answer.content else None


@pytest.mark.skipif(not RECORDINGS, reason=f"no recordings: {golden_folder()} is missing (see PIXELPIM_SAMPLES)")
@pytest.mark.parametrize("name", REPLAYED)
def test_answers_as_recorded(name, answers):
    recorded = json.loads(RECORDINGS[name].read_text())["response"]
    status, body = recorded["status"], recorded["body"]
    if name in DIFFERENT:
        status = DIFFERENT[name].status
        body = DIFFERENT[name].body(body)
    answer = answers[name]
    assert answer.status_code in (status if isinstance(status, tuple) else (status,)), answer.text[:1000]
    if body is not None:
        assert differences(body, body_of(answer)) == []


@pytest.mark.skipif(not RECORDINGS, reason=f"no recordings: {golden_folder()} is missing (see PIXELPIM_SAMPLES)")
def test_each_difference_belongs_to_a_recording():
    assert set(DIFFERENT) <= set(REPLAYED)


def test_the_comparison_bites():
    """A missing key, another type, another value, a day for a time: each is seen."""
    recorded = {"id": 1, "createdAt": "2026-11-24", "data": [{"sku": "A"}], "none": None}
    ours = {"id": 1, "createdAt": "2026-11-24T03:37:13.534Z", "data": [{"sku": "A"}], "none": None, "more": 1}
    assert differences(recorded, ours) == []
    for wrong in ({"id": "1"}, {"id": 2}, {"id": True}, {"createdAt": "2026-11-24"}, {"data": []},
                  {"data": [{"sku": "B"}]}, {"none": 0}):
        assert differences(recorded, ours | wrong) != [], wrong
    assert differences(recorded, {key: value for key, value in ours.items() if key != "none"}) == ["body.none is missing"]
