// The entries that are missing for a charge to be what its evidence, or a person, says.

#include "billing/charge_book.hpp"

#include "base/invariant.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {

void ChargeBook::name(LedgerEntry& entry, const Told& told) {
  entry.evidence = told.state;
  entry.source = told.source;
  entry.vendor_code = told.vendor_code;
}

void ChargeBook::set_price(LedgerEntry& entry, const Priced& price) {
  entry.amount = price.amount;
  entry.contract_version = price.version;
  entry.rule = price.rule.text();
  entry.place = price.place;
}

void ChargeBook::settle(Pricer& pricer, const Line& line, const Evidence* news,
                        std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries) {
  if (line.is_by_hand) {
    if (news != nullptr) note(pricer, line, *news, line.charged, now_unix_ms, entries);
    return;
  }
  const std::optional<Standing> standing = standing_of(line, pricer, now_unix_ms);
  if (standing && line.resolution) {
    return correct(pricer, line, *standing, news, now_unix_ms, entries);
  }
  if (!standing) {
    if (news != nullptr) note(pricer, line, *news, line.charged, now_unix_ms, entries);
    return;
  }
  const EntryKind kind = standing->charged ? EntryKind::capture : EntryKind::void_;
  LedgerEntry next = entry(kind, pricer, line.name, &line, now_unix_ms);
  if (standing->charged) set_price(next, *standing->price);
  if (!standing->charged && standing->reading) next.rule = standing->reading->rule.text();
  // What was just told decides here: nothing definite was known before it, or before the end.
  name(next, news != nullptr ? line.told.back() : line.told[standing->told.front()]);
  if (news != nullptr) next.vendor_reference = news->vendor_reference;
  append(pricer, std::move(next), entries);
}

void ChargeBook::note(Pricer& pricer, const Line& line, const Evidence& news, bool is_charged,
                      std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries) {
  LedgerEntry said = entry(EntryKind::adjust, pricer, line.name, &line, now_unix_ms);
  const Told& told = line.told.back();
  const bool contradicts =
      line.resolution && (is_charged ? is_free(told.state) : told.state == IDSW_CHARGE_CAPTURED);
  said.adjust = contradicts ? Adjust::dispute : Adjust::remark;
  name(said, told);
  said.vendor_reference = news.vendor_reference;
  append(pricer, std::move(said), entries);
}

void ChargeBook::correct(Pricer& pricer, const Line& line, const Standing& standing,
                         const Evidence* news, std::int64_t now_unix_ms,
                         std::vector<LedgerEntry>& entries) {
  LedgerEntry next = entry(EntryKind::adjust, pricer, line.name, &line, now_unix_ms);
  next.adjust = Adjust::released;
  if (standing.charged) {
    set_price(next, *standing.price);
    next.adjust = Adjust::priced;
  } else if (standing.reading) {
    next.rule = standing.reading->rule.text();
    next.adjust = Adjust::freed;
  } else {
    next.contract_version = line.version;  // what is given back was priced by it
    next.rule = line.rule;
  }
  next.amount = next.amount - line.balance;
  const bool moves =
      next.amount != Money{} || (standing.charged != line.charged && !next.rule.empty());
  const bool by_contract = next.adjust == Adjust::freed;
  const bool news_decides = news != nullptr && standing.told.back() + 1 == line.told.size();
  const bool in_one = moves && news_decides && !by_contract;
  if (news != nullptr && !in_one) {
    note(pricer, line, *news, standing.charged, now_unix_ms, entries);
  }
  if (!moves) return;
  name(next, in_one ? line.told.back() : line.told[standing.told.front()]);
  if (in_one) next.vendor_reference = news->vendor_reference;
  if (by_contract) next.evidence = IDSW_CHARGE_NOT_CHARGED;
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

std::optional<LedgerEntry> ChargeBook::settle(Pricer& pricer, const ChargeName& charge,
                                              const HandWritten& word, std::int64_t now_unix_ms) {
  const Line* line = find(charge);
  require(line != nullptr && charge.account == pricer.account(),
          "a charge is settled that is not in the book");
  const bool is_charged = word.charged.has_value();
  const Money amount = word.charged.value_or(Money{});
  const bool is_so = line->resolution && line->charged == is_charged && line->balance == amount;
  if (is_so && !line->is_disputed()) return {};
  const EntryKind resolution = is_charged ? EntryKind::capture : EntryKind::void_;
  LedgerEntry next = entry(line->resolution ? EntryKind::adjust : resolution, pricer, line->name,
                           line, now_unix_ms);
  if (next.kind == EntryKind::capture) {
    set_price(next, pricer.by_hand(charge.sku, amount, now_unix_ms));
  } else {
    next.amount = amount - line->balance;
  }
  next.adjust = Adjust::by_hand;
  next.evidence = is_charged ? IDSW_CHARGE_CAPTURED : IDSW_CHARGE_NOT_CHARGED;
  next.source = IDSW_SOURCE_INFERRED;
  next.actor = word.actor;
  next.note = word.note;
  next.vendor_reference = word.vendor_reference;
  std::vector<LedgerEntry> entries;
  append(pricer, std::move(next), entries);
  return std::move(entries.front());
}

}  // namespace idswitch::billing
