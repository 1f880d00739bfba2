"""What is measured: a state folder with a running PostgreSQL, databases in it, and a server on each that is asked for."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

import catalogue
from processes import Children

EMAIL, PASSWORD = "bench@example.com", "a password for the bench"
READY_SECONDS = 60


def say(text: str) -> None:
    import sys
    print(text, file=sys.stderr, flush=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Installation:
    """PostgreSQL with the loaded database."""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path, products: int, log_level: str):
        self.program, self.folder, self.state, self.products = program, folder, folder / "state", products
        # Nothing of the caller's settings changes what is measured.
        self.environment = {key: os.environ[key] for key in ("PATH", "HOME", "TMPDIR") if key in os.environ}
        self.environment |= {"PIXELPIM_STATE": str(self.state), "LOG_LEVEL": log_level, "LC_ALL": "C.UTF-8"}
        self.children = Children()
        self.servers: dict[str, Server] = {}
        self.load_seconds: float | None = None

    def run(self, *words: str, stdin: str = "", environment: dict | None = None) -> str:
        return self.children.run([str(self.program), *words], environment or self.environment, stdin)

    def sql(self, statement: str, database: str = "pixelpim") -> str:
        """By psql, whose output it gives; each statement commits by itself."""
        return self.children.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url_of(database)], self.environment,
                                 statement).strip()

    def url_of(self, database: str) -> str:
        return re.sub(r"^(postgres\w*://[^/]*/)[^?]*", rf"\g<1>{database}", self.url)

    def load(self) -> None:
        say("Starting the database")
        self.run("db", "start")
        self.run("migrate", "deploy")
        self.url = self.run("db", "url").strip()
        self.postmaster = int((self.state / "postgres/postmaster.pid").read_text().split()[0])
        if self.sql(f"""SELECT count(*) FROM "User" WHERE "email" = '{EMAIL}'""") == "0":
            self.run("user", "add", EMAIL, "--password-stdin", stdin=PASSWORD + "\n")
        if self.sql('SELECT count(*) FROM "Product"') == "0":
            table = self.folder / "products.csv"
            catalogue.write(table, self.products)
            say(f"Loading {self.products:,} products")
            begin = time.monotonic()
            self.run("import", str(table), "--user", EMAIL, "--json")
            self.load_seconds = time.monotonic() - begin
            table.unlink()
            self.sql("VACUUM ANALYZE;\nCHECKPOINT;")
        self.clean()

    def clean(self, database: str = "pixelpim") -> None:
        """Takes away what cases made (the loaded catalogue has no files), and brings back what they deleted: each finds the catalogue as it was loaded."""
        self.sql("""UPDATE "Product" SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
                     WHERE "isDeleted" AND "sku" LIKE 'SKU-%';
                    DELETE FROM "Product" WHERE "sku" LIKE ANY (ARRAY['NEW-%', 'REF-%', 'BULK-%']);
                    DELETE FROM "Asset";
                    VACUUM ANALYZE "Product", "ProductAttribute", "ListTotal";\nCHECKPOINT;""", database)

    def copy(self, database: str, living: int, trashed: int, values: int = 2) -> None:
        """Another database of the same cluster: the loaded one's products, and so many more, which have so many values. Kept where it
        is there."""
        if self.sql(f"SELECT count(*) FROM pg_database WHERE datname = '{database}'") != "0":
            return
        say(f"Making the database {database}")
        if template := self.servers.get("pixelpim"):  # a database that is in use can't be copied
            template.stop()
        self.sql(f"DROP DATABASE IF EXISTS {database}_made; CREATE DATABASE {database}_made TEMPLATE pixelpim")
        tenant = int(self.sql(f"""SELECT "id" FROM "User" WHERE "email" = '{EMAIL}'"""))
        first = int(self.sql('SELECT min("id") FROM "Product"'))
        for statement in catalogue.growth(tenant, first, living, trashed, values):
            self.sql(statement, f"{database}_made")
        self.sql("VACUUM ANALYZE;\nCHECKPOINT;", f"{database}_made")
        self.sql(f"ALTER DATABASE {database}_made RENAME TO {database}")
        if template:
            template.start()

    def serve(self, database: str = "pixelpim") -> "Server":
        """The server on that database; started when it is first asked for."""
        if database not in self.servers:
            self.servers[database] = Server(self, database)
            self.servers[database].start()
        return self.servers[database]

    def stop_server(self, database: str) -> None:
        if server := self.servers.pop(database, None):
            server.stop()

    def statement(self, name: str) -> str:
        """The program's own SQL, in one line: pgbench takes a backslash command to end at a line's end only."""
        text = self.run("client", "statements", name)
        return " ".join(line.strip() for line in re.sub(r"--.*", "", text).splitlines()).strip().rstrip(";")

    def stop(self) -> None:
        self.children.stop()
        if (self.state / "postgres").exists():
            subprocess.run([str(self.program), "db", "stop"], env=self.environment, capture_output=True,
                           start_new_session=True)


class Server:
    """`pixelpim serve` on one database, with a token of its owner's."""

    def __init__(self, installation: Installation, database: str):
        self.installation, self.database, self.port = installation, database, free_port()
        self.output = installation.folder / f"server-{database}.txt"
        self.state = installation.folder / f"state-{database}"
        self.environment = installation.environment
        if database != "pixelpim":
            self.environment = self.environment | {"PIXELPIM_STATE": str(self.state),
                                                   "DATABASE_URL": installation.url_of(database)}
            installation.run("migrate", "deploy", environment=self.environment)  # a kept copy may be of an older version

    def start(self) -> float:
        """Seconds until it says that it is ready."""
        begin = time.monotonic()
        with self.output.open("w") as output:
            self.process = self.installation.children.start(
                [str(self.installation.program), "serve", "--listen", "127.0.0.1", "--port", str(self.port)],
                env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        while not self._is_ready():
            if self.process.poll() is not None:
                raise SystemExit(f"bench: the server did not start: {self.output.read_text().strip()}")
            if time.monotonic() - begin > READY_SECONDS:
                raise SystemExit(f"bench: the server is not ready after {READY_SECONDS} s")
            time.sleep(0.005)
        seconds = time.monotonic() - begin
        self.token = self.installation.run("token", EMAIL, environment=self.environment).strip()
        self._look_around()
        return seconds

    def _is_ready(self) -> bool:
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/ready", timeout=1).close()
            return True
        return False

    def _look_around(self) -> None:
        """What the cases ask for: the tenant, its living products with values, its families."""
        first = f'''SELECT u."id", min(p."id"), max(p."id"), count(*), count(*) FILTER (WHERE p."parentProductId" IS NULL)
            FROM "User" u JOIN live."Product" p ON p."userId" = u."id" WHERE u."email" = '{EMAIL}' AND p."sku" LIKE 'SKU-%'
            GROUP BY 1'''
        self.tenant, self.first, self.last, count, self.listed = map(int, self.sql(first).split("|"))
        if self.last - self.first + 1 != count:
            raise SystemExit(f"bench: the database {self.database} has {count:,} products with ids from {self.first} to "
                             f"{self.last}; they are expected in a row. Use another --keep folder.")

    def sql(self, statement: str) -> str:
        return self.installation.sql(statement, self.database)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: dict | None = None, timeout: float = 900) -> dict:
        request = urllib.request.Request(self.url + path, method=method, data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"bench: {method} {path} is answered {error.code}: {error.read()[:500]!r}") from None

    def stop(self) -> None:
        self.installation.children.end(self.process)
        if self.state.exists():
            shutil.rmtree(self.state, ignore_errors=True)
