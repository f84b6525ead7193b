#include <algorithm>

#include "api/handlers.hpp"
#include "api/list_query.hpp"
#include "api/query.hpp"
#include "api/request_json.hpp"
#include "base/digest.hpp"
#include "base/text/json_text.hpp"
#include "present/verification_json.hpp"

// /v1/verifications.

namespace idswitch::api::verifications {

namespace asio = boost::asio;

namespace {

void add_location(const std::string& id, Answer& answer) {
  if (answer.status == 201) answer.headers += "Location: /v1/verifications/" + id + "\r\n";
}

// include=images,document
Result<void> read_include(std::string_view query, bool& images, bool& document) {
  std::string text = query_value(query, "include").value_or("");
  while (!text.empty()) {
    const std::string word = text.substr(0, text.find(','));
    text.erase(0, word.size() + 1);
    if (word == "images")
      images = true;
    else if (word == "document")
      document = true;
    else
      return Error(Errc::invalid_field, "knows images and document, separated by commas",
                   "include");
  }
  return {};
}

Result<engine::Idempotency> idempotency(const Call& call) {
  const net::IncomingRequest& request = call.request;
  engine::Idempotency use;
  use.key = request.header("Idempotency-Key");
  if (use.key.empty()) return use;
  const bool printable =
      std::all_of(use.key.begin(), use.key.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (use.key.size() > 255 || !printable) {
    return Error(Errc::invalid_field, "must be 1 to 255 printable ASCII characters without spaces",
                 "Idempotency-Key");
  }
  std::string whole;
  whole.reserve(call.caller.size() + request.path.size() + request.body.size() + 2);
  whole.append(call.caller).append(1, '\n').append(request.path).append(1, '\n');
  whole.append(request.body);
  // Keyed with the API key, which is nowhere stored: a plain digest of a body with a name and an ID
  // number could be found by trying them all.
  use.request_digest = hmac_sha256(request.header("Authorization"), whole);
  return use;
}

Result<Answer> answer_of(Result<engine::Reply> result,
                         engine::RenderedAnswer (*render)(const Verification&)) {
  if (!result) return result.error();
  if (result->verification == nullptr) {
    const std::string id = result->kept->verification_id;
    Answer answer = rendered_answer(std::move(*result->kept));
    answer.headers += "Idempotent-Replayed: true\r\n";
    add_location(id, answer);
    return answer;
  }
  const Verification& verification = *result->verification;
  Answer answer = rendered_answer(result->kept ? std::move(*result->kept) : render(verification));
  add_location(verification.id, answer);
  if (answer.status >= 400 && verification.failure.retryable)
    add_retry_after(verification.failure, answer);
  return answer;
}

Result<Answer> found_answer(const Result<Verification>& found) {
  if (!found) return found.error();
  return rendered_answer(render_found(*found));
}

}  // namespace

asio::awaitable<Result<Answer>> start(const Services& services, const Call& call) {
  Result<StartRequest> parsed = parse_start(call.request.body);
  if (!parsed) co_return parsed.error();
  Result<engine::Idempotency> use = idempotency(call);
  if (!use) co_return use.error();
  use->render = render_started;
  parsed->tenant = call.caller;
  co_return answer_of(
      co_await services.engine.start(std::move(*parsed), std::move(*use), call.request.lane),
      render_started);
}

Result<Answer> list(const Services& services, const Call& call) {
  const auto query = list_query(call.request.query, call.caller);
  if (!query) return query.error();
  const auto found = services.engine.list(*query);
  if (!found) return found.error();
  std::string out;
  json_text::Object page(out);
  page.list("verifications", *found, append_verification);
  if (found->size() == query->limit) page.text("next", found->back().id);
  page.close();
  return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> get(const Services& services, const Call& call) {
  ResultRequest wanted;
  wanted.tenant = call.caller;
  wanted.id = call.parts[0];
  const Result<void> read =
      read_include(call.request.query, wanted.want_images, wanted.want_document);
  if (!read) co_return read.error();
  co_return found_answer(co_await services.engine.result(std::move(wanted), call.request.lane));
}

asio::awaitable<Result<Answer>> refresh(const Services& services, const Call& call) {
  Result<ResultRequest> wanted = parse_refresh(call.request.body);
  if (!wanted) co_return wanted.error();
  const Result<void> read =
      read_include(call.request.query, wanted->want_images, wanted->want_document);
  if (!read) co_return read.error();
  wanted->tenant = call.caller;
  wanted->id = call.parts[0];
  co_return found_answer(co_await services.engine.result(std::move(*wanted), call.request.lane));
}

asio::awaitable<Result<Answer>> cancel(const Services& services, const Call& call) {
  co_return found_answer(
      co_await services.engine.cancel(std::string(call.caller), std::string(call.parts[0])));
}

asio::awaitable<Result<Answer>> video(const Services& services, const Call& call) {
  SubmitRequest submit;
  bool document = false;
  const Result<void> read = read_include(call.request.query, submit.want_images, document);
  if (!read) co_return read.error();
  Result<engine::Idempotency> use = idempotency(call);
  if (!use) co_return use.error();
  use->render = render_found;
  submit.tenant = call.caller;
  submit.id = call.parts[0];
  submit.media_type = call.request.header("Content-Type");
  submit.video = call.request.body;
  submit.idempotency_key = use->key;
  co_return answer_of(
      co_await services.engine.submit(std::move(submit), std::move(*use), call.request.lane),
      render_found);
}

}  // namespace idswitch::api::verifications
