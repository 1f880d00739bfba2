// An import's summary for programs.
#pragma once

#include "exchange/import.hpp"
#include "json/writer.hpp"

namespace pim::exchange {

// What a dry run would do.
inline void write(json::Object& out, const Plan& plan) {
  for (const auto& [key, is_new] : {std::pair{"wouldCreate", true}, std::pair{"wouldChange", false}}) {
    json::Array list = out.array(key);
    for (const Plan::Product& product : plan.products) {
      if (product.is_new != is_new) continue;
      json::Object item = list.object();
      item.add("row", product.line).add("sku", product.sku).add("name", product.name);
      if (!is_new) item.add_raw("fields", product.fields);
    }
  }
  json::Object models = out.object("wouldMake");
  for (const auto& [key, kind] :
       {std::pair{"attributes", "attribute"}, std::pair{"families", "family"}, std::pair{"categories", "category"},
        std::pair{"attributeGroups", "attributeGroup"}}) {
    json::Array list = models.array(key);
    for (const Plan::Model& model : plan.models) {
      if (model.kind != kind) continue;
      if (model.kind == "attribute") {
        list.object().add("name", model.name).add("type", model.type);
      } else {
        list.add(model.name);
      }
    }
  }
}

inline void write(json::Object& out, const ImportSummary& summary) {
  out.add("dialect", summary.file.dialect)
      .add("rows", summary.file.rows)
      .add("created", summary.created)
      .add("updated", summary.updated)
      .add("unchanged", summary.unchanged)
      .add("rejected", summary.rejected)
      .add("variants", summary.variants)
      .add("linksRefused", summary.links_refused)
      .add("attributesMade", summary.attributes)
      .add("familiesMade", summary.families)
      .add("categoriesMade", summary.categories)
      .add("columnsLeftOut", summary.file.columns_left_out)
      .add("milliseconds", static_cast<std::int64_t>(summary.seconds * 1000))
      .add("dryRun", summary.plan.has_value());
  if (summary.plan) write(out, *summary.plan);
}

}  // namespace pim::exchange
