#include "billing/rule.hpp"

#include <array>
#include <charconv>

namespace idswitch::billing {
namespace {

constexpr std::string_view k_prices = "prices.";

// By Kind, what stands behind the SKU; the indexed ones close with a bracket.
constexpr std::array<std::string_view, 7> k_parts = {
    "", "", ".tiers[", ".outcomes[", ".free_units", ".charged_once", ".group"};

bool is_indexed(Rule::Kind kind) {
  return kind == Rule::Kind::tier || kind == Rule::Kind::outcome;
}

bool read_index(std::string_view text, std::size_t& index) {
  if (text.empty() || text.back() != ']') return false;
  const char* end = text.data() + text.size() - 1;
  const auto [stopped, error] = std::from_chars(text.data(), end, index);
  return error == std::errc() && stopped == end;
}

}  // namespace

std::string Rule::text() const {
  if (kind == Kind::none) return {};
  if (kind == Kind::other) return sku;
  std::string text(k_prices);
  text.append(sku).append(k_parts[static_cast<std::size_t>(kind)]);
  if (is_indexed(kind)) text.append(std::to_string(index)).append(1, ']');
  return text;
}

Rule Rule::parse(std::string_view text, std::string_view sku) {
  if (text.empty()) return {};
  const Rule other{Kind::other, std::string(text), 0};
  if (!text.starts_with(k_prices)) return other;
  text.remove_prefix(k_prices.size());
  if (!text.starts_with(sku)) return other;
  text.remove_prefix(sku.size());
  for (std::size_t i = 1; i < k_parts.size(); ++i) {
    Rule rule{static_cast<Kind>(i), std::string(sku), 0};
    if (!is_indexed(rule.kind)) {
      if (text == k_parts[i]) return rule;
    } else if (text.starts_with(k_parts[i]) &&
               read_index(text.substr(k_parts[i].size()), rule.index)) {
      return rule;
    }
  }
  return other;
}

bool is_unit(std::string_view rule, std::string_view sku) {
  return Rule::parse(rule, sku).counts_as_unit();
}

}  // namespace idswitch::billing
