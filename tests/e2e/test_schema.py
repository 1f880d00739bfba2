"""The schema of a migrated database: the tables of existing installations to the column, ours beside them, and what
keeps deletes safe whoever writes: live views, uniqueness among the living, foreign keys that cut no living thing."""

import re

import psycopg
import pytest

from databases import MIGRATIONS, TRASH, Database
from service import Service

# Each column as: name, type, "?" where it may be NULL, "=default". `serial` is an integer with a sequence of its own,
# `timestamp` is timestamp(3) without time zone, `now` is CURRENT_TIMESTAMP.
EXISTING_TABLES = """
    User:
        id serial, email text, fullname text?, password text?, googleId text?, provider text='local',
        createdAt timestamp=now, apiKey text?, secretKey text?, ownerId integer?, role Role='OWNER',
        hiddenLogsTimestamp timestamp?, hiddenWooSyncLogsTimestamp timestamp?,
        hiddenMyDealSyncLogsTimestamp timestamp?
    UserPermission:
        id serial, userId integer, resource text, action text, granted boolean=true, createdAt timestamp=now,
        updatedAt timestamp
    Otp:
        id serial, email text, code text, type text, verified boolean=false, expiresAt timestamp,
        createdAt timestamp=now
    Attribute:
        id serial, name text, type text, defaultValue text?, userId integer, createdAt timestamp=now,
        updatedAt timestamp
    AttributeGroup:
        id serial, name text, description text?, userId integer, createdAt timestamp=now, updatedAt timestamp
    AttributeGroupAttribute:
        id serial, attributeId integer, attributeGroupId integer, required boolean=false, defaultValue text?,
        createdAt timestamp=now
    Family:
        id serial, name text, userId integer, createdAt timestamp=now, updatedAt timestamp
    FamilyAttribute:
        id serial, familyId integer, attributeId integer, isRequired boolean=false, additionalValue text?,
        createdAt timestamp=now
    Category:
        id serial, name text, description text?, parentCategoryId integer?, userId integer,
        createdAt timestamp=now, updatedAt timestamp
    Product:
        id serial, name text, sku text, productLink text?, imageUrl text?, status text='incomplete',
        categoryId integer?, userId integer, createdAt timestamp=now, updatedAt timestamp,
        attributeGroupId integer?, familyId integer?, subImages text[]?=ARRAY[]::text[],
        parentProductId integer?, deletedAt timestamp?, isDeleted boolean=false,
        thumbnailSubImages text[]?=ARRAY[]::text[], thumbnailUrl text?
    ProductAttribute:
        id serial, productId integer, attributeId integer, value text?, createdAt timestamp=now,
        familyAttributeId integer?
    AssetGroup:
        id serial, groupName text, createdDate timestamp=now, totalSize bigint=0, userId integer,
        createdAt timestamp=now, updatedAt timestamp, parentGroupId integer?
    Asset:
        id serial, name text, fileName text, filePath text, mimeType text, uploadDate timestamp=now,
        size bigint, userId integer, assetGroupId integer?, createdAt timestamp=now, updatedAt timestamp,
        deletedAt timestamp?, isDeleted boolean=false, thumbnailPath text?
    ProductAsset:
        id serial, productId integer, assetId integer
    Notification:
        id serial, userId integer, entityType text, entityId integer?, action text, entityName text?,
        message text, metadata jsonb?, createdAt timestamp=now
    ScheduledImport:
        id text, name text?, description text?, cronExpression text, csvUrl text, status text='pending',
        isActive boolean=true, lastRun timestamp?, nextRun timestamp?, errorCount integer=0,
        successCount integer=0, userId integer, createdAt timestamp=now, updatedAt timestamp
    ImportExecutionLog:
        id serial, scheduledImportId text, status text, startTime timestamp=now, endTime timestamp?,
        itemsProcessed integer=0, itemsImported integer=0, itemsFailed integer=0, errorMessage text?,
        errorDetails jsonb?, executionSummary jsonb?, userId integer, createdAt timestamp=now,
        updatedAt timestamp
    Webhook:
        id serial, userId integer, url text, events text[]?, isActive boolean=true, createdAt timestamp=now,
        updatedAt timestamp
    WebhookDelivery:
        id serial, webhookId integer, event text, payload jsonb, status text, response text?,
        deliveredAt timestamp=now
    ShareLink:
        id text, slug text, userId integer, createdAt timestamp=now, expiresAt timestamp?,
        accessCount integer=0, isActive boolean=true
    SharedAsset:
        id serial, shareLinkId text, assetId integer, createdAt timestamp=now
    SharedAssetGroup:
        id serial, shareLinkId text, assetGroupId integer, createdAt timestamp=now
    IntegrationLog:
        id serial, productId integer, status text, message text?, timestamp timestamp=now, userId integer,
        errorDetails jsonb?, externalProductId text?, externalSku text?, integrationType text, metadata jsonb?,
        operation text
    UserIntegrationCredentials:
        id serial, userId integer, integrationType text, credentials jsonb, isActive boolean=true,
        createdAt timestamp=now, updatedAt timestamp
    WooCommerceConnection:
        id serial, userId integer, storeName text, storeUrl text, consumerKey text, consumerSecret text,
        webhookSecret text?, isActive boolean=true, isDefault boolean=false, lastSyncedAt timestamp?,
        createdAt timestamp=now, updatedAt timestamp
    WooCommerceExportMapping:
        id serial, connectionId integer, fieldMappings jsonb, selectedFields text[]?, isActive boolean=true,
        createdAt timestamp=now, updatedAt timestamp
    WooCommerceImportMapping:
        id serial, connectionId integer, attributeMappings jsonb, fieldMappings jsonb, isActive boolean=true,
        createdAt timestamp=now, updatedAt timestamp
    WooCommerceProductSync:
        id serial, connectionId integer, productId integer?, wooProductId integer, lastExportedAt timestamp?,
        lastImportedAt timestamp?, lastModifiedFields jsonb?, syncStatus text='synced', errorMessage text?,
        createdAt timestamp=now, updatedAt timestamp, lastSyncedAssets jsonb?, lastSyncedImages jsonb?
    MyDealConnection:
        id serial, userId integer, connectionName text, baseApiUrl text, clientId text, clientSecret text,
        sellerId text, sellerToken text, isActive boolean=true, isDefault boolean=false,
        lastSyncedAt timestamp?, createdAt timestamp=now, updatedAt timestamp
    MyDealExportMapping:
        id serial, connectionId integer, fieldMappings jsonb, selectedFields text[], isActive boolean=true,
        createdAt timestamp=now, updatedAt timestamp
    MyDealImportMapping:
        id serial, connectionId integer, attributeMappings jsonb, fieldMappings jsonb, isActive boolean=true,
        createdAt timestamp=now, updatedAt timestamp, selectedFields text[]?
    MyDealWorkItem:
        id serial, workItemId text, userId integer, productId integer?, status text='pending', operation text,
        requestPayload jsonb?, responseData jsonb?, errorMessage text?, pendingUri text?,
        externalProductId text?, externalSku text?, createdAt timestamp=now, updatedAt timestamp,
        completedAt timestamp?, connectionId integer?
"""

EXISTING_INDEXES = """
    AssetGroup_groupName_userId_parentGroupId_key Asset_name_userId_assetGroupId_key Asset_userId_isDeleted_idx
    AttributeGroupAttribute_attributeId_attributeGroupId_key AttributeGroup_name_userId_key
    Attribute_name_userId_key Category_name_userId_parentCategoryId_key FamilyAttribute_familyId_attributeId_key
    Family_name_userId_key ImportExecutionLog_scheduledImportId_createdAt_idx ImportExecutionLog_startTime_idx
    ImportExecutionLog_userId_status_idx IntegrationLog_externalProductId_integrationType_idx
    IntegrationLog_timestamp_idx IntegrationLog_userId_integrationType_idx IntegrationLog_userId_productId_idx
    MyDealConnection_userId_baseApiUrl_key MyDealConnection_userId_isActive_idx
    MyDealConnection_userId_isDefault_idx MyDealExportMapping_connectionId_isActive_idx
    MyDealImportMapping_connectionId_isActive_idx MyDealWorkItem_userId_productId_idx
    MyDealWorkItem_userId_status_idx MyDealWorkItem_workItemId_idx MyDealWorkItem_workItemId_key
    Notification_entityType_action_idx Notification_userId_createdAt_idx Otp_email_type_idx
    ProductAsset_productId_assetId_key ProductAttribute_productId_attributeId_key Product_name_userId_key
    Product_sku_userId_key Product_userId_isDeleted_idx ScheduledImport_isActive_nextRun_idx
    ScheduledImport_userId_status_idx ShareLink_slug_isActive_idx ShareLink_slug_key ShareLink_userId_idx
    SharedAssetGroup_shareLinkId_assetGroupId_key SharedAssetGroup_shareLinkId_idx
    SharedAsset_shareLinkId_assetId_key SharedAsset_shareLinkId_idx
    UserIntegrationCredentials_userId_integrationType_idx UserIntegrationCredentials_userId_integrationType_key
    UserPermission_userId_resource_action_key UserPermission_userId_resource_idx User_apiKey_key User_email_key
    User_googleId_key WebhookDelivery_webhookId_deliveredAt_idx Webhook_userId_url_key
    WooCommerceConnection_userId_isActive_idx WooCommerceConnection_userId_isDefault_idx
    WooCommerceConnection_userId_storeUrl_key WooCommerceExportMapping_connectionId_isActive_idx
    WooCommerceImportMapping_connectionId_isActive_idx WooCommerceProductSync_connectionId_productId_key
    WooCommerceProductSync_connectionId_syncStatus_idx WooCommerceProductSync_connectionId_wooProductId_key
    WooCommerceProductSync_productId_idx
"""
SET_NULL_BEFORE = {"Asset_assetGroupId_fkey", "Category_parentCategoryId_fkey", "Product_attributeGroupId_fkey",
                   "Product_categoryId_fkey", "Product_familyId_fkey"}

# What the trash adds to them.
ADDED_COLUMNS = {
    "Product": "deletionId bigint?, detachedBy bigint?, version integer=1",
    "Asset": "deletionId bigint?, contentHash text?, version integer=1",
    "ProductAttribute": "inherited boolean=false",
    "User": "tokenVersion integer=0, deactivatedAt timestamp?",
    "Notification": "actorId integer?",
} | dict.fromkeys(["AssetGroup", "Category", "Family", "AttributeGroup"],
                  "deletedAt timestamp?, isDeleted boolean=false, deletionId bigint?"
                  ) | {"Attribute": "deletedAt timestamp?, isDeleted boolean=false, deletionId bigint?, unit text?, options text[]?"}

OUR_TABLES = """
    Deletion:
        id bigint=identity, userId integer, actorId integer?, kind text, rootId integer?, itemCount integer,
        reason text?, requestId text?, createdAt timestamp=(now() AT TIME ZONE 'UTC'), purgeAfter timestamp?,
        state text='done'
    AuditEvent:
        id bigint=identity, at timestamptz=now(), userId integer, actorId integer?, action text, entity text,
        entityId integer?, deletionId bigint?, requestId text?, detail jsonb?
    ListTotal:
        userId integer, kind text, rows bigint
    ProductCategory:
        productId integer, categoryId integer, position integer
    AccountCode:
        email text, purpose text, codeHash text, tries integer=0, verified boolean=false, expiresAt timestamptz,
        createdAt timestamptz=now()
    Mail:
        id bigint=identity, recipient text, subject text, body text, createdAt timestamptz=now(), tries integer=0,
        nextTryAt timestamptz=now(), expiresAt timestamptz?, sentAt timestamptz?, trouble text?
    Attempt:
        subject text, count integer, endsAt timestamptz
    ApiKey:
        id integer=identity, userId integer, createdBy integer?, name text, prefix text, keyHash text, scopes text[],
        createdAt timestamp=now, lastUsedAt timestamp?, expiresAt timestamp?, revokedAt timestamp?
    ImportRun:
        id text, userId integer, actorId integer?, fileName text?, isDryRun boolean=false, state text='processing',
        processed bigint=0, total bigint=0, succeeded bigint=0, failed bigint=0, message text?, failedRows jsonb?,
        summary jsonb?, startedAt timestamptz=now(), updatedAt timestamptz=now()
    StoredContent:
        hash text, place text, key text, size bigint, mimeType text, thumbnails text='none', trouble text?,
        width integer?, height integer?, tries integer=0, nextTryAt timestamptz=now(), createdAt timestamptz=now(),
        copiedFromPlace text?, copiedFromKey text?
    FileRemoval:
        id bigint=identity, hash text, place text?, key text?, createdAt timestamptz=now(), nextTryAt timestamptz=now()
"""
OUR_TABLES += """
    SlowStatement:
        id bigint=identity, at timestamptz=now(), name text, milliseconds bigint
    Alert:
        id bigint=identity, name text, summary text, remedy text, value bigint, threshold bigint, firedAt timestamptz=now(),
        resolvedAt timestamptz?, toldAt timestamptz?, toldResolvedAt timestamptz?
    CleanupRun:
        id bigint=identity, trigger text, slot timestamp?, state text, trouble text?, startedBy text,
        startedAt timestamptz=now(), aliveAt timestamptz=now(), finishedAt timestamptz?, examined bigint=0,
        purged bigint=0, held bigint=0, failed bigint=0
    CleanupFailure:
        userId integer, kind text, itemId integer, tries integer=1, trouble text, firstAt timestamptz=now(),
        lastAt timestamptz=now(), nextTryAt timestamptz
    RetentionMail:
        id bigint=identity, slot timestamp, userId integer?, createdAt timestamptz=now()
    TrashOff:
        one boolean=true, since timestamptz=now()
    ClockSeen:
        one boolean=true, at timestamptz, bootId text, bootSeconds bigint, accepted integer=0, trouble text?
    TrashPolicy:
        userId integer, retentionDays integer?, brakeRows integer?, brakePercent integer?,
        brakeReleasedUntil timestamptz?, updatedBy integer?, updatedAt timestamptz=now()
    LegalHold:
        id bigint=identity, userId integer, kind text, itemId integer?, reason text, placedBy integer?,
        placedAt timestamptz=now(), releasedBy integer?, releasedAt timestamptz?
    PurgeCertificate:
        id bigint=identity, userId integer, actorId integer?, reason text?, requestId text?, itemCount integer,
        contentHash text, createdAt timestamptz=now()
    PurgedItem:
        certificateId bigint, kind text, itemId integer, deletionId bigint?, deletedAt timestamp?, contentHash text
"""
OUR_TABLES += """
    BulkAct:
        id bigint=identity, userId integer, actorId integer, act text, kinds text[], deletionId bigint?, requestId text,
        reason text?, onConflict text='fail', withDependencies boolean=false, dependencyKinds text[]='{}'[],
        along boolean=false, skipHeld boolean=false, total integer, done integer=0, changed integer=0, trouble text?,
        state text='running', claimedUntil timestamptz?, createdAt timestamptz=now(), endedAt timestamptz?
    BulkBatch:
        bulkActId bigint, number integer, kind text, ids integer[], claimedUntil timestamptz?, done integer?, changed integer=0
    IdempotencyKey:
        userId integer, key text, fingerprint text, requestId text, doneAt timestamptz?, status integer?, body text?,
        createdAt timestamptz=now(), outcome jsonb?
    LostLink:
        userId integer, kind text, itemId integer, goneKind text, goneId integer, deletionId bigint?, at timestamptz=now()
"""
LEDGER = """
    _pixelpim_migrations:
        id varchar(36), checksum varchar(64), finished_at timestamptz?, migration_name varchar(255), logs text?,
        rolled_back_at timestamptz?, started_at timestamptz=now(), applied_steps_count integer=0
"""

TRASHABLE = {"Product", "Asset", "AssetGroup", "Category", "Family", "Attribute", "AttributeGroup"}
NOT_FOR_READERS = {"deletedAt", "isDeleted", "deletionId"}  # columns that no live view shows


def parsed(text: str) -> dict[str, set[str]]:
    tables = {}
    for name, columns in re.findall(r"^    (\w+):\n((?: {8}.*\n)+)", text, re.M):
        tables[name] = set(" ".join(columns.split()).split(", "))
    return tables


def columns_of(connection: psycopg.Connection, schema: str = "public") -> dict[str, set[str]]:
    """What the catalog has, in the same form. Partitions are left out: they are as their parents."""
    tables = {}
    for table, name, type, not_null, default, identity in connection.execute("""
            SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
                   a.attidentity <> ''
              FROM pg_class c
              JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
             WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p', 'v')
               AND NOT c.relispartition""", (schema,)):
        type = {"timestamp(3) without time zone": "timestamp", "timestamp(3) with time zone": "timestamptz",
                "timestamp with time zone": "timestamptz"}.get(type, type.replace("character varying", "varchar")).strip('"')
        default = re.sub(r"""('[^']*')::(\w+|"\w+")""", r"\1", default or "").replace("CURRENT_TIMESTAMP", "now")
        if default.startswith("nextval("):
            assert f"{table}_{name}_seq" in default and type == "integer"
            type, default = "serial", ""
        if identity:
            default = "identity"
        nullable = "" if not_null else "?"
        tables.setdefault(table, set()).add(f"{name} {type}{nullable}" + (f"={default}" if default else ""))
    return tables


def indexes_of(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("""
        SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
          FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
         WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisprimary AND NOT c.relispartition""").fetchall())


def foreign_keys_of(connection: psycopg.Connection) -> list[tuple]:
    """name, table, referenced table, what a delete there does, what an update does."""
    return connection.execute("""
        SELECT conname, conrelid::regclass::text, confrelid::regclass::text, confdeltype::text, confupdtype::text
          FROM pg_constraint
         WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0""").fetchall()


def triggers_of(connection: psycopg.Connection) -> dict[str, str]:
    return dict(connection.execute("""
        SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'""").fetchall())


# --- before the trash -----------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def before_the_trash():
    made = Database()
    for migration in MIGRATIONS[:MIGRATIONS.index(TRASH)]:
        made.up(migration)
    with made.connect() as connection:
        yield connection


def test_the_first_migrations_make_the_tables_of_existing_installations(before_the_trash):
    expected = parsed(EXISTING_TABLES)
    found = columns_of(before_the_trash)
    assert (len(found), sum(map(len, found.values()))) == (32, 282)
    assert found == expected


def test_they_have_the_indexes_and_foreign_keys_of_existing_installations(before_the_trash):
    assert len(indexes_of(before_the_trash)) == 60
    assert {name.strip('"') for name in indexes_of(before_the_trash)} == set(EXISTING_INDEXES.split())
    keys = foreign_keys_of(before_the_trash)
    assert len(keys) == 45
    assert {update for *_, update in keys} == {"c"}
    assert {name for name, _, _, delete, _ in keys if delete == "n"} == SET_NULL_BEFORE
    assert {delete for _, _, _, delete, _ in keys} == {"c", "n"}


# --- after it -------------------------------------------------------------------------------------------------------------

def test_a_migrated_database_has_those_tables_and_ours_and_nothing_else(database):
    expected = parsed(EXISTING_TABLES) | parsed(OUR_TABLES) | parsed(LEDGER)
    for table, columns in ADDED_COLUMNS.items():
        expected[table] |= {column.strip() for column in columns.split(",")}
    assert columns_of(database) == expected


def test_every_table_with_a_trash_has_its_live_view(database):
    tables = columns_of(database)
    trashable = {table for table, columns in tables.items() if "isDeleted boolean=false" in columns}
    assert trashable == TRASHABLE
    views = columns_of(database, "live")
    assert views.keys() == trashable
    for view, columns in views.items():
        names = {column.split()[0] for column in tables[view]}
        assert {column.split()[0] for column in columns} == names - NOT_FOR_READERS, view
    for table, updatable in database.execute("""SELECT table_name, is_updatable = 'YES' AND is_insertable_into = 'YES'
                                                  FROM information_schema.views WHERE table_schema = 'live'"""):
        assert updatable, f'live."{table}" takes no writes'


def test_a_trashed_row_is_in_no_live_view():
    made = Database()
    made.run("migrate", "deploy")
    with made.connect() as connection:
        connection.execute("""INSERT INTO "User"(email) VALUES ('a@b.example')""")
        for table in sorted(TRASHABLE):
            needed = connection.execute("""
                SELECT column_name, data_type FROM information_schema.columns
                 WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL""",
                                        (table,)).fetchall()
            values = {"integer": "1", "bigint": "1", "text": "'x'", "timestamp without time zone": "now()"}
            names = ", ".join(f'"{name}"' for name, _ in needed)
            given = ", ".join(values[type] for _, type in needed)
            connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({given})')
            seen = f'SELECT count(*) FROM live."{table}"'
            assert connection.execute(seen).fetchone() == (1,), table
            # As another program does it, which knows nothing of deletions.
            connection.execute(f'UPDATE "{table}" SET "isDeleted" = true, "deletedAt" = now()')
            assert connection.execute(seen).fetchone() == (0,), table
            assert connection.execute(f'SELECT count(*) FROM "{table}"').fetchone() == (1,)


UNIQUE_AMONG_THE_LIVING = {
    "Product_userId_sku_live_key": '"Product" ("userId", sku)',
    "Product_userId_name_live_key": '"Product" ("userId", name)',
    "Asset_userId_group_name_live_key": '"Asset" ("userId", "assetGroupId", name) NULLS NOT DISTINCT',
    "AssetGroup_userId_parent_name_live_key": '"AssetGroup" ("userId", "parentGroupId", "groupName") NULLS NOT DISTINCT',
    "Category_userId_parent_name_live_key": '"Category" ("userId", "parentCategoryId", name) NULLS NOT DISTINCT',
    "Family_userId_name_live_key": '"Family" ("userId", name)',
    "Attribute_userId_name_live_key": '"Attribute" ("userId", name)',
    "AttributeGroup_userId_name_live_key": '"AttributeGroup" ("userId", name)',
}


def test_what_is_unique_is_unique_among_the_living_only(database):
    """D-11: the trash held SKUs and names."""
    found = {}
    for name, definition in indexes_of(database).items():
        if definition.startswith("CREATE UNIQUE") and definition.split('."')[1].split('"')[0] in TRASHABLE:
            found[name.strip('"')] = definition.replace(" USING btree", "").split(" ON public.")[1]
    assert found == {name: f'{what} WHERE (NOT "isDeleted")' for name, what in UNIQUE_AMONG_THE_LIVING.items()}


def test_no_foreign_key_deletes_a_living_thing_with_another(database):
    """D-10: Between things that have a trash each goes by itself. Users take theirs along; links and values go with their ends."""
    cutting = {name for name, table, referenced, delete, _ in foreign_keys_of(database)
               if table.strip('"') in TRASHABLE and referenced.strip('"') in TRASHABLE and delete == "c"}
    assert cutting == set()
    actions = {name: delete for name, *_, delete, _ in foreign_keys_of(database)}
    assert actions["Product_parentProductId_fkey"] == "n"
    assert actions["ProductAttribute_familyAttributeId_fkey"] == "n"
    # A recorded act can't be taken away from the rows that it hid.
    assert {actions[f"{table}_deletionId_fkey"] for table in TRASHABLE} == {"a"}


def test_every_foreign_key_is_validated_and_every_index_valid(database):
    assert database.execute("SELECT conname FROM pg_constraint WHERE NOT convalidated").fetchall() == []
    assert database.execute("""SELECT indexrelid::regclass::text FROM pg_index
                                WHERE NOT (indisvalid AND indisready AND indislive)""").fetchall() == []


def test_no_two_indexes_of_ours_are_the_same(database):
    """The two pairs that existing installations have twice are left to them."""
    twice = database.execute("""
        SELECT array_agg(indexrelid::regclass::text ORDER BY indexrelid::regclass::text)
          FROM pg_index WHERE indrelid::regclass::text !~ '^pg_|^information_schema'
         GROUP BY indrelid, indkey::text, indclass::text, indoption::text, coalesce(pg_get_expr(indpred, indrelid), ''),
                  coalesce(pg_get_expr(indexprs, indrelid), '')
        HAVING count(*) > 1""").fetchall()
    assert {tuple(name.strip('"').rpartition("_")[0] for name in names) for names, in twice} == {
        ("MyDealWorkItem_workItemId",) * 2, ("UserIntegrationCredentials_userId_integrationType",) * 2}


FOR_EACH_ROW = {"Asset_version", "Product_sku_changed", "Asset_name_changed", "Product_version", "ProductAttribute_own", *(f"{table}_held" for table in TRASHABLE), "AssetGroup_removed", "LegalHold_placed",
                *(f"{table}_link_lost" for table in ("Product", "Category", "Asset", "AssetGroup")),
                *(f"{table}_members_lost" for table in ("Category", "Asset", "Attribute")),
                "Deletion_brake", "AuditEvent_kept"}


def test_the_triggers_are_there_and_on(database):
    triggers = triggers_of(database)
    assert triggers.keys() == {"Product_inserted", "Product_removed", "Product_updated", "Product_version",
                               "Product_parent_given", "Product_parent_changed",
                               *(f"ProductAttribute_inherited_on_{what}" for what in ("insert", "update", "delete")),
                               "Attribute_trash", "Family_trash", "Category_updated", "AuditEvent_notifies", "AuditEvent_uses_key",
                               *FOR_EACH_ROW, "Asset_removed", "Asset_file_replaced", "AssetGroup_updated",
                               "Product_finds_assets", "Asset_finds_products", "PurgeCertificate_removed",
                               *(f"{table}_{what}" for table in ("ProductAttribute", "FamilyAttribute")
                                 for what in ("inserted", "updated", "deleted"))}
    for name, definition in triggers.items():
        assert ("FOR EACH ROW" if name in FOR_EACH_ROW else "FOR EACH STATEMENT") in definition


def test_an_audit_event_finds_a_partition_in_any_year():
    made = Database()
    made.run("migrate", "deploy")
    with made.connect() as connection:
        for at in ("1999-12-31", "2026-01-01", "now", "2099-07-01"):
            connection.execute("""INSERT INTO "AuditEvent"(at, "userId", action, entity)
                                  VALUES (%s, 1, 'x', 'y')""", (at,))
        where = {name: count for name, count in connection.execute(
            'SELECT tableoid::regclass::text, count(*) FROM "AuditEvent" GROUP BY 1')}
        assert sum(where.values()) == 4
        assert where['"AuditEvent_default"'] >= 2, "years away: no month is there for them"
        month = connection.execute("SELECT to_char(now(), 'YYYY_MM')").fetchone()[0]
        assert where[f'"AuditEvent_{month}"'] >= 1
        months = connection.execute("""SELECT count(*) FROM pg_inherits
                                        WHERE inhparent = '"AuditEvent"'::regclass""").fetchone()[0]
        assert months == 5, "the default one, this month and three ahead"


def test_months_of_the_audit_are_made_ahead_and_events_in_the_default_one_are_no_harm():
    made = Database()
    made.run("migrate", "deploy")
    with made.connect() as connection:
        assert connection.execute("SELECT audit_make_months(3)").fetchone() == (0,), "the migrations made them"
        connection.execute("""INSERT INTO "AuditEvent"(at, "userId", action, entity)
                              VALUES (now() + interval '5 months', 1, 'x', 'y')""")
        assert connection.execute("SELECT audit_make_months(6)").fetchone() == (2,), "one has an event in the default partition"
        connection.execute("""INSERT INTO "AuditEvent"(at, "userId", action, entity)
                              VALUES (date_trunc('month', now()) + interval '4 months 1 day', 1, 'x', 'y')""")
        where = {name for name, in connection.execute('SELECT DISTINCT tableoid::regclass::text FROM "AuditEvent"')}
        assert '"AuditEvent_default"' in where and len(where) == 2
        for statement in ('UPDATE "AuditEvent" SET action = action', 'DELETE FROM "AuditEvent"'):
            with pytest.raises(psycopg.Error, match="can't be changed"):
                connection.execute(statement)
            connection.rollback()


def test_the_cluster_checks_its_pages_and_speaks_utf8_and_utc():
    fresh = Service()
    try:
        fresh.run("db", "start")
        with fresh.connect() as database:
            shown = {name: database.execute(f"SHOW {name}").fetchone()[0]
                     for name in ("data_checksums", "server_encoding", "lc_collate", "lc_ctype", "fsync", "full_page_writes",
                                  "synchronous_commit", "listen_addresses", "log_timezone")}
    finally:
        fresh.remove()
    assert shown == {"data_checksums": "on", "server_encoding": "UTF8", "lc_collate": "C.UTF-8", "lc_ctype": "C.UTF-8",
                     "fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "listen_addresses": "",
                     "log_timezone": "UTC"}


def test_the_lists_are_read_from_indexes(database):
    """The indexes that the lists need carry the very condition of their queries."""
    indexes = {name.strip('"'): definition for name, definition in indexes_of(database).items()}
    assert indexes["idx_product_active_list"].endswith(
        'WHERE ((NOT "isDeleted") AND (("parentProductId" IS NULL) OR ("detachedBy" IS NOT NULL)))')
    assert indexes["idx_product_trash"].endswith('("userId", "deletedAt" DESC, id DESC) WHERE "isDeleted"')
    assert "gin_trgm_ops" in indexes["idx_product_active_search"]


def test_triggers_find_their_rows_in_linear_time(database):
    """The rows of a statement are planned as one row, however many they are: an ordinary join of those before and after
    compares each with each. A FULL JOIN, or an EXCEPT, can't."""
    functions = database.execute("""SELECT DISTINCT p.proname, p.prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                                     WHERE t.tgoldtable IS NOT NULL AND t.tgnewtable IS NOT NULL""").fetchall()
    assert len(functions) >= 5
    slow = [name for name, source in functions
            if re.search(r"\b(after|before)\s+\w+\s+(?!FULL\b)(\w+\s+)?JOIN\s+(after|before)\b", source)]
    assert slow == []
