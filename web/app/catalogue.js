// What forms and filters choose from: families, categories, attributes. It is there at once where it was read before, and
// read again then: others change it, too.
import { get } from "./api.js";
import { Store, useStore } from "./store.js";
import { session } from "./session.js";
import { useEffect } from "./html.js";

const pagesMax = 20;
const freshMilliseconds = 5000;

async function readAll(path) {
  const rows = [];
  for (let page = 1; page <= pagesMax; ++page) {
    const { data, pagination } = await get(path, { page, limit: 100, sortBy: "name", sortOrder: "asc" });
    rows.push(...data);
    if (!pagination.hasNext) break;
  }
  return rows;
}

function flat(tree) {
  return tree.flatMap((node) => [node, ...flat(node.subcategories)]);
}

const readers = {
  families: () => readAll("/families"),
  attributes: () => readAll("/attributes"),
  attributeGroups: () => readAll("/attribute-groups"),
  categories: async () => flat(await get("/categories/tree")),
};

const stores = Object.fromEntries(Object.keys(readers).map((name) => [name, new Store(undefined)]));
const reading = new Map();
const readAt = new Map();

export function refresh(...names) {
  for (const name of names) {
    const mine = readers[name]().catch(() => stores[name].value ?? []);
    reading.set(name, mine);
    readAt.set(name, Date.now());
    mine.then((rows) => reading.get(name) === mine && stores[name].set(rows));
  }
}

// Another catalogue: nothing of the last one stays.
let owner;
session.subscribe(() => {
  const { token, actAs } = session.value;
  if (owner === `${token} ${actAs?.id}`) return;
  owner = `${token} ${actAs?.id}`;
  reading.clear();
  readAt.clear();
  for (const store of Object.values(stores)) store.set(undefined);
});

// Rows of one of the readers; empty until they are there.
export function useCatalogue(name) {
  const rows = useStore(stores[name]);
  useEffect(() => {
    if (!(Date.now() - readAt.get(name) < freshMilliseconds)) refresh(name);
  }, [name, rows === undefined]);
  return rows ?? [];
}

// "Shop / Shoes / Boots"
export const pathOf = (category) => category.path.join(" / ");
