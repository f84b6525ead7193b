#include "config/sections/api_key_section.hpp"

#include <algorithm>
#include <string_view>

namespace idswitch::config {
namespace {

constexpr std::string_view k_how = "printf %s \"$KEY\" | sha256sum";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::array<std::uint8_t, 32>> parse_sha256(std::string_view text) {
  std::array<std::uint8_t, 32> hash{};
  if (text.size() != hash.size() * 2) return {};
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int digit = hex_digit(text[i]);
    if (digit < 0) return {};
    hash[i / 2] = static_cast<std::uint8_t>(hash[i / 2] << 4 | digit);
  }
  return hash;
}

// What sha256sum prints when the key's variable was not set: anyone could log in with nothing.
bool is_hash_of_nothing(std::string_view text) {
  return text.starts_with("e3b0c44298fc1c149afbf4c8996fb924") ||
         text.starts_with("01ba4719c80b6fe911b091a7c05124b6");
}

std::string in_line(int line) {
  return "in line " + std::to_string(line);
}

}  // namespace

std::optional<std::string> ApiKeyReader::read_id(const Value& value) {
  if (value.node().kind != YamlNode::Kind::scalar || !is_name(value.node().text)) {
    value.complain("not a name: wanted 1 to 64 of a-z, 0-9, _ and -");
    return {};
  }
  const auto [first, is_new] = lines_by_id_.emplace(value.node().text, value.mark().line);
  if (is_new) return value.node().text;
  value.complain("the id of another key, " + in_line(first->second) + ": ids appear in logs");
  return {};
}

std::optional<ApiKeyReader::Sha256> ApiKeyReader::read_hash(const Value& value) {
  std::string text = value.node().text;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c | 0x20) : c; });
  const auto hash = parse_sha256(text);
  if (!hash) {
    value.complain("wanted the 64 hex digits of the key's SHA-256, not the key: " +
                   std::string(k_how));
    return {};
  }
  if (is_hash_of_nothing(text)) {
    value.complain("the SHA-256 of nothing: the key was empty when it was made");
    return {};
  }
  const auto [first, is_new] = lines_by_hash_.emplace(*hash, value.mark().line);
  if (is_new) return hash;
  value.complain("the same key as " + in_line(first->second) + ": it could not tell who calls");
  return {};
}

std::vector<ApiKey> ApiKeyReader::read(const Value& value) {
  std::vector<ApiKey> keys;
  if (value.node().kind != YamlNode::Kind::list) {
    value.complain("wanted a list of {id: NAME, sha256: HEX}, and never a key itself");
    return keys;
  }
  for (const Value& item : value.list("a list")) {
    if (item.node().kind != YamlNode::Kind::mapping) {
      item.complain("wanted {id: NAME, sha256: HEX}, and never a key itself");
      continue;
    }
    Section section(item);
    const auto id = section.require("id", "a name for the key, for logs");
    const auto hash = section.require("sha256", "the SHA-256 of the key");
    ApiKey key;
    if (id) key.id = read_id(*id).value_or("");
    if (hash) key.sha256 = read_hash(*hash).value_or(Sha256{});
    section.refuse("key",
                   "a key must not stand in this file: write its sha256, and change the key (" +
                       std::string(k_how) + ")");
    section.finish();
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace idswitch::config
