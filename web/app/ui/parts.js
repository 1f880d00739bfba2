// Small pieces that all views are made of.
import { html, useEffect, useId, useRef, useState } from "../html.js";
import { texts } from "../texts.js";
import { Icon } from "./icons.js";

export const ViewHead = ({ title, children, back }) => html`
  <header class="view-head">
    ${back && html`<a class="button quiet icon-only" href=${back} aria-label=${texts.back}><${Icon} name="back" /></a>`}
    <h1 tabindex="-1">${title}</h1>
    <div class="view-actions">${children}</div>
  </header>`;

export const Empty = ({ icon, title, text, children }) => html`
  <div class="empty">
    <span class="empty-icon"><${Icon} name=${icon} size=${28} /></span>
    <h2>${title}</h2>
    ${text && html`<p>${text}</p>`}
    ${children}
  </div>`;

export const ProblemNotice = ({ problem, retry }) => html`
  <div class="notice notice-problem" role="alert">
    <${Icon} name="warning" />
    <div>${problem.messages?.map((each) => html`<p key=${each}>${each}</p>`) ?? problem.message}
      ${problem.body?.remedy && html`<p class="soft">${problem.body.remedy}</p>`}</div>
    ${retry && html`<button type="button" onClick=${retry}>${texts.tryAgain}</button>`}
  </div>`;

export const Skeleton = ({ rows = 6 }) => html`
  <div class="skeletons" aria-hidden="true">${Array.from({ length: rows }, (_, i) => html`<div key=${i} class="skeleton"></div>`)}</div>`;

// A label with what it names; `children` gets the attributes that tie them together.
export function Field({ label, hint, problem, children }) {
  const id = useId();
  const told = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      ${children({ id, "aria-describedby": told, "aria-invalid": problem ? "true" : undefined })}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
      ${problem && html`<p class="field-problem" id=${`${id}-problem`}>${problem}</p>`}
    </div>`;
}

export const TextField = ({ label, hint, problem, value, onValue, ...more }) => html`
  <${Field} label=${label} hint=${hint} problem=${problem}>
    ${(tied) => html`<input ...${tied} ...${more} value=${value} onInput=${(event) => onValue(event.target.value)} />`}
  <//>`;

export const Choice = ({ label, value, onValue, options, ...more }) => html`
  <${Field} label=${label}>
    ${(tied) => html`<${Select} ...${tied} ...${more} value=${value} onValue=${onValue} options=${options} />`}
  <//>`;

// `options` are [value, text].
export const Select = ({ value, onValue, options, ...more }) => html`
  <select ...${more} value=${value} onChange=${(event) => onValue(event.target.value)}>
    ${options.map(([each, text]) => html`<option key=${each} value=${each} selected=${String(each) === String(value)}>${text}</option>`)}
  </select>`;

export const Check = ({ label, ...more }) => html`<label class="check"><input type="checkbox" ...${more} /><span>${label}</span></label>`;

// "/" leads here from wherever one is.
export const SearchBox = ({ value, onValue, label }) => html`
  <div class="search">
    <${Icon} name="search" size=${16} />
    <input type="search" data-search aria-label=${label} placeholder=${label} value=${value} spellcheck="false" autocomplete="off"
           onInput=${(event) => onValue(event.target.value)} />
    <kbd aria-hidden="true">/</kbd>
  </div>`;

export const Tabs = ({ tabs, active, onChoose, label }) => html`
  <div class="tabs" role="tablist" aria-label=${label} onKeyDown=${(event) => moveTab(event, tabs, active, onChoose)}>
    ${tabs.map(([key, text, count]) => html`
      <button key=${key} type="button" role="tab" id=${`tab-${key}`} aria-selected=${String(key === active)} aria-controls="tab-panel"
              tabindex=${key === active ? 0 : -1} onClick=${() => onChoose(key)}>
        ${text}${count > 0 && html`<span class="count">${count}</span>`}
      </button>`)}
  </div>`;

function moveTab(event, tabs, active, onChoose) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const at = tabs.findIndex(([key]) => key === active);
  const [key] = tabs[(at + step + tabs.length) % tabs.length];
  onChoose(key);
  event.currentTarget.querySelector(`#tab-${key}`).focus();
}

// A button that shows what it holds below itself.
export function Popover({ label, icon, children, className = "", isIconOnly = false }) {
  const [isOpen, setOpen] = useState(false);
  const element = useRef();
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event) => !element.current.contains(event.target) && setOpen(false);
    addEventListener("pointerdown", leave);
    return () => removeEventListener("pointerdown", leave);
  }, [isOpen]);
  const onKeyDown = (event) => {
    if (event.key !== "Escape" || !isOpen) return;
    event.stopPropagation();
    setOpen(false);
    element.current.querySelector("button").focus();
  };
  return html`
    <div class=${`popover ${className}`} ref=${element} onKeyDown=${onKeyDown}>
      <button type="button" aria-expanded=${String(isOpen)} aria-label=${isIconOnly ? label : undefined}
              class=${isIconOnly ? "quiet icon-only" : ""} onClick=${() => setOpen(!isOpen)}>
        ${icon && html`<${Icon} name=${icon} />`}${!isIconOnly && html`<span class="popover-label">${label}</span>`}
      </button>
      ${isOpen && html`<div class="popover-panel">${children({ close: () => setOpen(false) })}</div>`}
    </div>`;
}
