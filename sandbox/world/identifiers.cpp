#include "world/identifiers.hpp"

namespace idswitch::sandbox {

std::uint64_t Identifiers::number(std::uint64_t low, std::uint64_t high) {
  return std::uniform_int_distribution<std::uint64_t>(low, high)(random_);
}

std::string Identifiers::hex(std::size_t length) {
  std::string result(length, '0');
  for (char& c : result) c = "0123456789abcdef"[number(0, 15)];
  return result;
}

std::string Identifiers::digits(std::size_t length) {
  std::string result(length, '0');
  for (char& c : result) c = static_cast<char>('0' + number(0, 9));
  return result;
}

std::string Identifiers::uuid() {
  return hex(8) + '-' + hex(4) + "-4" + hex(3) + "-a" + hex(3) + '-' + hex(12);
}

std::string Identifiers::stamped_uuid(TimePoint now) {
  return std::to_string(unix_seconds(now)) + ',' + uuid();
}

}  // namespace idswitch::sandbox
