// How the installation and the trash are. Administrators see the owners and the cleanup; others their own catalogue.
import { html, useState } from "../html.js";
import { get, patch, post, send } from "../api.js";
import { useLoaded } from "../load.js";
import { hasCatalogue, isAdministrator, session, updateSession } from "../session.js";
import { href } from "../router.js";
import { texts } from "../texts.js";
import { formatAgo, formatMoment, formatNumber } from "../ui/format.js";
import { Icon } from "../ui/icons.js";
import { ProblemNotice, Skeleton, TextField, ViewHead } from "../ui/parts.js";
import { problemToast, toast } from "../ui/toasts.js";
import { kinds } from "../trash/kinds.js";

export const Monitor = () => html`
  <${ViewHead} title=${texts.sections.monitor} />
  <div class="scroll">
    <div class="panels">
      <${Health} />
      ${hasCatalogue() && html`<${TrashPanel} /><${Deletions} /><${Certificates} />`}
      ${isAdministrator() && html`<${Owners} /><${CleanupRuns} />`}
    </div>
  </div>`;

// A panel of what `read` gives.
function Panel({ title, read, isWide, children }) {
  const { data, problem, reload } = useLoaded(read, []);
  return html`
    <section class=${`card ${isWide ? "panel-wide" : ""}`}>
      <h2>${title}</h2>
      ${problem && html`<${ProblemNotice} problem=${problem} retry=${reload} />`}
      ${!data && !problem && html`<${Skeleton} rows=${3} />`}
      ${data && children(data, reload)}
    </section>`;
}

const Figures = ({ figures }) => html`
  <dl class="figures">${figures.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

async function readHealth(signal) {
  const began = performance.now();
  const answer = await send("GET", "/health/ready", { signal }).then((found) => found.json(), (problem) => ({ status: "trouble", message: problem.message }));
  return { ...answer, milliseconds: Math.round(performance.now() - began) };
}

const Health = () => html`
  <${Panel} title=${texts.monitor.health} read=${readHealth}>
    ${(health) => html`
      <p><span class=${`badge ${health.status === "ok" ? "badge-good" : "badge-danger"}`}><span class="dot" aria-hidden="true">
          </span>${health.status === "ok" ? texts.monitor.works : texts.monitor.trouble}</span></p>
      ${health.message && html`<p class="soft">${health.message}</p>`}
      <${Figures} figures=${[[texts.monitor.version, health.version ?? "–"], [texts.monitor.answered, texts.monitor.milliseconds(health.milliseconds)]]} />`}
  <//>`;

async function readTrash(signal) {
  const [items, settings] = await Promise.all([get("/trash", { limit: 1 }, { signal }), get("/trash/settings", {}, { signal })]);
  return { ...items, settings };
}

const TrashPanel = () => html`
  <${Panel} title=${texts.sections.trash} read=${readTrash}>
    ${({ kinds: counts, pagination, settings }, reload) => html`
      <${Figures} figures=${[[texts.monitor.inTrash, formatNumber(pagination.total)], [texts.monitor.keptFor, texts.trash.days(settings.retentionDays)]]} />
      <ul class="tags">${kinds.filter((kind) => counts[kind] > 0).map((kind) => html`<li key=${kind}>
          <a href=${href("/trash", { kind })}>${texts.countOf[kind](counts[kind])}</a></li>`)}</ul>
      ${session.value.profile.role !== "STAFF" && html`<${Retention} days=${settings.retentionDays} onSaved=${reload} />`}
      <${Brake} settings=${settings} onChanged=${reload} />`}
  <//>`;

function Retention({ days, onSaved }) {
  const [value, setValue] = useState(String(days));
  const save = (event) => {
    event.preventDefault();
    patch("/trash/settings", { retentionDays: Number(value) }).then(() => { toast(texts.saved); onSaved(); }, problemToast);
  };
  return html`
    <form class="name-form" onSubmit=${save}>
      <${TextField} label=${texts.monitor.retention} type="number" min="1" required value=${value} onValue=${setValue} />
      <button disabled=${value === String(days)}>${texts.save}</button>
    </form>`;
}

const releasedMinutes = 60;

function Brake({ settings, onChanged }) {
  const isReleased = settings.brakeReleasedUntil && new Date(settings.brakeReleasedUntil) > new Date();
  const release = () => post("/trash/brake/release", { minutes: releasedMinutes }).then(() => { toast(texts.monitor.brakeReleased); onChanged(); }, problemToast);
  return html`
    <p class="soft">${isReleased ? texts.monitor.brakeFree(formatMoment(settings.brakeReleasedUntil)) : texts.monitor.brake(formatNumber(settings.brakeRows), settings.brakePercent)}</p>
    ${!isReleased && session.value.profile.role === "OWNER" && html`<p><button type="button"
        onClick=${release}>${texts.monitor.release}</button></p>`}`;
}

const Deletions = () => html`
  <${Panel} title=${texts.monitor.deletions} read=${(signal) => get("/trash/deletions", { limit: 8, left: true }, { signal })}>
    ${({ data }, reload) => html`
      ${data.length === 0 && html`<p class="soft">${texts.trash.emptyTitle}</p>`}
      <ul class="rows">${data.map((act) => html`
        <li key=${act.id} class="row"><span class="two-lines row-name">
            <span class="name">${act.rootName ?? texts.monitor.act(act.id)}</span>
          <span class="soft">${texts.trash.count(act.itemCount)} · ${formatAgo(act.createdAt)}</span></span>
          <button type="button" class="small" aria-label=${texts.monitor.undoOne(act.rootName ?? texts.monitor.act(act.id))}
                  onClick=${() => post(`/trash/deletions/${act.id}/restore`).then(() => { toast(texts.undone); reload(); }, problemToast)}>
                      <${Icon} name="undo" size=${15} />${texts.undo}</button></li>`)}</ul>`}
  <//>`;

const Certificates = () => html`
  <${Panel} title=${texts.monitor.certificates} read=${(signal) => get("/trash/certificates", { limit: 8 }, { signal })}>
    ${({ data }) => html`
      ${data.length === 0 && html`<p class="soft">${texts.monitor.noCertificates}</p>`}
      <ul class="rows">${data.map((each) => html`
        <li key=${each.id} class="row"><span class="two-lines row-name">
            <span class="name">${Object.entries(each.kinds).map(([kind, n]) => texts.countOf[kind]?.(n) ?? n).join(", ")}</span>
          <span class="soft">${formatMoment(each.createdAt)}${each.reason && ` · ${each.reason}`}</span></span></li>`)}</ul>`}
  <//>`;

const Owners = () => html`
  <${Panel} title=${texts.monitor.owners} read=${(signal) => get("/admin/owners", {}, { signal })} isWide>
    ${(answer) => html`
      <ul class="rows">${(answer.data ?? answer).map((owner) => html`
        <li key=${owner.id} class="row"><span class="two-lines row-name"><span class="name">${owner.fullname || owner.email}</span>
          <span class="soft">${owner.email} · ${texts.countOf.product(owner._count.products)} · ${texts.countOf.asset(owner._count.assets)}</span></span>
          ${owner.deactivatedAt && html`<span class="badge badge-warning">${texts.monitor.deactivated}</span>`}
          <button type="button" class="small" onClick=${() => updateSession({ actAs: { id: owner.id, name: owner.fullname || owner.email } })}>${texts.monitor.actFor}</button></li>`)}</ul>`}
  <//>`;

const CleanupRuns = () => html`
  <${Panel} title=${texts.monitor.cleanup} read=${(signal) => get("/admin/cleanup/runs", { limit: 10 }, { signal })} isWide>
    ${({ data }) => data.length === 0 ? html`<p class="soft">${texts.monitor.noRuns}</p>` : html`
      <table class="table"><thead><tr>${["started", "state", "purged", "held", "failed"].map((each) => html`<th key=${each}
          scope="col">${texts.monitor.run[each]}</th>`)}</tr></thead>
        <tbody>${data.map((each) => html`<tr key=${each.id}><td>${formatMoment(each.startedAt)}</td>
            <td>${texts.monitor.states[each.state] ?? each.state}${each.trouble && html` <span class="soft">${each.trouble}</span>`}</td>
          <td>${formatNumber(each.purged)}</td><td>${formatNumber(each.held)}</td><td>${formatNumber(each.failed)}</td>
              </tr>`)}</tbody></table>`}
  <//>`;
