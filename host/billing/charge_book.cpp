#include "billing/charge_book.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {
namespace {

LedgerEntry priced(LedgerEntry entry, const Priced& price) {
  entry.amount = price.amount;
  entry.contract_version = price.version;
  entry.rule = price.rule;
  return entry;
}

// "verify" is followed by "verify#2", "verify#2" by "verify#3".
std::string next_key(const std::string& key) {
  const std::size_t mark = key.rfind('#');
  const std::string digits = mark == std::string::npos ? "" : key.substr(mark + 1);
  const bool is_numbered = !digits.empty() && digits.size() < 9 &&
                           digits.find_first_not_of("0123456789") == std::string::npos;
  if (!is_numbered) return key + "#2";
  return key.substr(0, mark + 1) + std::to_string(std::stol(digits) + 1);
}

}  // namespace

ChargeBook::Line* ChargeBook::find(std::string_view account, std::string_view sku,
                                   std::string_view dedupe_key) {
  const auto found = std::find_if(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.account == account && line.sku == sku && line.dedupe_key == dedupe_key;
  });
  return found == lines_.end() ? nullptr : &*found;
}

const ChargeBook::Line* ChargeBook::find(std::string_view account, std::string_view sku,
                                         std::string_view dedupe_key) const {
  return const_cast<ChargeBook*>(this)->find(account, sku, dedupe_key);
}

void ChargeBook::take(const LedgerEntry& entry) {
  Line* line = find(entry.account, entry.sku, entry.dedupe_key);
  if (line == nullptr) {
    line = &lines_.emplace_back();
    line->account = entry.account;
    line->sku = entry.sku;
    line->dedupe_key = entry.dedupe_key;
    line->currency = entry.currency;
  }
  if (!entry.vendor_reference.empty()) line->vendor_reference = entry.vendor_reference;
  switch (entry.kind) {
    case EntryKind::hold:
      line->held = entry.amount;
      line->held_at_unix_ms = entry.at_unix_ms;
      break;
    case EntryKind::capture:
      line->resolution = entry.kind;
      line->captured = line->captured + entry.amount;
      line->captured_at_unix_ms = entry.at_unix_ms;
      line->captured_version = entry.contract_version;
      line->captured_rule = entry.rule;
      break;
    case EntryKind::void_: line->resolution = entry.kind; break;
    case EntryKind::adjust:
      line->captured = line->captured + entry.amount;
      if (entry.amount != Money{}) line->adjusted = true;
      if (entry.evidence == IDSW_CHARGE_UNKNOWN) line->unknown = true;
      if (entry.evidence != IDSW_CHARGE_UNKNOWN && entry.amount == Money{})
        line->contradicted = true;
      break;
  }
}

void ChargeBook::replay(const std::vector<LedgerEntry>& entries) {
  for (const LedgerEntry& entry : entries) take(entry);
}

std::string ChargeBook::key_for(std::string_view account, std::string_view sku,
                                std::string_view dedupe_key, bool on_accept) const {
  std::string key(dedupe_key);
  if (!on_accept) return key;
  for (int number = 2;; ++number) {
    const Line* line = find(account, sku, key);
    if (line == nullptr || (!line->resolution && !line->unknown)) return key;
    key = std::string(dedupe_key) + "#" + std::to_string(number);
  }
}

std::string ChargeBook::latest_key(std::string_view account, std::string_view sku,
                                   std::string_view dedupe_key) const {
  std::string key(dedupe_key);
  for (int number = 2;; ++number) {
    std::string next = std::string(dedupe_key) + "#" + std::to_string(number);
    if (find(account, sku, next) == nullptr) return key;
    key = std::move(next);
  }
}

bool ChargeBook::has(std::string_view account, std::string_view sku,
                     std::string_view dedupe_key) const {
  return find(account, sku, dedupe_key) != nullptr;
}

bool ChargeBook::is_superseded(const Line& line) const {
  return has(line.account, line.sku, next_key(line.dedupe_key));
}

LedgerEntry ChargeBook::entry(EntryKind kind, const Pricer& pricer, const std::string& sku,
                              const std::string& dedupe_key, std::int64_t now_unix_ms) const {
  LedgerEntry entry;
  entry.verification = verification_;
  entry.tenant = tenant_;
  entry.account = pricer.account();
  entry.sku = sku;
  entry.dedupe_key = dedupe_key;
  entry.kind = kind;
  entry.currency = pricer.currency();
  entry.at_unix_ms = now_unix_ms;
  entry.contract_version = pricer.version(now_unix_ms);
  return entry;
}

std::optional<LedgerEntry> ChargeBook::hold(Pricer& pricer, const std::string& sku,
                                            const std::string& dedupe_key,
                                            std::int64_t now_unix_ms) {
  if (has(pricer.account(), sku, dedupe_key)) return {};
  LedgerEntry hold = priced(entry(EntryKind::hold, pricer, sku, dedupe_key, now_unix_ms),
                            pricer.hold(sku, now_unix_ms));
  hold.evidence = IDSW_CHARGE_HELD;
  take(hold);
  pricer.take(hold);
  return hold;
}

std::vector<LedgerEntry> ChargeBook::apply(Pricer& pricer, const Evidence& evidence,
                                           std::int64_t now_unix_ms) {
  std::vector<LedgerEntry> entries;
  const auto append = [&](EntryKind kind) {
    LedgerEntry next = entry(kind, pricer, evidence.sku, evidence.dedupe_key, now_unix_ms);
    if (kind == EntryKind::capture) {
      next = priced(std::move(next), pricer.capture(evidence, now_unix_ms));
    }
    // A number that this build does not know says as little as none.
    next.evidence = evidence.state <= IDSW_CHARGE_NOT_CHARGED ? evidence.state
                                                              : std::uint32_t{IDSW_CHARGE_UNKNOWN};
    next.source = evidence.source;
    next.vendor_code = evidence.vendor_code;
    next.vendor_reference = evidence.vendor_reference;
    take(next);
    pricer.take(next);
    entries.push_back(std::move(next));
  };

  if (auto held = hold(pricer, evidence.sku, evidence.dedupe_key, now_unix_ms)) {
    entries.push_back(std::move(*held));
  }
  const Line& line = *find(pricer.account(), evidence.sku, evidence.dedupe_key);
  switch (evidence.state) {
    case IDSW_CHARGE_HELD: break;
    case IDSW_CHARGE_CAPTURED:
      if (!line.resolution) {
        append(EntryKind::capture);
      } else if (*line.resolution != EntryKind::capture && !line.contradicted) {
        append(EntryKind::adjust);
      }
      break;
    case IDSW_CHARGE_RELEASED:
    case IDSW_CHARGE_NOT_CHARGED:
      if (!line.resolution) {
        append(EntryKind::void_);
      } else if (*line.resolution != EntryKind::void_ && !line.contradicted) {
        append(EntryKind::adjust);
      }
      break;
    default:
      if (!line.resolution && !line.unknown) append(EntryKind::adjust);
      break;
  }
  return entries;
}

std::vector<LedgerEntry> ChargeBook::end(Pricer& pricer, const Ending& ending,
                                         std::int64_t now_unix_ms) {
  std::vector<LedgerEntry> entries;
  for (const Line& line : lines_) {
    if (line.account != pricer.account() || line.resolution != EntryKind::capture) continue;
    if (line.adjusted || line.currency != pricer.currency() || is_superseded(line)) continue;
    const std::optional<Priced> now = pricer.capture_again(
        line.sku, {line.captured_at_unix_ms, line.captured_version, line.captured_rule}, ending);
    if (!now || now->amount == line.captured) continue;
    LedgerEntry difference =
        priced(entry(EntryKind::adjust, pricer, line.sku, line.dedupe_key, now_unix_ms), *now);
    difference.amount = now->amount - line.captured;
    // What is known is that it was charged; only how much has changed.
    difference.evidence = IDSW_CHARGE_CAPTURED;
    difference.vendor_code = ending.vendor_code;
    entries.push_back(std::move(difference));
  }
  for (const LedgerEntry& difference : entries) {
    take(difference);
    pricer.take(difference);
  }
  return entries;
}

std::optional<Settlement> ChargeBook::settlement_of(const LedgerEntry& entry) const {
  const Line* line = find(entry.account, entry.sku, entry.dedupe_key);
  if (line == nullptr) return {};
  switch (entry.kind) {
    case EntryKind::hold: return {};
    case EntryKind::capture:
      // An account whose currency was changed meanwhile: the hold is given back, and the capture
      // counts for no budget, because a budget has one currency.
      if (entry.currency != line->currency) break;
      return Settlement{entry.account, entry.currency, line->held, line->held_at_unix_ms,
                        entry.amount};
    case EntryKind::void_: break;
    case EntryKind::adjust:
      if (entry.amount == Money{}) return {};
      return Settlement{entry.account, entry.currency, Money{},
                        line->resolution ? entry.at_unix_ms : line->held_at_unix_ms, entry.amount};
  }
  return Settlement{entry.account, line->currency, line->held, line->held_at_unix_ms, Money{}};
}

bool ChargeBook::has_open() const {
  return std::any_of(lines_.begin(), lines_.end(),
                     [](const Line& line) { return !line.resolution; });
}

bool ChargeBook::awaits_result(std::string_view account) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.account == account && !line.resolution && !line.unknown;
  });
}

std::vector<Charge> ChargeBook::charges() const {
  std::vector<Charge> charges;
  for (const Line& line : lines_) {
    Charge charge;
    charge.account = line.account;
    charge.sku = line.sku;
    charge.dedupe_key = line.dedupe_key;
    charge.currency = line.currency;
    charge.vendor_reference = line.vendor_reference;
    if (!line.resolution) {
      charge.state = line.unknown ? ChargeState::unknown : ChargeState::held;
      charge.amount_micros = line.held.micros;
    } else if (*line.resolution == EntryKind::capture) {
      charge.state = ChargeState::captured;
      charge.amount_micros = line.captured.micros;
    } else {
      charge.state = ChargeState::voided;
      charge.amount_micros = line.captured.micros;
    }
    charges.push_back(std::move(charge));
  }
  return charges;
}

}  // namespace idswitch::billing
