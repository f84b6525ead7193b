#pragma once

// Idempotency: a use of an Idempotency-Key, the answers that are kept with it, and what a repeated
// request is answered. Any thread.

#include <array>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/verification/desk.hpp"

namespace idswitch::engine {

// An answer as the platform will see it; kept with an Idempotency-Key.
struct RenderedAnswer {
  int http_status = 0;
  std::string body;
  std::string verification_id;  // whom it is about, when it was kept with an Idempotency-Key
};

// How an answer is written; the engine needs it only to keep the bytes with an Idempotency-Key.
using Render = std::function<RenderedAnswer(const Verification&)>;

// A use of an Idempotency-Key; key empty = none.
struct Idempotency {
  std::string key;
  std::array<std::uint8_t, 32> request_digest{};
  Render render;
  store::ClaimName name{};  // of the key; see earlier_answer
};

// What start and submit give.
struct Reply {
  std::shared_ptr<const Verification> verification;  // nullptr: it was answered before
  // The bytes that are kept with the key, of then or of now.
  std::optional<RenderedAnswer> kept;
};

// The claim that goes with the first change of a request.
store::Claim claim_of(const Idempotency& use, VerificationId id, std::int64_t now_unix_ms);

// The answer when this Idempotency-Key was used before; nothing when it is new. Names it.
boost::asio::awaitable<std::optional<Result<Reply>>> earlier_answer(
    Desk& desk, std::shared_ptr<const Setup> setup, std::string_view tenant, Idempotency& use);

// The answer to a request whose Idempotency-Key was seen before. A claim whose first request was
// interrupted is answered from the verification, once that has been recovered.
boost::asio::awaitable<Result<Reply>> repeated(Desk& desk, std::shared_ptr<const Setup> setup,
                                               store::ClaimResult claim, Render render);

}  // namespace idswitch::engine
