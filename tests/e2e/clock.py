"""A database whose clock is where a test wants it, and servers on it: the program has no clock of its own to set.

PostgreSQL runs below Debian's libfaketime, which reads from a file how far its clock is from the real one.
"""

import datetime
import pathlib
import signal
import subprocess

import psycopg
import pytest

from service import PROGRAM, STOP_SECONDS, Service, free_port, wait_until

LIBRARY = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)


class FakedClock:
    """A cluster with a clock that can be set, and `pixelpim serve` on it, as often as is wanted."""

    def __init__(self, at: str | None = None):
        if not LIBRARY.exists():
            pytest.skip(f"{LIBRARY} is missing (the package faketime)")
        self.cluster = Service()
        self.file = self.cluster.folder / "clock"
        self.set(at)
        self.cluster._environment = {"LD_PRELOAD": str(LIBRARY), "FAKETIME_TIMESTAMP_FILE": str(self.file), "FAKETIME_NO_CACHE": "1",
                                     "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        self.cluster.run("db", "start")
        self.cluster._environment = {}
        self.url = self.cluster.database_url
        with self.connect() as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        self.program().run("migrate", "deploy")
        self.servers: list[Server] = []

    def set(self, at: str | None):
        """The database's clock is there now, and goes on from there; None: it is right."""
        offset = (utc(at) - datetime.datetime.now(datetime.timezone.utc)).total_seconds() if at else 0
        new = self.file.with_suffix(".new")
        new.write_text(f"{offset:+.0f}\n")
        new.chmod(0o644)
        new.rename(self.file)  # whoever reads it reads a whole one

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=True, options="-c TimeZone=UTC")

    def fetch(self, query: str, *values) -> list[tuple]:
        with self.connect() as connection:
            return connection.execute(query, values or None).fetchall()

    def program(self, **environment) -> Service:
        """The program on this database, with a state folder of its own."""
        return Service(environment={"DATABASE_URL": self.url} | environment)

    def serve(self, **environment) -> "Server":
        self.servers.append(Server(self.program(**environment)))
        return self.servers[-1]

    def remove(self):
        for server in self.servers:
            server.remove()
        self.cluster.remove()


class Server:
    def __init__(self, program: Service):
        self.program = program
        self.program.process = subprocess.Popen([str(PROGRAM), "serve", "--port", str(program.port), "--listen", "127.0.0.1"],
                                                env=program.environment, stdin=subprocess.DEVNULL,
                                                stdout=program.output_path.open("ab"), stderr=subprocess.STDOUT)
        self.program.wait_ready()

    def kill(self):
        self.program.kill()

    def stop(self):
        self.program.process.send_signal(signal.SIGTERM)
        assert self.program.process.wait(STOP_SECONDS) == 0, self.program.output()

    def remove(self):
        self.program.remove()


__all__ = ["FakedClock", "Server", "free_port", "wait_until"]
