"""Nothing of what is in the trash shows anywhere but in the trash: a canary of every kind is put there, and then every GET route
that the program has is asked, with every filter that its description knows."""

import itertools
import json
import re

import pytest

from openapi import Document
from test_export import COLUMNS

CANARY = "Canary-5d1e"
RESOURCES_OF = {"category": "categories", "family": "families", "attribute": "attributes", "attributeGroup": "attribute-groups", "asset": "assets",
                "assetGroup": "asset-groups"}
RESOURCES = {"products", *RESOURCES_OF.values()}
# Routes that show the canaries while those live.
SHOWING = {"/products", "/products/:id", "/products/export", "/products/category/:id", "/products/:id/variants",
           "/products/sku/:sku", "/categories/tree", "/families/:id", "/attribute-groups/:id", "/attributes/groups",
           "/attributes/with-product-counts", "/assets", "/assets/export/json", "/asset-groups", "/asset-groups/:id/assets"}
# Where what is in the trash is meant to be seen.
OF_THE_TRASH = re.compile(r"^/trash|/deleted$|/restore-preview$|^/notifications|/history$")
# Answers that do not end, or that are not of the catalogue.
NOT_ASKED = {"/import/events", "/auth/profile"}


@pytest.fixture(scope="module")
def canaries(service, database):
    """A tenant with a living product that points at one of each kind, all of which are in the trash, and trash of its own."""
    from tenants import new_tenant
    tenant = new_tenant(service, database, "canary")
    attribute, category = tenant.attribute(f"{CANARY} attribute"), tenant.category(f"{CANARY} category", description=CANARY)
    family = tenant.family(f"{CANARY} family", required=(attribute,))
    group = tenant.attribute_group(f"{CANARY} group", (attribute,), description=CANARY)
    asset = tenant.asset(f"{CANARY} asset")
    folder = tenant._insert("""INSERT INTO "AssetGroup"("groupName", "userId", "updatedAt") VALUES (%s, %s, now()) RETURNING id""",
                            f"{CANARY} folder", tenant.id)
    inside = tenant.asset("Living file in it")
    database.execute('UPDATE "Asset" SET "assetGroupId" = %s WHERE id = %s', (folder, inside))
    living = tenant.create(name="Living", sku="LIVING-1", categoryId=category, familyId=family, attributeGroupId=group,
                           attributesWithValues=[{"attributeId": attribute, "value": f"{CANARY} value"}])["id"]
    tenant.link_asset(living, asset)
    product = tenant.create(name=f"{CANARY} product", sku=f"{CANARY}-P", categoryId=category)["id"]
    variant = tenant.create(name=f"{CANARY} variant", sku=f"{CANARY}-V", parentSku="LIVING-1")["id"]
    parent = tenant.create(name=f"{CANARY} parent", sku=f"{CANARY}-Q")["id"]
    stays = tenant.variant(parent, name="Living variant", sku="LIVING-2")["id"]
    tenant.ids_of = {"product": product, "variant": variant, "parent": parent, "attribute": attribute, "category": category,
                     "family": family, "attributeGroup": group, "asset": asset, "assetGroup": folder}
    tenant.living = {"product": living, "category": tenant.category("Living beside"), "stays": stays, "asset": inside}
    tenant.showed = {route for route, _, _, answer in all_answers(service, tenant, tenant, most=2) if answer.is_success and CANARY in answer.text}
    tenant.exported = sum(CANARY.encode() in content for content in exports(tenant, tenant).values())
    for table, numbers in {"Product": [product, variant, parent], "Attribute": [attribute], "Category": [category], "Family": [family],
                           "AttributeGroup": [group], "Asset": [asset], "AssetGroup": [folder]}.items():
        act = tenant._insert("""INSERT INTO "Deletion"("userId", "actorId", kind, "itemCount") VALUES (%s, %s, %s, 1) RETURNING id""",
                             tenant.id, tenant.id, table[0].lower() + table[1:])
        database.execute(f'UPDATE "{table}" SET "isDeleted" = true, "deletedAt" = now(), "deletionId" = %s WHERE id = ANY (%s)', (act, numbers))
    tenant.living["below"] = tenant.category("Living below", parent=category)  # of a parent that was deleted after it came back
    return tenant


def values_of(parameter: dict, tenant) -> list[str]:
    """What to ask with: what is allowed, the canary, and the ids of what is in the trash."""
    schema = parameter.get("schema", {})
    if "enum" in schema:
        return [str(value) for value in schema["enum"]]
    if schema.get("type") == "boolean":
        return ["true", "false"]
    if schema.get("type") in ("integer", "number"):
        return ["1", *map(str, set(tenant.ids_of.values()))]
    return [CANARY, str(tenant.ids_of["attribute"]), str(parameter.get("example", "x"))]


def all_answers(service, tenant, api, most: int = 12):
    """What every GET route answers to `api`, with every filter, and each id that the tenant has: route, path, query, answer. Where a route
    has more ids to ask for than `most`, only the first is asked for with all filters."""
    document = Document()
    for route in [json.loads(line) for line in service.run("client", "routes", "--json").stdout.splitlines()]:
        if route["method"] != "GET" or ":" not in route["access"] or route["path"] in NOT_ASKED:
            continue
        operation = next((o for o in document.operations.values() if o.route == f"GET {route['path']}"), None)
        names = re.findall(r":(\w+)", route["path"])
        numbers = sorted({*tenant.ids_of.values(), *tenant.living.values()})
        paths = [route["path"]] if not names else [
            re.sub(r":\w+", lambda m, f=iter(combination): str(next(f)), route["path"])
            for combination in itertools.product(*[[*numbers, f"{CANARY}-P"] if name == "sku" else numbers for name in names])]
        queries = [{}, {"limit": "100"}]
        for (place, name), parameter in (operation.parameters if operation else {}).items():
            if place == "query" and name not in ("limit", "cursor", "page"):
                queries += [{name: value, "limit": "100"} if "limit" in operation.query else {name: value}
                            for value in values_of(parameter, tenant)]
        for path in paths:
            for query in queries if path == paths[0] or len(paths) < most else queries[:2]:
                answer = api.http.get(path, params=query)
                assert answer.status_code < 500, f"{path} {query}: {answer.text}"
                yield route["path"], path, query, answer


def exports(tenant, api) -> dict[str, bytes]:
    """What is given out by routes that are no GET."""
    products = [tenant.ids_of[kind] for kind in ("product", "variant", "parent")] + [tenant.living["product"]]
    assets = [tenant.ids_of["asset"], tenant.living["asset"]]
    bodies = [("/products/export", {"productIds": products, "attributes": COLUMNS}),
              *(("/products/export/download", {"productIds": products, "attributes": COLUMNS, "format": form}) for form in ("csv", "json", "xml")),
              *(("/assets/export", {"format": form, "type": "all"}) for form in ("json", "xml")),
              ("/assets/export", {"format": "json", "type": "selected", "assetIds": assets}),
              ("/assets/export", {"format": "json", "type": "folder", "assetGroupId": tenant.ids_of["assetGroup"]}),
              ("/assets/zip", {"assetIds": assets})]
    answers = {f"{path} {body}": api.request("POST", path, json=body) for path, body in bodies}
    assert all(answer.status_code < 500 for answer in answers.values())
    return {name: answer.content for name, answer in answers.items()}


def test_nothing_of_the_trash_is_in_any_answer_but_those_of_the_trash(service, canaries):
    asked, found_in_trash = 0, set()
    for route, path, query, answer in all_answers(service, canaries, canaries):
        asked += 1
        if OF_THE_TRASH.search(route):
            found_in_trash |= {route} if CANARY in answer.text else set()
        elif answer.status_code < 400:  # (a refusal may say back what was asked for)
            assert CANARY not in answer.text, f"GET {path} {query} shows what is in the trash: {answer.text[:2000]}"
    assert asked > 200
    assert {f"/{resource}/deleted" for resource in RESOURCES} | {"/trash"} <= found_in_trash, "the canary is where it is meant to be"
    for name, content in exports(canaries, canaries).items():
        assert CANARY.encode() not in content, f"POST {name} shows what is in the trash"
    assert SHOWING - canaries.showed == set(), "while they lived all of these showed them, or nothing is proven"
    assert canaries.exported >= 7


def test_what_is_not_in_the_trash_shows_as_ever(canaries):
    assert canaries.get(f"/products/{canaries.living['product']}")["sku"] == "LIVING-1"
    assert canaries.living["stays"] in canaries.ids(), "a variant whose parent is in the trash stands alone"


def test_another_tenant_finds_none_of_it_at_all(service, canaries, other_tenant):
    for kind, number in canaries.ids_of.items():
        resource = RESOURCES_OF.get(kind, "products")
        for method, path in (("GET", ""), ("POST", "/restore"), ("DELETE", "/permanent"), ("GET", "/restore-preview"), ("DELETE", "")):
            other_tenant.request(method, f"/{resource}/{number}{path}", 404)
        for bulk in ("bulk-restore", "bulk-permanent", "bulk-delete"):
            answer = other_tenant.request("POST", f"/{resource}/{bulk}", 200, json={"ids": [number]}).json()
            assert answer.get("restored", answer.get("purged", answer.get("deletedCount"))) == 0
    assert other_tenant.get("/trash")["pagination"]["total"] == 0
    for route, path, query, answer in all_answers(service, canaries, other_tenant, most=2):
        if answer.status_code < 400:
            assert CANARY not in answer.text, f"GET {path} {query} shows another tenant's: {answer.text[:2000]}"
    assert not any(CANARY.encode() in content for content in exports(canaries, other_tenant).values())
