#include "api/list_query.hpp"

#include "api/answer.hpp"
#include "api/query.hpp"

namespace idswitch::api {

Result<store::ListQuery> list_query(std::string_view query, std::string_view tenant) {
  store::ListQuery wanted;
  wanted.tenant = tenant;
  const auto limit = limit_of(query, 50);
  if (!limit) return limit.error();
  wanted.limit = *limit;
  wanted.reference = query_value(query, "reference").value_or("");
  if (const auto before = query_value(query, "before")) {
    wanted.before = VerificationId::parse(*before);
    if (!wanted.before) {
      return Error(Errc::invalid_field,
                   "must be what `next` gave on the page before; leave it out to begin", "before");
    }
  }
  return wanted;
}

}  // namespace idswitch::api
