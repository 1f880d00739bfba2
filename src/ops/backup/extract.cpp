#include "ops/backup/extract.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <optional>

#include "base/sha256.hpp"
#include "json/writer.hpp"
#include "sql/ops/backup.hpp"

namespace pim::ops::backup {
namespace {

namespace fs = std::filesystem;
namespace bj = boost::json;

std::string text_in(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}
std::optional<std::int64_t> number_in(const bj::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<std::int64_t>();
}

// Which one is meant ------------------------------------------------------------------------------------------------

Result<std::int64_t> choose(pg::Blocking& scratch, const Backup& backup, const ExtractOptions& options) {
  const auto rows = scratch.query(std::string(sql::ops::backup::find_in_backup), {options.product, options.tenant});
  if (!rows) return database_trouble(rows.error());
  struct Found {
    std::int64_t id;
    bool is_sku, is_deleted;
    std::string text;
  };
  std::vector<Found> found;
  found.reserve(static_cast<std::size_t>(rows->size()));
  for (int i = 0; i < rows->size(); ++i) {
    found.push_back({rows->number(i, 0), rows->text(i, 5) == "t", rows->text(i, 6) == "t",
                     fmt::format("{} (SKU {}, of {})", rows->text(i, 0), rows->text(i, 3), rows->text(i, 2))});
  }
  const auto keep = [&](auto condition) {
    if (std::ranges::any_of(found, condition))
      std::erase_if(found, [&](const Found& each) { return !condition(each); });
  };
  keep([](const Found& each) { return each.is_sku; });
  keep([](const Found& each) { return !each.is_deleted; });
  if (found.size() == 1) return found.front().id;
  if (found.empty()) {
    return failure(fmt::format("{} has no product {}.", backup.name(), options.product),
                   "Name an older backup with --from; `pixelpim backup list` has them.");
  }
  std::string all;
  for (const Found& each : found) all += (all.empty() ? "" : ", ") + each.text;
  return failure(fmt::format("{} is not one product of {} but several: {}.", options.product, backup.name(), all),
                 "Give its id, or its owner with --tenant.");
}

Result<bj::array> read_products(pg::Blocking& scratch, std::int64_t id, bool with_variants) {
  const auto rows = scratch.query(std::string(sql::ops::backup::read_product),
                                  {std::to_string(id), with_variants ? "true" : "false"});
  if (!rows) return database_trouble(rows.error());
  return bj::parse(rows->text(0, 0)).as_array();
}

// Bringing it back --------------------------------------------------------------------------------------------------

// One extraction, within a transaction of the living database.
class Return {
 public:
  Return(pg::Blocking& database, const Backup& backup, const media::Storage& storage, const ExtractOptions& options)
      : database_(database), backup_(backup), storage_(storage), options_(options) {}

  Result<Extracted> run(bj::array& products) {
    if (auto found = require_tenant(products.front().as_object()); !found) return std::unexpected(found.error());
    for (auto& each : products) {
      bj::object& product = each.as_object();
      const bool is_first = &each == &products.front();
      if (auto done = bring_product(product, is_first); !done) return std::unexpected(done.error());
    }
    return std::move(extracted_);
  }
  // After the commit: the files that came in are where the rows say. Without one they are taken away.
  void settle(bool is_committed) {
    for (const auto& [own, place, used] : files_) {
      if (!is_committed || own != used) std::ignore = storage_.settle(own, place, is_committed ? used : "");
    }
  }

 private:
  using Value = pg::Blocking::Value;

  Result<pg::TextRows> ask(const std::string& sql, std::initializer_list<Value> values) {
    auto rows = database_.query(sql, values);
    if (!rows) return database_trouble(rows.error());
    return *std::move(rows);
  }

  Result<void> require_tenant(const bj::object& product) {
    tenant_ = std::to_string(number_in(product.at("row").as_object(), "userId").value_or(0));
    auto rows = ask(R"(SELECT FROM public."User" WHERE "id" = $1::int4 FOR SHARE)", {tenant_});
    if (!rows) return std::unexpected(rows.error());
    if (!rows->empty()) return {};
    return failure(fmt::format("The owner of this product ({}) is gone too.", tenant_),
                   "Restore the backup into a database of its own: pixelpim backup restore NAME --into DATABASE");
  }

  // Is the row that `row[key]` leads to there, in this tenant? Else it leads nowhere, and that is told.
  Result<bool> is_there(std::string_view table, std::int64_t id) {
    auto rows =
        ask(fmt::format(R"(SELECT FROM public."{}" WHERE "id" = $1::int4 AND "userId" = $2::int4 FOR SHARE)", table),
            {std::to_string(id), tenant_});
    if (!rows) return std::unexpected(rows.error());
    return !rows->empty();
  }
  Result<void> keep_reference(bj::object& row, std::string_view key, std::string_view table, std::string_view word,
                              const std::string& name) {
    const auto id = number_in(row, key);
    if (!id) return {};
    const auto there = is_there(table, *id);
    if (!there) return std::unexpected(there.error());
    if (*there) return {};
    row[key] = nullptr;
    extracted_.gone.push_back(fmt::format("{} {} \"{}\"", word, *id, name));
    return {};
  }

  // Inserts one row, with those of its columns that this schema has; others get their defaults.
  Result<std::string> insert(std::string_view table, const bj::object& row, std::string_view more = {}) {
    std::string text;
    json::append_value(text, row);
    auto columns =
        ask("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_catalog.pg_attribute"
            " WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"
            " AND $2::jsonb ? attname",
            {fmt::format(R"(public."{}")", table), text});
    if (!columns) return std::unexpected(columns.error());
    const auto names = columns->text(0, 0);
    auto inserted = database_.query(fmt::format(R"(INSERT INTO public."{0}" ({1}) OVERRIDING SYSTEM VALUE SELECT {1})"
                                                R"( FROM jsonb_populate_record(NULL::public."{0}", $1::jsonb) {2})",
                                                table, names, more),
                                    {text});
    if (!inserted) return conflict_or_trouble(inserted.error());
    return inserted->empty() ? std::string() : std::string(inserted->text(0, 0));
  }

  static std::unexpected<Problem> conflict_or_trouble(const pg::Error& error) {
    if (error.sqlstate != "23505") return database_trouble(error);
    return failure(fmt::format("Somebody has it by now: {} {}", error.message, error.detail),
                   "Give it another SKU or name with --sku and --name.");
  }

  // The id that it had, where nobody has it; else a new one.
  Result<std::int64_t> free_id(std::string_view table, std::int64_t id) {
    const std::string name = fmt::format(R"(public."{}")", table);
    auto taken = ask(fmt::format("SELECT FROM {} WHERE \"id\" = $1::int4", name), {std::to_string(id)});
    if (!taken) return std::unexpected(taken.error());
    const std::string next = taken->empty()
                                 ? "SELECT setval(s, $2::int8) FROM (SELECT pg_get_serial_sequence($1, 'id') AS s) t"
                                   " WHERE coalesce(pg_sequence_last_value(s::regclass), 0) < $2::int8"
                                 : "SELECT nextval(pg_get_serial_sequence($1, 'id')), $2::int8";
    auto given = ask(next, {name, std::to_string(id)});
    if (!given) return std::unexpected(given.error());
    return taken->empty() ? id : given->number(0, 0);
  }

  Result<void> refuse_conflicts(const bj::object& row) {
    const std::string id = std::to_string(number_in(row, "id").value_or(0)), sku = text_in(row, "sku");
    auto rows = ask(
        R"(SELECT p."id", p."name", p."sku", p."isDeleted", p."id" = $2::int4 AND p."createdAt" = $5::timestamp)"
        R"( FROM public."Product" p WHERE p."userId" = $1::int4 AND (p."id" = $2::int4 AND p."createdAt" = $5::timestamp)"
        R"( OR NOT p."isDeleted" AND (p."sku" = $3::text OR p."name" = $4::text)) ORDER BY 5 DESC, p."id" LIMIT 1)",
        {tenant_, id, sku, text_in(row, "name"), text_in(row, "createdAt")});
    if (!rows) return std::unexpected(rows.error());
    if (rows->empty()) return {};
    const std::string holder =
        fmt::format("product {} \"{}\" (SKU {})", rows->text(0, 0), rows->text(0, 1), rows->text(0, 2));
    const bool is_itself = rows->text(0, 4) == "t", is_trashed = rows->text(0, 3) == "t";
    if (is_itself && is_trashed) {
      return failure(fmt::format("It is not gone: {} is in the trash.", holder),
                     fmt::format("Restore it from there: POST /products/{}/restore", rows->text(0, 0)));
    }
    if (is_itself) return failure(fmt::format("It is not gone: {} is there.", holder), "Nothing was changed.");
    const bool is_sku = rows->text(0, 2) == sku;
    return failure(fmt::format("The {} \"{}\" is taken by the living {}.", is_sku ? "SKU" : "name",
                               is_sku ? sku : text_in(row, "name"), holder),
                   fmt::format("Nothing was changed. Bring it back under another one: --{}", is_sku ? "sku" : "name"));
  }

  Result<void> bring_product(bj::object& product, bool is_first) {
    bj::object& row = product.at("row").as_object();
    const std::int64_t old_id = number_in(row, "id").value_or(0);
    for (const char* key : {"deletedAt", "deletionId", "detachedBy"}) row[key] = nullptr;
    row["isDeleted"] = false;
    if (is_first && !options_.sku.empty()) row["sku"] = options_.sku;
    if (is_first && !options_.name.empty()) row["name"] = options_.name;
    if (auto free = refuse_conflicts(row); !free) return free;
    if (auto kept = keep_product_references(product, row, is_first); !kept) return kept;
    const auto id = free_id("Product", old_id);
    if (!id) return std::unexpected(id.error());
    row["id"] = *id;
    if (auto inserted = insert("Product", row); !inserted) return std::unexpected(inserted.error());
    extracted_.ids.push_back(*id);
    extracted_.old_ids.push_back(old_id);
    if (auto done = bring_values(product, *id, number_in(row, "familyId")); !done) return done;
    if (auto done = bring_categories(product, *id); !done) return done;
    if (auto done = bring_assets(product, *id); !done) return done;
    return finish_product(row, *id, old_id);
  }

  Result<void> keep_product_references(const bj::object& product, bj::object& row, bool is_first) {
    const struct {
      const char *key, *table, *word, *name;
    } references[] = {{"categoryId", "Category", "category", "category"},
                      {"familyId", "Family", "family", "family"},
                      {"attributeGroupId", "AttributeGroup", "attribute group", "attributeGroup"}};
    for (const auto& each : references) {
      if (auto kept = keep_reference(row, each.key, each.table, each.word, text_in(product, each.name)); !kept)
        return kept;
    }
    if (!is_first) {
      row["parentProductId"] = extracted_.ids.front();
      return {};
    }
    if (auto kept = keep_reference(row, "parentProductId", "Product", "parent", text_in(product, "parent")); !kept)
      return kept;
    const auto parent = number_in(row, "parentProductId");
    if (!parent) return {};
    auto trashed =
        ask(R"(SELECT FROM public."Product" WHERE "id" = $1::int4 AND "isDeleted")", {std::to_string(*parent)});
    if (!trashed) return std::unexpected(trashed.error());
    if (!trashed->empty()) row["detachedBy"] = 0;  // listed by itself while its parent is in the trash
    return {};
  }

  Result<void> bring_values(bj::object& product, std::int64_t id, std::optional<std::int64_t> family) {
    for (auto& each : product.at("values").as_array()) {
      bj::object& value = each.as_object();
      bj::object& row = value.at("row").as_object();
      const auto attribute = number_in(row, "attributeId").value_or(0);
      const auto there = is_there("Attribute", attribute);
      if (!there) return std::unexpected(there.error());
      if (!*there) {
        extracted_.gone.push_back(fmt::format("attribute {} \"{}\", whose value was \"{}\"", attribute,
                                              text_in(value, "attribute"), text_in(row, "value")));
        continue;
      }
      row.erase("id");
      row["productId"] = id;
      auto member =
          ask(R"(SELECT "id" FROM public."FamilyAttribute" WHERE "familyId" = $1::int4 AND "attributeId" = $2::int4)",
              {std::to_string(family.value_or(0)), std::to_string(attribute)});
      if (!member) return std::unexpected(member.error());
      row["familyAttributeId"] = member->empty() ? bj::value(nullptr) : bj::value(member->number(0, 0));
      const auto inserted =
          insert("ProductAttribute", row,
                 R"(ON CONFLICT ("productId", "attributeId") DO UPDATE SET "value" = excluded."value",)"
                 R"( "inherited" = excluded."inherited")");
      if (!inserted) return std::unexpected(inserted.error());
      ++extracted_.values;
    }
    return {};
  }

  Result<void> bring_categories(bj::object& product, std::int64_t id) {
    for (auto& each : product.at("categories").as_array()) {
      bj::object& row = each.at("row").as_object();
      const auto category = number_in(row, "categoryId").value_or(0);
      const auto there = is_there("Category", category);
      if (!there) return std::unexpected(there.error());
      row["productId"] = id;
      if (*there) {
        if (auto inserted = insert("ProductCategory", row); !inserted) return std::unexpected(inserted.error());
        ++extracted_.links;
      } else {
        extracted_.gone.push_back(fmt::format("category {} \"{}\"", category, text_in(each.as_object(), "category")));
      }
    }
    return {};
  }

  Result<void> bring_assets(bj::object& product, std::int64_t id) {
    for (auto& each : product.at("assets").as_array()) {
      bj::object& asset = each.as_object();
      const auto old_id = number_in(asset.at("row").as_object(), "id").value_or(0);
      const auto there = is_there("Asset", old_id);
      if (!there) return std::unexpected(there.error());
      const auto known = brought_.find(old_id);
      Result<std::int64_t> now = known != brought_.end() ? known->second : *there ? old_id : bring_asset(asset, old_id);
      if (!now) return std::unexpected(now.error());
      if (*now == 0) continue;
      brought_[old_id] = *now;
      const bj::object link{{"productId", id}, {"assetId", *now}};
      const auto linked = insert("ProductAsset", link, R"(ON CONFLICT ("productId", "assetId") DO NOTHING)");
      if (!linked) return std::unexpected(linked.error());
      ++extracted_.links;
    }
    return {};
  }

  // An asset that is gone, with its file. 0: that is nowhere.
  Result<std::int64_t> bring_asset(bj::object& asset, std::int64_t old_id) {
    bj::object& row = asset.at("row").as_object();
    const auto has_content = bring_content(asset);
    if (!has_content) return std::unexpected(has_content.error());
    if (!*has_content) {
      extracted_.gone.push_back(
          fmt::format("asset {} \"{}\", whose file the backup does not have", old_id, text_in(row, "name")));
      return 0;
    }
    for (const char* key : {"deletedAt", "deletionId"}) row[key] = nullptr;
    row["isDeleted"] = false;
    if (auto kept = keep_reference(row, "assetGroupId", "AssetGroup", "asset group", ""); !kept)
      return std::unexpected(kept.error());
    const auto group = number_in(row, "assetGroupId");
    auto holder = ask(R"(SELECT FROM live."Asset" WHERE "userId" = $1::int4 AND "name" = $2::text)"
                      R"( AND "assetGroupId" IS NOT DISTINCT FROM $3::int4)",
                      {tenant_, text_in(row, "name"), group ? Value(std::to_string(*group)) : Value()});
    if (!holder) return std::unexpected(holder.error());
    if (!holder->empty()) row["name"] = fmt::format("{} ({})", text_in(row, "name"), old_id);
    const auto id = free_id("Asset", old_id);
    if (!id) return std::unexpected(id.error());
    row["id"] = *id;
    if (auto inserted = insert("Asset", row); !inserted) return std::unexpected(inserted.error());
    extracted_.assets.push_back(*id);
    return *id;
  }

  // Is the content of an asset there, or brought back? As an upload does: the file first, then its row; content that is
  // there already keeps its file.
  Result<bool> bring_content(const bj::object& asset) {
    const std::string hash = text_in(asset.at("row").as_object(), "contentHash");
    if (hash.empty()) return false;
    auto there = ask(R"(SELECT FROM public."StoredContent" WHERE "hash" = $1::text FOR KEY SHARE)", {hash});
    if (!there) return std::unexpected(there.error());
    if (!there->empty()) return true;
    std::error_code error;
    const fs::path from = file_in(backup_, hash);
    if (!fs::is_regular_file(from, error) || !asset.at("content").is_object()) return false;
    const auto kept = keep_file(from);
    if (!kept) return std::unexpected(kept.error());
    files_.push_back({kept->key, std::string(storage_.current().place()), ""});
    if (kept->hash != hash) return false;
    bj::object content = asset.at("content").as_object();
    content["place"] = storage_.current().place();
    content["key"] = kept->key;
    content["tries"] = 0;
    if (text_in(content, "thumbnails") == "ready") content["thumbnails"] = "waiting";  // they are made anew
    const auto used =
        insert("StoredContent", content,
               R"(ON CONFLICT ("hash") DO UPDATE SET "hash" = excluded."hash" RETURNING "place" || ' ' || "key")");
    if (!used) return std::unexpected(used.error());
    const std::size_t space = used->find(' ');
    files_.back().place = used->substr(0, space);
    files_.back().used = used->substr(space + 1);
    return true;
  }

  Result<media::Kept> keep_file(const fs::path& from) {
    auto incoming = storage_.folder().receive();
    if (!incoming) return std::unexpected(std::move(incoming).error());
    std::ifstream stream(from, std::ios::binary);
    std::string piece(256 * 1024, '\0');
    while (stream.read(piece.data(), static_cast<std::streamsize>(piece.size())) || stream.gcount() > 0) {
      const auto size = static_cast<std::size_t>(stream.gcount());
      if (auto written = incoming->write(std::string_view(piece).substr(0, size)); !written)
        return std::unexpected(written.error());
    }
    return storage_.keep(*incoming);
  }

  // Triggers have attached what is called like it: its images and its time are what they were.
  Result<void> finish_product(const bj::object& row, std::int64_t id, std::int64_t old_id) {
    std::string text;
    json::append_value(text, row);
    auto set = ask(
        R"(UPDATE public."Product" p SET "imageUrl" = r."imageUrl", "subImages" = r."subImages", "updatedAt" = r."updatedAt")"
        R"( FROM jsonb_populate_record(NULL::public."Product", $1::jsonb) r WHERE p."id" = $2::int4)",
        {text, std::to_string(id)});
    if (!set) return std::unexpected(set.error());
    auto told = ask(R"(INSERT INTO public."AuditEvent" ("userId", "action", "entity", "entityId", "detail"))"
                    R"( VALUES ($1::int4, 'product.restore', 'product', $2::int4, jsonb_build_object('name', $3::text,)"
                    R"( 'sku', $4::text, 'backup', $5::text, 'oldId', $6::int4, 'by', $7::text)))",
                    {tenant_, std::to_string(id), text_in(row, "name"), text_in(row, "sku"), backup_.name(),
                     std::to_string(old_id), this_operator()});
    if (!told) return std::unexpected(told.error());
    return {};
  }

  pg::Blocking& database_;
  const Backup& backup_;
  const media::Storage& storage_;
  const ExtractOptions& options_;
  std::string tenant_;
  Extracted extracted_;
  std::map<std::int64_t, std::int64_t> brought_;  // assets: the id in the backup → the id now
  struct CameIn {
    std::string own, place, used;
  };
  std::vector<CameIn> files_;
};

}  // namespace

Result<Extracted> extract(const Backup& backup, const std::string& url, const media::Storage& storage,
                          const ExtractOptions& options, const Progress& progress) {
  const auto scratch = restore_into_scratch(url, backup, {.part = Part::product, .jobs = options.jobs}, progress);
  if (!scratch) return std::unexpected(scratch.error());
  auto reading = connect_to(scratch->url());
  if (!reading) return std::unexpected(std::move(reading).error());
  const auto id = choose(*reading, backup, options);
  if (!id) return std::unexpected(id.error());
  auto products = read_products(*reading, *id, options.with_variants);
  if (!products) return std::unexpected(std::move(products).error());

  auto database = pg::Blocking::connect(url);
  if (!database) return database_trouble(database.error());
  Return act(*database, backup, storage, options);
  Result<Extracted> extracted = std::unexpected(Problem{});
  bool is_committed = false;
  {
    auto transaction = pg::Transaction::begin(*database);
    if (!transaction) return database_trouble(transaction.error());
    extracted = act.run(*products);
    if (extracted) {
      const auto committed = transaction->commit();
      is_committed = committed.has_value();
      if (!committed) extracted = database_trouble(committed.error());
    }
  }
  act.settle(is_committed);
  return extracted;
}

}  // namespace pim::ops::backup
