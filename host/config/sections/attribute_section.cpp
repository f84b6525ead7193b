#include "config/sections/attribute_section.hpp"

#include <algorithm>

#include "base/text/nearest_word.hpp"
#include "config/attribute_text.hpp"
#include "config/yaml/choice.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

constexpr std::size_t k_segments_max = 3;

std::optional<AttributeType> attribute_type(const Value& value) {
  return choice<AttributeType>(value, {{"text", AttributeType::text},
                                       {"number", AttributeType::number},
                                       {"truth", AttributeType::truth}});
}

std::vector<std::string> read_values(const Value& value) {
  std::vector<std::string> values;
  for (const Value& item : items_of(value, "a list of the texts that are allowed")) {
    const auto text = item.text("a text; put it in quotes");
    if (!text) continue;
    if (const std::string fault = attribute_text_fault(*text); !fault.empty()) {
      item.complain(fault + ": no request can say that");
    } else if (is_first(item, values, *text)) {
      values.push_back(*text);
    }
  }
  return values;
}

Attribute read_attribute(const std::string& name, const Value& value) {
  Attribute out;
  out.name = name;
  out.where = value.key_position();
  if (value.node().kind != YamlNode::Kind::mapping) {
    out.type = attribute_type(value).value_or(AttributeType::text);
    return out;
  }
  Section section(value);
  const auto type = section.find("type");
  const auto values = section.find("values");
  if (type) out.type = attribute_type(*type).value_or(AttributeType::text);
  if (values) out.values = read_values(*values);
  if (values && out.type != AttributeType::text) {
    values->complain("only a text has values to choose from");
  }
  section.finish();
  if (!type && !values) value.complain("of which type? wanted text, number or truth");
  return out;
}

}  // namespace

std::string_view in_words(AttributeType type) {
  switch (type) {
    case AttributeType::text: return "a text";
    case AttributeType::number: return "a number";
    case AttributeType::truth: return "a truth value";
  }
  return "";
}

const std::vector<Attribute>& built_in_attributes() {
  static const std::vector<Attribute> attributes = {
      {"channel", AttributeType::text, {}, {}},
      {"region", AttributeType::text, {}, {}},
      {"risk", AttributeType::number, {}, {}},
      {"amount", AttributeType::number, {}, {}},
      {"account_age_days", AttributeType::number, {}, {}},
  };
  return attributes;
}

void read_attributes(const Value& value, std::vector<Attribute>& attributes) {
  for (const auto& [name, entry] : Section(value).entries()) {
    if (name == "all" || name == "any" || name == "not" || name == "none") {
      entry.reading().complain(entry.key_mark(), entry.path(),
                               "conditions use this word: choose another name");
      continue;
    }
    Attribute attribute = read_attribute(name, entry);
    const auto built_in =
        std::find_if(attributes.begin(), attributes.end(),
                     [&](const Attribute& known) { return known.name == attribute.name; });
    if (built_in == attributes.end()) {
      attributes.push_back(std::move(attribute));
    } else if (built_in->type == AttributeType::text && attribute.type == AttributeType::text &&
               entry.node().kind == YamlNode::Kind::mapping) {
      *built_in = std::move(attribute);
    } else {
      entry.complain("every tenant has it, as " + std::string(in_words(built_in->type)) +
                     (built_in->type == AttributeType::text
                          ? ": only its values can be declared, {values: [...]}"
                          : ": remove this"));
    }
  }
}

std::optional<std::uint32_t> attribute_index(const Value& value, std::string_view name,
                                             const std::vector<Attribute>& attributes,
                                             std::vector<std::string> also) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (attributes[i].name == name) return static_cast<std::uint32_t>(i);
    also.push_back(attributes[i].name);
  }
  value.reading().complain(
      value.key_mark(), value.path(),
      quoted(name) + " is no attribute of this tenant: " + suggestion(name, also));
  return {};
}

std::vector<std::uint32_t> read_segment_by(const Value& value,
                                           const std::vector<Attribute>& attributes) {
  std::vector<std::uint32_t> indices;
  std::vector<std::string> names;
  for (const Value& item : value.list("a list of text attributes")) {
    const auto name = item.word("the name of a text attribute");
    if (!name) continue;
    const auto index = attribute_index(item, *name, attributes);
    if (!index || !is_first(item, names, *name)) continue;
    names.push_back(*name);
    indices.push_back(*index);
    if (attributes[*index].type != AttributeType::text) {
      item.complain(quoted(*name) + " is " + std::string(in_words(attributes[*index].type)) +
                    ": only texts split statistics");
    }
  }
  if (indices.size() > k_segments_max) {
    value.complain("at most 3 attributes: each multiplies the segments, and thins what is known");
  }
  return indices;
}

}  // namespace idswitch::config
