// The browser app: what is shown for which place.
import { html, render, useEffect } from "./html.js";
import { hasCatalogue, session } from "./session.js";
import { useRoute } from "./router.js";
import { useStore } from "./store.js";
import { texts } from "./texts.js";
import "./theme.js";
import { Shell } from "./shell.js";
import { listenForKeys } from "./keys.js";
import { Dialogs } from "./ui/dialog.js";
import { Toasts } from "./ui/toasts.js";
import { LogIn } from "./log_in/log_in.js";
import { SignUp } from "./log_in/sign_up.js";
import { Forgot } from "./log_in/forgot.js";
import { views } from "./views.js";

const doors = { "/sign-up": SignUp, "/forgot": Forgot };

// The view of a path such as "/products/12", and what its parameters are.
function find(path) {
  const segments = path.split("/").slice(1);
  for (const view of views) {
    const wanted = view.path.split("/").slice(1);
    if (wanted.length !== segments.length) continue;
    const parameters = {};
    const fits = wanted.every((each, i) => (each.startsWith(":") ? (parameters[each.slice(1)] = segments[i]) : each === segments[i]));
    if (fits) return { view, parameters };
  }
  return { view: views[0], parameters: {} };
}

function App() {
  const { token, actAs } = useStore(session);
  const { path, query } = useRoute();
  const { view: found, parameters } = find(path);
  const view = !hasCatalogue() && !found.isForAll ? views.find((each) => each.isForAll) : found;
  useEffect(() => {
    document.title = token ? `${view.title} · PixelPim` : "PixelPim";
    if (token) document.querySelector("main h1")?.focus();
  }, [view, token]);
  if (!token) return html`<${doors[path] ?? LogIn} /><${Toasts} />`;
  const View = view.show;
  return html`
    <a class="skip" href=${`#${path}`} onClick=${(event) => { event.preventDefault(); document.querySelector("main h1")?.focus(); }}>${texts.skip}</a>
    <${Shell} section=${view.section}><${View} key=${`${view.path} ${actAs?.id} ${parameters.id}`} query=${query} ...${parameters} /><//>
    <${Dialogs} /><${Toasts} />`;
}

listenForKeys();
const root = document.getElementById("app");
root.replaceChildren();
render(html`<${App} />`, root);
