#include "billing/charge_book.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {
namespace {

LedgerEntry priced(LedgerEntry entry, const Priced& price) {
  entry.amount = price.amount;
  entry.contract_version = price.version;
  entry.rule = price.rule.text();
  return entry;
}

}  // namespace

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

const ChargeBook::Line* ChargeBook::find(const LedgerEntry& entry) const {
  return find(entry.account, entry.sku, entry.event, entry.call);
}

void ChargeBook::take_adjust(Line& line, const LedgerEntry& entry, bool by_contract) {
  line.balance = line.balance + entry.amount;
  // A remark, which sets no price.
  if (entry.amount == Money{} && entry.rule.empty()) return;
  // What is given back names the rule of its price; another price names another rule.
  const bool frees = line.charged && line.balance == Money{} &&
                     (by_contract || (is_free(entry.evidence) && entry.rule == line.rule));
  if (frees) {
    line.charged = false;
  } else if (line.charged) {
    line.price = line.balance;
  } else {
    line.charged = true;
    line.price = line.balance;
    line.ruled_at_unix_ms = entry.at_unix_ms;
  }
  if (entry.rule.empty()) return;
  line.version = entry.contract_version;
  line.rule = entry.rule;
}

void ChargeBook::take(const LedgerEntry& entry) {
  Line* line = find(entry.account, entry.sku, entry.event, entry.call);
  if (line == nullptr) {
    line = &lines_.emplace_back();
    line->name = {entry.account, entry.sku, entry.event, entry.call};
    line->currency = entry.currency;
  }
  if (!entry.vendor_reference.empty()) line->vendor_reference = entry.vendor_reference;
  bool tells = entry.evidence != IDSW_CHARGE_HELD;
  switch (entry.kind) {
    case EntryKind::hold:
      line->held = entry.amount;
      line->held_at_unix_ms = entry.at_unix_ms;
      tells = false;
      break;
    case EntryKind::capture:
    case EntryKind::void_:
      line->resolution = entry.kind;
      line->charged = entry.kind == EntryKind::capture;
      line->balance = line->balance + entry.amount;
      if (line->charged) line->price = line->balance;
      line->ruled_at_unix_ms = entry.at_unix_ms;
      line->version = entry.contract_version;
      line->rule = entry.rule;
      break;
    case EntryKind::adjust: {
      // The contract took the charge away; nobody told us that it is not charged.
      const bool by_contract = entry.evidence == IDSW_CHARGE_NOT_CHARGED &&
                               Rule::parse(entry.rule, entry.sku).kind == Rule::Kind::outcome &&
                               entry.rule != line->rule && line->charged &&
                               line->balance + entry.amount == Money{};
      tells = tells && !by_contract;
      take_adjust(*line, entry, by_contract);
      break;
    }
  }
  const Told told{known_state(entry.evidence), entry.source, entry.vendor_code};
  if (tells && std::find(line->told.begin(), line->told.end(), told) == line->told.end()) {
    line->told.push_back(told);
  }
}

void ChargeBook::replay(const std::vector<LedgerEntry>& entries) {
  for (const LedgerEntry& entry : entries) take(entry);
}

std::uint32_t ChargeBook::call_for(std::string_view account, std::string_view sku,
                                   std::string_view event, bool on_accept) const {
  if (!on_accept) return 1;
  const std::uint32_t latest = latest_call(account, sku, event);
  const Line* line = find(account, sku, event, latest);
  return line == nullptr || (!line->resolution && !is_unknown(*line)) ? latest : latest + 1;
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

LedgerEntry ChargeBook::entry(EntryKind kind, const Pricer& pricer, const ChargeName& name,
                              std::int64_t now_unix_ms) const {
  LedgerEntry entry;
  entry.verification = verification_;
  entry.tenant = tenant_;
  entry.account = name.account;
  entry.sku = name.sku;
  entry.event = name.event;
  entry.call = name.call;
  entry.kind = kind;
  entry.currency = pricer.currency();
  entry.at_unix_ms = now_unix_ms;
  entry.contract_version = pricer.version(now_unix_ms);
  return entry;
}

std::optional<LedgerEntry> ChargeBook::hold(Pricer& pricer, const std::string& sku,
                                            const std::string& event, std::int64_t now_unix_ms,
                                            std::uint32_t call) {
  if (has(pricer.account(), sku, event, call)) return {};
  LedgerEntry hold =
      priced(entry(EntryKind::hold, pricer, {pricer.account(), sku, event, call}, now_unix_ms),
             pricer.hold(sku, now_unix_ms, is_session_charged(pricer.account(), sku)));
  hold.evidence = IDSW_CHARGE_HELD;
  take(hold);
  pricer.take(hold);
  return hold;
}

void ChargeBook::remember(const std::string& account, const Ending& ending, bool is_final) {
  const auto found = std::find_if(endings_.begin(), endings_.end(),
                                  [&](const AccountEnding& one) { return one.account == account; });
  if (found == endings_.end()) {
    endings_.push_back({account, ending, is_final});
  } else if (is_final && !found->is_final) {
    *found = {account, ending, is_final};
  }
}

bool ChargeBook::is_session_charged(std::string_view account, std::string_view sku) const {
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& line) {
    return line.name.account == account && line.name.sku == sku && line.charged;
  });
}

void ChargeBook::name(LedgerEntry& entry, const Told& told) {
  entry.evidence = told.state;
  entry.source = told.source;
  entry.vendor_code = told.vendor_code;
}

void ChargeBook::append(Pricer& pricer, LedgerEntry entry, std::vector<LedgerEntry>& entries) {
  take(entry);
  pricer.take(entry);
  entries.push_back(std::move(entry));
}

void ChargeBook::settle(Pricer& pricer, const Line& line, const Evidence* news,
                        std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries) {
  const std::optional<Standing> standing = standing_of(line, pricer, now_unix_ms);
  if (standing && line.resolution) {
    return correct(pricer, line, *standing, news, now_unix_ms, entries);
  }
  if (!standing && news == nullptr) return;
  EntryKind kind = EntryKind::adjust;  // a remark that nobody knows
  if (standing) kind = standing->charged ? EntryKind::capture : EntryKind::void_;
  LedgerEntry next = entry(kind, pricer, line.name, now_unix_ms);
  if (standing && standing->charged) next = priced(std::move(next), *standing->price);
  if (standing && !standing->charged && standing->reading) {
    next.rule = standing->reading->rule.text();
  }
  // What was just told decides here: nothing definite was known before it, or before the end.
  name(next, news != nullptr ? line.told.back() : line.told[standing->told.front()]);
  if (news != nullptr) next.vendor_reference = news->vendor_reference;
  append(pricer, std::move(next), entries);
}

void ChargeBook::correct(Pricer& pricer, const Line& line, const Standing& standing,
                         const Evidence* news, std::int64_t now_unix_ms,
                         std::vector<LedgerEntry>& entries) {
  LedgerEntry next = entry(EntryKind::adjust, pricer, line.name, now_unix_ms);
  const LedgerEntry remark = next;
  if (standing.charged) {
    next = priced(std::move(next), *standing.price);
  } else if (standing.reading) {
    next.rule = standing.reading->rule.text();
  } else {
    next.contract_version = line.version;  // what is given back was priced by it
    next.rule = line.rule;
  }
  next.amount = next.amount - line.balance;
  // Amounts of two currencies have no difference.
  const bool moves =
      line.currency == pricer.currency() &&
      (next.amount != Money{} || (standing.charged != line.charged && !next.rule.empty()));
  const bool by_contract = !standing.charged && standing.reading;
  const bool news_decides = news != nullptr && standing.told.back() + 1 == line.told.size();
  const bool in_one = moves && news_decides && !by_contract;
  if (news != nullptr && !in_one) {
    LedgerEntry said = remark;
    name(said, line.told.back());
    said.vendor_reference = news->vendor_reference;
    append(pricer, std::move(said), entries);
  }
  if (!moves) return;
  name(next, in_one ? line.told.back() : line.told[standing.told.front()]);
  if (in_one) next.vendor_reference = news->vendor_reference;
  // "not_charged" under an outcome's rule is the contract's word alone: see take().
  if (by_contract) next.evidence = IDSW_CHARGE_NOT_CHARGED;
  if (standing.charged && next.evidence == IDSW_CHARGE_NOT_CHARGED) {
    next.evidence = IDSW_CHARGE_RELEASED;
  }
  append(pricer, std::move(next), entries);
}

void ChargeBook::settle_all(Pricer& pricer, const Line* first, const Evidence* news,
                            std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries) {
  if (first != nullptr) settle(pricer, *first, news, now_unix_ms, entries);
  for (const Line& line : lines_) {
    if (&line == first || line.name.account != pricer.account()) continue;
    settle(pricer, line, nullptr, now_unix_ms, entries);
  }
}

std::vector<LedgerEntry> ChargeBook::apply(Pricer& pricer, const Evidence& evidence,
                                           std::int64_t now_unix_ms) {
  std::vector<LedgerEntry> entries;
  const std::uint32_t call = evidence.call != 0
                                 ? evidence.call
                                 : latest_call(pricer.account(), evidence.sku, evidence.event);
  if (auto held = hold(pricer, evidence.sku, evidence.event, now_unix_ms, call)) {
    entries.push_back(std::move(*held));
  }
  if (evidence.verdict != 0 || evidence.reason != 0) {
    remember(pricer.account(), {evidence.verdict, evidence.reason, {}}, false);
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

std::optional<Settlement> ChargeBook::settlement_of(const LedgerEntry& entry) const {
  const Line* line = find(entry);
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
    return line.name.account == account && !line.resolution && !is_unknown(line);
  });
}

std::vector<Charge> ChargeBook::charges() const {
  std::vector<Charge> charges;
  for (const Line& line : lines_) {
    Charge charge;
    charge.account = line.name.account;
    charge.sku = line.name.sku;
    charge.event = line.name.event;
    charge.call = line.name.call;
    charge.currency = line.currency;
    charge.vendor_reference = line.vendor_reference;
    charge.disputed =
        is_told(line, IDSW_CHARGE_CAPTURED) &&
        (is_told(line, IDSW_CHARGE_RELEASED) || is_told(line, IDSW_CHARGE_NOT_CHARGED));
    if (line.resolution) {
      charge.state = line.charged ? ChargeState::captured : ChargeState::voided;
      charge.amount_micros = line.balance.micros;
    } else {
      charge.state = is_unknown(line) ? ChargeState::unknown : ChargeState::held;
      charge.amount_micros = line.held.micros;
    }
    charges.push_back(std::move(charge));
  }
  return charges;
}

}  // namespace idswitch::billing
