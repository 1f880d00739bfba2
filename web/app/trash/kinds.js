// The kinds of things that can be in the trash, in an order in which each finds what it needs when it comes back.
export const kinds = ["family", "attributeGroup", "attribute", "category", "assetGroup", "asset", "product"];

export const pathOfKind = {
  product: "/products", asset: "/assets", assetGroup: "/asset-groups", category: "/categories", family: "/families",
  attribute: "/attributes", attributeGroup: "/attribute-groups",
};

// What was chosen, as one request for each kind: { kind, body }.
export function requestsFor(items) {
  return kinds
    .map((kind) => ({ kind, body: { ids: items.filter((item) => item.kind === kind).map((item) => item.id) } }))
    .filter(({ body }) => body.ids.length > 0);
}

// The same for all that the filters find; `counts` has how many of each kind there are.
export function requestsForAll(filters, counts) {
  const { kind: only, ...rest } = Object.fromEntries(Object.entries(filters).filter(([, value]) => value));
  if (rest.deletedBy) rest.deletedBy = Number(rest.deletedBy);
  const body = Object.keys(rest).length > 0 ? { filters: rest } : { all: true };
  return kinds.filter((kind) => counts[kind] > 0 && (!only || only === kind)).map((kind) => ({ kind, body }));
}

const addUp = (all, name) => all.reduce((sum, each) => sum + (each[name] ?? 0), 0);

// Several previews as one.
export function sumOf(previews, numbers) {
  const counts = {};
  for (const { kinds: some } of previews) {
    for (const [kind, count] of Object.entries(some)) counts[kind] = (counts[kind] ?? 0) + count;
  }
  return { ...Object.fromEntries(numbers.map((name) => [name, addUp(previews, name)])), kinds: counts };
}
