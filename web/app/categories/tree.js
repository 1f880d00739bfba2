// The tree of categories. Arrows move in it: right and left open and close; enter shows the products; delete deletes.
import { html, useState } from "../html.js";
import { del, get, patch, post } from "../api.js";
import { pathOf, refresh, useCatalogue } from "../catalogue.js";
import { deleteWithUndo } from "../deleting.js";
import { useLoaded } from "../load.js";
import { go, href } from "../router.js";
import { texts } from "../texts.js";
import { formatNumber } from "../ui/format.js";
import { confirmed, Dialog, openDialog } from "../ui/dialog.js";
import { Icon } from "../ui/icons.js";
import { Choice, Empty, Field, ProblemNotice, Skeleton, TextField, ViewHead } from "../ui/parts.js";

async function readRoots(signal) {
  const roots = [];
  for (let page = 1; ; ++page) {
    const { data, pagination } = await get("/categories", { page, limit: 100 }, { signal });
    roots.push(...data);
    if (!pagination.hasNext) return roots;
  }
}

// What of the tree is seen, in its order.
function visible(nodes, closed, level = 1) {
  return nodes.flatMap((node) => [{ node, level }, ...(closed.has(node.id) ? [] : visible(node.subcategories, closed, level + 1))]);
}

export function Categories() {
  const { data: roots, problem, reload } = useLoaded(readRoots, []);
  const [closed, setClosed] = useState(new Set());
  const [active, setActive] = useState();
  const changed = () => {
    reload();
    refresh("categories");
  };
  const edit = async (properties) => (await openDialog(CategoryForm, properties)) && changed();
  const setOpen = (id, isOpen) => setClosed((before) => { const next = new Set(before); if (isOpen) next.delete(id); else next.add(id); return next; });
  const rows = visible(roots ?? [], closed);
  const acts = { edit, setOpen, remove: (node) => remove(node, changed) };
  const onKeyDown = (event) => pressed(event, { rows, active, setActive, closed, acts });
  return html`
    <${ViewHead} title=${texts.sections.categories}>
      <button type="button" class="primary" onClick=${() => edit({})}><${Icon} name="add" />${texts.categories.add}</button>
    <//>
    <div class="scroll">
      ${problem && html`<${ProblemNotice} problem=${problem} retry=${reload} />`}
      ${!roots && !problem && html`<${Skeleton} />`}
      ${roots?.length === 0 && html`<${Empty} icon="category" title=${texts.categories.emptyTitle} text=${texts.categories.emptyText} />`}
      ${rows.length > 0 && html`
        <div class="tree" role="treegrid" aria-label=${texts.sections.categories} onKeyDown=${onKeyDown}>
          ${rows.map(({ node, level }, index) => html`
            <${Branch} key=${node.id} node=${node} level=${level} isOpen=${!closed.has(node.id)} acts=${acts} setActive=${setActive}
              isReached=${active === node.id || (index === 0 && !rows.some((row) => row.node.id === active))} />`)}
        </div>`}
    </div>`;
}

function pressed(event, { rows, active, setActive, closed, acts }) {
  if (event.target.getAttribute("role") !== "row") return;
  const at = Math.max(0, rows.findIndex((row) => row.node.id === active));
  const { node, level } = rows[at];
  const isLeaf = node.subcategories.length === 0;
  const parent = rows.slice(0, at).findLastIndex((row) => row.level < level);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
  const reach = (index) => {
    if (!rows[index]) return;
    setActive(rows[index].node.id);
    event.currentTarget.children[index].focus();
  };
  if (to !== undefined) reach(to);
  else if (event.key === "ArrowRight" && !isLeaf) closed.has(node.id) ? acts.setOpen(node.id, true) : reach(at + 1);
  else if (event.key === "ArrowLeft") isLeaf || closed.has(node.id) ? reach(parent) : acts.setOpen(node.id, false);
  else if (event.key === "Enter") go("/products", { categoryId: node.id });
  else if (event.key === "Delete") acts.remove(node);
  else return;
  event.preventDefault();
}

function Branch({ node, level, isOpen, isReached, acts, setActive }) {
  const isLeaf = node.subcategories.length === 0;
  return html`
    <div role="row" aria-level=${level} aria-expanded=${isLeaf ? undefined : String(isOpen)} tabindex=${isReached ? 0 : -1} class="branch"
         style=${{ paddingLeft: `${(level - 1) * 24}px` }} onFocus=${() => setActive(node.id)}>
      <span role="gridcell" class="branch-what">
        <button type="button" class="quiet branch-toggle" tabindex="-1" disabled=${isLeaf}
            aria-label=${isOpen ? texts.categories.close : texts.categories.open} onClick=${() => acts.setOpen(node.id, !isOpen)}>
          ${!isLeaf && html`<${Icon} name=${isOpen ? "down" : "next"} size=${14} />`}</button>
        <a class="branch-name" tabindex="-1" href=${href("/products", { categoryId: node.id })}>${node.name}</a>
        <span class="count" title=${texts.categories.inIt(node.productCount)}>${formatNumber(node.totalProductCount)}<span class="visually-hidden"> ${texts.sections.products}</span></span>
      </span>
      <span role="gridcell" class="branch-acts">
        <button type="button" class="small quiet icon-only" title=${texts.categories.addBelow(node.name)}
            aria-label=${texts.categories.addBelow(node.name)} onClick=${() => acts.edit({ parent: node })}><${Icon} name="add"
            size=${16} /></button>
        <button type="button" class="small quiet" aria-label=${texts.editOne(node.name)}
            onClick=${() => acts.edit({ category: node })}>${texts.edit}</button>
        <button type="button" class="small quiet icon-only danger-text" aria-label=${texts.deleteOne(node.name)}
            onClick=${() => acts.remove(node)}><${Icon} name="trash" size=${16} /></button>
      </span>
    </div>`;
}

function countBelow(node) {
  return node.subcategories.reduce((sum, each) => sum + 1 + countBelow(each), 0);
}

async function remove(node, changed) {
  const below = countBelow(node);
  const question = { title: texts.categories.deleteTitle(node.name), text: texts.categories.deleteText(below), confirm: texts.delete, isDanger: true };
  if (below > 0 && !(await confirmed(question))) return;
  await deleteWithUndo({ request: () => del(`/categories/${node.id}`, below > 0 ? { subtree: true } : {}), told: () => texts.products.deleted(node.name), show: () => refresh("categories") });
  changed();
}

function CategoryForm({ category, parent, close }) {
  const [name, setName] = useState(category?.name ?? "");
  const [description, setDescription] = useState(category?.description ?? "");
  const [parentId, setParentId] = useState(category?.parentCategoryId ?? parent?.id ?? "");
  const [problem, setProblem] = useState();
  const all = useCatalogue("categories");
  const submit = () => {
    const body = { name: name.trim(), description: description.trim() || null, parentCategoryId: parentId ? Number(parentId) : null };
    return (category ? patch(`/categories/${category.id}`, body) : post("/categories", body)).then(() => close(true), setProblem);
  };
  const actions = html`<button type="button" onClick=${() => close()}>${texts.cancel}</button>
      <button class="primary">${texts.save}</button>`;
  return html`
    <${Dialog} title=${category ? texts.editOne(category.name) : texts.categories.add} close=${close} actions=${actions} onSubmit=${submit}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      <${TextField} label=${texts.categories.name} required autofocus value=${name} onValue=${setName} />
      <${Field} label=${texts.categories.description}>${(tied) => html`<textarea ...${tied} value=${description}
          onInput=${(event) => setDescription(event.target.value)}></textarea>`}<//>
      <${Choice} label=${texts.categories.parent} value=${parentId} onValue=${setParentId}
          options=${[["", texts.categories.root], ...all.filter((each) => each.id !== category?.id).map((each) => [each.id, pathOf(each)])]} />
    <//>`;
}
