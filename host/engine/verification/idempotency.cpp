#include "engine/verification/idempotency.hpp"

#include "engine/verification/recovery.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

store::Claim claim_of(const Idempotency& use, VerificationId id, std::int64_t now_unix_ms) {
  return {use.name, use.request_digest, id, now_unix_ms};
}

asio::awaitable<std::optional<Result<Reply>>> earlier_answer(Desk& desk,
                                                             std::shared_ptr<const Setup> setup,
                                                             std::string_view tenant,
                                                             Idempotency& use) {
  if (use.key.empty()) co_return std::nullopt;
  use.name = store::claim_name(desk.store.key(), tenant, use.key);
  auto claim = desk.store.verifications().find_claim(use.name, use.request_digest);
  if (!claim) co_return Result<Reply>(claim.error());
  if (!*claim) co_return std::nullopt;
  co_return co_await repeated(desk, std::move(setup), std::move(**claim), use.render);
}

asio::awaitable<Result<Reply>> repeated(Desk& desk, std::shared_ptr<const Setup> setup,
                                        store::ClaimResult claim, Render render) {
  const std::string id = claim.verification.text();
  switch (claim.state) {
    case store::ClaimState::answered:
      co_return Reply{nullptr, RenderedAnswer{claim.http_status, std::move(claim.body), id}};
    case store::ClaimState::mismatch:
      co_return Error(
          Errc::idempotency_mismatch,
          "this Idempotency-Key was used with another request; take a new key for a new one",
          "Idempotency-Key");
    case store::ClaimState::running:
    case store::ClaimState::fresh: break;
  }
  const InFlight::Guard guard = desk.in_flight.enter(claim.verification.high);
  if (!guard) {
    co_return Error(
        Errc::idempotency_running,
        "the first request with this Idempotency-Key has no answer yet; ask again in a second");
  }
  Result<std::unique_ptr<Case>> loaded =
      co_await load_whole(desk, std::move(setup), claim.verification);
  if (!loaded) co_return loaded.error();
  RenderedAnswer answer = render((*loaded)->verification());
  answer.verification_id = id;
  co_return Reply{nullptr, std::move(answer)};
}

}  // namespace idswitch::engine
