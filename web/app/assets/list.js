// All assets: folders, and the files in them.
import { html, useEffect, useMemo, useRef, useState } from "../html.js";
import { del, get, patch, post } from "../api.js";
import { deleteWithUndo } from "../deleting.js";
import { useLoaded, useSettled } from "../load.js";
import { usePagedList } from "../paged_list.js";
import { href, replaceQuery } from "../router.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { formatBytes } from "../ui/format.js";
import { Icon } from "../ui/icons.js";
import { Empty, ProblemNotice, SearchBox, Select, TextField, ViewHead } from "../ui/parts.js";
import { Picture } from "../ui/picture.js";
import { Selection } from "../ui/selection.js";
import { DropZone } from "./drop_zone.js";
import { openPreview } from "./preview.js";

const types = ["image", "video", "audio", "application/pdf"];

export function Assets({ query }) {
  const [search, setSearch] = useState(query.search ?? "");
  const settled = useSettled(search);
  const { folder } = query;
  const choose = (changes) => replaceQuery({ ...query, search, ...changes });
  useEffect(() => choose({}), [settled]);
  const path = folder ? `/asset-groups/${folder}/assets` : "/assets";
  const filters = { search: settled, mimeType: query.type, ...(!folder && !settled && { hasGroup: false }) };
  const list = usePagedList((page, signal) => get(path, { ...filters, ...page }, { signal }), [path, JSON.stringify(filters)], { jumps: true });
  const selection = useMemo(() => new Selection((asset) => asset.id), [path, settled]);
  useStore(list);
  const folders = useFolders(folder);
  const open = async (asset) => {
    const done = await openPreview(asset.id);
    if (done === "changed") list.reload();
    if (done === "delete") removeAssets([asset], list, selection);
  };
  return html`
    <${ViewHead} title=${folders.here?.groupName ?? texts.sections.assets}
        back=${folder && href("/assets", { folder: folders.here?.parentGroupId })}>
      ${folder && html`<${FolderActs} folder=${folders.here} onChanged=${folders.reload} />`}
      <button type="button" onClick=${() => makeFolder(folder, folders.reload)}><${Icon} name="assetGroup" />
          <span class="only-wide">${texts.assets.newFolder}</span></button>
    <//>
    <div class="toolbar">
      <${SearchBox} label=${texts.assets.search} value=${search} onValue=${setSearch} />
      <${Select} aria-label=${texts.assets.type} value=${query.type ?? ""} onValue=${(type) => choose({ type })}
          options=${[["", texts.assets.anyType], ...types.map((each) => [each, texts.assets.types[each]])]} />
    </div>
    <${Chosen} selection=${selection} onDelete=${() => removeAssets(selection.rows, list, selection)} />
    <div class="scroll">
      <${DropZone} folder=${folder} onUploaded=${(made) => made.length > 0 && list.reload()}>
        ${!settled && folders.below.length > 0 && html`
          <ul class="folders">${folders.below.map((each) => html`
            <li key=${each.id}><a href=${href("/assets", { folder: each.id })}><${Icon} name="assetGroup" /><span class="two-lines">
                <span class="name">${each.groupName}</span><span class="soft">${texts.countOf.asset(each._count.assets)}</span></span></a>
                </li>`)}</ul>`}
        <${Files} list=${list} selection=${selection} open=${open} isFiltered=${Boolean(settled || query.type)} />
      <//>
    </div>`;
}

// The folder that one is in, and those below it.
function useFolders(folder) {
  const { data, reload } = useLoaded(async (signal) => {
    const [here, below] = await Promise.all([
      folder ? get(`/asset-groups/${folder}`, {}, { signal }) : undefined,
      get(folder ? `/asset-groups/${folder}/children` : "/asset-groups", { limit: 100, sortBy: "groupName", sortOrder: "asc" }, { signal }),
    ]);
    return { here, below: below.data.filter((each) => String(each.parentGroupId ?? "") === (folder ?? "")) };
  }, [folder]);
  return { here: folder ? data?.here : undefined, below: data?.below ?? [], reload };
}

async function makeFolder(parent, after) {
  const name = await openDialog(FolderName, { title: texts.assets.newFolder, submitName: (groupName) => post("/asset-groups", { groupName, ...(parent && { parentGroupId: Number(parent) }) }) });
  if (name) after();
}

function FolderName({ title, name = "", submitName, close }) {
  const [value, setValue] = useState(name);
  const [problem, setProblem] = useState();
  const submit = () => submitName(value.trim()).then(() => close(true), setProblem);
  const actions = html`<button type="button" onClick=${() => close()}>${texts.cancel}</button>
      <button class="primary">${texts.save}</button>`;
  return html`
    <${Dialog} title=${title} close=${close} actions=${actions} onSubmit=${submit}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      <${TextField} label=${texts.assets.folderName} required autofocus value=${value} onValue=${setValue} />
    <//>`;
}

function FolderActs({ folder, onChanged }) {
  if (!folder) return null;
  const rename = async () => (await openDialog(FolderName, { title: texts.rename, name: folder.groupName, submitName: (groupName) => patch(`/asset-groups/${folder.id}`, { groupName }) })) && onChanged();
  const remove = () => {
    replaceQuery({ folder: folder.parentGroupId });
    deleteWithUndo({ request: () => del(`/asset-groups/${folder.id}`), told: () => texts.assets.folderDeleted(folder.groupName), show: () => replaceQuery({ folder: folder.id }) });
  };
  return html`
    <button type="button" onClick=${rename}>${texts.rename}</button>
    <button type="button" class="danger-quiet icon-only" aria-label=${texts.deleteOne(folder.groupName)} onClick=${remove}>
        <${Icon} name="trash" /></button>`;
}

// One delete for each: all of them are taken back together.
function removeAssets(rows, list, selection) {
  const ids = new Set(rows.map((each) => each.id));
  selection.clear();
  return deleteWithUndo({
    request: () => Promise.all(rows.map((each) => del(`/assets/${each.id}`))),
    told: () => (rows.length === 1 ? texts.products.deleted(rows[0].name) : texts.assets.deletedMany(rows.length)),
    hide: () => list.remove((asset) => ids.has(asset.id)),
  });
}

function Chosen({ selection, onDelete }) {
  useStore(selection);
  if (selection.count === 0) return null;
  return html`
    <div class="chosen" role="region" aria-label=${texts.chosen(selection.count)}>
      <strong>${texts.chosen(selection.count)}</strong><span class="spacer"></span>
      <button type="button" class="danger-quiet" onClick=${onDelete}><${Icon} name="trash" />${texts.delete}</button>
      <button type="button" class="quiet icon-only" aria-label=${texts.clearSelection} onClick=${() => selection.clear()}>
          <${Icon} name="close" /></button>
    </div>`;
}

function Files({ list, selection, open, isFiltered }) {
  useStore(selection);
  const end = useRef();
  const count = list.loaded.length;
  useEffect(() => {
    if (!end.current) return undefined;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && list.ensure(count, count + 1), { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [list, count]);
  useThumbnails(list);
  if (list.problem) return html`<${ProblemNotice} problem=${list.problem} retry=${() => list.reload()} />`;
  if (list.total === 0) return html`<${Empty} icon=${isFiltered ? "search" : "asset"}
      title=${isFiltered ? texts.nothingFound : texts.assets.emptyTitle} text=${isFiltered ? undefined : texts.assets.dropHere} />`;
  return html`
    <ul class="cards">${list.loaded.map((asset) => html`<${Card} key=${asset.id} asset=${asset} open=${open} selection=${selection}
        isChosen=${selection.has(asset)} />`)}</ul>
    ${count < list.total && html`<div ref=${end} class="soft">${texts.loading}</div>`}`;
}

const pollMilliseconds = 1500;
const polledMax = 100; // of more rows a new reading would lose the place

// Thumbnails are made a moment after the upload.
function useThumbnails(list) {
  const isWaiting = list.loaded.length <= polledMax && list.loaded.some((asset) => asset.thumbnailState === "waiting");
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => list.reload(), pollMilliseconds);
    return () => clearInterval(timer);
  }, [list, isWaiting]);
}

const Card = ({ asset, open, selection, isChosen }) => html`
  <li class=${`card-item ${isChosen ? "card-chosen" : ""}`}>
    <label class="card-check"><span class="visually-hidden">${texts.select(asset.name)}</span><input type="checkbox" checked=${isChosen}
        onChange=${() => selection.toggle(asset)} /></label>
    <button type="button" class="card-picture" onClick=${() => open(asset)} aria-label=${texts.assets.show(asset.name)}>
      <${Picture} key=${asset.thumbnailState} address=${asset.thumbnails?.[300]} size=${0} icon="asset" />
    </button>
    <p class="card-name" title=${asset.name}>${asset.name}</p><p class="soft card-more">${formatBytes(asset.size)}</p>
  </li>`;
