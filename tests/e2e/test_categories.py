"""Categories: a tree of any depth, with exact counts, that has no cycles and loses nothing.

Names with D and a number are defects of the replaced service that are shown to be absent.
"""

import random

import pytest

from races import at_once
from rows import fingerprint, row
from tenants import new_staff, new_tenant

ISO = len("2026-11-24T03:37:13.534Z")
CHARACTERS = ("Category name can only contain letters, numbers, spaces, hyphens, underscores, ampersands, parentheses, "
              "and apostrophes")
LENGTH = "Category name must be between 1 and 50 characters"
HAS_CHILDREN = "Cannot delete category that has subcategories. Please delete or move subcategories first."


def make(tenant, name: str, parent: int | None = None, expect: int = 201, **more) -> dict:
    body = {"name": name, **({"parentCategoryId": parent} if parent else {}), **more}
    return tenant.request("POST", "/categories", expect, json=body).json()


def change(tenant, category: int, expect: int = 200, **fields) -> dict:
    return tenant.request("PATCH", f"/categories/{category}", expect, json=fields).json()


def delete(tenant, category: int, expect: int = 200, **params) -> dict:
    return tenant.request("DELETE", f"/categories/{category}", expect, params=params).json()


def restore(tenant, category: int, expect: int = 200, **params) -> dict:
    return tenant.request("POST", f"/categories/{category}/restore", expect, params=params).json()


def shape(node: dict) -> dict:
    """A tree by its names."""
    return {child["name"]: shape(child) for child in node["subcategories"]}


def tree(tenant) -> dict:
    return {node["name"]: shape(node) for node in tenant.get("/categories/tree")}


def place_further(database, product: int, *categories: int):
    for position, category in enumerate(categories, 2):
        database.execute('INSERT INTO "ProductCategory"("productId", "categoryId", position) VALUES (%s, %s, %s)',
                         (product, category, position))


@pytest.fixture(scope="module")
def idle(service, database):
    """A tenant of those tests that are refused, with one category."""
    owner = new_tenant(service, database)
    owner.only = make(owner, "Only")["id"]
    return owner


@pytest.fixture
def wear(tenant):
    """Footwear (Boots (Winter), Sandals) and Hats, with products."""
    tenant.footwear = make(tenant, "Footwear", description="All shoes")["id"]
    tenant.boots = make(tenant, "Boots", tenant.footwear)["id"]
    tenant.winter = make(tenant, "Winter", tenant.boots)["id"]
    tenant.sandals = make(tenant, "Sandals", tenant.footwear)["id"]
    tenant.hats = make(tenant, "Hats")["id"]
    tenant.products = {name: tenant.create(name=name, categoryId=category)["id"] for name, category in
                       (("p1", tenant.footwear), ("p2", tenant.boots), ("p3", tenant.boots), ("p4", tenant.winter), ("p5", tenant.hats))}
    return tenant


# --- making and reading -----------------------------------------------------------------------------------------------

def test_a_category_is_made_as_the_document_says(tenant):
    root = make(tenant, "  Men's Shoes & Boots (new)  ", description="All shoes")
    assert {"id", "name", "description", "parentCategoryId", "userId", "createdAt", "updatedAt", "subcategories"} <= root.keys()
    assert (root["name"], root["description"], root["parentCategoryId"], root["subcategories"]) == \
        ("Men's Shoes & Boots (new)", "All shoes", None, [])
    assert "parentCategory" not in root and len(root["createdAt"]) == ISO and root["createdAt"] == root["updatedAt"]
    child = make(tenant, "Boots", root["id"])
    assert (child["description"], child["parentCategoryId"], child["path"], child["level"]) == (None, root["id"], [root["name"], "Boots"], 1)
    assert child["parentCategory"] == {key: root[key] for key in
                                       ("id", "name", "description", "parentCategoryId", "userId", "createdAt", "updatedAt")}


def test_the_list_has_roots_by_name_with_what_is_below_them(wear):
    page = wear.get("/categories")
    assert [(root["name"], shape(root)) for root in page["data"]] == \
        [("Footwear", {"Boots": {"Winter": {}}, "Sandals": {}}), ("Hats", {})]
    assert page["pagination"] == {"page": 1, "limit": 10, "total": 2, "totalPages": 1, "hasNext": False, "hasPrev": False, "nextCursor": None}
    footwear, hats = page["data"]
    assert {"id", "name", "description", "parentCategoryId", "productCount", "subcategories", "userId", "createdAt", "updatedAt"} <= footwear.keys()
    boots, sandals = footwear["subcategories"]
    assert (boots["parentCategoryId"], boots["description"]) == (wear.footwear, None)
    assert [(c["productCount"], c["totalProductCount"]) for c in (footwear, boots, boots["subcategories"][0], sandals, hats)] == \
        [(1, 4), (2, 3), (1, 1), (0, 0), (1, 1)]
    second = wear.get("/categories", page=2, limit=1)
    assert [root["name"] for root in second["data"]] == ["Hats"] and second["pagination"]["hasPrev"]
    behind = wear.get("/categories", page=9, limit=1)
    assert behind["data"] == [] and behind["pagination"]["total"] == 2
    assert wear.get("/categories", depth=2)["data"][0]["subcategories"][0]["subcategories"] == []
    assert wear.get("/categories", depth=1)["data"][0]["totalProductCount"] == 4, "what is not shown counts"


def test_the_tree_has_levels_and_paths(wear):
    answer = wear.get("/categories/tree")
    assert isinstance(answer, list) and answer == wear.get("/categories", tree="true")
    footwear, hats = answer
    winter = footwear["subcategories"][0]["subcategories"][0]
    assert {"id", "name", "description", "level", "path", "subcategories"} <= winter.keys()
    assert [(n["level"], n["path"]) for n in (footwear, winter, hats)] == \
        [(0, ["Footwear"]), (2, ["Footwear", "Boots", "Winter"]), (0, ["Hats"])]


def test_one_category_with_its_tree_and_its_products(wear):
    answer = wear.get(f"/categories/{wear.boots}")
    assert "description" not in answer, "what is null is left out"
    assert (answer["parentCategoryId"], answer["parentCategory"]["name"]) == (wear.footwear, "Footwear")
    assert (answer["path"], answer["level"], shape(answer)) == (["Footwear", "Boots"], 1, {"Winter": {}})
    assert (answer["productCount"], answer["totalProductCount"], answer["subcategories"][0]["productCount"]) == (2, 3, 1)
    assert [p["name"] for p in answer["products"]] == ["p3", "p2"]
    assert answer["products"][0].keys() == {"id", "name", "sku", "status", "imageUrl"}
    pages = {"page": 1, "limit": 10, "total": 2, "totalPages": 1}
    assert answer["productsPagination"] | pages == answer["productsPagination"]
    second = wear.get(f"/categories/{wear.boots}", productPage=2, productLimit=1)
    assert [p["name"] for p in second["products"]] == ["p2"] and second["productsPagination"]["totalPages"] == 2
    root = wear.get(f"/categories/{wear.footwear}")
    assert not {"parentCategoryId", "parentCategory"} & root.keys() and root["description"] == "All shoes"


def test_subcategories_come_in_pages(wear):
    page = wear.get(f"/categories/{wear.footwear}/subcategories", limit=1)
    assert [(c["name"], shape(c), c["parentCategoryId"], c["productCount"]) for c in page["data"]] == [("Boots", {"Winter": {}}, wear.footwear, 2)]
    assert page["pagination"]["total"] == 2 and page["pagination"]["hasNext"]
    assert [c["name"] for c in wear.get(f"/categories/{wear.footwear}/subcategories", page=2, limit=1)["data"]] == ["Sandals"]
    assert wear.get(f"/categories/{wear.hats}/subcategories")["data"] == []


def test_D_63_a_tree_of_any_depth_is_shown_whole(tenant):
    parent, names = None, [f"level {n:02}" for n in range(40)]
    for name in names:
        parent = tenant.category(name, parent)
    for answer in (tenant.get("/categories/tree")[0], tenant.get("/categories")["data"][0]):
        seen = [answer]
        while seen[-1]["subcategories"]:
            [child] = seen[-1]["subcategories"]
            seen.append(child)
        assert [node["name"] for node in seen] == names
    assert tenant.get(f"/categories/{parent}")["path"] == names


@pytest.mark.parametrize("body,messages", [
    ({}, {CHARACTERS, LENGTH, "Category name is required", "name must be a string"}),
    ({"name": None}, {CHARACTERS, LENGTH, "Category name is required", "name must be a string"}),
    ({"name": ["x"]}, {CHARACTERS, LENGTH, "Category name is required", "name must be a string"}),
    ({"name": ""}, {CHARACTERS, LENGTH, "Category name is required"}),
    ({"name": "x" * 51}, {LENGTH}),
    ({"name": "a<b"}, {CHARACTERS}),
    ({"name": "Ok", "description": 7}, {"description must be a string"}),
    ({"name": "Ok", "description": "x" * 501}, {"description must be shorter than or equal to 500 characters"}),
    ({"name": "Ok", "description": "\0"}, {"description must not contain a zero character"}),
    ({"name": "Ok", "parentCategoryId": "x"}, {"parentCategoryId must be an integer number"}),
    ({"name": "Ok", "parentCategoryId": 1.5}, {"parentCategoryId must be an integer number"}),
    ({"name": "Ok", "parentCategoryId": 99_999_999_999}, {"parentCategoryId must be an integer number"}),
    ({"name": "Ok", "parentCategoryId": [1]}, {"parentCategoryId must be an integer number"}),
    ({"name": "Ok", "level": 1}, {"property level should not exist"}),
    ([], {"The body must be a JSON object"}),
])
def test_wrong_bodies_are_400_and_name_the_fields(idle, body, messages):
    events = len(idle.events())
    for method, path in (("POST", "/categories"), ("PATCH", f"/categories/{idle.only}")):
        if method == "PATCH" and not body:
            continue  # nothing is changed
        answer = idle.request(method, path, 400, json=body).json()
        assert messages <= set(answer["message"]) and answer["error"] == "Bad Request"
    assert tree(idle) == {"Only": {}} and len(idle.events()) == events


@pytest.mark.parametrize("method,path", [("GET", ""), ("GET", "/subcategories"), ("PATCH", ""), ("DELETE", "")])
def test_foreign_missing_and_impossible_categories_are_404_or_400(idle, other_tenant, method, path):
    body = {} if method == "PATCH" else None
    for who, number in ((other_tenant, idle.only), (idle, 999_999_999), (idle, 99_999_999_999)):
        answer = who.request(method, f"/categories/{number}{path}", 404, json=body).json()
        assert answer["message"] == f"Category with ID {number} not found or access denied"
    assert idle.request(method, f"/categories/x{path}", 400, json=body).json()["message"] == \
        "Validation failed (numeric string is expected)"


def test_a_foreign_missing_or_trashed_parent_is_400(wear, other_tenant):
    foreign = make(other_tenant, "Foreign")["id"]
    delete(wear, wear.sandals)
    for parent in (foreign, 999_999_999, wear.sandals):
        assert make(wear, "New", parent, 400)["message"] == "Parent category not found or does not belong to you"
        assert change(wear, wear.hats, 400, parentCategoryId=parent)["message"] == "Parent category not found or does not belong to you"
    assert tree(wear) == {"Footwear": {"Boots": {"Winter": {}}}, "Hats": {}}


@pytest.mark.parametrize("path", ["/categories", "/categories/tree", "/categories/{0}", "/categories/{0}/subcategories"])
def test_D_31_wrong_parameters_are_400_and_named(idle, path):
    path = path.format(idle.only)
    paged = {"productPage": "x", "productLimit": "-"} if path.endswith(str(idle.only)) else {} if path.endswith("tree") else {"page": "x", "limit": "1.5"}
    for name, value in ({"depth": "0", "color": "1"} | paged).items():
        assert name in idle.request("GET", path, 400, params={name: value}).json()["message"][0]
    if "page" in paged:
        pagination = idle.get(path, page=-1, limit=1000)["pagination"]
        assert (pagination["page"], pagination["limit"]) == (1, 100)
    if path == "/categories":
        assert "tree" in idle.request("GET", path, 400, params={"tree": "yes"}).json()["message"][0]


# --- names and places -----------------------------------------------------------------------------------------------------

def test_a_duplicate_name_in_one_place_is_409(wear):
    root, below = "A root category with this name already exists", "A subcategory with this name already exists in the same parent category"
    assert make(wear, "Hats", expect=409)["message"] == root
    assert make(wear, "Boots", wear.footwear, 409)["message"] == below
    make(wear, "Boots", wear.hats)
    make(wear, "Hats", wear.hats)
    assert change(wear, wear.hats, 409, name="Footwear")["message"] == root
    assert change(wear, wear.sandals, 409, name="Boots")["message"] == below
    # D-63: it is looked at again when a category moves.
    assert change(wear, wear.boots, 409, parentCategoryId=wear.hats)["message"] == below
    assert change(wear, make(wear, "Footwear", wear.hats)["id"], 409, parentCategoryId=None)["message"] == root
    assert change(wear, wear.boots, parentCategoryId=wear.hats, name="More boots")["path"] == ["Hats", "More boots"]


def test_a_patch_changes_what_is_given_and_nothing_else(wear, database):
    before = row(database, "Category", wear.footwear)
    changed = change(wear, wear.footwear, name="Shoes")
    assert (changed["name"], changed["description"], shape(changed)) == ("Shoes", "All shoes", {"Boots": {"Winter": {}}, "Sandals": {}})
    assert change(wear, wear.footwear, description=None)["description"] is None
    assert change(wear, wear.footwear)["name"] == "Shoes"
    after = row(database, "Category", wear.footwear)
    assert after["updatedAt"] > before["updatedAt"] and {k for k in before if before[k] != after[k]} == {"name", "description", "updatedAt"}
    assert change(wear, wear.winter, name="Cold")["parentCategoryId"] == wear.boots


def test_a_category_moves_with_all_that_is_below_it(wear):
    moved = change(wear, wear.boots, parentCategoryId=wear.hats)
    assert (moved["parentCategoryId"], moved["path"], moved["parentCategory"]["name"]) == (wear.hats, ["Hats", "Boots"], "Hats")
    assert tree(wear) == {"Footwear": {"Sandals": {}}, "Hats": {"Boots": {"Winter": {}}}}
    assert wear.get(f"/categories/{wear.hats}")["totalProductCount"] == 4
    assert change(wear, wear.boots, parentCategoryId=None)["parentCategoryId"] is None
    assert tree(wear) == {"Boots": {"Winter": {}}, "Footwear": {"Sandals": {}}, "Hats": {}}


def test_D_63_a_category_never_comes_below_itself(wear, database):
    before = fingerprint(database, wear.id)
    assert change(wear, wear.boots, 400, parentCategoryId=wear.boots)["message"] == "Category cannot be its own parent"
    for target in (wear.boots, wear.winter):
        answer = change(wear, wear.footwear, 409, parentCategoryId=target)
        assert answer["message"] == "Cannot move a category below one of its own subcategories"
    # Through one that is in the trash, too.
    delete(wear, wear.winter)
    leaf = wear.category("Leaf", wear.winter)
    assert change(wear, wear.footwear, 409, parentCategoryId=leaf)["code"] == "category.below_itself"
    database.execute('DELETE FROM "Category" WHERE id = %s', (leaf,))
    restore(wear, wear.winter)
    assert fingerprint(database, wear.id) == before


def test_trees_are_not_deeper_than_a_hundred_levels(tenant):
    parent = None
    for n in range(99):
        parent = tenant.category(f"c{n}", parent)
    last = make(tenant, "Last", parent)["id"]
    assert make(tenant, "One more", last, 400)["message"] == "Categories nest at most 100 levels deep"
    other = make(tenant, "Other")["id"]
    below = make(tenant, "Below", other)["id"]
    assert change(tenant, other, 400, parentCategoryId=parent)["code"] == "category.too_deep"
    change(tenant, below, parentCategoryId=parent)


# --- counts -----------------------------------------------------------------------------------------------------------------

def test_counts_are_exact_with_further_categories(wear, database):
    """A product that is in several categories counts once in each tree."""
    p1, p5 = wear.products["p1"], wear.products["p5"]
    place_further(database, p1, wear.boots, wear.winter)   # its first category is Footwear, above both
    place_further(database, p5, wear.winter, wear.sandals)  # its first category is Hats, in another tree
    free = wear.create(name="free")["id"]
    place_further(database, free, wear.winter, wear.boots)
    counts = {c["name"]: (c["productCount"], c["totalProductCount"]) for c in flat(wear.get("/categories")["data"])}
    assert counts == {"Footwear": (1, 6), "Boots": (4, 6), "Winter": (4, 4), "Sandals": (1, 1), "Hats": (1, 1)}
    for category in flat(wear.get("/categories")["data"]):
        page = wear.get(f"/products/category/{category['id']}")
        detail = wear.get(f"/categories/{category['id']}")
        assert category["productCount"] == page["pagination"]["total"] == detail["productsPagination"]["total"] == detail["productCount"]
        assert sorted(p["id"] for p in page["data"]) == sorted(p["id"] for p in detail["products"])


def flat(nodes: list[dict]) -> list[dict]:
    return [each for node in nodes for each in [node, *flat(node["subcategories"])]]


def test_counts_agree_with_counting_by_hand(tenant, database):
    """Random trees and memberships, living and trashed: what the program says is what can be counted."""
    chance = random.Random(5)
    parents = {}
    for n in range(40):
        parent = chance.choice([None, *parents]) if parents else None
        parents[tenant.category(f"c{n}", parent)] = parent
    ids = list(parents)
    member: dict[int, set] = {}
    for n in range(60):
        first = chance.choice([None, *ids])
        product = database.execute('''INSERT INTO "Product"(name, sku, "userId", "categoryId", "isDeleted", "deletedAt", "updatedAt")
            VALUES (%s, %s, %s, %s, %s, now(), now()) RETURNING id''', (f"p{n}", f"SKU-{n}", tenant.id, first, n % 5 == 0)).fetchone()[0]
        further = chance.sample(ids, chance.randrange(4))
        place_further(database, product, *further)
        if n % 5:
            member[product] = {first, *further} - {None}
    leaves = [category for category in ids if category not in parents.values()]
    database.execute('UPDATE "Category" SET "isDeleted" = true, "deletedAt" = now() WHERE id = ANY (%s)', (chance.sample(leaves, 4),))
    living = {row[0] for row in database.execute('SELECT id FROM live."Category" WHERE "userId" = %s', (tenant.id,)).fetchall()}

    def below(category):
        return {category} | {each for child, parent in parents.items() if parent == category and child in living for each in below(child)}

    seen = flat(tenant.get("/categories", limit=100)["data"])
    assert {c["id"] for c in seen} == living
    for category in seen:
        here = sum(category["id"] in places for places in member.values())
        total = sum(bool(below(category["id"]) & places) for places in member.values())
        assert (category["productCount"], category["totalProductCount"]) == (here, total), category["name"]
        detail = tenant.get(f"/categories/{category['id']}", depth=1)
        assert (detail["productCount"], detail["totalProductCount"]) == (here, total), category["name"]


def test_D_12_nothing_in_the_trash_is_counted_or_shown(wear, database):
    place_further(database, wear.products["p4"], wear.hats)
    wear.delete(wear.products["p4"])
    delete(wear, wear.sandals)
    footwear, hats = wear.get("/categories")["data"]
    assert shape(footwear) == {"Boots": {"Winter": {}}}
    assert [(c["productCount"], c["totalProductCount"]) for c in (footwear, hats)] == [(1, 3), (1, 1)]
    winter = wear.get(f"/categories/{wear.winter}")
    assert winter["products"] == [] and winter["productsPagination"]["total"] == 0
    assert [p["name"] for p in wear.get(f"/categories/{wear.hats}")["products"]] == ["p5"]
    wear.request("GET", f"/categories/{wear.sandals}", 404)


# --- the trash -----------------------------------------------------------------------------------------------------------------

def test_acceptance_5_a_restored_category_is_exactly_what_it_was(wear, database):
    place_further(database, wear.products["p5"], wear.winter)
    paths = ["/categories", "/categories/tree", f"/categories/{wear.winter}", "/products", f"/products/category/{wear.winter}"]
    before, shown = fingerprint(database, wear.id), [wear.request("GET", path, 200).content for path in paths]
    deleted = delete(wear, wear.winter)
    assert (deleted["message"], deleted["itemCount"], deleted["undo"]) == \
        ("Category successfully deleted", 1, f"POST /categories/{wear.winter}/restore")
    after = fingerprint(database, wear.id)
    assert {t for t in before if before[t] != after[t]} == {"Category"}, "a delete cut a link"
    product = wear.get(f"/products/{wear.products['p4']}")
    assert product["categoryId"] is None and "category" not in product, "reads show null meanwhile"
    assert row(database, "Product", product["id"])["categoryId"] == wear.winter
    [listed] = wear.get("/categories/deleted")["data"]
    assert (listed["id"], listed["name"], listed["parentCategoryId"], listed["deletionId"]) == (wear.winter, "Winter", wear.boots, deleted["deletionId"])
    delete(wear, wear.winter, 404)
    restored = restore(wear, wear.winter)
    assert restored["message"] == "Category successfully restored" and restored["category"]["path"] == ["Footwear", "Boots", "Winter"]
    assert "notice" not in restored
    assert fingerprint(database, wear.id) == before
    assert [wear.request("GET", path, 200).content for path in paths] == shown


def test_acceptance_5_a_tree_goes_and_comes_back_as_one(wear, database):
    before, shown = fingerprint(database, wear.id), wear.request("GET", "/categories/tree", 200).content
    refused = delete(wear, wear.footwear, 409)
    assert refused["message"] == HAS_CHILDREN and "subtree" in refused["remedy"]
    assert fingerprint(database, wear.id) == before
    assert delete(wear, wear.footwear, subtree="true")["itemCount"] == 4
    [act] = wear.deletions()
    assert (act["kind"], act["rootId"], act["itemCount"]) == ("category", wear.footwear, 4)
    assert tree(wear) == {"Hats": {}} and wear.get("/categories/deleted")["pagination"]["total"] == 4
    restore(wear, wear.footwear)
    assert fingerprint(database, wear.id) == before
    assert wear.request("GET", "/categories/tree", 200).content == shown


def test_acceptance_4_what_was_deleted_before_stays_in_the_trash(wear):
    delete(wear, wear.sandals)
    wear.delete(wear.products["p4"])
    delete(wear, wear.footwear, subtree="true")
    restore(wear, wear.footwear)
    assert tree(wear) == {"Footwear": {"Boots": {"Winter": {}}}, "Hats": {}}
    assert wear.ids("/categories/deleted") == [wear.sandals] and wear.ids("/products/deleted") == [wear.products["p4"]]


def test_acceptance_17_a_category_whose_parent_is_in_the_trash_is_at_the_root_meanwhile(wear, database):
    before = fingerprint(database, wear.id)
    delete(wear, wear.footwear, subtree="true")
    restored = restore(wear, wear.boots)
    assert f"(ID {wear.footwear}) is in the trash" in restored["notice"]
    assert (restored["category"]["parentCategoryId"], restored["category"]["path"]) == (None, ["Boots"])
    assert restored["category"]["parentInTrash"] == wear.footwear
    assert tree(wear) == {"Boots": {"Winter": {}}, "Hats": {}}, "what the same act took along comes with it"
    assert [c["parentCategoryId"] for c in wear.get("/categories")["data"]] == [None, None]
    detail = wear.get(f"/categories/{wear.boots}")
    assert "parentCategoryId" not in detail and detail["parentInTrash"] == wear.footwear
    assert row(database, "Category", wear.boots)["parentCategoryId"] == wear.footwear, "the link is not cut"
    assert change(wear, wear.boots, description="x")["parentInTrash"] == wear.footwear
    assert change(wear, wear.boots, description=None)["path"] == ["Boots"]
    restore(wear, wear.footwear)
    assert tree(wear) == {"Footwear": {"Boots": {"Winter": {}}, "Sandals": {}}, "Hats": {}}
    database.execute('UPDATE "Category" SET "updatedAt" = "createdAt" WHERE id = %s', (wear.boots,))
    assert fingerprint(database, wear.id) == before


def test_one_level_alone_comes_back_when_asked(wear):
    delete(wear, wear.footwear, subtree="true")
    restore(wear, wear.footwear, subtree="false")
    assert tree(wear) == {"Footwear": {}, "Hats": {}}
    restore(wear, wear.winter)
    assert tree(wear) == {"Footwear": {}, "Hats": {}, "Winter": {}}
    restore(wear, wear.boots)
    assert tree(wear) == {"Footwear": {"Boots": {"Winter": {}}}, "Hats": {}}
    assert "subtree" in wear.request("POST", f"/categories/{wear.sandals}/restore", 400, params={"subtree": "x"}).json()["message"][0]
    assert "subtree" in wear.request("DELETE", f"/categories/{wear.hats}", 400, params={"subtree": "x"}).json()["message"][0]


def test_a_name_that_was_taken_meanwhile_refuses_the_restore(wear, database):
    delete(wear, wear.footwear, subtree="true")
    restore(wear, wear.footwear, subtree="false")
    blocker = make(wear, "Boots", wear.footwear)["id"]
    before = fingerprint(database, wear.id)
    refused = restore(wear, wear.boots, 409)
    assert refused["conflict"]["holder"] == {"id": blocker, "name": "Boots"}
    assert fingerprint(database, wear.id) == before
    change(wear, blocker, name="Other")
    restore(wear, wear.boots)


def test_acceptance_6_a_purged_category_leaves_its_products_and_what_is_below_it(wear, database):
    wear.request("DELETE", f"/categories/{wear.footwear}/permanent", 409)
    place_further(database, wear.products["p2"], wear.hats)
    delete(wear, wear.sandals)
    delete(wear, wear.footwear, subtree="true")
    restore(wear, wear.winter)
    answer = wear.request("DELETE", f"/categories/{wear.footwear}/permanent", 200).json()
    assert answer["message"] == "Category permanently deleted" and answer["certificateId"]
    assert [row(database, "Category", c) for c in (wear.footwear, wear.boots)] == [None, None]
    assert tree(wear) == {"Hats": {}, "Winter": {}}, "what was brought back before lives on"
    assert wear.ids("/categories/deleted") == [wear.sandals], "another act's"
    assert wear.get("/products")["pagination"]["total"] == 5
    assert wear.get(f"/categories/{wear.hats}")["productCount"] == 2
    assert "notice" not in restore(wear, wear.sandals) and tree(wear) == {"Hats": {}, "Sandals": {}, "Winter": {}}
    for method, path in (("POST", "restore"), ("DELETE", "permanent")):
        gone = wear.request(method, f"/categories/{wear.footwear}/{path}", 404).json()
        assert gone["message"] == f"Soft-deleted category with ID {wear.footwear} not found"
        wear.request(method, f"/categories/x/{path}", 400)


def test_a_purge_that_would_put_two_of_a_name_at_the_root_is_409(wear, database):
    delete(wear, wear.footwear, subtree="true")
    restore(wear, wear.boots)
    root = make(wear, "Boots")["id"]
    before = fingerprint(database, wear.id)
    refused = wear.request("DELETE", f"/categories/{wear.footwear}/permanent", 409).json()
    assert refused["code"] == "category.name_taken" and fingerprint(database, wear.id) == before
    change(wear, root, name="Other boots")
    wear.request("DELETE", f"/categories/{wear.footwear}/permanent", 200)


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"filters": {}}, {"filters": {"search": ""}}, {"filters": {"name": "x"}},
                                  {"filters": {"search": 1}}, {"ids": [None]}, {"all": "yes"}, {"ids": list(range(1, 1002))}])
def test_D_05_a_bulk_delete_that_chooses_nothing_deletes_nothing(idle, body):
    idle.request("POST", "/categories/bulk-delete", 400, json=body)
    assert tree(idle) == {"Only": {}} and idle.deletions() == []


def test_D_05_D_33_a_bulk_delete_takes_trees_as_one_act(wear, other_tenant, database):
    foreign = make(other_tenant, "Foreign")["id"]
    before = fingerprint(database, wear.id)
    answer = wear.request("POST", "/categories/bulk-delete", 200, json={"ids": [wear.boots, wear.winter, wear.hats, foreign, 999_999_999]}).json()
    assert (answer["deletedCount"], answer["message"]) == (3, "Deleted 3 categories") and answer["ids"] == [wear.boots, wear.winter, wear.hats]
    assert tree(wear) == {"Footwear": {"Sandals": {}}} and tree(other_tenant) == {"Foreign": {}}
    [act] = wear.deletions()
    assert (act["id"], act["itemCount"]) == (answer["deletionId"], 3)
    assert row(database, "Product", wear.products["p4"])["categoryId"] == wear.winter, "links are not cut"
    for category in (wear.boots, wear.hats):
        restore(wear, category)
    assert fingerprint(database, wear.id) == before
    nothing = wear.request("POST", "/categories/bulk-delete", 200, json={"filters": {"search": "%"}}).json()
    assert nothing == {"deletedCount": 0, "message": "Deleted 0 categories", "ids": [], "deletionId": None, "deletedAt": None} and len(wear.deletions()) == 1
    assert wear.request("POST", "/categories/bulk-delete", 200, json={"filters": {"search": "WEAR"}}).json()["deletedCount"] == 4
    assert wear.request("POST", "/categories/bulk-delete", 200, json={"all": True}).json()["deletedCount"] == 1
    assert tree(wear) == {}


def test_a_trashed_category_can_not_be_changed_or_given(wear, database):
    delete(wear, wear.sandals)
    before = fingerprint(database, wear.id)
    change(wear, wear.sandals, 404, name="Other")
    wear.request("GET", f"/categories/{wear.sandals}/subcategories", 404)
    wear.request("POST", "/products", 400, json={"name": "New", "sku": "NEW-1", "categoryId": wear.sandals})
    assert fingerprint(database, wear.id) == before
    make(wear, "Sandals", wear.footwear)


def test_another_tenants_trash_does_not_exist(wear, other_tenant, database):
    delete(wear, wear.footwear, subtree="true")
    before = fingerprint(database, wear.id)
    restore(other_tenant, wear.footwear, 404)
    other_tenant.request("DELETE", f"/categories/{wear.footwear}/permanent", 404)
    assert other_tenant.get("/categories/deleted")["data"] == [] and fingerprint(database, wear.id) == before


def test_staff_need_the_permission_of_what_they_do(wear):
    staff = new_staff(wear, (("categories", "read"),))
    staff.request("GET", f"/categories/{wear.boots}", 200)
    assert staff.request("DELETE", f"/categories/{wear.boots}", 403).json()["message"] == \
        "Access denied: Missing permission 'delete' on 'categories'"


def test_every_act_is_in_the_audit_once_and_told(tenant):
    category = make(tenant, "Boots")["id"]
    change(tenant, category, name="Shoes")
    delete(tenant, category)
    restore(tenant, category)
    delete(tenant, category)
    tenant.request("DELETE", f"/categories/{category}/permanent", 200)
    change(tenant, category, 404, name="Gone")
    assert [event["action"] for event in tenant.events(category)] == \
        [f"category.{verb}" for verb in ("create", "update", "delete", "restore", "delete", "purge")]
    told = tenant.database.execute('SELECT message FROM "Notification" WHERE "userId" = %s ORDER BY id', (tenant.id,)).fetchall()
    assert [message for message, in told] == [
        'Category "Boots" was created', *(f'Category "Shoes" was {done}' for done in
                                          ("updated", "deleted", "restored", "deleted", "permanently deleted"))]


# --- races -----------------------------------------------------------------------------------------------------------------------

def test_D_58_of_64_who_make_a_root_of_one_name_one_does(service, tenant):
    answers = at_once(service, tenant.token, 64, lambda client, _: client.post("/categories", json={"name": "Race"}).status_code)
    assert sorted(answers) == [201] + [409] * 63
    assert tenant.get("/categories")["pagination"]["total"] == 1


def test_D_63_moves_that_pass_each_other_make_no_cycle(service, tenant):
    for n in range(4):
        a, b = make(tenant, f"a{n}")["id"], make(tenant, f"b{n}")["id"]
        pairs = [(a, b), (b, a)] * 4
        answers = at_once(service, tenant.token, 8, lambda client, i: client.patch(
            f"/categories/{pairs[i][0]}", json={"parentCategoryId": pairs[i][1]}).status_code)
        assert set(answers) <= {200, 409} and 200 in answers, answers
    assert len(flat(tenant.get("/categories/tree"))) == 8, "one is not to be seen: it is below itself"


def test_children_made_while_the_parent_is_deleted_are_never_lost(service, tenant, database):
    for n in range(4):
        parent = make(tenant, f"parent {n}")["id"]

        def act(client, i):
            if i == 0:
                return client.delete(f"/categories/{parent}").status_code
            return client.post("/categories", json={"name": f"child {i}", "parentCategoryId": parent}).status_code

        answers = at_once(service, tenant.token, 6, act)
        assert answers[0] in (200, 409) and set(answers[1:]) <= {201, 400}, answers
        orphans = database.execute('''SELECT count(*) FROM live."Category" c JOIN "Category" p ON p.id = c."parentCategoryId"
                                      WHERE p."isDeleted" AND c."userId" = %s''', (tenant.id,)).fetchone()
        assert orphans == (0,)
