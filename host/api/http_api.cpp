#include "api/http_api.hpp"

#include "api/answers.hpp"
#include "api/openapi.hpp"
#include "api/request_admission.hpp"
#include "api/return_page.hpp"
#include "engine/traffic/problems.hpp"

// Which path is answered where; what people's browsers and vendors ask.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_verifications = "/v1/verifications";
constexpr std::string_view k_experiments = "/v1/experiments";
constexpr std::string_view k_experiments_below = "/v1/experiments/";

}  // namespace

void HttpApi::write_error(const Error& error, int http_status, net::OutgoingReply& reply) {
  Problem problem = engine::to_problem(error);
  problem.http_status = http_status;
  write_problem(problem, reply);
}

std::optional<net::BodyLimit> HttpApi::admit(const Request& head, Reply& refusal) {
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const Result<net::BodyLimit> limit =
      api::admit(setup->keys, head.method, head.path, head.header("Authorization"));
  if (limit) return *limit;
  api::write_error(limit.error(), refusal);
  return {};
}

asio::awaitable<void> HttpApi::handle(const Request& request, Reply& reply) {
  const std::string_view path = request.path;
  if (path.starts_with("/v1/")) {
    co_await for_platform(request, reply);
  } else if (path.starts_with("/admin/")) {
    co_await admin(request, reply);
  } else if (path.starts_with("/return/")) {
    // Some vendors send the browser back with a form.
    if (request.method == "GET" || request.method == "POST") {
      co_await person_returned(request, path.substr(8), reply);
    } else {
      write_wrong_method("GET, POST", reply);
    }
  } else if (path.starts_with("/callbacks/")) {
    if (request.method == "POST")
      co_await vendor_called(request, path.substr(11), reply);
    else
      write_wrong_method("POST", reply);
  } else if (request.method != "GET" && request.method != "HEAD") {
    write_wrong_method("GET", reply);
  } else if (path == "/healthz" || path == "/readyz") {
    reply.body = "{\"status\":\"ok\"}";
  } else if (path == "/openapi.yaml") {
    reply.content_type = "application/yaml";
    reply.body = openapi_yaml();
  } else {
    api::write_error(no_such_path(), reply);
  }
}

asio::awaitable<void> HttpApi::for_platform(const Request& request, Reply& reply) {
  // Held on to: the tenant's name lives as long as the setup.
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const Result<std::string_view> tenant = setup->keys.tenant_of(request.header("Authorization"));
  if (!tenant) {
    api::write_error(tenant.error(), reply);
    co_return;
  }
  const std::string_view path = request.path;
  if (path == k_verifications) {
    if (request.method == "POST")
      co_await start(request, *tenant, reply);
    else if (request.method == "GET")
      list(request, *tenant, reply);
    else
      write_wrong_method("GET, POST", reply);
  } else if (path.starts_with(k_verifications) && path[k_verifications.size()] == '/') {
    co_await verification(request, *tenant, path.substr(k_verifications.size() + 1), reply);
  } else if (path == "/v1/billing/charges") {
    if (request.method == "GET")
      charges(request, *tenant, reply);
    else
      write_wrong_method("GET", reply);
  } else if (path == "/v1/billing/summary") {
    if (request.method == "GET")
      co_await summary(request, *tenant, reply);
    else
      write_wrong_method("GET", reply);
  } else if (path == "/v1/billing/events") {
    if (request.method == "GET")
      co_await events(request, *tenant, reply);
    else
      write_wrong_method("GET", reply);
  } else if (path == "/v1/routes:explain") {
    if (request.method == "POST")
      explain(request, *tenant, reply);
    else
      write_wrong_method("POST", reply);
  } else if (path == "/v1/accounts") {
    if (request.method == "GET")
      accounts(*tenant, reply);
    else
      write_wrong_method("GET", reply);
  } else if (path == k_experiments || path.starts_with(k_experiments_below)) {
    if (request.method == "GET")
      co_await experiments(*tenant, path.substr(k_experiments.size()), reply);
    else
      write_wrong_method("GET", reply);
  } else {
    api::write_error(no_such_path(), reply);
  }
}

asio::awaitable<void> HttpApi::person_returned(const Request& request, std::string_view token,
                                               Reply& reply) {
  const auto parsed = engine::PathToken::parse(token);
  if (!parsed) {
    write_return_page(Error(Errc::not_found, "no such page"), reply);
    co_return;
  }
  const Result<engine::ReturnTarget> target =
      co_await engine_.person_returned(*parsed, request.lane);
  write_return_page(target, reply);
}

asio::awaitable<void> HttpApi::vendor_called(const Request& request, std::string_view token,
                                             Reply& reply) {
  const auto parsed = engine::PathToken::parse(token);
  if (!parsed) {
    api::write_error(no_such_path(), reply);
    co_return;
  }
  const Result<void> taken =
      co_await engine_.vendor_called(*parsed, std::string(request.body),
                                     std::string(request.header("Content-Type")), request.lane);
  if (!taken)
    api::write_error(taken.error(), reply);
  else
    reply.body = "{\"status\":\"ok\"}";
}

}  // namespace idswitch::api
