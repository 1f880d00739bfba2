// The statements of the cleanup, with their types.
#pragma once

#include "pg/statement.hpp"
#include "sql/ops/cleanup.hpp"

namespace pim::ops::cleanup {

using OptionalTime = std::optional<pg::Timestamp>;
using OptionalText = std::optional<std::string_view>;

struct IdRow {
  std::int32_t id;
};
BOOST_DESCRIBE_STRUCT(IdRow, (), (id))

struct NumberRow {
  std::int64_t id;
};
BOOST_DESCRIBE_STRUCT(NumberRow, (), (id))

struct DueRow {
  std::int32_t id;
  pg::Timestamp deleted_at;
  bool is_due;
};
BOOST_DESCRIBE_STRUCT(DueRow, (), (id, deleted_at, is_due))

struct PurgedRow {
  std::int32_t purged, held;
};
BOOST_DESCRIBE_STRUCT(PurgedRow, (), (purged, held))

struct StateRow {
  std::string_view state;
};
BOOST_DESCRIBE_STRUCT(StateRow, (), (state))

struct EndedRow {
  std::int64_t id;
  OptionalTime slot;
  std::string_view state;
  std::int64_t purged, held, failed;
  pg::Timestamp started_at, finished_at;
};
BOOST_DESCRIBE_STRUCT(EndedRow, (), (id, slot, state, purged, held, failed, started_at, finished_at))

struct SlotState {
  bool is_open, has_any;
};
BOOST_DESCRIBE_STRUCT(SlotState, (), (is_open, has_any))

struct Cancelled {
  bool is_ending;
};
BOOST_DESCRIBE_STRUCT(Cancelled, (), (is_ending))

struct FailureKey {
  std::int32_t user_id;
  std::string_view kind;
  std::int32_t item_id;
};
BOOST_DESCRIBE_STRUCT(FailureKey, (), (user_id, kind, item_id))

struct ItemRow {
  std::int32_t item_id;
};
BOOST_DESCRIBE_STRUCT(ItemRow, (), (item_id))

struct CommitsRow {
  std::int64_t commits;
};
BOOST_DESCRIBE_STRUCT(CommitsRow, (), (commits))

struct ComingRow {
  std::int32_t user_id;
  std::string_view email, kind;
  std::int64_t rows;
  pg::Timestamp first_at;
  std::vector<std::string_view> names;
};
BOOST_DESCRIBE_STRUCT(ComingRow, (), (user_id, email, kind, rows, first_at, names))

struct ComingRows {
  std::int64_t rows;
  bool is_over;
};
BOOST_DESCRIBE_STRUCT(ComingRows, (), (rows, is_over))

struct MailState {
  bool is_open;
  pg::Timestamp until;
};
BOOST_DESCRIBE_STRUCT(MailState, (), (is_open, until))

struct RunRow {
  std::int64_t total, id;
  std::string_view trigger;
  OptionalTime slot;
  std::string_view state;
  OptionalText trouble;
  std::string_view started_by;
  pg::Timestamp started_at;
  OptionalTime finished_at;
  std::int64_t examined, purged, held, failed;
};
BOOST_DESCRIBE_STRUCT(RunRow, (),
                      (total, id, trigger, slot, state, trouble, started_by, started_at, finished_at, examined, purged,
                       held, failed))

struct FailureRow {
  std::int64_t total;
  std::int32_t user_id;
  std::string_view kind;
  std::int32_t item_id, tries;
  std::string_view trouble;
  pg::Timestamp first_at, next_try_at;
};
BOOST_DESCRIBE_STRUCT(FailureRow, (), (total, user_id, kind, item_id, tries, trouble, first_at, next_try_at))

using Text = std::string_view;
namespace text = sql::ops::cleanup;

inline const pg::Statement<IdRow(std::int32_t after, std::int32_t limit)> list_tenants{"cleanup_tenants",
                                                                                       text::list_tenants};
inline const pg::Statement<DueRow(std::int32_t tenant, std::int32_t retention, Text kind, pg::Timestamp after_time,
                                  std::int32_t after_id, std::int32_t limit)>
    find_due{"cleanup_find_due", text::find_due};
inline const pg::Statement<DueRow(std::int32_t tenant, std::int32_t retention, Text kind, std::int32_t after_id,
                                  std::int32_t limit)>
    find_due_early{"cleanup_find_due_early", text::find_due_early};
inline const pg::Statement<PurgedRow(std::int32_t tenant, std::int32_t retention, Text kind, std::vector<std::int32_t>,
                                     std::int64_t run)>
    purge_due{"cleanup_purge_due", text::purge_due};
inline const pg::Statement<StateRow(std::int64_t run, std::int64_t examined, std::int64_t purged, std::int64_t held)>
    note_progress{"cleanup_note_progress", text::note_progress};
inline const pg::Statement<StateRow(std::int32_t tenant, Text kind, std::int32_t id, Text trouble, std::int64_t run)>
    note_failure{"cleanup_note_failure", text::note_failure};
inline const pg::Statement<NumberRow(OptionalTime slot, Text trigger, Text process)> begin_run{"cleanup_begin_run",
                                                                                               text::begin_run};
inline const pg::Statement<EndedRow(std::int64_t run, Text state, OptionalText trouble)> end_run{"cleanup_end_run",
                                                                                                 text::end_run};
inline const pg::Statement<NumberRow(std::int64_t run)> end_broken{"cleanup_end_broken", text::end_broken};
inline const pg::Statement<NumberRow(pg::Timestamp slot, Text process, Text why)> skip_slot{"cleanup_skip_slot",
                                                                                            text::skip_slot};
inline const pg::Statement<SlotState(pg::Timestamp slot)> slot_state{"cleanup_slot_state", text::slot_state};
inline const pg::Statement<FailureKey(std::int32_t limit)> failures_due{"cleanup_failures_due", text::failures_due};
inline const pg::Statement<ItemRow()> forget_failures{"cleanup_forget_failures", text::forget_failures};
inline const pg::Statement<NumberRow(std::int32_t tenant, Text kind, std::int64_t rows, std::int64_t run)> tell_owner{
    "cleanup_tell_owner", text::tell_owner};
inline const pg::Statement<CommitsRow()> count_commits{"cleanup_commits", text::commits};
inline const pg::Statement<ComingRow(std::int32_t retention, std::int32_t days, std::optional<std::int32_t> tenant)>
    preview_cleanup{"cleanup_preview", text::preview};
inline const pg::Statement<MailState(pg::Timestamp slot, std::int32_t days)> mail_state{"cleanup_mail_state",
                                                                                        text::mail_state};
inline const pg::Statement<IdRow(std::int32_t tenant, pg::Timestamp slot, Text subject, Text body, pg::Timestamp until)>
    mail_owner{"cleanup_mail_owner", text::mail_owner};
inline const pg::Statement<NumberRow(pg::Timestamp slot)> mails_sent{"cleanup_mails_sent", text::mails_sent};
inline const pg::Statement<ComingRows(std::int32_t tenant, std::int32_t retention, pg::Timestamp until)> count_coming{
    "cleanup_count_coming", text::count_coming};
inline const pg::Statement<ComingRows(std::int32_t tenant, std::int32_t retention, pg::Timestamp until,
                                      std::int32_t days, Text request)>
    keep_coming{"cleanup_keep_coming", text::keep_coming};
inline const pg::Statement<RunRow(std::optional<std::int64_t> before, std::int32_t limit)> list_runs{"cleanup_runs",
                                                                                                     text::list_runs};
inline const pg::Statement<Cancelled(std::int64_t run)> cancel_run{"cleanup_cancel", text::cancel_run};
inline const pg::Statement<FailureRow(std::int32_t limit)> list_failures{"cleanup_failures", text::list_failures};

}  // namespace pim::ops::cleanup
