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
    """An attribute became required meanwhile, and a value no longer fits: what is restored is incomplete, which its answer says, and never
    refused."""
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
    missing = [{"kind": "attribute", "id": attribute, "name": "size", "of": {"kind": "product", "id": draft},
                "choice": f"It is required and has no value: PATCH /products/{draft}/attributes gives it one"}]
    if how == "restore":
        assert [tenant.get(f"/products/{number}/restore-preview")["warnings"] for number in (good, draft, odd)] == [[], missing, []]
        answers = [tenant.restore(number) for number in (good, draft, odd)]
        assert [list(answer) for answer in answers] == 3 * [["message", "product", "warnings"]]
    elif how == "bulk":
        assert tenant.request("POST", "/products/bulk-restore?dryRun=true", 200, json={"ids": [good, draft, odd]}).json()["warnings"] == missing
        answers = [tenant.request("POST", "/products/bulk-restore", 200, json={"ids": [good, draft, odd]}).json()]
    else:
        acts = [f"/trash/deletions/{act['id']}" for act in tenant.deletions()]
        assert [tenant.get(f"{act}/restore-preview")["warnings"] for act in acts] == [[], missing, []]
        answers = [tenant.request("POST", f"{act}/restore", 200).json() for act in acts]
    assert [warning for answer in answers for warning in answer["warnings"]] == missing
    assert {n: tenant.get(f"/products/{n}")["status"] for n in (good, draft)} == {good: "complete", draft: "incomplete"}
    assert tenant.get(f"/products/{odd}")["id"] == odd and set(tenant.ids()) == {good, draft, odd}


def test_acceptance_16_the_warnings_are_of_what_is_there_when_it_is_back(tenant):
    """What is in the trash itself requires nothing; a family that comes back with its product does, of its variants too."""
    size, colour = tenant.attribute("size"), tenant.attribute("colour")
    family = tenant.family("Shoes", required=(size, colour))
    shoe = tenant.create(sku="SHOE-1", familyId=family)["id"]
    red = tenant.variant(shoe, familyAttributesWithValues=[{"attributeId": size, "value": "42"}])["id"]
    act = tenant.delete(shoe, softDeleteVariants="true")["deletionId"]
    tenant.request("DELETE", f"/families/{family}", 200)
    tenant.request("DELETE", f"/attributes/{colour}", 200)
    assert tenant.get(f"/products/{shoe}/restore-preview")["warnings"] == []
    with_family = {"withDependencies": "true"}
    seen = [tenant.get(path, **with_family)["warnings"] for path in (f"/products/{shoe}/restore-preview", f"/trash/deletions/{act}/restore-preview")]
    seen.append(tenant.restore(shoe, **with_family)["warnings"])
    assert [[(warning["id"], warning["of"]["id"]) for warning in warnings] for warnings in seen] == 3 * [[(size, shoe)]]
    again = tenant.delete(shoe, softDeleteVariants="true")["deletionId"]
    tenant.request("POST", f"/attributes/{colour}/restore", 200)
    answer = tenant.request("POST", f"/trash/deletions/{again}/restore", 200).json()
    assert [(warning["id"], warning["of"]["id"]) for warning in answer["warnings"]] == [(size, shoe), (colour, shoe), (colour, red)]
    assert {tenant.get(f"/products/{n}")["status"] for n in (shoe, red)} == {"incomplete"}


def test_acceptance_16_the_warnings_of_many_are_bounded(tenant):
    family = tenant.family("Shoes", required=tuple(tenant.attribute(f"Attribute {n}") for n in range(3)))
    drafts = [tenant.create(familyId=family)["id"] for _ in range(50)]
    tenant.request("POST", "/products/bulk-delete", 200, json={"ids": drafts})
    warnings = tenant.request("POST", "/products/bulk-restore", 200, json={"ids": drafts}).json()["warnings"]
    assert [warning["of"]["id"] for warning in warnings] == [draft for draft in drafts for _ in range(3)][:100]
