"""`pixelpim client`: every statement fits the database, and the generated TypeScript client is compiled and used."""

import json
import os
import shutil
import subprocess

import pytest

from service import REPOSITORY
from tenants import PASSWORD

TYPESCRIPT = "5.6.3"
USE = """
import { PixelPim, PixelPimError } from "./pixelpim.js";

async function main(): Promise<void> {
  const [url, email, password] = process.argv.slice(2) as [string, string, string];
  const pim = new PixelPim({ baseUrl: url });
  pim.options.token = (await pim.logIn({ email, password })).token;
  const made = await pim.createProduct({ name: "Typed boot", sku: "TYPED/1" });
  const id: number = made.id;
  const page = await pim.listProducts({ search: "Typed", limit: 5 });
  const listed: string[] = page.data.map((product) => product.name);
  const bySku = await pim.getProductBySku("TYPED/1");
  await pim.updateProduct(id, { name: "Typed boots" });
  await pim.deleteProduct(id);
  let refused: unknown = null;
  try {
    await pim.getProduct(id);
  } catch (error) {
    if (!(error instanceof PixelPimError)) throw error;
    refused = [error.status, error.problem.code, error.message];
  }
  const restored = await pim.restoreProduct(id);
  const again = await pim.getProduct(id);
  const none = await pim.listProducts({ attr: { nowhere: { contains: "x" } } }).catch((error) => (error as PixelPimError).status);
  const image = await pim.uploadAsset({ name: "typed", file: new Blob(["hello"]) } as never);
  console.log(JSON.stringify({ id, listed, bySku: bySku.id, refused, restored, name: again.name, none, image }));
}

void main();
"""
WRONG = """
import { PixelPim } from "./pixelpim.js";
const pim = new PixelPim({ baseUrl: "" });
void pim.createProduct({ name: 7, sku: "x" });
void pim.getProduct("seven");
void pim.listProducts({ limit: "many" });
void pim.getProduct(1).then((product) => product.nothing);
void pim.noSuchOperation();
"""


@pytest.fixture(scope="module")
def tsc():
    """The TypeScript compiler, fetched once into the build folder."""
    if not shutil.which("npm") or not shutil.which("node"):
        pytest.skip("there is no node with npm here: apt-get install nodejs npm")
    folder = REPOSITORY / "build/typescript"
    program = folder / "node_modules/typescript/bin/tsc"
    if not program.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        done = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", f"typescript@{TYPESCRIPT}"],
                              cwd=folder, capture_output=True, text=True, timeout=180)
        if done.returncode != 0:
            pytest.skip(f"the compiler can't be fetched: {done.stderr[-300:]}")
    return ["node", str(program)]


@pytest.fixture(scope="module")
def generated(service, tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    files = json.loads(service.run("client", "generate", "--out", folder, "--json").stdout)["files"]
    assert sorted(os.path.basename(file) for file in files) == ["openapi.json", "pixelpim.ts"]
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node.d.ts").write_text("declare const process: { argv: string[] };\n")
    return folder


def compiled(tsc, folder, *files) -> subprocess.CompletedProcess:
    options = ["--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2022", "--module", "es2022",
               "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable"]
    return subprocess.run([*tsc, *options, "--outDir", folder / "out", *[folder / file for file in files]], capture_output=True, text=True,
                          timeout=180)


def test_every_statement_fits_the_database_and_check_only_reads(service, database, new_service):
    before = database.execute("SELECT txid_current_if_assigned(), pg_current_wal_insert_lsn() IS NOT NULL").fetchone()
    checked = json.loads(service.run("client", "check", "--json").stdout)
    assert checked["ok"] is True and checked["statements"] > 100 and before
    empty = new_service()
    done = empty.run("client", "check", check=False)
    assert done.returncode == 1 and "does not fit" in done.stderr and "migrate deploy" in done.stderr
    with empty.connect() as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()[0] == 0


def test_the_description_is_that_of_the_server(service, generated):
    with service.client() as client:
        assert client.get("/openapi.json").json() == json.loads((generated / "openapi.json").read_text())


def test_the_typescript_client_is_compiled_and_used(service, tenant, tsc, generated):
    (generated / "use.ts").write_text(USE)
    done = compiled(tsc, generated, "use.ts", "node.d.ts")
    assert done.returncode == 0, done.stdout[:3000]
    (generated / "out/package.json").write_text('{"type": "module"}')
    environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
    ran = subprocess.run(["node", generated / "out/use.js", service.url, tenant.email, PASSWORD], capture_output=True, text=True,
                         timeout=60, env=environment)
    assert ran.returncode == 0, ran.stderr
    result = json.loads(ran.stdout)
    assert result["listed"] == ["Typed boot"] and result["bySku"] == result["id"] and result["name"] == "Typed boots"
    assert result["refused"][0] == 404 and result["none"] == 400 and result["image"]["name"] == "typed"
    assert tenant.get(f"/products/{result['id']}")["sku"] == "TYPED/1"


def test_a_wrong_call_does_not_compile(tsc, generated):
    (generated / "wrong.ts").write_text(WRONG)
    done = compiled(tsc, generated, "wrong.ts", "node.d.ts")
    assert {f"wrong.ts({line}" for line in (4, 5, 6, 7, 8)} <= {line.rpartition("/")[2].partition(",")[0] for line in done.stdout.splitlines()}, done.stdout
