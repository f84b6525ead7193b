#include "config/sections/price_section.hpp"

#include <utility>

#include "config/yaml/choice.hpp"
#include "config/yaml/name_list.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::config {
namespace {

constexpr std::int64_t k_units_max = 1'000'000'000'000;
constexpr int k_person_days_max = 3'660;

using Word = std::pair<std::string, std::uint32_t>;

#define IDSWITCH_WORD_ITEM(name, number, word, meaning) {word, number},

const std::vector<Word>& verdicts() {
  static const std::vector<Word> words = {IDSW_VERDICT_LIST(IDSWITCH_WORD_ITEM)};
  return words;
}

const std::vector<Word>& reasons() {
  static const std::vector<Word> words = {IDSW_REASON_LIST(IDSWITCH_WORD_ITEM)};
  return words;
}

#undef IDSWITCH_WORD_ITEM

// The number of the word that stands there; what is "verdict".
std::optional<std::uint32_t> number_of(const Value& value, std::string_view what,
                                       const std::vector<Word>& words) {
  const auto text = value.text("a " + std::string(what));
  if (!text) return {};
  std::vector<std::string> known;
  for (const auto& [word, number] : words) {
    if (word == *text) return number;
    known.push_back(word);
  }
  is_known(value, *text, what, known);
  return {};
}

Money read_price(Section& section, std::string_view wanted) {
  const auto price = section.require("price", wanted);
  return price ? price->price().value_or(Money{}) : Money{};
}

OutcomePrice read_outcome(const Value& value) {
  OutcomePrice outcome;
  outcome.where = value.key_position();
  Section section(value);
  const auto verdict = section.find("verdict");
  const auto reason = section.find("reason");
  const auto code = section.find("code");
  if (verdict) outcome.verdict = number_of(*verdict, "verdict", verdicts()).value_or(0);
  if (reason) outcome.reason = number_of(*reason, "reason", reasons()).value_or(0);
  if (code) outcome.vendor_code = code->word("a code of the vendor, like \"3000\"").value_or("");
  if (section.is_mapping() && !verdict && !reason && !code) {
    value.complain("for which outcome? wanted at least one of verdict, reason and code");
  }
  section.read("charged", outcome.charged, [](const Value& v) { return v.boolean(); });
  if (outcome.charged == false) {
    section.refuse("price", "beside charged: false: what is not charged has no price");
  } else {
    outcome.price = read_price(section, "what this outcome costs, like \"0\"");
  }
  section.finish();
  return outcome;
}

std::vector<Tier> read_tiers(const Value& value) {
  std::vector<Tier> tiers;
  for (const Value& item : items_of(value, "a list of {from: 10001, price: \"0.25\"}")) {
    Section section(item);
    Tier tier;
    if (const auto from = section.require("from", "the first unit with this price, like 10001")) {
      // The 10001st unit comes after 10000 others.
      tier.from_units = from->integer(2, k_units_max).value_or(1) - 1;
      if (tier.from_units > 0 && !tiers.empty() && tier.from_units <= tiers.back().from_units) {
        from->complain("not above the tier before it: tiers stand in ascending order");
      }
    }
    tier.price = read_price(section, "what a unit costs from there on");
    section.finish();
    tiers.push_back(tier);
  }
  return tiers;
}

int read_charged_once(const Value& value) {
  Section section(value);
  int days = 0;
  if (const auto per = section.require("per", "person")) choice<bool>(*per, {{"person", true}});
  if (const auto found = section.require("days", "for how many days")) {
    days = static_cast<int>(found->integer(1, k_person_days_max).value_or(0));
  }
  section.finish();
  return days;
}

}  // namespace

std::optional<Per> read_per(const Value& value) {
  return choice<Per>(value, {{"day", Per::day}, {"month", Per::month}});
}

SkuPrice read_sku_price(const Value& value) {
  SkuPrice out;
  out.where = value.key_position();
  if (value.node().kind != YamlNode::Kind::mapping) {
    out.price = value.price().value_or(Money{});
    return out;
  }
  Section section(value);
  out.price = read_price(section, "what a unit costs, like \"0.30\"");
  if (const auto outcomes = section.find("outcomes")) {
    for (const Value& item : items_of(*outcomes, "a list of {verdict: fail, price: \"0\"}")) {
      out.outcomes.push_back(read_outcome(item));
    }
  }
  if (const auto tiers = section.find("tiers")) out.tiers = read_tiers(*tiers);
  section.read("free_units", out.free_units,
               [](const Value& v) { return v.integer(0, k_units_max); });
  section.read("per", out.per, read_per);
  section.read("group", out.group, [](const Value& v) {
    return choice<Group>(v, {{"call", Group::call}, {"session", Group::session}});
  });
  if (const auto once = section.find("charged_once")) out.person_days = read_charged_once(*once);
  section.finish();
  return out;
}

}  // namespace idswitch::config
