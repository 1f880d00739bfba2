-- A page of the whole trash of tenant $1, of the kinds $2, last deleted first: $11 rows after the one that was deleted at $8, of
-- the kind with the number $9, with the id $10 (NULL: from the start). Of the deletion $3, with a name or SKU like $4,
-- deleted by $5, at $6 or later, before $7 (NULL: any). $12 the retention in days. Each kind's rows come from its own
-- index, as many as the page has at most, so a page costs the same wherever it is.
WITH page AS MATERIALIZED (
    SELECT x.rank, x.kind, x."id", x.name, x.sku, x.parent, x."deletedAt", x."deletionId" FROM (
    /* listed.kind.part.sql */) x
     ORDER BY x."deletedAt" DESC, x.rank, x."id" DESC LIMIT $11::int4),
held AS MATERIALIZED (
    SELECT k.kind, h.item, h.hold FROM (SELECT p.kind, array_agg(p."id") AS ids FROM page p GROUP BY p.kind) k,
           LATERAL trash_holds_on($1::int4, k.kind, k.ids) h)
SELECT p.kind, p."id", p.name, p.sku, p.parent AS "parentId", p."deletedAt", p."deletionId", d."actorId" AS "deletedBy", d."reason",
       g.at AS "purgeAt", greatest(0, ceil(extract(epoch FROM g.at - now() AT TIME ZONE 'UTC') / 86400))::int4 AS "daysLeft",
       h.hold AS "holdId", p.rank, u."fullname" AS "deletedByName"
  FROM page p LEFT JOIN "Deletion" d ON d."id" = p."deletionId" LEFT JOIN "User" u ON u."id" = d."actorId"
  LEFT JOIN held h ON h.kind = p.kind AND h.item = p."id",
       LATERAL (SELECT coalesce(d."purgeAfter", p."deletedAt" + make_interval(days => trash_retention($1::int4, $12::int4))) AS at) g
 ORDER BY p."deletedAt" DESC, p.rank, p."id" DESC
