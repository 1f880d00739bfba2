"""The files themselves: addresses, ranges, types, archives, disks that are full."""

import http.server
import io
import json
import subprocess
import threading
import time
import zipfile

import pytest

from files import files_of, make_group, png, sha256, stored_files, unique_png, upload
from service import Service, files_below, wait_until
from tenants import PASSWORD, Api, log_in


@pytest.fixture
def boot(tenant):
    """An asset of 1,000 bytes that are all different, and the bytes."""
    content = b"".join(b"%04d" % i for i in range(250))
    return upload(tenant, "boot", content, "Boot.txt"), content


# --- who may have them --------------------------------------------------------------------------------------------------

def test_nobody_gets_a_file_without_a_token_or_a_signature_d20(service, tenant, boot):
    """D-20: files were public."""
    asset, content = boot
    with service.client() as client:
        for address in (asset["filePath"], f"/assets/{asset['id']}/download", asset["filePath"] + "?signature=",
                        asset["filePath"] + "?owner=1&expires=9999999999&signature=" + "0" * 64):
            assert client.get(address).status_code == 401
        assert client.get(asset["url"]).content == content
    assert tenant.request("GET", asset["filePath"], 200).content == content


def test_a_signature_is_for_one_file_one_tenant_and_a_time(service, tenant, boot):
    asset, _ = boot
    other = upload(tenant, "other")
    address, query = asset["url"].split("?")
    parameters = dict(pair.split("=") for pair in query.split("&"))
    in_an_hour = int(parameters["expires"]) - time.time()
    assert 24 * 3600 <= in_an_hour <= 25 * 3600
    with service.client() as client:
        assert client.get(address, params=parameters).status_code == 200
        for change in ({"expires": str(int(parameters["expires"]) + 1)}, {"owner": str(tenant.id + 1)}, {"owner": "x"},
                       {"expires": ""}, {"signature": parameters["signature"][:-1]}, {"signature": parameters["signature"].upper()}):
            assert client.get(address, params=parameters | change).status_code == 401, change
        assert client.get(other["filePath"], params=parameters).status_code == 401
        # It opens nothing else.
        assert client.get(f"/assets/{asset['id']}", params=parameters).status_code == 401
        assert client.get("/assets", params=parameters).status_code == 401


def test_a_signature_ends(new_service):
    service = new_service()
    service.state.mkdir()
    (service.state / "pixelpim.toml").write_text('asset_url_lifetime = "1s"\n')
    service.start()
    service.run("user", "add", "a@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
    asset = upload(Api(service, log_in(service, "a@shop.example")), "x")
    # (It is good to the end of an hour at least: the clock is not waited for, the time in it is.)
    expires = int(asset["url"].split("expires=")[1].split("&")[0])
    assert expires % 3600 == 0 and 0 < expires - time.time() <= 3601


def test_addresses_say_nothing_of_whose_they_are_d20(tenant, boot):
    """D-20: the e-mail address was in the path."""
    assert tenant.email.split("@")[0] not in boot[0]["url"]
    assert boot[0]["url"].startswith("/uploads/")


def test_no_path_leads_out_of_the_store_d01(service, tenant):
    """D-01: /etc/passwd by absolute and relative paths, through every door."""
    secret = service.state / "secret-of-the-test"
    secret.write_text("secret")
    for path in ("/etc/passwd", "/uploads/../../../../etc/passwd", str(secret), "http://127.0.0.1:1/x", "file:///etc/passwd"):
        assert tenant.request("POST", "/assets/zip", 404, json={"files": [path]}).json()["message"] == \
            "One or more assets not found or not accessible"
    for path in ("/uploads/..%2f..%2f..%2fetc/passwd", "/uploads/%2e%2e/%2e%2e/etc/passwd", "/uploads//etc/passwd",
                 "/uploads/x%00y"):
        assert tenant.request("GET", path).status_code == 404
    # Nor does a row that says so.
    for path in ("/etc/passwd", "/uploads/../secret-of-the-test", "/uploads/../../secret-of-the-test", str(secret)):
        asset = tenant.asset("evil-" + sha256(path.encode())[:8])
        tenant.database.execute('UPDATE "Asset" SET "filePath" = %s WHERE id = %s', (path, asset))
        assert tenant.request("GET", f"/assets/{asset}/download", 404).json()["code"] == "asset.file_missing"
        assert tenant.request("POST", "/assets/zip", 404, json={"assetIds": [asset]}).status_code == 404


def test_names_cannot_be_anything_but_names(tenant):
    for name, file_name in (("../../x", "../../../etc/passwd"), ("a/b\\c", "C:\\x\\y.png"), ("ü \"q\" 漢", "ü 漢.png"),
                            ("x" * 255, "y" * 300 + ".png"), ("tab\there", ".htaccess"), ("%2e%2e", "%00?#&.png")):
        content = unique_png()
        asset = upload(tenant, name, content, file_name.replace('"', ""))
        assert asset["filePath"].count("/") == 3 and ".." not in asset["filePath"]
        for address in (asset["url"], f"/assets/{asset['id']}/download"):
            answer = tenant.request("GET", address, 200)
            assert answer.content == content
            assert "\n" not in answer.headers["content-disposition"]


# --- how they are served ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("range,status,begin,end", [
    ("bytes=0-9", 206, 0, 10), ("bytes=990-", 206, 990, 1000), ("bytes=-5", 206, 995, 1000), ("bytes=0-0", 206, 0, 1),
    ("bytes=999-5000", 206, 999, 1000), ("bytes=-5000", 206, 0, 1000), ("bytes=0-", 206, 0, 1000),
    ("bytes=1000-", 416, 0, 0), ("bytes=5000-6000", 416, 0, 0), ("bytes=-0", 416, 0, 0),
    ("bytes=9-3", 200, 0, 1000), ("bytes=a-b", 200, 0, 1000), ("lines=1-2", 200, 0, 1000), ("bytes=0-1,5-6", 200, 0, 1000),
    ("bytes=99999999999999999999-", 200, 0, 1000), ("bytes=", 200, 0, 1000),
])
def test_ranges(tenant, boot, range, status, begin, end):
    asset, content = boot
    for address in (asset["url"], f"/assets/{asset['id']}/download"):
        answer = tenant.request("GET", address, status, headers={"Range": range})
        assert answer.headers.get("accept-ranges") == "bytes"
        if status == 416:
            assert answer.headers["content-range"] == "bytes */1000" and answer.content == b""
        else:
            assert answer.content == content[begin:end] and int(answer.headers["content-length"]) == end - begin
        if status == 206:
            assert answer.headers["content-range"] == f"bytes {begin}-{end - 1}/1000"


def test_a_range_of_what_has_changed_is_the_whole(tenant, boot):
    asset, content = boot
    tag = tenant.request("GET", asset["url"], 200).headers["etag"]
    part = {"Range": "bytes=0-3"}
    assert tenant.request("GET", asset["url"], 206, headers=part | {"If-Range": tag}).content == content[:4]
    assert tenant.request("GET", asset["url"], 200, headers=part | {"If-Range": '"other"'}).content == content


def test_who_has_it_gets_304(tenant, boot):
    asset, _ = boot
    first = tenant.request("GET", asset["url"], 200)
    assert first.headers["etag"] == f'"{asset["sha256"]}"'
    for known in (first.headers["etag"], f'"x", {first.headers["etag"]}', "*"):
        again = tenant.request("GET", asset["url"], 304, headers={"If-None-Match": known})
        assert again.content == b"" and again.headers["etag"] == first.headers["etag"]
    tenant.request("PUT", f"/assets/{asset['id']}/file", 200, files={"file": ("x", b"other")})
    assert tenant.request("GET", asset["url"], 200, headers={"If-None-Match": first.headers["etag"]}).content == b"other"


def test_head_gives_the_headers_of_get(tenant, boot):
    asset, _ = boot
    head, get = (tenant.request(method, asset["url"], 200) for method in ("HEAD", "GET"))
    for name in ("etag", "content-type", "content-length", "content-disposition"):
        assert head.headers[name] == get.headers[name]
    assert head.content == b""


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize("content,file_name,shown", [
    (png(), "a.png", "inline"), (b"hello", "a.txt", "inline"),
    (SVG, "a.svg", "attachment"), (SVG, "a.png", "attachment"),
    (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a.html", "attachment"),
    (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "a.png", "attachment"),
    (b"%PDF-1.4\n", "a.pdf", "attachment"), (b"\0\1", "a.bin", "attachment"),
])
def test_what_could_run_in_our_name_is_never_shown_inline_d20(tenant, content, file_name, shown):
    """D-20: HTML and SVG were a way into the application's own origin."""
    asset = upload(tenant, "x", content, file_name)
    answer = tenant.request("GET", asset["url"], 200)
    assert answer.headers["content-disposition"].startswith(shown)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "private" in answer.headers["cache-control"]
    download = tenant.request("GET", f"/assets/{asset['id']}/download", 200)
    assert download.headers["content-disposition"].startswith("attachment")
    asked = tenant.request("GET", f"/assets/{asset['id']}/download?disposition=inline", 200)
    assert asked.headers["content-disposition"].startswith(shown)


def test_the_name_of_a_download_is_that_of_rfc_6266(tenant):
    asset = upload(tenant, 'Stuhl "grün" 漢', png(), "foto.png")
    disposition = tenant.request("GET", f"/assets/{asset['id']}/download", 200).headers["content-disposition"]
    assert disposition == ('attachment; filename="Stuhl _gr_n_ _.png"; '
                           "filename*=UTF-8''Stuhl%20%22gr%C3%BCn%22%20%E6%BC%A2.png")


def test_a_large_file_comes_back_as_it_was(service, tenant):
    content = bytes(range(256)) * 40_000  # 10 MB
    asset = upload(tenant, "large", content, "large.bin")
    assert asset["formattedSize"] == "9.77 MB"
    assert tenant.request("GET", f"/assets/{asset['id']}/download", 200).content == content
    [path] = files_of(service, content)
    assert path.read_bytes() == content and path.stat().st_mode & 0o007 == 0


def test_a_file_that_is_gone_from_the_disk_is_404_and_in_the_log(service, tenant):
    content = unique_png()
    asset = upload(tenant, "lost", content)
    for path in files_of(service, content):
        path.unlink()
    assert tenant.request("GET", asset["url"], 404).json()["code"] == "asset.file_missing"
    assert tenant.request("POST", "/assets/zip", 404, json={"assetIds": [asset["id"]]}).json()["code"] == "asset.file_missing"
    wait_until(lambda: [line for line in service.logs().splitlines() if "asset.file_missing" in line and asset["sha256"] in line], 30, "it in the log")


def test_a_lost_file_is_there_again_when_somebody_sends_it(service, tenant):
    content = unique_png()
    first = upload(tenant, "lost", content)
    for path in files_of(service, content):
        path.unlink()
    second = upload(tenant, "again", content)
    for asset in (first, second):
        assert tenant.request("GET", asset["url"], 200).content == content
    assert len(files_of(service, content)) == 1


# --- archives -----------------------------------------------------------------------------------------------------------

def test_a_selection_as_one_archive(tenant):
    group = make_group(tenant, "Photos")["id"]
    contents = [unique_png(), b"text " * 100_000, b"", bytes(range(256)) * 5000]
    assets = [upload(tenant, name, content, file_name, where) for content, (name, file_name, where) in zip(contents, [
        ("boot", "a.png", None), ("notes", "n.txt", None), ("../up", "x.png", None), ("boot", "b.png", group)])]
    answer = tenant.request("POST", "/assets/zip", 201, json={"assetIds": [a["id"] for a in assets] + [assets[0]["id"]]})
    assert answer.headers["content-type"] == "application/zip"
    assert 'filename="my-assets.zip"' in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    assert archive.namelist() == ["boot.png", "notes.txt", "_.._up.png", "boot (2).png"]
    assert [archive.read(name) for name in archive.namelist()] == contents
    assert len(answer.content) < sum(map(len, contents)), "texts are compressed"
    old = tenant.request("POST", "/assets/zip", 201, json={"files": [assets[0]["filePath"]]})
    assert zipfile.ZipFile(io.BytesIO(old.content)).read("boot.png") == contents[0]


@pytest.mark.parametrize("body,status", [({}, 400), ({"assetIds": []}, 400), ({"files": []}, 400), ({"assetIds": ["x"]}, 400),
                                         ({"assetIds": "1"}, 400), ({"assetIds": [999_999]}, 404), ({"other": 1}, 400),
                                         ({"assetIds": list(range(1, 1200))}, 400), ({"files": [7]}, 400)])
def test_a_wrong_archive(tenant, body, status):
    answer = tenant.request("POST", "/assets/zip", status, json=body).json()
    assert answer["statusCode"] == status


# --- the disk -----------------------------------------------------------------------------------------------------------

def test_a_full_disk_is_507_with_no_row_and_no_half_file(new_service):
    service = new_service()
    folder = service.folder / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], capture_output=True).returncode != 0:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        service._environment = {"PIXELPIM_ASSETS": str(folder)}
        service.start()
        service.run("user", "add", "a@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
        api = Api(service, log_in(service, "a@shop.example"))
        assert api.get("/health/ready")["disk"] == "low", "said, and no reason to be passed over"
        fits = upload(api, "fits", b"a" * 500_000)
        for _ in range(3):
            refused = upload(api, "large", b"b" * 5_000_000, expect=507)
            assert refused["code"] == "storage_full" and refused["remedy"]
        assert [asset["name"] for asset in api.get("/assets")["data"]] == ["fits"]
        assert [path.stat().st_size for path in files_below(folder)] == [500_000]
        assert api.request("PUT", f"/assets/{fits['id']}/file", 507, files={"file": ("x", b"c" * 3_000_000)})
        assert api.request("GET", fits["url"], 200).content == b"a" * 500_000
        assert upload(api, "small", b"d" * 1000)["size"] == 1000, "the server lives"
        service.stop()
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_memory_stays_flat_while_much_is_uploaded_at_once(service, tenant):
    """64 MB in 8 uploads at once. (The whole gigabyte of the issue: tests/endurance.)"""
    before, highest, done = service.memory(), 0, threading.Event()

    def watch():
        nonlocal highest
        while not done.wait(0.02):
            highest = max(highest, service.memory())

    watcher = threading.Thread(target=watch)
    watcher.start()
    threads = [threading.Thread(target=upload, args=(Api(service, tenant.token), f"big {i}", bytes([i]) * 8_000_000))
               for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    watcher.join()
    assert tenant.get("/assets")["pagination"]["total"] == 8
    assert highest - before < 32 * 1024, f"{highest - before} KB more for 64 MB"
    assert all(path.stat().st_size for path in stored_files(service).values() if path.name.startswith(sha256(bytes([1]) * 8_000_000)))


# --- by address ---------------------------------------------------------------------------------------------------------

class Site(http.server.BaseHTTPRequestHandler):
    """Another site, on this machine. What was asked of it is in `asked`."""
    asked: list = []
    files: dict = {}

    def do_GET(self):
        self.asked.append(self.path)
        answer = self.files.get(self.path.partition("?")[0], (404, {}, b"not here"))
        status, headers, content = answer(self) if callable(answer) else answer
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if content is not None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def fetch(api, url: str, expect: int, **more) -> dict:
    return api.request("POST", "/assets/upload-url", expect, json={"url": url} | more).json()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433", "0x7f000001", "0177.0.0.1",
                                  "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "192.168.0.1", "[fe80::1]", "[fc00::1]"])
def test_nothing_is_fetched_from_the_inside_d23(tenant, host):
    """D-23: whatever form the address has. Nobody is even asked."""
    refused = fetch(tenant, f"http://{host}/latest/meta-data", 400)
    assert refused["code"] in ("asset.url_refused", "asset.url_failed"), refused
    assert "not public" in refused["message"] or "not known" in refused["message"] or "valid address" in refused["message"]
    assert tenant.get("/assets")["pagination"]["total"] == 0


def test_what_else_is_not_fetched_d23(tenant, site):
    """D-23: other ports, other schemes, names that lead inside."""
    port = site.server_address[1]
    before = len(Site.asked)
    for url, why in [(f"http://127.0.0.1:{port}/x", "ports 80 and 443"), ("http://127.0.0.1:22/", "ports 80 and 443"),
                     ("file:///etc/passwd", "http and https"), ("ftp://ftp.example/x", "http and https"),
                     ("gopher://127.0.0.1:80/x", "http and https"), ("http://user:pass@shop.example/x", "valid address"),
                     ("nothing", "valid address"), ("http://", "valid address"), ("http://no-such-host.invalid/x.png", "not known")]:
        assert why in fetch(tenant, url, 400)["message"], url
    assert len(Site.asked) == before
    for body in ({}, {"url": ""}, {"url": 7}, {"url": "http://a.example", "x": 1}):
        tenant.request("POST", "/assets/upload-url", 400, json=body)


@pytest.fixture(scope="module")
def fetching(site):
    """A service that may fetch from the site, and from nowhere else inside."""
    service = Service()
    service.state.mkdir()
    (service.state / "pixelpim.toml").write_text(
        f'fetch_allowed_hosts = "127.0.0.1:{site.server_address[1]}"\nasset_bytes_max = 100000\n')
    try:
        service.start()
        service.run("user", "add", "a@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
        yield Api(service, log_in(service, "a@shop.example"))
    finally:
        service.remove()


def test_a_file_of_an_allowed_host_becomes_an_asset(fetching, site):
    """D-23: each address that it is redirected to is looked at, too."""
    root = f"http://127.0.0.1:{site.server_address[1]}"
    content = unique_png()
    Site.files |= {"/a/red%20boot.png": (200, {"Content-Type": "text/html"}, content),
                   "/moved": (302, {"Location": "/a/red%20boot.png"}, b""),
                   "/large": (200, {}, b"x" * 100_001), 
                   "/circle": (302, {"Location": "/circle"}, b""),
                   "/inside": (302, {"Location": "http://169.254.169.254/latest/meta-data"}, b""),
                   "/port": (302, {"Location": "http://127.0.0.1:1/x"}, b""),
                   "/scheme": (302, {"Location": "file:///etc/passwd"}, b""),
                   "/broken": (500, {}, b"secret words of the inside")}
    group = make_group(fetching, "fetched")["id"]
    made = fetch(fetching, f"{root}/a/red%20boot.png?x=1", 201, assetGroupId=group)
    assert (made["name"], made["mimeType"], made["sha256"]) == ("red boot", "image/png", sha256(content))
    assert made["assetGroupId"] == group and made["image"]
    assert fetch(fetching, f"{root}/moved", 201, name="by another way")["sha256"] == sha256(content)
    assert fetch(fetching, f"{root}/moved", 409, name="by another way")["code"] == "asset.name_taken"
    assert fetch(fetching, f"{root}/moved", 404, name="x", assetGroupId=999_999)["message"] == "Asset group not found"
    assert fetch(fetching, f"{root}/large", 413)["message"] == "File too large"
    for path, why in (("inside", "not public"), ("port", "ports 80 and 443"), ("scheme", "http and https"),
                      ("circle", "more than 5 times"), ("broken", "status 500"), ("nothing", "status 404")):
        refused = fetch(fetching, f"{root}/{path}", 400)
        assert why in refused["message"] and "secret" not in json.dumps(refused)
    assert [a["name"] for a in fetching.get("/assets")["data"]] == ["by another way"]
    assert list((fetching.service.state / "assets/incoming").iterdir()) == []
