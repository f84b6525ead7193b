#include "config/sections/retention_section.hpp"

#include <charconv>

namespace idswitch::config {
namespace {

constexpr int k_days_max = 36'500;

// A verification that is gone must not be asked for by a key that still stands: keys stand for two
// weeks at most.
constexpr int k_verification_days_min = 15;

// "30d"; nothing when it is no such text.
std::optional<int> parse_days(std::string_view text) {
  if (!text.ends_with('d')) return {};
  text.remove_suffix(1);
  int days = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), days);
  if (failure != std::errc() || end != text.data() + text.size()) return {};
  return days;
}

void read_days(Section& section, std::string_view key, int least, std::optional<Days>& days) {
  const auto value = section.find(key);
  if (!value) return;
  const auto text = value->word("a number of days, like 30d, or keep");
  if (!text) return;
  if (*text == "keep") {
    days.reset();
    return;
  }
  const auto read = parse_days(*text);
  if (!read) return value->complain_wanted("a number of days, like 30d, or keep");
  if (*read < least || *read > k_days_max) {
    return value->complain(*text + " is out of range: wanted " + std::to_string(least) + "d to " +
                           std::to_string(k_days_max) + "d, or keep");
  }
  days = Days(*read);
}

}  // namespace

Retention read_retention(const Value& value) {
  Retention retention;
  Section section(value);
  read_days(section, "pictures", 1, retention.pictures);
  read_days(section, "states_and_actions", 1, retention.states_and_actions);
  read_days(section, "attempts_and_decisions", 1, retention.attempts_and_decisions);
  read_days(section, "person_ids", 1, retention.person_ids);
  read_days(section, "verifications", k_verification_days_min, retention.verifications);
  section.finish();
  return retention;
}

}  // namespace idswitch::config
