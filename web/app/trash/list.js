// Deleted Items: everything that is in the trash, of whatever kind.
import { html, useEffect, useMemo, useState } from "../html.js";
import { get } from "../api.js";
import { useSettled } from "../load.js";
import { usePagedList } from "../paged_list.js";
import { usePeople } from "../people.js";
import { replaceQuery } from "../router.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { formatAgo, formatMoment } from "../ui/format.js";
import { Grid } from "../ui/grid.js";
import { Icon } from "../ui/icons.js";
import { Empty, SearchBox, Select, ViewHead } from "../ui/parts.js";
import { Selection } from "../ui/selection.js";
import { kinds, requestsFor, requestsForAll } from "./kinds.js";
import { emptyTrash, purge } from "./purge.js";
import { restore } from "./restore.js";

const keyOf = (item) => `${item.kind} ${item.id}`;
const soonDays = 3;

// The day of a choice like "7": so many days ago.
function since(days) {
  if (!days) return undefined;
  return new Date(Date.now() - Number(days) * 86_400_000).toISOString();
}

function filtersOf({ kind, search, by, days }) {
  return { kind, search, deletedBy: by, deletedAfter: since(days) };
}

export function DeletedItems({ query }) {
  const [search, setSearch] = useState(query.search ?? "");
  const settled = useSettled(search);
  const wanted = { ...query, search: settled };
  const choose = (changes) => replaceQuery({ ...query, search, ...changes });
  useEffect(() => choose({}), [settled]);
  const filters = useMemo(() => filtersOf(wanted), [query.kind, query.by, query.days, settled]);
  const list = usePagedList((page, signal) => get("/trash", { ...filters, ...page }, { signal }), [filters]);
  const selection = useMemo(() => new Selection(keyOf), [filters]);
  useStore(list);
  const acts = useActs(list, selection, filters);
  const isFiltered = Object.values(filters).some(Boolean);
  return html`
    <${ViewHead} title=${texts.sections.trash}>
      <button type="button" class="danger-quiet" disabled=${!list.total} onClick=${acts.empty}>${texts.trash.empty}</button>
    <//>
    <${Filters} search=${search} onSearch=${setSearch} query=${query} counts=${list.first?.kinds ?? {}} onChange=${choose} />
    <${Chosen} selection=${selection} list=${list} acts=${acts} />
    <${Items} list=${list} selection=${selection} acts=${acts} isFiltered=${isFiltered} />`;
}

function useActs(list, selection, filters) {
  const everything = () => requestsForAll(filters, list.first.kinds);
  const chosen = (row) => (selection.isEverything ? everything() : requestsFor(row ? [row] : selection.rows));
  const after = (isDone) => {
    if (!isDone) return;
    selection.clear();
    list.reload();
  };
  return {
    restore: async (row) => after((await restore(chosen(row))) !== undefined),
    purge: async (row) => after(await purge(chosen(row))),
    empty: async () => after(await emptyTrash(filters.kind)),
  };
}

function Filters({ search, onSearch, query, counts, onChange }) {
  const { people, nameOf } = usePeople();
  const kindOptions = [["", texts.trash.allKinds], ...kinds.toReversed().map((kind) => [kind, texts.kindCount(kind, counts[kind])])];
  const dayOptions = [["", texts.trash.anyTime], ...["1", "7", "14"].map((days) => [days, texts.trash.lastDays(Number(days))])];
  return html`
    <div class="toolbar">
      <${SearchBox} label=${texts.trash.search} value=${search} onValue=${onSearch} />
      <${Select} aria-label=${texts.trash.kind} value=${query.kind ?? ""} options=${kindOptions} onValue=${(kind) => onChange({ kind })} />
      ${people.length > 0 && html`
        <${Select} aria-label=${texts.trash.deletedBy} value=${query.by ?? ""} onValue=${(by) => onChange({ by })}
          options=${[["", texts.trash.anybody], ...people.map((each) => [each.id, nameOf(each.id)])]} />`}
      <${Select} aria-label=${texts.trash.deletedWhen} value=${query.days ?? ""} options=${dayOptions}
          onValue=${(days) => onChange({ days })} />
    </div>`;
}

function Chosen({ selection, list, acts }) {
  useStore(selection);
  if (selection.count === 0) return null;
  const count = selection.isEverything ? list.total : selection.count;
  return html`
    <div class="chosen" role="region" aria-label=${texts.chosen(count)}>
      <strong>${texts.chosen(count)}</strong>
      ${!selection.isEverything && selection.count < list.total && list.loaded.every((row) => selection.has(row)) && html`
        <button type="button" class="link" onClick=${() => selection.chooseEverything()}>${texts.chooseAll(list.total)}</button>`}
      <span class="spacer"></span>
      <button type="button" class="primary" onClick=${() => acts.restore()}>${texts.trash.restore}</button>
      <button type="button" class="danger-quiet" onClick=${() => acts.purge()}>${texts.trash.purge}</button>
      <button type="button" class="quiet icon-only" aria-label=${texts.clearSelection} onClick=${() => selection.clear()}>
          <${Icon} name="close" /></button>
    </div>`;
}

function Items({ list, selection, acts, isFiltered }) {
  const { nameOf } = usePeople();
  const columns = [
    { key: "name", label: texts.trash.name, width: "minmax(14rem, 2fr)", narrow: "minmax(0, 1fr)", className: "cell-name", render: (item) => html`<${Name} item=${item} nameOf=${nameOf} />` },
    { key: "by", label: texts.trash.deletedBy, width: "minmax(8rem, 1fr)", className: "cell-cut", render: (item) => nameOf(item.deletedBy) },
    { key: "when", label: texts.trash.deletedWhen, width: "9rem", render: (item) => html`<time datetime=${item.deletedAt}
        title=${formatMoment(item.deletedAt)}>${formatAgo(item.deletedAt)}</time>` },
    { key: "left", label: texts.trash.left, width: "8rem", render: (item) => html`<${DaysLeft} item=${item} />` },
    { key: "acts", label: texts.acts, width: "9.5rem", narrow: "40px", className: "cell-acts", render: (item) => html`<${RowActs} item=${item} acts=${acts} />` },
  ];
  const empty = isFiltered
    ? html`<${Empty} icon="search" title=${texts.nothingFound} text=${texts.trash.nothingFoundText} />`
    : html`<${Empty} icon="trash" title=${texts.trash.emptyTitle} text=${texts.trash.emptyText} />`;
  return html`
    <p class="list-count" aria-live="polite">${list.total === undefined ? texts.loading : texts.trash.count(list.total)}</p>
    <${Grid} list=${list} columns=${columns} label=${texts.sections.trash} selection=${selection}
      onDelete=${acts.purge} onOpen=${acts.restore} empty=${empty} />`;
}

const Name = ({ item, nameOf }) => html`
  <span class="kind-icon"><${Icon} name=${item.kind} /></span>
  <span class="two-lines"><span class="name">${item.name}</span>
    <span class="soft"><span class="only-narrow">${leftOf(item)} · </span>${texts.kinds[item.kind]}${item.sku && html` · <span class="mono">${item.sku}</span>`}<span class="only-narrow"> · ${nameOf(item.deletedBy)}, ${formatAgo(item.deletedAt)}</span></span></span>`;

const leftOf = (item) => (item.holdId || item.daysLeft === null ? texts.trash.kept : texts.trash.daysLeft(item.daysLeft));

function DaysLeft({ item }) {
  if (item.holdId) return html`<span class="badge"><${Icon} name="lock" size=${14} />${texts.trash.kept}</span>`;
  if (item.daysLeft === null) return html`<span class="soft">${texts.trash.kept}</span>`;
  return html`<span class=${item.daysLeft <= soonDays ? "badge badge-warning" : "badge"}>${texts.trash.days(item.daysLeft)}</span>`;
}

const RowActs = ({ item, acts }) => html`
  <button type="button" class="small" onClick=${() => acts.restore(item)} aria-label=${texts.trash.restoreOne(item.name)}>
    <${Icon} name="undo" size=${15} /><span class="only-wide">${texts.trash.restore}</span></button>
  <button type="button" class="small quiet icon-only danger-text only-wide" onClick=${() => acts.purge(item)} title=${texts.trash.purge}
    aria-label=${texts.trash.purgeOne(item.name)}><${Icon} name="trash" size=${16} /></button>`;
