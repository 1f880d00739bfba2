"""Assets: uploading, lists, changes, exports, the trash, and who may see what."""

import concurrent.futures
import json
import re
import xml.etree.ElementTree

import pytest

from files import files_of, make_group, png, sha256, unique_png, upload
from service import wait_until
from tenants import Api, log_in, new_staff


# --- uploading ----------------------------------------------------------------------------------------------------------

def test_an_upload_answers_as_the_replaced_service_does(tenant):
    content = png()
    asset = upload(tenant, "red-boot", content)
    assert re.fullmatch(r"red-boot_\d+\.png", asset["fileName"])
    assert asset["filePath"] == f"/uploads/{tenant.id}/{asset['fileName']}"
    assert asset["size"] == len(content) and asset["formattedSize"] == f"{len(content)} Bytes"
    assert asset["mimeType"] == "image/png" and asset["name"] == "red-boot" and asset["userId"] == tenant.id
    assert asset["assetGroup"] is None and asset["assetGroupId"] is None
    assert asset["isDeleted"] is False and asset["deletedAt"] is None
    assert asset["sha256"] == sha256(content)
    assert set(asset["image"]) == {"full", "thumbnail"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", asset["uploadDate"])
    assert tenant.get(f"/assets/{asset['id']}") | {"image": asset["image"]} == asset


@pytest.mark.parametrize("content,file_name,type", [
    (png(), "boot.png", "image/png"),
    (png(), "really.pdf", "image/png"),
    (b"<html><script>alert(1)</script></html>", "picture.png", "text/html"),
    (b"GIF89a\1\0\1\0\0\0\0;", "page.html", "image/gif"),
    (b"%PDF-1.4\n1 0 obj\n", "a.txt", "application/pdf"),
    (b"", "empty.png", "application/octet-stream"),
    (b"hello", "a.png", "text/plain"),
    (b"\0\1\2\3\4", "data.bin", "application/octet-stream"),
    (b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', "a.svg", "image/svg+xml"),
])
def test_the_type_is_what_the_bytes_are(tenant, content, file_name, type):
    asset = upload(tenant, "x", content, file_name)
    assert asset["mimeType"] == type and asset["size"] == len(content)


def form(*parts: tuple[str, str | None, bytes]) -> dict:
    """A multipart body of name, file name and content."""
    body = b"".join(f'--XX\r\nContent-Disposition: form-data; name="{name}"'.encode() +
                    (f'; filename="{file}"'.encode() if file is not None else b"") + b"\r\n\r\n" + content + b"\r\n"
                    for name, file, content in parts) + b"--XX--\r\n"
    return {"content": body, "headers": {"Content-Type": "multipart/form-data; boundary=XX"}}


@pytest.mark.parametrize("parts,status,message", [
    ([("file", "a.png", b"x")], 400, ["name must be a string", "name should not be empty"]),
    ([("name", None, b""), ("file", "a.png", b"x")], 400, ["name should not be empty"]),
    ([("name", None, b"n" * 256), ("file", "a.png", b"x")], 400, ["name must be shorter than or equal to 255 characters"]),
    ([("name", None, b"x")], 400, "File is required"),
    ([("name", None, b"x"), ("file", "", b"")], 400, "File is required"),
    ([("name", None, b"x"), ("upload", "a.png", b"x")], 400, "Unexpected field - upload"),
    ([("name", None, b"x"), ("owner", None, b"7"), ("file", "a.png", b"x")], 400, ["property owner should not exist"]),
    ([("name", None, b"x"), ("assetGroupId", None, b"abc"), ("file", "a.png", b"x")], 400,
     ["assetGroupId must be an integer number"]),
    ([("name", None, b"x"), ("assetGroupId", None, b"999999"), ("file", "a.png", b"x")], 404, "Asset group not found"),
    ([("name", None, b"x"), ("name", None, b"y"), ("file", "a.png", b"x")], 400, ["there must not be more names than files"]),
    ([("name", None, b"x\0y"), ("file", "a.png", b"x")], 400, ["name must not contain a zero character"]),
])
def test_a_wrong_form_leaves_nothing_behind(service, tenant, parts, status, message):
    answer = tenant.request("POST", "/assets/upload", status, **form(*parts))
    assert answer.json()["message"] == message
    assert tenant.get("/assets")["pagination"]["total"] == 0
    assert list((service.state / "assets/incoming").iterdir()) == []


def test_a_form_that_is_cut_or_none_at_all(service, tenant):
    whole = form(("name", None, b"x"), ("file", "a.png", unique_png()))
    cut = whole | {"content": whole["content"][:-20]}
    assert tenant.request("POST", "/assets/upload", 400, **cut).json()["code"] == "malformed_multipart"
    assert tenant.request("POST", "/assets/upload", 400, json={"name": "x"}).json()["message"] == "File is required"
    assert list((service.state / "assets/incoming").iterdir()) == []
    assert tenant.get("/assets")["pagination"]["total"] == 0


def test_several_files_at_once_all_or_none(tenant):
    contents = [unique_png() for _ in range(5)]
    group = make_group(tenant, "many")["id"]
    parts = [("assetGroupId", None, str(group).encode()), ("name", None, b"first")]
    parts += [("files", f"C:\\fakepath\\picture {i}.png", content) for i, content in enumerate(contents)]
    made = tenant.request("POST", "/assets/upload", 201, **form(*parts)).json()["data"]
    assert [asset["name"] for asset in made] == ["first", "picture 1", "picture 2", "picture 3", "picture 4"]
    assert [asset["sha256"] for asset in made] == [sha256(content) for content in contents]
    assert len({asset["filePath"] for asset in made}) == 5
    assert tenant.get(f"/asset-groups/{group}")["_count"]["assets"] == 5
    # One name that is taken, and none of them is made.
    again = [("assetGroupId", None, str(group).encode()), ("file", "new.png", unique_png()), ("file", "first.png", unique_png())]
    assert tenant.request("POST", "/assets/upload", 409, **form(*again)).json()["code"] == "asset.name_taken"
    assert tenant.get(f"/asset-groups/{group}")["_count"]["assets"] == 5
    many = [("file", f"{i}.png", b"x") for i in range(21)]
    assert tenant.request("POST", "/assets/upload", 400, **form(*many)).json()["code"] == "asset.too_many"


def test_the_same_file_twice_is_stored_once(service, tenant, other_tenant):
    content = unique_png()
    for api, name in ((tenant, "one"), (tenant, "two"), (other_tenant, "theirs")):
        upload(api, name, content)
    assert len(files_of(service, content)) == 1


def test_a_name_is_taken_in_its_folder_only_d58(tenant):
    """D-58: the root is a folder as well."""
    group = make_group(tenant, "folder")["id"]
    upload(tenant, "logo")
    upload(tenant, "logo", group=group)
    for where in (None, group):
        refused = upload(tenant, "logo", group=where, expect=409)
        assert refused["message"] == "Asset with this name already exists in this folder"
        assert refused["code"] == "asset.name_taken"


def test_64_clients_upload_one_name_to_the_root_and_one_wins_d58(service, tenant):
    contents = [unique_png() for _ in range(64)]

    def one(content):
        with service.client(tenant.token) as client:
            return client.post("/assets/upload", data={"name": "contested"}, files={"file": ("a.png", content)}).status_code

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        statuses = list(pool.map(one, contents))
    assert sorted(statuses) == [201] + [409] * 63
    assert tenant.get("/assets")["pagination"]["total"] == 1
    kept = [content for content in contents if files_of(service, content)]
    assert len(kept) == 1, "the files of those who lost are gone"


def test_a_file_that_is_too_large_is_413(new_service):
    service = new_service(environment={"ASSET_BYTES_MAX": "100000"}).start()
    service.run("user", "add", "a@shop.example", "--password-stdin", stdin="correct horse battery staple\n")
    api = Api(service, log_in(service, "a@shop.example"))
    assert upload(api, "fits", b"x" * 100_000)["size"] == 100_000
    for size in (100_001, 3_000_000):
        refused = upload(api, "large", b"x" * size, expect=413)
        assert refused["message"] in ("File too large", "request entity too large")
    assert api.get("/assets")["pagination"]["total"] == 1
    assert list((service.state / "assets/incoming").iterdir()) == []


# --- reading ------------------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def library(service, database):
    """A tenant with assets of several kinds and sizes, in the root and in a group."""
    from tenants import new_tenant
    owner = new_tenant(service, database)
    group = make_group(owner, "Photos")["id"]
    ids = {}
    for name, content, where in [("red boot", png(1, 1), None), ("blue boot", png(90, 90, (1, 2, 3)) + b"x" * 5000, None),
                                 ("manual", b"%PDF-1.4\n" + b"a" * 20_000, None), ("note", b"plain text", None),
                                 ("boot in group", png(4, 4), group)]:
        ids[name] = upload(owner, name, content, f"{name}.dat", where)["id"]
    return owner, group, ids


@pytest.mark.parametrize("query,expected", [
    ({}, ["note", "manual", "blue boot", "red boot"]),
    ({"search": "BOOT"}, ["blue boot", "red boot"]),
    ({"search": "re"}, ["red boot"]),
    ({"search": "%"}, []),
    ({"mimeType": "image"}, ["blue boot", "red boot"]),
    ({"mimeType": "PDF"}, ["manual"]),
    ({"minSize": 5000}, ["manual", "blue boot"]),
    ({"maxSize": 100}, ["note", "red boot"]),
    ({"minSize": 5000, "maxSize": 10_000}, ["blue boot"]),
    ({"hasGroup": "true"}, ["boot in group"]),
    ({"hasGroup": "false", "search": "boot"}, ["blue boot", "red boot"]),
    ({"sortBy": "name", "sortOrder": "asc"}, ["blue boot", "manual", "note", "red boot"]),
    ({"sortBy": "name"}, ["red boot", "note", "manual", "blue boot"]),
    ({"sortBy": "size", "sortOrder": "asc"}, ["note", "red boot", "blue boot", "manual"]),
    ({"dateFilter": "oldest"}, ["red boot", "blue boot", "manual", "note"]),
    ({"dateFilter": "latest", "sortBy": "size", "sortOrder": "asc"}, ["note", "manual", "blue boot", "red boot"]),
    ({"createdAfter": "2100-01-01"}, []),
    ({"createdBefore": "2100-01-01", "search": "note"}, ["note"]),
    ({"limit": 2, "page": 2}, ["blue boot", "red boot"]),
    ({"limit": 3, "page": 9}, []),
])
def test_the_list_of_a_folder_with_filters(library, query, expected):
    owner, _, _ = library
    listed = owner.get("/assets", **query)
    assert [asset["name"] for asset in listed["data"]] == expected
    total = 4 if query.keys() <= {"limit", "page", "sortBy", "sortOrder", "dateFilter"} else len(expected)
    assert listed["pagination"]["total"] == total


def test_the_list_of_a_group_and_a_folder_with_its_groups(library):
    owner, group, ids = library
    listed = owner.get("/assets", assetGroupId=group)
    assert [asset["id"] for asset in listed["data"]] == [ids["boot in group"]]
    size = listed["data"][0]["size"]
    assert listed["data"][0]["assetGroup"]["groupName"] == "Photos"
    assert listed["data"][0]["assetGroup"]["totalSize"] == str(size)
    both = owner.get("/assets/with-groups")
    assert [(g["groupName"], g["assetCount"], g["childGroupCount"], g["totalSize"]) for g in both["groups"]] == [
        ("Photos", 1, 0, size)]
    assert both["assets"]["pagination"]["total"] == 4
    assert owner.get("/assets/with-groups", search="note")["groups"] == []
    assert owner.get("/assets/with-groups", assetGroupId=group)["assets"]["pagination"]["total"] == 1
    assert owner.get("/assets", assetGroupId=999_999)["data"] == []


def test_a_list_goes_on_after_a_cursor(library):
    owner, _, _ = library
    names, cursor = [], None
    while True:
        page = owner.get("/assets", limit=3, **({"cursor": cursor} if cursor else {}))
        names += [asset["name"] for asset in page["data"]]
        cursor = page["pagination"]["nextCursor"]
        if not cursor:
            break
    assert names == ["note", "manual", "blue boot", "red boot"]


@pytest.mark.parametrize("query", [{"page": "abc"}, {"minSize": "big"}, {"maxSize": "-1"}, {"createdAfter": "yesterday"},
                                   {"hasGroup": "perhaps"}, {"assetGroupId": "x"}, {"cursor": "x"}, {"search": "a\0b"},
                                   {"sortBy": "name", "cursor": "0006487a8c4e3b5a00000001"}])
def test_a_wrong_query_names_what_is_wrong(library, query):
    answer = library[0].request("GET", "/assets", 400, params=query).json()
    assert isinstance(answer["message"], list)


def test_the_page_that_is_used_is_echoed_d31(library):
    """D-31: page=0, limit=0 and limit=1000."""
    assert library[0].get("/assets", page=0, limit=0)["pagination"] | {"nextCursor": None} == {
        "page": 1, "limit": 1, "total": 4, "totalPages": 4, "hasNext": True, "hasPrev": False, "nextCursor": None}
    assert library[0].get("/assets", limit=1000)["pagination"]["limit"] == 100


# --- changing -----------------------------------------------------------------------------------------------------------

def test_an_asset_is_renamed_and_moved(tenant):
    group = make_group(tenant, "Photos")["id"]
    asset = upload(tenant, "old")
    path = f"/assets/{asset['id']}"
    renamed = tenant.request("PATCH", path, 200, json={"name": "new"}).json()
    assert renamed["name"] == "new" and renamed["filePath"] == asset["filePath"] and renamed["assetGroupId"] is None
    moved = tenant.request("PATCH", path, 200, json={"assetGroupId": group}).json()
    assert moved["assetGroupId"] == group and moved["assetGroup"]["totalSize"] == str(asset["size"]) and moved["name"] == "new"
    back = tenant.request("PATCH", path, 200, json={"assetGroupId": None, "name": "back"}).json()
    assert (back["assetGroupId"], back["assetGroup"], back["name"]) == (None, None, "back")
    same = tenant.request("PATCH", path, 200, json={}).json()
    assert (same["updatedAt"], same["name"]) == (back["updatedAt"], "back")


def test_errors_of_a_change_have_their_status_d28(tenant, other_tenant):
    """D-28: they came with status 200."""
    asset = upload(tenant, "mine")["id"]
    upload(tenant, "taken")
    theirs = make_group(other_tenant, "theirs")["id"]
    path = f"/assets/{asset}"
    assert tenant.request("PATCH", path, 409, json={"name": "taken"}).json()["code"] == "asset.name_taken"
    assert tenant.request("PATCH", path, 404, json={"assetGroupId": theirs}).json()["message"] == "Asset group not found"
    assert tenant.request("PATCH", path, 404, json={"assetGroupId": 999_999}).json()["message"] == "Asset group not found"
    assert tenant.request("PATCH", path, 400, json={"name": ""}).json()["message"] == ["name should not be empty"]
    assert tenant.request("PATCH", path, 400, json={"name": None}).json()["statusCode"] == 400
    assert tenant.request("PATCH", path, 400, json={"userId": 1}).json()["message"] == ["property userId should not exist"]
    assert tenant.request("PATCH", path, 400, json={"assetGroupId": "1x"}).json()["statusCode"] == 400
    assert other_tenant.request("PATCH", path, 404, json={"name": "stolen"}).json()["message"] == "Asset not found"
    assert tenant.request("PATCH", "/assets/999999", 404, json={"name": "x"}).json()["message"] == "Asset not found"
    assert tenant.get(path)["name"] == "mine"


def test_a_file_is_replaced_and_the_old_one_goes(service, tenant):
    contents = [unique_png(), b"%PDF-1.4\n" + unique_png(), unique_png()]
    asset = upload(tenant, "logo", contents[0])
    for method, before, after, type in (("PUT", contents[0], contents[1], "application/pdf"),
                                        ("POST", contents[1], contents[2], "image/png")):
        replaced = tenant.request(method, f"/assets/{asset['id']}/file", 200, files={"file": ("new", after)}).json()
        assert replaced["sha256"] == sha256(after) and replaced["mimeType"] == type
        assert replaced["filePath"] == asset["filePath"] and replaced["name"] == "logo"
        assert (replaced["thumbnailPath"] is None) == (type == "application/pdf")
        wait_until(lambda: not files_of(service, before), 30, "the old file to be removed")
        assert tenant.request("GET", f"/assets/{asset['id']}/download", 200).content == after
    same = tenant.request("PUT", f"/assets/{asset['id']}/file", 200, files={"file": ("new", contents[2])}).json()
    assert same["sha256"] == sha256(contents[2])
    assert tenant.request("GET", f"/assets/{asset['id']}/download", 200).content == contents[2]


def test_replacing_what_is_not_there(tenant, other_tenant):
    asset = upload(tenant, "mine")["id"]
    content = unique_png()
    assert other_tenant.request("PUT", f"/assets/{asset}/file", 404, files={"file": ("x", content)}).status_code == 404
    assert tenant.request("PUT", f"/assets/{asset}/file", 400, data={"name": "x"}).status_code == 400
    tenant.request("DELETE", f"/assets/{asset}", 200)
    assert tenant.request("PUT", f"/assets/{asset}/file", 404, files={"file": ("x", content)}).status_code == 404
    assert files_of(tenant.service, content) == []


# --- other tenants ------------------------------------------------------------------------------------------------------

def test_another_tenant_finds_nothing_of_it_d04(tenant, other_tenant):
    """D-04, acceptance 11."""
    asset = upload(tenant, "secret")
    for method, path, more in [("GET", "/assets/{}", {}), ("GET", "/assets/{}/download", {}), ("DELETE", "/assets/{}", {}),
                               ("POST", "/assets/{}/restore", {}), ("DELETE", "/assets/{}/permanent", {}),
                               ("PATCH", "/assets/{}", {"json": {"name": "x"}})]:
        answers = [other_tenant.request(method, path.format(id), 404, **more).json() for id in (asset["id"], 999_999_999)]
        assert answers[0]["message"] == answers[1]["message"]
    assert other_tenant.request("GET", asset["filePath"], 404).status_code == 404
    assert other_tenant.request("POST", "/assets/zip", 404, json={"assetIds": [asset["id"]]}).status_code == 404
    assert other_tenant.request("POST", "/assets/zip", 404, json={"files": [asset["filePath"]]}).status_code == 404
    product = other_tenant.create()["id"]
    other_tenant.request("PATCH", f"/products/{product}", 400, json={"assets": [asset["id"]]})
    assert other_tenant.get(f"/products/{product}")["assets"] == []
    assert other_tenant.get("/assets")["data"] == []
    assert tenant.get(f"/assets/{asset['id']}")["name"] == "secret"


# --- exports ------------------------------------------------------------------------------------------------------------

def test_the_export_of_a_folder_as_json(library):
    owner, group, ids = library
    listed = owner.request("GET", "/assets/export/json", 200, params={"assetGroupId": group}).json()
    assert [item["id"] for item in listed] == [str(ids["boot in group"])]
    assert listed[0]["folder"] == {"id": str(group), "name": "Photos"}
    assert set(listed[0]) == {"id", "name", "url", "fileName", "mimeType", "size", "uploadDate", "folder"}
    assert isinstance(listed[0]["size"], str)
    assert len(owner.request("GET", "/assets/export/json", 200).json()) == 5


def test_exports_as_files(library):
    owner, group, ids = library
    child = make_group(owner, "Below", group)["id"]
    below = upload(owner, "a <b> & \"c\"", group=child)["id"]
    try:
        answer = owner.request("POST", "/assets/export", 201, json={"format": "json", "type": "all"})
        assert re.search(r'attachment; filename="assets-export-\d{4}-\d\d-\d\d\.json"', answer.headers["content-disposition"])
        body = answer.json()
        assert body["totalAssets"] == 6 and body["exportType"] == "all" and len(body["assets"]) == 6
        assert {a["formattedSize"] for a in body["assets"]} >= {"10 Bytes", "19.54 KB"}
        assert [a["folder"] for a in body["assets"] if a["id"] == str(below)] == [
            {"id": str(child), "name": "Below", "parentId": str(group)}]

        def exported(**body):
            answer = owner.request("POST", "/assets/export", 201, json={"format": "json"} | body).json()
            return {int(a["id"]) for a in answer["assets"]}
        assert exported(type="selected", assetIds=[ids["note"], ids["manual"], 999_999]) == {ids["note"], ids["manual"]}
        assert exported(type="folder", assetGroupId=group) == {ids["boot in group"]}
        assert exported(type="folder", assetGroupId=group, includeSubfolders=True) == {ids["boot in group"], below}
        assert exported(type="multiple_folders", assetGroupIds=[group, child]) == {ids["boot in group"], below}

        xml_answer = owner.request("POST", "/assets/export", 201, json={"format": "xml", "type": "folder", "assetGroupId": child})
        root = xml.etree.ElementTree.fromstring(xml_answer.content)
        assert root.tag == "assetExport" and root.get("totalAssets") == "1"
        assert root.find("assets/asset/name").text == 'a <b> & "c"'
    finally:
        owner.request("DELETE", f"/assets/{below}", 200)


@pytest.mark.parametrize("body,status,message", [
    ({"format": "json", "type": "selected"}, 400, "Asset IDs are required for selected export type"),
    ({"format": "json", "type": "folder"}, 400, "Asset group ID is required for folder export type"),
    ({"format": "json", "type": "multiple_folders"}, 400, "Asset group IDs are required for multiple folders export type"),
    ({"format": "json", "type": "selected", "assetIds": [999_999]}, 404, "No assets found matching the criteria"),
    ({"format": "csv", "type": "all"}, 400, ["format must be one of the following values: json, xml"]),
    ({"format": "json", "type": "some"}, 400,
     ["type must be one of the following values: all, selected, folder, multiple_folders"]),
])
def test_a_wrong_export(library, body, status, message):
    assert library[0].request("POST", "/assets/export", status, json=body).json()["message"] == message


# --- the trash ----------------------------------------------------------------------------------------------------------

def test_a_trashed_asset_keeps_its_file_its_group_and_its_links(service, tenant):
    content = unique_png()
    group = make_group(tenant, "Photos")["id"]
    asset = upload(tenant, "boot", content, group=group)
    product = tenant.create(assets=[asset["id"]])
    deleted = tenant.request("DELETE", f"/assets/{asset['id']}", 200).json()
    assert deleted["itemCount"] == 1 and deleted["undo"] == f"POST /assets/{asset['id']}/restore"

    # It is nowhere but in the trash, and its file is served to nobody.
    assert tenant.request("GET", f"/assets/{asset['id']}").status_code == 404
    assert tenant.get("/assets", assetGroupId=group)["data"] == []
    assert tenant.get(f"/asset-groups/{group}") ["totalSize"] == "0"
    assert tenant.get(f"/products/{product['id']}")["assets"] == []
    for address in (asset["filePath"], asset["url"], f"/assets/{asset['id']}/download"):
        assert tenant.request("GET", address).status_code == 404
    with service.client() as client:
        assert client.get(asset["url"]).status_code == 404
    assert tenant.request("POST", "/assets/zip", 404, json={"assetIds": [asset["id"]]}).status_code == 404
    listed = tenant.get("/assets/deleted")
    assert [item["id"] for item in listed["data"]] == [asset["id"]] and listed["pagination"]["total"] == 1
    assert listed["data"][0]["isDeleted"] is True and listed["data"][0]["deletedBy"] == tenant.id
    assert listed["data"][0]["assetGroup"]["groupName"] == "Photos" and listed["data"][0]["purgeAt"]
    assert len(files_of(service, content)) == 1

    restored = tenant.request("POST", f"/assets/{asset['id']}/restore", 201).json()
    assert restored["message"] == "Asset successfully restored" and "stillInTrash" not in restored
    made_later = {"image", "thumbnails", "thumbnailState", "width", "height", "url", "assetGroup"}  # or signed anew
    assert {k: v for k, v in restored["asset"].items() if k not in made_later} == {
        k: v for k, v in asset.items() if k not in made_later}
    assert tenant.get(f"/asset-groups/{group}")["totalSize"] == str(len(content))
    assert [a["id"] for a in tenant.get(f"/products/{product['id']}")["assets"]] == [asset["id"]]
    assert tenant.request("GET", asset["url"], 200).content == content
    assert [e["action"] for e in tenant.events(asset["id"]) if e["entity"] == "asset"] == [
        "asset.create", "asset.delete", "asset.restore"]


def test_only_what_is_in_the_trash_is_purged(service, tenant):
    content = unique_png()
    asset = upload(tenant, "boot", content)["id"]
    active = tenant.request("DELETE", f"/assets/{asset}/permanent", 409).json()
    assert active["code"] == "asset.active"
    tenant.request("DELETE", f"/assets/{asset}", 200)
    assert tenant.request("DELETE", f"/assets/{asset}", 404).json()["message"] == "Asset not found"
    preview = tenant.request("DELETE", f"/assets/{asset}/permanent", 200, params={"dryRun": "true"}).json()
    assert preview["count"] == preview["files"] == 1 and preview["bytes"] == len(content) and preview["held"] == []
    purged = tenant.request("DELETE", f"/assets/{asset}/permanent", 200).json()
    assert purged["message"] == "Asset permanently deleted" and purged["purged"] == 1
    [item] = tenant.get(f"/trash/certificates/{purged['certificateId']}/items")["data"]
    assert (item["kind"], item["id"]) == ("asset", asset), "with a certificate, as a purge of the whole trash"
    tenant.request("DELETE", f"/assets/{asset}/permanent", 404, params={"dryRun": "true"})
    assert tenant.request("DELETE", f"/assets/{asset}/permanent", 404).json()["message"] == "Soft-deleted asset not found"
    assert tenant.request("POST", f"/assets/{asset}/restore", 404).json()["message"] == "Soft-deleted asset not found"
    wait_until(lambda: not files_of(service, content), 30, "the file to be removed after the commit")


def test_shared_content_stays_until_its_last_reference_is_purged_trap_22(service, tenant, other_tenant):
    """trap 22, acceptance 21: living or trashed, whoever has it."""
    content = unique_png()
    mine, second = upload(tenant, "one", content)["id"], upload(tenant, "two", content)["id"]
    theirs = upload(other_tenant, "theirs", content)["id"]
    for api, asset in ((tenant, mine), (tenant, second)):
        api.request("DELETE", f"/assets/{asset}", 200)
    tenant.request("DELETE", f"/assets/{mine}/permanent", 200)
    wait_until(lambda: waiting_removals(tenant) == 0, 30, "the word to be looked at")
    assert other_tenant.request("GET", f"/assets/{theirs}/download", 200).content == content
    other_tenant.request("DELETE", f"/assets/{theirs}", 200)
    other_tenant.request("DELETE", f"/assets/{theirs}/permanent", 200)
    wait_until(lambda: waiting_removals(tenant) == 0, 30, "the word to be looked at")
    assert len(files_of(service, content)) == 1, "one is still in the trash"
    tenant.request("POST", f"/assets/{second}/restore", 201)
    assert tenant.request("GET", f"/assets/{second}/download", 200).content == content
    tenant.request("DELETE", f"/assets/{second}", 200)
    tenant.request("DELETE", f"/assets/{second}/permanent", 200)
    wait_until(lambda: not files_of(service, content), 30, "the file to go with its last asset")


def waiting_removals(tenant) -> int:
    return tenant.database.execute('SELECT count(*) FROM "FileRemoval"').fetchone()[0]


def test_uploads_and_purges_of_the_same_bytes_race_and_no_living_asset_loses_its_file(service, tenant):
    content = unique_png()

    def one(i):
        with service.client(tenant.token) as client:
            made = client.post("/assets/upload", data={"name": f"racer {i}"}, files={"file": ("a.png", content)})
            assert made.status_code == 201, made.text
            asset = made.json()["id"]
            if i % 4 == 0:
                return asset
            assert client.delete(f"/assets/{asset}").status_code == 200
            assert client.delete(f"/assets/{asset}/permanent").status_code == 200
            return None

    for round in range(3):
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            left = [asset for asset in pool.map(one, range(round * 100, round * 100 + 32)) if asset]
        wait_until(lambda: waiting_removals(tenant) == 0, 30, "all words to be looked at")
        for asset in left:
            assert tenant.request("GET", f"/assets/{asset}/download", 200).content == content
            tenant.request("DELETE", f"/assets/{asset}", 200)
            tenant.request("DELETE", f"/assets/{asset}/permanent", 200)
        wait_until(lambda: not files_of(service, content), 30, "the file to go with the last one")


def test_a_restore_whose_name_is_taken_says_by_whom(tenant):
    group = make_group(tenant, "Photos")["id"]
    asset = upload(tenant, "boot", group=group)["id"]
    tenant.request("DELETE", f"/assets/{asset}", 200)
    holder = upload(tenant, "boot", group=group)["id"]
    refused = tenant.request("POST", f"/assets/{asset}/restore", 409).json()
    assert refused["message"] == 'Cannot restore: An asset with name "boot" already exists in this folder'
    assert refused["code"] == "asset.name_taken" and refused["conflict"]["holder"] == {"id": holder, "name": "boot"}
    tenant.request("PATCH", f"/assets/{holder}", 200, json={"name": "other"})
    tenant.request("POST", f"/assets/{asset}/restore", 201)
    assert [e["action"] for e in tenant.events(asset)].count("asset.restore_refused") == 1


def test_a_delete_and_a_restore_say_before_what_they_will_do_and_how(tenant):
    content = unique_png()
    asset = upload(tenant, "boot", content)["id"]
    preview = tenant.request("DELETE", f"/assets/{asset}", 200, params={"dryRun": "true"}).json()
    assert preview["dryRun"] is True and preview["count"] == 1 and preview["bytes"] == len(content)
    assert tenant.get(f"/assets/{asset}")["name"] == "boot", "nothing is changed"
    tenant.request("DELETE", f"/assets/{asset}", 200)
    holder = upload(tenant, "boot")["id"]
    assert tenant.request("POST", f"/assets/{asset}/restore", 400, params={"onConflict": "guess"})
    skipped = tenant.request("POST", f"/assets/{asset}/restore", 201, params={"onConflict": "skip"}).json()
    assert skipped["restored"] == 0 and skipped["left"] == 1 and skipped["conflicts"][0]["holder"]["id"] == holder
    renamed = tenant.request("POST", f"/assets/{asset}/restore", 201, params={"onConflict": "rename"}).json()
    assert renamed["restored"] == 1 and renamed["renamed"][0]["name"] == {"from": "boot", "to": renamed["asset"]["name"]}
    tenant.request("PATCH", f"/assets/{asset}", 409, json={"name": "boot"})
    tenant.request("DELETE", f"/assets/{holder}", 200)
    tenant.request("PATCH", f"/assets/{asset}", 200, json={"name": "boot"})
    replaced = tenant.request("POST", f"/assets/{holder}/restore", 201, params={"onConflict": "replace"}).json()
    assert replaced["replaced"][0]["id"] == asset and replaced["asset"]["name"] == "boot"
    assert [a["id"] for a in tenant.get("/assets/deleted")["data"]] == [asset], "what was replaced can come back"
    assert tenant.request("POST", f"/assets/{holder}/restore", 404, params={"onConflict": "rename"}).json()["message"] == \
        "Soft-deleted asset not found"


def test_a_restore_into_a_group_in_the_trash_says_so(tenant):
    top = make_group(tenant, "Top")["id"]
    group = make_group(tenant, "Photos", top)["id"]
    first, second = (upload(tenant, name, group=group)["id"] for name in ("first", "second"))
    for asset in (first, second):
        tenant.request("DELETE", f"/assets/{asset}", 200)
    tenant.request("DELETE", f"/asset-groups/{top}", 200)
    restored = tenant.request("POST", f"/assets/{first}/restore", 201).json()
    assert restored["stillInTrash"] == {"kind": "assetGroup", "id": group, "name": "Photos",
                                        "restore": f"POST /asset-groups/{group}/restore"}
    assert restored["asset"]["assetGroupId"] is None
    assert [a["id"] for a in tenant.get("/assets")["data"]] == [first], "at the root meanwhile"
    with_group = tenant.request("POST", f"/assets/{second}/restore", 201, params={"restoreGroup": "true"}).json()
    assert "stillInTrash" not in with_group and with_group["asset"]["assetGroupId"] == group
    assert sorted(a["id"] for a in tenant.get("/assets", assetGroupId=group)["data"]) == [first, second]
    assert tenant.get(f"/asset-groups/{group}")["parentGroupId"] == top


def test_delete_and_restore_fifty_times(tenant):
    """acceptance 7"""
    asset = upload(tenant, "again")["id"]
    for _ in range(50):
        tenant.request("DELETE", f"/assets/{asset}", 200)
        tenant.request("POST", f"/assets/{asset}/restore", 201)
    assert len([e for e in tenant.events(asset) if e["action"] in ("asset.delete", "asset.restore")]) == 100


def test_the_trash_in_pages(tenant):
    ids = [upload(tenant, f"a{i}")["id"] for i in range(7)]
    for asset in ids:
        tenant.request("DELETE", f"/assets/{asset}", 200)
    first = tenant.get("/assets/deleted", limit=3)
    assert [a["id"] for a in first["data"]] == ids[:-4:-1] and first["pagination"]["total"] == 7
    second = tenant.get("/assets/deleted", limit=3, cursor=first["pagination"]["nextCursor"])
    assert [a["id"] for a in second["data"]] == ids[3:0:-1]
    assert tenant.get("/assets/deleted", limit=3, page=3)["data"][0]["id"] == ids[0]
    assert tenant.get("/assets/deleted", limit=3, page=4)["pagination"]["total"] == 7


def test_an_owner_that_is_removed_takes_the_files_along_d44(service, database):
    """D-44: the files of a tenant that goes for good go after the commit."""
    from tenants import new_tenant
    owner = new_tenant(service, database)
    content = unique_png()
    upload(owner, "mine", content)
    database.execute('DELETE FROM "User" WHERE id = %s', (owner.id,))
    wait_until(lambda: not files_of(service, content), 30, "the file to be removed")


def test_staff_need_the_permission_for_files_too(tenant):
    asset = upload(tenant, "boot")
    reader, nobody = new_staff(tenant, grants=(("assets", "read"),)), new_staff(tenant)
    assert reader.request("GET", asset["filePath"], 200).status_code == 200
    assert nobody.request("GET", asset["filePath"]).status_code == 403
    assert nobody.request("GET", f"/assets/{asset['id']}/download").status_code == 403
    assert reader.request("DELETE", f"/assets/{asset['id']}").status_code == 403
    assert json.loads(reader.request("GET", f"/assets/{asset['id']}").text)["id"] == asset["id"]


# --- products -----------------------------------------------------------------------------------------------------------

def links(tenant, product: int) -> list[str]:
    return [asset["name"] for asset in tenant.get(f"/products/{product}")["assets"]]


def test_the_addresses_in_a_product_are_signed(service, tenant):
    content = unique_png()
    asset = upload(tenant, "photo", content)
    product = tenant.create(assets=[asset["id"]])
    [linked] = product["assets"]
    assert linked["filePath"] == asset["filePath"]
    with service.client() as client:
        assert client.get(linked["url"]).content == content


def test_assets_of_a_product_are_in_the_order_given(tenant):
    ids = {name: upload(tenant, name)["id"] for name in "abc"}
    product = tenant.create(assets=[ids["b"], ids["a"]])["id"]
    assert links(tenant, product) == ["b", "a"]
    tenant.update(product, assets=[ids["c"], ids["a"], ids["b"]])
    assert links(tenant, product) == ["c", "a", "b"]
    tenant.update(product, assets=[])
    assert links(tenant, product) == []


@pytest.mark.parametrize("name,role", [
    ("{}", "main"), ("{}.png", "main"), ("{}_front", "other"), ("{}-main.png", "other"), ("{}_sub1", "sub"), ("{} sub", "sub"),
    ("{}_detail-subimage", "sub"), ("{}.back", "other"), ("{}[sub2]", "sub"), ("{}[primary]", "other"), ("{}_manual", "other"),
    ("{}0", None), ("{}x_sub", None), ("x{}", None), ("{}[open", None)])
def test_a_file_named_by_the_sku_finds_its_product(tenant, name, role):
    """6.8, whichever comes first."""
    for sku, before in (("CHAIR-77", True), ("chair-88", False)):
        called = name.format(sku.swapcase())
        if before:
            asset = upload(tenant, called)
            product = tenant.create(sku=sku)["id"]
        else:
            product = tenant.create(sku=sku)["id"]
            asset = upload(tenant, called)
        found = tenant.get(f"/products/{product}")
        assert [a["id"] for a in found["assets"]] == ([asset["id"]] if role else [])
        assert found["imageUrl"] == (asset["filePath"] if role == "main" else None)
        assert found["subImages"] == ([asset["filePath"]] if role == "sub" else [])


def test_saving_again_adds_nothing_d17(tenant):
    """D-17: each save appended the same images."""
    product = tenant.create(sku="SOFA-1")["id"]
    sub = upload(tenant, "SOFA-1_sub1")
    for round in range(5):
        tenant.update(product, name=f"Sofa {round}")
        tenant.update(product, sku=f"SOFA-{round % 2 + 1}")
    tenant.update(product, sku="SOFA-1")
    found = tenant.get(f"/products/{product}")
    assert found["subImages"] == [sub["filePath"]] and len(found["assets"]) == 1
    # Nor is it attached again when somebody has taken it away.
    tenant.update(product, assets=[])
    tenant.update(product, name="Sofa")
    assert links(tenant, product) == []


def test_an_image_that_was_chosen_stays_d66(tenant):
    """D-66: it was overwritten at each save, and prefixes of other SKUs were taken."""
    product = tenant.create(sku="LAMP-1", imageUrl="/uploads/mine.png")["id"]
    empty = tenant.create(sku="LAMP-10")["id"]
    first = upload(tenant, "LAMP-1")
    assert tenant.get(f"/products/{product}")["imageUrl"] == "/uploads/mine.png"
    assert links(tenant, product) == ["LAMP-1"] and links(tenant, empty) == []
    ten = upload(tenant, "lamp-10.jpg")
    assert tenant.get(f"/products/{empty}")["imageUrl"] == ten["filePath"] and links(tenant, product) == ["LAMP-1"]
    # A rename finds its product, and takes nothing away.
    other = upload(tenant, "unrelated")
    tenant.request("PATCH", f"/assets/{other['id']}", 200, json={"name": "LAMP-1_sub"})
    found = tenant.get(f"/products/{product}")
    assert [a["id"] for a in found["assets"]] == [first["id"], other["id"]] and found["subImages"] == [other["filePath"]]


def test_names_find_only_the_own_and_the_living(tenant, other_tenant):
    tenant.create(sku="MINE-1")
    theirs = other_tenant.create(sku="MINE-1")["id"]
    trashed = tenant.create(sku="GONE-1")["id"]
    tenant.delete(trashed)
    upload(tenant, "MINE-1")
    gone = upload(tenant, "GONE-1_back")
    assert links(other_tenant, theirs) == []
    tenant.restore(trashed)
    assert links(tenant, trashed) == []
    tenant.request("DELETE", f"/assets/{gone['id']}", 200)
    assert links(tenant, tenant.create(sku="GONE-1_back")["id"]) == []


def test_an_import_finds_its_files(tenant):
    for i in range(3):
        upload(tenant, f"IMPO-{i}_sub")
    csv = "sku,name\n" + "".join(f"IMPO-{i},Imported {i}\n" for i in range(5))
    tenant.request("POST", "/products/import", 200, files={"file": ("a.csv", csv)})
    found = tenant.get("/products", search="IMPO-", sortBy="sku", sortOrder="asc")["data"]
    assert [len(product["subImages"]) for product in found] == [1, 1, 1, 0, 0]


def test_an_import_names_files_as_images(tenant):
    """6.8.4: an image that is said as TEXT[name of a file]; what no file has the name of is left out, and told."""
    front, side, back = (upload(tenant, name) for name in ("Front view.png", "side", "BACK.jpg"))
    csv = ('sku,name,imageUrl,subImages\nNAMED-1,Named,Image[Front view],"Sub[side],https://a.example/x[1].png,Sub[nowhere],Sub[back]"\n'
           "NAMED-2,Not named,Image[nothing],\n")
    for round in range(2):
        answer = tenant.request("POST", "/products/import", 200, files={"file": ("a.csv", csv)}).json()
        one, two = tenant.get("/products", search="NAMED-", sortBy="sku", sortOrder="asc")["data"]
        assert one["imageUrl"] == front["filePath"] and two["imageUrl"] is None
        assert one["subImages"] == [side["filePath"], "https://a.example/x[1].png", back["filePath"]]
        assert links(tenant, one["id"]) == ["Front view.png", "side", "BACK.jpg"] and links(tenant, two["id"]) == []
        assert [each["error"] for each in answer["failedLinks"]] == [
            'subImages: "Sub[nowhere]" is left out: no file is named "nowhere"',
            'imageUrl: "Image[nothing]" is left out: no file is named "nothing"']
        assert (answer["created"], answer["updated"]) == ((2, 0) if round == 0 else (0, 0))


# --- what is told -------------------------------------------------------------------------------------------------------

def test_each_act_on_an_asset_and_a_group_is_told_once_d68(tenant):
    """D-68: acts on files were not told."""
    group = make_group(tenant, "Photos")["id"]
    asset = upload(tenant, "boot")["id"]
    for path, name in ((f"/assets/{asset}", {"name": "shoe"}), (f"/asset-groups/{group}", {"groupName": "Pictures"})):
        tenant.request("PATCH", path, 200, json=name)
        tenant.request("DELETE", path, 200)
        assert tenant.request("POST", f"{path}/restore").status_code in (200, 201)
        tenant.request("DELETE", path, 200)
        tenant.request("DELETE", f"{path}/permanent", 200)
    tenant.request("PATCH", f"/assets/{asset}", 404, json={"name": "gone"})
    told = [(n["entityType"], n["action"], n["message"]) for n in reversed(tenant.get("/notifications", limit=100)["data"])]
    assert told == [
        ("assetGroup", "created", 'Asset group "Photos" was created'), ("asset", "created", 'Asset "boot" was created'),
        *[(kind, action, f'{shown} was {word}') for kind, shown in (("asset", 'Asset "shoe"'), ("assetGroup", 'Asset group "Pictures"'))
          for action, word in (("updated", "updated"), ("deleted", "deleted"), ("restored", "restored"), ("deleted", "deleted"),
                               ("purged", "permanently deleted"))]]
