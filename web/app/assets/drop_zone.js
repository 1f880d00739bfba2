// Takes files that are dropped on it or chosen, and uploads them one after the other, telling how far it is.
import { html, useRef, useState } from "../html.js";
import { upload } from "../api.js";
import { texts } from "../texts.js";
import { Icon } from "../ui/icons.js";

export function DropZone({ folder, onUploaded, children }) {
  const [isOver, setOver] = useState(false);
  const [uploads, setUploads] = useState([]);
  const input = useRef();
  const note = (index, change) => setUploads((before) => before.map((each, i) => (i === index ? { ...each, ...change } : each)));
  const send = async (files) => {
    if (files.length === 0) return;
    setUploads(files.map((file) => ({ name: file.name, done: 0 })));
    const made = [];
    for (const [index, file] of files.entries()) {
      try {
        made.push(await uploadFile(file, folder, (done) => note(index, { done })));
        note(index, { done: 1, isMade: true });
      } catch (problem) {
        note(index, { problem: problem.message });
      }
    }
    setUploads((before) => before.filter((each) => each.problem));
    onUploaded(made);
  };
  const onDrop = (event) => {
    event.preventDefault();
    setOver(false);
    send([...event.dataTransfer.files]);
  };
  const onDragOver = (event) => {
    event.preventDefault();
    setOver(true);
  };
  return html`
    <div class=${`drop ${isOver ? "drop-over" : ""}`} onDragOver=${onDragOver} onDragLeave=${() => setOver(false)} onDrop=${onDrop}>
      <div class="drop-head">
        <button type="button" onClick=${() => input.current.click()}><${Icon} name="export" />${texts.assets.upload}</button>
        <span class="soft only-wide">${texts.assets.orDrop}</span>
        <input ref=${input} type="file" multiple hidden aria-label=${texts.assets.upload}
               onChange=${(event) => { send([...event.target.files]); event.target.value = ""; }} />
      </div>
      ${uploads.length > 0 && html`<${Uploads} uploads=${uploads} onClear=${() => setUploads([])} />`}
      ${children}
    </div>`;
}

function uploadFile(file, folder, onProgress) {
  const form = new FormData();
  form.append("name", file.name.replace(/(.)\.[^.]+$/, "$1"));
  if (folder) form.append("assetGroupId", folder);
  form.append("file", file);
  return upload("/assets/upload", form, { onProgress });
}

const Uploads = ({ uploads, onClear }) => html`
  <ul class="uploads" aria-live="polite">
    ${uploads.map((each, index) => html`
      <li key=${index}>
        <span class="upload-name">${each.name}</span>
        ${each.problem
          ? html`<span class="field-problem">${each.problem}</span>`
          : html`<progress value=${each.done} max="1" aria-label=${each.name}></progress>`}
      </li>`)}
    ${uploads.every((each) => each.problem) && html`<li><button type="button" class="link" onClick=${onClear}>${texts.dismiss}</button>
        </li>`}
  </ul>`;
