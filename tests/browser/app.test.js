// The browser app as a person uses it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";

import { launch, logIn, openPage, row, startService, toast } from "./support.js";

const csv = (rows) => ({ name: "products.csv", mimeType: "text/csv", buffer: Buffer.from(["sku,name,Colour", ...rows].join("\n")) });
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC", "base64");
const markup = `<img src=x onerror=alert(1)>"'&<script>alert(2)</script>`;

let service;
let browser;
before(async () => ([service, browser] = await Promise.all([startService(), launch()])));
after(async () => {
  await browser?.close();
  assert.equal(await service.stop(), 0);
});

let person;
let page;
beforeEach(async () => {
  person = await service.person();
  page = await openPage(browser);
  await logIn(page, service.url, person);
});
afterEach(async () => {
  await page.context().close();
  assert.deepEqual(page.troubles, []);
});

// As from a bookmark: what tests made meanwhile is there.
async function open(place) {
  await page.goto(`${service.url}/#${place}`);
  await page.reload();
}
const products = (...skus) => Promise.all(skus.map((sku) => person.api("POST", "/products", { name: `Product ${sku}`, sku })));
const isThere = async (path) => (await person.api("GET", path)).pagination.total;

describe("deleting and what comes after", () => {
  test("import, delete three, undo one, restore one under another SKU, delete one for ever", async () => {
    await open("/imports");
    await page.locator("input[type=file]").setInputFiles(csv(["BOOT-1,Boot,Black", "SHOE-1,Shoe,Red", "SAND-1,Sandal,Blue", "X,Too short,Red"]));
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByText("What could not go in").waitFor();
    assert.equal(await page.locator(".figures dd").first().textContent(), "3");
    await page.getByRole("link", { name: "See the products" }).click();

    for (const name of ["Boot", "Shoe", "Sandal"]) {
      await row(page, name).click({ position: { x: 500, y: 20 }, modifiers: ["Shift"] });
      await page.getByRole("button", { name: "Clear the selection" }).click();
      await row(page, name).getByRole("checkbox").check();
      await page.getByRole("button", { name: "Delete", exact: true }).click();
      await toast(page, `"${name}" is in Deleted Items.`).waitFor();
    }
    await page.locator(".toast").filter({ hasText: "Shoe" }).getByRole("button", { name: "Undo" }).click();
    await row(page, "Shoe").waitFor();

    await products("BOOT-1");
    await page.getByRole("link", { name: "Deleted Items" }).click();
    await page.getByRole("button", { name: "Restore Boot" }).click();
    await page.getByText("is now the SKU of").waitFor();
    await page.getByRole("radio", { name: /Rename/ }).check();
    await page.getByRole("button", { name: "Restore 1 item", exact: true }).click();
    await toast(page, "BOOT-1-restored").waitFor();

    await page.getByRole("button", { name: "Delete Sandal for ever" }).click();
    await page.getByRole("dialog").getByText("1 product").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete for ever" }).click();
    await page.getByText("Nothing is deleted").waitFor();
    const skus = (await person.api("GET", "/products?sortBy=sku&sortOrder=asc")).data.map((product) => product.sku);
    assert.deepEqual(skus, ["BOOT-1", "BOOT-1-restored", "SHOE-1"]);
  });

  test("the whole of a list is deleted as one act, and Ctrl-Z takes it back", async () => {
    await products("MANY-1", "MANY-2", "MANY-3");
    await open("/products?search=MANY");
    await row(page, "MANY-3").waitFor();
    await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await toast(page, "3 products are in Deleted Items.").waitFor();
    assert.equal((await person.api("GET", "/trash/deletions")).data[0].itemCount, 3);
    await page.keyboard.press("Control+z");
    await row(page, "MANY-1").waitFor();
    assert.equal(await isThere("/trash"), 0);
  });

  test("many come back at once, and the trash is emptied by who types how much it is", async () => {
    const made = await products("BACK-1", "BACK-2", "GONE-1", "GONE-2");
    await person.api("POST", "/products/bulk-delete", { ids: made.map((product) => product.id) });
    await open("/trash?search=BACK");
    await row(page, "BACK-2").waitFor();
    await page.getByRole("checkbox", { name: "Select all that are loaded" }).check();
    await page.locator(".chosen").getByRole("button", { name: "Restore", exact: true }).click();
    await toast(page, "2 items restored.").waitFor();
    await page.getByRole("searchbox").fill("");
    await row(page, "GONE-1").waitFor();
    await page.getByRole("button", { name: "Empty the trash" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByRole("button", { name: "Delete for ever" }).isDisabled(), true);
    await dialog.getByLabel("Reason").fill("Spring cleaning");
    await dialog.getByLabel("Type 2 to confirm").fill("2");
    await dialog.getByRole("button", { name: "Delete for ever" }).click();
    await page.getByText("Nothing is deleted").waitFor();
    assert.equal((await person.api("GET", "/trash/certificates")).data[0].reason, "Spring cleaning");
  });

  test("a category goes with what is below it, and comes back with it", async () => {
    const shop = await person.api("POST", "/categories", { name: "Shop" });
    await person.api("POST", "/categories", { name: "Boots", parentCategoryId: shop.id });
    await open("/categories");
    await page.getByRole("button", { name: "Delete Shop" }).click();
    await page.getByText("1 category below it goes to Deleted Items").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await row(page, "Boots").waitFor();
  });
});

describe("the catalogue", () => {
  test("a long list is scrolled, and what is found in it is seen from its start", async () => {
    const names = Array.from({ length: 300 }, (_, i) => `${i % 2 ? "Boot" : "Lamp"} ${String(i).padStart(3, "0")}`);
    for (const name of names) await person.api("POST", "/products", { name, sku: name.replace(" ", "-") });
    await open("/products?sortBy=name");
    await row(page, "Boot 001").waitFor();
    await page.locator(".grid").evaluate((grid) => (grid.scrollTop = grid.scrollHeight));
    await row(page, "Lamp 298").waitFor();
    await page.getByRole("searchbox").fill("lamp");
    await row(page, "Lamp 000").waitFor();
    assert.equal(await page.locator(".grid").evaluate((grid) => grid.scrollTop), 0);
  });

  test("a product is made, its values are written, it has variants, pictures and a history", async () => {
    const colour = await person.api("POST", "/attributes", { name: "Colour", type: "Dropdown", options: ["Black", "Brown"] });
    const family = await person.api("POST", "/families", { name: "Shoes", requiredAttributes: [{ attributeId: colour.id }] });
    await open("/products");
    await page.getByRole("button", { name: "New product" }).first().click();
    await page.getByRole("dialog").getByLabel("Name").fill("Boot");
    await page.getByRole("dialog").getByLabel("SKU").fill("BOOT-1");
    await page.getByRole("dialog").getByLabel("Family").selectOption(String(family.id));
    await page.getByRole("button", { name: "Create" }).click();
    await page.getByText("Missing: Colour").waitFor();
    await page.getByLabel("Colour").selectOption("Black");
    await page.keyboard.press("Control+s");
    await page.locator(".view-head").getByText("Complete", { exact: true }).waitFor();

    await page.getByRole("tab", { name: "Variants" }).click();
    await page.getByRole("button", { name: "Generate" }).click();
    await page.getByRole("dialog").getByLabel("Attribute").selectOption(String(colour.id));
    await page.getByRole("dialog").getByLabel("Values").fill("Black, Brown");
    await page.getByRole("button", { name: "Make 2 variants" }).click();
    await page.getByText("BOOT-1-BROWN").waitFor();

    await page.getByRole("tab", { name: "Pictures" }).click();
    await page.locator("input[type=file]").setInputFiles({ name: "front.png", mimeType: "image/png", buffer: png });
    await page.getByRole("button", { name: "Make main" }).click();
    await page.getByText("Main picture").waitFor();
    await page.waitForFunction(() => document.querySelector(".card-picture img")?.naturalWidth > 0);

    await page.getByRole("tab", { name: "History" }).click();
    await page.getByText("created it").waitFor();
    await page.getByText("changed it").first().waitFor();
  });

  test("who saves over somebody else's change is told", async () => {
    const [product] = await products("SAME-1");
    await open(`/products/${product.id}`);
    await page.getByLabel("Name").fill("Mine");
    await person.api("PATCH", `/products/${product.id}`, { name: "Theirs" });
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Somebody else changed this product").waitFor();
    assert.equal((await person.api("GET", `/products/${product.id}`)).name, "Theirs");
  });

  test("what was written is not lost by going elsewhere", async () => {
    const [product] = await products("KEEP-1");
    await open(`/products/${product.id}`);
    await page.getByLabel("Name").fill("Half written");
    const asked = [];
    page.removeAllListeners("dialog");
    page.on("dialog", (dialog) => { asked.push(dialog.message()); dialog.dismiss(); });
    await page.getByRole("link", { name: "Deleted Items" }).click();
    await page.getByRole("tab", { name: "History" }).click();
    assert.equal(asked.length, 2);
    assert.equal(await page.getByLabel("Name").inputValue(), "Half written");
    await page.getByRole("button", { name: "Save" }).click();
    await toast(page, "Saved.").waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page.getByText("changed it").waitFor();
    assert.equal(asked.length, 2);
  });

  test("products are found by text, status and value, and the address keeps it", async () => {
    const size = await person.api("POST", "/attributes", { name: "Size", type: "Integer" });
    for (const [sku, value] of [["SIZE-41", "41"], ["SIZE-45", "45"]]) {
      await person.api("POST", "/products", { name: sku, sku, attributesWithValues: [{ attributeId: size.id, value }] });
    }
    await open("/products");
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByLabel("Attribute").selectOption(String(size.id));
    await page.getByLabel("Condition").selectOption("gte");
    await page.getByLabel("Value").fill("43");
    await page.getByRole("button", { name: "Add the filter" }).click();
    await page.getByText("1 product", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("Size is at least 43").waitFor();
    await row(page, "SIZE-45").waitFor();
    assert.equal(await row(page, "SIZE-41").count(), 0);
  });

  test("files are uploaded, seen, renamed, deleted", async () => {
    await open("/assets");
    await page.locator("input[type=file]").setInputFiles([{ name: "a.png", mimeType: "image/png", buffer: png }, { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("Hello") }]);
    await page.getByRole("button", { name: "Show notes" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("Notes of mine");
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Show Notes of mine" }).waitFor();
    await page.getByRole("checkbox", { name: "Select Notes of mine" }).check();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await toast(page, "is in Deleted Items").waitFor();
    assert.equal(await isThere("/assets"), 1);
  });

  test("families and attributes are made and changed", async () => {
    await open("/attributes");
    await page.getByRole("button", { name: "New attribute" }).first().click();
    await page.getByLabel("Name").fill("Weight");
    await page.getByLabel("Type").selectOption("NUMBER");
    await page.getByLabel("Unit").fill("kg");
    await page.getByRole("button", { name: "Save" }).click();
    await row(page, "Weight").waitFor();
    await open("/families");
    await page.getByRole("button", { name: "New family" }).first().click();
    await page.getByLabel("Name").fill("Tools");
    await page.getByRole("button", { name: "Create" }).click();
    // Answers that are late: one of before the tick comes after it.
    const late = async (route) => {
      const answer = await route.fetch();
      await new Promise((done) => setTimeout(done, 200));
      await route.fulfill({ response: answer });
    };
    await page.route(/\/families\/\d+\?/, late);
    await page.getByLabel("Add an attribute").selectOption({ label: "Weight" });
    await page.getByRole("checkbox", { name: "Required" }).check();
    await page.evaluate(() => {
      window.wasUnticked = false;
      const box = document.querySelector(".row input");
      new MutationObserver(() => { window.wasUnticked ||= !box.checked; }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
    });
    await toast(page, "Saved.").first().waitFor();
    await page.waitForTimeout(500);
    assert.equal(await page.evaluate(() => window.wasUnticked), false, "a tick stays");
    await page.unroute(/\/families\/\d+\?/, late);
    await page.waitForFunction(() => document.querySelector(".row input")?.checked);
  });
});

describe("keys, phones and strangers", () => {
  test("everything is reached by keys", async () => {
    await products("KEYS-1", "KEYS-2", "KEYS-3");
    await open("/products?sortBy=sku");
    await row(page, "KEYS-3").waitFor();
    await page.keyboard.press("/");
    const found = page.waitForResponse((answer) => answer.url().includes("search=KEYS"));
    await page.keyboard.type("KEYS");
    await found;
    await page.getByText("3 products").waitFor();
    await page.getByRole("grid").focus();
    const third = page.locator(".grid-row.is-active", { hasText: "KEYS-3" });
    for (let tries = 0; tries < 20 && !(await third.isVisible()); ++tries) {
      await page.keyboard.press("Home"); // what is found is painted only now, and looked at from its start
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.waitForTimeout(100);
    }
    await page.keyboard.press("Delete");
    await toast(page, `"Product KEYS-3" is in Deleted Items.`).waitFor();
    await page.keyboard.press("Control+z");
    await row(page, "KEYS-3").waitFor();
    await page.getByRole("grid").focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Product KEYS-1" }).waitFor();
  });

  test("markup in names, values and file names is text", async () => {
    const attribute = await person.api("POST", "/attributes", { name: "Notes", type: "HTML" });
    const value = "<b onclick=alert(3)>bold</b><img src=x onerror=alert(4)>";
    const product = await person.api("POST", "/products", { name: markup, sku: "<i>XSS</i>", attributesWithValues: [{ attributeId: attribute.id, value }] });
    await person.api("POST", "/categories", { name: "Shop", description: markup });
    await person.api("POST", "/asset-groups", { groupName: markup });
    await open("/assets");
    await page.locator("input[type=file]").setInputFiles({ name: "<img src=x onerror=alert(5)>.png", mimeType: "image/png", buffer: png });
    for (const place of ["/products", `/products/${product.id}`, `/products/${product.id}?tab=history`, "/assets"]) {
      await open(place);
      await page.locator("main").getByText("<img src=x").or(page.locator("main textarea")).first().waitFor();
    }
    await person.api("DELETE", `/products/${product.id}`);
    await open("/trash");
    await row(page, "<i>XSS</i>").waitFor();
    assert.equal(await page.locator("main i, main b, main script").count(), 0);
    // Nor could a mistake of ours make markup of text.
    const refused = await page.evaluate(() => { try { document.body.innerHTML = "<b>x</b>"; return false; } catch { return true; } });
    assert.equal(refused, true);
    page.troubles = page.troubles.filter((each) => !/TrustedHTML/.test(each));
  });

  test("a phone shows everything without scrolling sideways", async () => {
    const made = await products("WIDE-1", "WIDE-2");
    await person.api("DELETE", `/products/${made[0].id}`);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const place of ["/products", `/products/${made[1].id}`, "/categories", "/families", "/attributes", "/assets", "/imports", "/trash", "/monitor"]) {
      await open(place);
      await page.locator("main h1").waitFor();
      const [wide, inner] = await page.evaluate(() => [document.documentElement.scrollWidth, Math.max(0, ...[...document.querySelectorAll(".grid, .scroll")].map((each) => each.scrollWidth - each.clientWidth))]);
      assert.deepEqual([place, wide, inner], [place, 390, 0]);
    }
    await page.getByRole("button", { name: "Menu" }).click();
    await page.getByRole("link", { name: "Deleted Items" }).click();
    await page.getByRole("button", { name: "Restore Product WIDE-1" }).click();
    await toast(page, "1 item restored.").waitFor();
  });

  test("what a restored product lacks is said", async () => {
    const size = await person.api("POST", "/attributes", { name: "Size", type: "STRING" });
    const family = await person.api("POST", "/families", { name: "Caps", requiredAttributes: [{ attributeId: size.id }] });
    const cap = await person.api("POST", "/products", { name: "Cap", sku: "CAP-1", familyId: family.id });
    await person.api("DELETE", `/products/${cap.id}`);
    await open("/trash?search=CAP-1");
    await page.getByRole("button", { name: "Restore Cap" }).click();
    await toast(page, "1 item restored. Required, and without a value: Size").waitFor();
  });

  test("an administrator acts for an owner", async () => {
    await products("THEIR-1");
    const other = await openPage(browser);
    await logIn(other, service.url, await service.person("ADMIN"));
    await other.locator(".row").filter({ hasText: person.email }).getByRole("button", { name: "Act for" }).click();
    await other.getByRole("link", { name: "Products" }).click();
    await row(other, "THEIR-1").waitFor();
    assert.deepEqual(other.troubles, []);
    await other.context().close();
  });

  test("a session that ended leads to the way in, and its token is nowhere", async () => {
    await person.api("POST", "/auth/logout-all");
    await open("/trash");
    await page.getByText("You were logged out").waitFor();
    assert.deepEqual(await page.evaluate(() => [sessionStorage.length, Object.keys(localStorage), document.cookie]), [0, [], ""]);
  });
});
