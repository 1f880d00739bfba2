// A long list, of which the pages are read that somebody looks at.
import { useEffect, useMemo, useState } from "./html.js";
import { revived } from "./load.js";
import { Store } from "./store.js";

const pageRows = 100;

export class PagedList extends Store {
  #rows = [];
  #cursors = new Map(); // index of a row → the cursor that reads from it on
  #reading = new Map(); // index that a read begins at → its promise
  #life = new AbortController();

  // `read({ limit, cursor | page }, signal)` gives { data, pagination, … }; `jumps`: it takes a page's number, too.
  constructor(read, { jumps = false } = {}) {
    super(0);
    this.read = read;
    this.jumps = jumps;
    this.total = undefined;
    this.first = undefined; // the whole answer for the first page
    this.problem = undefined;
  }

  row(index) {
    return this.#rows[index];
  }

  get loaded() {
    return this.#rows.filter(Boolean);
  }

  indexOf(test) {
    return this.#rows.findIndex((row) => row && test(row));
  }

  // Reads what is missing of the rows from `from` to `to`.
  async ensure(from, to) {
    const end = this.total === undefined ? 1 : Math.min(to + 1, this.total);
    for (let index = from; index < end; ++index) {
      if (!this.#rows[index]) return this.#readAt(index, to);
    }
  }

  async #readAt(index, to) {
    if (!this.#cursors.has(index) && index > 0 && !this.jumps) return this.#readOn(to);
    const start = this.#cursors.has(index) ? index : index - (index % pageRows);
    if (!this.#reading.has(start)) {
      this.#reading.set(start, this.#readPage(start).finally(() => this.#reading.delete(start)));
    }
    return this.#reading.get(start);
  }

  // Where only the next page can be read, page after page until `to` is there.
  async #readOn(to) {
    const next = this.#rows.findIndex((row) => !row);
    const start = next < 0 ? this.#rows.length : next;
    if (!this.#cursors.has(start) || start > to) return;
    await this.#readAt(start, to);
    if (!this.problem) await this.ensure(start, to);
  }

  async #readPage(start) {
    const { signal } = this.#life;
    const cursor = this.#cursors.get(start);
    const where = cursor || start === 0 ? { cursor } : { page: start / pageRows + 1 };
    try {
      const answer = await this.read({ limit: pageRows, ...where }, signal);
      if (signal.aborted) return;
      answer.data.forEach((row, i) => (this.#rows[start + i] = row));
      this.total = answer.pagination.total;
      if (start === 0) this.first = answer;
      const { nextCursor } = answer.pagination;
      if (nextCursor) this.#cursors.set(start + answer.data.length, nextCursor);
      this.problem = undefined;
    } catch (problem) {
      if (signal.aborted) return;
      this.problem = problem;
    }
    this.changed();
  }

  // Takes rows out at once, before or after the service does.
  remove(test) {
    for (let index = this.#rows.length - 1; index >= 0; --index) {
      if (!this.#rows[index] || !test(this.#rows[index])) continue;
      this.#rows.splice(index, 1);
      this.total -= 1;
      this.#cursors = new Map([...this.#cursors].map(([at, cursor]) => [at > index ? at - 1 : at, cursor]));
    }
    this.changed();
  }

  // Forgets everything and reads anew; what is seen stays until that is there.
  async reload() {
    this.#life.abort();
    this.#life = new AbortController();
    this.#reading.clear();
    const fresh = new PagedList(this.read, { jumps: this.jumps });
    const { signal } = this.#life;
    await fresh.ensure(0, 0);
    if (signal.aborted) return;
    this.#rows = fresh.#rows;
    this.#cursors = fresh.#cursors;
    Object.assign(this, { total: fresh.total, first: fresh.first, problem: fresh.problem });
    this.changed();
  }

  stop() {
    this.#life.abort();
  }
}

// The list for these keys; the one for those before stays to be seen until the new one's first rows are there.
export function usePagedList(read, keys, options) {
  const wanted = useMemo(() => new PagedList(read, options), keys);
  const [shown, setShown] = useState(wanted);
  useEffect(() => {
    wanted.ensure(0, 0).then(() => setShown(wanted));
    const forget = revived.subscribe(() => wanted.reload());
    return () => {
      forget();
      wanted.stop();
    };
  }, [wanted]);
  return shown;
}
