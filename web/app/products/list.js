// All products: found, sorted, chosen, deleted.
import { html, useEffect, useMemo, useState } from "../html.js";
import { del, get, post } from "../api.js";
import { useCatalogue } from "../catalogue.js";
import { deleteWithUndo } from "../deleting.js";
import { useSettled } from "../load.js";
import { usePagedList } from "../paged_list.js";
import { go, href, replaceQuery } from "../router.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { confirmed } from "../ui/dialog.js";
import { Grid } from "../ui/grid.js";
import { Icon } from "../ui/icons.js";
import { Empty, ViewHead } from "../ui/parts.js";
import { Selection } from "../ui/selection.js";
import { ColumnChoice, chosenColumns, columnsOf } from "./columns.js";
import { Filters, bodyFilters, filtersOf } from "./filters.js";
import { createProduct } from "./new.js";

const keyOf = (product) => product.id;

export function ProductList({ query }) {
  const [search, setSearch] = useState(query.search ?? "");
  const settled = useSettled(search);
  const choose = (changes) => replaceQuery({ ...query, search, ...changes });
  useEffect(() => choose({}), [settled]);
  const filters = { search: settled, ...filtersOf(query) };
  const sort = { sortBy: query.sortBy, sortOrder: query.sortBy && (query.sortOrder ?? "asc") };
  const wanted = JSON.stringify({ ...filters, ...sort });
  const list = usePagedList((page, signal) => get("/products", { ...filters, ...sort, ...page }, { signal }), [wanted], { jumps: true });
  const selection = useMemo(() => new Selection(keyOf), [wanted]);
  const attributes = useCatalogue("attributes");
  const categories = useCatalogue("categories");
  const families = useCatalogue("families");
  const chosen = useStore(chosenColumns);
  const add = async () => {
    const made = await createProduct();
    if (made) go(`/products/${made.id}`);
  };
  const remove = (row) => removeProducts({ list, selection, filters, row });
  useStore(list);
  return html`
    <${ViewHead} title=${texts.sections.products}>
      <a class="button" href=${href("/imports")}><${Icon} name="import" /><span class="only-wide">${texts.products.import}</span></a>
      <button type="button" class="primary" onClick=${add}><${Icon} name="add" />${texts.products.add}</button>
    <//>
    <${Filters} query=${query} search=${search} onSearch=${setSearch} onChange=${choose} families=${families} categories=${categories}
        attributes=${attributes}>
      <${ColumnChoice} chosen=${chosen} attributes=${attributes} />
    <//>
    <${Chosen} selection=${selection} list=${list} onDelete=${() => remove()} />
    <p class="list-count" aria-live="polite">${list.total === undefined ? texts.loading : texts.products.count(list.total)}</p>
    <${Grid} list=${list} columns=${columnsOf(chosen, { attributes, categories })} label=${texts.sections.products} selection=${selection}
      onOpen=${(product) => go(`/products/${product.id}`)} onDelete=${remove} sort=${sorting(query, choose)}
      empty=${html`<${Nothing} add=${add} isFiltered=${Object.values(filters).some(Boolean)} />`} />`;
}

function sorting(query, choose) {
  const order = query.sortOrder ?? "asc";
  // Up, down, and back to the newest first.
  const next = (by) => {
    if (query.sortBy !== by) return { sortBy: by, sortOrder: "asc" };
    return order === "asc" ? { sortBy: by, sortOrder: "desc" } : { sortBy: undefined, sortOrder: undefined };
  };
  return { by: query.sortBy, order, choose: (by) => choose(next(by)) };
}

async function removeProducts({ list, selection, filters, row }) {
  const rows = row ? [row] : selection.rows;
  if (selection.isEverything) return removeAll({ list, selection, filters });
  const ids = new Set(rows.map(keyOf));
  selection.clear();
  return deleteWithUndo({
    request: () => (rows.length === 1 ? del(`/products/${rows[0].id}`) : post("/products/bulk-delete", { ids: [...ids] })),
    told: () => (rows.length === 1 ? texts.products.deleted(rows[0].name) : texts.products.deletedMany(rows.length)),
    hide: () => list.remove((product) => ids.has(product.id)),
  });
}

async function removeAll({ list, selection, filters }) {
  const count = list.total;
  if (!(await confirmed({ title: texts.products.deleteAllTitle(count), text: texts.products.deleteAllText, confirm: texts.delete, isDanger: true }))) return;
  const chosen = bodyFilters(filters);
  selection.clear();
  await deleteWithUndo({
    request: () => post("/products/bulk-delete", Object.keys(chosen).length > 0 ? { filters: chosen } : { all: true }),
    told: (answer) => texts.products.deletedMany(answer.deletedCount),
  });
  await list.reload();
}

function Chosen({ selection, list, onDelete }) {
  useStore(selection);
  if (selection.count === 0) return null;
  const count = selection.isEverything ? list.total : selection.count;
  return html`
    <div class="chosen" role="region" aria-label=${texts.chosen(count)}>
      <strong>${texts.chosen(count)}</strong>
      ${!selection.isEverything && selection.count < list.total && list.loaded.every((row) => selection.has(row)) && html`
        <button type="button" class="link" onClick=${() => selection.chooseEverything()}>${texts.chooseAll(list.total)}</button>`}
      <span class="spacer"></span>
      <button type="button" class="danger-quiet" onClick=${onDelete}><${Icon} name="trash" />${texts.delete}</button>
      <button type="button" class="quiet icon-only" aria-label=${texts.clearSelection} onClick=${() => selection.clear()}>
          <${Icon} name="close" /></button>
    </div>`;
}

const Nothing = ({ isFiltered, add }) => isFiltered
  ? html`<${Empty} icon="search" title=${texts.nothingFound} text=${texts.products.nothingFoundText} />`
  : html`<${Empty} icon="product" title=${texts.products.emptyTitle} text=${texts.products.emptyText}>
      <div class="empty-acts"><button type="button" class="primary" onClick=${add}>${texts.products.add}</button><a class="button"
          href=${href("/imports")}>${texts.products.import}</a></div>
    <//>`;
