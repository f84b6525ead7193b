#include "store/ledger/aged_hold_reader.hpp"

#include <string>

namespace idswitch::store {
namespace {

// h: the hold. Both read the index of charges for whether it is resolved.
#define IDSWITCH_SAME_CHARGE(x, y)                                  \
#x ".verification = " #y ".verification AND " #x ".account = " #y \
     ".account"                                                     \
     " AND " #x ".sku = " #y ".sku AND " #x ".event = " #y ".event AND " #x ".call = " #y ".call"

constexpr std::string_view k_columns =
    "SELECT h.sequence, h.verification, h.verification_low, h.tenant, h.account, h.sku,"
    " h.event, h.call, h.amount_micros, h.currency, h.at_unix_ms, ";

constexpr std::string_view k_wanted =
    " AND (h.verification, h.account, h.sku, h.event, h.call) > (?1, ?2, ?3, ?4, ?5)"
    " AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r WHERE " IDSWITCH_SAME_CHARGE(r, h)
    " AND r.slot = 1)"
    " AND h.at_unix_ms < ?6 AND (?7 = '' OR h.tenant = ?7) AND (?8 = '' OR h.account = ?8)"
    " ORDER BY h.verification, h.account, h.sku, h.event, h.call LIMIT ?9";

}  // namespace

AgedHoldReader::AgedHoldReader(Database& database)
    : database_(&database),
      open_(database,
            std::string(k_columns) +
                "EXISTS (SELECT 1 FROM ledger_entry AS u WHERE " IDSWITCH_SAME_CHARGE(u, h)
                " AND u.slot >= 2 AND u.evidence = 0)"
                " FROM ledger_entry AS h INDEXED BY ledger_entry_once WHERE h.slot = 0" +
                std::string(k_wanted)),
      unknown_(database,
               std::string(k_columns) +
                   "1 FROM ledger_entry AS h WHERE h.slot = 0 AND h.sequence IN"
                   " (SELECT o.sequence FROM ledger_entry AS u INDEXED BY ledger_entry_unknown"
                   "  CROSS JOIN ledger_entry AS o ON " IDSWITCH_SAME_CHARGE(o, u)
                   "  AND o.slot = 0 WHERE u.kind = 4 AND u.evidence = 0)" +
                   std::string(k_wanted)) {}

Result<std::vector<AgedHold>> AgedHoldReader::read(const AgedQuery& query) {
  const AgedHold after = query.after.value_or(AgedHold());
  Statement& statement = query.unknown_only ? unknown_ : open_;
  std::vector<AgedHold> holds;
  Rows rows(statement.bind(after.verification.high, after.account, after.sku, after.event,
                           query.after ? after.call : 0, query.held_before_unix_ms, query.tenant,
                           query.account, query.limit));
  while (rows.next()) {
    AgedHold& hold = holds.emplace_back();
    hold.sequence = static_cast<std::uint64_t>(statement.integer(0));
    hold.verification = {static_cast<std::uint64_t>(statement.integer(1)),
                         static_cast<std::uint64_t>(statement.integer(2))};
    hold.tenant = statement.text(3);
    hold.account = statement.text(4);
    hold.sku = statement.text(5);
    hold.event = statement.text(6);
    hold.call = static_cast<std::uint32_t>(statement.integer(7));
    hold.amount.micros = statement.integer(8);
    hold.currency = statement.text(9);
    hold.held_at_unix_ms = statement.integer(10);
    hold.is_unknown = statement.integer(11) != 0;
  }
  if (rows.failed()) return database_->error();
  return holds;
}

}  // namespace idswitch::store
