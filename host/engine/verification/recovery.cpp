#include <future>

#include "base/log.hpp"
#include "billing/charge_book.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/engine.hpp"
#include "engine/verification/sweep_case.hpp"
#include "idswitch/abi/vocabulary.h"

// What a process that died left behind: verifications whose intent was durable and whose outcome
// was not. Whether the vendor acted is not known, so the holds stay and are marked, and the
// platform is told.

namespace idswitch::engine {
namespace {

Problem interrupted_problem() {
  return to_problem(Error(
      Errc::vendor_outcome_unknown,
      "the switch stopped between the vendor call and the answer; the vendor may charge for it, "
      "so the hold stands. Start a new verification, with a new Idempotency-Key"));
}

}  // namespace

Result<std::size_t> Engine::recover() {
  const std::shared_ptr<const Setup> setup = this->setup();
  if (const auto loaded = traffic_.load(store_, *setup); !loaded) return loaded.error();
  Result<std::vector<VerificationRecord>> interrupted = store_.interrupted();
  if (!interrupted) return interrupted.error();
  for (VerificationRecord& record : *interrupted) {
    Verification& verification = record.verification;
    const Result<std::vector<LedgerEntry>> entries = store_.entries_of(record.id);
    if (!entries) return entries.error();
    billing::ChargeBook book(record.id, verification.tenant);
    book.replay(*entries);
    store::Batch batch;
    Attempt attempt;
    attempt.account = verification.account;
    for (const Charge& charge : book.charges()) {
      if (charge.state != ChargeState::held) continue;
      // The hold tells who was asked.
      attempt.account = charge.account;
      // A remark carries no price, so a contract that is gone is not missed.
      const AccountRuntime* account = setup->account(charge.account);
      config::Contract gone;
      gone.currency = charge.currency;
      billing::Usage usage;
      billing::Pricer pricer(charge.account, account == nullptr ? gone : account->config.contract,
                             usage);
      Evidence unknown;
      unknown.state = IDSW_CHARGE_UNKNOWN;
      unknown.source = IDSW_SOURCE_INFERRED;
      unknown.sku = charge.sku;
      unknown.event = charge.event;
      unknown.call = charge.call;
      for (LedgerEntry& entry : book.apply(pricer, unknown, clock_.now_unix_ms())) {
        batch.append(std::move(entry));
      }
    }
    const bool was_starting = verification.status == Status::starting;
    attempt.operation = was_starting ? IDSW_OP_START : IDSW_OP_SUBMIT;
    attempt.error_class = IDSW_ERROR_UNKNOWN_OUTCOME;
    attempt.transport = IDSW_TRANSPORT_SENT_NO_REPLY;
    attempt.detail = "the switch stopped before the vendor's answer was written down";
    attempt.started_unix_ms = verification.created_unix_ms;
    verification.attempts.push_back(std::move(attempt));
    if (was_starting) {
      verification.status = Status::failed;
      verification.failure = interrupted_problem();
    } else {
      end_without_answer(verification);
    }
    verification.updated_unix_ms = clock_.now_unix_ms();
    record.next_ask_unix_ms = next_ask_unix_ms(
        ask_case(record, book, setup->account(verification.account)), verification.updated_unix_ms);
    log::write(log::Level::warn, "verification_interrupted", {{"verification", verification.id}});
    batch.update(std::move(record));
    std::promise<Result<store::WriteResult>> done;
    store_.write(std::move(batch),
                 [&done](Result<store::WriteResult> result) { done.set_value(std::move(result)); });
    if (const Result<store::WriteResult> written = done.get_future().get(); !written) {
      return written.error();
    }
  }
  return interrupted->size();
}

}  // namespace idswitch::engine
