-- Living rows that share what only one of them may have: how many, and the first $1.
WITH /* duplicates.part.sql */
SELECT count(*) OVER () AS total,
       format('%s %s of tenant %s: its %s "%s" is that of the more recent %s', d.kind, d."id", d.tenant, d.field, d.value, d.kept) AS what
  FROM duplicate d ORDER BY d.tenant, d.kind, d.value, d."id" LIMIT $1::int4
