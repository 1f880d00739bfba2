"""The very statements of the program use the indexes that are there for them, on a catalogue that is large enough for
PostgreSQL to prefer them. Plans are looked at, not clocks."""

import re

import psycopg
import pytest

from databases import Database

# What search_products and its like take where nothing is asked for.
NOTHING = {1: 1, 2: 21, 3: 0, 4: None, 5: None, 6: False, 7: None, 8: None, 9: None, 10: None, 11: None, 12: None, 13: None,
           14: [], 15: None, 16: False, 17: "createdAt"}


@pytest.fixture(scope="module")
def catalogue():
    made = Database()
    made.run("migrate", "deploy")
    with made.connect() as connection:
        run = connection.execute
        run("""SET session_replication_role = replica""")
        run("""INSERT INTO "User"(id, email) VALUES (1, 'owner@shop.example'), (2, 'other@shop.example')""")
        run("""INSERT INTO "Attribute"(id, name, type, "userId", "updatedAt") VALUES (1, 'Color', 'ENUM', 1, now()),
               (2, 'Price', 'CURRENCY', 1, now()), (3, 'Note', 'TEXT', 1, now()), (4, 'Tags', 'ARRAY', 1, now()), (5, 'Day', 'DATE', 1, now())""")
        run("""INSERT INTO "Category"(id, name, "userId", "updatedAt") SELECT n, 'C' || n, 1, now() FROM generate_series(1, 100) n""")
        run("""INSERT INTO "Product"(id, name, sku, "userId", "categoryId", "createdAt", "updatedAt")
               SELECT n, 'Product ' || md5(n::text), 'SKU-' || n, 1 + n % 2, 1 + n % 100, now() - n * interval '1 minute', now()
                 FROM generate_series(1, 20000) n""")
        run("""INSERT INTO "ProductAttribute"("productId", "attributeId", value)
               SELECT p.id, a.id, CASE a.id WHEN 1 THEN 'Color ' || p.id % 50 WHEN 2 THEN (p.id % 1000)::text || '.50'
                   WHEN 3 THEN md5(p.id::text) || ' ' || md5((p.id + 1)::text) WHEN 4 THEN '["tag' || p.id % 400 || '","x"]'
                   ELSE to_char(date '2020-01-01' + p.id % 1500, 'YYYY-MM-DD') END
                 FROM "Product" p, "Attribute" a""")
        run("VACUUM ANALYZE")
        yield made, connection


def nodes(plan: dict):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def used_nodes(catalogue, statement: str, parameters: dict) -> list[dict]:
    """The nodes of the plan that an execution really came to."""
    made, connection = catalogue
    values = NOTHING | {int(key[1:]): value for key, value in parameters.items()}
    sql = made.run("client", "statements", statement).stdout
    sql = re.sub(r"\$(\d+)", lambda found: psycopg.sql.Literal(values[int(found[1])]).as_string(connection), sql)
    [(plan,)] = connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}".encode()).fetchall()
    return [node for node in nodes(plan[0]["Plan"]) if node.get("Actual Loops", 0) > 0]


def plan_of(catalogue, statement: str, **parameters) -> tuple[set, list]:
    """The indexes that an execution really used, and the tables that it read from end to end."""
    used = used_nodes(catalogue, statement, parameters)
    large = {"Product", "ProductAttribute"}
    return ({node["Index Name"] for node in used if "Index Name" in node},
            [node["Relation Name"] for node in used if node["Node Type"] == "Seq Scan" and node["Relation Name"] in large])


def conditions(*rows, empty=()):
    return {"p18": [0] * len(rows), "p19": [r[0] for r in rows], "p20": [r[1] for r in rows], "p21": [r[2] for r in rows],
            "p22": [r[3] if len(r) > 3 else None for r in rows], "p23": [0] * len(empty), "p24": list(empty), "p25": 0, "p26": None}


@pytest.mark.parametrize("statement,parameters,index", [
    ("list_products", {}, "idx_product_active_list"),
    ("search_products", {"p8": "%c4ca42%"}, "idx_product_active_search"),
    ("search_products", {"p9": "sku-77%"}, "idx_product_active_sku_prefix"),
    ("search_products", {"p9": "p%"}, "idx_product_active_list"),  # each begins so: the page is soon full
    ("filter_products", conditions() | {"p9": "sku-77%"}, "idx_product_active_sku_prefix"),
    ("search_products", {"p11": 7}, "idx_product_active_category"),
    ("filter_products", conditions(("Color", "is", "color 7")), "idx_product_attribute_text"),
    ("filter_products", conditions(("Day", "[]", "2022-01-01", "2022-01-09")), "idx_product_attribute_text"),
    ("filter_products", conditions(("Price", "is", "77.5")), "idx_product_attribute_number"),
    ("filter_products", conditions(("Price", "[)", "20", "40")), "idx_product_attribute_number"),
    ("filter_products", conditions(("Note", "contains", "c4ca42")), "idx_product_attribute_search"),
    ("filter_products", conditions(("Tags", "is", "tag77")), "idx_product_attribute_search"),
    ("filter_products", conditions(("Color", "is", "color 7"), ("Price", "[]", "20", "40")), "idx_product_attribute_number"),
    ("sort_products", {"p17": "attribute", "p18": 0, "p19": "Price"}, "idx_product_attribute_number"),
    ("sort_products", {"p17": "attribute", "p18": 0, "p19": "Day", "p16": True}, "idx_product_attribute_text"),
    ("list_products_by_link", {"p4": "categoryName", "p5": True}, "idx_product_active_category"),
], ids=lambda value: value if isinstance(value, str) else "")
def test_an_index_serves(catalogue, statement, parameters, index):
    indexes, scanned = plan_of(catalogue, statement, **parameters)
    assert index in indexes and scanned == [], (indexes, scanned)


def test_the_look_at_a_plan_bites(catalogue):
    """What no index can serve is seen to read the table."""
    indexes, scanned = plan_of(catalogue, "search_products", p8="%e%")
    assert scanned or "idx_product_active_search" not in indexes


@pytest.mark.parametrize("statement,parameters", [
    ("search_products", {"p17": "name", "p16": True}),  # its total is kept, and not counted
    ("list_products_by_link", {"p4": "categoryName", "p5": True}),
    ("suggest_values", {"p2": 1, "p3": 5, "p4": "20", "p5": 20}),  # each day begins so
], ids=lambda value: value if isinstance(value, str) else "")
def test_a_page_reads_about_what_it_shows(catalogue, statement, parameters):
    rows = [(node["Actual Rows"] * node["Actual Loops"], node["Node Type"]) for node in used_nodes(catalogue, statement, parameters)]
    assert max(rows) < (1000, ""), rows


@pytest.mark.parametrize("statement,parameters", [
    ("search_products", {"p10": "incomplete", "p17": "categoryName"}),
    ("filter_products", conditions(("Color", "contains", "color"))),
], ids=lambda value: value if isinstance(value, str) else "")
def test_no_table_is_read_once_for_each_product(catalogue, statement, parameters):
    loops = [(node["Actual Loops"], node["Relation Name"]) for node in used_nodes(catalogue, statement, parameters) if "Relation Name" in node]
    assert max(loops) < (1000, ""), loops


def test_the_counts_of_categories_look_at_each_product_once(catalogue):
    """In an index, which gives the number for each category: nothing more is done with each product."""
    used = used_nodes(catalogue, "list_categories", {"p2": None, "p3": 100, "p4": 0, "p5": None, "p6": 10001})
    large = [node for node in used if node["Actual Rows"] * node["Actual Loops"] >= 5000]
    assert [node.get("Index Name") for node in large] == ["idx_product_active_category"]


def test_values_that_become_any_text_are_not_looked_at(catalogue):
    """Each fits as it is. Those that become numbers are: all of them, before it is done."""
    def functions(type: str) -> set:
        with catalogue[1].transaction(force_rollback=True):
            return {node["Function Name"] for node in used_nodes(catalogue, "update_attribute", {
                "p2": 1, "p3": 1, "p4": ["type"], "p5": None, "p6": type, "p7": None, "p8": None, "p9": None, "p10": False, "p11": False,
                "p12": "test"}) if "Function Name" in node}

    assert "attribute_misfits" in functions("NUMBER")
    assert "attribute_misfits" not in functions("TEXT")
