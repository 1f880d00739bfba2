"""Databases of a test's own, empty at first, and what they look like inside."""

import atexit
import functools
import itertools
import pathlib
import subprocess

import psycopg

from service import REPOSITORY, Service

MIGRATIONS = sorted(path.parent for path in (REPOSITORY / "db/migrations").glob("*/migration.sql"))
TRASH = next(folder for folder in MIGRATIONS if folder.name.endswith("_trash"))

_numbers = itertools.count(1)


@functools.cache
def scratch_cluster() -> Service:
    """A cluster that all of them are in. It is killed at the end: it has nothing to keep, and never waits for a disk."""
    cluster = Service()
    atexit.register(cluster.remove)
    cluster.run("db", "start")
    with cluster.connect() as operator:
        operator.execute("ALTER SYSTEM SET fsync = off")
        operator.execute("SELECT pg_reload_conf()")
    return cluster


class Database:
    def __init__(self, like: "Database | None" = None):
        """Empty; or a copy of another one, to which nobody is connected."""
        cluster = scratch_cluster()
        assert cluster.database_url.startswith("postgresql:///pixelpim?")
        self.name = name = f"scratch_{next(_numbers)}"
        self.url = cluster.database_url.replace("/pixelpim?", f"/{name}?", 1)
        self.program = Service(cluster.folder, {"DATABASE_URL": self.url})
        with cluster.connect() as operator:
            operator.execute(f"CREATE DATABASE {name} TEMPLATE {like.name if like else 'template0'}")

    def run(self, *arguments, **more) -> subprocess.CompletedProcess:
        """The program with DATABASE_URL leading here."""
        return self.program.run(*arguments, **more)

    def connect(self, autocommit: bool = True) -> psycopg.Connection:
        return psycopg.connect(self.url, autocommit=autocommit, options="-c TimeZone=UTC")

    def fetch(self, query: str) -> list[tuple]:
        with self.connect() as connection:
            return connection.execute(query).fetchall()

    def script(self, text: str):
        """Several statements in one transaction: all of them or none."""
        with self.connect(autocommit=False) as connection:
            connection.execute(text)

    def up(self, migration: pathlib.Path):
        self.script((migration / "migration.sql").read_text())

    def down(self, migration: pathlib.Path):
        self.script((migration / "down.sql").read_text())

    def dump(self) -> list[str]:
        """The schema as pg_dump writes it, line by line, without comments and its session's own lines."""
        text = subprocess.run(["pg_dump", "--schema-only", "--no-owner", self.url], capture_output=True, text=True,
                              check=True).stdout
        return [line for line in text.splitlines() if line and not line.startswith(("--", "\\", "SET ", "SELECT pg_cat"))]
