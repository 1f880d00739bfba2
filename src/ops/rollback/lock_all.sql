-- The statement that takes all tables for this transaction.
SELECT 'LOCK TABLE ' || string_agg(format('public.%I', c.relname), ', ' ORDER BY c.relname) || ' IN ACCESS EXCLUSIVE MODE'
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relname NOT LIKE '\_pixelpim\_%'
