-- An act changes all rows that it says it changes, or none: where something of the database (a trigger that others made) keeps one as
-- it is, nothing of the act stays, its record neither.
CREATE FUNCTION trash_changed(changed BIGINT, wanted BIGINT, otherwise TEXT DEFAULT 'PX409') RETURNS BOOLEAN LANGUAGE plpgsql AS $$
BEGIN
    IF changed = wanted THEN RETURN true; END IF;
    RAISE EXCEPTION 'The database kept % of % rows as they are: nothing was changed', wanted - changed, wanted
        USING ERRCODE = otherwise, CONSTRAINT = 'trash.kept', HINT = 'See which triggers the tables have that this program did not make.';
END $$;
