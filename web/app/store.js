// A value that several parts of the page look at.
import { useEffect, useReducer } from "./html.js";

export class Store {
  #listeners = new Set();

  constructor(value) {
    this.value = value;
  }

  set(value) {
    this.value = value;
    this.changed();
  }

  changed() {
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

// The store's value; whoever asks is drawn again when it changes.
export function useStore(store) {
  const [, redraw] = useReducer((n) => n + 1, 0);
  useEffect(() => store.subscribe(redraw), [store]);
  return store.value;
}
