#include "engine/verification/recovery.hpp"

#include "base/log.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

Problem interrupted_problem() {
  return to_problem(
      Error(Errc::vendor_outcome_unknown,
            "the switch was interrupted between the vendor call and the answer; the vendor may "
            "charge for "
            "it, so the hold stands. Start a new verification, with a new Idempotency-Key"));
}

// What was under way, as far as the holds tell.
Attempt interrupted_attempt(const Verification& verification) {
  Attempt attempt;
  attempt.account = verification.account;
  attempt.operation = verification.status == Status::starting ? IDSW_OP_START : IDSW_OP_SUBMIT;
  attempt.error_class = IDSW_ERROR_UNKNOWN_OUTCOME;
  attempt.transport = IDSW_TRANSPORT_SENT_NO_REPLY;
  attempt.detail = "interrupted before the vendor's answer was written down";
  attempt.started_unix_ms = verification.created_unix_ms;
  return attempt;
}

void recover(Case& one) {
  Verification& verification = one.verification();
  Attempt attempt = interrupted_attempt(verification);
  for (const Charge& charge : one.book().charges()) {
    if (charge.state != ChargeState::held) continue;
    attempt.account = charge.account;
    one.conclude(charge, unknown_evidence(charge));
  }
  one.note(attempt);
  if (verification.status == Status::starting) {
    verification.status = Status::failed;
    verification.failure = interrupted_problem();
  } else {
    end_without_answer(verification);
  }
  one.change();
}

}  // namespace

asio::awaitable<Result<std::unique_ptr<Case>>> load_whole(Desk& desk,
                                                          std::shared_ptr<const Setup> setup,
                                                          VerificationId id) {
  Result<std::unique_ptr<Case>> loaded = Case::load(desk, std::move(setup), id);
  if (!loaded || !is_interrupted((*loaded)->verification().status)) co_return loaded;
  recover(**loaded);
  if (const auto written = co_await (*loaded)->commit(); !written) co_return written.error();
  log::write(log::Level::warn, "verification_interrupted", {{"verification", id.text()}});
  co_return loaded;
}

}  // namespace idswitch::engine
