import { html, useState } from "../html.js";
import { patch, post } from "../api.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { formatAgo } from "../ui/format.js";
import { NamedList } from "../ui/named_list.js";
import { Choice, Field, ProblemNotice, TextField } from "../ui/parts.js";

const types = ["STRING", "TEXT", "HTML", "INTEGER", "NUMBER", "CURRENCY", "PERCENTAGE", "BOOLEAN", "DATE", "DATETIME", "TIME", "ENUM", "ARRAY",
  "URL", "EMAIL", "PHONE", "COLOR", "JSON", "FILE", "IMAGE", "FLOAT"];
const withOptions = ["ENUM", "ARRAY"];

const columns = [
  { key: "name", label: texts.attributes.name, width: "minmax(14rem, 2fr)", narrow: "minmax(0, 1fr)", className: "cell-name", render: (attribute) => html`
    <span class="two-lines"><span class="name">${attribute.name}</span>
        <span class="soft only-narrow">${texts.attributes.types[attribute.type]}</span></span>` },
  { key: "type", label: texts.attributes.type, width: "9rem", render: (attribute) => texts.attributes.types[attribute.type] },
  { key: "unit", label: texts.attributes.unit, width: "7rem", className: "cell-cut", render: (attribute) => attribute.unit ?? "" },
  { key: "options", label: texts.attributes.options, width: "minmax(8rem, 1.4fr)", className: "cell-cut soft", render: (attribute) => (attribute.options ?? []).join(", ") },
  { key: "updated", label: texts.products.updated, width: "9rem", render: (attribute) => formatAgo(attribute.updatedAt) },
];

export const Attributes = ({ query }) => html`
  <${NamedList} name="attributes" path="/attributes" icon="attribute" kind="attribute" query=${query} columns=${columns}
    open=${(attribute) => openDialog(AttributeForm, { attribute })} add=${() => openDialog(AttributeForm)} />`;

function bodyOf({ name, type, unit, options, defaultValue }) {
  const lines = options.split("\n").map((each) => each.trim()).filter(Boolean);
  return { name: name.trim(), type, unit: unit.trim() || null, options: withOptions.includes(type) ? lines : [], defaultValue: defaultValue.trim() || null };
}

function AttributeForm({ attribute, close }) {
  const [form, setForm] = useState({
    name: attribute?.name ?? "", type: attribute?.type ?? "STRING", unit: attribute?.unit ?? "",
    options: attribute?.options?.join("\n") ?? "", defaultValue: attribute?.defaultValue == null ? "" : String(attribute.defaultValue),
  });
  const [problem, setProblem] = useState();
  const set = (name) => (value) => setForm({ ...form, [name]: value });
  const misfits = problem?.body?.conversion;
  const submit = () => {
    const saved = attribute
      ? patch(`/attributes/${attribute.id}`, bodyOf(form), { query: misfits ? { force: true } : {} })
      : post("/attributes", bodyOf(form));
    return saved.then(() => close(true), setProblem);
  };
  const actions = html`
    <button type="button" onClick=${() => close()}>${texts.cancel}</button>
    <button class=${misfits ? "danger" : "primary"}>${misfits ? texts.attributes.changeAnyway : texts.save}</button>`;
  return html`
    <${Dialog} title=${attribute ? texts.editOne(attribute.name) : texts.attributes.add} close=${close} actions=${actions}
        onSubmit=${submit}>
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      ${misfits && html`<ul class="what-goes">${misfits.examples.map((each, index) => html`<li key=${index}>${each.name}: <span class="mono">${each.value}</span></li>`)}</ul>
        <p class="soft">${texts.attributes.misfits}</p>`}
      <${TextField} label=${texts.attributes.name} required maxlength="30" autofocus value=${form.name} onValue=${set("name")} />
      <div class="columns">
        <${Choice} label=${texts.attributes.type} value=${form.type} onValue=${set("type")}
            options=${types.map((each) => [each, texts.attributes.types[each]])} />
        <${TextField} label=${texts.attributes.unit} maxlength="30" value=${form.unit} onValue=${set("unit")} />
      </div>
      ${withOptions.includes(form.type) && html`
        <${Field} label=${texts.attributes.options} hint=${texts.attributes.optionsHint}>${(tied) => html`<textarea ...${tied}
            value=${form.options} onInput=${(event) => set("options")(event.target.value)}></textarea>`}<//>`}
      <${TextField} label=${texts.attributes.defaultValue} value=${form.defaultValue} onValue=${set("defaultValue")} />
    <//>`;
}
