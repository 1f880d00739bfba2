// Keys that do the same everywhere.
import { undoLast } from "./ui/toasts.js";

const isTyping = (element) => element.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

export function listenForKeys() {
  addEventListener("keydown", (event) => {
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "/" && !isCommand) {
      const search = document.querySelector("[data-search]");
      search?.focus();
      search?.select();
      if (search) event.preventDefault();
    } else if (event.key.toLowerCase() === "z" && isCommand && !event.shiftKey) {
      if (undoLast()) event.preventDefault();
    }
  });
}
