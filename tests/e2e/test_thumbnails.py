"""Thumbnails: made in the background, each image by a process that may do little; what is hostile is refused and costs nothing."""

import re
import struct
import time
import zlib

import pytest

from files import png, unique_png, upload
from service import files_below, wait_until

SIZES = (150, 300, 800)


def wait_for_thumbnails(tenant, asset: int) -> dict:
    def done():
        found = tenant.get(f"/assets/{asset}")
        return found if found["thumbnailState"] in ("ready", "refused") else None
    return wait_until(done, 60, f"the thumbnails of {asset}")


def webp_size(content: bytes) -> tuple[int, int]:
    """Width and height of a WebP image."""
    assert content[:4] == b"RIFF" and content[8:12] == b"WEBP", content[:16]
    kind = content[12:16]
    if kind == b"VP8X":
        return (int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1)
    if kind == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return (int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def test_several_sizes_as_webp_in_the_right_shape(service, tenant):
    asset = upload(tenant, "wide", png(1000, 500))
    assert asset["thumbnailState"] in ("waiting", "ready") and asset["thumbnailPath"].endswith("_thumb.webp")
    found = wait_for_thumbnails(tenant, asset["id"])
    assert (found["thumbnailState"], found["width"], found["height"]) == ("ready", 1000, 500)
    assert set(found["thumbnails"]) == {"150", "300", "800"}
    with service.client() as client:
        for size in SIZES:
            answer = client.get(found["thumbnails"][str(size)])
            assert answer.status_code == 200 and answer.headers["content-type"] == "image/webp"
            assert webp_size(answer.content) == (size, size // 2)
            known = client.get(found["thumbnails"][str(size)], headers={"If-None-Match": answer.headers["etag"]})
            assert known.status_code == 304
        # As an old client asks for it, without a size.
        assert webp_size(client.get(asset["image"]["thumbnail"]).content) == (300, 150)
        assert client.get(found["thumbnails"]["300"].replace("size=300", "size=5000")).status_code == 400
        assert client.get(found["thumbnailPath"]).status_code == 401


def test_a_small_image_is_never_made_larger(tenant):
    found = wait_for_thumbnails(tenant, upload(tenant, "small", png(40, 20))["id"])
    for size in SIZES:
        assert webp_size(tenant.request("GET", found["thumbnails"][str(size)], 200).content) == (40, 20)


def jpeg_turned(orientation: int) -> bytes:
    """A photo of 16 x 8 pixels that says how it is to be turned. (The picture itself is plain grey.)"""
    photo = bytes.fromhex(
        "ffd8ffdb004300" + "10" * 64 + "ffc0000b080008001001011100ffc4001400010000000000000000000000000000000008"
        "ffc4001410010000000000000000000000000000000000ffda0008010100003f0047ffd9")
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<HH", orientation, 0) + b"\0\0\0\0"
    exif = b"Exif\0\0" + tiff
    return photo[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + photo[2:]


@pytest.mark.parametrize("orientation,shape", [(1, (16, 8)), (3, (16, 8)), (6, (8, 16)), (8, (8, 16))])
def test_a_photo_is_turned_as_it_says(tenant, orientation, shape):
    found = wait_for_thumbnails(tenant, upload(tenant, "photo", jpeg_turned(orientation), "p.jpg")["id"])
    assert found["thumbnailState"] == "ready", found.get("thumbnailTrouble")
    assert (found["width"], found["height"]) == shape
    assert webp_size(tenant.request("GET", found["thumbnails"]["150"], 200).content) == shape


def test_a_placeholder_meanwhile(service, tenant):
    asset = upload(tenant, "later", unique_png())
    tenant.database.execute("""UPDATE "StoredContent" SET thumbnails = 'waiting', "nextTryAt" = now() + interval '1 hour'
                                WHERE hash = %s""", (asset["sha256"],))
    answer = tenant.request("GET", asset["image"]["thumbnail"], 200)
    assert answer.headers["content-type"] == "image/svg+xml" and answer.headers["cache-control"] == "no-store"


def bomb() -> bytes:
    """60,000 x 60,000 pixels in a few kilobytes: 10 GB when it is decoded."""
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(b"\0" * 3_000_000)) + chunk(b"IEND", b""))


@pytest.mark.parametrize("name,content,why", [
    ("bomb", bomb(), "60000 x 60000 pixels"),
    ("head only", png(9, 9)[:33], "can't be decoded"),
    ("gif that is HTML", b"GIF89a/*" + b"<script>alert(1)</script>*/=1;" * 10, "can't be decoded"),
    ("jpeg that is PHP", b"\xff\xd8\xff\xe0\0\x10JFIF\0<?php system($_GET[0]); ?>" + b"x" * 100, "can't be decoded"),
    ("webp of nothing", b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 24, "can't be decoded|is none"),
], ids=lambda value: value if isinstance(value, str) and "'" not in value else "")
def test_what_is_broken_or_hostile_is_refused_clearly(service, tenant, name, content, why):
    asset = upload(tenant, name, content, f"{name}.png")
    if asset["thumbnailState"] == "none":
        assert asset["thumbnailPath"] is None  # it was not taken for an image at all
    else:
        found = wait_for_thumbnails(tenant, asset["id"])
        assert found["thumbnailState"] == "refused" and re.search(why, found["thumbnailTrouble"]), found
        assert found["thumbnailPath"] is None and found["thumbnails"] is None
    # The file itself is kept as it is, and given back as it was.
    assert tenant.request("GET", f"/assets/{asset['id']}/download", 200).content == content
    assert tenant.request("GET", "/health/ready", 200).status_code == 200


def test_bombs_cost_the_server_no_memory(service, tenant):
    before, started = service.memory("VmHWM"), time.monotonic()
    for i in range(5):
        wait_for_thumbnails(tenant, upload(tenant, f"bomb {i}", bomb() + bytes([i]))["id"])
    assert service.memory("VmHWM") - before < 30_000, "KB"
    assert time.monotonic() - started < 120


def test_a_refused_image_that_is_replaced_has_thumbnails_again(tenant):
    asset = upload(tenant, "broken", unique_png()[:40], "a.png")
    wait_for_thumbnails(tenant, asset["id"])
    replaced = tenant.request("PUT", f"/assets/{asset['id']}/file", 200, files={"file": ("a.png", png(70, 70, (5, 6, 7)))}).json()
    assert replaced["thumbnailPath"]
    assert wait_for_thumbnails(tenant, asset["id"])["thumbnailState"] == "ready"


def test_thumbnails_go_with_their_file(service, tenant):
    asset = upload(tenant, "gone", unique_png())
    wait_for_thumbnails(tenant, asset["id"])

    def thumbnails():
        return [path for path in files_below(service.state / "assets/thumbnails") if path.suffix == ".webp" and asset["sha256"] in path.name]
    assert len(thumbnails()) == 3
    tenant.request("DELETE", f"/assets/{asset['id']}", 200)
    tenant.request("DELETE", f"/assets/{asset['id']}/permanent", 200)
    wait_until(lambda: not thumbnails(), 30, "the thumbnails to be removed")


def test_photos(service, tenant, samples):
    """Real photos: hashes before and after, and thumbnails of each."""
    photos = sorted((samples / "photos").glob("*.jpg"))[:6] if (samples / "photos").is_dir() else []
    if not photos:
        pytest.skip(f"no photos: {samples / 'photos'} is missing")
    made = [(photo.read_bytes(), upload(tenant, photo.stem, photo.read_bytes(), photo.name)) for photo in photos]
    for content, asset in made:
        found = wait_for_thumbnails(tenant, asset["id"])
        assert found["thumbnailState"] == "ready", found
        for size in SIZES:
            thumbnail = tenant.request("GET", found["thumbnails"][str(size)], 200).content
            assert max(webp_size(thumbnail)) == min(size, max(found["width"], found["height"]))
            assert len(thumbnail) < 200_000
        assert tenant.request("GET", found["url"], 200).content == content
