-- The ids of the living things that a bulk is about, in their order.
SELECT c."id" FROM (/* living_choice.part.sql */) c ORDER BY c."id"
