// Who is logged in. The token stays in this tab; in the browser only where the person asked for that. It is in no cookie,
// so that no other page can send it along; and the page's policy runs no script that could read it but its own.
import { Store } from "./store.js";

const key = "pixelpim.session";

function stored() {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

// { token, profile, actAs, isKept, notice }
export const session = new Store(stored());

function keep(value) {
  const { token, profile, actAs, isKept } = value;
  const text = JSON.stringify({ token, profile, actAs, isKept });
  (isKept ? localStorage : sessionStorage).setItem(key, text);
  session.set(value);
}

export function beginSession(token, profile, isKept) {
  keep({ token, profile, isKept });
}

export function updateSession(changes) {
  keep({ ...session.value, ...changes });
}

export function endSession(notice) {
  sessionStorage.removeItem(key);
  localStorage.removeItem(key);
  session.set({ notice });
}

// Logged out in another tab: here too.
addEventListener("storage", (event) => {
  if (event.key === key && !event.newValue && session.value.isKept) session.set({});
});

export const isAdministrator = () => session.value.profile?.role === "ADMIN";
export const hasCatalogue = () => !isAdministrator() || Boolean(session.value.actAs);
