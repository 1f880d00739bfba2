// A new product, or a new variant of one: what it must have. The rest is written on its page.
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { pathOf, useCatalogue } from "../catalogue.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { Choice, ProblemNotice, TextField } from "../ui/parts.js";

// The product, undefined where none was made.
export const createProduct = (parent) => openDialog(NewProduct, { parent });

function NewProduct({ parent, close }) {
  const [name, setName] = useState(parent ? `${parent.name} ` : "");
  const [sku, setSku] = useState(parent ? `${parent.sku}-` : "");
  const [familyId, setFamilyId] = useState("");
  const [categoryId, setCategoryId] = useState("");
  const [state, setState] = useState({});
  const families = useCatalogue("families");
  const categories = useCatalogue("categories");
  const submit = async () => {
    setState({ isBusy: true });
    const body = { name: name.trim(), sku: sku.trim(), ...(familyId && { familyId: Number(familyId) }), ...(categoryId && { categoryId: Number(categoryId) }) };
    try {
      close(await post(parent ? `/products/${parent.id}/variants` : "/products", body));
    } catch (problem) {
      setState({ problem });
    }
  };
  const actions = html`
    <button type="button" onClick=${() => close()}>${texts.cancel}</button>
    <button class="primary" disabled=${state.isBusy}>${texts.products.create}</button>`;
  return html`
    <${Dialog} title=${parent ? texts.products.newVariant : texts.products.add} close=${close} actions=${actions} onSubmit=${submit}>
      ${state.problem && html`<${ProblemNotice} problem=${state.problem} />`}
      <${TextField} label=${texts.products.name} required maxlength="100" autofocus value=${name} onValue=${setName} />
      <${TextField} label=${texts.products.sku} hint=${texts.products.skuHint} required minlength="4" maxlength="40" value=${sku}
          onValue=${setSku} />
      ${!parent && html`
        <${Choice} label=${texts.products.family} value=${familyId} onValue=${setFamilyId}
            options=${[["", texts.products.noFamily], ...families.map((each) => [each.id, each.name])]} />
        <${Choice} label=${texts.products.category} value=${categoryId} onValue=${setCategoryId}
            options=${[["", texts.products.noCategory], ...categories.map((each) => [each.id, pathOf(each)])]} />`}
    <//>`;
}
