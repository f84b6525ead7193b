#include "config/yaml/value.hpp"

#include <charconv>

#include "base/values/byte_size.hpp"
#include "base/values/decimal.hpp"
#include "base/values/duration.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

Mark Value::mark() const {
  // yaml-cpp places a value that is not there at the next token, which may be lines away.
  return node_->kind == YamlNode::Kind::nothing ? key_mark_ : node_->where;
}

void Value::complain_wanted(std::string_view wanted) const {
  complain("found " + in_words(*node_) + ", wanted " + std::string(wanted));
}

std::optional<std::string> Value::text(std::string_view wanted) const {
  if (is_text(*node_) && !node_->text.empty()) return node_->text;
  complain_wanted(wanted);
  return {};
}

std::optional<std::string> Value::word(std::string_view wanted) const {
  if (node_->kind == YamlNode::Kind::scalar && !node_->text.empty()) return node_->text;
  complain_wanted(wanted);
  return {};
}

std::optional<bool> Value::boolean() const {
  if (is_true(*node_)) return true;
  if (is_false(*node_)) return false;
  complain_wanted("true or false");
  return {};
}

std::optional<std::int64_t> Value::integer(std::int64_t least, std::int64_t most) const {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  if (!is_integer(*node_)) {
    complain_wanted("a whole number, " + range);
    return {};
  }
  const std::string& text = node_->text;
  std::int64_t number = 0;
  const auto error = std::from_chars(text.data(), text.data() + text.size(), number).ec;
  if (error == std::errc() && number >= least && number <= most) return number;
  complain(text + " is out of range: wanted " + range);
  return {};
}

std::optional<std::chrono::milliseconds> Value::duration(std::chrono::milliseconds least,
                                                         std::chrono::milliseconds most) const {
  const auto read = node_->kind == YamlNode::Kind::scalar
                        ? parse_duration(node_->text)
                        : std::optional<std::chrono::milliseconds>();
  if (!read) {
    complain_wanted("a duration with its unit, like \"10s\", \"500ms\" or \"2m\"");
    return {};
  }
  if (*read >= least && *read <= most) return read;
  complain(node_->text + " is out of range: wanted " + duration_text(least) + " to " +
           duration_text(most));
  return {};
}

std::optional<std::uint64_t> Value::bytes(std::uint64_t least, std::uint64_t most) const {
  const auto read = node_->kind == YamlNode::Kind::scalar ? parse_byte_size(node_->text)
                                                          : std::optional<std::uint64_t>();
  if (!read) {
    complain_wanted("a size with its unit, like \"512KiB\" or \"24MiB\"");
    return {};
  }
  if (*read >= least && *read <= most) return read;
  complain(node_->text + " is out of range: wanted " + byte_size_text(least) + " to " +
           byte_size_text(most));
  return {};
}

std::optional<Money> Value::price() const {
  const auto wanted = "an amount with at most six decimals, like \"0.30\"";
  const auto read = node_->kind == YamlNode::Kind::scalar
                        ? Money::parse(node_->text)
                        : Result<Money>(Error(Errc::invalid_field));
  if (!read) {
    complain_wanted(wanted);
    return {};
  }
  if (read->micros >= 0) return *read;
  complain(node_->text + " is negative: a price is 0 or more");
  return {};
}

std::optional<std::string> Value::currency() const {
  constexpr std::string_view k_wanted = "a currency in three capital letters, like CNY";
  auto read = word(k_wanted);
  if (!read || is_currency(*read)) return read;
  complain_wanted(k_wanted);
  return {};
}

std::optional<std::int64_t> Value::decimal() const {
  const auto read = node_->kind == YamlNode::Kind::scalar ? parse_decimal(node_->text)
                                                          : std::optional<std::int64_t>();
  if (!read) complain_wanted("a number with at most six decimals, like 0.5");
  return read;
}

std::optional<std::uint32_t> Value::share(std::uint32_t least_ppm, std::uint32_t most_ppm) const {
  const std::string range = decimal_text(least_ppm) + " to " + decimal_text(most_ppm);
  const auto read = node_->kind == YamlNode::Kind::scalar ? parse_share(node_->text)
                                                          : std::optional<std::uint32_t>();
  if (!read) {
    complain_wanted("a share of " + range + " with at most six decimals, like 0.8 or 80%");
    return {};
  }
  if (*read >= least_ppm && *read <= most_ppm) return read;
  complain(node_->text + " is out of range: wanted " + range);
  return {};
}

std::optional<std::string> Value::name() const {
  if (node_->kind == YamlNode::Kind::scalar && is_name(node_->text)) return node_->text;
  complain_wanted("a name: 1 to 64 of a-z, 0-9, _ and -");
  return {};
}

std::vector<Value> Value::list(std::string_view wanted) const {
  if (node_->kind != YamlNode::Kind::list) {
    complain_wanted(wanted);
    return {};
  }
  std::vector<Value> items;
  for (const YamlNode& item : node_->items) {
    const Value value(*reading_, path_ + "[" + std::to_string(items.size()) + "]", item.where,
                      item);
    if (item.kind == YamlNode::Kind::nothing) {
      // The position of nothing is that of whatever follows; that of the list is at least near.
      reading_->complain(node_->where, value.path(), "an item without a value: remove it");
    }
    items.push_back(value);
  }
  std::erase_if(items, [](const Value& v) { return v.node().kind == YamlNode::Kind::nothing; });
  return items;
}

}  // namespace idswitch::config
