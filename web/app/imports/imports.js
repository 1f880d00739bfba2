// A file becomes products: tried first where one wants that, followed while it goes, with what could not go in.
import { html, useRef, useState } from "../html.js";
import { href } from "../router.js";
import { useStore } from "../store.js";
import { texts } from "../texts.js";
import { formatBytes, formatNumber } from "../ui/format.js";
import { Icon } from "../ui/icons.js";
import { Choice, ProblemNotice, ViewHead } from "../ui/parts.js";
import { run, startImport } from "./run.js";

const dialects = ["generic", "magento", "shopify", "woocommerce"];
const modes = ["upsert", "create", "update", "replace"];

export function Imports() {
  const current = useStore(run);
  const [file, setFile] = useState();
  const [dialect, setDialect] = useState("");
  const [mode, setMode] = useState("upsert");
  const isBusy = current && current.phase !== "done";
  const start = (isDry) => startImport({ file, dialect, mode, isDry });
  return html`
    <${ViewHead} title=${texts.sections.imports} />
    <div class="scroll narrow-page">
      <section class="card">
        <${FileChoice} file=${file} onFile=${setFile} />
        <div class="columns">
          <${Choice} label=${texts.imports.dialect} value=${dialect} onValue=${setDialect}
              options=${[["", texts.imports.findOut], ...dialects.map((each) => [each, texts.imports.dialects[each]])]} />
          <${Choice} label=${texts.imports.mode} value=${mode} onValue=${setMode}
              options=${modes.map((each) => [each, texts.imports.modes[each]])} />
        </div>
        <div class="form-acts">
          <button type="button" disabled=${!file || isBusy} onClick=${() => start(true)}>${texts.imports.tryIt}</button>
          <button type="button" class="primary" disabled=${!file || isBusy} onClick=${() => start(false)}>${texts.imports.start}</button>
        </div>
      </section>
      ${current && html`<${Course} current=${current} />`}
    </div>`;
}

function FileChoice({ file, onFile }) {
  const input = useRef();
  const [isOver, setOver] = useState(false);
  const drop = (event) => {
    event.preventDefault();
    setOver(false);
    if (event.dataTransfer.files[0]) onFile(event.dataTransfer.files[0]);
  };
  return html`
    <div class=${`file-choice ${isOver ? "drop-over" : ""}`} onDragOver=${(event) => { event.preventDefault(); setOver(true); }}
        onDragLeave=${() => setOver(false)} onDrop=${drop}>
      <${Icon} name="import" size=${26} />
      ${file ? html`<p><strong>${file.name}</strong> <span class="soft">${formatBytes(file.size)}</span>
          </p>` : html`<p>${texts.imports.drop}</p>`}
      <p class="soft">${texts.imports.kinds}</p>
      <button type="button" onClick=${() => input.current.click()}>${file ? texts.imports.another : texts.imports.choose}</button>
      <input ref=${input} type="file" hidden accept=".csv,.xlsx,.tsv,.txt" aria-label=${texts.imports.choose}
          onChange=${(event) => event.target.files[0] && onFile(event.target.files[0])} />
    </div>`;
}

function Course({ current }) {
  const { phase, file, isDry, percentage, message, summary, problem } = current;
  return html`
    <section class="card" aria-live="polite">
      <h2>${isDry ? texts.imports.tried(file) : file}</h2>
      ${phase !== "done" && html`
        <progress value=${percentage || undefined} max="100" aria-label=${file}></progress>
        <p class="soft">${message}</p>`}
      ${problem && html`<${ProblemNotice} problem=${problem} />`}
      ${summary && html`<${Summary} summary=${summary} rejects=${current.rejects ?? summary.failedRows} isDry=${isDry} file=${file} />`}
    </section>`;
}

const numbers = ["created", "updated", "unchanged", "rejected"];

function Summary({ summary, rejects, isDry, file }) {
  const made = ["attributesMade", "familiesMade", "categoriesMade"].filter((name) => summary[name] > 0).map((name) => texts.imports.made[name](summary[name]));
  const failures = [...rejects, ...summary.failedLinks];
  return html`
    <dl class="figures">${numbers.map((name) => html`<div key=${name}><dt>${texts.imports.numbers[name]}</dt>
        <dd>${formatNumber(summary[name])}</dd></div>`)}</dl>
    ${made.length > 0 && html`<p>${isDry ? texts.imports.wouldMake : texts.imports.alsoMade} ${made.join(", ")}.</p>`}
    ${summary.columnsLeftOut.length > 0 && html`<p class="soft">${texts.imports.leftOut(summary.columnsLeftOut)}</p>`}
    ${isDry && html`<p class="notice">${texts.imports.nothingChanged}</p>`}
    ${!isDry && html`<p><a href=${href("/products")}>${texts.imports.toProducts}</a></p>`}
    ${failures.length > 0 && html`
      <div class="section-head"><h3>${texts.imports.rejects}</h3><button type="button" class="small"
          onClick=${() => saveRejects(failures, file)}>${texts.imports.saveRejects}</button></div>
      <table class="table"><thead><tr><th scope="col">${texts.imports.line}</th><th scope="col">${texts.imports.reason}</th></tr></thead>
        <tbody>${failures.slice(0, 100).map((each, index) => html`<tr key=${index}><td>${each.row}</td><td>${each.error}</td>
            </tr>`)}</tbody></table>`}`;
}

// A cell that a spreadsheet would take for a formula is marked as text.
const quoted = (text) => `"${String(text).replace(/^(?=[=+\-@])/, "'").replaceAll('"', '""')}"`;

function saveRejects(failures, file) {
  const lines = ["line,reason", ...failures.map((each) => `${each.row},${quoted(each.error)}`)];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([lines.join("\r\n")], { type: "text/csv" }));
  link.download = `${file}.rejects.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}
