import { html, useState } from "../html.js";
import { post } from "../api.js";
import { go } from "../router.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { formatAgo, formatNumber } from "../ui/format.js";
import { NamedList } from "../ui/named_list.js";
import { ProblemNotice, TextField } from "../ui/parts.js";

const columns = [
  { key: "name", label: texts.families.name, width: "minmax(14rem, 2fr)", narrow: "minmax(0, 1fr)", className: "cell-name", render: (family) => html`
    <span class="two-lines"><span class="name">${family.name}</span>
        <span class="soft only-narrow">${texts.countOf.product(family.productCount)}</span></span>` },
  { key: "attributes", label: texts.sections.attributes, width: "8rem", render: (family) => formatNumber(family.totalAttributes) },
  { key: "products", label: texts.sections.products, width: "8rem", render: (family) => formatNumber(family.productCount) },
  { key: "updated", label: texts.products.updated, width: "9rem", render: (family) => formatAgo(family.updatedAt) },
];

export const Families = ({ query }) => html`
  <${NamedList} name="families" path="/families" icon="family" kind="family" query=${query} columns=${columns}
    open=${async (family) => go(`/families/${family.id}`)} add=${() => openDialog(NewFamily)} />`;

function NewFamily({ close }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState();
  const submit = () => post("/families", { name: name.trim() }).then((family) => { close(true); go(`/families/${family.id}`); }, setProblem);
  const actions = html`<button type="button" onClick=${() => close()}>${texts.cancel}</button>
      <button class="primary">${texts.families.create}</button>`;
  return html`
    <${Dialog} title=${texts.families.add} close=${close} actions=${actions} onSubmit=${submit}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      <${TextField} label=${texts.families.name} required autofocus value=${name} onValue=${setName} />
    <//>`;
}
