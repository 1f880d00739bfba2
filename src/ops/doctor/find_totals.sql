-- Totals that are not what a count gives: how many, and the first $1.
WITH /* wrong_totals.part.sql */
SELECT count(*) OVER () AS total, format('tenant %s: %s, %s are kept and %s are there', w.tenant, w.kind, w.kept, w.counted) AS what
  FROM wrong w ORDER BY w.tenant, w.kind LIMIT $1::int4
