"""`pixelpim assets`: do rows and files agree, the files of an adopted installation; and what kill -9 leaves behind."""

import json
import os
import random
import threading
import time

import httpx
import pytest

from files import files_of, png, sha256, stored_files, unique_png, upload
from service import Service, wait_until
from tenants import NOW, PASSWORD, Api, log_in


def verified(service: Service, *arguments: str, code: int = 0) -> dict:
    done = service.run("assets", "verify", "--json", *arguments, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def own(request):
    """A service of its own, with an account: these tests break files."""
    service = Service()
    service.uploads = service.folder / "uploads"
    service.uploads.mkdir()
    service._environment = {"UPLOADS_FOLDER": str(service.uploads)}
    try:
        service.start()
        service.run("user", "add", "a@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
        api = Api(service, log_in(service, "a@shop.example"))
        api.id = api.get("/auth/profile")["id"]
        with service.connect() as api.database:
            yield api
    finally:
        service.remove()


def test_what_is_sound_is_called_so(own):
    for i in range(3):
        upload(own, f"sound {i}")
    report = verified(own.service)
    assert report["ok"] is True and report["contents"] >= 3 and report["missing"] == report["corrupt"] == []
    assert "Every asset has its file." in own.service.run("assets", "verify").stdout


def test_missing_and_damaged_files_are_named(own):
    gone, bad, cut = unique_png(), unique_png(), unique_png()
    ids = [upload(own, name, content)["id"] for name, content in (("gone", gone), ("bad", bad), ("cut", cut))]
    [gone_path], [bad_path], [cut_path] = (files_of(own.service, content) for content in (gone, bad, cut))
    gone_path.unlink()
    bad_path.write_bytes(bytes(len(bad)))
    cut_path.write_bytes(cut[:-1])
    report = verified(own.service, code=1)
    assert [m["assets"] for m in report["missing"]] == [str(ids[0])]
    assert sorted(m["assets"] for m in report["corrupt"]) == sorted(map(str, ids[1:]))
    quick = verified(own.service, "--quick", code=1)
    assert [m["assets"] for m in quick["corrupt"]] == [str(ids[2])], "sizes only"
    assert "Not every asset has its file." in own.service.run("assets", "verify", check=False).stdout
    for path, content in ((gone_path, gone), (bad_path, bad), (cut_path, cut)):
        path.write_bytes(content)
    assert verified(own.service)["ok"]


def test_files_without_a_row_are_moved_aside_and_never_deleted(own):
    content = unique_png()
    stray = own.service.state / "assets/ab/cd" / ("abcd" + "0" * 60 + "-0011")
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(content)
    assert verified(own.service)["strays"] == [], "it may be an upload that is under way"
    assert verified(own.service, "--older-than", "0")["strays"] == [str(stray)]
    assert stray.exists()
    report = verified(own.service, "--older-than", "0", "--quarantine")
    assert report["quarantined"] == 1 and not stray.exists()
    assert (own.service.state / "assets/quarantine" / stray.name).read_bytes() == content
    assert verified(own.service, "--older-than", "0")["strays"] == []


# --- the files of an adopted installation -------------------------------------------------------------------------------

def old_asset(own, path: str, content: bytes | None, mime_type: str = "image/png", name: str | None = None, size: int | None = None) -> int:
    """A row as the replaced service wrote it, and its file."""
    if content is not None:
        file = own.service.uploads / path.removeprefix("/uploads/").removeprefix(str(own.service.uploads) + "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return own.database.execute(
        f'''INSERT INTO "Asset"(name, "fileName", "filePath", "thumbnailPath", "mimeType", size, "userId", "updatedAt")
            VALUES (%s, %s, %s, %s, %s, %s, %s, {NOW}) RETURNING id''',
        (name or path, path.rsplit("/")[-1], path, None, mime_type, len(content or b"") if size is None else size, own.id)).fetchone()[0]


def test_adopted_files_are_served_from_where_they_are_and_taken_in(own):
    service, folder = own.service, "/uploads/1_alice_example_com"
    contents = [png(200, 100, (9, 9, 9)) + b"old", unique_png(), b"<html>x</html>"]
    boot = old_asset(own, f"{folder}/Photos/red boot_1795491445401.png", contents[0])
    absolute = old_asset(own, str(service.uploads / "absolute.png"), contents[1])
    liar = old_asset(own, f"{folder}/liar.png", contents[2], "image/png")
    missing = old_asset(own, f"{folder}/missing.png", None, size=7)
    shorter = old_asset(own, f"{folder}/shorter.png", unique_png(), size=99_999)
    cloud = old_asset(own, "https://res.cloud.example/image/upload/v1/a.png", None, size=5)
    outside = old_asset(own, "/uploads/../state/logs/pixelpim.log", None)

    # Before it: by the path that old clients know, with a token, and by the signed address.
    for asset, content in ((boot, contents[0]), (absolute, contents[1]), (liar, contents[2])):
        assert own.request("GET", f"/assets/{asset}/download", 200).content == content
    found = own.get(f"/assets/{boot}")
    assert found["filePath"] == f"{folder}/Photos/red boot_1795491445401.png" and found["sha256"] is None
    with service.client() as client:
        assert client.get(found["url"]).content == contents[0]
        assert client.get(found["filePath"]).status_code == 401
    assert own.request("GET", found["filePath"], 200).content == contents[0]
    assert own.request("GET", f"/assets/{cloud}/download", 302).headers["location"] == "https://res.cloud.example/image/upload/v1/a.png"
    assert own.get(f"/assets/{cloud}")["url"] == "https://res.cloud.example/image/upload/v1/a.png"
    for asset in (missing, outside):
        assert own.request("GET", f"/assets/{asset}/download", 404).json()["code"] == "asset.file_missing"
    before = verified(service, code=1)
    assert before["notTakenIn"] == 7 and sorted(before["notTakenInMissing"]) == sorted([missing, outside])

    done = service.run("assets", "adopt", "--json", check=False)
    report = json.loads(done.stdout)
    assert done.returncode == 1, "something is missing"
    assert report["takenIn"] == 4 and report["elsewhere"] == 1
    assert [line.split(":")[0] for line in report["missing"]] == [str(missing), str(outside)]
    assert [line.split(":")[0] for line in report["different"]] == [str(shorter)]

    # After it: hashed, with its true type and thumbnails, and still where it was.
    taken = own.get(f"/assets/{boot}")
    assert taken["sha256"] == sha256(contents[0]) and taken["filePath"] == found["filePath"]
    assert (service.uploads / "1_alice_example_com/Photos/red boot_1795491445401.png").exists()
    assert own.get(f"/assets/{liar}")["mimeType"] == "text/html"
    assert own.request("GET", f"/assets/{liar}/download?disposition=inline", 200).headers["content-disposition"].startswith("attachment")
    for asset, content in ((boot, contents[0]), (absolute, contents[1]), (liar, contents[2])):
        assert own.request("GET", f"/assets/{asset}/download", 200).content == content
    wait_until(lambda: own.get(f"/assets/{boot}")["thumbnailState"] == "ready", 60, "thumbnails of an adopted file")
    again = json.loads(service.run("assets", "adopt", "--json", check=False).stdout)
    assert again["takenIn"] == 0 and len(again["missing"]) == 2
    assert verified(service, code=1)["notTakenIn"] == 3

    # Its purge takes the file from there.
    own.request("DELETE", f"/assets/{boot}", 200)
    assert (service.uploads / "1_alice_example_com/Photos/red boot_1795491445401.png").exists()
    own.request("DELETE", f"/assets/{boot}/permanent", 200)
    wait_until(lambda: not (service.uploads / "1_alice_example_com/Photos/red boot_1795491445401.png").exists(), 30, "its file to go")
    own.database.execute('DELETE FROM "Asset" WHERE id = ANY (%s)', ([missing, outside, cloud],))


def test_adopt_without_a_folder_says_what_to_do(service):
    done = service.run("assets", "adopt", check=False)
    assert done.returncode == 1 and "uploads_folder" in done.stderr


# --- kill -9 --------------------------------------------------------------------------------------------------------------

def work(service: Service, token: str, seed: int, stop: threading.Event):
    """Uploads, replaces, deletes and purges, until the server is gone."""
    choose = random.Random(seed)
    known = []
    with service.client(token) as client:
        while not stop.is_set():
            content = b"content %d " % choose.randrange(40) * 2000
            try:
                kind = choose.random()
                if kind < 0.5 or not known:
                    made = client.post("/assets/upload", data={"name": f"{seed} {choose.random()}"}, files={"file": ("a.txt", content)})
                    if made.status_code == 201:
                        known.append(made.json()["id"])
                elif kind < 0.7:
                    client.put(f"/assets/{choose.choice(known)}/file", files={"file": ("b.txt", content)})
                else:
                    asset = known.pop(choose.randrange(len(known)))
                    client.delete(f"/assets/{asset}")
                    client.delete(f"/assets/{asset}/permanent")
            except httpx.TransportError:
                return


def kills(service: Service, times: int):
    """Kills the server at a random moment of work, `times` times; each time no row may be without its file."""
    service.start()
    service.run("user", "add", "k@shop.example", "--password-stdin", stdin=PASSWORD + "\n")
    token = log_in(service, "k@shop.example")
    for round in range(times):
        stop = threading.Event()
        threads = [threading.Thread(target=work, args=(service, token, round * 10 + i, stop)) for i in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(random.uniform(0.05, 0.6))
        service.kill()
        stop.set()
        for thread in threads:
            thread.join()
        report = verified(service)
        assert report["ok"] and report["missing"] == report["corrupt"] == [], report
        service.start()
    wait_until(lambda: service.connect().execute('SELECT count(*) FROM "FileRemoval"').fetchone()[0] == 0, 30, "removals to be done")
    report = verified(service, "--older-than", "0", "--quarantine")
    assert report["ok"] and report["contents"] == len(stored_files(service)) - report["quarantined"], report


def test_kill_9_leaves_no_row_without_its_file_acceptance_21(new_service):
    """acceptance 21. (PIXELPIM_KILLS=100 for the long run.)"""
    kills(new_service(), int(os.environ.get("PIXELPIM_KILLS", "4")))
