// Deleting for ever. It is asked for each time, saying what goes.
import { html, useState } from "../html.js";
import { post, postOnce } from "../api.js";
import { texts } from "../texts.js";
import { Dialog, openDialog } from "../ui/dialog.js";
import { formatBytes } from "../ui/format.js";
import { Icon } from "../ui/icons.js";
import { ProblemNotice, TextField } from "../ui/parts.js";
import { problemToast, toast } from "../ui/toasts.js";
import { kinds, pathOfKind, sumOf } from "./kinds.js";

const numbers = ["count", "rows", "variants", "values", "links", "files", "bytes"];
const bulk = (kind) => `${pathOfKind[kind]}/bulk-permanent`;

// Did it go?
export async function purge(requests) {
  return ask(async () => {
    const previews = await Promise.all(requests.map(async ({ kind, body }) => ({
      kind, body, seen: await post(bulk(kind), body, { query: { dryRun: true } }),
    })));
    const carryOut = async (reason) => {
      let purged = 0;
      for (const { kind, body, seen } of [...previews].reverse()) {
        const token = seen.previewToken ? { previewToken: seen.previewToken } : {};
        purged += (await post(bulk(kind), { ...body, ...reason, ...token })).purged;
      }
      return purged;
    };
    return { previews: previews.map(({ seen }) => seen), carryOut };
  });
}

export async function emptyTrash(kind) {
  const scope = kind ? { kind } : {};
  return ask(async () => {
    const seen = await post("/trash/empty", scope, { query: { dryRun: true } });
    const carryOut = async (reason) => (await postOnce("/trash/empty", { ...scope, ...reason, count: seen.rows })).purged;
    return { previews: [seen], carryOut, isAll: true };
  });
}

async function ask(prepare) {
  try {
    return Boolean(await openDialog(PurgeDialog, await prepare()));
  } catch (problem) {
    problemToast(problem);
    return false;
  }
}

function PurgeDialog({ previews, carryOut, isAll, close }) {
  const sum = sumOf(previews, numbers);
  const held = previews.flatMap((each) => each.held);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const [state, setState] = useState({});
  const isCertain = !isAll || typed.trim() === String(sum.rows);
  const submit = async () => {
    if (!isCertain) return;
    setState({ isBusy: true });
    try {
      const purged = await carryOut(reason ? { reason } : {});
      toast(texts.trash.purged(purged));
      close(true);
    } catch (problem) {
      setState({ problem });
    }
  };
  const actions = html`
    <button type="button" autofocus onClick=${() => close()}>${texts.cancel}</button>
    <button class="danger" disabled=${state.isBusy || !isCertain}>${texts.trash.purge}</button>`;
  return html`
    <${Dialog} title=${texts.trash.purgeTitle(sum.rows)} close=${close} actions=${actions} onSubmit=${submit}>
      ${state.problem && html`<${ProblemNotice} problem=${state.problem} />`}
      <p>${texts.trash.purgeText}</p>
      <${WhatGoes} sum=${sum} />
      ${held.length > 0 && html`<${Held} held=${held} />`}
      <${TextField} label=${texts.trash.reason} hint=${texts.trash.reasonHint} maxlength="500" value=${reason} onValue=${setReason} />
      ${isAll && html`<${TextField} label=${texts.trash.typeCount(sum.rows)} inputmode="numeric" autocomplete="off" value=${typed}
          onValue=${setTyped} />`}
    <//>`;
}

function WhatGoes({ sum }) {
  const variants = (kind) => (kind === "product" && sum.variants > 0 ? texts.trash.goes.variants(sum.variants) : "");
  const ofKinds = kinds.toReversed().filter((kind) => sum.kinds[kind] > 0).map((kind) => texts.countOf[kind](sum.kinds[kind]) + variants(kind));
  const more = ["values", "links"].filter((name) => sum[name] > 0).map((name) => texts.trash.goes[name](sum[name]));
  const files = sum.files > 0 ? [texts.trash.goes.files(sum.files, formatBytes(sum.bytes))] : [];
  return html`<ul class="what-goes">${[...ofKinds, ...more, ...files].map((each) => html`<li key=${each}>${each}</li>`)}</ul>`;
}

const Held = ({ held }) => html`
  <div class="notice">
    <${Icon} name="lock" />
    <div><p>${texts.trash.held(held.length)}</p>
      <ul>${held.slice(0, 10).map((each) => html`<li key=${`${each.kind} ${each.id}`}>${each.name}: ${each.hold.reason}</li>`)}</ul></div>
  </div>`;
