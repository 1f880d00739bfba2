// Every delete: at once for who looks, told by a message that takes it back.
import { post } from "./api.js";
import { revived } from "./load.js";
import { dropToast, problemToast, toast } from "./ui/toasts.js";
import { texts } from "./texts.js";

// `request()` deletes and answers with a `deletionId`, or with several such answers. `hide()` takes it off the page before
// that, `show()` goes back to where it is seen.
export async function deleteWithUndo({ request, told, hide, show }) {
  hide?.();
  try {
    const answer = await request();
    const acts = [answer].flat().map((each) => each.deletionId).filter(Boolean);
    if (acts.length > 0) toast(told(answer), { undo: () => undoDeletions(acts, show) });
  } catch (problem) {
    problemToast(problem);
    revive(show);
  }
}

function revive(show) {
  show?.();
  revived.changed();
}

async function undoDeletions(acts, show) {
  const busy = toast(texts.undoing);
  try {
    for (const act of acts) await post(`/trash/deletions/${act}/restore`);
    toast(texts.undone);
  } catch (problem) {
    problemToast(problem);
  } finally {
    dropToast(busy);
    revive(show);
  }
}
