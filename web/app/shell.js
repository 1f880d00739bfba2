// The frame around the views: where one can go, and who one is.
import { html, useEffect, useState } from "./html.js";
import { post } from "./api.js";
import { endSession, hasCatalogue, isAdministrator, session, updateSession } from "./session.js";
import { href, useRoute } from "./router.js";
import { useStore } from "./store.js";
import { texts } from "./texts.js";
import { chooseTheme, theme, themes } from "./theme.js";
import { Icon } from "./ui/icons.js";
import { Popover, Select } from "./ui/parts.js";
import { problemToast } from "./ui/toasts.js";

const places = [
  ["products", "product"], ["categories", "category"], ["families", "family"], ["attributes", "attribute"],
  ["assets", "asset"], ["imports", "import"], ["trash", "trash"], ["monitor", "monitor"],
];

export function Shell({ section, children }) {
  const [isOpen, setOpen] = useState(false);
  const { path } = useRoute();
  useEffect(() => setOpen(false), [path]);
  useEffect(() => {
    if (!isOpen) return undefined;
    const leave = (event) => event.key === "Escape" && setOpen(false);
    addEventListener("keydown", leave);
    return () => removeEventListener("keydown", leave);
  }, [isOpen]);
  return html`
    <div class=${`shell ${isOpen ? "shell-open" : ""}`}>
      <div class="topbar">
        <button type="button" class="quiet icon-only" aria-label=${texts.menu} aria-expanded=${String(isOpen)}
            onClick=${() => setOpen(!isOpen)}>
          <${Icon} name=${isOpen ? "close" : "menu"} />
        </button>
        <span class="brand"><span class="brand-mark" aria-hidden="true"></span>PixelPim</span>
      </div>
      <div class="shade" onClick=${() => setOpen(false)}></div>
      <nav class="side" aria-label=${texts.menu}>
        <p class="brand"><span class="brand-mark" aria-hidden="true"></span>PixelPim</p>
        <ul>${places.filter(([key]) => hasCatalogue() || key === "monitor").map(([key, icon]) => html`
          <li key=${key} class=${key === "trash" ? "apart" : ""}>
            <a href=${href(`/${key}`)} aria-current=${key === section ? "page" : undefined}>
                <${Icon} name=${icon} />${texts.sections[key]}</a>
          </li>`)}</ul>
        <${Account} />
      </nav>
      <main class="main">${children}</main>
    </div>`;
}

function Account() {
  const { profile, actAs } = useStore(session);
  const chosen = useStore(theme);
  const name = profile.fullname || profile.email;
  const leaveEverywhere = () => post("/auth/logout-all").then(() => endSession(), problemToast);
  return html`
    <div class="account">
      ${actAs && html`<p class="acting">${texts.session.actingAs(actAs.name)} <button type="button" class="link"
          onClick=${() => updateSession({ actAs: undefined })}>${texts.session.stopActing}</button></p>`}
      <${Popover} label=${name} icon="person" className="popover-up">
        ${() => html`
          <p class="popover-title">${name}<span class="soft">${isAdministrator() ? texts.session.administrator : profile.email}</span></p>
          <label class="popover-row"><span>${texts.theme.label}</span>
            <${Select} value=${chosen} onValue=${chooseTheme} options=${themes.map((each) => [each, texts.theme[each]])} /></label>
          <a class="popover-item" href="/docs">${texts.door.reference}</a>
          <button type="button" class="popover-item" onClick=${() => endSession()}>${texts.session.logOut}</button>
          <button type="button" class="popover-item" onClick=${leaveEverywhere}>${texts.session.logOutEverywhere}</button>`}
      <//>
    </div>`;
}
