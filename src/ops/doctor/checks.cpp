// All checks. To add one: its statement as find_NAME.sql, and a row here.
#include "ops/doctor/doctor.hpp"
#include "sql/ops/doctor.hpp"

namespace pim::ops::doctor {
namespace {

namespace find = sql::ops::doctor;
using enum Severity;

constexpr std::string_view ours = "Deletion";

constexpr Check all[] = {
    {"duplicates", "living rows of which only one may be", broken, "", find::find_duplicates, "duplicates",
     "The most recent stays, the others go to the trash as a recorded deletion.", true},
    {"orphans", "rows that name a row which is gone", broken, "", "", "orphans",
     "Owners come back as accounts that nobody can log in with; other links are cut or moved to the journal.", true},
    {"twins", "accounts whose addresses differ in case only", broken, "", find::find_twins, "",
     "Change the address of all but one of each.", true},
    {"flags", "rows whose time of deletion and flag contradict each other", broken, "", find::find_flags, "flags",
     "What is in the trash without a time stays there, and is never purged by itself."},
    {"levels", "variants of variants", warning, "", find::find_levels, "",
     "They are kept, and listed below their parent."},
    {"cycles", "categories and groups below themselves", broken, "", find::find_cycles, "",
     "Move one of each circle to the root."},
    {"foreign-links", "links between tenants", warning, "", find::find_foreign_links, "",
     "They are kept; nothing of another tenant is shown through them."},
    {"family-values", "values that are linked to another family", notice, "", find::find_family_values, "",
     "They are kept; the link is set right when the product is next written."},
    {"stray-variants", "living variants of parents in the trash", notice, "", find::find_stray_variants, "",
     "They are listed as products of their own until the parent is back."},
    {"sizes", "groups whose kept size is wrong", warning, "", find::find_sizes, "sizes", "It is counted again."},
    {"dangling", "ids that lead nowhere, in columns without a foreign key", notice, "MyDealWorkItem",
     find::find_dangling, "", "They are kept: a log tells of what is gone."},
    {"odd-values", "values that readers of the replaced service did not expect", notice, "", find::find_odd_values, "",
     "They are kept as they are."},
    {"totals", "kept totals that a count contradicts", broken, ours, find::find_totals, "totals",
     "They are counted again."},
    {"deletions", "rows and deletions that contradict each other", broken, ours, find::find_deletions, "",
     "Look at who else writes to this database."},
    {"detached", "variants on the wrong list", broken, ours, find::find_detached, "detached",
     "They follow their parent."},
    {"unrecorded", "rows in the trash that no deletion put there", warning, ours, find::find_unrecorded, "",
     "They are listed, restored and purged one by one."},
    {"invalid-indexes", "indexes that are not valid", broken, "", find::find_indexes, "invalid-indexes",
     "They are built again, without stopping anybody."},
    {"indexes", "indexes of living rows that are missing, or not as they should be", warning, ours, "", "indexes",
     "They are built, without stopping anybody."},
    {"unused-indexes", "indexes that nobody reads", notice, "", find::find_unused_indexes, "",
     "They cost with each write. DROP INDEX CONCURRENTLY, where they are none of PixelPim's."},
    {"sequences", "sequences behind the ids that are there", broken, "", find::find_sequences, "sequences",
     "They go on behind the largest id."},
    {"statistics", "tables that changed much since the planner learned of them", notice, "", find::find_statistics,
     "statistics", "ANALYZE."},
    {"bloat", "tables with many dead rows", notice, "", find::find_bloat, "bloat", "VACUUM."},
    {"long-transactions", "transactions that stay open", warning, "", find::find_long_transactions, "",
     "End them, where nobody waits for their end: SELECT pg_terminate_backend(PID)."},
    {"unchecked-constraints", "constraints that old rows were never checked against", warning, "",
     find::find_constraints, "", "ALTER TABLE … VALIDATE CONSTRAINT, once the rows are right."},
};

}  // namespace

std::span<const Check> checks() { return all; }

}  // namespace pim::ops::doctor
