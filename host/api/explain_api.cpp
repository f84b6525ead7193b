#include "api/answers.hpp"
#include "api/http_api.hpp"

// /v1/routes:explain and /v1/accounts.

namespace idswitch::api {

void HttpApi::explain(const Request&, std::string_view, Reply& reply) {
  api::write_error(no_such_path(), reply);
}

void HttpApi::accounts(std::string_view, Reply& reply) {
  api::write_error(no_such_path(), reply);
}

}  // namespace idswitch::api
