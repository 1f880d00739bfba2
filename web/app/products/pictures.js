// The files of a product: uploaded here, or chosen of those that are there.
import { html, useState } from "../html.js";
import { get, patch } from "../api.js";
import { useLoaded, useSettled } from "../load.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { Icon } from "../ui/icons.js";
import { Empty, SearchBox } from "../ui/parts.js";
import { Picture } from "../ui/picture.js";
import { problemToast, toast } from "../ui/toasts.js";
import { DropZone } from "../assets/drop_zone.js";
import { openPreview } from "../assets/preview.js";

export function Pictures({ product, onChanged }) {
  const ids = product.assets.map((each) => each.id);
  const change = async (body, told) => {
    try {
      await patch(`/products/${product.id}`, body);
      toast(told);
    } catch (problem) {
      problemToast(problem);
    }
    onChanged();
  };
  const attach = (assets) => assets.length > 0 && change({ assets: [...ids, ...assets.map((each) => each.id).filter((id) => !ids.includes(id))] }, texts.products.attached(assets.length));
  const choose = async () => {
    const asset = await openDialog(AssetChoice);
    if (asset) attach([asset]);
  };
  return html`
    <div class="section-head"><p class="soft">${texts.products.picturesText}</p><button type="button"
        onClick=${choose}>${texts.products.chooseAsset}</button></div>
    <${DropZone} onUploaded=${attach}>
      ${product.assets.length === 0 && html`<${Empty} icon="asset" title=${texts.products.noPictures} text=${texts.assets.dropHere} />`}
      <ul class="cards">
        ${product.assets.map((asset) => {
          const isMain = product.imageUrl === asset.filePath;
          return html`
            <li key=${asset.id} class="card-item">
              <button type="button" class="card-picture" onClick=${() => openPreview(asset.id)} aria-label=${texts.assets.show(asset.name)}>
                <${Picture} address=${asset.mimeType.startsWith("image/") ? asset.url : undefined} size=${0} icon="asset" />
              </button>
              <p class="card-name" title=${asset.name}>${asset.name}</p>
              <div class="card-acts">
                ${isMain
                  ? html`<span class="badge badge-good">${texts.products.mainPicture}</span>`
                  : html`<button type="button" class="small"
                      onClick=${() => change({ imageUrl: asset.filePath }, texts.saved)}>${texts.products.makeMain}</button>`}
                <button type="button" class="small quiet icon-only" aria-label=${texts.products.detachAsset(asset.name)}
                    title=${texts.products.detach}
                        onClick=${() => change({ assets: ids.filter((id) => id !== asset.id) }, texts.products.assetDetached(asset.name))}>
                            <${Icon} name="close" size=${16} /></button>
              </div>
            </li>`;
        })}
      </ul>
    <//>`;
}

function AssetChoice({ close }) {
  const [search, setSearch] = useState("");
  const settled = useSettled(search);
  const { data } = useLoaded((signal) => get("/assets", { search: settled, limit: 30 }, { signal }), [settled]);
  return html`
    <${Dialog} title=${texts.products.chooseAsset} close=${close} isWide>
      <${SearchBox} label=${texts.assets.search} value=${search} onValue=${setSearch} />
      <ul class="cards">
        ${(data?.data ?? []).map((asset) => html`
          <li key=${asset.id} class="card-item"><button type="button" class="card-picture" onClick=${() => close(asset)}
              aria-label=${asset.name}>
            <${Picture} address=${asset.thumbnails?.[300]} size=${0} icon="asset" /></button><p class="card-name">${asset.name}</p></li>`)}
      </ul>
      ${data?.data.length === 0 && html`<p class="soft">${texts.nothingFound}</p>`}
    <//>`;
}
