"""A store that speaks S3, for tests: s3rver from npm, with what tests/s3/server.js adds. Its objects are files in a folder."""

import fcntl
import pathlib
import shutil
import signal
import subprocess
import tempfile

import httpx

from files import sha256
from service import REPOSITORY, files_below, free_port, wait_until

SOURCE = REPOSITORY / "tests/s3"
MODULES = REPOSITORY / "build/s3"  # the packages, as the lock file names them
KEY = SECRET = "S3RVER"


def install():
    """What package-lock.json names, once; another run waits for it."""
    MODULES.mkdir(parents=True, exist_ok=True)
    wanted = (SOURCE / "package-lock.json").read_text()
    with (MODULES / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = MODULES / "installed.json"
        if done.exists() and done.read_text() == wanted:
            return
        for name in ("package.json", "package-lock.json"):
            shutil.copy(SOURCE / name, MODULES / name)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=MODULES, check=True, capture_output=True, timeout=300)
        done.write_text(wanted)


class S3:
    """The server; `bucket` is the folder of its only bucket, "files"."""

    def __init__(self):
        install()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pixelpim-s3-", dir="/tmp"))
        self.bucket = self.folder / "files"
        self.port = free_port()
        self.process = None
        self.start()

    def start(self):
        # (s3rver makes its continuation tokens with an old cipher.)
        self.process = subprocess.Popen(["node", "--openssl-legacy-provider", str(SOURCE / "server.js"), str(self.folder), str(self.port)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        wait_until(self.answers, 30, "the S3 server")

    def answers(self) -> bool:
        assert self.process.poll() is None, "the S3 server ended"
        try:
            return bool(self.control())
        except httpx.TransportError:
            return False

    def control(self, faults: list | None = None) -> dict:
        """Sets what goes wrong from now on; what was asked for since the last call."""
        address = f"{self.url}/-/faults"
        answer = httpx.get(address, trust_env=False) if faults is None else httpx.post(address, json=faults, trust_env=False)
        return answer.json()

    def stop(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def remove(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, **more) -> dict:
        """What a service needs to keep its files here."""
        return {"ASSETS_STORE": "s3", "S3_ENDPOINT": self.url, "S3_BUCKET": "files", "S3_PREFIX": "pim",
                "S3_ACCESS_KEY_ID": KEY, "S3_SECRET_ACCESS_KEY": SECRET} | more

    def objects(self) -> dict[str, pathlib.Path]:
        """The objects, by their names without the prefix."""
        end = "._S3rver_object"
        return {str(path.relative_to(self.bucket / "pim"))[:-len(end)]: path for path in files_below(self.bucket) if path.name.endswith(end)}

    def object_of(self, content: bytes) -> pathlib.Path | None:
        found = [path for name, path in self.objects().items()
                 if name.rpartition("/")[2].startswith(sha256(content)) and not name.startswith("thumbnails/")]
        assert len(found) <= 1
        return found[0] if found else None

    def uploads(self) -> list[pathlib.Path]:
        """Uploads in parts that are not ended."""
        return list((self.bucket / "._S3rver_uploads").glob("*"))
