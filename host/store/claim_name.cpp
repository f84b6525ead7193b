#include "store/claim_name.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/digest.hpp"

namespace idswitch::store {

ClaimName claim_name(const StoreKey& key, std::string_view tenant, std::string_view caller_key) {
  // A process has one store, as a rule; a thread keeps what it has computed of its key.
  thread_local std::optional<std::pair<StoreKey, HmacSha256>> known;
  if (!known || known->first != key) {
    known.emplace(key, HmacSha256({reinterpret_cast<const char*>(key.data()), key.size()}));
  }
  std::string text(tenant);
  text.push_back('\0');
  text.append(caller_key);
  const auto mac = known->second(text);
  ClaimName name;
  std::copy_n(mac.begin(), name.size(), name.begin());
  return name;
}

}  // namespace idswitch::store
