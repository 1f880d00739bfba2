-- Takes out of a group the living attributes that are not to be kept; those in the trash stay in it, for when they come
-- back. Whoever has locked the group takes out what others put in until then, because a volatile function looks with a
-- snapshot of now: of two who replace all of a group's attributes, the later one's remain.
CREATE FUNCTION attribute_group_keep(attribute_group INTEGER, keep INTEGER[]) RETURNS INTEGER LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    gone INTEGER;
BEGIN
    DELETE FROM "AttributeGroupAttribute" l USING live."Attribute" a
     WHERE l."attributeGroupId" = attribute_group AND a."id" = l."attributeId" AND a."id" <> ALL (keep);
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
