"""What must hold after a load, whatever happened during it. Each breach is one sentence."""

import collections

import psycopg

from load import ACTION, Ledger
from tenants import Tenant

ACTIONS = list(ACTION.values())
# What may have happened to a product before an act; None: nothing.
BEFORE = {"product.create": (None,), "product.delete": ("product.create", "product.restore"),
          "product.restore": ("product.delete",), "product.purge": ("product.delete",)}


def violations(database: psycopg.Connection, tenant: Tenant, ledger: Ledger, allow_503: bool = False) -> list[str]:
    """All breaches that the ledger and the database show. Empty: what was promised was kept."""
    events = database.execute('''SELECT "requestId", action, "entityId" FROM "AuditEvent"
                                 WHERE "userId" = %s AND action = ANY (%s) ORDER BY id''', (tenant.id, ACTIONS)).fetchall()
    return [*_wrong_answers(ledger, allow_503), *_promises(ledger, events), *_histories(database, tenant, events),
            *uniqueness(database, tenant), *_totals(database, tenant), *_deletions(database, tenant, events)]


def _wrong_answers(ledger: Ledger, allow_503: bool):
    allowed = {200, 201, 404, 409, None} | ({503} if allow_503 else set())
    for status, count in collections.Counter(act.status for act in ledger.acts).items():
        if status not in allowed:
            yield f"{count} answers with status {status}"
    if not allow_503 and (lost := sum(act.status is None for act in ledger.acts)):
        yield f"{lost} requests without an answer"
    if not any(act.acknowledged for act in ledger.acts):
        yield "nothing was ever acknowledged: this load proves nothing"


def _promises(ledger: Ledger, events: list[tuple]):
    """Each acknowledged act has its one event; a refused one has none; no event is without its request."""
    written = collections.defaultdict(list)
    for request_id, action, entity in events:
        written[request_id].append((action, entity))
    for act in ledger.acts:
        found = written.pop(act.request_id, [])
        if act.acknowledged:
            if found != [(ACTION[act.kind], act.product)]:
                yield f"{act.kind} of {act.product} ({act.request_id}) was acknowledged, but the record says {found}"
        elif act.unknown:
            if len(found) > 1:
                yield f"{act.request_id} was done {len(found)} times"
        elif found:
            yield f"{act.request_id} was refused with {act.status}, but the record says {found}"
    for request_id, found in written.items():
        if request_id.startswith(f"{ledger.name}-"):  # the others belong to the preparations
            yield f"{found} ({request_id}) was done for nobody"


def _histories(database, tenant: Tenant, events: list[tuple]):
    """Deletes and restores of one product take turns, and the product is where the last of them put it."""
    living = dict(database.execute('SELECT id, NOT "isDeleted" FROM "Product" WHERE "userId" = %s', (tenant.id,)))
    last = {}
    for _, action, product in events:
        if last.get(product) not in BEFORE[action]:
            yield f"product {product}: {action} follows {last.get(product)}"
        last[product] = action
    for product, action in last.items():
        should_live = None if action == "product.purge" else action != "product.delete"
        if living.pop(product, None) != should_live:
            yield f"product {product} is not where its last act, {action}, put it"
    if living:
        yield f"products without a history: {sorted(living)}"


def uniqueness(database: psycopg.Connection, tenant: Tenant):
    """Living products that share what only one may have."""
    for column in ("sku", "name"):
        for value, count in database.execute(f'''SELECT {column}, count(*) FROM "Product" WHERE "userId" = %s AND NOT "isDeleted"
                                                 GROUP BY 1 HAVING count(*) > 1''', (tenant.id,)):
            yield f"{count} living products with the {column} {value!r}"


def _totals(database, tenant: Tenant):
    living, trashed = database.execute('''SELECT count(*) FILTER (WHERE NOT "isDeleted"), count(*) FILTER (WHERE "isDeleted")
                                          FROM "Product" WHERE "userId" = %s''', (tenant.id,)).fetchone()
    told = tenant.get("/products")["pagination"]["total"], tenant.trash()["pagination"]["total"]
    if told != (living, trashed):
        yield f"the lists tell totals of {told} instead of {(living, trashed)}"


def _deletions(database, tenant: Tenant, events: list[tuple]):
    recorded, = database.execute('SELECT count(*) FROM "Deletion" WHERE "userId" = %s', (tenant.id,)).fetchone()
    told = sum(action == "product.delete" for _, action, _ in events)
    if recorded != told:
        yield f"{recorded} deletions for {told} events of deleting"
    for product, in database.execute('''SELECT id FROM "Product" WHERE "userId" = %s
                                        AND ("isDeleted" <> ("deletedAt" IS NOT NULL) OR "isDeleted" <> ("deletionId" IS NOT NULL))''',
                                     (tenant.id,)):
        yield f"product {product} is half in the trash"
