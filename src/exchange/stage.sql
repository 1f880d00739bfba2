-- The file's rows while they are imported, in tables of this connection alone.
CREATE TEMPORARY TABLE import_row (
    line bigint PRIMARY KEY, sku text NOT NULL, name text NOT NULL, family text, product_link text, image_url text,
    thumbnail_url text, sub_images text[], has_categories boolean NOT NULL);
CREATE TEMPORARY TABLE import_value (line bigint NOT NULL, name text NOT NULL, value text NOT NULL);
CREATE TEMPORARY TABLE import_category (line bigint NOT NULL, position integer NOT NULL, path text[] NOT NULL);
CREATE TEMPORARY TABLE import_link (line bigint NOT NULL, parent text NOT NULL, child text NOT NULL);
CREATE TEMPORARY TABLE import_reject (
    id bigint GENERATED ALWAYS AS IDENTITY, line bigint NOT NULL, reason text NOT NULL, is_row boolean NOT NULL,
    is_staged boolean NOT NULL DEFAULT false);
CREATE TEMPORARY TABLE import_made (id integer PRIMARY KEY);
CREATE TEMPORARY TABLE import_changed (id integer PRIMARY KEY);
