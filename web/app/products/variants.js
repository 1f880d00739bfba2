// The variants of a product: made one by one, or from all combinations of some values.
import { html, useState } from "../html.js";
import { del, get, post } from "../api.js";
import { useCatalogue } from "../catalogue.js";
import { deleteWithUndo } from "../deleting.js";
import { useLoaded } from "../load.js";
import { go, href } from "../router.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { Icon } from "../ui/icons.js";
import { Empty, ProblemNotice, Select, Skeleton } from "../ui/parts.js";
import { Picture } from "../ui/picture.js";
import { problemToast, toast } from "../ui/toasts.js";
import { Status } from "./columns.js";
import { createProduct } from "./new.js";

export function Variants({ product, onChanged }) {
  const { data, problem, reload } = useLoaded((signal) => get(`/products/${product.id}/variants`, { limit: 100 }, { signal }), [product.id]);
  const changed = () => {
    reload();
    onChanged();
  };
  const add = async () => {
    const made = await createProduct(product);
    if (made) go(`/products/${made.id}`);
  };
  const generate = async () => (await openDialog(Generate, { product })) && changed();
  const remove = (variant) => deleteWithUndo({ request: () => del(`/products/${variant.id}`), told: () => texts.products.deleted(variant.name) }).then(changed);
  const detach = (variant) => del(`/products/${product.id}/variants/${variant.id}`).then(() => { toast(texts.products.detached(variant.name)); changed(); }, problemToast);
  if (problem) return html`<${ProblemNotice} problem=${problem} retry=${reload} />`;
  if (!data) return html`<${Skeleton} />`;
  return html`
    <div class="section-head">
      <p class="soft">${texts.products.variantText}</p>
      <button type="button" onClick=${generate}>${texts.products.generate}</button>
      <button type="button" class="primary" onClick=${add}><${Icon} name="add" />${texts.products.newVariant}</button>
    </div>
    ${data.data.length === 0 && html`<${Empty} icon="product" title=${texts.products.noVariants} text=${texts.products.noVariantsText} />`}
    <ul class="rows">
      ${data.data.map((variant) => html`
        <li key=${variant.id} class="row">
          <${Picture} address=${variant.imageUrl} />
          <a class="two-lines row-name" href=${href(`/products/${variant.id}`)}><span class="name">${variant.name}</span>
              <span class="soft mono">${variant.sku}</span></a>
          <span class="only-wide"><${Status} status=${variant.status} /></span>
          <button type="button" class="small" onClick=${() => detach(variant)}>${texts.products.detach}</button>
          <button type="button" class="small quiet icon-only danger-text" aria-label=${texts.deleteOne(variant.name)}
              onClick=${() => remove(variant)}><${Icon} name="trash" size=${16} /></button>
        </li>`)}
    </ul>`;
}

const axesMax = 3;

function Generate({ product, close }) {
  const attributes = useCatalogue("attributes");
  const [axes, setAxes] = useState([{ attribute: "", values: "" }]);
  const [state, setState] = useState({});
  const set = (index, change) => setAxes(axes.map((each, i) => (i === index ? { ...each, ...change } : each)));
  const wanted = axes
    .map(({ attribute, values }) => ({ attributeId: Number(attribute), values: values.split(",").map((each) => each.trim()).filter(Boolean) }))
    .filter((axis) => axis.attributeId && axis.values.length > 0);
  const count = wanted.reduce((product_, axis) => product_ * axis.values.length, wanted.length > 0 ? 1 : 0);
  const submit = async () => {
    setState({ isBusy: true });
    try {
      await post(`/products/${product.id}/variants/generate`, { axes: wanted });
      close(true);
    } catch (problem) {
      setState({ problem });
    }
  };
  const actions = html`
    <button type="button" onClick=${() => close()}>${texts.cancel}</button>
    <button class="primary" disabled=${state.isBusy || count === 0}>${texts.products.generateCount(count)}</button>`;
  return html`
    <${Dialog} title=${texts.products.generate} close=${close} actions=${actions} onSubmit=${submit} isWide>
      ${state.problem && html`<${ProblemNotice} problem=${state.problem} />`}
      <p class="soft">${texts.products.generateText}</p>
      ${axes.map((axis, index) => html`
        <div class="columns" key=${index}>
          <${Select} aria-label=${texts.attributes.one} value=${axis.attribute} onValue=${(attribute) => set(index, { attribute })}
              options=${[["", texts.products.chooseAttribute], ...attributes.map((each) => [each.id, each.name])]} />
          <input aria-label=${texts.products.values} placeholder=${texts.products.valuesHint} value=${axis.values}
              onInput=${(event) => set(index, { values: event.target.value })} />
        </div>`)}
      ${axes.length < axesMax && html`<button type="button" class="link"
          onClick=${() => setAxes([...axes, { attribute: "", values: "" }])}>${texts.products.addAxis}</button>`}
    <//>`;
}
