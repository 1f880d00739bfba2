// Short messages at the edge of the page. One of a delete can take it back, also by Ctrl-Z.
import { html, useEffect, useState } from "../html.js";
import { Store, useStore } from "../store.js";
import { texts } from "../texts.js";
import { Icon } from "./icons.js";

const shownMilliseconds = 8000;
const toasts = new Store([]);
let numbers = 0;

// `undo`, where there is one, takes back what the text tells.
export function toast(text, { undo, isProblem = false } = {}) {
  const id = ++numbers;
  toasts.set([...toasts.value.slice(-3), { id, text, undo, isProblem }]);
  return id;
}

export const problemToast = (problem) => toast(problem.message, { isProblem: true });

export function dropToast(id) {
  toasts.set(toasts.value.filter((each) => each.id !== id));
}

// Takes back what was done last of what is still shown.
export function undoLast() {
  const last = toasts.value.findLast((each) => each.undo);
  if (last) undo(last);
  return Boolean(last);
}

function undo(each) {
  dropToast(each.id);
  each.undo();
}

function Toast({ each }) {
  const [isHeld, setHeld] = useState(false);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = setTimeout(() => dropToast(each.id), shownMilliseconds);
    return () => clearTimeout(timer);
  }, [isHeld]);
  return html`
    <div class=${`toast ${each.isProblem ? "toast-problem" : ""}`} onMouseEnter=${() => setHeld(true)}
         onMouseLeave=${() => setHeld(false)} onFocusIn=${() => setHeld(true)} onFocusOut=${() => setHeld(false)}>
      <${Icon} name=${each.isProblem ? "warning" : "check"} />
      <span class="toast-text">${each.text}</span>
      ${each.undo && html`<button type="button" class="toast-undo" onClick=${() => undo(each)}>${texts.undo}</button>`}
      <button type="button" class="toast-close" aria-label=${texts.dismiss} onClick=${() => dropToast(each.id)}>
        <${Icon} name="close" size=${16} />
      </button>
    </div>`;
}

export const Toasts = () => html`
  <div class="toasts" role="status" aria-live="polite" aria-label=${texts.messages}>
    ${useStore(toasts).map((each) => html`<${Toast} key=${each.id} each=${each} />`)}
  </div>`;
