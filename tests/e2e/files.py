"""Files for tests of assets: made here, byte by byte, and sent as a browser's form does."""

import hashlib
import itertools
import pathlib
import struct
import zlib

from service import files_below
from tenants import Api

_numbers = itertools.count(1)


def png(width: int = 2, height: int = 2, colour: tuple = (200, 30, 30)) -> bytes:
    """A picture of one colour."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + bytes(colour) * width
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b""))


def unique_png() -> bytes:
    """A picture that no other test has."""
    number = next(_numbers)
    return png(3, 3, (number % 256, number // 256 % 256, 77)) + b"unique %d" % number


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def upload(api: Api, name: str, content: bytes | None = None, file_name: str | None = None, group: int | None = None,
           expect: int = 201, **headers) -> dict:
    """POST /assets/upload of one file; what it answers."""
    content = unique_png() if content is None else content
    fields = {"name": name} | ({"assetGroupId": str(group)} if group is not None else {})
    return api.request("POST", "/assets/upload", expect, data=fields,
                       files={"file": (file_name or f"{name}.png", content)}, headers=headers).json()


def make_group(api: Api, name: str, parent: int | None = None, expect: int = 201) -> dict:
    body = {"groupName": name} | ({"parentGroupId": parent} if parent is not None else {})
    return api.request("POST", "/asset-groups", expect, json=body).json()


def stored_files(service) -> dict[str, pathlib.Path]:
    """The files that the service keeps, by their key."""
    folder = service.state / "assets"
    return {path.name: path for path in files_below(folder) if path.parent.name != "incoming" and "thumbnails" not in path.parts}


def files_of(service, content: bytes) -> list[pathlib.Path]:
    """Those with these bytes; there is never more than one for long."""
    return [path for key, path in stored_files(service).items() if key.startswith(sha256(content))]
