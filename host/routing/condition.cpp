#include "routing/condition.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/text/nearest_word.hpp"
#include "base/values/decimal.hpp"
#include "config/attribute_text.hpp"

namespace idswitch::routing {
namespace {

using config::AttributeType;
using config::Condition;

bool is_in(const Condition& condition, const AttributeValue& value) {
  if (value.kind == AttributeValue::Kind::text) {
    return std::find(condition.texts.begin(), condition.texts.end(), value.text) !=
           condition.texts.end();
  }
  return value.kind == AttributeValue::Kind::number &&
         std::find(condition.numbers.begin(), condition.numbers.end(), value.number) !=
             condition.numbers.end();
}

bool has_prefix(const Condition& condition, const AttributeValue& value) {
  return value.kind == AttributeValue::Kind::text &&
         std::any_of(condition.texts.begin(), condition.texts.end(),
                     [&](const std::string& text) { return value.text.starts_with(text); });
}

Error not_allowed(const config::Attribute& attribute, std::string what) {
  return Error(Errc::invalid_field, attribute.name + " is " + std::move(what));
}

Result<AttributeValue> text_value(const config::Attribute& attribute, std::string_view text) {
  const auto& allowed = attribute.values;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), text) == allowed.end()) {
    std::string list;
    for (const std::string& one : allowed) list += (list.empty() ? "" : ", ") + one;
    return not_allowed(attribute, "one of: " + list);
  }
  if (const std::string fault = config::attribute_text_fault(text); !fault.empty()) {
    return not_allowed(attribute,
                       "a text of 1 to 64 bytes without control characters: this one is " + fault);
  }
  AttributeValue out;
  out.kind = AttributeValue::Kind::text;
  out.text = text;
  return out;
}

Result<AttributeValue> number_value(const config::Attribute& attribute, std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number) {
    return not_allowed(attribute,
                       "a decimal with at most twelve digits before the point and six behind it, "
                       "without an exponent, like 0.5");
  }
  AttributeValue out;
  out.kind = AttributeValue::Kind::number;
  out.number = *number;
  return out;
}

}  // namespace

bool matches(const Condition& condition, std::span<const AttributeValue> attributes) {
  const auto holds = [&](const Condition& part) { return matches(part, attributes); };
  const auto& parts = condition.parts;
  switch (condition.kind) {
    case Condition::Kind::all: return std::all_of(parts.begin(), parts.end(), holds);
    case Condition::Kind::any: return std::any_of(parts.begin(), parts.end(), holds);
    case Condition::Kind::none: return std::none_of(parts.begin(), parts.end(), holds);
    default: break;
  }
  return condition.attribute < attributes.size() &&
         is_satisfied(condition, attributes[condition.attribute]);
}

bool is_satisfied(const Condition& test, const AttributeValue& value) {
  switch (test.kind) {
    case Condition::Kind::is_in: return is_in(test, value);
    case Condition::Kind::prefix: return has_prefix(test, value);
    case Condition::Kind::range:
      return value.kind == AttributeValue::Kind::number && value.number >= test.least &&
             value.number <= test.most;
    case Condition::Kind::truth:
      return value.kind == AttributeValue::Kind::truth && value.truth == test.wanted;
    default: return false;
  }
}

Result<AttributeValue> attribute_value(const config::Attribute& attribute,
                                       const AttributeInput& input) {
  using Kind = AttributeInput::Kind;
  switch (attribute.type) {
    case AttributeType::text:
      if (input.kind != Kind::text) return not_allowed(attribute, "a text: write it as a string");
      return text_value(attribute, input.text);
    case AttributeType::number:
      if (input.kind != Kind::number) return not_allowed(attribute, "a number, without quotes");
      return number_value(attribute, input.text);
    case AttributeType::truth: break;
  }
  if (input.kind != Kind::truth) return not_allowed(attribute, "true or false, without quotes");
  AttributeValue out;
  out.kind = AttributeValue::Kind::truth;
  out.truth = input.text == "true";
  return out;
}

Result<std::uint32_t> attribute_index(const config::Tenant& tenant, std::string_view name) {
  const auto& attributes = tenant.attributes;
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].name == name) return static_cast<std::uint32_t>(i);
  }
  std::vector<std::string> known;
  known.reserve(attributes.size());
  for (const config::Attribute& attribute : attributes) known.push_back(attribute.name);
  return Error(Errc::unknown_field,
               "no such attribute is declared for this tenant: " + suggestion(name, known));
}

}  // namespace idswitch::routing
