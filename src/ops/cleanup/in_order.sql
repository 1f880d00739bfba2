-- What is due is read in the order of an index, whatever the planner knows of a trash: else all that is left is read and sorted again
-- for each time that some of it is asked for.
SET LOCAL enable_sort = off;
SET LOCAL enable_bitmapscan = off;
