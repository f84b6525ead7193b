#include "engine/traffic/turns.hpp"

#include "base/log.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

using routing::OperationKind;
using routing::Permit;
using routing::Refusal;

// One account under its lock.
class AccountTurns {
 public:
  AccountTurns(const AccountRuntime& account, const Clock& clock)
      : name_(account.config.name),
        clock_(clock),
        health_(account.config.breaker, account.config.limits),
        adapter_(account.adapter) {}

  void adopt(const AccountRuntime& account) {
    const std::lock_guard lock(mutex_);
    health_.reconfigure(account.config.breaker, account.config.limits);
    adapter_ = account.adapter;
  }

  Permit begin(bool last_resort) {
    const std::unique_lock lock(mutex_);
    return begun(health_.try_begin(clock_.steady(), last_resort));
  }

  Permit begin_follow_up(OperationKind kind, std::uint64_t verification) {
    const std::unique_lock lock(mutex_);
    return begun(health_.begin_follow_up(clock_.steady(), kind, verification));
  }

  void cancel(const Permit& permit) {
    const std::lock_guard lock(mutex_);
    health_.cancel(permit);
  }

  void end(const Permit& permit, const routing::OutcomeOfAttempt& outcome) {
    std::string reason;
    {
      const std::lock_guard lock(mutex_);
      const std::uint64_t opened = health_.opened_count();
      health_.end(permit, clock_.steady(), outcome);
      if (health_.opened_count() == opened) return;
      reason = health_.last_opened_reason();
      drop_tokens();
    }
    log::write(log::Level::error, "account_not_asked", {{"account", name_}, {"reason", reason}});
  }

  template <class Look>
  auto look(Look look) {
    const std::lock_guard lock(mutex_);
    return look(health_);
  }

 private:
  // A probe with the token that may be why the account is down would prove nothing.
  Permit begun(Permit permit) {
    if (permit.granted() && permit.is_probe()) drop_tokens();
    return permit;
  }

  void drop_tokens() {
    if (const auto adapter = adapter_.lock()) adapter->drop_all();
  }

  const std::string name_;
  const Clock& clock_;
  std::mutex mutex_;
  routing::AccountHealth health_;
  std::weak_ptr<plugin::Account> adapter_;  // of the newest configuration
};

namespace {

routing::OutcomeOfAttempt outcome_of(const OperationReport& report) {
  routing::OutcomeOfAttempt outcome;
  if (const plugin::FinishStep* finish = report.finish()) {
    outcome.worked = true;
    outcome.error_class = finish->account_error;
  } else if (const plugin::FailStep* fail = report.fail()) {
    outcome.error_class = fail->error_class;
    outcome.retry_after_ms = fail->retry_after_ms;
  }
  outcome.was_sent = report.attempt.transport != IDSW_TRANSPORT_NOT_SENT;
  return outcome;
}

}  // namespace

// ---- Turn --------------------------------------------------------------------------------------

Turn& Turn::operator=(Turn&& other) noexcept {
  std::swap(account_, other.account_);
  std::swap(permit_, other.permit_);
  return *this;
}

Turn::~Turn() {
  if (account_ != nullptr && permit_.granted()) account_->cancel(permit_);
}

void Turn::end(const OperationReport& report) {
  if (account_ == nullptr || !permit_.granted()) return;
  const std::shared_ptr<AccountTurns> account = std::move(account_);
  // What we refused ourselves, or had no room for, says nothing about the vendor.
  if (report.refused || (report.is_no_evidence && report.finish() == nullptr)) {
    account->cancel(permit_);
  } else {
    account->end(permit_, outcome_of(report));
  }
}

Error not_asked(const std::string& account, Refusal refusal) {
  switch (refusal) {
    case Refusal::throttled:
      return Error(
          Errc::overloaded,
          "vendor account " + account + " asked us to wait: ask again when Retry-After has passed");
    case Refusal::full:
    case Refusal::over_rate:
      return Error(Errc::overloaded,
                   "vendor account " + account +
                       " is asked as often as its limits for follow-ups allow: ask again later");
    default:
      return Error(
          Errc::no_vendor_available,
          "vendor account " + account + " is not asked because it failed: ask again later");
  }
}

// ---- Turns -------------------------------------------------------------------------------------

Turns::Turns(const Setup& setup, const Clock& clock) : clock_(clock) {
  adopt(setup);
}

void Turns::adopt(const Setup& setup) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, account] : setup.accounts) {
    std::shared_ptr<AccountTurns>& known = accounts_[name];
    if (known != nullptr) {
      known->adopt(account);
    } else {
      known = std::make_shared<AccountTurns>(account, clock_);
    }
  }
}

std::shared_ptr<AccountTurns> Turns::find(const std::string& account) const {
  const std::shared_lock lock(mutex_);
  const auto found = accounts_.find(account);
  return found == accounts_.end() ? nullptr : found->second;
}

Turn Turns::begin(const std::string& account, bool last_resort) {
  const auto known = find(account);
  if (known == nullptr) return {};
  return {known, known->begin(last_resort)};
}

Turn Turns::begin_follow_up(const std::string& account, std::uint32_t operation,
                            const VerificationId& verification) {
  const auto known = find(account);
  if (known == nullptr) return {};
  const OperationKind kind =
      operation == IDSW_OP_SUBMIT ? OperationKind::submit : OperationKind::follow_up;
  return {known, known->begin_follow_up(kind, verification.high)};
}

bool Turns::may_follow_up(const std::string& account) const {
  const auto known = find(account);
  return known != nullptr && known->look([&](const routing::AccountHealth& health) {
    return health.follow_up_refusal(clock_.steady(), OperationKind::follow_up) == Refusal::none;
  });
}

bool Turns::probe_now(const std::string& account) {
  const auto known = find(account);
  if (known == nullptr) return false;
  known->look([&](routing::AccountHealth& health) { health.probe_now(clock_.steady()); });
  return true;
}

void Turns::look(const std::vector<std::string>& accounts,
                 std::vector<routing::AccountNow>& now) const {
  const Moment moment = clock_.now();
  const std::shared_lock lock(mutex_);
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    const auto known = accounts_.find(accounts[i]);
    if (known == accounts_.end()) continue;
    known->second->look(
        [&](const routing::AccountHealth& health) { health.now_view(moment, now[i]); });
  }
}

HealthView Turns::view(const std::string& account) const {
  HealthView view;
  const auto known = find(account);
  if (known == nullptr) return view;
  const Moment now = clock_.now();
  known->look([&](const routing::AccountHealth& health) {
    health.now_view(now, view.now);
    view.follow_ups = health.availability(now.steady, OperationKind::follow_up);
    view.submits = health.availability(now.steady, OperationKind::submit);
    view.in_flight = health.in_flight();
    view.follow_ups_in_flight = health.follow_ups_in_flight();
    view.opened_count = health.opened_count();
    view.last_opened_reason = health.last_opened_reason();
    if (health.last_opened()) view.last_opened_unix_ms = now.label(*health.last_opened());
  });
  return view;
}

}  // namespace idswitch::engine
