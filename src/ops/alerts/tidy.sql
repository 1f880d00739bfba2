-- What is of no use any more: slow statements of a week ago, alerts of a year ago.
DELETE FROM "SlowStatement" WHERE "at" < now() - interval '7 days';
DELETE FROM "Alert" WHERE "resolvedAt" < now() - interval '1 year';
