// Every delete: at once for who looks, told by a message that takes it back.
import { post } from "./api.js";
import { dropToast, problemToast, toast } from "./ui/toasts.js";
import { texts } from "./texts.js";

// `request()` deletes and answers with a `deletionId`. `hide()` takes it off the page before that, `show()` brings it back.
export async function deleteWithUndo({ request, told, hide, show }) {
  hide?.();
  try {
    const answer = await request();
    if (!answer.deletionId) return;
    toast(told(answer), { undo: () => undoDeletion(answer.deletionId, show) });
  } catch (problem) {
    show?.();
    problemToast(problem);
  }
}

async function undoDeletion(id, show) {
  const busy = toast(texts.undoing);
  try {
    await post(`/trash/deletions/${id}/restore`);
    toast(texts.undone);
  } catch (problem) {
    problemToast(problem);
  } finally {
    dropToast(busy);
    show?.();
  }
}
