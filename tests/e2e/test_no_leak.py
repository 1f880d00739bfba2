"""Nothing of what is in the trash shows anywhere but in the trash: a canary of every kind is put there, and then every GET route
that the program has is asked, with every filter that its description knows."""

import itertools
import json
import re

import pytest

from openapi import Document

CANARY = "Canary-5d1e"
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


def test_nothing_of_the_trash_is_in_any_answer_but_those_of_the_trash(service, canaries):
    document = Document()
    routes = [json.loads(line) for line in service.run("client", "routes", "--json").stdout.splitlines()]
    asked, found_in_trash = 0, set()
    for route in routes:
        if route["method"] != "GET" or ":" not in route["access"] or route["path"] in NOT_ASKED:
            continue
        operation = next((o for o in document.operations.values() if o.route == f"GET {route['path']}"), None)
        names = re.findall(r":(\w+)", route["path"])
        numbers = sorted({*canaries.ids_of.values(), *canaries.living.values()})
        paths = [route["path"]] if not names else [
            re.sub(r":\w+", lambda m, f=iter(combination): str(next(f)), route["path"])
            for combination in itertools.product(*[[*numbers, f"{CANARY}-P"] if name == "sku" else numbers for name in names])]
        queries = [{}, {"limit": "100"}]
        for (place, name), parameter in (operation.parameters if operation else {}).items():
            if place == "query" and name not in ("limit", "cursor", "page"):
                queries += [{name: value, "limit": "100"} if "limit" in operation.query else {name: value}
                            for value in values_of(parameter, canaries)]
        for path in paths:
            for query in queries if path == paths[0] or len(paths) < 12 else queries[:2]:
                answer = canaries.http.get(path, params=query)
                asked += 1
                assert answer.status_code < 500, f"{path} {query}: {answer.text}"
                if OF_THE_TRASH.search(route["path"]):
                    found_in_trash |= {route["path"]} if CANARY in answer.text else set()
                elif answer.status_code < 400:  # (a refusal may say back what was asked for)
                    assert CANARY not in answer.text, f"GET {path} {query} shows what is in the trash: {answer.text[:2000]}"
    assert asked > 200
    assert {"/trash", "/products/deleted", "/categories/deleted", "/families/deleted", "/attributes/deleted",
            "/attribute-groups/deleted"} <= found_in_trash, "the canary is where it is meant to be"


def test_what_is_not_in_the_trash_shows_as_ever(canaries):
    assert canaries.get(f"/products/{canaries.living['product']}")["sku"] == "LIVING-1"
    assert canaries.living["stays"] in canaries.ids(), "a variant whose parent is in the trash stands alone"


def test_another_tenant_finds_none_of_it_at_all(canaries, other_tenant):
    for kind, number in canaries.ids_of.items():
        resource = {"product": "products", "variant": "products", "parent": "products", "category": "categories", "family": "families",
                    "attribute": "attributes", "attributeGroup": "attribute-groups"}.get(kind)
        if resource:
            for method, path in (("GET", ""), ("POST", "/restore"), ("DELETE", "/permanent"), ("GET", "/restore-preview"), ("DELETE", "")):
                other_tenant.request(method, f"/{resource}/{number}{path}", 404)
            for bulk in ("bulk-restore", "bulk-permanent"):
                answer = other_tenant.request("POST", f"/{resource}/{bulk}", 200, json={"ids": [number]}).json()
                assert answer.get("restored", answer.get("purged")) == 0
    assert other_tenant.get("/trash")["pagination"]["total"] == 0
    assert CANARY not in other_tenant.request("GET", "/trash", params={"search": CANARY}).text
