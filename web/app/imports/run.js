// The import that goes on, whatever is looked at meanwhile.
import { authorization, send, upload } from "../api.js";
import { refresh } from "../catalogue.js";
import { Store } from "../store.js";
import { texts } from "../texts.js";

// { phase: "sending" | "running" | "done", file, isDry, percentage, message, progress, summary, problem }
export const run = new Store(undefined);

const change = (changes) => run.set({ ...run.value, ...changes });

export async function startImport({ file, mode, dialect, isDry }) {
  run.set({ phase: "sending", file: file.name, isDry, percentage: 0, message: texts.imports.sending });
  const form = new FormData();
  if (dialect) form.append("dialect", dialect);
  form.append("mode", mode);
  form.append("dryRun", String(isDry));
  form.append("file", file);
  try {
    const { sessionId } = await upload("/products/import-with-progress", form, { onProgress: (part) => change({ percentage: Math.round(part * 100) }) });
    change({ phase: "running", percentage: 0 });
    await follow(sessionId);
  } catch (problem) {
    change({ phase: "done", problem });
  }
  refresh("attributes", "families", "categories", "attributeGroups");
}

// An EventSource sends no token: the stream is read by hand.
async function follow(id) {
  const answer = await send("GET", `/products/import/progress/${id}`, { headers: { ...authorization(), Accept: "text/event-stream" } });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) tell(JSON.parse(event.replace(/^data: /, "")));
  }
  if (run.value.phase !== "done") throw new Error(texts.problems.unreachable);
}

function tell(event) {
  const isOver = event.status !== "processing";
  change({
    phase: isOver ? "done" : "running", percentage: event.percentage, message: event.message, progress: event,
    ...(event.status === "completed" && { summary: event.summary, rejects: event.failedRows }),
    ...(event.status === "error" && { problem: { message: event.message } }),
  });
}
