// What is chosen of a list.
import { Store } from "../store.js";

export class Selection extends Store {
  constructor(keyOf) {
    super(new Map());
    this.keyOf = keyOf;
    this.isEverything = false; // also what was not read yet
  }

  get count() {
    return this.value.size;
  }

  get rows() {
    return [...this.value.values()];
  }

  has(row) {
    return this.value.has(this.keyOf(row));
  }

  choose(rows, isChosen = true) {
    const next = new Map(this.value);
    for (const row of rows) {
      if (isChosen) next.set(this.keyOf(row), row);
      else next.delete(this.keyOf(row));
    }
    this.isEverything = false;
    this.set(next);
  }

  toggle(row) {
    this.choose([row], !this.has(row));
  }

  chooseEverything() {
    this.isEverything = true;
    this.changed();
  }

  clear() {
    this.isEverything = false;
    this.set(new Map());
  }
}
