#include "api/answers.hpp"
#include "api/http_api.hpp"

// /v1/routes:explain, /v1/accounts and /v1/experiments.

namespace idswitch::api {

void HttpApi::routing(const Request&, std::string_view, Reply& reply) {
  api::write_error(no_such_path(), reply);
}

}  // namespace idswitch::api
