"""Files of assets in a store that speaks S3: everything that a folder does, and what a network adds."""

import contextlib
import hashlib
import io
import json
import os
import subprocess
import time
import zipfile
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from files import files_of, png, sha256, stored_files, unique_png, upload
from s3 import S3
from service import PROGRAM, Service, files_below, wait_until
from tenants import PASSWORD, Api, log_in


@pytest.fixture(scope="module")
def store():
    running = S3()
    yield running
    running.remove()


def started(service: Service) -> Api:
    service.start()
    service.run("user", "add", "a@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
    return Api(service, log_in(service, "a@shop.example"))


@pytest.fixture(scope="module")
def api(store):
    """A service with its files there, and an account."""
    service = Service(environment=store.environment())
    try:
        yield started(service)
    finally:
        service.remove()


@pytest.fixture(autouse=True)
def no_faults(store):
    yield
    store.control([])


@contextlib.contextmanager
def restarted(api: Api, **settings: str):
    """The same installation with other settings, for a while."""
    service = api.service
    right, service._environment = service._environment, service._environment | settings
    service.stop()
    service.start()
    try:
        yield
    finally:
        service._environment = right
        service.stop()
        service.start()


def hurry(api: Api):
    """Old files go after a minute; now they go now."""
    api.database.execute('UPDATE "FileRemoval" SET "nextTryAt" = now()')
    wait_until(lambda: api.database.execute('SELECT count(*) FROM "FileRemoval"').fetchone()[0] == 0, 30, "old files to go")


def large(megabytes: int) -> bytes:
    return os.urandom(1 << 20) * megabytes


def verified(service: Service, *arguments: str, code: int = 0) -> dict:
    done = service.run("assets", "verify", "--json", *arguments, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


# --- what a folder does ---------------------------------------------------------------------------------------------------

def test_an_upload_is_an_object_with_its_bytes(api, store):
    content = unique_png()
    made = upload(api, "boot", content)
    assert store.object_of(content).read_bytes() == content
    assert stored_files(api.service) == {}, "nothing of it stays here"
    assert made["sha256"] == sha256(content) and made["mimeType"] == "image/png"
    for address in (made["url"], f"/assets/{made['id']}/download"):
        answer = api.request("GET", address, 200)
        assert answer.content == content and answer.headers["etag"] == f'"{sha256(content)}"'
        assert api.request("GET", address, 304, headers={"If-None-Match": answer.headers["etag"]}).content == b""
        part = api.request("GET", address, 206, headers={"Range": "bytes=5-9"})
        assert part.content == content[5:10] and part.headers["content-range"] == f"bytes 5-9/{len(content)}"
        assert api.request("GET", address, 416, headers={"Range": "bytes=99999-"}).headers["content-range"] == f"bytes */{len(content)}"


def test_an_empty_file(api, store):
    made = upload(api, "empty", b"")
    assert api.request("GET", f"/assets/{made['id']}/download", 200).content == b""


def test_the_same_bytes_are_kept_once_and_go_after_their_last_asset_d44(api, store):
    """D-44, trap 22: files went before their rows."""
    content = unique_png()
    first, second = (upload(api, name, content)["id"] for name in ("one", "two"))
    path = store.object_of(content)
    for asset, there in ((first, True), (second, False)):
        api.request("DELETE", f"/assets/{asset}", 200)
        assert path.exists(), "the trash keeps the file"
        api.request("DELETE", f"/assets/{asset}/permanent", 200)
        if there:
            assert api.request("GET", f"/assets/{second}/download", 200).content == content
    wait_until(lambda: not [name for name in store.objects() if sha256(content) in name], 30, "the object to go, and its thumbnails")


def test_replace_gives_another_object(api, store):
    before, after = unique_png(), unique_png()
    made = upload(api, "replaced", before)
    api.request("PUT", f"/assets/{made['id']}/file", 200, files={"file": ("b.png", after)})
    assert api.request("GET", made["filePath"], 200).content == after
    wait_until(lambda: store.object_of(before) is None, 30, "the old object to go")
    assert store.object_of(after).read_bytes() == after


def test_thumbnails_are_in_the_same_store(api, store):
    content = png(900, 600, (1, 2, 3)) + b"thumbnails"
    made = upload(api, "wide", content)
    wait_until(lambda: api.get(f"/assets/{made['id']}")["thumbnailState"] == "ready", 60, "thumbnails")
    names = sorted(name for name in store.objects() if name.startswith("thumbnails/") and sha256(content) in name)
    assert [name.rpartition("-")[2] for name in names] == ["150.webp", "300.webp", "800.webp"]
    found = api.get(f"/assets/{made['id']}")
    for address in found["thumbnails"].values():
        answer = api.request("GET", address, 200)
        assert answer.headers["content-type"] == "image/webp" and answer.content.startswith(b"RIFF")
    wait_until(lambda: not files_below(api.service.state / "assets"), 30, "what they, and those of others, were made of to go from here")


def test_a_zip_of_a_selection(api, store):
    contents = [unique_png(), large(9), b"text " * 1000]
    ids = [upload(api, f"zip {i}", content)["id"] for i, content in enumerate(contents)]
    archive = zipfile.ZipFile(io.BytesIO(api.request("POST", "/assets/zip", 201, json={"assetIds": ids}).content))
    assert [archive.read(name) for name in archive.namelist()] == contents
    path = store.object_of(contents[0])
    path.rename(path.with_suffix(".away"))
    assert api.request("POST", "/assets/zip", 404, json={"assetIds": ids}).json()["code"] == "asset.file_missing"
    path.with_suffix(".away").rename(path)


# --- in parts ---------------------------------------------------------------------------------------------------------------

def test_a_large_file_is_sent_and_read_in_parts(api, store):
    content = large(21)
    store.control([])
    made = upload(api, "large", content, "large.bin")
    parts = [line for line in store.control()["seen"] if "partNumber" in line]
    assert len(parts) == 3, "of 8 MiB each"
    assert store.object_of(content).read_bytes() == content
    assert api.request("GET", f"/assets/{made['id']}/download", 200).content == content
    middle = api.request("GET", made["url"], 206, headers={"Range": "bytes=1048000-9000000"})
    assert middle.content == content[1048000:9000001]
    assert store.uploads() == []


def test_what_fails_in_the_middle_leaves_no_parts(api, store):
    content = large(21)
    store.control([{"path": "partNumber=2", "status": 403, "code": "AccessDenied", "times": 99}])
    problem = upload(api, "cut", content, expect=503)
    assert problem["code"] == "storage_refused"
    assert store.object_of(content) is None and store.uploads() == []
    assert api.get("/assets", search="cut")["data"] == []


def test_parts_that_nobody_ended_are_aborted_by_the_clock(api, store):
    """Of a server that was killed in the middle, a day ago."""
    for name, age in (("old", 25 * 3600), ("young", 3600)):
        upload_folder = store.bucket / "._S3rver_uploads" / name
        upload_folder.mkdir(parents=True)
        (upload_folder / "key").write_text("pim/ab/cd/abcd-0011")
        os.utime(upload_folder, (time.time() - age, time.time() - age))
    with restarted(api):
        wait_until(lambda: [path.name for path in store.uploads()] == ["young"], 30, "the old one to go")


# --- when it does not go well -----------------------------------------------------------------------------------------------

def test_a_fault_that_passes_is_not_noticed(api, store):
    content = unique_png()
    for fault in ({"status": 503, "code": "SlowDown"}, {"status": 500}, {"cut": True}):
        store.control([fault | {"times": 2}])
        made = upload(api, f"fault {fault}", content)
        assert api.request("GET", f"/assets/{made['id']}/download", 200).content == content


def test_a_store_that_is_down_is_503_and_no_row(api, store):
    content, known = unique_png(), upload(api, "known")
    store.stop()
    try:
        problem = upload(api, "never", content, expect=503)
        assert problem["code"] == "storage_unavailable" and "does not answer" in problem["message"]
        answer = api.request("GET", f"/assets/{known['id']}/download", 503)
        assert answer.json()["code"] == "storage_unavailable" and int(answer.headers["retry-after"]) > 0
        api.request("PUT", f"/assets/{known['id']}/file", 503, files={"file": ("b.png", content)})
        assert api.request("POST", "/assets/zip", 503, json={"assetIds": [known["id"]]}).json()["code"] == "storage_unavailable"
        assert api.get("/assets", search="never")["data"] == []
        assert api.get("/health/ready")["storage"] == "unavailable", "said, and no reason to be passed over"
        assert "storage" not in api.get("/health/live")
        done = api.service.run("assets", "verify", check=False)
        assert done.returncode == 1 and "does not answer" in done.stderr and "is not there" not in done.stdout
    finally:
        store.start()
    assert api.request("GET", f"/assets/{known['id']}/download", 200)
    assert "storage" not in api.get("/health/ready")
    assert upload(api, "never", content)["sha256"] == sha256(content)


def test_a_full_store_is_507_and_no_row(api, store):
    store.control([{"method": "PUT", "status": 507, "code": "XMinioStorageFull", "times": 99}])
    assert upload(api, "full", expect=507)["code"] == "storage_full"
    store.control([])
    assert api.get("/assets", search="full")["data"] == []


def test_a_body_that_changed_on_its_way_is_refused(store):
    """What the signature is for: the test's server looks at the hash that was signed."""
    content = b"x" * 1000
    headers = {"x-amz-content-sha256": sha256(b"y" * 1000), "authorization": "AWS4-HMAC-SHA256 x"}
    with pytest.raises(httpx.TransportError):
        assert httpx.put(f"{store.url}/files/pim/changed", content=content, headers=headers, trust_env=False).status_code >= 400
        raise httpx.TransportError("refused")
    assert "changed" not in store.objects()


@pytest.mark.parametrize("wrong,said", [({"S3_SECRET_ACCESS_KEY": "a-secret-that-is-wrong"}, "SignatureDoesNotMatch"),
                                        ({"S3_ACCESS_KEY_ID": "nobody"}, "InvalidAccessKeyId"),
                                        ({"S3_BUCKET": "no-such-bucket"}, "NoSuchBucket")])
def test_a_wrong_key_or_bucket_is_named_and_its_secret_is_not(api, store, wrong, said):
    """Of the service's own installation, as a command that is configured otherwise sees it."""
    service = api.service
    right, service._environment = service._environment, store.environment(**wrong)
    try:
        done = service.run("assets", "verify", check=False)
    finally:
        service._environment = right
    assert done.returncode == 1 and said in done.stderr and "s3_secret_access_key" in done.stderr
    assert "a-secret-that-is-wrong" not in done.stdout + done.stderr


def test_a_server_with_a_wrong_secret_says_so(api, store):
    with restarted(api, S3_SECRET_ACCESS_KEY="a-secret-that-is-wrong"):
        problem = upload(api, "wrong secret", expect=503)
        assert problem["code"] == "storage_refused" and "SignatureDoesNotMatch" in problem["message"]
        assert api.get("/assets", search="wrong secret")["data"] == []
        wait_until(lambda: '"event":"storage.unavailable"' in api.service.logs(), 30, "a line in the log")
        assert "a-secret-that-is-wrong" not in api.service.logs() + api.service.output()
        assert api.get("/health/ready")["storage"] == "unavailable"


@pytest.mark.parametrize("given,said", [({"S3_BUCKET": ""}, "s3_bucket is not set"), ({"S3_SECRET_ACCESS_KEY": ""}, "S3_SECRET_ACCESS_KEY"),
                                        ({"S3_ENDPOINT": "minio.example"}, "https://"), ({"ASSETS_STORE": "tape"}, "folder or s3"),
                                        ({"S3_REDIRECT_LIFETIME": "8d"}, "at most 7d")])
def test_a_wrong_setting_stops_the_start(store, given, said):
    service = Service(environment=store.environment(**given))
    try:
        done = service.run("assets", "verify", check=False)
        assert done.returncode == 1 and said in done.stderr
    finally:
        service.remove()


# --- redirects --------------------------------------------------------------------------------------------------------------

@pytest.fixture
def redirecting(api):
    """The same installation, that sends downloads to the store."""
    with restarted(api, S3_REDIRECT_LIFETIME="10m"):
        yield api


def test_downloads_are_redirected_to_an_address_in_the_store(redirecting, store):
    api, content = redirecting, unique_png()
    made = upload(api, "grüne \"Stiefel\"", content)
    for address, kind in ((made["url"], "inline"), (f"/assets/{made['id']}/download", "attachment")):
        answer = api.request("GET", address, 302)
        assert answer.headers["cache-control"] == "no-store"
        target = answer.headers["location"]
        assert target.startswith(f"{store.url}/files/pim/") and "X-Amz-Signature=" in target
        found = httpx.get(target, trust_env=False)
        assert found.status_code == 200 and found.content == content
        assert found.headers["content-type"] == "image/png"
        assert found.headers["content-disposition"].startswith(kind)
        assert httpx.get(target, trust_env=False, headers={"Range": "bytes=0-3"}).content == content[:4]
        changed = target.replace("X-Amz-Expires=600", "X-Amz-Expires=6000")
        assert httpx.get(changed, trust_env=False).status_code == 403
    assert parse_qs(urlsplit(target).query)["X-Amz-Expires"] == ["600"]
    assert api.request("GET", made["url"], 304, headers={"If-None-Match": f'"{sha256(content)}"'})
    with api.service.client() as client:
        assert client.get(made["filePath"]).status_code == 401, "only for who may"
    page = upload(api, "page", b"<html><script>alert(1)</script></html>", "page.html")
    target = api.request("GET", page["url"], 302).headers["location"]
    assert httpx.get(target, trust_env=False).headers["content-disposition"].startswith("attachment")


def test_the_address_of_a_download_expires(api, store):
    made = upload(api, "soon over")
    with restarted(api, S3_REDIRECT_LIFETIME="1s"):
        target = api.request("GET", made["url"], 302).headers["location"]
        wait_until(lambda: httpx.get(target, trust_env=False).status_code == 403, 30, "the address to expire")
        assert b"expired" in httpx.get(target, trust_env=False).content


# --- verify -----------------------------------------------------------------------------------------------------------------

def test_verify_finds_what_is_missing_damaged_and_nobodys(api, store):
    gone, bad, cut = unique_png(), unique_png(), unique_png()
    ids = [upload(api, name, content)["id"] for name, content in (("gone", gone), ("bad", bad), ("cut", cut))]
    stray_name = "ab/cd/" + "abcd" + "0" * 60 + "-0011"
    paths = [store.object_of(content) for content in (gone, bad, cut)]
    stray = store.bucket / "pim" / (stray_name + "._S3rver_object")
    assert verified(api.service)["ok"]
    paths[0].unlink()
    paths[1].write_bytes(bytes(len(bad)))
    paths[2].write_bytes(cut[:-1])
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    for kind, text in (("metadata.json", "{}"), ("object.md5", hashlib.md5(b"stray").hexdigest())):
        stray.with_name(stray.name.replace("_object", f"_{kind}")).write_text(text)
    for i in range(1001):  # more than a page of a list, of somebody else's
        (stray.parent / f"other-{i}._S3rver_object").touch()
    report = verified(api.service, "--older-than", "0", code=1)
    assert [m["assets"] for m in report["missing"]] == [str(ids[0])] and report["missing"][0]["trouble"].startswith("s3://files/pim/")
    assert sorted(m["assets"] for m in report["corrupt"]) == sorted(map(str, ids[1:]))
    assert report["strays"] == [f"s3://files/pim/{stray_name}"]
    assert [m["assets"] for m in verified(api.service, "--quick", code=1)["corrupt"]] == [str(ids[2])], "sizes only"
    assert api.request("GET", f"/assets/{ids[0]}/download", 404).json()["code"] == "asset.file_missing"
    assert verified(api.service, "--older-than", "0", "--quarantine", code=1)["quarantined"] == 1
    assert not stray.exists() and (store.bucket / "pim/quarantine").exists()
    # The same bytes again: the object comes back to where it was missing.
    upload(api, "gone again", gone)
    assert paths[0].read_bytes() == gone
    paths[1].write_bytes(bad)
    paths[2].write_bytes(cut)
    assert verified(api.service, "--older-than", "0")["strays"] == []


# --- copying ----------------------------------------------------------------------------------------------------------------

def copied(service: Service, *arguments: str, code: int = 0) -> dict:
    done = service.run("assets", "copy", "--json", *arguments, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def moving():
    """An installation with a folder that may move to a store of its own, and back; with the files of an adopted one."""
    store = S3()
    service = Service(environment=store.environment(ASSETS_STORE="folder"))
    service.uploads = service.folder / "uploads"
    (service.uploads / "1_a").mkdir(parents=True)
    service._environment["UPLOADS_FOLDER"] = str(service.uploads)
    try:
        api = started(service)
        api.store = store
        with service.connect() as api.database:
            yield api
    finally:
        service.remove()
        store.remove()


def places(api: Api) -> dict[str, int]:
    rows = api.database.execute('SELECT place, count(*) FROM "StoredContent" GROUP BY 1').fetchall()
    return dict(rows)


def same_as_before(api: Api, contents: dict[int, bytes]):
    for asset, content in contents.items():
        assert api.request("GET", f"/assets/{asset}/download", 200).content == content


@pytest.fixture(scope="module")
def contents(moving) -> dict[int, bytes]:
    """Assets by their ids: small, in parts, empty, a picture with thumbnails, one in the trash, and one that was adopted."""
    api = moving
    given = [unique_png(), large(9), b"", png(400, 300, (5, 5, 5)) + b"copied"]
    made = {upload(api, f"moving {i}", content)["id"]: content for i, content in enumerate(given)}
    (api.service.uploads / "1_a/old.png").write_bytes(old := unique_png())
    user = api.get("/auth/profile")["id"]
    adopted = api.database.execute(
        '''INSERT INTO "Asset"(name, "fileName", "filePath", "mimeType", size, "userId", "updatedAt")
           VALUES ('old', 'old.png', '/uploads/1_a/old.png', 'image/png', %s, %s, now()) RETURNING id''', (len(old), user)).fetchone()[0]
    api.service.run("assets", "adopt")
    made[adopted] = old
    wait_until(lambda: api.database.execute('SELECT count(*) FROM "StoredContent" WHERE thumbnails = %s', ("waiting",)).fetchone()[0] == 0,
               60, "thumbnails")
    return made


def test_files_move_to_the_store_and_nothing_is_noticed(moving, contents):
    api, store = moving, moving.store
    trashed = unique_png()
    in_trash = upload(api, "in the trash", trashed)["id"]
    api.request("DELETE", f"/assets/{in_trash}", 200)
    before = stored_files(api.service)
    report = copied(api.service, "--to", "s3")
    assert report["ok"] and report["copied"] == len(contents) + 1 and report["sourcesKept"] == report["copied"]
    assert places(api) == {"s3": len(contents) + 1}
    for content in [*contents.values(), trashed]:
        assert store.object_of(content).read_bytes() == content
    assert stored_files(api.service) == before and (api.service.uploads / "1_a/old.png").exists(), "the old files stay"
    same_as_before(api, contents)
    for asset in contents:
        for address in (api.get(f"/assets/{asset}")["thumbnails"] or {}).values():
            assert api.request("GET", address, 200).headers["content-type"] == "image/webp"
    assert verified(api.service)["ok"]

    # Again: nothing is sent.
    store.control()
    again = copied(api.service, "--to", "s3")
    assert again["copied"] == again["thereAlready"] == 0 and not [line for line in store.control()["seen"] if line.startswith("PUT")]

    # The old files go when they are told to, and only by the server, after a while.
    gone = copied(api.service, "--to", "s3", "--remove-source")
    assert gone["sourcesRemoved"] == len(contents) + 1 and gone["sourcesKept"] == 0
    assert stored_files(api.service) == before
    hurry(api)
    assert not stored_files(api.service) and not (api.service.uploads / "1_a/old.png").exists()
    same_as_before(api, contents)
    assert verified(api.service, "--older-than", "0")["strays"] == []


def test_files_come_back_to_the_folder(moving, contents):
    api, store = moving, moving.store
    report = copied(api.service, "--to", "folder")
    assert report["ok"] and report["copied"] == len(contents) + 1
    assert set(places(api)) == {"local"}
    same_as_before(api, contents)
    objects = store.objects()
    assert objects, "the old ones stay"
    # There and back, while they do: they are looked at, and used.
    report = copied(api.service, "--to", "s3")
    assert report["copied"] == 0 and report["thereAlready"] == len(contents) + 1 and store.objects().keys() == objects.keys()
    assert copied(api.service, "--to", "folder")["thereAlready"] == len(contents) + 1
    # A purge takes the old one too.
    content = unique_png()
    asset = upload(api, "purged", content)["id"]
    copied(api.service, "--to", "s3")
    api.request("DELETE", f"/assets/{asset}", 200)
    api.request("DELETE", f"/assets/{asset}/permanent", 200)
    wait_until(lambda: store.object_of(content) is None and not [k for k in stored_files(api.service) if k.startswith(sha256(content))],
               30, "both files to go")
    copied(api.service, "--to", "folder")


def test_a_copy_that_is_killed_goes_on(moving, contents):
    api, store = moving, moving.store
    more = {upload(api, f"killed {i}", content)["id"]: content for i, content in enumerate(unique_png() * 400 for _ in range(30))}
    everything = contents | more
    environment = api.service.environment
    for target, kills in (("s3", 8), ("folder", 8)):
        for kill in range(kills):
            process = subprocess.Popen([str(PROGRAM), "assets", "copy", "--to", target], env=environment,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.02 + kill * 0.04)
            process.kill()
            process.wait()
            report = verified(api.service, "--quick")
            assert report["missing"] == report["corrupt"] == []
        report = copied(api.service, "--to", target)
        assert report["ok"] and set(places(api)) == {"s3" if target == "s3" else "local"}
        same_as_before(api, everything)
    assert copied(api.service, "--to", "folder", "--remove-source")["ok"]
    # (What is just being removed is not written over.)
    assert "removed" in copied(api.service, "--to", "s3", code=1)["failed"][0]
    hurry(api)
    assert not store.objects()
    assert verified(api.service, "--older-than", "0")["strays"] == []


def test_what_is_damaged_or_missing_stays_where_it_is(moving, contents):
    api = moving
    bad, gone = unique_png(), unique_png()
    for name, content in (("bad", bad), ("gone", gone)):
        upload(api, name, content)
    [bad_path], [gone_path] = (files_of(api.service, content) for content in (bad, gone))
    bad_path.write_bytes(bytes(len(bad)))
    gone_path.unlink()
    report = copied(api.service, "--to", "s3", code=1)
    assert sorted(line[:64] for line in report["failed"]) == sorted([sha256(bad), sha256(gone)])
    assert places(api)["local"] == 2
    bad_path.write_bytes(bad)
    gone_path.write_bytes(gone)
    assert copied(api.service, "--to", "s3")["copied"] == 2
    # And no old file goes whose new one is not there.
    path = moving.store.object_of(gone)
    path.rename(path.with_suffix(".away"))
    report = copied(api.service, "--to", "s3", "--remove-source", code=1)
    assert sha256(gone) in report["failed"][0] and report["sourcesKept"] == 1
    path.with_suffix(".away").rename(path)


def test_to_another_folder(moving, contents):
    api, other = moving, moving.service.folder / "other"
    hurry(api)
    copied(api.service, "--to", "folder")
    assert copied(api.service, "--to", "folder", str(other))["copied"] == len(stored_files(api.service))
    assert copied(api.service, "--to", "folder", str(other))["copied"] == 0
    api.service.stop()
    api.service._environment["PIXELPIM_ASSETS"] = str(other)
    api.service.start()
    same_as_before(api, contents)
    assert verified(api.service)["ok"]


def test_two_copies_at_once_and_wrong_words_are_refused(moving):
    api = moving
    with api.service.connect() as other:
        other.execute("SELECT pg_advisory_lock(hashtext('assets copy'))")
        done = api.service.run("assets", "copy", "--to", "s3", check=False)
    assert done.returncode == 1 and "already" in done.stderr
    done = api.service.run("assets", "copy", "--to", "tape", check=False)
    assert done.returncode == 1 and "--to s3" in done.stderr
    api.service._environment["S3_BUCKET"] = ""
    done = api.service.run("assets", "copy", "--to", "s3", check=False)
    assert done.returncode == 1 and "s3_bucket" in done.stderr
