// A field for a value, as the type of its attribute wants it.
import { html } from "../html.js";
import { texts } from "../texts.js";
import { Field, Select } from "../ui/parts.js";

const long = ["TEXT", "HTML", "JSON"];
const numeric = ["INTEGER", "NUMBER", "FLOAT", "CURRENCY", "PERCENTAGE"];
const inputTypes = { DATE: "date", EMAIL: "email", PHONE: "tel" };

export function ValueField({ attribute, known, value, inherited, isRequired, onValue, onRemove }) {
  const options = known?.options ?? [];
  const label = html`${attribute.name}${known?.unit && html` <span class="soft">(${known.unit})</span>`}${isRequired && html`<span class="required" title=${texts.products.required}> *</span>`}`;
  const hint = inherited ? texts.products.inherited : undefined;
  const edit = (event) => onValue(event.target.value);
  return html`
    <div class="value-field">
      <${Field} label=${label} hint=${hint}>
        ${(tied) => {
          if (attribute.type === "BOOLEAN") return html`<${Select} ...${tied} value=${value ?? ""} onValue=${onValue}
              options=${[["", "—"], ["true", texts.yes], ["false", texts.no]]} />`;
          if (attribute.type === "ENUM" && options.length > 0) return html`<${Select} ...${tied} value=${value ?? ""} onValue=${onValue}
              options=${[["", "—"], ...options.map((each) => [each, each])]} />`;
          if (long.includes(attribute.type)) return html`<textarea ...${tied} rows="4" value=${value ?? ""} onInput=${edit}></textarea>`;
          return html`<input ...${tied} type=${inputTypes[attribute.type] ?? "text"}
              inputmode=${numeric.includes(attribute.type) ? "decimal" : undefined} value=${value ?? ""} onInput=${edit} />`;
        }}
      <//>
      ${onRemove && html`<button type="button" class="link soft"
          onClick=${onRemove}>${texts.products.clearValue}<span class="visually-hidden"> ${attribute.name}</span></button>`}
    </div>`;
}
