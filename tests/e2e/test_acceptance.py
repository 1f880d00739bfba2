"""The failure modes of a trash that users of other systems reported, by their numbers. Most stand beside what they are about; here are
those that are about several things, and the list that none is forgotten."""

import re

import pytest

from service import REPOSITORY

TESTS = REPOSITORY / "tests/e2e"
# 12 is about row-level security, which is not used.
ELSEWHERE = {12}


def test_each_of_them_has_a_test_that_bears_its_number():
    named = {int(number) for path in TESTS.glob("test_*.py") for name in re.findall(r"def test_acceptance_([0-9a-z_]+)\(", path.read_text())
             for number in re.findall(r"(?:^|_)(\d+)(?=_|$)", name)}
    assert set(range(1, 19)) - ELSEWHERE <= named, set(range(1, 19)) - ELSEWHERE - named


@pytest.mark.parametrize("how", ["restore", "bulk", "act"])
def test_acceptance_16_what_would_not_pass_today_comes_back_as_a_draft(tenant, database, how):
    """An attribute became required meanwhile, and a value no longer fits: what is restored is incomplete, and never refused."""
    attribute = tenant.attribute("size", "INTEGER")
    family = tenant.family("Shoes", optional=(attribute,))
    good = tenant.create(familyId=family, familyAttributesWithValues=[{"attributeId": attribute, "value": "42"}])["id"]
    draft = tenant.create(familyId=family)["id"]
    odd = tenant.create(familyId=family)["id"]
    for number in (good, draft, odd):
        tenant.delete(number)
    database.execute('UPDATE "FamilyAttribute" SET "isRequired" = true WHERE "familyId" = %s', (family,))
    database.execute('''INSERT INTO "ProductAttribute"("productId", "attributeId", value) VALUES (%s, %s, 'not a number')
                        ON CONFLICT ("productId", "attributeId") DO UPDATE SET value = excluded.value''', (odd, attribute))
    if how == "restore":
        for number in (good, draft, odd):
            tenant.restore(number)
    elif how == "bulk":
        tenant.request("POST", "/products/bulk-restore", 200, json={"ids": [good, draft, odd]})
    else:
        for act in tenant.deletions():
            tenant.request("POST", f"/trash/deletions/{act['id']}/restore", 200)
    assert {n: tenant.get(f"/products/{n}")["status"] for n in (good, draft)} == {good: "complete", draft: "incomplete"}
    assert tenant.get(f"/products/{odd}")["id"] == odd and set(tenant.ids()) == {good, draft, odd}
