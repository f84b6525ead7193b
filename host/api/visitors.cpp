#include "api/handlers.hpp"
#include "api/openapi.hpp"
#include "api/return_page.hpp"

// What people's browsers, vendors and supervisors ask.

namespace idswitch::api::visitors {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_ok = "{\"status\":\"ok\"}";

std::optional<engine::PathToken> token_of(const Call& call) {
  return engine::PathToken::parse(std::string(call.parts[0]) + "/" + std::string(call.parts[1]));
}

}  // namespace

asio::awaitable<Result<Answer>> returned(const Services& services, const Call& call) {
  const auto token = token_of(call);
  if (!token) co_return return_page(Error(Errc::not_found, "no such page"));
  co_return return_page(co_await services.engine.person_returned(*token, call.request.lane));
}

asio::awaitable<Result<Answer>> vendor_called(const Services& services, const Call& call) {
  const auto token = token_of(call);
  if (!token) co_return no_such_path();
  const Result<void> taken = co_await services.engine.vendor_called(
      *token, std::string(call.request.body), std::string(call.request.header("Content-Type")),
      call.request.lane);
  if (!taken) co_return taken.error();
  co_return json_answer(std::string(k_ok));
}

Result<Answer> health(const Services&, const Call&) {
  return json_answer(std::string(k_ok));
}

Result<Answer> contract(const Services&, const Call&) {
  Answer answer = json_answer(std::string(openapi_yaml()));
  answer.content_type = "application/yaml";
  return answer;
}

}  // namespace idswitch::api::visitors
