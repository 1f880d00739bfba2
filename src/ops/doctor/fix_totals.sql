-- What the kept totals lack is added. As entry $1 of the journal. (Whoever writes meanwhile adds what they change.)
WITH /* wrong_totals.part.sql */,
added AS (
    INSERT INTO "ListTotal" ("userId", "kind", "rows")
    SELECT w.tenant, w.kind, w.counted - w.kept FROM wrong w RETURNING "userId", "kind", "rows")
INSERT INTO "_pixelpim_changes" ("journalId", "operation", "relation", "before")
SELECT $1::int8, 'insert', 'ListTotal', jsonb_build_object('userId', a."userId", 'kind', a."kind", 'rows', a."rows") FROM added a
