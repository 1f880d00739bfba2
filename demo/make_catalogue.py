#!/usr/bin/env python3
"""Writes catalogue.csv, the demo catalogue: a shop for coffee, tea and the kitchen that does not exist.

The columns are those of a Magento product export, so that the demo goes the way a real catalogue goes. The same
catalogue comes out every time:  python3 demo/make_catalogue.py
"""

import csv
import pathlib

COLUMNS = [
    "sku", "name", "attribute_set_code", "product_type", "categories", "description", "short_description", "weight", "price",
    "url_key", "additional_attributes", "qty", "configurable_variations",
]

COLOURS = ["Chalk", "Moss", "Ink", "Clay", "Sand"]
CUPS = ["2 cups", "4 cups", "6 cups"]
GRAMS = ["250 g", "500 g", "1 kg"]
LENGTHS = ["9 cm", "15 cm", "20 cm"]

# Family, category path, further category path or "", axis, its values, and the products: name, price, material or origin.
LINES = [
    ("Brewing", "Shop/Coffee/Brewing", "Shop/Gifts", "capacity", CUPS, [
        ("Harbour Dripper", 24, "ceramic"), ("Harbour Carafe", 32, "glass"), ("Tidewater Press", 38, "steel"),
        ("Lantern Moka Pot", 45, "aluminium"), ("Fathom Siphon", 89, "glass"), ("Skipper Percolator", 52, "steel"),
        ("Mooring Cold Brewer", 41, "glass"), ("Beacon Kettle", 79, "steel")]),
    ("Brewing", "Shop/Tea/Pots", "Shop/Gifts", "colour", COLOURS, [
        ("Willow Teapot", 36, "stoneware"), ("Juniper Teapot", 42, "cast iron"), ("Linden Teapot", 39, "porcelain"),
        ("Alder Gaiwan", 19, "porcelain"), ("Rowan Tea Set", 88, "stoneware"), ("Hazel Infuser Mug", 21, "stoneware")]),
    ("Tableware", "Shop/Table/Cups", "", "colour", COLOURS, [
        ("Cove Espresso Cup", 9, "porcelain"), ("Cove Cappuccino Cup", 12, "porcelain"), ("Cove Latte Bowl", 14, "porcelain"),
        ("Dune Mug", 13, "stoneware"), ("Dune Tumbler", 11, "stoneware"), ("Reef Travel Mug", 26, "steel"),
        ("Shoal Water Glass", 7, "glass"), ("Shoal Wine Glass", 12, "glass")]),
    ("Tableware", "Shop/Table/Plates", "", "colour", COLOURS, [
        ("Dune Dinner Plate", 18, "stoneware"), ("Dune Side Plate", 12, "stoneware"), ("Dune Pasta Bowl", 16, "stoneware"),
        ("Cove Cake Stand", 34, "porcelain"), ("Reef Serving Tray", 29, "oak"), ("Shoal Salad Bowl", 31, "glass")]),
    ("Beans and leaves", "Shop/Coffee/Beans", "Shop/Pantry", "weight_class", GRAMS, [
        ("Night Ferry Espresso", 9, "Brazil"), ("Morning Watch Filter", 10, "Ethiopia"), ("Long Pier Decaf", 11, "Colombia"),
        ("Salt Wind Blend", 8, "Guatemala"), ("Lighthouse Reserve", 16, "Kenya"), ("Low Tide Dark", 9, "Sumatra")]),
    ("Beans and leaves", "Shop/Tea/Leaves", "Shop/Pantry", "weight_class", GRAMS, [
        ("Orchard Sencha", 14, "Japan"), ("Meadow Chamomile", 8, "Croatia"), ("Highland Assam", 10, "India"),
        ("Cloud Oolong", 18, "Taiwan"), ("Hearth Rooibos", 7, "South Africa"), ("Old Tree Pu-erh", 22, "China")]),
    ("Kitchen tools", "Shop/Kitchen/Knives", "Shop/Gifts", "blade", LENGTHS, [
        ("Osprey Chef's Knife", 69, "steel"), ("Osprey Utility Knife", 49, "steel"), ("Heron Bread Knife", 44, "steel"),
        ("Heron Carving Knife", 58, "steel"), ("Wren Paring Knife", 24, "steel")]),
    ("Linen", "Shop/Table/Linen", "Shop/Gifts", "colour", COLOURS, [
        ("Field Tea Towel", 9, "linen"), ("Field Napkin Set", 24, "linen"), ("Field Table Runner", 32, "linen"),
        ("Mill Apron", 38, "cotton"), ("Mill Oven Glove", 16, "cotton"), ("Mill Bread Bag", 14, "cotton"),
        ("Loom Tablecloth", 64, "linen"), ("Loom Placemat Pair", 21, "linen"), ("Loom Coaster Set", 12, "cotton")]),
]

# Products without variants.
SINGLES = [
    ("Kitchen tools", "Shop/Kitchen/Boards", [
        ("Oak Chopping Board", 39, "oak"), ("Walnut Serving Board", 48, "walnut"), ("Beech Bread Board", 28, "beech"),
        ("Bamboo Draining Board", 22, "bamboo"), ("Slate Cheese Board", 26, "slate")]),
    ("Kitchen tools", "Shop/Kitchen/Small tools", [
        ("Balance Whisk", 12, "steel"), ("Petal Spatula", 9, "silicone"), ("Ridge Grater", 17, "steel"),
        ("Loop Peeler", 8, "steel"), ("Grove Rolling Pin", 19, "beech"), ("Measure Spoon Set", 11, "steel"),
        ("Quiet Kitchen Timer", 23, "steel"), ("Still Salt Mill", 34, "walnut"), ("Still Pepper Mill", 34, "walnut"),
        ("Strand Colander", 27, "steel")]),
    ("Brewing", "Shop/Coffee/Accessories", [
        ("Harbour Filter Papers", 6, "paper"), ("Tare Coffee Scale", 54, "steel"), ("Turning Hand Grinder", 72, "steel"),
        ("Rest Tamper", 29, "walnut"), ("Foam Milk Jug", 18, "steel"), ("Keep Bean Canister", 24, "steel"),
        ("Level Distribution Tool", 31, "steel"), ("Clean Group Brush", 8, "beech")]),
]


def price_of(base: int, step: int) -> str:
    return f"{base * (1 + 0.4 * step) - 0.05:.2f}"


def slug(text: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in text.lower().replace("'", "")).strip("-")


def describe(name: str, matter: str, category: str) -> tuple[str, str]:
    kind = category.rsplit("/", 1)[1].lower()
    made = f"from {matter}" if matter[0].isupper() else f"made of {matter}"
    return (f"<p>The {name}, {made}.</p>\n<p>One of our {kind}: used daily, repaired when needed, and meant to last.</p>",
            f"{name}, {made}")


def row(**fields: str) -> dict[str, str]:
    return {column: fields.get(column, "") for column in COLUMNS}


def line_rows(number: int, family: str, category: str, further: str, axis: str, values: list[str], products: list) -> list[dict]:
    rows = []
    paths = ",".join(path for path in (category, further) if path)
    for index, (name, price, matter) in enumerate(products, 1):
        sku = f"{slug(category.split('/')[-1])[:3].upper()}-{number}{index:02d}"
        description, short = describe(name, matter, category)
        links = []
        for step, value in enumerate(values):
            variant = f"{sku}-{slug(value).upper()}"
            links.append(f"sku={variant},{axis}={value}")
            rows.append(row(sku=variant, name=f"{name} {value}", attribute_set_code=family, product_type="simple", categories=paths,
                            description=description, short_description=short, weight=f"{0.3 + 0.2 * step:.1f}",
                            price=price_of(price, step if axis != "colour" else 0), url_key=slug(f"{name} {value}"),
                            additional_attributes=f"material={matter},{axis}={value}", qty=str(10 + 7 * index + 3 * step)))
        rows.append(row(sku=sku, name=name, attribute_set_code=family, product_type="configurable", categories=paths,
                        description=description, short_description=short, url_key=slug(name), additional_attributes=f"material={matter}",
                        configurable_variations="|".join(links)))
    return rows


def single_rows(number: int, family: str, category: str, products: list) -> list[dict]:
    rows = []
    for index, (name, price, matter) in enumerate(products, 1):
        description, short = describe(name, matter, category)
        rows.append(row(sku=f"{slug(category.split('/')[-1])[:3].upper()}-{number}{index:02d}", name=name, attribute_set_code=family,
                        product_type="simple", categories=category, description=description, short_description=short, weight="0.4",
                        price=price_of(price, 0), url_key=slug(name), additional_attributes=f"material={matter}", qty=str(5 + 4 * index)))
    return rows


def main() -> None:
    rows = [r for number, line in enumerate(LINES, 1) for r in line_rows(number, *line)]
    rows += [r for number, line in enumerate(SINGLES, len(LINES) + 1) for r in single_rows(number, *line)]
    with (pathlib.Path(__file__).parent / "catalogue.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
