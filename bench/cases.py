"""What is measured side by side: a request, and the very statements that it runs, by pgbench. Cases are data.

In texts, {tenant}, {first}, {last} and {deep…} are facts of the loaded database. An argument of a statement is a variable of
pgbench's, or None for NULL: pgbench has none to send, and NULL as a constant would be planned away.
"""

import dataclasses

EMPTY = "empty"  # an empty array


@dataclasses.dataclass(frozen=True)
class Rate:
    name: str
    group: str
    what: str
    request: str                         # Lua: the next request, by `send(method, path, body)`; n counts requests
    statements: tuple = ()               # (name, arguments), in the order in which they are run
    script: tuple[str, ...] = ()         # of pgbench, before the statements
    target: float | None = None
    prepared: bool = True                # False: planned for each execution, as the program does it
    database: str = "pixelpim"
    connections: int = 64
    quick: bool = False
    is_multipart: bool = False
    before: str = ""                     # SQL, before each round of the server


SEARCHED = ("tenant", "limit", "offset", None, None, "no", None, "like", None, None, None, None, None, EMPTY, None, "no",
            "newest")
FILTERED = ("tenant", "limit", "offset", None, None, "no", None, None, None, None, None, None, None, EMPTY, None, "no",
            "newest", "zeros", "names", "tests", "lows", "nulls", EMPTY, EMPTY, None, None)
CREATED = ("tenant", "tenant", "name", "sku", None, None, None, EMPTY, EMPTY, None, None, None, None, EMPTY, EMPTY, EMPTY,
           EMPTY, EMPTY, "request", EMPTY, None)
UPDATED = ("tenant", "tenant", "id", "fields", None, None, "link", None, None, EMPTY, EMPTY, None, None, None, None, None,
           EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, EMPTY, "request", None)
RANDOM_ID = "\\set id random({first}, {last})"
# No other client's, and none of the server's, which has the first half.
OWN_ID = "\\set id {first} + {half} + :client_id * ({half} / 32) + random(0, {half} / 32 - 1)"

CASES = (
    Rate("GET one", "reads", "`GET /products/:id`, a random one of all",
         'send("GET", "/products/" .. math.random({first}, {last}))',
         (("find_product", ("tenant", "ids")),), (RANDOM_ID,), target=0.8, quick=True),
    Rate("list, page 1", "reads", "`GET /products?limit=20`",
         'send("GET", "/products?limit=20")',
         (("list_products", ("tenant", "limit", "offset", None, None)),), ("\\set limit 21", "\\set offset 0"),
         target=0.8, quick=True),
    Rate("list, random page", "reads", "`GET /products?limit=20&page=…`, one of the first 100 pages",
         'send("GET", "/products?limit=20&page=" .. math.random(1, 100))',
         (("list_products", ("tenant", "limit", "offset", None, None)),),
         ("\\set limit 21", "\\set offset 20 * random(0, 99)"), target=0.8, quick=True),
    Rate("list, deep page", "reads", "`GET /products?limit=20&cursor=…`, nine tenths down the list",
         'send("GET", "/products?limit=20&cursor={deep}")',
         (("list_products", ("tenant", "limit", "offset", "deeptime", "deepid")),),
         ("\\set limit 21", "\\set offset 0", "\\set deepid {deep_id}"), target=0.8, quick=True),
    Rate("list, nested", "reads", "`GET /products?limit=100`: values, category, family and variants of a hundred products",
         'send("GET", "/products?limit=100")',
         (("list_products", ("tenant", "limit", "offset", None, None)),), ("\\set limit 101", "\\set offset 0"), target=0.9),
    Rate("attribute filter", "reads", "`GET /products?limit=20&attr[attribute 3]=amber 42`, a random number",
         'send("GET", "/products?limit=20&attr[attribute%203]=amber%20" .. math.random(0, 999))',
         (("filter_products", FILTERED),),
         ("\\set limit 21", "\\set offset 0", "\\set number random(0, 999)"), target=0.8, prepared=False),
    Rate("search", "reads", "`GET /products?limit=20&search=…`, three figures of a SKU",
         'send("GET", "/products?limit=20&search=SKU-00" .. math.random(100, 999))',
         (("search_products", SEARCHED),),
         ("\\set limit 21", "\\set offset 0", "\\set number random(100, 999)"), target=0.8, prepared=False, quick=True),
    Rate("create", "writes", "`POST /products` with a name and a SKU",
         """send("POST", "/products", '{{"name":"New ' .. run .. n .. '","sku":"NEW-' .. run .. n .. '"}}')""",
         (("create_product", CREATED),), ("\\set name random(1, 1000000000000000)", "\\set sku :name"), target=0.8, quick=True),
    Rate("update", "writes", "`PATCH /products/:id` of a link, a random product",
         """send("PATCH", "/products/" .. math.random({first}, {last}), '{{"productLink":"https://a.example/' .. n .. '"}}')""",
         (("update_product", UPDATED),), (RANDOM_ID, "\\set link random(1, 1000000000)"), target=0.8, quick=True),
    # The one that is restored was deleted so many requests ago that no connection is still at it.
    Rate("delete and restore", "writes", "`DELETE /products/:id` and `POST /products/:id/restore`: two requests, counted as two",
         """local m = math.floor(n / 1024)
            local id = {first} + (m * 512 + n % 512) % {half}
            if math.floor(n / 512) % 2 == 0 then return send("DELETE", "/products/" .. id) end
            return send("POST", "/products/" .. id .. "/restore")""",
         (("delete_product", ("tenant", "id", "tenant", "no", None, "request", None)),
          ("restore_product", ("tenant", "id", "tenant", "yes", "request"))), (OWN_ID,), target=0.8, quick=True,
         # A round ends between a delete and its restore.
         before='''UPDATE "Product" SET "isDeleted" = false, "deletedAt" = NULL, "deletionId" = NULL
                    WHERE "isDeleted" AND "sku" LIKE 'SKU-%' '''),
    Rate("upload", "writes", "`POST /assets/upload` of 64 KiB that no other has; beside the statement alone",
         'upload()',
         (("create_assets", ("tenant", "tenant", None, "filename", "filename", "filename", "hash", "place", "filename", "size",
                             "type", "waits", "request")),),
         ("\\set n random(1, 1000000000000000)",), is_multipart=True),
    Rate("log-in", "writes", "`POST /auth/login`: the password's hash is made to be slow",
         """send("POST", "/auth/login", '{{"email":"{email}","password":"{password}"}}')""", connections=4),
)

# Constants of all scripts. Texts that pgbench can't make of numbers are put together in SQL: see reference.py.
VARIABLES = {"none": "-", "empty": "{}", "zeros": "{0}", "nulls": "{NULL}", "names": '{"attribute 3"}', "tests": "{is}",
             "no": "false", "yes": "true", "newest": "createdAt", "request": "bench", "fields": "{productLink}",
             "place": "local", "size": "{65536}", "type": "{application/octet-stream}", "waits": "{none}"}
# What stands for an argument in the statement, where it is more than a variable.
EXPRESSIONS = {None: "nullif(:none, '-')", "like": "('%SKU-00' || :number::text || '%')", "lows": "ARRAY['amber ' || :number::text]",
               "ids": "ARRAY[:id::int4]", "sku": "('REF-' || :sku::text)", "name": "('Reference ' || :name::text)", "link": "(:link::text)",
               "filename": "ARRAY['reference ' || :n::text]", "hash": "ARRAY[md5(:n::text) || md5('b' || :n::text)]"}
