// The views, and where each of them is.
import { texts } from "./texts.js";
import { ProductList } from "./products/list.js";
import { DeletedItems } from "./trash/list.js";

const { sections } = texts;

// `isForAll`: an administrator who acts for nobody sees it, too.
export const views = [
  { path: "/products", section: "products", title: sections.products, show: ProductList },
  { path: "/trash", section: "trash", title: sections.trash, show: DeletedItems },
];
