// Who did what to a product, the latest first.
import { html, useState } from "../html.js";
import { get } from "../api.js";
import { useLoaded } from "../load.js";
import { texts } from "../texts.js";
import { formatAgo, formatMoment } from "../ui/format.js";
import { Icon } from "../ui/icons.js";
import { ProblemNotice, Skeleton } from "../ui/parts.js";
import { problemToast } from "../ui/toasts.js";

const icons = [["delete", "trash"], ["restore", "undo"], ["create", "add"], ["import", "import"], ["purge", "trash"]];

export function History({ product }) {
  const [older, setOlder] = useState([]);
  const { data, problem, reload } = useLoaded((signal) => get(`/products/${product.id}/history`, { limit: 50 }, { signal }), [product.id]);
  if (problem) return html`<${ProblemNotice} problem=${problem} retry=${reload} />`;
  if (!data) return html`<${Skeleton} />`;
  const pages = [data, ...older];
  const { nextCursor } = pages.at(-1).pagination;
  const more = () => get(`/products/${product.id}/history`, { limit: 50, cursor: nextCursor }).then((page) => setOlder([...older, page]), problemToast);
  return html`
    <ol class="history">
      ${pages.flatMap((page) => page.data).map((event) => html`
        <li key=${event.id}>
          <span class="kind-icon"><${Icon} name=${iconOf(event.action)} size=${16} /></span>
          <div><p><strong>${event.actor ? event.actor.name || event.actor.email : texts.people.nobody}</strong> ${texts.history.did(event.action)}</p>
            <p class="soft"><time datetime=${event.at}
                title=${formatMoment(event.at)}>${formatAgo(event.at)}</time>${changedFields(event.detail)}</p></div>
        </li>`)}
    </ol>
    ${nextCursor && html`<button type="button" onClick=${more}>${texts.more}</button>`}`;
}

function iconOf(action) {
  return icons.find(([verb]) => action.includes(verb))?.[1] ?? "history";
}

function changedFields(detail) {
  const fields = detail.fields ?? detail.changed;
  return Array.isArray(fields) && fields.length > 0 ? ` · ${fields.join(", ")}` : "";
}
