#include "api/answers.hpp"
#include "api/http_api.hpp"

// /v1/experiments, and what is done to experiments under /admin/.

namespace idswitch::api {

boost::asio::awaitable<void> HttpApi::experiments(std::string_view, std::string_view,
                                                  Reply& reply) {
  api::write_error(no_such_path(), reply);
  co_return;
}

boost::asio::awaitable<void> HttpApi::admin_experiment(std::string_view, std::string_view,
                                                       Reply& reply) {
  api::write_error(no_such_path(), reply);
  co_return;
}

}  // namespace idswitch::api
