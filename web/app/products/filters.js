// What the list of products is narrowed by. All of it is in the address, so that "back" and a bookmark find it again.
import { html, useState } from "../html.js";
import { pathOf } from "../catalogue.js";
import { texts } from "../texts.js";
import { Icon } from "../ui/icons.js";
import { Popover, SearchBox, Select } from "../ui/parts.js";

const plainFilters = ["status", "familyId", "categoryId"];
const attributeParameter = /^attr\[(.+?)\](?:\[(\w+)\])?$/;

// The filters of an address, as the service wants them.
export function filtersOf(query) {
  return Object.fromEntries(Object.entries(query).filter(([name, value]) => value && (plainFilters.includes(name) || attributeParameter.test(name))));
}

// The same for the body of a bulk.
export function bodyFilters({ search, ...filters }) {
  const body = {};
  if (search) body.search = search;
  for (const [name, value] of Object.entries(filters)) {
    const found = attributeParameter.exec(name);
    if (!found) body[name] = name === "status" || value === "null" ? (value === "null" ? null : value) : Number(value);
    else (body.attributes ??= {})[found[1]] = found[2] ? { ...body.attributes[found[1]], [found[2]]: found[2] === "empty" ? value === "true" : value } : value;
  }
  return body;
}

export function Filters({ query, search, onSearch, onChange, families, categories, attributes, children }) {
  const familyOptions = [["", texts.products.anyFamily], ["null", texts.products.noFamily], ...families.map((each) => [each.id, each.name])];
  const categoryOptions = [["", texts.products.anyCategory], ["null", texts.products.noCategory], ...categories.map((each) => [each.id, pathOf(each)])];
  const statusOptions = [["", texts.products.anyStatus], ["complete", texts.products.status.complete], ["incomplete", texts.products.status.incomplete]];
  const chips = Object.entries(filtersOf(query)).filter(([name]) => attributeParameter.test(name));
  return html`
    <div class="toolbar">
      <${SearchBox} label=${texts.products.search} value=${search} onValue=${onSearch} />
      <${Select} aria-label=${texts.products.statusLabel} value=${query.status ?? ""} options=${statusOptions}
          onValue=${(status) => onChange({ status })} />
      <${Select} aria-label=${texts.products.family} value=${query.familyId ?? ""} options=${familyOptions}
          onValue=${(familyId) => onChange({ familyId })} />
      <${Select} aria-label=${texts.products.category} value=${query.categoryId ?? ""} options=${categoryOptions}
          onValue=${(categoryId) => onChange({ categoryId })} />
      <${Popover} label=${texts.products.filter} icon="filter">
        ${({ close }) => html`<${AttributeFilter} attributes=${attributes}
            onAdd=${(name, value) => { onChange({ [name]: value }); close(); }} />`}
      <//>
      ${children}
    </div>
    ${chips.length > 0 && html`
      <ul class="chips" aria-label=${texts.products.filters}>
        ${chips.map(([name, value]) => html`
          <li key=${name} class="chip">${chipText(name, value, attributes)}
            <button type="button" class="quiet" aria-label=${texts.products.removeFilter(chipText(name, value, attributes))}
                onClick=${() => onChange({ [name]: undefined })}><${Icon} name="close" size=${14} /></button></li>`)}
      </ul>`}`;
}

function chipText(name, value, attributes) {
  const [, which, operator = "is"] = attributeParameter.exec(name);
  const attribute = attributes.find((each) => String(each.id) === which)?.name ?? which;
  return texts.products.condition(attribute, operator, value);
}

const operators = ["is", "contains", "gte", "lte", "empty"];

function AttributeFilter({ attributes, onAdd }) {
  const [attribute, setAttribute] = useState("");
  const [operator, setOperator] = useState("is");
  const [value, setValue] = useState("");
  const wanted = operator === "empty" ? "true" : value.trim();
  const submit = (event) => {
    event.preventDefault();
    if (attribute && wanted) onAdd(operator === "is" ? `attr[${attribute}]` : `attr[${attribute}][${operator}]`, wanted);
  };
  return html`
    <form class="stack popover-form" onSubmit=${submit}>
      <${Select} aria-label=${texts.attributes.one} value=${attribute} onValue=${setAttribute}
          options=${[["", texts.products.chooseAttribute], ...attributes.map((each) => [each.id, each.name])]} />
      <${Select} aria-label=${texts.products.operator} value=${operator} onValue=${setOperator}
          options=${operators.map((each) => [each, texts.products.operators[each]])} />
      ${operator !== "empty" && html`<input aria-label=${texts.products.value} placeholder=${texts.products.value} value=${value}
          onInput=${(event) => setValue(event.target.value)} />`}
      <button class="primary" disabled=${!attribute || !wanted}>${texts.products.addFilter}</button>
    </form>`;
}
