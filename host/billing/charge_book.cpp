#include "billing/charge_book.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {
namespace {

Money price_of(const config::Contract& contract, const std::string& sku) {
  const auto found = contract.prices.find(sku);
  return found == contract.prices.end() ? Money{} : found->second;
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
    case EntryKind::hold: line->held = entry.amount; break;
    case EntryKind::capture:
      line->resolution = entry.kind;
      line->captured = line->captured + entry.amount;
      break;
    case EntryKind::void_: line->resolution = entry.kind; break;
    case EntryKind::adjust:
      line->captured = line->captured + entry.amount;
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

LedgerEntry ChargeBook::entry(EntryKind kind, const std::string& account,
                              const config::Contract& contract, const std::string& sku,
                              const std::string& dedupe_key, Money amount,
                              std::int64_t now_unix_ms) const {
  LedgerEntry entry;
  entry.verification = verification_;
  entry.tenant = tenant_;
  entry.account = account;
  entry.sku = sku;
  entry.dedupe_key = dedupe_key;
  entry.kind = kind;
  entry.amount = amount;
  entry.currency = contract.currency;
  entry.at_unix_ms = now_unix_ms;
  entry.contract_version = contract.version;
  return entry;
}

std::optional<LedgerEntry> ChargeBook::hold(const std::string& account,
                                            const config::Contract& contract,
                                            const std::string& sku, const std::string& dedupe_key,
                                            std::int64_t now_unix_ms) {
  if (find(account, sku, dedupe_key) != nullptr) return {};
  LedgerEntry hold = entry(EntryKind::hold, account, contract, sku, dedupe_key,
                           price_of(contract, sku), now_unix_ms);
  hold.evidence = IDSW_CHARGE_HELD;
  take(hold);
  return hold;
}

std::vector<LedgerEntry> ChargeBook::apply(const std::string& account,
                                           const config::Contract& contract,
                                           const Evidence& evidence, std::int64_t now_unix_ms) {
  std::vector<LedgerEntry> entries;
  const auto append = [&](EntryKind kind, Money amount) {
    LedgerEntry next =
        entry(kind, account, contract, evidence.sku, evidence.dedupe_key, amount, now_unix_ms);
    // A number that this build does not know says as little as none.
    next.evidence = evidence.state <= IDSW_CHARGE_NOT_CHARGED ? evidence.state
                                                              : std::uint32_t{IDSW_CHARGE_UNKNOWN};
    next.source = evidence.source;
    next.vendor_code = evidence.vendor_code;
    next.vendor_reference = evidence.vendor_reference;
    take(next);
    entries.push_back(std::move(next));
  };

  if (auto held = hold(account, contract, evidence.sku, evidence.dedupe_key, now_unix_ms)) {
    entries.push_back(std::move(*held));
  }
  const Line& line = *find(account, evidence.sku, evidence.dedupe_key);
  switch (evidence.state) {
    case IDSW_CHARGE_HELD: break;
    case IDSW_CHARGE_CAPTURED:
      if (!line.resolution) {
        append(EntryKind::capture, price_of(contract, evidence.sku));
      } else if (*line.resolution != EntryKind::capture && !line.contradicted) {
        append(EntryKind::adjust, Money{});
      }
      break;
    case IDSW_CHARGE_RELEASED:
    case IDSW_CHARGE_NOT_CHARGED:
      if (!line.resolution) {
        append(EntryKind::void_, Money{});
      } else if (*line.resolution != EntryKind::void_ && !line.contradicted) {
        append(EntryKind::adjust, Money{});
      }
      break;
    default:
      if (!line.resolution && !line.unknown) append(EntryKind::adjust, Money{});
      break;
  }
  return entries;
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
