#include <algorithm>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "api/query.hpp"
#include "api/request_json.hpp"
#include "base/digest.hpp"
#include "base/text/json_text.hpp"
#include "base/values/money.hpp"
#include "present/verification_json.hpp"

// /v1/verifications and /v1/billing/charges.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

void add_location(const std::string& id, net::OutgoingReply& reply) {
  if (reply.status == 201) reply.headers += "Location: /v1/verifications/" + id + "\r\n";
}

Result<store::ListQuery> list_query(const net::IncomingRequest& request, std::string_view tenant) {
  store::ListQuery query;
  query.tenant = tenant;
  const auto limit = limit_of(request.query, 50);
  if (!limit) return limit.error();
  query.limit = *limit;
  query.reference = query_value(request.query, "reference").value_or("");
  if (const auto before = query_value(request.query, "before")) {
    query.before = VerificationId::parse(*before);
    if (!query.before) {
      return Error(Errc::invalid_field, "must be a verification id, as `next` gave it", "before");
    }
  }
  return query;
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

}  // namespace

asio::awaitable<void> HttpApi::verification(const Request& request, std::string_view tenant,
                                            std::string_view rest, Reply& reply) {
  const auto end = rest.find_first_of(":/");
  const std::string_view id = rest.substr(0, end);
  const std::string_view action = end == std::string_view::npos ? "" : rest.substr(end);
  if (action.empty()) {
    if (request.method == "GET")
      co_await get(request, tenant, id, reply);
    else
      write_wrong_method("GET", reply);
    co_return;
  }
  if (action != ":refresh" && action != ":cancel" && action != "/video") {
    api::write_error(no_such_path(), reply);
  } else if (request.method != "POST") {
    write_wrong_method("POST", reply);
  } else if (action == ":refresh") {
    co_await refresh(request, tenant, id, reply);
  } else if (action == ":cancel") {
    co_await cancel(tenant, id, reply);
  } else {
    co_await video(request, tenant, id, reply);
  }
}

Result<engine::Idempotency> HttpApi::idempotency(const Request& request,
                                                 std::string_view tenant) const {
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
  whole.reserve(tenant.size() + request.path.size() + request.body.size() + 2);
  whole.append(tenant).append(1, '\n').append(request.path).append(1, '\n').append(request.body);
  // Keyed with the API key, which is nowhere stored: a plain digest of a body with a name and an ID
  // number could be found by trying them all.
  use.request_digest = hmac_sha256(request.header("Authorization"), whole);
  return use;
}

void HttpApi::answer(const Result<engine::Reply>& result,
                     engine::RenderedAnswer (*render)(const Verification&), Reply& reply) const {
  if (!result) {
    api::write_error(result.error(), reply);
  } else if (const auto* stored = std::get_if<engine::RenderedAnswer>(&*result)) {
    write_rendered(*stored, reply);
    reply.headers += "Idempotent-Replayed: true\r\n";
    add_location(stored->verification_id, reply);
  } else {
    const auto& verification = std::get<Verification>(*result);
    write_rendered(render(verification), reply);
    add_location(verification.id, reply);
    if (reply.status >= 400 && verification.failure.retryable)
      add_retry_after(verification.failure, reply);
  }
}

asio::awaitable<void> HttpApi::start(const Request& request, std::string_view tenant,
                                     Reply& reply) {
  if (const auto json = want_json(request); !json) {
    api::write_error(json.error(), reply);
    co_return;
  }
  Result<StartRequest> parsed = parse_start(request.body);
  if (!parsed) {
    api::write_error(parsed.error(), reply);
    co_return;
  }
  Result<engine::Idempotency> use = idempotency(request, tenant);
  if (!use) {
    api::write_error(use.error(), reply);
    co_return;
  }
  use->render = render_started;
  parsed->tenant = tenant;
  const Result<engine::Reply> result =
      co_await engine_.start(std::move(*parsed), std::move(*use), request.lane);
  answer(result, render_started, reply);
}

void HttpApi::list(const Request& request, std::string_view tenant, Reply& reply) {
  const auto query = list_query(request, tenant);
  const auto found =
      query ? engine_.list(*query) : Result<std::vector<Verification>>(query.error());
  if (!found) return api::write_error(found.error(), reply);
  json_text::Object object(reply.body);
  std::string& items = object.member("verifications");
  items += '[';
  for (const Verification& verification : *found) {
    if (items.back() != '[') items += ',';
    append_verification(items, verification);
  }
  items += ']';
  if (found->size() == query->limit) object.text("next", found->back().id);
}

void HttpApi::charges(const Request& request, std::string_view tenant, Reply& reply) {
  const auto query = list_query(request, tenant);
  const auto found =
      query ? engine_.list(*query) : Result<std::vector<Verification>>(query.error());
  if (!found) return api::write_error(found.error(), reply);
  json_text::Object object(reply.body);
  std::string& items = object.member("charges");
  items += '[';
  for (const Verification& verification : *found) {
    for (const Charge& charge : verification.charges) {
      if (items.back() != '[') items += ',';
      json_text::Object item(items);
      item.text("verification", verification.id)
          .text("account", charge.account)
          .text("sku", charge.sku)
          .text("key", charge.event)
          .number("call", charge.call)
          .text("state", word(charge.state))
          .text("amount", Money{charge.amount_micros}.text())
          .text("currency", charge.currency)
          .text_if("vendor_reference", charge.vendor_reference)
          .text("opened_at", timestamp(verification.created_unix_ms));
      if (charge.disputed) item.boolean("disputed", true);
    }
  }
  items += ']';
  if (found->size() == query->limit) object.text("next", found->back().id);
}

asio::awaitable<void> HttpApi::get(const Request& request, std::string_view tenant,
                                   std::string_view id, Reply& reply) {
  ResultRequest wanted;
  wanted.tenant = tenant;
  wanted.id = id;
  if (const auto read = read_include(request.query, wanted.want_images, wanted.want_document);
      !read) {
    api::write_error(read.error(), reply);
    co_return;
  }
  const Result<Verification> found = co_await engine_.result(std::move(wanted), request.lane);
  if (!found)
    api::write_error(found.error(), reply);
  else
    write_rendered(render_found(*found), reply);
}

asio::awaitable<void> HttpApi::refresh(const Request& request, std::string_view tenant,
                                       std::string_view id, Reply& reply) {
  if (!request.body.empty()) {
    if (const auto json = want_json(request); !json) {
      api::write_error(json.error(), reply);
      co_return;
    }
  }
  Result<ResultRequest> wanted = parse_refresh(request.body);
  Result<void> read = wanted
                          ? read_include(request.query, wanted->want_images, wanted->want_document)
                          : Result<void>(wanted.error());
  if (!read) {
    api::write_error(read.error(), reply);
    co_return;
  }
  wanted->tenant = tenant;
  wanted->id = id;
  const Result<Verification> found = co_await engine_.result(std::move(*wanted), request.lane);
  if (!found)
    api::write_error(found.error(), reply);
  else
    write_rendered(render_found(*found), reply);
}

asio::awaitable<void> HttpApi::cancel(std::string_view tenant, std::string_view id, Reply& reply) {
  const Result<Verification> found = co_await engine_.cancel(std::string(tenant), std::string(id));
  if (!found)
    api::write_error(found.error(), reply);
  else
    write_rendered(render_found(*found), reply);
}

asio::awaitable<void> HttpApi::video(const Request& request, std::string_view tenant,
                                     std::string_view id, Reply& reply) {
  SubmitRequest submit;
  submit.tenant = tenant;
  submit.id = id;
  submit.media_type = request.header("Content-Type");
  bool document = false;
  Result<void> read = read_include(request.query, submit.want_images, document);
  if (read && !submit.media_type.starts_with("video/")) {
    read = Error(Errc::unsupported_media_type,
                 "send the recorded video itself as the body, with Content-Type: video/mp4");
  }
  if (read && request.body.empty()) {
    read =
        Error(Errc::missing_field, "the body is empty; send the recorded video's bytes", "/video");
  }
  Result<engine::Idempotency> use = idempotency(request, tenant);
  if (read && !use) read = use.error();
  if (!read) {
    api::write_error(read.error(), reply);
    co_return;
  }
  use->render = render_found;
  submit.video = request.body;
  submit.idempotency_key = use->key;
  const Result<engine::Reply> result =
      co_await engine_.submit(std::move(submit), std::move(*use), request.lane);
  answer(result, render_found, reply);
}

}  // namespace idswitch::api
