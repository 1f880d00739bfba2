"""The service as a whole: health, log-in, rights, limits, what it writes down, and how it starts, stops and survives."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import signal
import socket
import subprocess
import threading
import time

import httpx
import psycopg
import pytest

from service import alive, files_below, free_port, wait_until
from tenants import PASSWORD, grant, log_in, new_email, new_staff, new_tenant

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
# bcrypt of "alicepw1", as the replaced service made them (cost 10), with both of the marks that its libraries use.
BCRYPT_OF_ALICEPW1 = ("$2b$10$2sMQxAoCI2zjaxoqBcuC/uh3XqzQ8jOeNN06cA0YX91HF2GDc5Q8O",
                      "$2a$10$2sMQxAoCI2zjaxoqBcuC/uh3XqzQ8jOeNN06cA0YX91HF2GDc5Q8O")


# --- health and routing ------------------------------------------------------------------------------------------------

def test_health_keeps_its_old_shape(service):
    with service.client() as client:
        answer = client.get("/health")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok" and ISO_TIME.fullmatch(answer.json()["timestamp"])
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert ready.status_code == 200 and ready.json()["status"] in ("ok", "ready")


def test_ready_names_what_is_missing(new_service):
    """D-71: the replaced service was well without a database."""
    service = new_service().start()
    with service.client() as client, service.connect() as database:
        assert {name: client.get("/health/ready").json()[name] for name in ("database", "migrations", "statements")} == dict.fromkeys(
            ("database", "migrations", "statements"), "ok")
        newest = database.execute("""UPDATE "_pixelpim_migrations" SET rolled_back_at = now() WHERE migration_name =
            (SELECT max(migration_name) FROM "_pixelpim_migrations") RETURNING migration_name""").fetchone()[0]
        refused = client.get("/health/ready")
        assert (refused.status_code, refused.json()["code"]) == (503, "migrations") and newest in refused.json()["message"]
        database.execute('UPDATE "_pixelpim_migrations" SET rolled_back_at = NULL WHERE migration_name = %s', [newest])
        assert client.get("/health/ready").status_code == 200
    assert service.stop() == 0


def test_the_root_greets(service):
    with service.client() as client:
        answer = client.get("/")
    assert (answer.status_code, answer.text) == (200, "Hello World!")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_browser_gets_the_app(service):
    """Compressed as it likes, kept for ever where the address says what is there, with a policy that runs nothing else."""
    with service.client() as browser:
        browser.headers["Accept"] = "text/html"
        pages = {coding: browser.get("/", headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip", "br")}
        assert [page.headers.get("content-encoding") for page in pages.values()] == [None, "gzip", "br"]
        assert len({page.headers["etag"] for page in pages.values()}) == 3
        assert pages["gzip"].text == pages["identity"].text and "<script" in pages["identity"].text
        policy = pages["br"].headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';") and "unsafe" not in policy
        assert pages["br"].headers["cache-control"] == "no-cache" and "Accept" in pages["br"].headers["vary"]
        script = browser.get(re.search(r'src="(/app/[^"]+)"', pages["identity"].text)[1])
        assert "immutable" in script.headers["cache-control"] and script.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("method,path", [("GET", "/nope"), ("POST", "/products/1/nope"), ("GET", "/products/1/2/3"),
                                         ("GET", "/Products")])
def test_an_unknown_route_says_so(tenant, method, path):
    answer = tenant.request(method, path, 404)
    assert answer.json()["message"] == f"Cannot {method} {path}"
    assert answer.json()["error"] == "Not Found"


@pytest.mark.parametrize("method,path,allowed", [("PUT", "/products/1", {"GET", "PATCH", "DELETE"}),
                                                 ("DELETE", "/products", {"GET", "POST"}), ("GET", "/auth/login", {"POST"}),
                                                 ("POST", "/health", {"GET"})])
def test_a_wrong_method_tells_the_right_ones(tenant, method, path, allowed):
    answer = tenant.request(method, path, 405)
    assert allowed <= {name.strip() for name in answer.headers["allow"].split(",")}
    assert answer.json()["statusCode"] == 405


def test_literal_segments_win_over_parameters(tenant):
    """Trap 18: the replaced service took "deleted" for an id."""
    assert tenant.request("GET", "/products/deleted", 200).json()["data"] == []


def test_head_is_get_without_its_body(tenant):
    answer = tenant.request("HEAD", "/products", 200)
    assert answer.content == b"" and int(answer.headers["content-length"]) > 0


def test_every_answer_has_a_request_id_and_takes_a_good_one(tenant):
    first, second = tenant.request("GET", "/products"), tenant.request("GET", "/products")
    assert first.headers["x-request-id"] != second.headers["x-request-id"]
    assert tenant.request("GET", "/products", headers={"X-Request-Id": "mine-123"}).headers["x-request-id"] == "mine-123"
    refused = tenant.request("GET", "/products/999999999", 404, headers={"X-Request-Id": "mine-124"})
    assert refused.json()["requestId"] == "mine-124" == refused.headers["x-request-id"]
    for bad in ("x" * 1000, "a b\"c{}"):  # it goes into logs and the database: no monsters
        assert tenant.request("GET", "/products", headers={"X-Request-Id": bad}).headers["x-request-id"] != bad


def test_large_answers_are_compressed_for_those_who_can_read_it(tenant):
    for n in range(30):
        tenant.create(name=f"A product with a long name that repeats itself, repeats itself {n}")
    plain = tenant.request("GET", "/products?limit=100", 200, headers={"Accept-Encoding": "identity"})
    packed = tenant.request("GET", "/products?limit=100", 200, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert packed.json() == plain.json()


def test_cors_preflight_needs_no_token(service):
    with service.client() as client:
        answer = client.options("/products", headers={"Origin": "http://shop.example", "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 200
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-origin"] in ("*", "http://shop.example")


def test_d61_only_origins_that_are_listed_may_send_credentials(service, new_service):
    """D-61: any origin could, and no answer had a header that keeps it from being used for something else."""
    def headers(of, origin: str):
        with of.client() as client:
            return client.get("/products", headers={"Origin": origin}).headers

    anybody = headers(service, "https://evil.example")
    assert anybody["access-control-allow-origin"] == "*" and "access-control-allow-credentials" not in anybody
    for name, value in {"x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "no-referrer"}.items():
        assert anybody[name] == value
    listed = new_service(environment={"CORS_ORIGIN": "https://shop.example,https://admin.example"}).start()
    for origin in ("https://shop.example", "https://admin.example"):
        given = headers(listed, origin)
        assert (given["access-control-allow-origin"], given["access-control-allow-credentials"], given["vary"]) == (origin, "true", "Origin")
    for origin in ("https://evil.example", "https://shop.example.evil.example", "http://shop.example", "null"):
        assert not [name for name in headers(listed, origin) if name.startswith("access-control-")], origin
    assert listed.stop() == 0


# --- log-in ----------------------------------------------------------------------------------------------------------

def sign_in(service, body) -> httpx.Response:
    with service.client() as client:
        return client.post("/auth/login", json=body)


def test_log_in_and_profile(service, tenant):
    answer = sign_in(service, {"email": tenant.email, "password": PASSWORD})
    assert answer.status_code == 201
    body = answer.json()
    assert body["message"] == "Login successful"
    assert {"id", "email", "fullname", "createdAt"} <= body["user"].keys() and body["user"]["email"] == tenant.email
    claims = json.loads(base64.urlsafe_b64decode(body["token"].split(".")[1] + "=="))
    assert (claims["sub"], claims["email"], claims["role"], claims["ownerId"]) == (tenant.id, tenant.email, "OWNER", None)
    assert claims["exp"] - claims["iat"] == 24 * 3600
    profile = tenant.get("/auth/profile")
    assert {"id", "email", "fullname", "role", "ownerId", "createdAt", "effectiveUserId"} <= profile.keys()
    assert (profile["id"], profile["role"], profile["ownerId"], profile["effectiveUserId"]) == (tenant.id, "OWNER", None, tenant.id)
    assert "password" not in answer.text + json.dumps(profile)


def test_new_passwords_are_argon2id(tenant, database):
    stored, = database.execute('SELECT password FROM "User" WHERE id = %s', (tenant.id,)).fetchone()
    assert stored.startswith("$argon2id$")


@pytest.mark.parametrize("stored", BCRYPT_OF_ALICEPW1, ids=["2b", "2a"])
def test_an_existing_bcrypt_password_still_opens(service, database, stored):
    email = new_email("bcrypt")
    database.execute('INSERT INTO "User"(email, fullname, password) VALUES (%s, %s, %s)', (email, "Old", stored))
    assert sign_in(service, {"email": email, "password": "alicepw2"}).status_code == 401
    assert sign_in(service, {"email": email, "password": "alicepw1"}).status_code == 201
    assert sign_in(service, {"email": email, "password": "alicepw1"}).status_code == 201  # whatever was stored since


def test_an_account_without_a_password_can_not_be_entered(service, database):
    email = new_email("google")
    database.execute('INSERT INTO "User"(email, provider) VALUES (%s, %s)', (email, "google"))
    for password in ("", "null", "x"):
        assert sign_in(service, {"email": email, "password": password}).status_code in (400, 401)


def test_a_wrong_password_and_an_unknown_account_look_the_same(service, tenant):
    answers = [sign_in(service, {"email": tenant.email, "password": "wrong"}),
               sign_in(service, {"email": new_email("nobody"), "password": "wrong"})]
    assert [a.status_code for a in answers] == [401, 401]
    seen = [{k: v for k, v in a.json().items() if k != "requestId"} for a in answers]
    assert seen[0] == seen[1] and seen[0]["message"] == "Invalid credentials"


@pytest.mark.alone
def test_an_unknown_account_takes_as_long_as_a_wrong_password(service, tenant):
    def best_of_three(email):
        times = []
        for _ in range(3):
            start = time.perf_counter()
            sign_in(service, {"email": email, "password": "wrong"})
            times.append(time.perf_counter() - start)
        return min(times)

    known, unknown = best_of_three(tenant.email), best_of_three(new_email("nobody"))
    assert unknown > known / 2, "the clock tells who has an account"


@pytest.mark.parametrize("body,named", [({}, {"email", "password"}), ({"email": "no mail", "password": "x"}, {"email"}),
                                        ({"email": "a@b.example", "password": 5}, {"password"}),
                                        ({"email": "a@b.example", "password": "x", "more": 1}, {"more"})])
def test_log_in_names_wrong_fields(service, body, named):
    answer = sign_in(service, body)
    assert answer.status_code == 400
    for field in named:
        assert any(field in message for message in answer.json()["message"])


@pytest.mark.alone
def test_the_event_loop_goes_on_while_passwords_are_hashed(service, tenant):
    """Hashing takes a whole core for a long time; reads must not wait for it."""
    stop = threading.Event()

    def keep_hashing():
        while not stop.is_set():
            sign_in(service, {"email": tenant.email, "password": "wrong"})

    hashing = [threading.Thread(target=keep_hashing) for _ in range(4)]
    for thread in hashing:
        thread.start()
    try:
        times = []
        for _ in range(30):
            start = time.perf_counter()
            tenant.request("GET", "/health/live", 200)
            times.append(time.perf_counter() - start)
    finally:
        stop.set()
        for thread in hashing:
            thread.join()
    assert sorted(times)[len(times) // 2] < 0.1, "reads queue behind the hashing"


# --- tokens and rights ---------------------------------------------------------------------------------------------------

def encoded(value) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(header: dict, claims: dict, secret: bytes | None) -> str:
    signed = f"{encoded(header)}.{encoded(claims)}"
    signature = hmac.new(secret, signed.encode(), hashlib.sha256).digest() if secret is not None else b""
    return f"{signed}.{encoded(signature)}"


def bad_tokens(tenant) -> dict[str, str]:
    header, payload, signature = tenant.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    none, hs256 = {"alg": "none", "typ": "JWT"}, {"alg": "HS256", "typ": "JWT"}
    return {
        "nothing": ".", "words": "not.a.jwt", "one part": header, "no signature": f"{header}.{payload}.",
        "alg none": forged(none, claims, None), "alg None": forged({"alg": "None"}, claims, None),
        "another secret": forged(hs256, claims, b"secret"), "an empty secret": forged(hs256, claims, b""),
        "the old source's secret": forged(hs256, claims, b"your-secret-key"),
        "other claims": f"{header}.{encoded(claims | {'sub': 1, 'role': 'ADMIN'})}.{signature}",
        "another header": f"{encoded(none)}.{payload}.{signature}",
        "a changed signature": f"{header}.{payload}.{('A' if signature[0] != 'A' else 'B') + signature[1:]}",
        "a cut signature": f"{header}.{payload}.{signature[:-4]}",
        "very long": "a" * 8000,
    }


def test_forged_tokens_open_nothing(service, tenant):
    """D-24: a constant of the source signed tokens that opened everything."""
    for kind, token in bad_tokens(tenant).items():
        with service.client() as client:
            answer = client.get("/products", headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, answer.json()["message"]) == (401, "Unauthorized"), kind
    for header in (tenant.token, f"Basic {tenant.token}", "Bearer", f"Bearer {tenant.token} x"):
        with service.client() as client:
            assert client.get("/products", headers={"Authorization": header}).status_code == 401, header[:10]
    with service.client() as client:
        assert client.get("/products").status_code == 401
        assert client.get("/auth/profile").status_code == 401


def test_an_expired_token_is_refused(new_service):
    """With a secret that we know, tokens can be made here, as the replaced service made them. D-24: how long they are good for was not to be
    set."""
    secret = "a secret of more than thirty-two bytes, for this test"
    running = new_service(environment={"JWT_SECRET": secret, "JWT_EXPIRES_IN": "2h"}).start()
    with running.connect() as database:
        owner = new_tenant(running, database)
        given = json.loads(base64.urlsafe_b64decode(log_in(running, owner.email).split(".")[1] + "=="))
        assert given["exp"] - given["iat"] == 2 * 3600
        now = int(time.time())
        claims = {"sub": owner.id, "email": owner.email, "role": "OWNER", "ownerId": None, "iat": now - 90000}

        def status(**changes):
            token = forged({"alg": "HS256", "typ": "JWT"}, claims | changes, secret.encode())
            with running.client(token) as client:
                return client.get("/products").status_code

        assert status(exp=now + 60) == 200, "a token of the replaced service is good until it expires"
        assert status(exp=now - 1) == 401
        assert status(exp="never") == 401
        assert status() == 401, "a token without an end"
        assert status(exp=now + 60, sub=999999999) == 401
        assert status(exp=now + 60, sub=str(owner.id)) in (200, 401)
        # The role in a token is not believed: the account's own counts.
        database.execute('''UPDATE "User" SET role = 'ADMIN' WHERE id = %s''', (owner.id,))
        assert status(exp=now + 60) == 403
        database.execute('DELETE FROM "User" WHERE id = %s', (owner.id,))
        assert status(exp=now + 60) == 401
    assert running.stop() == 0


def test_staff_need_each_permission(tenant, database):
    made = tenant.create()["id"]
    staff = new_staff(tenant)
    for method, path, action in (("GET", "/products", "read"), ("GET", f"/products/{made}", "read"), ("POST", "/products", "create"),
                                 ("PATCH", f"/products/{made}", "update"), ("DELETE", f"/products/{made}", "delete"),
                                 ("GET", "/products/deleted", "delete"), ("POST", f"/products/{made}/restore", "update"),
                                 ("DELETE", f"/products/{made}/permanent", "delete")):
        answer = staff.request(method, path, 403, json={} if method in ("POST", "PATCH") else None)
        assert answer.json()["message"] == f"Access denied: Missing permission '{action}' on 'products'", (method, path)
        assert answer.json()["error"] == "Forbidden"
    grant(database, staff.id, "products", "read", granted=False)
    staff.request("GET", "/products", 403)
    database.execute('UPDATE "UserPermission" SET granted = true WHERE "userId" = %s', (staff.id,))
    assert staff.ids() == [made], "staff see their owner's catalogue"
    profile = staff.get("/auth/profile")
    assert (profile["role"], profile["ownerId"], profile["effectiveUserId"]) == ("STAFF", tenant.id, tenant.id)


def test_an_administrator_has_no_catalogue(service, database):
    """D-06: every route was an error for them."""
    admin = new_tenant(service, database, "admin", role="ADMIN")
    assert admin.get("/auth/profile")["role"] == "ADMIN" and admin.get("/auth/profile")["effectiveUserId"] is None
    for method, path in (("GET", "/products"), ("POST", "/products"), ("GET", "/products/deleted"), ("DELETE", "/products/1")):
        body = {"name": "x", "sku": "XXXX"} if method == "POST" else None
        assert admin.request(method, path, json=body).status_code == 403, (method, path)


def test_the_command_line_makes_tokens(service, tenant):
    token = service.run("token", tenant.email).stdout.strip()
    with service.client(token) as client:
        assert client.get("/auth/profile").json()["id"] == tenant.id


def test_the_same_account_can_not_be_added_twice(service, tenant):
    again = service.run("user", "add", tenant.email.upper(), "--password-stdin", stdin=PASSWORD + "\n", check=False)
    assert again.returncode != 0 and tenant.email in again.stderr.lower()


# --- limits --------------------------------------------------------------------------------------------------------------

def raw(service, request: bytes, seconds: float = 15) -> bytes:
    """Bytes in, bytes out, until the server closes or has said nothing for a while."""
    with socket.create_connection(("127.0.0.1", service.port), timeout=seconds) as connection:
        try:
            connection.sendall(request)
        except (BrokenPipeError, ConnectionResetError):
            pass
        received = b""
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return received


def test_a_body_over_the_limit_is_413(tenant):
    body = json.dumps({"name": "Big", "sku": "BIGG-1", "imageUrl": "x" * 110_000})
    answer = tenant.request("POST", "/products", 413, content=body, headers={"Content-Type": "application/json"})
    assert answer.json()["statusCode"] == 413

    def pieces():
        for _ in range(200):
            yield b" " * 1000

    assert tenant.request("POST", "/products", content=pieces()).status_code == 413
    tenant.request("GET", "/products", 200)
    # Just below is no problem.
    tenant.create(imageUrl="x" * 90_000)


def test_headers_over_the_limit_are_431(service):
    answer = raw(service, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Big: " + b"a" * 40_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431"), answer[:100]
    answer = raw(service, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.split()[1] in (b"414", b"431"), answer[:100]


@pytest.mark.parametrize("request_bytes", [
    b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\nConnection: close\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello!",
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nZZ\r\nhello\r\n0\r\n\r\n",
    b"POST /auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nConnection: close\r\n\r\n0\r\n\r\n",
], ids=["no HTTP", "version", "TLS", "negative length", "two lengths", "bad chunk", "smuggling"])
def test_what_is_no_proper_http_is_refused_and_hurts_nobody(service, request_bytes):
    answer = raw(service, request_bytes)
    assert answer == b"" or answer.split()[1] in (b"400", b"501", b"505"), answer[:100]
    with service.client() as client:
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize("flood", [b"3;x=" + b"y" * 1_000_000, b"0\r\n" + b"X: y\r\n" * 200_000], ids=["extension", "trailers"])
def test_what_stands_beside_the_chunks_is_bounded(service, flood):
    """A client could fill the memory with it, for no limit of the body counts it."""
    answer = raw(service, b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                          b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n" + flood)
    assert answer.split()[1] == b"400", answer[:100]


def test_requests_sent_one_behind_the_other_are_answered_in_order(service, tenant):
    lines = b"".join(f"GET /products?page={n} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.token}\r\n"
                     f"X-Request-Id: in-order-{n}\r\n{'Connection: close' if n == 5 else 'X: y'}\r\n\r\n".encode()
                     for n in range(1, 6))
    answer = raw(service, lines)
    assert re.findall(rb"in-order-(\d)", answer) == [b"1", b"2", b"3", b"4", b"5"]
    assert answer.count(b"HTTP/1.1 200") == 5


def test_a_client_that_leaves_in_the_middle_hurts_nobody(service, tenant):
    for _ in range(20):
        connection = socket.create_connection(("127.0.0.1", service.port))
        connection.sendall(f"POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.token}\r\n"
                           f"Content-Length: 5000\r\n\r\n{{".encode())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()
    assert tenant.get("/products")["pagination"]["total"] == 0


# --- what it writes down -------------------------------------------------------------------------------------------------

def test_the_log_is_json_lines_with_request_ids_and_without_secrets(service, tenant):
    """D-51: headers and keys were in the log."""
    tenant.request("GET", "/products/999999999", 404, headers={"X-Request-Id": "find-me-in-the-log"})
    tenant.request("DELETE", "/products/999999999", 404)
    wait_until(lambda: "find-me-in-the-log" in service.logs(), 30, "the request in the log")
    lines = [json.loads(line) for line in service.logs().splitlines()]
    assert all(isinstance(line, dict) for line in lines)
    [line] = [line for line in lines if "find-me-in-the-log" in json.dumps(line)]
    assert "/products/999999999" in json.dumps(line) and "404" in json.dumps(line)
    text = service.logs() + service.output_path.read_text()
    for secret in (PASSWORD, tenant.token, tenant.token.split(".")[2], "$argon2id$", "Bearer "):
        assert secret not in text, "a secret in the log"


def test_files_with_secrets_are_for_their_owner_only(service):
    kept = [path for path in files_below(service.state) if re.search("secret|key|token", path.name, re.I)]
    assert kept
    for path in kept:
        assert path.stat().st_mode & 0o077 == 0, path


# --- commands -----------------------------------------------------------------------------------------------------------

def test_version_and_help(service):
    facts = json.loads(service.run("version", "--json").stdout)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", facts["version"])
    for command in ([], ["up"], ["serve"], ["user", "add"], ["token"], ["version"], ["migrate", "deploy"],
                    ["migrate", "status"], ["db", "start"], ["db", "stop"], ["db", "status"], ["db", "url"], ["db", "psql"],
                    ["import"]):
        text = service.run(*command, "--help").stdout
        assert "pixelpim" in text, command
        if command:
            assert re.search(r"example", text, re.I), f"{command} --help has no example"


def test_a_wrong_command_line_is_refused(service):
    for arguments in (["fly"], ["up", "--port", "abc"], ["up", "--port", "70000"], ["user", "add"]):
        done = service.run(*arguments, check=False)
        assert done.returncode != 0 and done.stderr.strip(), arguments


def test_the_database_url_works_with_psql(service):
    done = subprocess.run(["psql", "-XAtc", 'SELECT count(*) > 0 FROM "User"', service.database_url], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.strip() in ("t", "f"), done.stderr


# --- starting ------------------------------------------------------------------------------------------------------------

def test_a_second_up_on_the_same_state_says_what_is_in_the_way(service):
    second = service.spawn(port=free_port())
    try:
        assert second.wait(60) not in (0, None)
    finally:
        if second.poll() is None:
            second.kill()
    with service.client() as client:
        assert client.get("/health/ready").status_code == 200, "the first one goes on"
    assert re.search(r"already|another|runs|running", service.output(), re.I), service.output()
    assert str(service.process.pid) in service.output() or str(service.state) in service.output()


def test_two_ups_at_the_very_same_moment_are_one_service(new_service):
    service = new_service()
    ports = [free_port(), free_port()]
    both = [service.spawn(port) for port in ports]
    try:
        wait_until(lambda: [p for p in both if p.poll() is not None], 60, "one of them to give way")
        [loser] = [p for p in both if p.poll() is not None]
        assert loser.returncode != 0
        service.process = both[1 - both.index(loser)]
        service.port = ports[1 - both.index(loser)]
        service.wait_ready()
        assert service.stop() == 0
    finally:
        for process in both:
            if process.poll() is None:
                process.kill()
                process.wait()


def test_a_taken_port_is_named_with_the_next_step(service, new_service):
    other = new_service()
    process = other.spawn(port=service.port)
    assert process.wait(60) not in (0, None)
    assert str(service.port) in other.output() and "--port" in other.output(), other.output()
    assert other.postgres_pids() == [], "it left a database behind"


# --- stopping, dying and coming back ------------------------------------------------------------------------------------

@pytest.fixture
def frail(new_service):
    """A service of the test's own, to be broken, with an owner in it."""
    running = new_service().start()
    with running.connect() as database:
        owner = new_tenant(running, database)
    running.owner = owner
    return running


def test_sigterm_lets_the_requests_under_way_end(frail):
    """One request whose body is half there, and one that waits for a row that somebody holds."""
    held = frail.owner.create()["id"]
    body = b'{"name":"Last one","sku":"LAST-1"}'
    slow = socket.create_connection(("127.0.0.1", frail.port), timeout=60)
    slow.sendall(f"POST /products HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {frail.owner.token}\r\n"
                 f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:10])
    outcome = {}

    def delete():
        with frail.client(frail.owner.token) as client:
            outcome["delete"] = client.delete(f"/products/{held}").status_code

    waiting = threading.Thread(target=delete)
    with psycopg.connect(frail.database_url) as holder:
        holder.execute('SELECT FROM "Product" WHERE id = %s FOR UPDATE', (held,))
        waiting.start()
        with frail.connect() as looking:
            wait_until(lambda: looking.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0],
                       30, "the delete to wait for the lock")
        frail.process.send_signal(signal.SIGTERM)

        def refused():
            try:
                socket.create_connection(("127.0.0.1", frail.port), timeout=1).close()
            except OSError:
                return True

        wait_until(refused, 30, "the port to be closed for newcomers")
        assert frail.process.poll() is None
        holder.rollback()
    slow.sendall(body[10:])
    answer = slow.recv(65536)
    waiting.join(60)
    assert answer.startswith(b"HTTP/1.1 201"), answer[:200]
    assert outcome == {"delete": 200}
    assert frail.process.wait(60) == 0
    assert frail.postgres_pids() == []
    assert "server.stopped" in frail.logs() and "database.lost" not in frail.logs().rpartition("server.draining")[2]

    frail.start()
    assert frail.owner.get("/products")["data"][0]["sku"] == "LAST-1"
    assert frail.owner.ids("/products/deleted") == [held]
    assert frail.stop() == 0


def test_who_would_wait_too_long_is_refused_at_once(new_service):
    """Who is far behind in the line for searches would be served late, and is answered 503 at once; who is not is served."""
    service = new_service(environment={"PIXELPIM_THREADS": "1"}).start()
    with service.connect() as database, service.connect() as operator, contextlib.ExitStack() as clients:
        tenant = new_tenant(service, database)
        tenant.create(sku="WANTED-1")

        def ask() -> socket.socket:
            connection = clients.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=60))
            connection.sendall(f"GET /products?search=WANTED HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {tenant.token}\r\n"
                               "Connection: close\r\n\r\n".encode())
            return connection

        def answer_to(connection: socket.socket) -> str:
            return b"".join(iter(lambda: connection.recv(65536), b"")).decode()

        begun = set()

        def several_took_a_second():
            begun.update(database.execute("SELECT pid, query_start FROM pg_stat_activity WHERE wait_event_type = 'Lock'").fetchall())
            return len(begun) >= 6

        with operator.transaction():
            operator.execute('LOCK TABLE "Product" IN ACCESS EXCLUSIVE MODE')
            early = [ask() for _ in range(100)]
            wait_until(several_took_a_second, 30, "searches to run into their lock_timeout")
            refused = [answer_to(ask()) for _ in range(40)]
        for answer in refused:
            assert answer.startswith("HTTP/1.1 503 ") and re.search(r"\r\nRetry-After: [1-9]", answer), answer
        served = [answer for answer in map(answer_to, early) if answer.startswith("HTTP/1.1 200 ")]
        assert len(served) >= 60 and all("WANTED-1" in answer for answer in served)


def test_postgresql_killed_while_serving(frail):
    """503 with Retry-After meanwhile, then service by itself: nobody restarts our program."""
    made = frail.owner.create()
    server = frail.process.pid
    gone = frail.kill_postgres()
    seen = []

    def serves_again():
        answer = frail.owner.request("GET", f"/products/{made['id']}")
        seen.append(answer)
        return answer.status_code == 200

    wait_until(serves_again, 30, "service to come back", pause=0.02)
    refused = [answer for answer in seen if answer.status_code != 200]
    assert refused, "nobody noticed the fault: it was none"
    for answer in refused:
        assert answer.status_code == 503 and int(answer.headers["retry-after"]) >= 1, answer.text
        assert answer.json()["statusCode"] == 503
    assert seen[-1].json() == made
    assert alive(server) and frail.process.poll() is None
    assert not set(gone) & set(frail.postgres_pids()), "the old processes are gone, new ones serve"
    assert "was not properly shut down" in everything_logged(frail)
    frail.owner.create()
    assert frail.stop() == 0


def everything_logged(service) -> str:
    """All log files, that of PostgreSQL too."""
    return "".join(path.read_text(errors="replace") for path in sorted((service.state / "logs").iterdir()))


def test_readiness_tells_the_truth_while_the_database_is_away(frail):
    """D-71: that, too."""
    frail.kill_postgres()
    with frail.client() as client:
        statuses = set()

        def back():
            ready = client.get("/health/ready").status_code
            statuses.add(ready)
            assert client.get("/health/live").status_code == 200
            assert client.get("/health").status_code == 200
            return 503 in statuses and ready == 200

        wait_until(back, 30, "not ready, then ready again", pause=0.01)
    assert statuses == {200, 503}


def test_terminated_backends_are_replaced(frail):
    made = frail.owner.create()
    for _ in range(3):
        with frail.connect() as operator:
            ended = operator.execute('''SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
                                        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()''').fetchone()[0]
        assert ended > 0, "there was nothing to terminate"
        statuses = []

        def steady():
            statuses.append(frail.owner.request("GET", f"/products/{made['id']}").status_code)
            return statuses[-10:] == [200] * 10

        wait_until(steady, 30, "ten good answers in a row", pause=0.01)
        assert set(statuses) <= {200, 503}, statuses
        wait_until(lambda: frail.owner.request("PATCH", f"/products/{made['id']}", json={"imageUrl": "/x"}).status_code == 200,
                   30, "writes too")
    assert frail.stop() == 0


@pytest.mark.alone
def test_kill_9_of_the_program_and_up_again_takes_the_running_cluster_over(frail):
    made = frail.owner.create()
    before = frail.postgres_pids()
    postmaster = before[0]
    frail.kill()
    assert alive(postmaster), "PostgreSQL is in a session of its own and goes on"
    begin = time.monotonic()
    frail.start()
    assert time.monotonic() - begin < 15, "it waits for nothing"
    assert postmaster in frail.postgres_pids(), "the same cluster, not another one"
    assert frail.owner.get(f"/products/{made['id']}") == made, "the token too is good after a restart"
    assert frail.stop() == 0
    assert frail.postgres_pids() == []


def test_kill_9_of_everything_and_up_again_recovers(frail):
    made = frail.owner.create()
    frail.kill()
    frail.kill_postgres()
    frail.start()
    assert "was not properly shut down" in everything_logged(frail)
    assert frail.owner.get(f"/products/{made['id']}") == made
    assert frail.stop() == 0
