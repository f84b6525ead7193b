#include "engine/verification/start_flow.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/request_check.hpp"
#include "engine/verification/sweep_case.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

StartFlow::StartFlow(Engine& engine, StartRequest request, Idempotency idempotency,
                     std::size_t lane)
    : engine_(engine),
      setup_(engine.setup()),
      request_(std::move(request)),
      idempotency_(std::move(idempotency)),
      lane_(lane),
      book_({}, {}) {}

Result<void> StartFlow::prepare() {
  tenant_ = setup_->tenant(request_.tenant);
  if (tenant_ == nullptr) {
    return Error(Errc::unauthorized, "no tenant is called \"" + request_.tenant + "\"");
  }
  if (const auto checked = check_start(*tenant_, request_); !checked) return checked;
  auto choice = find_route(*setup_, *tenant_, request_);
  if (!choice) return choice.error();
  choice_ = std::move(*choice);
  route_ = choice_.decision.route->route;
  auto options = merged_options(*setup_, *route_, request_.vendor_options);
  if (!options) return options.error();
  options_ = std::move(*options);

  const std::int64_t now = engine_.clock_.now_unix_ms();
  record_.id = engine_.ids_.next(now);
  // The random half of the id is as good a seed as any, and is known wherever the decision is.
  if (const auto decided =
          decide(*setup_, engine_.traffic_, &engine_.store_, now, record_.id.low, false, choice_);
      !decided) {
    return decided;
  }
  record_.decision = decision_text(*tenant_, choice_.decision);
  record_.segment = choice_.segment;
  record_.config_version = setup_->version;
  record_.path_secret = random_array<16>();
  record_.return_url =
      request_.return_url.empty() ? tenant_->default_return_url : request_.return_url;
  Verification& verification = record_.verification;
  verification.id = record_.id.text();
  verification.tenant = request_.tenant;
  verification.status = Status::starting;
  verification.method = request_.method;
  verification.checks = request_.checks;
  verification.person_id = request_.person.id;
  verification.reference = request_.reference;
  verification.created_unix_ms = now;
  verification.updated_unix_ms = now;
  book_ = billing::ChargeBook(record_.id, request_.tenant);
  deadline_ = std::chrono::steady_clock::now() + route_->deadline;
  guard_ = engine_.in_flight_->enter(record_.id.high);
  return {};
}

asio::awaitable<Result<Reply>> StartFlow::run() {
  // First of all: config and vendors may have changed since the first request with this key.
  auto earlier = engine_.earlier_answer(request_.tenant, idempotency_);
  if (earlier) co_return std::move(*earlier);
  if (const auto prepared = prepare(); !prepared) co_return prepared.error();
  co_await ask();
  // Given back with the answer, also when a hedged attempt that lost has not come to its end.
  const InFlight::Guard guard = std::move(guard_);
  if (early_) co_return std::move(*early_);
  if (!is_open_) fail();
  co_return co_await answer();
}

asio::awaitable<void> StartFlow::ask() {
  const routing::Plan& plan = choice_.decision.plan;
  for (const routing::LeftOut& one : plan.left_out) {
    passed_over_.add(choice_.decision, one);
  }
  std::size_t next = 0;
  if (route_->hedge_after.count() > 0 && plan.candidates.size() > 1) {
    next = co_await ask_hedged();
  }
  for (; next < plan.candidates.size() && goes_on_ && !early_; ++next) {
    std::optional<Turn> turn = take_turn(plan.candidates[next]);
    if (!turn) continue;
    OperationReport report = co_await attempt(account_of(plan.candidates[next]));
    crash_point("start.replied");
    turn->end(report);
    if (!early_) take_report(account_of(plan.candidates[next]), std::move(report));
  }
}

const AccountRuntime& StartFlow::account_of(const routing::Candidate& candidate) const {
  return *setup_->account(route_->accounts[candidate.account]);
}

std::optional<Turn> StartFlow::take_turn(const routing::Candidate& candidate) {
  const std::string& name = route_->accounts[candidate.account];
  Turn turn = engine_.traffic_.begin(name, candidate.why == routing::Why::last_resort);
  if (turn.granted()) return turn;
  passed_over_.add(name, turn.refusal());
  return {};
}

void StartFlow::take_report(const AccountRuntime& account, OperationReport report) {
  if (report.refused) {
    passed_over_.add(account.config.name, *report.refused);
    return;
  }
  learn(account, report);
  is_open_ = take(account, report);
  ++asked_;
  goes_on_ = !is_open_ && asked_ != route_->attempts_max && may_go_on(report);
  last_ = std::move(report);
}

// The statistics of starts: what was the caller's fault says nothing about the vendor.
void StartFlow::learn(const AccountRuntime& account, const OperationReport& report) {
  if (report.attempt.error_class == IDSW_ERROR_INVALID_REQUEST) return;
  engine_.traffic_.started(account.config.name, choice_.segment, report.finish() == nullptr,
                           report.attempt.latency_us);
}

asio::awaitable<OperationReport> StartFlow::attempt(const AccountRuntime& account) {
  const std::string token = PathToken{record_.id, record_.path_secret}.text();
  const std::string& public_url = setup_->config.server.public_url;
  const std::string return_url = public_url + "/return/" + token;
  const std::string callback_url = public_url + "/callbacks/" + token;
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = request_.method;
  input.checks = request_.checks;
  input.verification_id = record_.verification.id;
  input.reference = request_.reference;
  input.person_id = request_.person.id;
  input.person_name = request_.person.name;
  input.person_id_number = request_.person.id_number;
  input.return_url = return_url;
  input.callback_url = callback_url;
  input.options = options_.at(account.config.name);
  input.media = &request_.images;
  const RunContext context{engine_.clock_, engine_.client(lane_), deadline_};
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  co_return co_await run_operation(account, input, context, std::move(before));
}

store::Change StartFlow::first_change() {
  store::Change change;
  if (!idempotency_.key.empty()) {
    change.push_back(store::Claim{request_.tenant, idempotency_.key, idempotency_.request_digest,
                                  record_.id, record_.verification.created_unix_ms});
  }
  change.push_back(store::Insert{store::share(record_)});
  const routing::Exposure& exposure = choice_.decision.plan.exposure;
  if (choice_.decision.plan.has_exposure() && exposure.kind == routing::Exposure::Kind::counted) {
    const config::Experiment& experiment = tenant_->experiments[exposure.experiment];
    change.push_back(store::Expose{{record_.id, request_.tenant, experiment.name, experiment.seed,
                                    experiment.arms[exposure.arm].name, weights_text(experiment),
                                    choice_.person, record_.verification.created_unix_ms}});
  }
  return change;
}

asio::awaitable<Result<void>> StartFlow::before_send(const AccountRuntime& account,
                                                     const plugin::SendStep& send) {
  // Reserved before anything is written: a budget that refuses leaves no trace.
  auto hold = engine_.traffic_.hold(choice_.payer, account, book_, send);
  if (!hold) co_return hold.error();
  std::optional<LedgerEntry> held = std::move(*hold);
  if (held) unwritten_.push_back(*held);
  // Voids of an earlier attempt may wait for the last change; a hold may not.
  if (inserted_ && unwritten_.empty()) co_return Result<void>();
  store::Change change;
  if (!inserted_) change = first_change();
  crash_point("start.before_hold");
  const Result<void> written = co_await write(std::move(change));
  if (!written && held) engine_.traffic_.take_back(account, *held);
  crash_point("start.held");
  co_return written;
}

asio::awaitable<Result<void>> StartFlow::write(store::Change change) {
  change.push_back(store::Append{std::move(unwritten_)});
  unwritten_.clear();
  const store::Written written = co_await engine_.store_.write(std::move(change));
  if (written.has_failed()) {
    early_ = written.error;
    co_return written.error;
  }
  if (written.claim.state != store::ClaimState::fresh) {
    early_ = engine_.repeated(request_.tenant, written.claim, idempotency_.render);
    co_return Error(Errc::conflict, "answered before");
  }
  inserted_ = true;
  co_return Result<void>();
}

bool StartFlow::take(const AccountRuntime& account, OperationReport& report) {
  engine_.traffic_.book(choice_.payer, account, book_, report.charges, {}, unwritten_);
  record_.verification.attempts.push_back(report.attempt);
  const plugin::FinishStep* finish = report.finish();
  if (finish == nullptr) return false;
  opened(account, *finish);
  return true;
}

void StartFlow::opened(const AccountRuntime& account, const plugin::FinishStep& finish) {
  Verification& verification = record_.verification;
  verification.status = Status::awaiting_user;
  verification.account = account.config.name;
  verification.product = account.config.product;
  verification.action = finish.action;
  verification.expires_unix_ms = finish.action.expires_unix_ms;
  verification.vendor_reference = finish.vendor_reference;
  record_.state = finish.state;
  if (!request_.vendor_options.empty()) record_.options = options_.at(account.config.name);
}

bool StartFlow::may_go_on(const OperationReport& report) const {
  return std::chrono::steady_clock::now() < deadline_ &&
         routing::after_failure(report.attempt.error_class, outcome_is_unknown(report),
                                route_->on_unknown_outcome) == routing::Next::next_account;
}

void StartFlow::fail() {
  Verification& verification = record_.verification;
  verification.status = Status::failed;
  verification.account.clear();
  verification.product.clear();
  if (!last_) {
    verification.failure = passed_over_.problem();
    return;
  }
  verification.failure =
      problem_of_start(*last_, std::chrono::steady_clock::now() >= deadline_, book_.has_open());
  if (!passed_over_.text().empty()) {
    verification.failure.detail += ". Not asked: " + passed_over_.text();
  }
}

asio::awaitable<Result<Reply>> StartFlow::answer() {
  Verification& verification = record_.verification;
  verification.updated_unix_ms = engine_.clock_.now_unix_ms();
  verification.charges = book_.charges();
  store::Change change;
  // Nothing was sent (no adapter got that far): nothing is kept, and the key stays free.
  if (!inserted_) verification.id.clear();
  if (inserted_) {
    const AccountRuntime* account = setup_->account(verification.account);
    record_.next_ask_unix_ms =
        next_ask_unix_ms(ask_case(record_, book_, account), verification.updated_unix_ms);
    change.push_back(store::progress_of(store::share(record_)));
    if (!idempotency_.key.empty()) {
      RenderedAnswer rendered = idempotency_.render(verification);
      change.push_back(store::Answer{request_.tenant, idempotency_.key,
                                     store::fixed(rendered.http_status, std::move(rendered.body))});
    }
    crash_point("start.before_outcome");
    const Result<void> written = co_await write(std::move(change));
    if (!written) co_return std::move(*early_);
    crash_point("start.outcome");
  }
  // A hedged attempt that lost may still read it.
  if (route_->hedge_after.count() > 0) co_return Reply(verification);
  co_return Reply(std::move(verification));
}

}  // namespace idswitch::engine
