"""Many products into the trash at once: one deletion, chosen as the list chooses, and nothing by leaving something out."""

import pytest

from test_products import messages


def bulk(tenant, expect=200, params=None, **body):
    return tenant.request("POST", "/products/bulk-delete", expect, json=body, params=params).json()


def test_many_are_one_deletion_with_an_event_for_each(tenant, other_tenant):
    products = [tenant.create(name=f"Boot {n}")["id"] for n in range(4)]
    theirs = other_tenant.create()["id"]
    answer = bulk(tenant, ids=[*products[:3], theirs, 999999999, products[0]])
    assert (answer["message"], answer["deletedCount"], answer["ids"]) == ("Deleted 3 product(s)", 3, products[:3])
    [deletion] = tenant.deletions()
    assert (deletion["id"], deletion["kind"], deletion["rootId"], deletion["itemCount"]) == (answer["deletionId"], "product", None, 3)
    events = [e for e in tenant.events() if e["deletionId"] == deletion["id"]]
    assert sorted(e["action"] for e in events) == ["product.bulk_delete"] + ["product.delete_in_bulk"] * 3
    assert {e["entityId"] for e in events} == {None, *products[:3]}
    assert [e["detail"]["count"] for e in events if e["action"] == "product.bulk_delete"] == [3]
    notes = tenant.get("/notifications")["data"]
    assert [n["message"] for n in notes if n["action"] == "bulk_deleted"] == ["3 products were deleted"]
    assert not [n for n in notes if n["action"] == "deleted"], "told once"
    assert tenant.ids() == [products[3]] and other_tenant.get(f"/products/{theirs}")
    # Each comes back by itself, and the rest stays in the act.
    tenant.restore(products[1])
    assert tenant.ids() == [products[3], products[1]] and tenant.trash()["pagination"]["total"] == 2


def test_the_variants_of_one_that_is_gone_already_stay(tenant):
    gone, living = (tenant.create()["id"] for _ in range(2))
    alone, along = (tenant.variant(parent)["id"] for parent in (gone, living))
    tenant.delete(gone)
    assert bulk(tenant, ids=[gone, living], params={"softDeleteVariants": "true"})["ids"] == [living, along]
    assert tenant.ids() == [alone]


def test_deleting_what_is_not_there_is_no_act(tenant):
    product = tenant.create()["id"]
    tenant.delete(product)
    answer = bulk(tenant, ids=[product, 999999999])
    assert (answer["deletedCount"], answer["deletionId"], answer["ids"]) == (0, None, [])
    assert len(tenant.deletions()) == 1


@pytest.mark.parametrize("body", [
    {}, {"filters": {}}, {"ids": []}, {"ids": [], "filters": {}}, {"filters": {"nonsense": 1}}, {"filters": {"search": ""}},
    {"filters": {"search": "   "}}, {"filters": {"attributeIds": []}}, {"filters": {"attributes": {}}}, {"filters": {"categoryId": None}},
    {"all": False}, {"all": "true"}, {"everything": True}, {"filters": []}, {"ids": "1"}, {"ids": ["x"]}, {"ids": [1.5]},
    {"filters": {"categoryId": "x"}}, {"filters": {"attributeIds": ["x"]}}, {"filters": {"attributes": {"Nope": "x"}}},
    {"filters": {"attributes": {"Price": {"about": 3}}}}, {"filters": {"attributes": {"Price": {}}}},
    {"filters": {"attributes": {"Price": None}}}, {"filters": {"search": 5}}, {"filters": {"isDeleted": False}},
], ids=str)
def test_d05_nothing_is_deleted_by_leaving_something_out(tenant, body):
    """D-05: no body selects everything by being empty, unknown or wrong."""
    tenant.attribute("Price", "NUMBER")
    product = tenant.create()["id"]
    assert messages(tenant.request("POST", "/products/bulk-delete", 400, json=body))
    assert tenant.ids() == [product] and tenant.deletions() == []


def test_all_must_be_said(tenant):
    parent = tenant.create()["id"]
    variant = tenant.variant(parent)["id"]
    tenant.create()
    assert bulk(tenant, all=True)["deletedCount"] == 2
    assert tenant.ids() == [variant], "variants stand alone, as with one parent"
    tenant.restore(parent)
    assert bulk(tenant, ids=[parent], params={"softDeleteVariants": "true"})["ids"] == [parent, variant]
    assert tenant.ids() == []


def test_d30_filters_choose_what_the_list_shows(tenant):
    """D-30: an AND of all of them, by the very same part of the statement."""
    color, price = tenant.attribute("Color"), tenant.attribute("Price", "CURRENCY")
    boots, family = tenant.category("Boots"), tenant.family("F", required=(color,))

    def make(sku, c, p, **more):
        values = [{"attributeId": a, "value": v} for a, v in ((color, c), (price, p)) if v]
        made = tenant.create(sku=sku, name=f"Name {sku}", **more)
        tenant.request("PATCH", f"/products/{made['id']}/attributes", 200, json={"attributes": values})
        return made["id"]

    wanted = {
        "A-01": make("A-01", "Black", "20", categoryId=boots, familyId=family), "A-02": make("A-02", "Black", "30", familyId=family),
        "A-03": make("A-03", "White", "20", categoryId=boots), "B-01": make("B-01", "Black", "90"), "B-02": make("B-02", None, None)}
    for body, query in (
            ({"search": "A-0", "attributes": {"Color": "black"}}, {"search": "A-0", "attr[Color]": "black"}),
            ({"categoryId": boots, "attributes": {"Price": {"gte": 10, "lt": 25}}},
             {"categoryId": boots, "attr[Price][gte]": 10, "attr[Price][lt]": 25}),
            ({"familyId": "null", "attributes": {"Color": {"empty": True}}}, {"familyId": "null", "attr[Color][empty]": "true"}),
            ({"status": "complete", "familyId": str(family)}, {"status": "complete", "familyId": family}),
            ({"attributeIds": [price], "search": "B-0"}, {"attributeIds": price, "search": "B-0"}),
            ({"categoryId": "null", "sortBy": "name"}, {"categoryId": "null"})):
        shown = sorted(tenant.ids(**query))
        assert shown and len(shown) < len(wanted), query
        assert bulk(tenant, filters=body)["ids"] == shown, body
        for product in shown:
            tenant.restore(product)
    assert bulk(tenant, filters={"attributes": {str(color): {"contains": "LAC"}}})["deletedCount"] == 3


def test_a_great_many_are_one_statement(tenant, database):
    database.execute('''INSERT INTO "Product"(name, sku, "userId", "updatedAt") SELECT 'Bulk ' || n, 'BULK-' || n, %s, now()
                          FROM generate_series(1, 2000) n''', (tenant.id,))
    tenant.request("POST", "/trash/brake/release", 200, json={"minutes": 5})
    token = bulk(tenant, params={"dryRun": "true"}, filters={"search": "BULK-1"})["previewToken"]
    answer = bulk(tenant, filters={"search": "BULK-1"}, previewToken=token)
    assert answer["deletedCount"] == tenant.deletions()[0]["itemCount"] > 1000
    left = tenant.get("/products")["pagination"]["total"]
    assert left == 2000 - answer["deletedCount"] and tenant.trash()["pagination"]["total"] == answer["deletedCount"]
