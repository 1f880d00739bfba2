// An import's summary for programs.
#pragma once

#include "exchange/import.hpp"
#include "json/writer.hpp"

namespace pim::exchange {

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
      .add("milliseconds", static_cast<std::int64_t>(summary.seconds * 1000));
}

}  // namespace pim::exchange
