// What all that was told about a charge comes to, whatever its order: charged or not, and its
// price.

#include <algorithm>
#include <tuple>

#include "billing/charge_book.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {

bool ChargeBook::is_superseded(const Line& line) const {
  return latest_call(line.name.account, line.name.sku, line.name.event) > line.name.call;
}

Charged ChargeBook::charged_of(const Line& line) {
  return {line.ruled_at_unix_ms, line.version, Rule::parse(line.rule, line.name.sku), line.place};
}

// Whatever does not have to be remembered to know what all evidence together comes to, is no news.
bool ChargeBook::is_news(const Line& line, const Told& told, Distinctions distinctions) {
  if (told.state == IDSW_CHARGE_HELD) return false;
  const bool unknown = told.state == IDSW_CHARGE_UNKNOWN;
  if (unknown && line.resolution && !distinctions.readings) return false;
  return std::none_of(line.told.begin(), line.told.end(), [&](const Told& known) {
    const bool says_as_much =
        unknown || known.state == told.state || (is_free(known.state) && is_free(told.state));
    // What the vendor leaves open itself is not read by the contract; the rest may be.
    const bool is_read_apart = distinctions.readings && known.state == IDSW_CHARGE_UNKNOWN &&
                               known.source == IDSW_SOURCE_VENDOR_FLAG &&
                               told.source != IDSW_SOURCE_VENDOR_FLAG;
    return says_as_much && !is_read_apart &&
           rank_of_source(known.source) >= rank_of_source(told.source) &&
           (!distinctions.codes || known.vendor_code == told.vendor_code);
  });
}

Ending ChargeBook::ending_of(const Line& line, const Pricer& pricer,
                             std::int64_t now_unix_ms) const {
  if (is_superseded(line) && !pricer.is_by_session(line.name.sku, now_unix_ms)) return {};
  const auto found = std::find_if(endings_.begin(), endings_.end(), [&](const AccountEnding& one) {
    return one.account == line.name.account;
  });
  if (found != endings_.end()) return found->ending;
  const KnownEnd end = pricer.end_of(line.name.sku, charged_of(line));
  return {end.verdict, end.reason, {}};
}

std::optional<ChargeBook::Standing> ChargeBook::unpriced(const Line& line, const Pricer& pricer,
                                                         std::int64_t now_unix_ms) const {
  const Ending ending = ending_of(line, pricer, now_unix_ms);
  std::optional<Standing> best;
  int best_rank = 0;
  for (std::size_t i = 0; i < line.told.size(); ++i) {
    const Told& told = line.told[i];
    Standing one;
    one.told = {i};
    one.charged = told.state == IDSW_CHARGE_CAPTURED;
    if (told.source != IDSW_SOURCE_VENDOR_FLAG) {
      Circumstances seen;
      seen.at_unix_ms = line.resolution ? line.ruled_at_unix_ms : now_unix_ms;
      seen.verdict = ending.verdict;
      seen.reason = ending.reason;
      seen.vendor_code = told.vendor_code;
      seen.end_code = ending.vendor_code;
      one.reading = pricer.reading(line.name.sku, seen);
      if (one.reading) one.charged = one.reading->charged;
    }
    if (told.state == IDSW_CHARGE_UNKNOWN && !one.reading) continue;
    const int one_rank = rank_of_source(told.source);
    if (best && one_rank == best_rank && one.charged == best->charged) {
      best->told.push_back(i);
      continue;
    }
    if (best && std::tie(one_rank, one.charged) < std::tie(best_rank, best->charged)) continue;
    best = std::move(one);
    best_rank = one_rank;
  }
  return best;
}

std::optional<ChargeBook::Standing> ChargeBook::standing_of(const Line& line, const Pricer& pricer,
                                                            std::int64_t now_unix_ms) const {
  std::optional<Standing> standing = unpriced(line, pricer, now_unix_ms);
  if (!standing || !standing->charged) return standing;
  const Ending ending = ending_of(line, pricer, now_unix_ms);
  Circumstances seen;
  seen.at_unix_ms = now_unix_ms;
  seen.verdict = ending.verdict;
  seen.reason = ending.reason;
  seen.end_code = ending.vendor_code;
  seen.session_charged = is_paid_by_another(line, pricer, now_unix_ms);
  // Equally good sources may tell several codes; of their prices the dearest is shown.
  for (const std::size_t i : standing->told) {
    seen.vendor_code = line.told[i].vendor_code;
    seen.charged_anyway = line.told[i].source == IDSW_SOURCE_VENDOR_FLAG;
    Priced price = price_of(line, pricer, seen, now_unix_ms);
    if (!standing->price || price.amount > standing->price->amount) standing->price = price;
  }
  return standing;
}

bool ChargeBook::is_paid_by_another(const Line& line, const Pricer& pricer,
                                    std::int64_t now_unix_ms) const {
  if (!pricer.is_by_session(line.name.sku, now_unix_ms)) return false;
  return std::any_of(lines_.begin(), lines_.end(), [&](const Line& other) {
    if (other.name.account != line.name.account || other.name.sku != line.name.sku) return false;
    if (other.name >= line.name) return false;
    const std::optional<Standing> standing = unpriced(other, pricer, now_unix_ms);
    return standing && standing->charged;
  });
}

Priced ChargeBook::price_of(const Line& line, const Pricer& pricer, Circumstances seen,
                            std::int64_t now_unix_ms) const {
  seen.at_unix_ms = now_unix_ms;
  const std::string& sku = line.name.sku;
  const Charged charged = charged_of(line);
  if (!line.price && line.hold.currency != pricer.currency()) {
    // No price of the contract is in its currency any more: it costs what was held for it.
    Priced held = pricer.by_hand(sku, line.hold.amount, now_unix_ms);
    held.version = line.hold_version;
    held.rule = Rule::parse(line.hold_rule, sku);
    if (!held.rule.counts_as_unit()) held.place = -1;
    return held;
  }
  if (!line.price) return pricer.capture(sku, seen);
  const Priced as_it_is{*line.price, line.version, charged.rule, line.place};
  if (line.hold.currency != pricer.currency()) return as_it_is;
  if (charged.rule.kind == Rule::Kind::group) {
    return seen.session_charged ? as_it_is : pricer.capture(sku, seen);
  }
  if (seen.session_charged) return {Money{}, line.version, {Rule::Kind::group, sku, 0}, -1};
  const std::optional<Priced> again = pricer.capture_again(sku, charged, seen);
  // What one rule cost once it costs still, whatever was corrected by hand since.
  return again && again->rule != charged.rule ? *again : as_it_is;
}

}  // namespace idswitch::billing
