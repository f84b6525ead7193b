#pragma once

// The vocabulary as C++ values: a verification and everything that hangs on it. This is what the
// embedding API takes and gives, what the engine works on and what the store keeps; the HTTP API is
// its JSON. Numbers such as method and reason are those of idswitch/abi/vocabulary.h. Plain values,
// no I/O; any thread for const use.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch {

enum class Status : std::uint8_t {
  starting = 0,  // written before the first vendor call; seen only while it runs or after a crash
  awaiting_user = 1,  // the vendor session is open; do what `action` says
  processing = 2,     // the person is done, the vendor is not
  completed = 3,      // verdict and reason are final
  expired = 4,        // the person did not finish in time
  failed = 5,         // no vendor could start it; see `failure` and `attempts`
  cancelled = 6,      // the platform gave it up
  submitting = 7,  // a video is on its way to the vendor; seen only while it is, or after a crash
};

// completed, expired, failed or cancelled.
bool is_final(Status status);

// A failure as the platform sees it: the members of problem+json (RFC 9457).
struct Problem {
  std::string code;  // one of the closed list in docs/errors.md; empty = no problem
  int http_status = 0;
  std::string title;
  std::string detail;  // one sentence that says what to do; no personal data
  std::string field;   // JSON pointer into the request, "/person/name"; may be empty
  bool retryable = false;
  int retry_after_s = 0;  // when that is known; 0 = soon
};

// What the platform must do with the person. Empty members do not apply.
struct Action {
  std::uint32_t kind = 0;  // IDSW_ACTION_*
  std::int64_t expires_unix_ms = 0;
  std::string url;
  std::string token;
  std::string component;
  std::string code;
};

// One operation on one account.
struct Attempt {
  std::string account;
  std::uint32_t operation = 0;    // IDSW_OP_*
  std::uint32_t error_class = 0;  // IDSW_ERROR_*, 0 = it worked
  std::uint32_t transport = 0;    // of its last request: 0 = replied, else IDSW_TRANSPORT_*
  std::uint32_t http_status = 0;  // of its last reply, 0 = none
  std::string step;               // its last request: "init", "get_result"
  std::string vendor_code;
  std::string vendor_message;
  std::string detail;  // ours: "connection refused", "certificate verify failed"
  std::int64_t started_unix_ms = 0;
  std::int64_t latency_us = 0;
};

enum class ChargeState : std::uint8_t { held, captured, voided, unknown };

// One charge as the ledger has it now.
struct Charge {
  std::string account;
  std::string sku;
  std::string event;       // the adapter's name for what is charged
  std::uint32_t call = 1;  // which call of the event, from 1
  ChargeState state = ChargeState::held;
  std::int64_t amount_micros =
      0;  // held or unknown: the hold; captured: what was captured; voided: 0
  std::string currency;
  std::string vendor_reference;
  // Evidence contradicts itself: one source says it is charged, another that it is not. State and
  // amount follow the better source; the ledger names both.
  bool disputed = false;
};

struct Pair {
  std::string name;
  std::string value;
};

// A picture from or for the vendor.
struct Image {
  std::string name;        // "face_best", "document_front"; for the vendor: "ref1", "ref2", "video"
  std::string media_type;  // "image/jpeg"; empty when the vendor does not say
  std::string bytes;       // raw bytes; empty when there is only a url
  std::string url;
};

struct Verification {
  std::string id;  // "ver_" and 26 characters, ordered by time
  std::string tenant;
  Status status = Status::starting;
  std::uint32_t method = 0;  // IDSW_METHOD_*
  std::uint32_t checks = 0;  // mask of IDSW_CHECK_*
  std::string person_id;     // the platform's pseudonym; name and ID number are never kept
  std::string reference;
  std::string account;  // which account serves it; empty when failed
  std::string product;
  Action action;
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string vendor_code;
  std::string vendor_message;
  std::string vendor_reference;
  std::vector<Pair> scores;
  std::vector<Attempt> attempts;
  std::vector<Charge> charges;
  std::vector<Image> images;   // only when asked for
  std::vector<Pair> document;  // only when asked for; personal data
  Problem failure;             // failed only
  std::int64_t created_unix_ms = 0;
  std::int64_t updated_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;  // 0 = does not expire
};

// Words of the vocabulary. An unknown number gives "unknown"; an unknown word gives 0.
std::string_view word(Status status);
std::string_view word(ChargeState state);
std::string_view method_word(std::uint32_t method);
std::string_view check_word(std::uint32_t check);
std::string_view operation_word(std::uint32_t operation);
std::string_view verdict_word(std::uint32_t verdict);
std::string_view reason_word(std::uint32_t reason);
std::string_view error_class_word(std::uint32_t error_class);
std::string_view action_word(std::uint32_t action);
std::string_view charge_word(std::uint32_t charge);
std::string_view source_word(std::uint32_t source);
std::uint32_t method_of(std::string_view word);
std::uint32_t check_of(std::string_view word);

// The words of a mask of checks, in the list's order.
std::vector<std::string_view> check_words(std::uint32_t checks);

}  // namespace idswitch
