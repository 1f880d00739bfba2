// The statements of imports that run in the background.
#pragma once

#include "pg/statement.hpp"
#include "sql/exchange/runs.hpp"

namespace pim::exchange::runs {

struct RunId {
  std::string_view id;
};
BOOST_DESCRIBE_STRUCT(RunId, (), (id))

struct RunRow {
  std::string_view state;
  std::int64_t processed, total, succeeded, failed;
  std::string_view message;
  std::optional<std::string_view> failed_rows, summary;
};
BOOST_DESCRIBE_STRUCT(RunRow, (), (state, processed, total, succeeded, failed, message, failed_rows, summary))

using Id = std::int32_t;
using Text = std::string_view;
using OptionalText = std::optional<std::string_view>;

// tenant, actor, id, file's name, is a dry run
inline const pg::Statement<RunId(Id, Id, Text, OptionalText, bool)> start_run{"start_import_run",
                                                                              sql::exchange::runs::start_run};
// tenant, id, processed, total, message
inline const pg::Statement<RunId(Id, Text, std::int64_t, std::int64_t, Text)> note_run{"note_import_run",
                                                                                       sql::exchange::runs::note_run};
// tenant, id, state, message, rows, failed, failed rows, summary
inline const pg::Statement<RunId(Id, Text, Text, Text, std::int64_t, std::int64_t, OptionalText, OptionalText)> end_run{
    "end_import_run", sql::exchange::runs::end_run};
// tenant, id, who asks
inline const pg::Statement<RunRow(Id, Text, Id)> find_run{"find_import_run", sql::exchange::runs::find_run};

}  // namespace pim::exchange::runs
