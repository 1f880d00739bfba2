// One product: what it is, its variants, its pictures, what happened to it.
import { html, useCallback } from "../html.js";
import { del, send } from "../api.js";
import { deleteWithUndo } from "../deleting.js";
import { useLoaded } from "../load.js";
import { go, href, replaceQuery } from "../router.js";
import { texts } from "../texts.js";
import { Icon } from "../ui/icons.js";
import { Empty, ProblemNotice, Skeleton, Tabs, ViewHead } from "../ui/parts.js";
import { Status } from "./columns.js";
import { Details } from "./details.js";
import { History } from "./history.js";
import { Pictures } from "./pictures.js";
import { Variants } from "./variants.js";

// With the tag by which the service sees that nobody changed it meanwhile.
async function read(id, signal) {
  const answer = await send("GET", `/products/${id}`, { signal });
  return { product: await answer.json(), tag: answer.headers.get("ETag") };
}

export function ProductView({ id, query }) {
  const { data, problem, reload } = useLoaded((signal) => read(id, signal), [id]);
  const remove = useCallback(() => {
    const { product } = data;
    go(product.parentProductId ? `/products/${product.parentProductId}` : "/products", product.parentProductId && { tab: "variants" });
    deleteWithUndo({ request: () => del(`/products/${id}`), told: () => texts.products.deleted(product.name), show: () => go(`/products/${id}`) });
  }, [data]);
  if (problem?.status === 404) return html`<${Gone} id=${id} />`;
  if (problem && !data) return html`<${ProblemNotice} problem=${problem} retry=${reload} />`;
  if (!data) return html`<${ViewHead} title=${texts.loading} back=${href("/products")} /><div class="scroll"><${Skeleton} rows=${8} />
      </div>`;
  const { product, tag } = data;
  const back = product.parentProduct ? href(`/products/${product.parentProduct.id}`, { tab: "variants" }) : href("/products");
  const tabs = [["details", texts.products.details], !product.parentProductId && ["variants", texts.products.variants, product.totalVariants],
    ["pictures", texts.products.pictures, product.assets.length], ["history", texts.products.history]].filter(Boolean);
  const tab = tabs.some(([key]) => key === query.tab) ? query.tab : "details";
  return html`
    <${ViewHead} title=${product.name} back=${back}>
      <${Status} status=${product.status} />
      <button type="button" class="danger-quiet" onClick=${remove}><${Icon} name="trash" /><span class="only-wide">${texts.delete}</span>
          </button>
    <//>
    <${Tabs} label=${product.name} tabs=${tabs} active=${tab}
        onChoose=${(key) => replaceQuery({ tab: key === "details" ? undefined : key })} />
    <div class="scroll" role="tabpanel" id="tab-panel" aria-labelledby=${`tab-${tab}`} tabindex="0">
      ${tab === "details" && html`<${Details} key=${tag} product=${product} tag=${tag} onSaved=${reload} />`}
      ${tab === "variants" && html`<${Variants} product=${product} onChanged=${reload} />`}
      ${tab === "pictures" && html`<${Pictures} product=${product} onChanged=${reload} />`}
      ${tab === "history" && html`<${History} product=${product} />`}
    </div>`;
}

const Gone = ({ id }) => html`
  <${ViewHead} title=${texts.products.gone} back=${href("/products")} />
  <${Empty} icon="trash" title=${texts.products.goneTitle(id)} text=${texts.products.goneText}>
    <div class="empty-acts"><a class="button" href=${href("/trash", { kind: "product" })}>${texts.sections.trash}</a></div>
  <//>`;
