#include "api/answer.hpp"

#include <charconv>

#include "api/query.hpp"
#include "engine/traffic/problems.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

constexpr std::string_view k_problem_type = "application/problem+json";

}  // namespace

Answer json_answer(std::string body, int status) {
  Answer answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

Answer problem_answer(const Problem& problem) {
  Answer answer;
  answer.status = problem.http_status;
  answer.content_type = k_problem_type;
  append_problem(answer.body, problem, nullptr);
  if (problem.retryable) add_retry_after(problem, answer);
  if (problem.http_status == 401) answer.headers += "WWW-Authenticate: Bearer\r\n";
  return answer;
}

Answer error_answer(const Error& error) {
  return problem_answer(engine::to_problem(error));
}

Answer rendered_answer(engine::RenderedAnswer rendered) {
  Answer answer = json_answer(std::move(rendered.body), rendered.http_status);
  if (answer.status >= 400) answer.content_type = k_problem_type;
  return answer;
}

void add_retry_after(const Problem& problem, Answer& answer) {
  const int seconds = problem.retry_after_s > 0 ? problem.retry_after_s : 1;
  answer.headers += "Retry-After: " + std::to_string(seconds) + "\r\n";
}

Error no_such_path() {
  return Error(Errc::not_found, "there is no such path; GET /openapi.yaml lists them all");
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
