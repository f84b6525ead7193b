#include "store/sqlite/ledger_door.hpp"

#include "store/ledger/aged_hold_reader.hpp"
#include "store/ledger/ledger_reporter.hpp"
#include "store/ledger/ledger_verifier.hpp"

namespace idswitch::store {

Result<std::vector<LedgerEntry>> LedgerDoor::of(VerificationId id) {
  return opened_.readers.read([&](Reader& reader) { return reader.ledger.of(id); });
}

Result<std::vector<LedgerEntry>> LedgerDoor::entries(const EntryQuery& query) {
  return opened_.readers.read([&](Reader& reader) { return reader.ledger.entries(query); });
}

Result<EntryPage> LedgerDoor::page(const EntryQuery& query) {
  return opened_.readers.read([&](Reader& reader) { return reader.ledger.page(query); });
}

Result<std::uint64_t> LedgerDoor::sequence_at(std::int64_t unix_ms) {
  return opened_.readers.read([&](Reader& reader) { return reader.ledger.sequence_at(unix_ms); });
}

Result<LedgerFaults> LedgerDoor::verify(const LedgerCheck& check) {
  return opened_.read_apart<LedgerVerifier>(
      [&](LedgerVerifier& verifier) { return verifier.verify(check); });
}

Result<std::vector<ReportRow>> LedgerDoor::report(const ReportQuery& query) {
  return opened_.read_apart<LedgerReporter>(
      [&](LedgerReporter& reporter) { return reporter.report(query); });
}

Result<std::vector<AgedHold>> LedgerDoor::aged_holds(const AgedQuery& query) {
  return opened_.read_apart<AgedHoldReader>(
      [&](AgedHoldReader& holds) { return holds.read(query); });
}

Result<Counted> LedgerDoor::look(const Touch& touch) {
  CountCache* cache = opened_.writer == nullptr ? nullptr : &opened_.writer->counts();
  if (cache == nullptr)
    return opened_.readers.read([&](Reader& reader) { return reader.counts.look(touch); });
  Counted counted;
  if (cache->look(touch, counted)) return counted;
  return opened_.readers.read([&](Reader& reader) { return cache->look(touch, reader.counts); });
}

Result<std::optional<std::int64_t>> LedgerDoor::person_charged_at(std::string_view account,
                                                                  std::string_view sku,
                                                                  std::uint64_t person) {
  Touch touch;
  touch.persons.push_back({std::string(account), std::string(sku), person});
  const auto counted = look(touch);
  if (!counted) return counted.error();
  const std::int64_t at = counted->persons.front();
  return at == 0 ? std::optional<std::int64_t>() : std::optional(at);
}

}  // namespace idswitch::store
