// A table of any length: only the rows that are seen exist. Its keys: arrows, page up and down, home and end move; space
// chooses, with shift from the last one on; enter opens; delete deletes; Ctrl-A chooses all that are read.
import { html, useEffect, useId, useLayoutEffect, useRef, useState } from "../html.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { useNarrow } from "./narrow.js";
import { ProblemNotice } from "./parts.js";

const headHeight = 40;
const spareRows = 8;
const pixelsMax = 12_000_000; // browsers draw no taller things well

// `columns`: { key, label, width, narrow, render(row), sort }; `narrow` is the width on a phone, where there is one.
export function Grid({ list, columns, label, selection, onOpen, onDelete, sort, empty }) {
  useStore(list);
  if (selection) useStore(selection);
  const isNarrow = useNarrow();
  const rowHeight = isNarrow ? 64 : 52;
  const shown = isNarrow ? columns.filter((column) => column.narrow) : columns;
  const scroller = useRef();
  const view = useView(scroller, rowHeight);
  const [active, showActive] = useState(0);
  const reached = useRef(0); // the same, already while keys come faster than rows are painted
  const setActive = (index) => {
    reached.current = index;
    showActive(index);
  };
  const id = useId();

  // Another list is looked at from its start.
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = 0;
    setActive(0);
  }, [list]);

  useEffect(() => {
    list.ensure(view.first, view.last);
  }, [list, view.first, view.last, list.total, list.value]);

  if (list.problem && list.total === undefined) return html`<${ProblemNotice} problem=${list.problem} retry=${() => list.reload()} />`;
  if (list.total === 0) return empty;

  const total = Math.min(list.total ?? 12, Math.floor(pixelsMax / rowHeight));
  const last = Math.min(view.last, total - 1);
  const template = [selection && "2.75rem", ...shown.map((column) => (isNarrow ? column.narrow : column.width))].filter(Boolean).join(" ");
  const move = (index) => {
    const next = Math.max(0, Math.min(total - 1, index));
    setActive(next);
    bringIntoView(scroller.current, next, rowHeight);
    return next;
  };
  const onKeyDown = (event) => pressed(event, { list, selection, active: reached.current, move, view, total, onOpen, onDelete });
  const rows = [];
  for (let index = Math.min(view.first, Math.max(0, last)); index <= last; ++index) {
    rows.push(html`<${Row} key=${index} id=${`${id}-${index}`} index=${index} row=${list.row(index)} columns=${shown}
        top=${headHeight + index * rowHeight}
      height=${rowHeight} template=${template} selection=${selection} isActive=${index === active} onOpen=${onOpen}
      onActivate=${() => setActive(index)} isChosen=${isChosen(selection, list.row(index))} list=${list} />`);
  }
  return html`
    ${list.problem && html`<${ProblemNotice} problem=${list.problem} retry=${() => list.reload()} />`}
    <div class="grid" role="grid" aria-label=${label} aria-rowcount=${(list.total ?? 0) + 1}
        aria-multiselectable=${selection ? "true" : undefined}
         aria-busy=${String(list.total === undefined)} tabindex="0" ref=${scroller}
             aria-activedescendant=${list.row(active) ? `${id}-${active}` : undefined}
         onKeyDown=${onKeyDown}>
      <div class="grid-space" role="presentation" style=${{ height: `${headHeight + total * rowHeight}px` }}>
        <${Head} columns=${shown} template=${template} selection=${selection} list=${list} sort=${sort} />
        ${rows}
      </div>
    </div>`;
}

function isChosen(selection, row) {
  return Boolean(selection && row && (selection.isEverything || selection.has(row)));
}

// The first and last row that is seen, and some around them.
function useView(scroller, rowHeight) {
  const [view, setView] = useState({ first: 0, last: 20 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / rowHeight) - spareRows);
      const last = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + spareRows;
      setView((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [rowHeight, scroller.current]);
  return view;
}

function bringIntoView(element, index, rowHeight) {
  const top = index * rowHeight;
  const bottom = top + rowHeight + headHeight;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (bottom > element.scrollTop + element.clientHeight) element.scrollTop = bottom - element.clientHeight;
}

function pressed(event, { list, selection, active, move, view, total, onOpen, onDelete }) {
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const page = Math.max(1, view.last - view.first - 2 * spareRows - 2);
  const to = { ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: total - 1 }[event.key];
  const row = list.row(active);
  if (to !== undefined) {
    const reached = move(to);
    if (event.shiftKey && selection) selection.choose([row, list.row(reached)].filter(Boolean));
  } else if (event.key === " " && selection && row) {
    selection.toggle(row);
  } else if (event.key === "Enter" && row && onOpen && event.target === event.currentTarget) {
    onOpen(row);
  } else if ((event.key === "Delete" || event.key === "Backspace") && onDelete && row) {
    onDelete(selection?.count ? undefined : row);
  } else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey) && selection) {
    selection.choose(list.loaded);
  } else if (event.key === "Escape" && selection?.count) {
    selection.clear();
  } else {
    return;
  }
  event.preventDefault();
}

function Head({ columns, template, selection, list, sort }) {
  const loaded = list.loaded;
  const isAll = selection && loaded.length > 0 && loaded.every((row) => selection.isEverything || selection.has(row));
  return html`
    <div class="grid-head" role="row" aria-rowindex="1" style=${{ gridTemplateColumns: template }}>
      ${selection && html`
        <div role="columnheader" class="cell-check"><label><span class="visually-hidden">${texts.selectAll}</span>
          <input type="checkbox" checked=${isAll} onChange=${(event) => selection.choose(loaded, event.target.checked)} /></label></div>`}
      ${columns.map((column) => html`
        <div key=${column.key} role="columnheader" class=${column.className} aria-sort=${sortOf(column, sort)}>
          ${column.sort && sort
            ? html`<button type="button" class="sort"
                onClick=${() => sort.choose(column.sort)}>${column.label}<span aria-hidden="true">${arrowOf(column, sort)}</span></button>`
            : html`<span>${column.label}</span>`}
        </div>`)}
    </div>`;
}

function sortOf(column, sort) {
  if (!column.sort || sort?.by !== column.sort) return undefined;
  return sort.order === "desc" ? "descending" : "ascending";
}

function arrowOf(column, sort) {
  if (sort.by !== column.sort) return "";
  return sort.order === "desc" ? " ↓" : " ↑";
}

function Row({ id, index, row, columns, top, height, template, selection, isActive, isChosen: chosen, onOpen, onActivate, list }) {
  const style = { transform: `translateY(${top}px)`, height: `${height}px`, gridTemplateColumns: template };
  if (!row) return html`<div class="grid-row" role="row" aria-rowindex=${index + 2} style=${style}><div role="gridcell" class="cell-wide">
      <div class="skeleton"></div><span class="visually-hidden">${texts.loading}</span></div></div>`;
  const onClick = (event) => {
    onActivate();
    if (event.target.closest("a, button, input, label")) return;
    if (event.shiftKey && selection) chooseUpTo(list, selection, index);
    else onOpen?.(row);
  };
  return html`
    <div class=${`grid-row ${isActive ? "is-active" : ""} ${onOpen ? "is-open" : ""}`} role="row" id=${id} aria-rowindex=${index + 2}
         aria-selected=${selection ? String(chosen) : undefined} style=${style} onClick=${onClick}>
      ${selection && html`
        <div role="gridcell" class="cell-check"><label><span class="visually-hidden">${texts.select(row.name)}</span>
          <input type="checkbox" tabindex="-1" checked=${chosen} onClick=${(event) => event.shiftKey && chooseUpTo(list, selection, index)}
                 onChange=${() => selection.toggle(row)} /></label></div>`}
      ${columns.map((column) => html`<div key=${column.key} role="gridcell" class=${column.className}>${column.render(row)}</div>`)}
    </div>`;
}

// All rows from the nearest chosen one above up to this one.
function chooseUpTo(list, selection, index) {
  let from = index;
  while (from > 0 && list.row(from - 1) && !selection.has(list.row(from))) --from;
  const rows = [];
  for (let at = from; at <= index; ++at) rows.push(list.row(at));
  selection.choose(rows);
}
