#pragma once

// Request: what an adapter wants sent; Reply: what came back. One thread at a time.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "idswitch/sdk/body.hpp"

namespace idswitch::sdk {

class Request {
 public:
  // step: a short stable name for logs, "init". path: "/v1/init", percent-encoded where needed.
  static Request get(std::string_view step, std::string_view path) {
    return Request(IDSW_GET, step, path);
  }

  static Request post(std::string_view step, std::string_view path) {
    return Request(IDSW_POST, step, path);
  }

  // Adds the form's fields as the query of the target.
  Request& query(const Form& form) {
    if (!form.rope().empty()) target_.add("?").append(form.rope());
    return *this;
  }

  Request& header(std::string_view name, Rope value) {
    headers_.emplace_back(name, std::move(value));
    return *this;
  }

  // Body and Content-Type.
  Request& body(const Form& form) { return body(form.rope(), form.media_type()); }
  Request& body(const Multipart& parts) { return body(parts.rope(), parts.media_type()); }
  Request& body(const JsonBody& json) { return body(json.rope(), json.media_type()); }

  Request& body(Rope rope, std::string_view media_type) {
    body_ = std::move(rope);
    return header("Content-Type", Rope(media_type));
  }

  // Exactly one of these three says what the request may cost; without one it counts as billed on
  // acceptance and is refused for want of a SKU.
  Request& never_billed() {
    billable_ = IDSW_BILLABLE_NEVER;
    return *this;
  }

  // dedupe_key names the charge within this verification: same event, same key.
  Request& billed_on_accept(std::string_view sku, std::string_view dedupe_key) {
    return billed(IDSW_BILLABLE_ON_ACCEPT, sku, dedupe_key);
  }

  Request& billed_on_result(std::string_view sku, std::string_view dedupe_key) {
    return billed(IDSW_BILLABLE_ON_RESULT, sku, dedupe_key);
  }

  // It changes and costs nothing: the host may send it again.
  Request& safe_to_resend() {
    replay_ = IDSW_REPLAY_SAFE;
    return *this;
  }

  std::uint32_t billable() const { return billable_; }
  const std::string& sku() const { return sku_; }
  const std::string& dedupe_key() const { return dedupe_key_; }

  // Called by the exchange. Valid while this request lives.
  idsw_status give_to(const idsw_sink& sink) const {
    std::vector<idsw_header> headers;
    headers.reserve(headers_.size());
    for (const auto& [name, value] : headers_) headers.push_back({to_abi(name), value.view()});
    idsw_request request{};
    request.struct_size = sizeof request;
    request.method = method_;
    request.replay = replay_;
    request.billable = billable_;
    request.target = target_.view();
    request.headers = headers.data();
    request.header_count = headers.size();
    request.body = body_.view();
    request.step = to_abi(step_);
    request.sku = to_abi(sku_);
    request.dedupe_key = to_abi(dedupe_key_);
    return sink.send(sink.ctx, &request);
  }

 private:
  Request(std::uint32_t method, std::string_view step, std::string_view path)
      : method_(method), step_(step), target_(path) {}

  Request& billed(std::uint32_t billable, std::string_view sku, std::string_view dedupe_key) {
    billable_ = billable;
    sku_ = sku;
    dedupe_key_ = dedupe_key;
    return *this;
  }

  std::uint32_t method_;
  std::uint32_t billable_ = IDSW_BILLABLE_UNSTATED;
  std::uint32_t replay_ = IDSW_REPLAY_UNSAFE;
  std::string step_, sku_, dedupe_key_;
  Rope target_, body_;
  std::vector<std::pair<std::string, Rope>> headers_;
};

// An HTTP message that arrived: a reply, or what a vendor posted to us. A view: valid until the next
// co_await, and to the end of the operation for a callback.
class Message {
 public:
  Message() = default;
  explicit Message(const idsw_response* response) : response_(response) {}

  explicit operator bool() const { return response_ != nullptr; }

  std::uint32_t status() const { return response_ == nullptr ? 0 : response_->status; }

  std::string_view body() const {
    return response_ == nullptr ? std::string_view() : view(response_->body);
  }

  // The first header of this name, without case; empty when there is none.
  std::string_view header(std::string_view name) const {
    for (std::uint64_t i = 0; response_ != nullptr && i < response_->header_count; ++i) {
      if (same_name(view(response_->headers[i].name), name)) {
        return trim(view(response_->headers[i].value));
      }
    }
    return {};
  }

  // Retry-After in milliseconds when it is a number of seconds, else 0; capped at a day.
  std::uint32_t retry_after_ms() const {
    std::uint64_t seconds = 0;
    const std::string_view text = header("Retry-After");
    if (text.empty() || text.size() > 6) return 0;
    for (const char c : text) {
      if (c < '0' || c > '9') return 0;
      seconds = seconds * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return static_cast<std::uint32_t>((seconds < 86'400 ? seconds : 86'400) * 1000);
  }

 private:
  const idsw_response* response_ = nullptr;
};

class Reply : public Message {
 public:
  explicit Reply(const idsw_event& event)
      : Message(event.kind == IDSW_EVENT_RESPONSE ? event.response : nullptr),
        transport_(event.transport) {}

  // False: no readable reply came; see transport().
  bool arrived() const { return static_cast<bool>(*this); }

  // IDSW_TRANSPORT_*, when no reply arrived.
  std::uint32_t transport() const { return transport_; }

 private:
  std::uint32_t transport_;
};

// Decodes application/x-www-form-urlencoded and returns the first field of this name.
inline std::optional<std::string> form_value(std::string_view body, std::string_view name) {
  const auto decode = [](std::string_view text) -> std::optional<std::string> {
    const auto digit = [](char c) {
      return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                                 : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '%') {
        if (i + 2 >= text.size()) return {};
        const int high = digit(text[i + 1]);
        const int low = digit(text[i + 2]);
        if (high < 0 || low < 0) return {};
        out += static_cast<char>(high * 16 + low);
        i += 2;
      } else {
        out += text[i] == '+' ? ' ' : text[i];
      }
    }
    return out;
  };
  while (!body.empty()) {
    const std::string_view field = body.substr(0, body.find('&'));
    body.remove_prefix(field.size() < body.size() ? field.size() + 1 : body.size());
    const auto equals = field.find('=');
    const auto key = decode(field.substr(0, equals));
    if (key && *key == name) {
      return decode(equals == std::string_view::npos ? "" : field.substr(equals + 1));
    }
  }
  return {};
}

}  // namespace idswitch::sdk
