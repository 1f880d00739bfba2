// Light, dark, or as the system has it.
import { Store } from "./store.js";

const key = "pixelpim.theme";
export const themes = ["system", "light", "dark"];
export const theme = new Store(localStorage.getItem(key) ?? "system");

function show() {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
}

export function chooseTheme(value) {
  localStorage.setItem(key, value);
  theme.set(value);
  show();
}

show();
