#include "config/sections/attribute_comparison.hpp"

#include <algorithm>

#include "base/values/decimal.hpp"
#include "config/attribute_text.hpp"
#include "config/sections/attribute_section.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

constexpr int k_levels_max = 4;  // of `not` in `not`

class AttributeComparison {
 public:
  AttributeComparison(const Attribute& attribute, std::uint32_t index)
      : attribute_(attribute), index_(index) {}

  std::optional<Condition> read(const Value& value, int level = 0) const {
    switch (value.node().kind) {
      case YamlNode::Kind::nothing: break;
      case YamlNode::Kind::scalar: return equal(value);
      case YamlNode::Kind::list: return is_in(value);
      case YamlNode::Kind::mapping: return comparison(value, level);
    }
    return {};
  }

 private:
  Condition make(Condition::Kind kind, const Value& value) const {
    Condition out;
    out.kind = kind;
    out.attribute = index_;
    out.where = value.key_position();
    return out;
  }

  std::optional<Condition> equal(const Value& value) const {
    if (attribute_.type == AttributeType::truth) {
      const auto wanted = value.boolean();
      if (!wanted) return {};
      Condition out = make(Condition::Kind::truth, value);
      out.wanted = *wanted;
      return out;
    }
    Condition out = make(Condition::Kind::is_in, value);
    if (!add_value(value, out)) return {};
    return out;
  }

  std::optional<Condition> is_in(const Value& value) const {
    if (attribute_.type == AttributeType::truth) {
      value.complain_wanted("true or false");
      return {};
    }
    Condition out = make(Condition::Kind::is_in, value);
    for (const Value& item : items_of(value, "a list of values")) add_value(item, out);
    if (out.texts.empty() && out.numbers.empty()) return {};
    return out;
  }

  bool add_value(const Value& value, Condition& out) const {
    if (attribute_.type == AttributeType::text) {
      const auto text = read_text(value);
      if (!text || !is_first(value, out.texts, *text)) return false;
      const auto& allowed = attribute_.values;
      if (!allowed.empty() && !is_known(value, *text, "value of " + attribute_.name, allowed)) {
        return false;
      }
      out.texts.push_back(*text);
      return true;
    }
    const auto number = read_number(value);
    if (!number) return false;
    if (std::find(out.numbers.begin(), out.numbers.end(), *number) != out.numbers.end()) {
      value.complain(quoted(value.node().text) + " stands in the list already");
      return false;
    }
    out.numbers.push_back(*number);
    return true;
  }

  std::optional<std::string> read_text(const Value& value) const {
    auto text = value.text("a text, since " + attribute_.name + " is one; put it in quotes");
    if (!text) return {};
    const std::string fault = attribute_text_fault(*text);
    if (fault.empty()) return text;
    value.complain(fault + ": no request can say that");
    return {};
  }

  std::optional<std::int64_t> read_number(const Value& value) const {
    const auto number = value.node().kind == YamlNode::Kind::scalar
                            ? parse_decimal(value.node().text)
                            : std::optional<std::int64_t>();
    if (!number) {
      value.complain_wanted("a number with at most six decimals, since " + attribute_.name +
                            " is one");
    }
    return number;
  }

  std::optional<Condition> comparison(const Value& value, int level) const {
    Section section(value);
    std::vector<Condition> parts;
    const auto add = [&](std::optional<Condition> part) {
      if (part) parts.push_back(std::move(*part));
    };
    if (level >= k_levels_max) {
      value.complain("nested deeper than 4 levels");
      return {};
    }
    if (value.node().members.empty()) {
      value.complain("an empty condition: wanted a value, or a mapping like {not: VALUE}");
    }
    if (attribute_.type != AttributeType::truth) {
      if (const auto list = section.find("in")) add(is_in(*list));
    } else {
      section.refuse("in", only_for("texts and numbers"));
    }
    if (attribute_.type == AttributeType::text) {
      if (const auto start = section.find("prefix")) add(prefix(*start));
    } else {
      section.refuse("prefix", only_for("texts"));
    }
    add(range(section));
    if (const auto inner = section.find("not")) {
      if (auto part = read(*inner, level + 1)) add(none_of(std::move(*part), *inner));
    }
    section.finish();
    if (parts.empty()) return {};
    return all_of(std::move(parts), value);
  }

  std::string only_for(const char* what) const {
    return "only for " + std::string(what) + ", and " + attribute_.name + " is " +
           std::string(in_words(attribute_.type));
  }

  std::optional<Condition> prefix(const Value& value) const {
    Condition out = make(Condition::Kind::prefix, value);
    const auto add = [&](const Value& item) {
      const auto text = read_text(item);
      if (!text || !is_first(item, out.texts, *text)) return;
      const auto& allowed = attribute_.values;
      const bool is_possible =
          allowed.empty() || std::any_of(allowed.begin(), allowed.end(),
                                         [&](const auto& one) { return one.starts_with(*text); });
      if (!is_possible) item.complain("no value of " + attribute_.name + " begins like this");
      out.texts.push_back(*text);
    };
    if (value.node().kind == YamlNode::Kind::list) {
      for (const Value& item : items_of(value, "a list of beginnings")) add(item);
    } else {
      add(value);
    }
    if (out.texts.empty()) return {};
    return out;
  }

  std::optional<Condition> range(Section& section) const {
    if (attribute_.type != AttributeType::number) {
      for (const char* key : {"at_least", "at_most", "above", "below"}) {
        section.refuse(key, only_for("numbers"));
      }
      return {};
    }
    Condition out = make(Condition::Kind::range, section.value());
    const auto at_least = section.find("at_least");
    const auto above = section.find("above");
    const auto at_most = section.find("at_most");
    const auto below = section.find("below");
    if (at_least && above) above->complain("at_least and above both: give one of them");
    if (at_most && below) below->complain("at_most and below both: give one of them");
    if (!at_least && !above && !at_most && !below) return {};
    const std::int64_t no_least = out.least;
    const std::int64_t no_most = out.most;
    if (at_least) out.least = read_number(*at_least).value_or(no_least);
    if (at_most) out.most = read_number(*at_most).value_or(no_most);
    if (above) {
      const auto number = read_number(*above);
      if (number) out.least = *number + 1;
    }
    if (below) {
      const auto number = read_number(*below);
      if (number) out.most = *number - 1;
    }
    if (out.least > out.most) section.value().complain("an empty range: no number lies in it");
    return out;
  }

  const Attribute& attribute_;
  std::uint32_t index_;
};

}  // namespace

std::optional<Condition> read_attribute_comparison(const Value& value, const Attribute& attribute,
                                                   std::uint32_t index) {
  return AttributeComparison(attribute, index).read(value);
}

Condition all_of(std::vector<Condition> parts, const Value& value) {
  if (parts.size() == 1) return std::move(parts.front());
  Condition out;
  out.kind = Condition::Kind::all;
  out.parts = std::move(parts);
  out.where = value.key_position();
  return out;
}

Condition none_of(Condition part, const Value& value) {
  Condition out;
  out.kind = Condition::Kind::none;
  out.parts.push_back(std::move(part));
  out.where = value.key_position();
  return out;
}

}  // namespace idswitch::config
