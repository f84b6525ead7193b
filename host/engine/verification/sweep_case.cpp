#include "engine/verification/sweep_case.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

AskCase ask_case(const VerificationRecord& record, const billing::ChargeBook& book,
                 const AccountRuntime* account) {
  const Verification& verification = record.verification;
  AskCase ask;
  ask.status = verification.status;
  // A hold that is marked unknown is a person's to resolve, with a statement.
  const std::vector<Charge> charges = book.charges();
  ask.has_open_charge = std::any_of(charges.begin(), charges.end(), [](const Charge& charge) {
    return charge.state == ChargeState::held;
  });
  ask.can_ask = account != nullptr && account->product().offers(IDSW_OP_RESULT) &&
                verification.status != Status::failed;
  ask.created_unix_ms = verification.created_unix_ms;
  ask.expires_unix_ms = verification.expires_unix_ms;
  if (account != nullptr) ask.interval = account->config.limits.result_interval;
  return ask;
}

namespace {

const idsw_sku* sku_of(const AccountRuntime& account, const Charge& charge) {
  const idsw_product& product = *account.product().declared;
  for (std::uint64_t i = 0; i < product.sku_count; ++i) {
    if (plugin::view(product.skus[i].name) == charge.sku) return &product.skus[i];
  }
  return nullptr;
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

}  // namespace

Evidence unfinished_evidence(const AccountRuntime& account, const Charge& charge,
                             bool asked_in_vain) {
  Evidence evidence = unknown_evidence(charge);
  const idsw_sku* sku = sku_of(account, charge);
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
