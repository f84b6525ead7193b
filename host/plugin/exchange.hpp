#pragma once

// Exchange: runs one operation of an adapter, step by step, and checks everything that comes out of
// it. It does no I/O: the caller sends what it is given and feeds back what happened. One thread at
// a time.

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/wiped_text.hpp"
#include "idswitch/verification.hpp"
#include "model/evidence.hpp"
#include "plugin/account.hpp"
#include "plugin/rope.hpp"

namespace idswitch::plugin {

// What an operation works on; see idsw_operation. The views must live as long as the exchange.
struct OperationInput {
  std::uint32_t kind = 0;  // IDSW_OP_*
  std::uint32_t method = 0;
  std::uint32_t checks = 0;
  std::string_view verification_id;
  std::string_view reference;
  std::string_view person_id;
  std::string_view person_name;
  std::string_view person_id_number;
  std::string_view return_url;
  std::string_view callback_url;
  std::string_view options = "{}";  // from Account::options
  std::string_view state;
  const std::vector<Image>* media = nullptr;  // reference pictures or the video; may be null
  std::string_view callback_body;
  std::string_view callback_content_type;
  bool want_images = false;
  bool want_document = false;
  std::uint32_t slot = 0;
};

// What the adapter wants sent, put together: with its secrets, and with what was told about a
// person.
struct SendStep {
  std::string_view method;  // "POST"
  WipedText target;
  WipedText headers;  // whole lines
  WipedText body;
  std::string step;
  std::uint32_t origin = 0;
  std::uint32_t billable = 0;  // IDSW_BILLABLE_NEVER, ON_ACCEPT or ON_RESULT
  bool resend_safe = false;
  std::uint32_t timeout_hint_ms = 0;
  std::string sku;
  std::string dedupe_key;
};

// A request waits for a dynamic slot: run the TOKEN operation for it, then call resume().
struct NeedSlotStep {
  std::uint32_t slot = 0;
};

struct FinishStep {
  std::uint32_t outcome = 0;  // IDSW_OUTCOME_*
  std::uint32_t verdict = 0;
  std::uint32_t reason = 0;
  bool processing = false;
  std::uint32_t account_error = 0;
  std::string vendor_code;
  std::string vendor_message;
  std::string vendor_reference;
  std::string state;
  Action action;
  std::vector<Pair> scores;
  std::vector<Image> images;
  std::vector<Pair> document;
};

struct FailStep {
  std::uint32_t error_class = 0;  // IDSW_ERROR_*, never 0
  std::uint32_t retry_after_ms = 0;
  std::string field;
  std::string vendor_code;
  std::string vendor_message;
  std::string vendor_reference;
  std::string detail;  // ours, when the host gave the exchange up: "the adapter took no action"
};

struct GrantStep {
  std::string value;
  std::uint64_t lifetime_s = 0;
};

using Step = std::variant<SendStep, NeedSlotStep, FinishStep, FailStep, GrantStep>;

struct Response {
  int status = 0;
  std::vector<std::pair<std::string_view, std::string_view>> headers;
  std::string_view body;
};

class Exchange {
 public:
  // Never fails: an adapter that cannot open the operation shows as a FailStep of the first step.
  Exchange(std::shared_ptr<Account> account, const OperationInput& input);
  ~Exchange();

  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  Step start(std::int64_t now_unix_ms);
  Step response(const Response& response, std::int64_t now_unix_ms);
  // transport: IDSW_TRANSPORT_*, not 0.
  Step transport(std::uint32_t transport, std::int64_t now_unix_ms);
  // After NeedSlotStep, once the slot has a value: the request, or NeedSlotStep once more, or a
  // FailStep.
  Step resume();

  // Evidence since the last call, in order. A request that was billed on acceptance and got no
  // reply has UNKNOWN here, whatever the adapter said.
  std::vector<Evidence> take_charges();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace idswitch::plugin
