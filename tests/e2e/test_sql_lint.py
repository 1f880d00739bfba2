"""Reads every statement of the program, and fails on what would one day lose or leak something: reads that see the
trash, rows without their tenant, parameters without a type, SQL put together from pieces.

Each exception is listed here with its reason. The linter is itself tested, on snippets that it must refuse.
"""

import re
from dataclasses import dataclass

import pytest

from service import REPOSITORY

SOURCE = REPOSITORY / "src"
STATEMENTS = sorted(path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.sql"))
PARTS = [name for name in STATEMENTS if name.endswith(".part.sql")]

TRASHABLE = {"Product", "Category", "Family", "Attribute", "AttributeGroup", "Asset", "AssetGroup"}
# Rows that have a tenant in a column of their own, and those that have one through what they hang on.
WITH_TENANT = TRASHABLE | {"Deletion", "AuditEvent", "ListTotal", "Notification", "IntegrationLog", "ScheduledImport",
                           "ImportExecutionLog", "ImportRun", "Webhook", "ShareLink", "ApiKey", "UserIntegrationCredentials",
                           "WooCommerceConnection", "MyDealConnection", "MyDealWorkItem", "Item", "TrashPolicy", "LegalHold",
                           "PurgeCertificate", "LostLink", "IdempotencyKey", "CleanupFailure", "CleanupNotice"}
HANGING = {"ProductAttribute", "ProductAsset", "ProductCategory", "FamilyAttribute", "AttributeGroupAttribute",
           "WebhookDelivery", "SharedAsset", "SharedAssetGroup", "WooCommerceExportMapping", "WooCommerceImportMapping",
           "WooCommerceProductSync", "MyDealExportMapping", "MyDealImportMapping", "PurgedItem"}
OTHER_TABLES = {"User", "UserPermission", "Otp", "AccountCode", "Mail", "Attempt", "_pixelpim_migrations",
                "StoredContent", "FileRemoval", "CleanupRun", "ClockSeen", "Alert", "SlowStatement", "TrashOff"}

# Where base tables may be named: what moves rows into the trash and out of it, and operations.
SEES_THE_TRASH = ("trash/", "ops/", "jobs/", "pg/", "exchange/analyze_catalogue.sql")
WITHOUT_TENANT = {
    "observe/ready.sql": "the ledger of migrations, of all tenants alike; $1 is names of migrations",
    "exchange/analyze_catalogue.sql": "what the planner knows, of all tenants alike",
    "auth/add_account.sql": "makes the tenant",
    "auth/find_caller.sql": "finds out who the tenant is",
    "auth/find_login.sql": "finds out who the tenant is",
    "auth/rehash_password.sql": "an account's own password",
    "auth/find_person.sql": "an account by its id; who may see what of it is for the caller to say",
    "auth/find_key.sql": "finds out who the tenant is",
    "auth/find_caller_of_any.sql": "finds out who the tenant is",
    "auth/find_key_of_any.sql": "finds out who the tenant is",
    "auth/note_key_use.sql": "a key that was found by its hash",
    "auth/act_as.sql": "an administrator's: the tenant is what it finds",
    "auth/count_attempt.sql": "before anybody is known",
    "auth/forgive_attempts.sql": "before anybody is known",
    "auth/keys/missing_scopes.sql": "the permissions of the caller themselves",
    "auth/people/create_person.sql": "makes the tenant, or staff of the owner $5",
    "auth/people/update_person.sql": "$2 is the owner that the account must belong to",
    "auth/people/set_active.sql": "$2 is the owner that the account must belong to",
    "auth/people/list_owners.sql": "administrators see all owners",
    "auth/people/find_owner.sql": "administrators see all owners",
    "auth/people/list_staff.sql": "accounts, of the owner $1",
    "auth/people/list_permissions.sql": "of an account that the caller may see",
    "auth/people/grant_permissions.sql": "accounts, of the owner $1",
    "auth/people/revoke_permission.sql": "accounts, of the owner $1",
    "auth/sign_up/send_code.sql": "before anybody is known",
    "auth/sign_up/try_code.sql": "before anybody is known",
    "auth/sign_up/sign_up.sql": "makes the tenant",
    "auth/sign_up/reset_password.sql": "an account's own password, by its code",
    "auth/sign_up/change_password.sql": "an account's own password",
    "auth/sign_up/sign_out.sql": "an account's own sessions",
    "jobs/claim_mail.sql": "works for all tenants alike",
    "jobs/finish_mail.sql": "works for all tenants alike",
    "jobs/fail_mail.sql": "works for all tenants alike",
    "exchange/rejected_rows.sql": "reads a temporary table of the import's own; $1 is the last number seen",
    "jobs/decide_file_removal.sql": "works for all tenants alike: content has no tenant",
    "jobs/next_file_removals.sql": "works for all tenants alike",
    "jobs/finish_file_removal.sql": "works for all tenants alike",
    "ops/assets/list_contents.sql": "an operator's, of all tenants alike",
    "ops/assets/list_copied.sql": "the files of all tenants",
    "ops/assets/list_to_copy.sql": "the files of all tenants",
    "ops/assets/remove_source.sql": "the files of all tenants",
    "ops/assets/switch_place.sql": "the files of all tenants",
    "ops/assets/list_not_taken_in.sql": "an operator's, of all tenants alike",
    "ops/assets/known_keys.sql": "an operator's: files have no tenant",
    "ops/assets/adopt_asset.sql": "an operator's, of all tenants alike",
    "jobs/claim_thumbnails.sql": "works for all tenants alike: content has no tenant",
    "jobs/finish_thumbnails.sql": "works for all tenants alike",
    "jobs/refuse_thumbnails.sql": "works for all tenants alike",
    "jobs/delay_file_removal.sql": "works for all tenants alike",
    "ops/monitor/activity.sql": "an operator's, of all tenants alike",
    "ops/monitor/trash_size.sql": "an operator's, of all tenants alike",
    "ops/monitor/state.sql": "an operator's, of all tenants alike",
    "ops/monitor/by_day.sql": "an operator's, of all tenants alike",
    "ops/monitor/slow_statements.sql": "statements have no tenant",
    "ops/alerts/fire.sql": "an operator's: alerts have no tenant",
    "ops/alerts/resolve.sql": "an operator's: alerts have no tenant",
    "ops/alerts/list_alerts.sql": "an operator's: alerts have no tenant",
    "ops/alerts/untold.sql": "an operator's: alerts have no tenant",
    "ops/alerts/note_told.sql": "an operator's: alerts have no tenant",
    "ops/alerts/largest_acts.sql": "an operator's, of all tenants alike",
    "ops/alerts/note_slow.sql": "statements have no tenant",
    "ops/alerts/slowest.sql": "statements have no tenant",
    "ops/cleanup/list_tenants.sql": "an operator's: it finds the tenants",
    "trash/is_off.sql": "of the whole installation",
    "ops/rollback/full_tools.sql": "of the whole installation",
    "ops/rollback/take_in_tools.sql": "of the whole installation",
    "ops/note_again.sql": "of the whole installation",
    "ops/rollback/note_undone.sql": "of the whole installation",
    "ops/rollback/switch_off.sql": "of the whole installation",
    "ops/rollback/switch_on.sql": "of the whole installation",
    "ops/rollback/find_switch.sql": "of the whole installation",
    "ops/rollback/in_trash.sql": "of the whole installation",
    "ops/cleanup/begin_run.sql": "of all tenants alike: it counts what a run did",
    "ops/cleanup/end_run.sql": "a run is of all tenants alike",
    "ops/cleanup/end_broken.sql": "a run is of all tenants alike",
    "ops/cleanup/skip_slot.sql": "a run is of all tenants alike",
    "ops/cleanup/slot_state.sql": "a run is of all tenants alike",
    "ops/cleanup/mail_state.sql": "the mails of a week are to all tenants alike",
    "ops/cleanup/mails_sent.sql": "the mails of a week are to all tenants alike",
    "ops/cleanup/note_progress.sql": "a run is of all tenants alike",
    "ops/cleanup/list_runs.sql": "a run is of all tenants alike; administrators see it",
    "ops/cleanup/cancel_run.sql": "a run is of all tenants alike",
    "ops/cleanup/see_clock.sql": "the database's own",
    "ops/cleanup/note_clock.sql": "the database's own",
    "ops/cleanup/failures_due.sql": "works for all tenants alike",
    "ops/cleanup/forget_failures.sql": "works for all tenants alike",
    "ops/cleanup/list_failures.sql": "an operator's, of all tenants alike",
    "ops/cleanup/preview.sql": "an operator's, of all tenants alike, or of one",
    "jobs/fold_totals.sql": "works for all tenants alike, and gives nothing back",
}
# Statements of operators: of all tenants alike, and of catalogs.
OPERATORS = ("ops/backup/", "ops/doctor/", "ops/indexes/", "ops/migrate/", "ops/verify/", "ops/preflight/", "ops/notices/", "ops/note.sql", "ops/has_table.sql", "ops/make_journal.sql")
BOUND_OTHERWISE = {}
STARS = {
    "ops/rollback/full_tools.sql": {"*": "a temporary table that it makes"},
    "ops/rollback/take_in_tools.sql": {"k.*": "a temporary table that full_tools.sql makes"},
    "catalog/products/search_products.sql": {"h.*": "a WITH query of the statement's own"},
    "exchange/wanted_products.part.sql": {"r.*": "import_row, a temporary table that stage.sql makes"},
}
SCRIPTS = {
    "exchange/stage.sql": "temporary tables, without parameters",
    "exchange/index_stage.sql": "their indexes",
    "exchange/drop_rejected.sql": "takes rows out of them",
    "exchange/fit_values.sql": "changes values in them",
    "ops/alerts/tidy.sql": "what has run out",
    "ops/cleanup/in_order.sql": "how what is due is read",
    "ops/cleanup/settings.sql": "how a connection cleans",
    "jobs/tidy_accounts.sql": "what has run out, of all tenants alike",
    "ops/make_journal.sql": "tables that are there before any migration",
    "ops/indexes/make_drafts.sql": "temporary tables",
    "ops/rollback/full_tools.sql": "temporary tables, and functions for any table that a catalog has",
    "ops/rollback/take_in_tools.sql": "functions for any table that an archive has",
}
SQL_IN_CODE = {
    "ops/rollback/full.cpp": "calls the functions that its scripts make, and remakes indexes as a catalog had them",
    "ops/rollback/archive.cpp": "a cursor, and COPY, of a temporary table",
    "ops/backup/contents.cpp": "hashes tables by the names that a catalog has, in any schema",
    "ops/backup/create.cpp": "what a snapshot needs, in databases of any schema, whose statements can't be prepared ahead",
    "ops/backup/database.cpp": "makes and drops scratch databases",
    "ops/backup/extract.cpp": "columns and sequences by the names that a catalog has",
    "ops/backup/restore.cpp": "makes, renames and drops databases",
    "ops/migrate/execute.cpp": "limits of locks, and the files of migrations",
    "ops/migrate/apply.cpp": "indexes by the names that migrations have",
    "ops/migrate/revert.cpp": "savepoints",
    "ops/migrate/baseline.cpp": "changes of tables, from names that a catalog has; they are shown before they are done",
    "ops/migrate/lint.cpp": "words of SQL, in advice",
    "ops/indexes/indexes.cpp": "drops indexes, by the names of its script",
    "ops/doctor/checks.cpp": "words of SQL, in advice",
    "pg/embedded/cluster.cpp": "makes the database, when there is none to check a statement against",
    "pg/blocking.cpp": "BEGIN, COMMIT and ROLLBACK",
    "exchange/stage.cpp": "COPY takes no parameters; the table is one of a constant list",
    "exchange/import.cpp": "the lock that keeps two imports of one tenant apart",
    "cli/demo.cpp": "finds the demo account and a tenth of its products",
}
BUILT_IN_CODE = {"ops/rollback/full.cpp", "ops/backup/contents.cpp", "ops/backup/database.cpp", "ops/backup/extract.cpp", "ops/backup/restore.cpp",
                 "ops/migrate/apply.cpp", "ops/migrate/execute.cpp", "ops/migrate/baseline.cpp", "ops/indexes/indexes.cpp", "exchange/stage.cpp"}


# --- reading SQL ----------------------------------------------------------------------------------------------------------

TOKEN = re.compile(r"""
    (?P<space>\s+|--[^\n]*|/\*.*?\*/)
  | (?P<text>'(?:[^']|'')*')
  | (?P<name>"(?:[^"]|"")*")
  | (?P<parameter>\$\d+)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<number>\d[\w.]*)
  | (?P<cast>::)
  | (?P<symbol>.)""", re.X | re.S)


@dataclass
class Token:
    kind: str
    text: str

    def __eq__(self, other):
        return self.text.upper() == other.upper() if isinstance(other, str) else self is other


def tokens_of(sql: str) -> list[Token]:
    return [Token(match.lastgroup, match[0]) for match in TOKEN.finditer(sql) if match.lastgroup != "space"]


def expanded(name: str, folder=SOURCE) -> str:
    """The statement with its parts in their places, as the build does it."""
    text = (folder / name).read_text()
    for _ in range(2):
        text = re.sub(PART, lambda found: part_text(folder / place_of(found[1], name)), text)
    return text


PART = r"/\* ([\w/]+(?:\.kind)?\.part\.sql) \*/"
BUILD = (REPOSITORY / "cmake/embed.cmake").read_text()
KIND_NAMES = re.search(r"set\(kind_names ([\w ]+)\)", BUILD)[1].split()
KINDS = [line.replace('\\"', '"').split("|") for line in re.findall(r'^  "([^\n]*\|\d)"', BUILD, re.M)]


def part_text(path) -> str:
    """A part, which is there for each kind where it is one of kinds."""
    text = path.read_text()
    if not path.name.endswith(".kind.part.sql"):
        return text
    filled = []
    for values in KINDS:
        filled.append(text.replace("{union}", "UNION ALL" if filled else ""))
        for name, value in zip(KIND_NAMES, values, strict=True):
            filled[-1] = filled[-1].replace(f"{{{name}}}", value)
    return "".join(filled)


def place_of(part: str, statement: str) -> str:
    """A part is in the folder of the statement, unless it is named with its path."""
    return part if "/" in part else f"{statement.rpartition('/')[0]}/{part}"


def innermost(tokens: list[Token], at: int) -> tuple[int, int]:
    """Where the parentheses around tokens[at] begin and end; the whole statement where there are none."""
    depth, begin = 0, at
    while begin >= 0:
        depth += (tokens[begin] == ")") - (tokens[begin] == "(")
        if depth < 0:
            break
        begin -= 1
    depth, end = 0, at
    while end < len(tokens):
        depth += (tokens[end] == "(") - (tokens[end] == ")")
        if depth < 0:
            break
        end += 1
    return begin, end


NO_ALIAS = {"WHERE", "ON", "USING", "SET", "JOIN", "LEFT", "RIGHT", "FULL", "INNER", "CROSS", "GROUP", "ORDER", "LIMIT",
            "FOR", "UNION", "SELECT", "RETURNING", "VALUES", "AS", "HAVING", "OFFSET", "DO", "NATURAL", "DEFAULT"}


@dataclass
class Relation:
    """A table where a row of it is read or written."""
    table: str
    schema: str
    alias: str       # "" where it has none
    is_insert: bool
    scope: str       # the query around it, as one line
    before: str      # the two tokens before the parentheses of that query


def relations_of(tokens: list[Token]) -> list[Relation]:
    found = []
    known = WITH_TENANT | HANGING | OTHER_TABLES
    for at, token in enumerate(tokens):
        if token.kind != "name" or token.text.strip('"') not in known:
            continue
        schema = tokens[at - 2].text if at >= 2 and tokens[at - 1] == "." else ""
        lead = tokens[at - 3 if schema else at - 1] if at >= (3 if schema else 1) else Token("word", "")
        following = tokens[at + 1:at + 3]
        if following and following[0] == "AS":
            following = following[1:]
        alias = following[0].text if following and following[0].kind == "word" and following[0].text.upper() not in NO_ALIAS \
            else ""
        begin, end = innermost(tokens, at)
        found.append(Relation(token.text.strip('"'), schema, alias, lead == "INTO",
                              " ".join(t.text for t in tokens[begin + 1:end]),
                              " ".join(t.text for t in tokens[max(0, begin - 4):max(0, begin)])))
    return found


# --- the rules ------------------------------------------------------------------------------------------------------------

def names_base_tables(sql: str) -> list[str]:
    return [f'"{relation.table}" is not read through live."{relation.table}"'
            for relation in relations_of(tokens_of(sql))
            if relation.table in TRASHABLE and relation.schema != "live" or relation.schema == "trash"]


def has_untyped_parameters(sql: str) -> list[str]:
    tokens = tokens_of(sql)
    return [f"{token.text} has no type" for at, token in enumerate(tokens)
            if token.kind == "parameter" and (at + 2 >= len(tokens) or tokens[at + 1] != "::" or tokens[at + 2].kind != "word")]


def has_stars(sql: str, allowed=()) -> list[str]:
    tokens = tokens_of(sql)
    stars = []
    for at, token in enumerate(tokens):
        before = tokens[at - 1] if at else Token("word", "")
        if token == "*" and (before == "." or before.text.upper() in ("SELECT", "DISTINCT", "ALL", "RETURNING", ",")):
            stars.append(f"{tokens[at - 2].text}.*" if before == "." else "*")
    return [f"{star}: the columns are to be named" for star in stars if star not in allowed]


def is_several_statements(sql: str) -> list[str]:
    return ["there is more than one statement"] if any(token == ";" for token in tokens_of(sql)) else []


def has_unbound_rows(sql: str) -> list[str]:
    """Each table of tenants' rows is bound to $1: by its "userId", or by what it is joined to."""
    tokens = tokens_of(sql)
    whole = " ".join(token.text for token in tokens)
    relations = [relation for relation in relations_of(tokens) if relation.table in WITH_TENANT | HANGING]
    wrong = []
    tenant = r'"userId" = \$1 :: int4'
    if relations and not re.search(tenant, whole) and not (
            all(relation.is_insert for relation in relations) and re.search(r'\( "userId".*(SELECT|VALUES \() \$1 :: int4', whole)):
        wrong.append("no row is bound to the tenant, $1")
    if re.search(r"\$1 (?!:: int4)", whole + " "):
        wrong.append("$1 is the tenant, an int4")
    for relation in relations:
        if relation.table not in WITH_TENANT:
            continue
        if relation.is_insert:
            columns = re.search(rf'INTO (?:\w+ \. )?"{relation.table}" (?:(?:AS )?\w+ )?\( ([^()]*) \)', relation.scope)
            if not columns or '"userId"' not in columns[1]:
                wrong.append(f'"{relation.table}" is inserted without a tenant')
            continue
        mine = re.escape(relation.alias) + r" \. " if relation.alias else ""
        column = mine + r'"\w+"'
        other = r'(?:\w+ \. "?\w+"?|\( SELECT\b)'
        bound = re.search(rf"{mine}{tenant}", relation.scope) \
            or mine and re.search(rf'{column} (?:=|IN|<>) (?:ANY )?(?!{mine}){other}', relation.scope) \
            or mine and re.search(rf'(?<!\w )(?!{mine})\b\w+ \. "?\w+"? = {column}', relation.scope) \
            or re.search(r'\. "\w+" IN$', relation.before) and relation.scope.startswith('SELECT "id" FROM')
        if not bound:
            wrong.append(f'"{relation.table}" {relation.alias} is not bound to the tenant, $1')
    return wrong


def complaints(name: str, sql: str) -> list[str]:
    folder = name.rpartition("/")[0]
    allowed = {star for file, stars in STARS.items() for star in stars
               if file == name or file in PARTS and file.rpartition("/")[0] == folder}
    wrong = has_stars(sql, allowed)
    wrong += has_untyped_parameters(sql)
    if name not in SCRIPTS:
        wrong += is_several_statements(sql)
    if not name.startswith(SEES_THE_TRASH):
        wrong += names_base_tables(sql)
    if name not in WITHOUT_TENANT and not name.startswith(OPERATORS):
        bound = tuple(BOUND_OTHERWISE.get(name, ()))
        wrong += [each for each in has_unbound_rows(sql) if not (bound and each.startswith(bound))]
    return wrong


# --- the statements -------------------------------------------------------------------------------------------------------

def test_there_are_statements_to_read():
    assert len(STATEMENTS) > 30 and len(PARTS) >= 5


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name not in PARTS])
def test_a_statement(name):
    sql = expanded(name)
    assert ".part.sql" not in sql, "a part that is not there"
    assert complaints(name, sql) == []


def test_every_part_is_used():
    used = set()
    for name in STATEMENTS:
        used |= {place_of(part, name) for part in re.findall(PART, (SOURCE / name).read_text())}
    assert used == set(PARTS)


def test_no_exception_is_listed_in_vain():
    for name in [*WITHOUT_TENANT, *STARS, *SCRIPTS]:
        assert name in STATEMENTS, f"{name} is gone"
    for name in WITHOUT_TENANT:
        unbound = has_unbound_rows(expanded(name))
        accounts = any(f'"{table}"' in expanded(name) for table in OTHER_TABLES)
        assert unbound or accounts, f"{name} needs no exception"
    for name, stars in STARS.items():
        assert has_stars((SOURCE / name).read_text()) and not has_stars((SOURCE / name).read_text(), stars), name
    for name in SCRIPTS:
        assert is_several_statements(expanded(name)), name
        assert not re.search(r"\$\d", "".join(token.text for token in tokens_of(expanded(name)))), "a script takes no parameters"
    for name in SQL_IN_CODE:
        assert sql_in((SOURCE / name).read_text()), f"{name} has no SQL any more"


def test_what_the_program_runs_is_what_is_read_here(service):
    """The statements that it prepares, with their parts in place."""
    printed = service.run("client", "statements").stdout
    for name in ("find_product", "list_products", "search_products", "create_product", "delete_product", "restore_product"):
        [file] = [file for file in STATEMENTS if file.endswith(f"/{name}.sql")]
        assert expanded(file).strip() in printed, name


# --- SQL in the code ------------------------------------------------------------------------------------------------------

LITERAL = re.compile(r"""
    (?P<comment>//[^\n]*|/\*.*?\*/)
  | R"(?P<mark>\w*)\((?P<raw>.*?)\)(?P=mark)"
  | "(?P<plain>(?:[^"\\\n]|\\.)*)"
  | '(?:[^'\\\n]|\\.)+'""", re.X | re.S)
LOOKS_LIKE_SQL = re.compile(
    r"^\s*(SELECT|WITH \w+ AS|INSERT INTO|UPDATE \S+|DELETE FROM|CREATE \w+|ALTER \w+|DROP \w+|TRUNCATE|COPY|SET (LOCAL|SESSION|\w+ (=|TO))|"
    r"BEGIN|COMMIT|ROLLBACK|LISTEN|NOTIFY|EXECUTE|PREPARE|DO \$|LOCK)\b|\bFROM (live\.|public\.)?\\?\"[A-Z]|\bWHERE \\?\"", re.M)


def literals_of(code: str) -> list[tuple[str, str, str]]:
    """Each text of the code, those that stand side by side as one; with what is before and behind it."""
    found = []  # text, begin, end
    for match in LITERAL.finditer(code):
        text = match["raw"] if match["raw"] is not None else match["plain"]
        if text is None:
            continue
        text = text.replace('\\"', '"').replace("\\n", "\n")
        begin = match.start()
        if found and not code[found[-1][2]:begin].strip():
            text, begin = found[-1][0] + text, found.pop()[1]
        found.append((text, begin, match.end()))
    return [(text, code[max(0, begin - 40):begin].rstrip(), code[end:end + 20].lstrip()) for text, begin, end in found]


def sql_in(code: str) -> list[str]:
    return [text for text, before, _ in literals_of(code) if LOOKS_LIKE_SQL.search(text) and "#include" not in before]


def built_sql_in(code: str) -> list[str]:
    """SQL with something put into it: by a format, or by +."""
    return [text for text, before, behind in literals_of(code) if LOOKS_LIKE_SQL.search(text) and
            (re.search(r"(format|format_to|sprintf|printf|append)\($", before) and "{" in text or "%s" in text and "format('" not in text
             or before.endswith("+") or behind.startswith("+"))]


CODE = sorted(path.relative_to(SOURCE).as_posix() for path in [*SOURCE.rglob("*.cpp"), *SOURCE.rglob("*.hpp")])


@pytest.mark.parametrize("name", CODE)
def test_sql_lives_in_files_of_its_own(name):
    code = (SOURCE / name).read_text()
    if name == "cli/db.cpp":  # an example in its help
        code = code.replace('''"pixelpim db psql -- -c 'SELECT count(*) FROM live.\\"Product\\"'"''', "")
    if name not in SQL_IN_CODE:
        assert sql_in(code) == []
    if name not in BUILT_IN_CODE:
        assert built_sql_in(code) == []
    if not name.startswith(SEES_THE_TRASH):
        assert [wrong for text in sql_in(code) for wrong in names_base_tables(text)] == []


# --- the linter itself ------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("name,sql,complaint", [
    ("base table", 'SELECT p."id" FROM "Product" p WHERE p."userId" = $1::int4', 'live."Product"'),
    ("base table, in public", 'SELECT p."id" FROM public."Product" p WHERE p."userId" = $1::int4', 'live."Product"'),
    ("joined", 'SELECT p."id" FROM live."Product" p JOIN "Category" c ON c."id" = p."categoryId" WHERE p."userId" = $1::int4',
     'live."Category"'),
    ("updated", 'UPDATE "Asset" a SET "name" = $2::text WHERE a."userId" = $1::int4', 'live."Asset"'),
    ("inserted", 'INSERT INTO "Family" ("name", "userId") SELECT $2::text, $1::int4', 'live."Family"'),
    ("deleted with USING", 'DELETE FROM "ProductAsset" l USING "Asset" a WHERE a."userId" = $1::int4 AND a."id" = l."assetId"',
     'live."Asset"'),
    ("inside of a WITH", 'WITH x AS (SELECT "id" FROM "AttributeGroup" WHERE "userId" = $1::int4) SELECT "id" FROM x',
     'live."AttributeGroup"'),
    ("the second of a list", 'SELECT a."id" FROM live."Product" a, "Product" b WHERE a."userId" = $1::int4 AND b."id" = a."id"',
     'live."Product"'),
    ("a group",
     'SELECT p."id" FROM live."Product" p JOIN "AssetGroup" g ON g."id" = p."id" WHERE p."userId" = $1::int4', 'live."AssetGroup"'),
    ("no tenant", 'SELECT p."id" FROM live."Product" p WHERE p."id" = $2::int4', "tenant"),
    ("tenant in a comment", '-- "userId" = $1::int4\nSELECT p."id" FROM live."Product" p WHERE p."id" = $2::int4', "tenant"),
    ("tenant in a text", '''SELECT p."id" FROM live."Product" p WHERE p."name" = '"userId" = $1::int4' ''', "tenant"),
    ("another parameter", 'SELECT p."id" FROM live."Product" p WHERE p."userId" = $2::int4', "tenant"),
    ("only one of two", '''SELECT p."id" FROM live."Product" p WHERE p."userId" = $1::int4
        UNION SELECT (SELECT c."id" FROM live."Category" c WHERE c."id" = $2::int4)''', '"Category" c is not bound'),
    ("the other alias", 'SELECT (SELECT q."id" FROM live."Product" q WHERE q."sku" = $2::text) FROM live."Product" p '
     'WHERE p."userId" = $1::int4', '"Product" q is not bound'),
    ("without an alias", 'WITH x AS (SELECT "id" FROM live."Family" WHERE "id" = $2::int4) SELECT p."id" FROM x, live."Product" p '
     'WHERE p."userId" = $1::int4', '"Family"  is not bound'),
    ("values without a tenant", 'DELETE FROM "ProductAttribute" v WHERE v."productId" = $2::int4', "tenant"),
    ("update without a tenant", 'UPDATE live."Product" SET "name" = $2::text WHERE "id" = $3::int4', "tenant"),
    ("insert without a tenant", 'INSERT INTO live."Family" ("name") SELECT $2::text FROM live."Family" f WHERE f."userId" = $1::int4',
     "inserted without a tenant"),
    ("a total without a tenant", '''SELECT t."rows" FROM "ListTotal" t WHERE t."kind" = 'product' ''', "tenant"),
    ("the tenant as a text", 'SELECT p."id" FROM live."Product" p WHERE p."userId" = $1::text', "int4"),
    ("no type", 'SELECT p."id" FROM live."Product" p WHERE p."userId" = $1::int4 AND p."sku" = $2', "$2 has no type"),
    ("no type, in the middle", 'SELECT p."id" FROM live."Product" p WHERE p."userId" = $1::int4 AND lower($2) = p."sku"',
     "$2 has no type"),
    ("star", 'SELECT * FROM live."Product" p WHERE p."userId" = $1::int4', "*"),
    ("star of an alias", 'SELECT p.* FROM live."Product" p WHERE p."userId" = $1::int4', "p.*"),
    ("second star", 'SELECT p."id", * FROM live."Product" p WHERE p."userId" = $1::int4', "*"),
    ("returned star", 'UPDATE live."Product" p SET "name" = \'x\' WHERE p."userId" = $1::int4 RETURNING *', "*"),
    ("two statements", 'SELECT 1; DELETE FROM x', "more than one"),
], ids=lambda value: value if " " in value and len(value) < 40 and '"' not in value else "")
def test_the_linter_refuses(name, sql, complaint):
    found = complaints("catalog/some.sql", sql)
    assert any(complaint in each for each in found), found


@pytest.mark.parametrize("sql", [
    'SELECT count(*) AS "total" FROM live."Product" p WHERE p."userId" = $1::int4',
    'SELECT p."version" * 2 FROM live."Product" p WHERE p."userId" = $1::int4 -- "Product" and $2 and *',
    '''SELECT p."id" FROM live."Product" p WHERE p."userId" = $1::int4 AND p."name" = 'FROM "Product"; $3' ''',
    '''SELECT p."id", (SELECT c."name" FROM live."Category" c WHERE c."id" = p."categoryId") FROM live."Product" p
        WHERE p."userId" = $1::int4 AND p."id" = ANY ($2::int4[])''',
    'INSERT INTO live."Family" ("name", "userId") SELECT $2::text, $1::int4 WHERE NOT EXISTS '
    '(SELECT FROM live."Family" f WHERE f."userId" = $1::int4)',
    "SELECT 1::int4",
])
def test_the_linter_lets_good_ones_pass(sql):
    assert complaints("catalog/some.sql", sql) == []


@pytest.mark.parametrize("code", [
    'auto rows = db.query(fmt::format("SELECT id FROM t WHERE name = \'{}\'", name));',
    'db.query("SELECT id FROM t WHERE id = " + std::to_string(id));',
    'std::string sql = prefix + "DELETE FROM t";',
    'fmt::format("UPDATE \\"Product\\" SET"\n   " x = {}", x)',
    'fmt::format(R"sql(\nSELECT 1 FROM {})sql", table)',
])
def test_built_sql_is_seen(code):
    assert sql_in(code) and built_sql_in(code)


@pytest.mark.parametrize("code", ['// "SELECT 1" + x', 'fmt::format("Select a file: {}", x)', '#include "sql/trash.hpp"',
                                  'failure("The database is out of reach: " + text)', "char c = '\"';"])
def test_words_are_no_sql(code):
    assert sql_in(code) == []
