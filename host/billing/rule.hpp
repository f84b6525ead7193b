#pragma once

// Rule: which line of a contract set a price, or said that something is not charged. The ledger has
// its text; nothing else in the switch spells that text or takes it apart. Plain value; any thread.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch::billing {

struct Rule {
  enum class Kind : std::uint8_t {
    none,          // no line of a contract: no price
    price,         // "prices.verify"
    tier,          // "prices.verify.tiers[1]"
    outcome,       // "prices.verify.outcomes[0]": it priced the end, or says whether it is charged
    free_units,    // "prices.verify.free_units"
    charged_once,  // "prices.verify.charged_once": the person had paid for the SKU before
    group,         // "prices.verify.group": another call of the verification pays
    other,         // a text that names no line; kept as it is
  };

  Kind kind = Kind::none;
  std::string sku;        // other: the text
  std::size_t index = 0;  // of a tier or an outcome

  // Empty for none.
  std::string text() const;

  // What text() wrote for this SKU.
  static Rule parse(std::string_view text, std::string_view sku);

  // A unit that such a rule prices is one of the volume. What was charged once for the person
  // before, or within its session, is none.
  bool counts_as_unit() const { return kind != Kind::charged_once && kind != Kind::group; }

  bool operator==(const Rule&) const = default;
};

// Whether a capture with this text for its rule is a unit of the volume.
bool is_unit(std::string_view rule, std::string_view sku);

}  // namespace idswitch::billing
