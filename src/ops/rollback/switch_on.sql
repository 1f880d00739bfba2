-- Switches the trash on again. The time that it was off does not count: what is in it is kept for that much longer ($1: the
-- installation's retention in days). Always one row: since when it was off, and how many acts are kept for longer.
WITH switched AS (DELETE FROM "TrashOff" o RETURNING o."since" AT TIME ZONE 'UTC' AS since),
kept AS (
    UPDATE "Deletion" d
       SET "purgeAfter" = coalesce(d."purgeAfter", d."createdAt" + make_interval(days => trash_retention(d."userId", $1::int4)))
                          + (now() AT TIME ZONE 'UTC' - greatest(s.since, d."createdAt"))
      FROM switched s
     WHERE EXISTS (SELECT FROM trash."Item" t WHERE t."deletionId" = d."id")
    RETURNING d."id")
SELECT (SELECT to_char(s.since, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM switched s), EXISTS (SELECT FROM switched), (SELECT count(*) FROM kept)
