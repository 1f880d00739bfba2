// A long list, of which the pages are read that somebody looks at.
import { useEffect, useMemo, useState } from "./html.js";
import { revived } from "./load.js";
import { Store } from "./store.js";

const pageRows = 100;

class PagedList extends Store {
  #rows = [];
  #cursors = new Map(); // index of a row → the cursor that reads from it on
  #reading = new Map(); // index that a read begins at → its promise
  #life = new AbortController();
  #read = 0; // rows so far
  #wish; // the last one

  // Its value is the number of times that it was read anew. `read({ limit, cursor | page }, signal)` gives { data, pagination, … }; `jumps`: it takes a page's number, too.
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

  // Reads what is missing of the rows from `from` to `to`; where somebody looks elsewhere meanwhile, that comes first.
  async ensure(from, to) {
    const wish = (this.#wish = {});
    for (let before = -1; this.#wish === wish && this.#read !== before; ) {
      const index = this.#missing(from, to);
      if (index === undefined) return;
      before = this.#read;
      await this.#readFrom(this.#startFor(index));
    }
  }

  #missing(from, to) {
    const end = this.total === undefined ? 1 : Math.min(to + 1, this.total);
    for (let index = from; index < end; ++index) {
      if (!this.#rows[index]) return index;
    }
    return undefined;
  }

  // Where to read from to have this row: from itself, from the start of its page, or where the rows end that are there.
  #startFor(index) {
    if (this.#cursors.has(index)) return index;
    if (this.jumps) return index - (index % pageRows);
    const next = this.#rows.findIndex((row) => !row);
    return next < 0 ? this.#rows.length : next;
  }

  #readFrom(start) {
    if (!this.#reading.has(start)) {
      this.#reading.set(start, this.#readPage(start).finally(() => this.#reading.delete(start)));
    }
    return this.#reading.get(start);
  }

  async #readPage(start) {
    const { signal } = this.#life;
    const cursor = this.#cursors.get(start);
    const where = cursor || start === 0 ? { cursor } : { page: start / pageRows + 1 };
    try {
      const answer = await this.read({ limit: pageRows, ...where }, signal);
      if (signal.aborted) return;
      answer.data.forEach((row, i) => (this.#rows[start + i] = row));
      this.#read += answer.data.length;
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
    this.set(this.value + 1);
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
