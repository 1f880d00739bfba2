// Questions that are asked above the page.
import { html, useEffect, useId, useRef } from "../html.js";
import { Store, useStore } from "../store.js";
import { texts } from "../texts.js";
import { Icon } from "./icons.js";

const open = new Store([]);
let numbers = 0;

// Shows `view`, which gets `close(answer)`; the promise has that answer, undefined where the dialog was left.
export function openDialog(view, properties = {}) {
  return new Promise((resolve) => {
    const id = ++numbers;
    const close = (answer) => {
      open.set(open.value.filter((each) => each.id !== id));
      resolve(answer);
    };
    open.set([...open.value, { id, view, properties: { ...properties, close } }]);
  });
}

export const Dialogs = () => useStore(open).map(({ id, view: View, properties }) => html`<${View} key=${id} ...${properties} />`);

export function Dialog({ title, close, children, actions, onSubmit, isWide }) {
  const element = useRef();
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    element.current.showModal();
    return () => before?.isConnected && before.focus();
  }, []);
  const submit = (event) => {
    event.preventDefault();
    onSubmit?.();
  };
  return html`
    <dialog ref=${element} class=${isWide ? "dialog dialog-wide" : "dialog"} aria-labelledby=${id}
            onCancel=${(event) => { event.preventDefault(); close(); }}
            onMouseDown=${(event) => event.target === element.current && close()}>
      <form method="dialog" onSubmit=${submit}>
        <header class="dialog-head">
          <h2 id=${id}>${title}</h2>
          <button type="button" class="quiet icon-only" aria-label=${texts.close} onClick=${() => close()}><${Icon} name="close" /></button>
        </header>
        <div class="dialog-body">${children}</div>
        <footer class="dialog-foot">${actions}</footer>
      </form>
    </dialog>`;
}

function Confirmation({ title, text, confirm, isDanger, close }) {
  const actions = html`
    <button type="button" onClick=${() => close(false)}>${texts.cancel}</button>
    <button class=${isDanger ? "danger" : "primary"} autofocus>${confirm}</button>`;
  return html`<${Dialog} title=${title} close=${close} actions=${actions} onSubmit=${() => close(true)}><p>${text}</p><//>`;
}

export const confirmed = (question) => openDialog(Confirmation, question);
