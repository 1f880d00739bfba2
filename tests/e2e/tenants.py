"""Accounts, and what a test needs in a tenant's catalogue before it begins.

Attributes, families, categories and assets are made by SQL: the tests that use them are about products.
"""

import base64
import dataclasses
import hmac
import itertools
import json
import uuid
import weakref

import httpx
import psycopg

from service import Service

PASSWORD = "correct horse battery staple"
NOW = "now() at time zone 'UTC'"

_numbers = itertools.count(1)


class Api:
    """One account's view of the server: a client that sends its token, and the products' requests by name."""

    def __init__(self, service: Service, token: str):
        self.service = service
        self.token = token
        self.http = service.client(token)

    def request(self, method: str, path: str, expect: int | None = None, **more) -> httpx.Response:
        answer = self.http.request(method, path, **more)
        if expect is not None:
            assert answer.status_code == expect, f"{method} {path}: {answer.status_code} {answer.text[:800]}"
        return answer

    def get(self, path: str, expect: int = 200, **params):
        return self.request("GET", path, expect, params=params or None).json()

    def create(self, **fields) -> dict:
        """A product; name and SKU are made up where they are not given."""
        number = next(_numbers)
        body = {"name": f"Product {number}", "sku": f"SKU-{number:05d}"} | fields
        return self.request("POST", "/products", 201, json=body).json()

    def update(self, product: int, expect: int = 200, **fields) -> dict:
        return self.request("PATCH", f"/products/{product}", expect, json=fields).json()

    def delete(self, product: int, expect: int = 200, **params) -> dict:
        return self.request("DELETE", f"/products/{product}", expect, params=params or None).json()

    def restore(self, product: int, expect: int = 200, **params) -> dict:
        return self.request("POST", f"/products/{product}/restore", expect, params=params or None).json()

    def purge(self, product: int, expect: int = 200) -> dict:
        return self.request("DELETE", f"/products/{product}/permanent", expect).json()

    def trash(self, **params) -> dict:
        return self.get("/products/deleted", **params)

    def ids(self, path: str = "/products", **params) -> list[int]:
        return [item["id"] for item in self.get(path, **({"limit": 100} | params))["data"]]


class Tenant(Api):
    """An owner with a catalogue of his own."""

    def __init__(self, service: Service, database: psycopg.Connection, email: str, token: str, user_id: int):
        super().__init__(service, token)
        self.database = database
        self.email = email
        self.id = user_id

    def _insert(self, statement: str, *values) -> int:
        return self.database.execute(statement, values).fetchone()[0]

    def attribute(self, name: str, type: str = "STRING", default: str | None = None) -> int:
        return self._insert(f'''INSERT INTO "Attribute"(name, type, "defaultValue", "userId", "updatedAt")
                                VALUES (%s, %s, %s, %s, {NOW}) RETURNING id''', name, type, default, self.id)

    def family(self, name: str, required: tuple = (), optional: tuple = ()) -> int:
        family = self._insert(f'''INSERT INTO "Family"(name, "userId", "updatedAt")
                                  VALUES (%s, %s, {NOW}) RETURNING id''', name, self.id)
        for attribute, is_required in [(a, True) for a in required] + [(a, False) for a in optional]:
            self._insert('''INSERT INTO "FamilyAttribute"("familyId", "attributeId", "isRequired")
                            VALUES (%s, %s, %s) RETURNING id''', family, attribute, is_required)
        return family

    def category(self, name: str, parent: int | None = None, description: str | None = None) -> int:
        return self._insert(f'''INSERT INTO "Category"(name, description, "parentCategoryId", "userId", "updatedAt")
                                VALUES (%s, %s, %s, %s, {NOW}) RETURNING id''', name, description, parent, self.id)

    def attribute_group(self, name: str, attributes: tuple = (), description: str | None = None) -> int:
        group = self._insert(f'''INSERT INTO "AttributeGroup"(name, description, "userId", "updatedAt")
                                 VALUES (%s, %s, %s, {NOW}) RETURNING id''', name, description, self.id)
        for attribute in attributes:
            self._insert('''INSERT INTO "AttributeGroupAttribute"("attributeGroupId", "attributeId")
                            VALUES (%s, %s) RETURNING id''', group, attribute)
        return group

    def asset(self, name: str) -> int:
        return self._insert(f'''INSERT INTO "Asset"(name, "fileName", "filePath", "mimeType", size, "userId", "updatedAt")
                                VALUES (%s, %s, %s, 'image/png', 1234, %s, {NOW}) RETURNING id''',
                            name, f"{name}.png", f"/uploads/{self.id}/{name}.png", self.id)

    def link_asset(self, product: int, asset: int) -> int:
        return self._insert('INSERT INTO "ProductAsset"("productId", "assetId") VALUES (%s, %s) RETURNING id',
                            product, asset)

    def variant(self, parent: int, **fields) -> dict:
        """A variant of a product, made as a client can today: with the SKU of its parent."""
        return self.create(parentSku=self.get(f"/products/{parent}")["sku"], **fields)

    def events(self, entity_id: int | None = None) -> list[dict]:
        """The audit events of this tenant, oldest first."""
        condition = 'AND "entityId"::text = %(entity)s::text' if entity_id is not None else ""
        with self.database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute(f'SELECT * FROM "AuditEvent" WHERE "userId" = %(tenant)s {condition} ORDER BY id',
                                  {"tenant": self.id, "entity": entity_id}).fetchall()

    def deletions(self) -> list[dict]:
        with self.database.cursor(row_factory=psycopg.rows.dict_row) as cursor:
            return cursor.execute('SELECT * FROM "Deletion" WHERE "userId" = %s ORDER BY id', (self.id,)).fetchall()


def log_in(service: Service, email: str, password: str = PASSWORD) -> str:
    """The token of an account."""
    with service.client() as client:
        answer = client.post("/auth/login", json={"email": email, "password": password})
    assert answer.status_code == 201, answer.text
    return answer.json()["token"]


def new_email(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:10]}@shop.example"


@dataclasses.dataclass
class Signing:
    """What makes further accounts of a service, and their tokens, as its program makes them: hashing passwords is made to take its time."""
    password: str  # PASSWORD, as the program keeps it
    header: str
    claims: dict
    secret: bytes

    def token(self, user_id: int, email: str, role: str, owner: int | None = None) -> str:
        claims = json.dumps(self.claims | {"sub": user_id, "email": email, "role": role, "ownerId": owner}, separators=(",", ":"))
        signed = f"{self.header}.{_base64url(claims.encode())}"
        return f"{signed}.{self.signature(signed)}"

    def signature(self, signed: str) -> str:
        return _base64url(hmac.new(self.secret, signed.encode(), "sha256").digest())


_signing = weakref.WeakKeyDictionary()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def secret_of(service) -> bytes:
    """What the service signs its tokens with: what it was told, or what it made itself."""
    told = service.environment.get("JWT_SECRET")
    return told.encode() if told else (service.state / "secret").read_bytes().strip()


def signing_of(service: Service, database: psycopg.Connection) -> Signing:
    """Learned from an account that an operator makes, and that logs in."""
    if service not in _signing:
        email = new_email("first")
        service.run("user", "add", email, "--password-stdin", stdin=PASSWORD + "\n")
        header, claims, signature = log_in(service, email).split(".")
        password = database.execute('DELETE FROM "User" WHERE email = %s RETURNING password', (email,)).fetchone()[0]
        made = Signing(password, header, json.loads(base64.urlsafe_b64decode(claims + "==")), secret_of(service))
        assert made.signature(f"{header}.{claims}") == signature, "tokens are signed in another way by now"
        _signing[service] = made
    return _signing[service]


def new_tenant(service: Service, database: psycopg.Connection, name: str = "owner", role: str | None = None) -> Tenant:
    """An account as one that an operator made, and that logged in."""
    email, role, signing = new_email(name), role or "OWNER", signing_of(service, database)
    user_id = database.execute("""INSERT INTO "User"(email, password, role) VALUES (%s, %s, %s) RETURNING id""",
                               (email, signing.password, role)).fetchone()[0]
    return Tenant(service, database, email, signing.token(user_id, email, role), user_id)


def new_staff(owner: Tenant, grants: tuple = ()) -> Api:
    """A member of an owner's staff with these permissions, e.g. ("products", "read"); the password is the owner's."""
    email = new_email("staff")
    staff = owner._insert('''INSERT INTO "User"(email, fullname, password, role, "ownerId")
                             SELECT %s, 'Staff', password, 'STAFF', id FROM "User" WHERE id = %s RETURNING id''',
                          email, owner.id)
    for resource, action in grants:
        grant(owner.database, staff, resource, action)
    signing = signing_of(owner.service, owner.database)
    api = Api(owner.service, signing.token(staff, email, "STAFF", owner.id))
    api.id = staff
    return api


def grant(database: psycopg.Connection, user: int, resource: str, action: str, granted: bool = True):
    database.execute(f'''INSERT INTO "UserPermission"("userId", resource, action, granted, "updatedAt")
                         VALUES (%s, %s, %s, %s, {NOW})''', (user, resource, action, granted))


def keep_signature(service, owner: int, until: int) -> str:
    """That of the link in the weekly mail about the trash."""
    secret = (service.state / "secret").read_text().strip()
    return hmac.new(secret.encode(), f"keep what the trash will lose\n{owner}\n{until}".encode(), "sha256").hexdigest()
