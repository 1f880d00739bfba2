// The report of a verification: kept in the journal as it was, signed by people, written for readers.
#pragma once

#include <string>
#include <string_view>

#include "base/problem.hpp"
#include "ops/verify/verify.hpp"
#include "pg/blocking.hpp"

namespace pim::ops::verify {

// Keeps it in the journal; fills in its hash.
Result<void> keep(pg::Blocking& connection, Report& report);
// The one with this hash (its beginning will do), with its signatures; "": the last one.
Result<Report> find_report(pg::Blocking& connection, const std::string& hash);

// The roles of the guide's sign-off block.
inline constexpr std::string_view roles[] = {"deployed", "verified", "signed"};
// Signs it: what is kept must be what was verified, and nothing in it may have failed. The same role signs once.
Result<Report> sign(pg::Blocking& connection, const std::string& hash, std::string_view role, const std::string& by);

std::string to_json(const Report& report);
std::string to_text(const Report& report);
// `support`: whom to ask; may be empty.
std::string to_markdown(const Report& report, std::string_view support);
std::string to_html(const Report& report, std::string_view support);

}  // namespace pim::ops::verify
