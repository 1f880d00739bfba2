-- The file's products while they are imported, in tables of this connection alone: each is an entry, from a line.
CREATE TEMPORARY TABLE import_row (
    entry bigint NOT NULL, line bigint NOT NULL, sku text NOT NULL, name text, family text, attribute_group text, product_link text, image_url text,
    thumbnail_url text, sub_images text[], thumbnail_sub_images text[], has_more_categories boolean NOT NULL);
CREATE TEMPORARY TABLE import_value (entry bigint NOT NULL, name text NOT NULL, value text NOT NULL);
CREATE TEMPORARY TABLE import_name (
    name text PRIMARY KEY, clean text NOT NULL, type text, attribute_id integer, options text[], is_fitted boolean NOT NULL DEFAULT false);
CREATE TEMPORARY TABLE import_fit (name text NOT NULL, value text NOT NULL, canonical text, trouble text);
CREATE TEMPORARY TABLE import_category (entry bigint NOT NULL, position integer NOT NULL, path text[] NOT NULL);
CREATE TEMPORARY TABLE import_family (family text NOT NULL, position integer NOT NULL, name text NOT NULL, is_required boolean NOT NULL);
CREATE TEMPORARY TABLE import_link (entry bigint NOT NULL, line bigint NOT NULL, parent text NOT NULL, child text NOT NULL);
CREATE TEMPORARY TABLE import_image (entry bigint NOT NULL, place text NOT NULL, position bigint NOT NULL, asset_id integer NOT NULL);
CREATE TEMPORARY TABLE import_reject (
    id bigint GENERATED ALWAYS AS IDENTITY, line bigint NOT NULL, entry bigint, reason text NOT NULL, is_row boolean NOT NULL,
    is_staged boolean NOT NULL DEFAULT false);
CREATE TEMPORARY TABLE import_made (id integer PRIMARY KEY);
CREATE TEMPORARY TABLE import_made_model (kind text NOT NULL, id integer NOT NULL, name text NOT NULL, type text);
CREATE TEMPORARY TABLE import_changed (id integer NOT NULL, field text NOT NULL, PRIMARY KEY (id, field));
