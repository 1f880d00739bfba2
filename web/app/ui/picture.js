// A picture of the catalogue. Files of the service want a token, which an <img> can't send: such a picture is read first.
import { html, useEffect, useState } from "../html.js";
import { send } from "../api.js";
import { Icon } from "./icons.js";

const kept = new Map(); // address → promise of what an <img> can show
const keptMax = 300;

const isOurs = (address) => address.startsWith("/") && !address.includes("signature=");

function read(address) {
  if (!kept.has(address)) {
    kept.set(address, send("GET", address).then((answer) => answer.blob()).then((blob) => URL.createObjectURL(blob)));
    if (kept.size > keptMax) forget(kept.keys().next().value);
  }
  return kept.get(address);
}

function forget(address) {
  kept.get(address).then(URL.revokeObjectURL, () => {});
  kept.delete(address);
}

export function Picture({ address, alt = "", size = 36, icon = "product" }) {
  const [source, setSource] = useState();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    let isHere = true;
    setBroken(false);
    setSource(address && !isOurs(address) ? address : undefined);
    if (address && isOurs(address)) read(address).then((found) => isHere && setSource(found), () => isHere && setBroken(true));
    return () => (isHere = false);
  }, [address]);
  return html`
    <span class="picture" style=${size ? { width: `${size}px`, height: `${size}px` } : undefined}>
      ${source && !isBroken
        ? html`<img src=${source} alt=${alt} loading="lazy" decoding="async" referrerpolicy="no-referrer"
            onError=${() => setBroken(true)} />`
        : html`<${Icon} name=${icon} size=${Math.min(20, (size || 40) / 2)} />`}
    </span>`;
}
