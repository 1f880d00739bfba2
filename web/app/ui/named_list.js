// A list of things that have a name, found by it, with a delete for each: families, attributes.
import { html, useEffect, useMemo, useState } from "../html.js";
import { del, get, post } from "../api.js";
import { refresh } from "../catalogue.js";
import { deleteWithUndo } from "../deleting.js";
import { useSettled } from "../load.js";
import { usePagedList } from "../paged_list.js";
import { replaceQuery } from "../router.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { Grid } from "./grid.js";
import { Icon } from "./icons.js";
import { Empty, SearchBox, ViewHead } from "./parts.js";
import { Selection } from "./selection.js";

const keyOf = (row) => row.id;

// `name` is that of the catalogue's reader and of the texts; `open(row)` and `add()` say whether something changed.
export function NamedList({ name, path, icon, kind, query, columns, open, add }) {
  const [search, setSearch] = useState(query.search ?? "");
  const settled = useSettled(search);
  useEffect(() => replaceQuery({ ...query, search: settled }), [settled]);
  const list = usePagedList((page, signal) => get(path, { search: settled, sortBy: "name", sortOrder: "asc", ...page }, { signal }), [settled], { jumps: true });
  const selection = useMemo(() => new Selection(keyOf), [settled]);
  useStore(list);
  useStore(selection);
  const changed = () => {
    list.reload();
    refresh(name);
  };
  const remove = (row) => removeRows({ rows: row ? [row] : selection.rows, name, path, kind, list, selection });
  const after = async (asked) => (await asked) && changed();
  const acts = { key: "acts", label: texts.acts, width: "5rem", narrow: "40px", className: "cell-acts", render: (row) => html`
    <button type="button" class="small quiet icon-only danger-text" aria-label=${texts.deleteOne(row.name)} onClick=${() => remove(row)}>
        <${Icon} name="trash" size=${16} /></button>` };
  const empty = settled
    ? html`<${Empty} icon="search" title=${texts.nothingFound} />`
    : html`<${Empty} icon=${icon} title=${texts[name].emptyTitle} text=${texts[name].emptyText} />`;
  return html`
    <${ViewHead} title=${texts.sections[name]}>
      <button type="button" class="primary" onClick=${() => after(add())}><${Icon} name="add" />${texts[name].add}</button>
    <//>
    <div class="toolbar"><${SearchBox} label=${texts[name].search} value=${search} onValue=${setSearch} /></div>
    ${selection.count > 0 && html`
      <div class="chosen" role="region" aria-label=${texts.chosen(selection.count)}>
        <strong>${texts.chosen(selection.count)}</strong><span class="spacer"></span>
        <button type="button" class="danger-quiet" onClick=${() => remove()}><${Icon} name="trash" />${texts.delete}</button>
        <button type="button" class="quiet icon-only" aria-label=${texts.clearSelection} onClick=${() => selection.clear()}>
            <${Icon} name="close" /></button>
      </div>`}
    <p class="list-count" aria-live="polite">${list.total === undefined ? texts.loading : texts.countOf[kind](list.total)}</p>
    <${Grid} list=${list} columns=${[...columns, acts]} label=${texts.sections[name]} selection=${selection}
        onOpen=${(row) => after(open(row))} onDelete=${remove} empty=${empty} />`;
}

function removeRows({ rows, name, path, kind, list, selection }) {
  const ids = new Set(rows.map(keyOf));
  selection.clear();
  return deleteWithUndo({
    request: () => (rows.length === 1 ? del(`${path}/${rows[0].id}`) : post(`${path}/bulk-delete`, { ids: [...ids] })),
    told: () => (rows.length === 1 ? texts.products.deleted(rows[0].name) : texts.deletedMany(texts.countOf[kind](rows.length), rows.length)),
    hide: () => list.remove((row) => ids.has(row.id)),
    show: () => refresh(name),
  });
}
