// The columns of the list of products: those that are always there, those that were chosen, and any attribute.
import { html } from "../html.js";
import { Store } from "../store.js";
import { pathOf } from "../catalogue.js";
import { texts } from "../texts.js";
import { formatAgo, formatMoment } from "../ui/format.js";
import { Check, Popover } from "../ui/parts.js";
import { Picture } from "../ui/picture.js";

const key = "pixelpim.columns";
const known = ["sku", "status", "family", "category", "variants", "updatedAt"];
const byDefault = ["sku", "status", "family", "category"];

function stored() {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? byDefault;
  } catch {
    return byDefault;
  }
}

// Names of columns, and numbers of attributes.
export const chosenColumns = new Store(stored());

function toggle(name) {
  const { value } = chosenColumns;
  const next = value.includes(name) ? value.filter((each) => each !== name) : [...value, name];
  localStorage.setItem(key, JSON.stringify(next));
  chosenColumns.set(next);
}

export const Status = ({ status }) => html`
  <span class=${`badge ${status === "complete" ? "badge-good" : "badge-plain"}`}><span class="dot" aria-hidden="true">
      </span>${texts.products.status[status]}</span>`;

const Name = ({ product }) => html`
  <${Picture} address=${product.thumbnailUrl ?? product.imageUrl} />
  <span class="two-lines"><span class="name">${product.name}</span>
    ${product.totalVariants > 0 && html`<span class="soft only-wide">${texts.products.variantCount(product.totalVariants)}</span>`}
    <span class="soft mono only-narrow">${product.sku}</span></span>`;

const makers = {
  sku: () => ({ label: texts.products.sku, width: "minmax(8rem, 1fr)", sort: "sku", className: "cell-cut mono", render: (product) => product.sku }),
  status: () => ({ label: texts.products.statusLabel, width: "8.5rem", narrow: "6.8rem", sort: "status", render: (product) => html`<${Status} status=${product.status} />` }),
  family: () => ({ label: texts.products.family, width: "minmax(7rem, 1fr)", className: "cell-cut", render: (product) => product.family?.name ?? "" }),
  category: (categories) => ({ label: texts.products.category, width: "minmax(9rem, 1.3fr)", className: "cell-cut", render: (product) => categoryName(product, categories) }),
  variants: () => ({ label: texts.products.variants, width: "6rem", render: (product) => product.totalVariants || "" }),
  updatedAt: () => ({ label: texts.products.updated, width: "9rem", sort: "updatedAt", render: (product) => html`<time datetime=${product.updatedAt} title=${formatMoment(product.updatedAt)}>${formatAgo(product.updatedAt)}</time>` }),
};

function categoryName(product, categories) {
  const found = categories.find((each) => each.id === product.categoryId);
  return found ? pathOf(found) : product.category?.name ?? "";
}

const attributeColumn = (attribute) => ({
  key: `attribute ${attribute.id}`, label: attribute.name, width: "minmax(7rem, 1fr)", sort: `attr[${attribute.id}]`, className: "cell-cut",
  render: (product) => product.attributes.find((each) => each.id === attribute.id)?.value ?? "",
});

export function columnsOf(chosen, { attributes, categories }) {
  const name = { key: "name", label: texts.products.name, width: "minmax(15rem, 2.2fr)", narrow: "minmax(0, 1fr)", sort: "name", className: "cell-name", render: (product) => html`<${Name} product=${product} />` };
  const plain = known.filter((each) => chosen.includes(each)).map((each) => ({ key: each, ...makers[each](categories) }));
  return [name, ...plain, ...attributes.filter((each) => chosen.includes(each.id)).map(attributeColumn)];
}

export const ColumnChoice = ({ chosen, attributes }) => html`
  <${Popover} label=${texts.products.columns} icon="columns" className="only-wide">
    ${() => html`
      <div class="popover-list">
        <p class="popover-title">${texts.products.columns}</p>
        ${known.map((each) => html`<${Check} key=${each} label=${texts.products.columnNames[each]} checked=${chosen.includes(each)}
            onChange=${() => toggle(each)} />`)}
        ${attributes.length > 0 && html`<p class="popover-title">${texts.sections.attributes}</p>`}
        ${attributes.map((each) => html`<${Check} key=${each.id} label=${each.name} checked=${chosen.includes(each.id)}
            onChange=${() => toggle(each.id)} />`)}
      </div>`}
  <//>`;

