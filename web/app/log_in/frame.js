// What the pages before the catalogue have in common.
import { html, useState } from "../html.js";
import { texts } from "../texts.js";

export const Frame = ({ title, notice, children }) => html`
  <main class="door">
    <div class="door-card">
      <p class="brand"><span class="brand-mark" aria-hidden="true"></span>PixelPim</p>
      <h1>${title}</h1>
      ${notice && html`<p class="notice" role="status">${notice}</p>`}
      ${children}
    </div>
    <p class="door-foot"><a href="/docs">${texts.door.reference}</a></p>
  </main>`;

// { problem, isBusy, submit }: runs `act` for a form, and keeps what was wrong.
export function useForm(act) {
  const [state, setState] = useState({ problem: undefined, isBusy: false });
  const submit = async (event) => {
    event.preventDefault();
    if (state.isBusy) return;
    setState({ isBusy: true });
    try {
      await act();
      setState({ isBusy: false });
    } catch (problem) {
      setState({ problem, isBusy: false });
    }
  };
  return { ...state, submit };
}
