// Bringing things back: at once where nothing is in the way, else after a look at what is.
import { html, useState } from "../html.js";
import { post, postOnce } from "../api.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { Icon } from "../ui/icons.js";
import { Check, ProblemNotice } from "../ui/parts.js";
import { problemToast, toast } from "../ui/toasts.js";
import { pathOfKind } from "./kinds.js";

const bulk = (kind) => `${pathOfKind[kind]}/bulk-restore`;

async function preview(requests) {
  return Promise.all(requests.map(async ({ kind, body }) => {
    const seen = await post(bulk(kind), body, { query: { dryRun: true } });
    return { kind, body, seen };
  }));
}

// How many came back, undefined where the person went away from it.
export async function restore(requests) {
  let previews;
  try {
    previews = await preview(requests);
  } catch (problem) {
    problemToast(problem);
    return undefined;
  }
  const isClear = previews.every(({ seen }) => seen.conflictCount === 0 && seen.stillInTrash.length === 0);
  if (!isClear) return openDialog(RestoreDialog, { previews });
  try {
    return await carryOut(previews, {});
  } catch (problem) {
    problemToast(problem);
    return undefined;
  }
}

async function carryOut(previews, choices) {
  let restored = 0;
  let renamed = [];
  const lacking = new Set();
  for (const { kind, body, seen } of previews) {
    const token = seen.previewToken ? { previewToken: seen.previewToken } : {};
    const answer = await postOnce(bulk(kind), { ...body, ...choices, ...token });
    restored += answer.restored;
    renamed = renamed.concat(answer.renamed);
    answer.warnings?.forEach((each) => lacking.add(each.name)); // none of what goes on in the background
  }
  toast(texts.trash.restored(restored, renamed, [...lacking]));
  return restored;
}

function RestoreDialog({ previews, close }) {
  const conflicts = previews.flatMap(({ seen }) => seen.conflicts);
  const renames = previews.flatMap(({ seen }) => seen.renamedTo);
  const needed = previews.flatMap(({ seen }) => seen.stillInTrash);
  const count = previews.reduce((sum, { seen }) => sum + seen.itemCount, 0);
  const [onConflict, setOnConflict] = useState("rename");
  const [withDependencies, setWithDependencies] = useState(true);
  const [state, setState] = useState({});
  const submit = async () => {
    setState({ isBusy: true });
    try {
      close(await carryOut(previews, { ...(conflicts.length > 0 && { onConflict }), ...(needed.length > 0 && { withDependencies }) }));
    } catch (problem) {
      setState({ problem });
    }
  };
  const actions = html`
    <button type="button" onClick=${() => close()}>${texts.cancel}</button>
    <button class="primary" disabled=${state.isBusy}>${texts.trash.restoreCount(count)}</button>`;
  return html`
    <${Dialog} title=${texts.trash.restoreTitle(count)} close=${close} actions=${actions} onSubmit=${submit} isWide>
      ${state.problem && html`<${ProblemNotice} problem=${state.problem} />`}
      ${conflicts.length > 0 && html`<${Conflicts} conflicts=${conflicts} renames=${renames} value=${onConflict}
          onValue=${setOnConflict} />`}
      ${needed.length > 0 && html`<${Needed} needed=${needed} isWanted=${withDependencies} onWanted=${setWithDependencies} />`}
    <//>`;
}

function Conflicts({ conflicts, renames, value, onValue }) {
  const newName = ({ kind, id, field }) => renames.find((each) => each.kind === kind && each.id === id && each.field === field)?.value;
  return html`
    <p>${texts.trash.conflicts(conflicts.length)}</p>
    <ul class="conflicts">
      ${conflicts.slice(0, 50).map((each) => html`
        <li key=${`${each.kind} ${each.id} ${each.field}`}>
          <${Icon} name=${each.kind} />
          <span><strong class="mono">${each.value}</strong> ${texts.trash.takenBy(each.field, each.holder)}
            ${value === "rename" && newName(each) && html`<span class="becomes">${texts.trash.becomes} <strong class="mono">${newName(each)}</strong></span>`}</span>
        </li>`)}
    </ul>
    <fieldset class="choices">
      <legend>${texts.trash.whatToDo}</legend>
      ${["rename", "replace", "skip"].map((each) => html`
        <label key=${each} class="choice">
          <input type="radio" name="on-conflict" value=${each} checked=${value === each} onChange=${() => onValue(each)} />
          <span><strong>${texts.trash.onConflict[each].title}</strong><span class="soft">${texts.trash.onConflict[each].text}</span></span>
        </label>`)}
    </fieldset>`;
}

const Needed = ({ needed, isWanted, onWanted }) => html`
  <div class="needed">
    <p>${texts.trash.needed(needed.length)}</p>
    <ul class="tags">${needed.slice(0, 30).map((each) => html`<li key=${`${each.kind} ${each.id}`}><${Icon} name=${each.kind}
        size=${14} />${each.name}</li>`)}</ul>
    <${Check} label=${texts.trash.restoreNeeded} checked=${isWanted} onChange=${(event) => onWanted(event.target.checked)} />
  </div>`;
