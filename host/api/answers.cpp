#include "api/answers.hpp"

#include <algorithm>
#include <charconv>

#include "api/query.hpp"
#include "engine/traffic/problems.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

constexpr std::string_view k_problem_type = "application/problem+json";

// True for "application/json", with or without parameters.
bool is_media_type(std::string_view header, std::string_view wanted) {
  const std::string_view type = header.substr(0, header.find(';'));
  const auto end = type.find_last_not_of(" \t");
  return end != std::string_view::npos && type.substr(0, end + 1) == wanted;
}

}  // namespace

void add_retry_after(const Problem& problem, net::OutgoingReply& reply) {
  const int seconds = problem.retry_after_s > 0 ? problem.retry_after_s : 1;
  reply.headers += "Retry-After: " + std::to_string(seconds) + "\r\n";
}

void write_problem(const Problem& problem, net::OutgoingReply& reply) {
  reply.status = problem.http_status;
  reply.content_type = k_problem_type;
  reply.body.clear();
  append_problem(reply.body, problem, nullptr);
  if (problem.retryable) add_retry_after(problem, reply);
  if (problem.http_status == 401) reply.headers += "WWW-Authenticate: Bearer\r\n";
}

void write_error(const Error& error, net::OutgoingReply& reply) {
  write_problem(engine::to_problem(error), reply);
}

void write_rendered(engine::RenderedAnswer answer, net::OutgoingReply& reply) {
  reply.status = answer.http_status;
  reply.content_type = answer.http_status >= 400 ? k_problem_type : "application/json";
  reply.body = std::move(answer.body);
}

void write_wrong_method(std::string_view allowed, net::OutgoingReply& reply) {
  reply.headers += "Allow: " + std::string(allowed) + "\r\n";
  write_error(Error(Errc::method_not_allowed, "this path takes " + std::string(allowed)), reply);
}

Error no_such_path() {
  return Error(Errc::not_found, "there is no such path; GET /openapi.yaml lists them all");
}

Result<void> want_json(const net::IncomingRequest& request) {
  if (is_media_type(request.header("Content-Type"), "application/json")) return {};
  return Error(Errc::unsupported_media_type, "send Content-Type: application/json");
}

Result<std::size_t> limit_of(std::string_view query, std::size_t otherwise) {
  const std::optional<std::string> text = query_value(query, "limit");
  if (!text) return otherwise;
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < 1 || value > 1000) {
    return Error(Errc::invalid_field, "must be a number from 1 to 1000", "limit");
  }
  return value;
}

}  // namespace idswitch::api
