#include "api/http_api.hpp"

#include "api/admission.hpp"
#include "api/return_page.hpp"
#include "engine/traffic/problems.hpp"

// How a request comes to its handler.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

// True for "application/json", with or without parameters.
bool is_media_type(std::string_view header, std::string_view wanted) {
  const std::string_view type = header.substr(0, header.find(';'));
  const auto end = type.find_last_not_of(" \t");
  return end != std::string_view::npos && type.substr(0, end + 1) == wanted;
}

Result<void> check_body(const Admission& admission, const net::IncomingRequest& request) {
  if (request.body.size() > admission.body_bytes_max) {
    return Error(Errc::payload_too_large, "a body for this path is at most " +
                                              std::to_string(admission.body_bytes_max) +
                                              " bytes; send less");
  }
  const std::string_view type = request.header("Content-Type");
  const Body wanted = admission.route->body;
  const bool is_json =
      wanted == Body::json || (wanted == Body::json_or_nothing && !request.body.empty());
  if (is_json && !is_media_type(type, "application/json")) {
    return Error(Errc::unsupported_media_type, "send Content-Type: application/json");
  }
  if (wanted != Body::video) return {};
  if (!type.starts_with("video/")) {
    return Error(Errc::unsupported_media_type,
                 "send the recorded video itself as the body, with Content-Type: video/mp4");
  }
  if (request.body.empty()) {
    return Error(Errc::missing_field, "the body is empty; send the recorded video's bytes",
                 "/video");
  }
  return {};
}

// Whoever comes from a vendor's page with a broken address is a person with a browser.
Answer refused(const Admission& admission, std::string_view path) {
  const bool is_person = path.starts_with("/return/") && admission.allowed.empty();
  return is_person ? return_page(admission.refusal) : refusal_answer(admission);
}

asio::awaitable<Result<Answer>> ask(const Route& route, const Services& services,
                                    const Call& call) {
  if (const auto* at_once = std::get_if<AtOnce>(&route.handler)) {
    co_return (*at_once)(services, call);
  }
  co_return co_await std::get<Waiting>(route.handler)(services, call);
}

}  // namespace

void HttpApi::write_error(const Error& error, int http_status, net::OutgoingReply& reply) {
  Problem problem = engine::to_problem(error);
  problem.http_status = http_status;
  reply = problem_answer(problem);
}

std::optional<net::BodyLimit> HttpApi::admit(const net::IncomingRequest& head,
                                             net::OutgoingReply& refusal) {
  const std::shared_ptr<const engine::Setup> setup = services_.engine.setup();
  const Admission admission =
      api::admit(setup->keys, head.method, head.path, head.header("Authorization"));
  if (!admission.is_refused()) {
    return net::BodyLimit{admission.body_bytes_max, admission.caller.empty()};
  }
  refusal = refused(admission, head.path);
  return {};
}

asio::awaitable<void> HttpApi::handle(const net::IncomingRequest& request,
                                      net::OutgoingReply& reply) {
  // Held on to: names and keys live as long as the setup.
  const std::shared_ptr<const engine::Setup> setup = services_.engine.setup();
  const Admission admission =
      api::admit(setup->keys, request.method, request.path, request.header("Authorization"));
  if (admission.is_refused()) {
    reply = refused(admission, request.path);
    co_return;
  }
  if (const Result<void> body = check_body(admission, request); !body) {
    reply = error_answer(body.error());
    co_return;
  }
  const Call call{request, *setup, admission.caller, admission.parts};
  Result<Answer> answer = co_await ask(*admission.route, services_, call);
  reply = answer ? std::move(*answer) : error_answer(answer.error());
}

}  // namespace idswitch::api
