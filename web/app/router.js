// Where one is: the part of the address behind "#". The rest of it belongs to the service.
import { Store, useStore } from "./store.js";

function read() {
  const [path, query] = location.hash.slice(1).split("?", 2);
  return { path: path && path !== "/" ? path : "/products", query: Object.fromEntries(new URLSearchParams(query ?? "")) };
}

const place = new Store(read());
let mayLeave = () => true;

addEventListener("hashchange", () => {
  const next = read();
  if (next.path === place.value.path || mayLeave()) place.set(next);
  else history.replaceState(null, "", href(place.value.path, place.value.query));
});

// `ask()` says whether this place may be left. The answer ends that.
export function guardPlace(ask) {
  mayLeave = ask;
  return () => (mayLeave = () => true);
}

export const useRoute = () => useStore(place);

export function href(path, query = {}) {
  const filled = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  const text = new URLSearchParams(filled).toString();
  return `#${path}${text ? `?${text}` : ""}`;
}

export function go(path, query) {
  location.hash = href(path, query);
}

// Another query of the same place: "back" leads past it.
export function replaceQuery(query) {
  if (!mayLeave()) return;
  history.replaceState(null, "", href(place.value.path, query));
  place.set(read());
}
