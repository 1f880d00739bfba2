"""Acts that take seconds: import, export, bulk delete and restore, purge, start-up. Each is timed beside plain SQL for the same
rows in the same tables, in turn."""

import copy
import pathlib
import statistics
import time

import catalogue
from installation import Server, say
from processes import forget_peak_of, memory_of, memory_of_tree
from rates import spread

MARK = "BULK"  # in the names and SKUs of the products that come and go


class Timed:
    """Seconds, and the most memory of the server and of PostgreSQL meanwhile."""

    def __init__(self, server: Server):
        self.server = server

    def __enter__(self) -> "Timed":
        forget_peak_of(self.server.process.pid)
        self.begin = time.monotonic()
        return self

    def __exit__(self, *_) -> None:
        self.seconds = time.monotonic() - self.begin
        self.memory = memory_of(self.server.process.pid, "VmHWM")
        self.postgres_memory = memory_of_tree(self.server.installation.postmaster)


def curl(server: Server, *words: str) -> str:
    installation = server.installation
    return installation.children.run(["curl", "-sS", "--fail-with-body", "-H", f"Authorization: Bearer {server.token}", *words],
                                     installation.environment)


def columns_of(server: Server, table: str) -> str:
    return server.sql(f'''SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute
                           WHERE attrelid = '"{table}"'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = \'\'''')


def parts_of(server: Server) -> tuple[str, str]:
    """The rows of the products that come and go: themselves, and their values."""
    products = f'"userId" = {server.tenant} AND "sku" LIKE \'{MARK}-%\''
    return (f'SELECT {columns_of(server, "Product")} FROM "Product" WHERE {products} ORDER BY "id"',
            f'SELECT {columns_of(server, "ProductAttribute")} FROM "ProductAttribute" WHERE "productId" IN '
            f'(SELECT "id" FROM "Product" WHERE {products}) ORDER BY "id"')


def clear(server: Server) -> None:
    """Takes the products away that came, and what they left in the tables."""
    server.sql(f"""DELETE FROM "Product" WHERE "userId" = {server.tenant} AND "sku" LIKE '{MARK}-%';
                   VACUUM ANALYZE "Product", "ProductAttribute";\nCHECKPOINT;""")


def files_of(server: Server) -> tuple[pathlib.Path, pathlib.Path]:
    return server.installation.folder / "products.copy", server.installation.folder / "values.copy"


def copy_out(server: Server) -> None:
    lines = [f"\\copy ({part}) TO '{file}'" for part, file in zip(parts_of(server), files_of(server))]
    server.sql("\n".join(lines))


def copy_in(server: Server) -> None:
    tables = ("Product", "ProductAttribute")
    lines = [f"\\copy \"{table}\" ({columns_of(server, table)}) FROM '{file}'" for table, file in zip(tables, files_of(server))]
    server.sql("BEGIN;\n" + "\n".join(lines) + "\nCOMMIT;")


def import_products(server: Server, rows: int) -> None:
    table = server.installation.folder / "import.csv"
    if not table.exists():
        catalogue.write(table, rows, MARK, seed=2)
    curl(server, "-F", f"file=@{table}", f"{server.url}/products/import", "-o", "/dev/null")


def export_products(server: Server, rows: int) -> None:
    curl(server, f"{server.url}/products/export?search={MARK}&includeVariants=true", "-o", "/dev/null")


def is_running(server: Server, path: str) -> bool:
    found = server.ask("GET", path)
    return (found.get("bulk") or found.get("deletion"))["state"] == "running"


def follow(server: Server, answer: dict) -> None:
    while "follow" in answer and is_running(server, answer["follow"].removeprefix("GET ")):
        time.sleep(0.05)


def path_of(act: str) -> str:
    return f"/products/bulk-{act}?" + ("softDeleteVariants=true" if act == "delete" else "")


def preview(server: Server, act: str, body: dict) -> None:
    """Puts the token, without which so much is not done, into the body."""
    body["previewToken"] = server.ask("POST", path_of(act) + "&dryRun=true", body)["previewToken"]


def bulk(server: Server, act: str, body: dict) -> None:
    follow(server, server.ask("POST", path_of(act), body))


# What a bulk leaves in the tables, by one statement: the rows, and an event for each.
PLAIN = {
    "delete": """
        WITH deletion AS (
            INSERT INTO "Deletion" ("userId", "actorId", "kind", "itemCount", "requestId")
            VALUES ({tenant}, {tenant}, 'product', {rows}, 'bench') RETURNING "id", "createdAt"),
        changed AS (
            UPDATE "Product" p SET "isDeleted" = true, "deletedAt" = d."createdAt", "deletionId" = d."id" FROM deletion d
             WHERE p."userId" = {tenant} AND NOT p."isDeleted" AND p."sku" LIKE '{mark}-%'
            RETURNING p."id", p."name", p."sku", d."id" AS deletion)
        INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
        SELECT {tenant}, {tenant}, 'product.delete_in_bulk', 'product', c."id", c.deletion, 'bench',
               jsonb_build_object('name', c."name", 'sku', c."sku") FROM changed c""",
    "restore": """
        WITH gone AS MATERIALIZED (
            SELECT p."id", p."deletionId" FROM "Product" p WHERE p."userId" = {tenant} AND p."isDeleted" AND p."sku" LIKE '{mark}-%'),
        changed AS (
            UPDATE "Product" p SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL FROM gone g WHERE p."id" = g."id"
            RETURNING p."id", p."name", p."sku", g."deletionId")
        INSERT INTO "AuditEvent" ("userId", "actorId", "action", "entity", "entityId", "deletionId", "requestId", "detail")
        SELECT {tenant}, {tenant}, 'product.restore_in_bulk', 'product', c."id", c."deletionId", 'bench',
               jsonb_build_object('name', c."name", 'sku', c."sku") FROM changed c"""}


def plain_change(server: Server, act: str, rows: int) -> None:
    server.sql(PLAIN[act].format(tenant=server.tenant, rows=rows, mark=MARK))


def tidy(server: Server) -> None:
    server.sql('VACUUM "Product", "ProductAttribute";\nCHECKPOINT;')


def ready(server: Server, rows: int) -> None:
    if server.sql(f"""SELECT count(*) FROM live."Product" WHERE "sku" LIKE '{MARK}-%'""") != str(rows):
        clear(server)
        import_products(server, rows)
    tidy(server)


def result_of(what: str, target: float | None, taken: list[tuple[Timed, Timed]], rows: int) -> dict:
    ours, references = zip(*taken)
    return {"kind": "act", "what": what, "target": target, "rows": rows, "rounds": len(taken),
            "seconds": statistics.median(each.seconds for each in ours),
            "reference_seconds": statistics.median(each.seconds for each in references),
            "ratio": spread([reference.seconds / our.seconds for our, reference in taken]),
            "memory": max(each.memory for each in ours), "postgres_memory": max(each.postgres_memory for each in ours)}


def timed(server: Server, act, *arguments) -> Timed:
    tidy(server)
    with Timed(server) as time_:
        act(server, *arguments)
    return time_


def measure_transfer(server: Server, options) -> dict[str, dict]:
    """Import beside COPY FROM, export beside COPY TO."""
    server.ask("POST", "/trash/brake/release", {"minutes": 1440})
    imports, exports, rows = [], [], options.rows
    for number in range(options.act_rounds):
        clear(server)
        imported = timed(server, import_products, rows)
        exports.append((timed(server, export_products, rows), timed(server, copy_out)))
        clear(server)
        imports.append((imported, timed(server, copy_in)))
        say(f"  import {imported.seconds:.1f} s beside {imports[-1][1].seconds:.1f} s, export {exports[-1][0].seconds:.1f} s "
            f"beside {exports[-1][1].seconds:.1f} s")
    return {"import": result_of("`POST /products/import` of a CSV with ten values a product; beside COPY into the two tables, with "
                                "their indexes and triggers", 0.5, imports, rows),
            "export": result_of("`GET /products/export` as CSV; beside COPY of the same rows of the two tables", 0.5, exports, rows)}


def with_preview(act: Timed, preview: Timed) -> Timed:
    both = copy.copy(act)
    both.seconds += preview.seconds
    return both


def measure_bulk(server: Server, options) -> dict[str, dict]:
    """Plain SQL has no preview, which counts what would go: each act is there without its own, and with it."""
    server.ask("POST", "/trash/brake/release", {"minutes": 1440})
    ready(server, options.rows)
    previewed: dict[str, list] = {"delete": [], "restore": []}
    taken: dict[str, list] = {"delete": [], "restore": []}
    for number in range(options.act_rounds):
        ours = {}
        for act in taken:
            body = {"filters": {"search": MARK}}
            ours[act] = timed(server, preview, act, body), timed(server, bulk, act, body)
        for act, rounds in taken.items():
            plain = timed(server, plain_change, act, options.rows)
            rounds.append((ours[act][1], plain))
            previewed[act].append((with_preview(ours[act][1], ours[act][0]), plain))
        say("  " + ", ".join(f"{act} {rounds[-1][0].seconds:.1f} s, with its preview {previewed[act][-1][0].seconds:.1f} s, beside "
                             f"{rounds[-1][1].seconds:.1f} s" for act, rounds in taken.items()))
    results = {}
    for act, variants in (("delete", ", with variants"), ("restore", "")):
        what = f"`POST /products/bulk-{act}` by a filter{variants}; beside one statement for the same rows and the same events"
        results[f"bulk {act}"] = result_of(what, 0.8, taken[act], options.rows)
        results[f"bulk {act} with its preview"] = result_of(f"{what}, which has no preview", None, previewed[act], options.rows)
    return results


def empty_trash(server: Server, rows: int) -> None:
    follow(server, server.ask("POST", "/trash/empty", {"kind": "product", "count": rows}))


def plain_purge(server: Server) -> None:
    server.sql(f'DELETE FROM "Product" WHERE "userId" = {server.tenant} AND "isDeleted"')


def measure_purge(server: Server, options) -> dict[str, dict]:
    """Once: it takes minutes. Each on a copy of its own."""
    installation, rows = server.installation, options.purged
    taken = []
    for act, arguments in ((empty_trash, (rows,)), (plain_purge, ())):
        installation.copy("purged", 0, rows, catalogue.ATTRIBUTES)
        one = installation.serve("purged")
        one.ask("POST", "/trash/brake/release", {"minutes": 1440})
        taken.append(timed(one, act, *arguments))
        installation.stop_server("purged")
        installation.sql("DROP DATABASE purged")
        say(f"  {act.__name__}: {taken[-1].seconds:.1f} s")
    return {"purge": result_of("`POST /trash/empty`, with an archive of what goes; beside one DELETE", None, [tuple(taken)], rows)}


def measure_start(server: Server, options) -> dict[str, dict]:
    database, seconds = server.database, []
    for number in range(options.rounds * 2):
        server.installation.stop_server(database)
        one = Server(server.installation, database)
        server.installation.servers[database] = one
        seconds.append(one.start())
    say(f"  start-up: {statistics.median(seconds) * 1000:.0f} ms")
    return {"start-up": {"kind": "time", "what": "`pixelpim serve` on a running database, until `GET /health/ready` is answered 200",
                         "rounds": len(seconds), "milliseconds": spread([each * 1000 for each in seconds]), "target": 300}}
