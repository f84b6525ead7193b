#pragma once

// Value: one value of the file with its key's path, read as the type that is wanted. A value of
// another type is complained about (what was found, what was wanted) and gives nothing. Refers to
// the tree and the Reading; both must outlive it. [startup]

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/values/money.hpp"
#include "config/rules.hpp"
#include "config/yaml/reading.hpp"

namespace idswitch::config {

class Value {
 public:
  Value(Reading& reading, std::string path, Mark key_mark, const YamlNode& node)
      : reading_(&reading), node_(&node), path_(std::move(path)), key_mark_(key_mark) {}

  Reading& reading() const { return *reading_; }

  const YamlNode& node() const { return *node_; }

  const std::string& path() const { return path_; }

  // Of the key, or of an item of a list.
  Position key_position() const { return reading_->position(key_mark_); }

  Mark key_mark() const { return key_mark_; }

  // Where a complaint about the value points: the value, or its key when it has none.
  Mark mark() const;

  void complain(std::string text) const { reading_->complain(mark(), path_, std::move(text)); }

  // Complains with what was found; wanted is a noun phrase, "a whole number".
  void complain_wanted(std::string_view wanted) const;

  // A text that is not empty; the numbers and truth values of YAML are none.
  std::optional<std::string> text(std::string_view wanted) const;
  // Any scalar as it stands, also 2026 or 0.30, for ids, labels and amounts.
  std::optional<std::string> word(std::string_view wanted) const;
  std::optional<bool> boolean() const;
  std::optional<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  std::optional<std::chrono::milliseconds> duration(std::chrono::milliseconds least,
                                                    std::chrono::milliseconds most) const;
  std::optional<std::uint64_t> bytes(std::uint64_t least, std::uint64_t most) const;
  // An amount that is not negative.
  std::optional<Money> price() const;
  std::optional<std::string> currency() const;
  // A decimal, in millionths.
  std::optional<std::int64_t> decimal() const;
  // 0.8, "0.8" or 80%, in millionths of all.
  std::optional<std::uint32_t> share(std::uint32_t least_ppm = 0,
                                     std::uint32_t most_ppm = k_all_ppm) const;
  // 1 to 64 letters a-z, digits, '_' and '-'.
  std::optional<std::string> name() const;

  // The items that have a value; none when it is no list.
  std::vector<Value> list(std::string_view wanted) const;

 private:
  Reading* reading_;
  const YamlNode* node_;
  std::string path_;
  Mark key_mark_;
};

}  // namespace idswitch::config
