#include "engine/verification/ask_schedule.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_hour_ms = 60 * k_minute_ms;
constexpr std::int64_t k_give_up_ms = 90 * 24 * k_hour_ms;
// Long enough for the answer, short enough that nobody can still finish and not be seen.
constexpr std::int64_t k_before_death_ms = 10'000;
constexpr std::int64_t k_after_death_ms = 2'000;
// An hour, as a clock may be wrong by, and the grace that adapters give a person at work.
constexpr std::int64_t k_last_look_after_ms = k_hour_ms + 5 * k_minute_ms;
// So long it is tried, when the vendor cannot be asked or gives no answer.
constexpr std::int64_t k_last_look_for_ms = 24 * k_hour_ms;
// Longer than any video is on its way: whoever finds it then finds it interrupted.
constexpr std::int64_t k_interrupted_after_ms = 2 * k_minute_ms;

const idsw_sku* sku_of(const AccountRuntime& account, const Charge& charge) {
  const idsw_product& product = *account.product().declared;
  for (std::uint64_t i = 0; i < product.sku_count; ++i) {
    if (plugin::view(product.skus[i].name) == charge.sku) return &product.skus[i];
  }
  return nullptr;
}

// Of one that has expired and costs nothing; 0 = never.
std::int64_t next_look_unix_ms(const AskCase& ask, std::int64_t now_unix_ms) {
  if (ask.status != Status::expired || !ask.can_ask || ask.expires_unix_ms == 0) return 0;
  const std::int64_t first = ask.expires_unix_ms + k_last_look_after_ms;
  if (now_unix_ms >= first + k_last_look_for_ms) return 0;
  return now_unix_ms < first ? first : now_unix_ms + k_hour_ms;
}

}  // namespace

bool can_ask(const AccountRuntime* account, std::string_view name) {
  return account == nullptr ? !name.empty() : account->product().offers(IDSW_OP_RESULT);
}

bool is_given_up(const AskCase& ask, std::int64_t now_unix_ms) {
  return now_unix_ms - ask.created_unix_ms >= k_give_up_ms;
}

bool is_unheard(const Verification& verification, const billing::ChargeBook& book) {
  if (verification.status != Status::cancelled) return false;
  const std::vector<Charge> charges = book.charges();
  return std::any_of(charges.begin(), charges.end(), [&](const Charge& charge) {
    return charge.account == verification.account && charge.state == ChargeState::unknown;
  });
}

bool is_last_look(const AskCase& ask, std::int64_t now_unix_ms) {
  return ask.status == Status::expired && !ask.has_open_charge &&
         now_unix_ms >= ask.expires_unix_ms + k_last_look_after_ms;
}

bool is_interrupted(Status status) {
  return status == Status::starting || status == Status::submitting;
}

std::int64_t next_ask_unix_ms(const AskCase& ask, std::int64_t now_unix_ms) {
  const bool is_worth_hearing = ask.is_unheard && ask.can_ask && !is_given_up(ask, now_unix_ms);
  if (is_final(ask.status) && !ask.has_open_charge && !is_worth_hearing) {
    return next_look_unix_ms(ask, now_unix_ms);
  }
  if (is_interrupted(ask.status)) return now_unix_ms + k_interrupted_after_ms;
  const std::int64_t dies = ask.expires_unix_ms;
  if (!ask.can_ask || is_given_up(ask, now_unix_ms)) {
    if (dies > now_unix_ms) return dies + k_after_death_ms;
    // Dead before that was written down, by a clock that was set forward: its end is still to come.
    const bool is_to_end = dies != 0 && ask.status == Status::awaiting_user;
    return now_unix_ms + (is_to_end ? k_after_death_ms : k_hour_ms);
  }
  const std::int64_t interval = std::max<std::int64_t>(ask.interval.count(), 1'000);
  if (dies == 0 || now_unix_ms < dies) {
    const std::int64_t age = now_unix_ms - ask.created_unix_ms;
    const std::int64_t usual = now_unix_ms + std::clamp(age / 4, interval, 10 * k_minute_ms);
    if (dies == 0) return usual;
    const std::int64_t last = dies - k_before_death_ms;
    if (now_unix_ms < last) return std::min(usual, last);
    return dies + k_after_death_ms;
  }
  const std::int64_t dead_for = now_unix_ms - dies;
  return now_unix_ms + std::clamp(dead_for, interval, k_hour_ms);
}

AskCase ask_case(const VerificationRecord& record, const billing::ChargeBook& book,
                 const AccountRuntime* account) {
  const Verification& verification = record.verification;
  AskCase ask;
  ask.status = verification.status;
  // A hold that is marked unknown is a person's to resolve, with a statement.
  ask.has_open_charge = book.has_held();
  ask.is_unheard = is_unheard(verification, book);
  ask.can_ask = can_ask(account, verification.account) && verification.status != Status::failed;
  ask.created_unix_ms = verification.created_unix_ms;
  ask.expires_unix_ms = verification.expires_unix_ms;
  if (account != nullptr) ask.interval = account->config.limits.result_interval;
  return ask;
}

void finish_record(VerificationRecord& record, const billing::ChargeBook& book, const Setup& setup,
                   std::int64_t now_unix_ms) {
  record.verification.charges = book.charges();
  record.next_ask_unix_ms = next_ask_unix_ms(
      ask_case(record, book, setup.account(record.verification.account)), now_unix_ms);
}

Evidence unknown_evidence(const Charge& charge) {
  Evidence evidence;
  evidence.sku = charge.sku;
  evidence.event = charge.event;
  evidence.call = charge.call;
  evidence.state = IDSW_CHARGE_UNKNOWN;
  evidence.source = IDSW_SOURCE_INFERRED;
  return evidence;
}

Evidence unfinished_evidence(const AccountRuntime* account, const Charge& charge,
                             bool asked_in_vain) {
  Evidence evidence = unknown_evidence(charge);
  const idsw_sku* sku = account == nullptr ? nullptr : sku_of(*account, charge);
  if (asked_in_vain || sku == nullptr) return evidence;
  evidence.state = sku->at_token_death;
  if ((sku->flags & IDSW_RULE_ASSUMED) == 0) evidence.source = IDSW_SOURCE_DOCUMENTED_RULE;
  return evidence;
}

Evidence unused_evidence(const AccountRuntime& account, const Charge& charge) {
  Evidence evidence = unknown_evidence(charge);
  const idsw_sku* sku = sku_of(account, charge);
  if (sku != nullptr && sku->billable == IDSW_BILLABLE_ON_RESULT) {
    evidence.state = IDSW_CHARGE_NOT_CHARGED;
  }
  return evidence;
}

}  // namespace idswitch::engine
