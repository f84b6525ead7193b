#include "billing/booking.hpp"

#include <algorithm>
#include <iterator>

#include "base/invariant.hpp"
#include "billing/pricer.hpp"
#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

// They are few: looking through them is cheaper than an order.
template <class Key>
void add_once(Key key, std::vector<Key>& keys) {
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
}

// Collects the counts of one account; the same one may be added more than once.
class Toucher {
 public:
  Toucher(const ChargeBook& book, const Terms& terms, std::uint64_t person,
          std::int64_t now_unix_ms)
      : book_(book),
        terms_(terms),
        account_(terms.account),
        person_(person),
        version_(version_at(terms.contract, now_unix_ms)),
        day_(day_of(now_unix_ms, terms.contract.utc_offset_min)),
        month_(day_.substr(0, 7)) {
    touch_.usage.reserve(k_usual_usage);
  }

  void person(const std::string& sku) {
    const auto price = version_.prices.find(sku);
    if (person_ == 0 || price == version_.prices.end() || price->second.person_days == 0) return;
    add_once({account_, sku, person_}, touch_.persons);
  }

  void open_units(const std::string& sku) { usage(sku, {}, {}); }

  void units(const std::string& sku, bool by_day, bool by_month) {
    if (by_day) usage(sku, {}, day_);
    if (by_month) usage(sku, {}, month_);
  }

  void units_of_price(const std::string& sku) {
    const auto price = version_.prices.find(sku);
    const bool by_day = price != version_.prices.end() && price->second.per == config::Per::day;
    units(sku, by_day, !by_day);
  }

  void money(const std::string& currency) {
    usage({}, currency, day_);
    usage({}, currency, month_);
  }

  void spend(const std::string& currency, std::int64_t held_at_unix_ms, int utc_offset_min) {
    SpendKey key{book_.tenant(), account_, currency, day_of(held_at_unix_ms, utc_offset_min)};
    add_once(std::move(key), touch_.spend);
    const Spender spender{book_.tenant(), terms_.account, currency, held_at_unix_ms,
                          utc_offset_min};
    for (Budgets::Counted& budget : terms_.budgets.of(spender)) {
      add_once(std::move(budget.key), touch_.budgets);
    }
  }

  Touch done() { return std::move(touch_); }

 private:
  static constexpr std::size_t k_usual_usage = 8;

  void usage(const std::string& sku, const std::string& currency, const std::string& period) {
    add_once({account_, sku, currency, period}, touch_.usage);
  }

  const ChargeBook& book_;
  const Terms& terms_;
  std::string account_;
  std::uint64_t person_;
  const config::ContractVersion& version_;
  std::string day_, month_;
  Touch touch_;
};

Booked booked(Pricer& pricer, std::vector<LedgerEntry> entries) {
  Booked booked;
  booked.entries = std::move(entries);
  booked.warnings = std::move(pricer.warnings());
  return booked;
}

}  // namespace

Touch touch_of_hold(const ChargeBook& book, const Terms& terms, std::uint64_t person,
                    const std::string& sku, std::int64_t now_unix_ms) {
  Toucher touch(book, terms, person, now_unix_ms);
  touch.person(sku);
  touch.open_units(sku);
  touch.units_of_price(sku);
  touch.spend(terms.contract.currency, now_unix_ms, terms.contract.utc_offset_min);
  return touch.done();
}

Touch touch_of(const ChargeBook& book, const Terms& terms, std::uint64_t person,
               std::int64_t now_unix_ms) {
  Toucher touch(book, terms, person, now_unix_ms);
  const auto sku = [&](const std::string& name) {
    touch.person(name);
    touch.open_units(name);
    touch.units(name, true, true);
  };
  for (const std::string& name : terms.skus) sku(name);
  touch.money(terms.contract.currency);
  touch.spend(terms.contract.currency, now_unix_ms, terms.contract.utc_offset_min);
  for (const ChargeFold& line : book.lines()) {
    if (line.name.account != terms.account) continue;
    const Hold& hold = line.hold;
    sku(line.name.sku);
    touch.money(hold.currency);
    touch.spend(hold.currency, hold.at_unix_ms,
                hold.utc_offset_min.value_or(terms.contract.utc_offset_min));
  }
  return touch.done();
}

Booked book_hold(ChargeBook& book, const Terms& terms, std::uint64_t person, const std::string& sku,
                 const std::string& event, bool on_accept, std::int64_t now_unix_ms,
                 Counts& counts) {
  Pricer pricer(terms, book.tenant(), person, counts);
  const std::uint32_t call = book.call_for(terms.account, sku, event, on_accept);
  if (book.has(terms.account, sku, event, call)) return {};
  LedgerEntry hold = book.next_hold(pricer, sku, event, call, now_unix_ms);
  if (std::optional<Exhausted> refused = pricer.refusal(hold)) {
    Booked nothing;
    nothing.refused = std::move(refused);
    return nothing;
  }
  book.keep(pricer, hold);
  return booked(pricer, {std::move(hold)});
}

Booked book_evidence(ChargeBook& book, const Terms& terms, std::uint64_t person,
                     std::span<const Evidence> evidence, const std::optional<Ending>& ending,
                     std::int64_t now_unix_ms, Counts& counts) {
  Pricer pricer(terms, book.tenant(), person, counts);
  std::vector<LedgerEntry> entries;
  if (ending) entries = book.end(pricer, *ending, now_unix_ms);
  for (auto one = evidence.begin(); one != evidence.end(); ++one) {
    const bool is_superseded =
        std::any_of(std::next(one), evidence.end(), [&](const Evidence& later) {
          return later.sku == one->sku && later.event == one->event && later.call == one->call;
        });
    if (is_superseded) continue;
    std::vector<LedgerEntry> added = book.apply(pricer, *one, now_unix_ms);
    std::move(added.begin(), added.end(), std::back_inserter(entries));
  }
  return booked(pricer, std::move(entries));
}

Result<Booked> settle_by_hand(ChargeBook& book, const Terms& terms, std::uint64_t person,
                              const ChargeName& charge, const HandWritten& word,
                              std::int64_t now_unix_ms, Counts& counts) {
  if (word.actor.empty()) return Error(Errc::invalid_field, "say who settles the charge");
  if (word.note.empty()) return Error(Errc::invalid_field, "say why the charge is settled so");
  if (word.charged && *word.charged < Money{}) {
    return Error(Errc::invalid_field, "what a charge costs is not negative: write 0 or more");
  }
  require(charge.account == terms.account, "a charge is settled by another account's terms");
  if (book.find(charge) == nullptr) {
    return Error(Errc::not_found, "the verification has no charge " + charge.account + " " +
                                      charge.sku + " " + charge.event + " call " +
                                      std::to_string(charge.call) +
                                      ": see `charges` of the verification");
  }
  Pricer pricer(terms, book.tenant(), person, counts);
  std::vector<LedgerEntry> entries;
  if (auto settled = book.settle(pricer, charge, word, now_unix_ms)) {
    entries.push_back(std::move(*settled));
  }
  return booked(pricer, std::move(entries));
}

std::optional<std::string> currency_refusal(std::string_view account, std::string_view currency,
                                            std::string_view next_currency,
                                            std::int64_t open_units) {
  if (currency == next_currency || open_units == 0) return {};
  return "account \"" + std::string(account) + "\" has " + std::to_string(open_units) +
         " open charges in " + std::string(currency) + ", so its contract cannot change to " +
         std::string(next_currency) +
         ": wait until they have ended, settle those that are unknown, or give the new contract to "
         "another account";
}

}  // namespace idswitch::billing
