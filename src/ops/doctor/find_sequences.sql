-- Sequences that are behind the ids which are there: the next row would get one that is taken. How many, and the first $1.
WITH /* behind.part.sql */
SELECT count(*) OVER () AS total, format('%s is at %s, and "%s" has %s', b.sequence, b.value, b.relation, b.newest) AS what
  FROM behind b ORDER BY 2 LIMIT $1::int4
