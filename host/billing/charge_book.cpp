#include "billing/charge_book.hpp"

#include <algorithm>

#include "base/invariant.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {
ChargeBook::Line* ChargeBook::find(std::string_view account, std::string_view sku,
                                   std::string_view event, std::uint32_t call) {
  const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.name.account == account && line.name.sku == sku && line.name.event == event &&
           line.name.call == call;
  });
  return found == lines_.end() ? nullptr : &*found;
}

const ChargeBook::Line* ChargeBook::find(std::string_view account, std::string_view sku,
                                         std::string_view event, std::uint32_t call) const {
  return const_cast<ChargeBook*>(this)->find(account, sku, event, call);
}

const ChargeFold* ChargeBook::find(const ChargeName& charge) const {
  return find(charge.account, charge.sku, charge.event, charge.call);
}

void ChargeBook::take(const LedgerEntry& entry) {
  Line* line = find(entry.account, entry.sku, entry.event, entry.call);
  if (line == nullptr) line = &lines_.emplace_back();
  line->take(entry);
  // Entries from before they were numbered count as well.
  last_number_ = std::max(last_number_ + (entry.number == 0 ? 1 : 0), entry.number);
}

void ChargeBook::replay(const std::vector<LedgerEntry>& entries) {
  for (const LedgerEntry& entry : entries) take(entry);
}

std::uint32_t ChargeBook::call_for(std::string_view account, std::string_view sku,
                                   std::string_view event, bool on_accept) const {
  if (!on_accept) return 1;
  const std::uint32_t latest = latest_call(account, sku, event);
  const Line* line = find(account, sku, event, latest);
  return line == nullptr || (!line->resolution && !line->is_unknown()) ? latest : latest + 1;
}

std::uint32_t ChargeBook::latest_call(std::string_view account, std::string_view sku,
                                      std::string_view event) const {
  std::uint32_t latest = 1;
  for (const Line& line : lines_) {
    if (line.name.account != account || line.name.sku != sku || line.name.event != event) continue;
    latest = std::max(latest, line.name.call);
  }
  return latest;
}

bool ChargeBook::has(std::string_view account, std::string_view sku, std::string_view event,
                     std::uint32_t call) const {
  return find(account, sku, event, call) != nullptr;
}

const ChargeBook::Line* ChargeBook::line_of(std::string_view account,
                                            const Evidence& evidence) const {
  const std::uint32_t call =
      evidence.call != 0 ? evidence.call : latest_call(account, evidence.sku, evidence.event);
  return find(account, evidence.sku, evidence.event, call);
}

bool ChargeBook::holds_already(std::string_view account, const Evidence& evidence) const {
  return known_state(evidence.state) == IDSW_CHARGE_HELD && line_of(account, evidence) != nullptr;
}

bool ChargeBook::is_unknown(std::string_view account, const Evidence& evidence) const {
  const Line* line = line_of(account, evidence);
  return line != nullptr && !line->resolution && line->is_unknown();
}

LedgerEntry ChargeBook::entry(EntryKind kind, const Pricer& pricer, const ChargeName& name,
                              const Line* line, std::int64_t now_unix_ms) const {
  LedgerEntry entry;
  entry.verification = verification_;
  entry.tenant = tenant_;
  entry.account = name.account;
  entry.sku = name.sku;
  entry.event = name.event;
  entry.call = name.call;
  entry.kind = kind;
  // A charge stays in the currency of its hold to its end.
  entry.currency = line == nullptr ? pricer.currency() : line->hold.currency;
  entry.at_unix_ms = now_unix_ms;
  entry.utc_offset_min = pricer.utc_offset_min();
  entry.contract_version = pricer.version(now_unix_ms);
  return entry;
}

LedgerEntry ChargeBook::next_hold(const Pricer& pricer, const std::string& sku,
                                  const std::string& event, std::uint32_t call,
                                  std::int64_t now_unix_ms) const {
  const ChargeName name{std::string(pricer.account()), sku, event, call};
  LedgerEntry hold = entry(EntryKind::hold, pricer, name, nullptr, now_unix_ms);
  set_price(hold, pricer.hold(sku, now_unix_ms, is_session_charged(pricer.account(), sku)));
  hold.place = -1;
  hold.evidence = IDSW_CHARGE_HELD;
  hold.number = last_number_ + 1;
  return hold;
}

void ChargeBook::keep(Pricer& pricer, const LedgerEntry& hold) {
  require_sound(hold);
  take(hold);
  pricer.take(hold, lines_.back().hold);
}

std::optional<LedgerEntry> ChargeBook::hold(Pricer& pricer, const std::string& sku,
                                            const std::string& event, std::int64_t now_unix_ms,
                                            std::uint32_t call) {
  if (has(pricer.account(), sku, event, call)) return {};
  LedgerEntry hold = next_hold(pricer, sku, event, call, now_unix_ms);
  keep(pricer, hold);
  return hold;
}

void ChargeBook::remember(std::string_view account, const Ending& ending, bool is_final) {
  const auto found = std::find_if(endings_.begin(), endings_.end(),
                                  [&](const AccountEnding& one) { return one.account == account; });
  if (found == endings_.end()) {
    endings_.push_back({std::string(account), ending, is_final});
  } else if (is_final && !found->is_final) {
    *found = {std::string(account), ending, is_final};
  }
}

bool ChargeBook::is_session_charged(std::string_view account, std::string_view sku) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.name.account == account && line.name.sku == sku && line.charged;
  });
}

void ChargeBook::require_sound(const LedgerEntry& entry) const {
  const Line* line = find(entry.account, entry.sku, entry.event, entry.call);
  const bool resolves = entry.kind == EntryKind::capture || entry.kind == EntryKind::void_;
  if (entry.kind == EntryKind::hold) {
    require(line == nullptr, "a charge is held twice");
  } else {
    require(line != nullptr, "a charge is booked that was not held");
    require(line->hold.currency == entry.currency, "a charge is booked in two currencies");
    require(!resolves || !line->resolution, "a charge is resolved twice");
  }
  require(entry.kind == EntryKind::adjust || entry.amount >= Money{},
          "a negative charge is booked");
  require(entry.kind != EntryKind::void_ || entry.amount == Money{}, "a void has an amount");
  require(entry.kind != EntryKind::adjust || line->resolution || entry.amount == Money{},
          "a correction comes before its charge has ended");
  require(entry.kind != EntryKind::adjust || entry.adjust != Adjust::legacy,
          "an adjust does not say what it is");
}

void ChargeBook::append(Pricer& pricer, LedgerEntry entry, std::vector<LedgerEntry>& entries) {
  entry.number = last_number_ + 1;
  require_sound(entry);
  take(entry);
  pricer.take(entry, find(entry.account, entry.sku, entry.event, entry.call)->hold);
  entries.push_back(std::move(entry));
}

std::vector<LedgerEntry> ChargeBook::apply(Pricer& pricer, const Evidence& evidence,
                                           std::int64_t now_unix_ms, const Ending& ending) {
  std::vector<LedgerEntry> entries;
  const std::uint32_t call = evidence.call != 0
                                 ? evidence.call
                                 : latest_call(pricer.account(), evidence.sku, evidence.event);
  if (auto held = hold(pricer, evidence.sku, evidence.event, now_unix_ms, call)) {
    entries.push_back(std::move(*held));
  }
  if (ending.verdict != 0 || ending.reason != 0) {
    remember(pricer.account(), {ending.verdict, ending.reason, {}}, false);
  }
  Line& line = *find(pricer.account(), evidence.sku, evidence.event, call);
  const Told told{known_state(evidence.state), evidence.source, evidence.vendor_code};
  const bool is_new = is_news(
      line, told,
      pricer.distinctions(line.name.sku, line.resolution ? line.ruled_at_unix_ms : now_unix_ms));
  if (is_new) line.told.push_back(told);
  settle_all(pricer, &line, is_new ? &evidence : nullptr, now_unix_ms, entries);
  return entries;
}

std::vector<LedgerEntry> ChargeBook::end(Pricer& pricer, const Ending& ending,
                                         std::int64_t now_unix_ms) {
  remember(pricer.account(), ending, true);
  std::vector<LedgerEntry> entries;
  settle_all(pricer, nullptr, nullptr, now_unix_ms, entries);
  return entries;
}

bool ChargeBook::has_held() const {
  return std::any_of(lines_.begin(), lines_.end(),
                     [](const Line& line) { return !line.resolution && !line.is_unknown(); });
}

std::vector<Charge> ChargeBook::charges() const {
  std::vector<Charge> charges;
  charges.reserve(lines_.size());
  for (const Line& line : lines_) charges.push_back(line.charge());
  return charges;
}

}  // namespace idswitch::billing
