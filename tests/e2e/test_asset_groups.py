"""Asset groups: a tree with sizes and counts, and its trash."""

import concurrent.futures

import pytest

from files import make_group, unique_png, upload


def tree(tenant, *names: str) -> list[int]:
    """Groups, each below the one before."""
    ids = []
    for name in names:
        ids.append(make_group(tenant, name, ids[-1] if ids else None)["id"])
    return ids


def names_of(page: dict) -> list[str]:
    return [group["groupName"] for group in page["data"]]


def test_a_group_answers_as_the_replaced_service_does(tenant):
    made = make_group(tenant, "Photos")
    assert made["groupName"] == "Photos" and made["parentGroupId"] is None and made["userId"] == tenant.id
    assert made["_count"]["assets"] == 0
    child = make_group(tenant, "Boots", made["id"])
    found = tenant.get(f"/asset-groups/{made['id']}")
    assert found["totalSize"] == "0" and found["_count"] == {"assets": 0, "childGroups": 1}
    assert [g["id"] for g in tenant.get(f"/asset-groups/{made['id']}/children")["data"]] == [child["id"]]
    assert [g["id"] for g in tenant.get("/asset-groups")["data"]] == [made["id"]]


@pytest.mark.parametrize("body,status,message", [
    ({}, 400, ["groupName should not be empty", "groupName must be a string"]),
    ({"groupName": ""}, 400, ["groupName should not be empty"]),
    ({"groupName": "x", "parentGroupId": 999_999}, 404, "Parent folder not found or does not belong to you"),
    ({"groupName": "x", "parentGroupId": "a"}, 400, None),
    ({"groupName": "x", "userId": 1}, 400, ["property userId should not exist"]),
])
def test_a_wrong_group_is_refused(tenant, body, status, message):
    answer = tenant.request("POST", "/asset-groups", status, json=body).json()
    assert message is None or answer["message"] == message


def test_names_are_unique_in_a_folder_and_at_the_root_d58(service, tenant):
    """D-58: 64 clients make the same root folder, and one does."""
    def one(_):
        with service.client(tenant.token) as client:
            return client.post("/asset-groups", json={"groupName": "Root"}).status_code
    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        assert sorted(pool.map(one, range(64))) == [201] + [409] * 63
    root = tenant.get("/asset-groups")["data"][0]["id"]
    make_group(tenant, "Root", root)
    refused = make_group(tenant, "Root", root, expect=409)
    assert refused["message"] == "Asset group with this name already exists in this folder"


def test_sizes_and_counts_follow_whatever_happens_d35(tenant):
    """D-35: derived from what is living, so that no way of moving an asset can be forgotten."""
    first, second = make_group(tenant, "one")["id"], make_group(tenant, "two")["id"]

    def sizes():
        return [(int(g["totalSize"]), g["_count"]["assets"]) for g in (tenant.get(f"/asset-groups/{i}") for i in (first, second))]
    content = unique_png()
    size = len(content)
    asset = upload(tenant, "a", content, group=first)["id"]
    loose = upload(tenant, "b", unique_png())
    assert sizes() == [(size, 1), (0, 0)]
    attached = tenant.request("POST", f"/asset-groups/{second}/attach-assets", 201,
                              json={"assetIds": [asset, loose["id"], 999_999]}).json()
    assert attached == {"message": f"2 assets attached to group {second}", "attached": 2, "notFound": [999_999]}
    assert sizes() == [(0, 0), (size + loose["size"], 2)]
    tenant.request("PATCH", f"/assets/{asset}", 200, json={"assetGroupId": first})
    assert sizes() == [(size, 1), (loose["size"], 1)]
    tenant.request("DELETE", f"/assets/{asset}", 200)
    assert sizes() == [(0, 0), (loose["size"], 1)]
    tenant.request("POST", f"/assets/{asset}/restore", 201)
    larger = unique_png() + b"x" * 100
    tenant.request("PUT", f"/assets/{asset}/file", 200, files={"file": ("a.png", larger)})
    assert sizes() == [(len(larger), 1), (loose["size"], 1)]
    tenant.request("DELETE", f"/assets/{asset}", 200)
    tenant.request("DELETE", f"/assets/{asset}/permanent", 200)
    assert sizes() == [(0, 0), (loose["size"], 1)]


def test_attaching_foreign_assets_or_to_foreign_groups(tenant, other_tenant):
    group, theirs = make_group(tenant, "mine")["id"], make_group(other_tenant, "theirs")["id"]
    foreign = upload(other_tenant, "foreign")["id"]
    answer = tenant.request("POST", f"/asset-groups/{group}/attach-assets", 201, json={"assetIds": [foreign]}).json()
    assert answer["attached"] == 0 and answer["notFound"] == [foreign]
    mine = upload(tenant, "mine")["id"]
    tenant.request("POST", f"/asset-groups/{theirs}/attach-assets", 404, json={"assetIds": [mine]})
    for body in ({}, {"assetIds": []}, {"assetIds": ["x"]}, {"assetIds": [mine], "x": 1}, {"assetIds": [1.5]}):
        assert isinstance(tenant.request("POST", f"/asset-groups/{group}/attach-assets", 400, json=body).json()["message"], list)
    upload(tenant, "mine", group=group)
    taken = tenant.request("POST", f"/asset-groups/{group}/attach-assets", 409, json={"assetIds": [mine]}).json()
    assert taken["code"] == "asset.name_taken"


def test_filters_are_in_the_query_and_totals_exact_d29(tenant):
    """D-29: minAssets, maxAssets, minSize, maxSize and hasAssets counted on the page only."""
    ids = [make_group(tenant, f"group {i:02}")["id"] for i in range(12)]
    for i in (3, 7, 11):
        for n in range(i):
            upload(tenant, f"asset {i} {n}", b"x" * 100 + bytes([i, n]), group=ids[i]) if n < 2 else None
    for query, expected in [
            ({"hasAssets": "true"}, ["group 03", "group 07", "group 11"]),
            ({"minAssets": 2}, ["group 03", "group 07", "group 11"]),
            ({"minAssets": 3}, []),
            ({"maxAssets": 0, "search": "1"}, ["group 01", "group 10"]),
            ({"minSize": 150}, ["group 03", "group 07", "group 11"]),
            ({"maxSize": 150, "search": "GROUP 1"}, ["group 10"]),
            ({"search": "group_03"}, []),
            ({"createdAfter": "2100-01-01"}, []),
            ({"createdBefore": "2100-01-01", "search": "05"}, ["group 05"])]:
        page = tenant.get("/asset-groups", sortBy="groupName", sortOrder="asc", limit=2, **query)
        assert names_of(page) == expected[:2], query
        assert page["pagination"]["total"] == len(expected), query
    assert names_of(tenant.get("/asset-groups", limit=3)) == ["group 11", "group 10", "group 09"], "newest first"
    assert names_of(tenant.get("/asset-groups", limit=2, dateFilter="oldest")) == ["group 00", "group 01"]
    assert tenant.get("/asset-groups", limit=5, page=9)["pagination"]["total"] == 12
    assert tenant.request("GET", "/asset-groups", 400, params={"minAssets": "many"}).json()["statusCode"] == 400


def test_a_group_is_renamed_and_moved(tenant, other_tenant):
    a, b = make_group(tenant, "a")["id"], make_group(tenant, "b")["id"]
    changed = tenant.request("PATCH", f"/asset-groups/{b}", 200, json={"groupName": "c", "parentGroupId": a}).json()
    assert changed["groupName"] == "c" and changed["parentGroupId"] == a
    assert tenant.request("PATCH", f"/asset-groups/{b}", 200, json={"parentGroupId": None}).json()["parentGroupId"] is None
    # Errors have their status (D-28: they came with 200).
    assert tenant.request("PATCH", f"/asset-groups/{b}", 409, json={"groupName": "a"}).json()["code"] == "asset_group.name_taken"
    theirs = make_group(other_tenant, "theirs")["id"]
    for parent in (theirs, 999_999):
        tenant.request("PATCH", f"/asset-groups/{b}", 404, json={"parentGroupId": parent})
    tenant.request("PATCH", f"/asset-groups/{theirs}", 404, json={"groupName": "x"})
    tenant.request("PATCH", f"/asset-groups/{b}", 400, json={"groupName": ""})
    tenant.request("PATCH", f"/asset-groups/{b}", 400, json={"size": 3})


def test_no_folder_is_below_itself_d18(tenant):
    """D-18: only the shortest cycle was seen."""
    ids = tree(tenant, "a", "b", "c", "d")
    own = tenant.request("PATCH", f"/asset-groups/{ids[0]}", 409, json={"parentGroupId": ids[0]}).json()
    assert own["message"] == "A folder cannot be its own parent"
    for below in ids[1:]:
        refused = tenant.request("PATCH", f"/asset-groups/{ids[0]}", 409, json={"parentGroupId": below}).json()
        assert refused["code"] == "asset_group.cycle"
    tenant.request("PATCH", f"/asset-groups/{ids[3]}", 200, json={"parentGroupId": ids[0]})


def test_two_who_move_folders_into_each_other_at_once_d18(service, tenant):
    """D-18: under concurrency too."""
    for round in range(15):
        a, b = make_group(tenant, f"a{round}")["id"], make_group(tenant, f"b{round}")["id"]

        def move(pair):
            with service.client(tenant.token) as client:
                return client.patch(f"/asset-groups/{pair[0]}", json={"parentGroupId": pair[1]}).status_code
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(move, [(a, b), (b, a)]))
        assert statuses == [200, 409]
    loops = tenant.database.execute('''
        WITH RECURSIVE up AS (SELECT id AS start, "parentGroupId" AS above FROM "AssetGroup" WHERE "userId" = %s
                              UNION SELECT u.start, g."parentGroupId" FROM up u JOIN "AssetGroup" g ON g.id = u.above)
        SELECT count(*) FROM up WHERE above = start''', (tenant.id,)).fetchone()[0]
    assert loops == 0


def test_a_trashed_group_takes_the_groups_below_and_leaves_the_assets(tenant):
    """decisions: its assets stay, listed at the root, and are linked again on restore."""
    top, middle, bottom = tree(tenant, "top", "middle", "bottom")
    inside = upload(tenant, "logo", group=middle)["id"]
    root = upload(tenant, "logo")["id"]  # the same name, at the root
    alone = make_group(tenant, "earlier", top)["id"]
    tenant.request("DELETE", f"/asset-groups/{alone}", 200)

    deleted = tenant.request("DELETE", f"/asset-groups/{top}", 200).json()
    assert deleted["message"] == "Asset group deleted successfully" and deleted["itemCount"] == 3
    for group in (top, middle, bottom):
        assert tenant.request("GET", f"/asset-groups/{group}", 404).json()["message"] == "Asset group not found"
        for below in ("assets", "children"):
            tenant.request("GET", f"/asset-groups/{group}/{below}", 404)
    assert tenant.get("/asset-groups")["data"] == []
    # D-35: both are there, though they have one name.
    assert sorted(a["id"] for a in tenant.get("/assets")["data"]) == sorted([inside, root])
    assert all(a["assetGroupId"] is None and a["assetGroup"] is None for a in tenant.get("/assets")["data"])
    assert tenant.get("/assets", hasGroup="true")["data"] == []
    # Nothing is put into it meanwhile.
    upload(tenant, "new", group=middle, expect=404)
    make_group(tenant, "new", top, expect=404)
    tenant.request("PATCH", f"/assets/{root}", 404, json={"assetGroupId": middle})
    tenant.request("POST", f"/asset-groups/{middle}/attach-assets", 404, json={"assetIds": [root]})
    assert sorted(g["id"] for g in tenant.get("/asset-groups/deleted")["data"]) == sorted([top, middle, bottom, alone])

    restored = tenant.request("POST", f"/asset-groups/{top}/restore", 200).json()
    assert restored["message"] == "Asset group successfully restored" and restored["assetGroup"]["_count"]["childGroups"] == 1
    assert tenant.get(f"/asset-groups/{bottom}")["parentGroupId"] == middle
    assert [a["id"] for a in tenant.get(f"/asset-groups/{middle}/assets")["data"]] == [inside]
    assert [a["id"] for a in tenant.get("/assets")["data"]] == [root]
    # What had been deleted before stays in the trash (acceptance 4).
    assert [g["id"] for g in tenant.get("/asset-groups/deleted")["data"]] == [alone]


def test_a_restore_below_a_group_in_the_trash_says_so(tenant):
    top, middle = tree(tenant, "top", "middle")
    tenant.request("DELETE", f"/asset-groups/{middle}", 200)
    tenant.request("DELETE", f"/asset-groups/{top}", 200)
    restored = tenant.request("POST", f"/asset-groups/{middle}/restore", 200).json()
    assert restored["stillInTrash"]["id"] == top and restored["assetGroup"]["parentGroupId"] is None
    assert names_of(tenant.get("/asset-groups")) == ["middle"], "at the root meanwhile"
    tenant.request("DELETE", f"/asset-groups/{middle}", 200)
    whole = tenant.request("POST", f"/asset-groups/{middle}/restore", 200, params={"restoreParent": "true"}).json()
    assert "stillInTrash" not in whole and whole["assetGroup"]["parentGroupId"] == top
    assert names_of(tenant.get("/asset-groups")) == ["top"]


def test_a_restore_whose_name_is_taken_says_by_whom(tenant):
    group = make_group(tenant, "Photos")["id"]
    tenant.request("DELETE", f"/asset-groups/{group}", 200)
    holder = make_group(tenant, "Photos")["id"]
    refused = tenant.request("POST", f"/asset-groups/{group}/restore", 409).json()
    assert refused["code"] == "asset_group.name_taken" and refused["conflict"]["holder"] == {"id": holder, "name": "Photos"}
    tenant.request("PATCH", f"/asset-groups/{holder}", 200, json={"groupName": "Other"})
    tenant.request("POST", f"/asset-groups/{group}/restore", 200)


def test_a_purge_takes_its_own_deletion_and_nothing_else(tenant):
    top, middle = tree(tenant, "top", "middle")
    earlier = make_group(tenant, "earlier", top)["id"]
    tenant.request("DELETE", f"/asset-groups/{earlier}", 200)
    inside = [upload(tenant, name, group=middle)["id"] for name in ("logo", "other")]
    trashed = upload(tenant, "trashed", group=middle)["id"]
    tenant.request("DELETE", f"/assets/{trashed}", 200)
    root = upload(tenant, "logo")["id"]
    assert tenant.request("DELETE", f"/asset-groups/{top}/permanent", 409).json()["code"] == "asset_group.active"
    preview = tenant.request("DELETE", f"/asset-groups/{top}", 200, params={"dryRun": "true"}).json()
    assert preview["count"] == 1 and preview["rows"] == 2, "and what is below it"
    tenant.request("DELETE", f"/asset-groups/{top}", 200)
    preview = tenant.request("DELETE", f"/asset-groups/{top}/permanent", 200, params={"dryRun": "true"}).json()
    assert preview["count"] == 1 and preview["kinds"] == {"assetGroup": 2}
    purged = tenant.request("DELETE", f"/asset-groups/{top}/permanent", 200).json()
    items = tenant.get(f"/trash/certificates/{purged['certificateId']}/items")["data"]
    assert purged["purged"] == 2 and sorted(i["id"] for i in items) == sorted([top, middle])
    assert tenant.request("DELETE", f"/asset-groups/{top}/permanent", 404).json()["message"] == "Soft-deleted asset group not found"

    # All assets live, at the root for good; the one whose name was taken has its id behind it.
    assets = {a["id"]: a["name"] for a in tenant.get("/assets")["data"]}
    assert assets == {root: "logo", inside[0]: f"logo ({inside[0]})", inside[1]: "other"}
    for asset in assets:
        tenant.request("GET", f"/assets/{asset}/download", 200)
    tenant.request("POST", f"/assets/{trashed}/restore", 201)
    # The group that went to the trash by itself is still there.
    assert [g["id"] for g in tenant.get("/asset-groups/deleted")["data"]] == [earlier]
    assert tenant.request("POST", f"/asset-groups/{earlier}/restore", 200).json()["assetGroup"]["parentGroupId"] is None


def test_a_group_comes_back_beside_who_has_its_name(tenant):
    group = make_group(tenant, "Photos")["id"]
    tenant.request("DELETE", f"/asset-groups/{group}", 200)
    make_group(tenant, "Photos")
    tenant.request("POST", f"/asset-groups/{group}/restore", 409)
    back = tenant.request("POST", f"/asset-groups/{group}/restore", 200, params={"onConflict": "rename"}).json()
    assert back["renamed"][0]["name"]["from"] == "Photos" and back["assetGroup"]["groupName"] == back["renamed"][0]["name"]["to"]


def test_another_tenant_has_nothing_to_do_with_it(tenant, other_tenant):
    group = make_group(tenant, "mine")["id"]
    for method, path, more in [("GET", "/asset-groups/{}", {}), ("GET", "/asset-groups/{}/assets", {}),
                               ("GET", "/asset-groups/{}/children", {}), ("DELETE", "/asset-groups/{}", {}),
                               ("POST", "/asset-groups/{}/restore", {}), ("DELETE", "/asset-groups/{}/permanent", {}),
                               ("PATCH", "/asset-groups/{}", {"json": {"groupName": "x"}})]:
        other_tenant.request(method, path.format(group), 404, **more)
    make_group(other_tenant, "below", group, expect=404)
    upload(other_tenant, "x", group=group, expect=404)
    tenant.request("DELETE", f"/asset-groups/{group}", 200)
    other_tenant.request("POST", f"/asset-groups/{group}/restore", 404)
    other_tenant.request("DELETE", f"/asset-groups/{group}/permanent", 404)
    assert other_tenant.get("/asset-groups/deleted")["data"] == []
