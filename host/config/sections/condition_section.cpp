#include "config/sections/condition_section.hpp"

#include "config/sections/attribute_comparison.hpp"
#include "config/sections/attribute_section.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

// Deeper than anybody can follow, and still no strain on the stack.
constexpr int k_levels_max = 16;

class ConditionReader {
 public:
  explicit ConditionReader(const std::vector<Attribute>& attributes) : attributes_(attributes) {}

  Condition read(const Value& value, int level) const {
    std::vector<Condition> parts;
    if (level > k_levels_max) {
      value.complain("nested deeper than 16 levels: write several routes");
    } else if (value.node().kind != YamlNode::Kind::mapping) {
      value.complain_wanted("a mapping of conditions, like {region: cn}");
    } else if (value.node().members.empty()) {
      value.complain("an empty condition: leave it out for every request");
    } else {
      for (const auto& [key, entry] : Section(value).members()) {
        if (auto part = read_member(key, entry, level)) parts.push_back(std::move(*part));
      }
    }
    return all_of(std::move(parts), value);
  }

 private:
  std::optional<Condition> read_member(const std::string& key, const Value& value,
                                       int level) const {
    if (key == "all") return read_parts(Condition::Kind::all, value, level);
    if (key == "any") return read_parts(Condition::Kind::any, value, level);
    if (key == "not") return none_of(read(value, level + 1), value);
    const auto index = attribute_index(value, key, attributes_, {"all", "any", "not"});
    if (!index) return {};
    return read_attribute_comparison(value, attributes_[*index], *index);
  }

  Condition read_parts(Condition::Kind kind, const Value& value, int level) const {
    Condition out;
    out.kind = kind;
    out.where = value.key_position();
    for (const Value& item : items_of(value, "a list of conditions, like [{region: cn}]")) {
      out.parts.push_back(read(item, level + 1));
    }
    return out;
  }

  const std::vector<Attribute>& attributes_;
};

}  // namespace

Condition read_condition(const Value& value, const std::vector<Attribute>& attributes) {
  return ConditionReader(attributes).read(value, 1);
}

}  // namespace idswitch::config
