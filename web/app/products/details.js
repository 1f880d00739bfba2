// The form of a product. Only what was changed is sent, and only where nobody else changed the product meanwhile.
import { html, useEffect, useRef, useState } from "../html.js";
import { send } from "../api.js";
import { pathOf, useCatalogue } from "../catalogue.js";
import { guardPlace } from "../router.js";
import { texts } from "../texts.js";
import { formatMoment } from "../ui/format.js";
import { Choice, ProblemNotice, Select, TextField } from "../ui/parts.js";
import { toast } from "../ui/toasts.js";
import { ValueField } from "./values.js";

const noValue = (value) => value === null || value === undefined || value === "";

// The attributes of the form: those of the family, then the product's own.
function sectionsOf(product, added) {
  const { requiredAttributes = [], optionalAttributes = [] } = product.family ?? {};
  const ofFamily = new Set([...requiredAttributes, ...optionalAttributes].map((each) => each.id));
  const own = product.attributes.filter((each) => !ofFamily.has(each.id));
  const more = added.filter((each) => !ofFamily.has(each.id) && !own.some((has) => has.id === each.id));
  return { required: requiredAttributes, optional: optionalAttributes, own: [...own, ...more] };
}

function bodyOf(fields, values, sections) {
  const ofFamily = new Set([...sections.required, ...sections.optional].map((each) => each.id));
  const sent = [...values].map(([attributeId, value]) => ({ attributeId, value: noValue(value) ? null : value }));
  const inside = sent.filter((each) => ofFamily.has(each.attributeId));
  const outside = sent.filter((each) => !ofFamily.has(each.attributeId));
  return { ...fields, ...(inside.length > 0 && { familyAttributesWithValues: inside }), ...(outside.length > 0 && { attributesWithValues: outside }) };
}

function useChanges(product, tag, added, onSaved) {
  const [fields, setFields] = useState({});
  const [values, setValues] = useState(new Map());
  const [state, setState] = useState({});
  const isChanged = Object.keys(fields).length > 0 || values.size > 0;
  const discard = () => {
    setFields({});
    setValues(new Map());
    setState({});
  };
  const save = async () => {
    if (!isChanged || state.isBusy) return;
    setState({ isBusy: true });
    try {
      await send("PATCH", `/products/${product.id}`, { body: bodyOf(fields, values, sectionsOf(product, added)), headers: { "If-Match": tag } });
      toast(texts.saved);
      discard();
      onSaved();
    } catch (problem) {
      setState({ problem: problem.status === 412 ? { message: texts.products.changedMeanwhile } : problem });
    }
  };
  return {
    ...state, isChanged, save, discard,
    field: (name) => (name in fields ? fields[name] : product[name]) ?? "",
    setField: (name, value) => setFields((before) => ({ ...before, [name]: value === "" ? null : value })),
    value: (attribute) => (values.has(attribute.id) ? values.get(attribute.id) : attribute.value),
    setValue: (id, value) => setValues((before) => new Map(before).set(id, value)),
  };
}

// Ctrl-S saves; leaving with changes is asked about.
function useSaving({ isChanged, save }) {
  const current = useRef();
  current.current = save;
  useEffect(() => {
    const pressed = (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      current.current();
    };
    const leave = (event) => isChanged && event.preventDefault();
    const unguard = guardPlace(() => !isChanged || confirm(texts.leaveUnsaved));
    addEventListener("keydown", pressed);
    addEventListener("beforeunload", leave);
    return () => {
      unguard();
      removeEventListener("keydown", pressed);
      removeEventListener("beforeunload", leave);
    };
  }, [isChanged]);
}

export function Details({ product, tag, onSaved }) {
  const [added, setAdded] = useState([]);
  const changes = useChanges(product, tag, added, onSaved);
  const attributes = useCatalogue("attributes");
  useSaving(changes);
  const sections = sectionsOf(product, added);
  const onSubmit = (event) => {
    event.preventDefault();
    changes.save();
  };
  const fieldsOf = (list, more = {}) => list.map((each) => html`
    <${ValueField} key=${each.id} attribute=${each} known=${attributes.find((known) => known.id === each.id)} value=${changes.value(each)}
      inherited=${each.inherited} onValue=${(value) => changes.setValue(each.id, value)} ...${more} />`);
  return html`
    <form class="product-form" onSubmit=${onSubmit}>
      <div class="stack">
        ${changes.problem && html`<${ProblemNotice} problem=${changes.problem} />`}
        <section class="card">
          <div class="columns">
            <${TextField} label=${texts.products.name} required maxlength="100" value=${changes.field("name")}
                onValue=${(value) => changes.setField("name", value)} />
            <${TextField} label=${texts.products.sku} required maxlength="40" value=${changes.field("sku")}
                onValue=${(value) => changes.setField("sku", value)} />
          </div>
          <${TextField} label=${texts.products.link} type="url" value=${changes.field("productLink")}
              onValue=${(value) => changes.setField("productLink", value)} />
        </section>
        ${product.family && html`
          <section class="card"><h2>${product.family.name}</h2>
            <div class="columns">${fieldsOf(sections.required, { isRequired: true })}${fieldsOf(sections.optional)}</div>
          </section>`}
        <section class="card"><h2>${texts.products.ownAttributes}</h2>
          ${sections.own.length > 0 && html`<div class="columns">${fieldsOf(sections.own)}</div>`}
          <${AddAttribute} attributes=${attributes} taken=${sections} onAdd=${(attribute) => setAdded([...added, attribute])} />
        </section>
      </div>
      <${Side} product=${product} changes=${changes} />
      ${changes.isChanged && html`
        <div class="save-bar" role="region" aria-label=${texts.unsaved}>
          <span>${texts.unsaved}</span><span class="spacer"></span>
          <button type="button" onClick=${changes.discard}>${texts.discard}</button>
          <button class="primary" disabled=${changes.isBusy}>${texts.save}</button>
        </div>`}
    </form>`;
}

function AddAttribute({ attributes, taken, onAdd }) {
  const has = new Set([...taken.required, ...taken.optional, ...taken.own].map((each) => each.id));
  const free = attributes.filter((each) => !has.has(each.id));
  if (free.length === 0) return html`<p class="soft">${texts.products.noMoreAttributes}</p>`;
  const add = (id) => id && onAdd({ ...free.find((each) => String(each.id) === id), value: null });
  return html`<${Select} aria-label=${texts.products.addAttribute} value="" onValue=${add}
    options=${[["", texts.products.addAttribute], ...free.map((each) => [each.id, each.name])]} />`;
}

function Side({ product, changes }) {
  const families = useCatalogue("families");
  const categories = useCatalogue("categories");
  const groups = useCatalogue("attributeGroups");
  const choose = (name) => (value) => changes.setField(name, value === "" ? null : Number(value));
  const { required, filled, percent, missing } = product.completeness;
  return html`
    <aside class="stack">
      <section class="card">
        <h2>${texts.products.completeness}</h2>
        ${required > 0
          ? html`<progress value=${filled} max=${required} aria-label=${texts.products.completeness}></progress>
              <p class="soft">${texts.products.filled(filled, required, percent)}</p>
              ${missing.length > 0 && html`<p>${texts.products.missing(missing.map((each) => each.name))}</p>`}`
          : html`<p class="soft">${texts.products.nothingRequired}</p>`}
      </section>
      <section class="card">
        <${Choice} label=${texts.products.family} value=${changes.field("familyId")} onValue=${choose("familyId")}
            options=${[["", texts.products.noFamily], ...families.map((each) => [each.id, each.name])]} />
        <${Choice} label=${texts.products.category} value=${changes.field("categoryId")} onValue=${choose("categoryId")}
            options=${[["", texts.products.noCategory], ...categories.map((each) => [each.id, pathOf(each)])]} />
        ${groups.length > 0 && html`<${Choice} label=${texts.products.group} value=${changes.field("attributeGroupId")}
            onValue=${choose("attributeGroupId")} options=${[["", texts.products.noGroup], ...groups.map((each) => [each.id, each.name])]} />`}
      </section>
      <p class="soft">${texts.products.made(formatMoment(product.createdAt))}<br />${texts.products.changed(formatMoment(product.updatedAt))}</p>
    </aside>`;
}
