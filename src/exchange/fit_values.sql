-- The values of attributes whose type is known and that were not looked at yet, in the form that is stored.
WITH fitted AS (
    UPDATE import_name n SET is_fitted = true WHERE n.type IS NOT NULL AND NOT n.is_fitted RETURNING n.name, n.type, n.options)
INSERT INTO import_fit (name, value, canonical, trouble)
SELECT d.name, d.value, f.canonical, f.trouble
  FROM (SELECT DISTINCT v.name, v.value, n.type, n.options FROM import_value v JOIN fitted n ON n.name = v.name) d
 CROSS JOIN LATERAL attribute_value(d.type, d.options, d.value) f
 WHERE f.canonical IS DISTINCT FROM d.value;
UPDATE import_value v SET value = f.canonical FROM import_fit f
 WHERE f.name = v.name AND f.value = v.value AND f.trouble IS NULL AND f.canonical IS NOT NULL;
DELETE FROM import_value v USING import_fit f
 WHERE f.name = v.name AND f.value = v.value AND f.trouble IS NULL AND f.canonical IS NULL;
