// One asset, as it is; its name and folder can be changed here.
import { html, useState } from "../html.js";
import { get, patch } from "../api.js";
import { useLoaded } from "../load.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { formatBytes, formatMoment } from "../ui/format.js";
import { Choice, ProblemNotice, Skeleton, TextField } from "../ui/parts.js";
import { Picture } from "../ui/picture.js";

// "changed" or "delete", undefined where it was only looked at.
export const openPreview = (id) => openDialog(Preview, { id });

function Preview({ id, close }) {
  const { data: asset, problem } = useLoaded((signal) => get(`/assets/${id}`, {}, { signal }), [id]);
  const { data: folders } = useLoaded((signal) => get("/asset-groups", { limit: 100, sortBy: "groupName", sortOrder: "asc" }, { signal }), []);
  const [changes, setChanges] = useState({});
  const [refused, setRefused] = useState();
  const submit = async () => {
    if (Object.keys(changes).length === 0) return close();
    try {
      await patch(`/assets/${id}`, changes);
      return close("changed");
    } catch (error) {
      return setRefused(error);
    }
  };
  const set = (change) => setChanges({ ...changes, ...change });
  const actions = asset && html`
    <button type="button" class="danger-quiet" onClick=${() => close("delete")}>${texts.delete}</button><span class="spacer"></span>
    <a class="button" href=${asset.url} download=${asset.fileName}>${texts.assets.download}</a>
    <button class="primary">${Object.keys(changes).length > 0 ? texts.save : texts.close}</button>`;
  return html`
    <${Dialog} title=${asset?.name ?? texts.loading} close=${close} actions=${actions} onSubmit=${submit} isWide>
      ${(problem ?? refused) && html`<${ProblemNotice} problem=${problem ?? refused} />`}
      ${!asset && !problem && html`<${Skeleton} rows=${4} />`}
      ${asset && html`
        <div class="preview"><${Shown} asset=${asset} /></div>
        <div class="columns">
          <${TextField} label=${texts.assets.name} required maxlength="255" value=${changes.name ?? asset.name}
              onValue=${(name) => set({ name })} />
          <${Choice} label=${texts.assets.folder} value=${("assetGroupId" in changes ? changes.assetGroupId : asset.assetGroupId) ?? ""}
              onValue=${(folder) => set({ assetGroupId: folder ? Number(folder) : null })}
            options=${[["", texts.assets.root], ...(folders?.data ?? []).map((each) => [each.id, each.groupName])]} />
        </div>
        <p class="soft">${[asset.mimeType, formatBytes(asset.size), asset.width && `${asset.width} × ${asset.height}`, formatMoment(asset.uploadDate)].filter(Boolean).join(" · ")}</p>
        ${asset.thumbnailTrouble && html`<p class="soft">${asset.thumbnailTrouble}</p>`}`}
    <//>`;
}

function Shown({ asset }) {
  if (asset.mimeType.startsWith("video/")) return html`<video src=${asset.url} controls aria-label=${asset.name}></video>`;
  if (asset.mimeType.startsWith("audio/")) return html`<audio src=${asset.url} controls aria-label=${asset.name}></audio>`;
  return html`<${Picture} address=${asset.thumbnails?.[800] ?? undefined} alt=${asset.name} size=${0} icon="asset" />`;
}
