"""The program as an operator has it: a binary, a state folder, a port, signals.

Nothing in here knows what is inside the program. Used by tests/e2e and by tests/endurance.
"""

import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import httpx
import psycopg

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("PIXELPIM_PROGRAM", REPOSITORY / "build/dev/pixelpim")).resolve()

START_SECONDS = 180
STOP_SECONDS = 60

# From 32768 on, any connection may be given one: between its choice and its use, or while a service is down.
_ports = random.sample(range(10_000, 32_768), 20_000)


def free_port() -> int:
    """A port that nobody listens on, and that the system gives nobody by itself."""
    while True:
        port = _ports.pop()
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass


def files_below(folder: pathlib.Path) -> list[pathlib.Path]:
    """All files below a folder, while others come and go: what is removed meanwhile may be left out (rglob() would fail)."""
    found = [pathlib.Path(place) / name for place, _, names in os.walk(folder) for name in names]
    return [path for path in found if path.is_file()]


def wait_until(condition, seconds: float, what: str, pause: float = 0.05):
    """The first true value of `condition()`; fails with `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        time.sleep(pause)


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be collected does not."""
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


class Service:
    """One installation of PixelPim: its state folder, and its server while that runs."""

    template: pathlib.Path | None = None  # the state folder that a first `start` begins with a copy of, where that is not what is tested

    def __init__(self, folder: pathlib.Path | None = None, environment: dict | None = None):
        # PostgreSQL runs as an unprivileged user, who must get through every parent of the state folder.
        self.folder = folder or pathlib.Path(tempfile.mkdtemp(prefix="pixelpim-e2e-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.state = self.folder / "state"
        self.port = free_port()
        self.process: subprocess.Popen | None = None
        self.output_path = self.folder / "output.txt"
        self._environment = environment or {}
        self._database_url: str | None = None

    # --- running commands -------------------------------------------------------------------------------

    @property
    def environment(self) -> dict:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "DATABASE_URL", "PIXELPIM_"))}
        return inherited | {"PIXELPIM_STATE": str(self.state)} | self._environment

    def run(self, *arguments: str, stdin: str = "", check: bool = True, timeout: float = 120):
        """Runs `pixelpim ARGUMENTS` to its end."""
        done = subprocess.run([str(PROGRAM), *map(str, arguments)], input=stdin, env=self.environment,
                              capture_output=True, text=True, timeout=timeout)
        if check:
            assert done.returncode == 0, f"pixelpim {arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def spawn(self, port: int | None = None, under: tuple[str, ...] = ()) -> subprocess.Popen:
        """Starts `pixelpim up`, by the program `under` where one is given, and does not wait for anything."""
        output = self.output_path.open("ab")
        return subprocess.Popen([*under, str(PROGRAM), "up", "--port", str(port or self.port)], env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=output, stderr=output)

    # --- the server's life ------------------------------------------------------------------------------

    def start(self) -> "Service":
        assert PROGRAM.exists(), f"{PROGRAM} is missing: cmake --preset dev && cmake --build --preset dev"
        if self.template and not self.state.exists() and "DATABASE_URL" not in self.environment:
            subprocess.run(["cp", "-a", self.template, self.state], check=True)
        self.process = self.spawn()
        self.wait_ready()
        return self

    def wait_ready(self, seconds: float = START_SECONDS):
        def ready():
            assert self.process.poll() is None, f"pixelpim up ended: {self.process.returncode}\n{self.output()}"
            try:
                return httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False, verify=False).status_code == 200
            except httpx.TransportError:
                return False

        wait_until(ready, seconds, f"GET {self.url}/health/ready to answer 200\n{self.output()}")

    def stop(self) -> int:
        """SIGTERM, as a service manager does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the server did not stop in {STOP_SECONDS} s\n{self.output()}") from None

    def kill(self) -> int:
        """kill -9 of the server alone; the pid that is gone."""
        self.process.kill()
        self.process.wait()
        assert not alive(self.process.pid)
        return self.process.pid

    def remove(self):
        """Ends whatever still runs from this state folder, and takes the folder away."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.postgres_pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_until(lambda: not self.postgres_pids(), 30, "PostgreSQL's processes to be gone")
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what can be seen from outside ------------------------------------------------------------------

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        if self._database_url is None:
            self._database_url = self.run("db", "url").stdout.strip()
        return self._database_url

    def connect(self) -> psycopg.Connection:
        """A connection of an operator's to the database; each statement commits by itself."""
        return psycopg.connect(self.database_url, autocommit=True, options="-c TimeZone=UTC")

    def client(self, token: str | None = None, **more) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Not to verify what is no TLS saves reading all certificates for each client.
        return httpx.Client(base_url=self.url, headers=headers, timeout=120, trust_env=False, verify=False, **more)

    def output(self) -> str:
        return self.output_path.read_text(errors="replace")[-4000:] if self.output_path.exists() else ""

    def logs(self) -> str:
        """The log that the program keeps: whole JSON lines. The end of the last one may not be in its file yet."""
        texts = [path.read_text(errors="replace") for path in sorted((self.state / "logs").glob("pixelpim*"))]
        return "".join(text[:text.rfind("\n") + 1] for text in texts)

    def memory(self, field: str = "VmRSS") -> int:
        """KiB that the server's process has (VmRSS), or had at most (VmHWM)."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(rf"^{field}:\s+(\d+)", status, re.MULTILINE)[1])

    def forget_most_memory(self):
        """VmHWM begins anew."""
        pathlib.Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def postgres_pids(self) -> list[int]:
        """PostgreSQL's processes of this state folder: each of them works in the data folder."""
        pids = []
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                folder = pathlib.Path(os.readlink(entry / "cwd"))
                name = (entry / "comm").read_text().strip()
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
            if name == "postgres" and folder.is_relative_to(self.state) and alive(int(entry.name)):
                pids.append(int(entry.name))
        return sorted(pids)

    def kill_postgres(self) -> list[int]:
        """kill -9 of the postmaster and all its children at once, as when the machine runs out of memory."""
        pids = self.postgres_pids()
        assert pids, "there was no PostgreSQL to kill"
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it was a child that its killed neighbour took along
        wait_until(lambda: not any(alive(pid) for pid in pids), 30, f"{pids} to be gone")
        return pids
