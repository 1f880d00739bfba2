// The views, and where each of them is.
import { texts } from "./texts.js";
import { Assets } from "./assets/list.js";
import { Attributes } from "./attributes/list.js";
import { Categories } from "./categories/tree.js";
import { Families } from "./families/list.js";
import { FamilyView } from "./families/family.js";
import { Imports } from "./imports/imports.js";
import { Monitor } from "./monitor/monitor.js";
import { ProductList } from "./products/list.js";
import { ProductView } from "./products/product.js";
import { DeletedItems } from "./trash/list.js";

const view = (path, section, show, more) => ({ path, section, show, title: texts.sections[section], ...more });

// `isForAll`: an administrator who acts for nobody sees it, too.
export const views = [
  view("/products", "products", ProductList),
  view("/products/:id", "products", ProductView),
  view("/categories", "categories", Categories),
  view("/families", "families", Families),
  view("/families/:id", "families", FamilyView),
  view("/attributes", "attributes", Attributes),
  view("/assets", "assets", Assets),
  view("/imports", "imports", Imports),
  view("/trash", "trash", DeletedItems),
  view("/monitor", "monitor", Monitor, { isForAll: true }),
];
