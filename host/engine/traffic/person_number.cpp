#include "engine/traffic/person_number.hpp"

#include <cstring>
#include <string>

#include "base/digest.hpp"
#include "billing/rule.hpp"

namespace idswitch::engine {

std::uint64_t person_number(std::string_view tenant, std::string_view person_id) {
  if (person_id.empty()) return 0;
  std::string text = "person";
  text.append(1, '\0').append(tenant).append(1, '\0').append(person_id);
  const auto digest = sha256(text);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number | 1;  // never the number of nobody
}

}  // namespace idswitch::engine
