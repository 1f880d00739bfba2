"""Who may call what: every route that the program has, as everybody that there is."""

import json

import pytest

from tenants import PASSWORD, Api, log_in, new_staff, new_tenant

# Every route, and who may call it. A route that is missing here, or says otherwise in the program, fails a test.
ACCESS = {
    "anyone": ["GET /", "GET /health", "GET /health/live", "GET /health/ready", "GET /openapi.json", "GET /metrics", "GET /admin/monitor", "GET /trash/keep", "POST /trash/keep",
               "GET /docs", "GET /app/:version/*file", "POST /auth/login", "POST /auth/send-otp",
               "POST /auth/verify-otp", "POST /auth/signup", "POST /auth/forgot-password", "POST /auth/reset-password"],
    "signed in": ["GET /auth/profile", "PATCH /auth/password", "POST /auth/logout-all", "GET /permissions",
                  "GET /owner/staff/:staffId/permissions"],
    "role ADMIN": ["POST /admin/create-owner", "GET /admin/owners", "GET /admin/owners/:ownerId", "PATCH /admin/owners/:ownerId",
                   "DELETE /admin/owners/:ownerId", "POST /admin/owners/:ownerId/restore", "GET /admin/cleanup/runs", "GET /admin/alerts", "GET /admin/monitor/facts",
                   "POST /admin/cleanup/runs/:id/cancel"],
    "role OWNER": ["POST /owner/create-staff", "GET /owner/my-staff", "PATCH /owner/staff/:staffId", "DELETE /owner/staff/:staffId",
                   "POST /owner/staff/:staffId/restore", "POST /owner/staff/:staffId/permissions",
                   "POST /owner/staff/:staffId/permissions/bulk", "DELETE /owner/staff/:staffId/permissions"],
    "api-keys:manage": ["GET /api-keys", "POST /api-keys", "POST /api-keys/generate", "POST /api-keys/regenerate",
                        "POST /api-keys/:id/rotate", "DELETE /api-keys/:id"],
    "attribute-groups:create": ["POST /attribute-groups"],
    "attribute-groups:read": ["GET /attribute-groups", "GET /attribute-groups/:id"],
    "attribute-groups:update": ["PATCH /attribute-groups/:id", "POST /attribute-groups/:id/restore",
                                "POST /attribute-groups/:id/attributes/:attributeId",
                                "DELETE /attribute-groups/:id/attributes/:attributeId"],
    "attribute-groups:delete": ["GET /attribute-groups/deleted", "DELETE /attribute-groups/:id"],
    "attributes:create": ["POST /attributes"],
    "attributes:read": ["GET /attributes", "GET /attributes/groups", "GET /attributes/types",
                        "GET /attributes/with-product-counts", "GET /attributes/:id"],
    "attributes:update": ["GET /attributes/attribute-suggestions", "PATCH /attributes/:id", "POST /attributes/:id/restore"],
    "attributes:delete": ["GET /attributes/deleted", "DELETE /attributes/:id"],
    "products:create": ["POST /products"],
    "products:read": ["GET /products", "GET /products/sku/:sku", "GET /products/category/:id", "GET /products/family/:id",
                      "GET /products/attribute-group/:id", "GET /products/attribute/:id", "GET /products/:id",
                      "GET /products/:id/variants", "GET /products/:id/history", "GET /products/:id/attributes", "GET /products/export/attributes",
                      "GET /products/import/progress/:sessionId"],
    "products:update": ["PATCH /products/:id", "POST /products/:id/restore", "PATCH /products/:id/attributes",
                        "POST /products/bulk/attach-to-family", "POST /products/:id/variants",
                        "POST /products/:id/variants/generate", "POST /products/:id/variants/attach",
                        "DELETE /products/:id/variants/:variantId"],
    "products:delete": ["GET /products/deleted", "DELETE /products/:id"],
    "products:import": ["POST /products/import", "POST /products/import-with-progress"],
    "assets:create": ["POST /assets/upload", "POST /assets/upload-url", "POST /assets/:id/restore"],
    "assets:read": ["GET /assets", "GET /assets/with-groups", "GET /assets/:id", "GET /assets/:id/download", "POST /assets/zip",
                    "GET /uploads/*path"],
    "assets:update": ["PATCH /assets/:id", "PUT /assets/:id/file", "POST /assets/:id/file"],
    "assets:delete": ["GET /assets/deleted", "DELETE /assets/:id"],
    "assets:export": ["GET /assets/export/json", "POST /assets/export"],
    "asset-groups:create": ["POST /asset-groups"],
    "asset-groups:read": ["GET /asset-groups", "GET /asset-groups/:id", "GET /asset-groups/:id/children",
                          "GET /asset-groups/:id/assets"],
    "asset-groups:update": ["PATCH /asset-groups/:id", "POST /asset-groups/:id/attach-assets", "POST /asset-groups/:id/restore"],
    "asset-groups:delete": ["GET /asset-groups/deleted", "DELETE /asset-groups/:id"],
    "categories:create": ["POST /categories"],
    "categories:read": ["GET /categories", "GET /categories/tree", "GET /categories/:id", "GET /categories/:id/subcategories"],
    "categories:update": ["PATCH /categories/:id", "POST /categories/:id/restore"],
    "categories:delete": ["GET /categories/deleted", "DELETE /categories/:id"],
    "families:create": ["POST /families"],
    "families:read": ["GET /families", "GET /families/:id"],
    "families:update": ["PATCH /families/:id", "POST /families/:id/restore", "POST /families/:id/attributes/:attributeId",
                        "DELETE /families/:id/attributes/:attributeId"],
    "families:delete": ["GET /families/deleted", "DELETE /families/:id"],
    "products:export": ["GET /products/export", "POST /products/export", "POST /products/export/download"],
    "any:delete": ["GET /trash", "POST /trash/empty", "GET /trash/deletions", "GET /trash/deletions/:id", "GET /trash/bulk/:id",
                   "PATCH /trash/deletions/:id", "DELETE /trash/deletions/:id/permanent", "GET /trash/settings",
                   "GET /trash/holds", "GET /trash/certificates", "GET /trash/certificates/:id/items"],
    "any:update": ["GET /trash/deletions/:id/restore-preview", "POST /trash/deletions/:id/restore"],
    "notifications:read": ["GET /notifications", "GET /notifications/stats"],
    "notifications:delete": ["DELETE /notifications/cleanup"],
}
# What may be trashed, each by its own permissions.
KINDS = ["products", "assets", "asset-groups", "categories", "families", "attributes", "attribute-groups"]
for kind in KINDS:
    ACCESS.setdefault(f"{kind}:update", []).extend([f"GET /{kind}/:id/restore-preview", f"POST /{kind}/bulk-restore"])
    ACCESS.setdefault(f"{kind}:delete", []).extend([f"POST /{kind}/bulk-delete", f"POST /{kind}/bulk-permanent",
                                                             f"DELETE /{kind}/:id/permanent"])
ACCESS["role OWNER"] += ["PATCH /trash/settings", "POST /trash/brake/release", "POST /trash/holds", "DELETE /trash/holds/:id"]
DECLARED = {route: access for access, routes in ACCESS.items() for route in routes}
DATA = {route: access for route, access in DECLARED.items() if ":" in access}


def call(api: Api, route: str, number: int = 999_999_999, **more):
    method, path = route.split(" ")
    for name in ("*path", ":id", ":sku", ":ownerId", ":staffId", ":attributeId", ":variantId", ":sessionId"):
        path = path.replace(name, str(number))
    return api.http.request(method, path, json={} if method in ("POST", "PATCH") else None, **more)


def test_the_table_is_that_of_the_program(service):
    routes = [json.loads(line) for line in service.run("client", "routes", "--json").stdout.splitlines()]
    assert {f"{route['method']} {route['path']}": route["access"] for route in routes} == DECLARED


@pytest.mark.parametrize("route", [route for route, access in DECLARED.items() if access != "anyone"])
def test_nobody_gets_in(service, route):
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic YTpi"}, {"X-Api-Key": "pk_" + "0" * 64}):
        with service.client() as client:
            answer = client.request(*route.split(" "), headers=headers)
        assert answer.status_code == 401, (headers, answer.text)


@pytest.fixture(scope="module")
def people(service, database):
    """Somebody of each kind: an owner, another one, an administrator, and staff without any permission."""
    owner, other, admin = (new_tenant(service, database, name, role) for name, role in
                           (("owner", None), ("other", None), ("admin", "ADMIN")))
    return {"owner": owner, "other": other, "admin": admin, "staff": new_staff(owner)}


def may(scope: str, route: str) -> bool:
    """Whether a permission opens a route; any kind's permission opens those over all kinds."""
    resource, action = DATA[route].split(":")
    return scope in (DATA[route], *(f"{kind}:{action}" for kind in KINDS if resource == "any"))


def refused(answer) -> bool:
    return answer.status_code in (401, 403)


# All but the one that would end the sessions that this test goes on with; the last test has it.
@pytest.mark.parametrize("route", [route for route in DECLARED if route != "POST /auth/logout-all"])
def test_each_role_is_let_in_where_it_is_declared(people, route):
    """D-06, D-19: nobody gets a 500 for being who they are."""
    access = DECLARED[route]
    for name, person in people.items():
        may = {"anyone": True, "signed in": True, "role ADMIN": name == "admin", "role OWNER": name in ("owner", "other")}.get(
            access, name in ("owner", "other"))
        answer = call(person, route)
        assert answer.status_code < 500, answer.text
        if may and access not in ("anyone", "signed in"):
            assert not refused(answer), (name, answer.text)
        if not may:
            assert answer.status_code == 403, (name, answer.text)


@pytest.mark.parametrize("route", DATA)
def test_staff_need_the_very_permission(people, route):
    """D-19: some routes asked for none, or for another one."""
    owner = people["owner"]
    resource, action = DATA[route].split(":")
    others = [(r, a) for r, a in {tuple(access.split(":")) for access in DATA.values()}
              if r != "any" and not may(f"{r}:{a}", route)]
    without = call(new_staff(owner, grants=tuple(others)), route)
    on = "any of" if resource == "any" else f"'{resource}'"
    assert without.status_code == 403 and f"'{action}' on {on}" in without.json()["message"]
    resource = KINDS[3] if resource == "any" else resource
    # (Making a key is refused for another reason: nobody gives away more than they have.)
    allowed = call(new_staff(owner, grants=((resource, action),)), route)
    assert allowed.status_code != 401 and "Missing permission" not in allowed.text


@pytest.fixture(scope="module")
def keys(people):
    """A key for each scope, and one for all."""
    scopes = sorted({scope for scope in DATA.values() if not scope.startswith("any:")}) + ["*"]
    return {scope: people["owner"].request("POST", "/api-keys", 201, json={"scopes": [scope]}).json()["apiKey"] for scope in scopes}


@pytest.mark.parametrize("route", [route for route, access in DECLARED.items() if access != "anyone"])
def test_a_key_opens_the_data_routes_of_its_scopes(service, keys, route):
    """D-43: keys could be made, and opened nothing."""
    for scope, key in keys.items():
        with service.client() as client:
            answer = call(type("Anybody", (), {"http": client})(), route, headers={"X-Api-Key": key})
        allowed = route in DATA and (scope == "*" or may(scope, route))
        makes_keys = DATA.get(route) == "api-keys:manage" and answer.request.method == "POST"
        assert refused(answer) == (not allowed) or makes_keys, (scope, answer.text)


def test_an_administrator_who_acts_as_a_tenant_is_in_its_audit(people, database):
    owner, admin = people["owner"], people["admin"]
    product = owner.create()["id"]
    assert admin.request("GET", f"/products/{product}").status_code == 403
    as_owner = {"X-Act-As": str(owner.id)}
    assert admin.request("GET", f"/products/{product}", 200, headers=as_owner).json()["id"] == product
    [event] = [e for e in owner.events() if e["action"] == "tenant.act_as"]
    assert event["actorId"] == admin.id and event["detail"] == {"route": "GET /products/:id"}
    assert admin.request("GET", "/products", headers={"X-Act-As": "999999999"}).status_code == 404
    assert admin.request("GET", "/products", headers={"X-Act-As": str(admin.id)}).status_code == 404
    assert people["other"].request("GET", f"/products/{product}", headers=as_owner).status_code == 403


def test_sessions_that_were_ended_open_nothing(service, database):
    owner = new_tenant(service, database)
    staff = new_staff(owner, grants=(("products", "read"),))
    second = Api(service, log_in(service, owner.email, PASSWORD))
    owner.request("POST", "/auth/logout-all", 201)
    for api in (owner, second):
        assert api.request("GET", "/products").status_code == 401
    assert staff.request("GET", "/products").status_code == 200, "others stay"
    assert Api(service, log_in(service, owner.email, PASSWORD)).request("GET", "/products").status_code == 200
