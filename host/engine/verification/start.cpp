#include "engine/verification/start.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "engine/traffic/person_number.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/path_token.hpp"
#include "engine/verification/request_check.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

Start::Start(Desk& desk, std::shared_ptr<const Setup> setup, StartRequest request,
             Idempotency idempotency, std::size_t lane)
    : desk_(desk),
      setup_(std::move(setup)),
      request_(std::move(request)),
      idempotency_(std::move(idempotency)),
      lane_(lane) {}

Result<void> Start::prepare() {
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

  const std::int64_t now = desk_.now();
  const std::shared_ptr<VerificationRecord> record = new_record(now);
  // The random half of the id is as good a seed as any, and is known wherever the decision is.
  if (const auto decided =
          decide(*setup_, desk_.traffic, &desk_.store, now, record->id.low, false, choice_);
      !decided) {
    return decided;
  }
  record->decision = decision_text(*tenant_, choice_.decision);
  deadline_ = std::chrono::steady_clock::now() + route_->deadline;
  guard_ = desk_.in_flight.enter(record->id.high);
  case_ = std::make_unique<Case>(desk_, setup_, record);
  return {};
}

std::shared_ptr<VerificationRecord> Start::new_record(std::int64_t now_unix_ms) const {
  auto record = std::make_shared<VerificationRecord>();
  record->id = desk_.ids.next(now_unix_ms);
  record->segment = choice_.segment;
  record->config_version = setup_->version;
  record->path_secrets = random_array<32>();
  record->return_url =
      request_.return_url.empty() ? tenant_->default_return_url : request_.return_url;
  Verification& verification = record->verification;
  verification.id = record->id.text();
  verification.tenant = request_.tenant;
  verification.status = Status::starting;
  verification.method = request_.method;
  verification.checks = request_.checks;
  verification.person_id = request_.person.id;
  verification.reference = request_.reference;
  verification.created_unix_ms = now_unix_ms;
  verification.updated_unix_ms = now_unix_ms;
  return record;
}

asio::awaitable<Result<Reply>> Start::run() {
  // First of all: config and vendors may have changed since the first request with this key.
  if (!idempotency_.key.empty()) {
    auto earlier = co_await earlier_answer(desk_, setup_, request_.tenant, idempotency_);
    if (earlier) co_return std::move(*earlier);
  }
  if (const auto prepared = prepare(); !prepared) co_return prepared.error();
  co_await ask();
  // Given back with the answer, also when a hedged attempt that lost has not come to its end.
  InFlight::Guard guard = std::move(guard_);
  if (case_->claim() && case_->claim()->state != store::ClaimState::fresh) {
    guard = {};
    co_return co_await repeated(desk_, setup_, *case_->claim(), idempotency_.render);
  }
  if (broken_ && !case_->is_inserted()) co_return *broken_;
  if (!is_open_) fail();
  co_return co_await answer();
}

asio::awaitable<void> Start::ask() {
  const routing::Plan& plan = choice_.decision.plan;
  for (const routing::LeftOut& one : plan.left_out) {
    passed_over_.add(choice_.decision, one);
  }
  std::size_t next = 0;
  if (route_->hedge_after.count() > 0 && plan.candidates.size() > 1) {
    next = co_await ask_hedged();
  }
  for (; next < plan.candidates.size() && goes_on_ && !broken_; ++next) {
    std::optional<Turn> turn = take_turn(plan.candidates[next]);
    if (!turn) continue;
    Report report = co_await attempt(account_of(plan.candidates[next]));
    crash_point("start.replied");
    turn->end(*report);
    take_report(account_of(plan.candidates[next]), std::move(report));
  }
}

const AccountRuntime& Start::account_of(const routing::Candidate& candidate) const {
  return *setup_->account(route_->accounts[candidate.account]);
}

std::optional<Turn> Start::take_turn(const routing::Candidate& candidate) {
  const std::string& name = route_->accounts[candidate.account];
  Turn turn = desk_.traffic.begin(name, candidate.why == routing::Why::last_resort);
  if (turn.granted()) return turn;
  passed_over_.add(name, turn.refusal());
  return {};
}

void Start::take_report(const AccountRuntime& account, Report reported) {
  const OperationReport& report = *reported;
  // Also of an attempt whose second request was refused: the first one may have cost something.
  case_->take(account, report);
  if (report.refused && report.charges.empty()) {
    passed_over_.add(account.config.name, *report.refused);
    return;
  }
  learn(account, report);
  case_->note(report.attempt);
  is_in_doubt_ = is_in_doubt_ || leaves_doubt(report);
  if (auto* finish = std::get_if<plugin::FinishStep>(&reported->end)) {
    opened(account, std::move(*finish));
  }
  ++asked_;
  const bool may_more = route_->attempts_max == 0 || asked_ < route_->attempts_max;
  // One of two that were asked beside each other may say stop.
  goes_on_ = goes_on_ && !is_open_ && may_more && may_go_on(report);
  last_ = std::move(reported);
}

// The statistics of starts: what was the caller's fault, or ours, says nothing about the vendor.
void Start::learn(const AccountRuntime& account, const OperationReport& report) {
  if (report.attempt.error_class == IDSW_ERROR_INVALID_REQUEST) return;
  if (report.is_no_evidence && report.finish() == nullptr) return;
  desk_.traffic.started(account.config.name, choice_.segment, report.finish() == nullptr,
                        report.attempt.latency_us);
}

asio::awaitable<Report> Start::attempt(const AccountRuntime& account) {
  const VerificationRecord& record = case_->record();
  const std::string& public_url = setup_->config.server.public_url;
  const std::string return_url =
      public_url + "/return/" + PathToken::of(record, PathToken::Use::person_return).text();
  const std::string callback_url =
      public_url + "/callbacks/" + PathToken::of(record, PathToken::Use::callback).text();
  plugin::OperationInput input = case_->input(IDSW_OP_START);
  input.person_name = request_.person.name;
  input.person_id_number = request_.person.id_number;
  input.return_url = return_url;
  input.callback_url = callback_url;
  input.options = options_.at(account.config.name);
  input.media = &request_.images;
  input.want_images = false;
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  co_return co_await desk_.vendors.run(account, input, lane_, deadline_, std::move(before));
}

store::Change Start::first_change() const {
  store::Change change;
  const VerificationRecord& record = case_->record();
  const std::int64_t created = record.verification.created_unix_ms;
  if (!idempotency_.key.empty()) {
    change.emplace_back(claim_of(idempotency_, record.id, created));
  }
  const routing::Exposure& exposure = choice_.decision.plan.exposure;
  if (choice_.decision.plan.has_exposure() && exposure.kind == routing::Exposure::Kind::counted) {
    const config::Experiment& experiment = tenant_->experiments[exposure.experiment];
    const std::uint64_t person = person_number(request_.tenant, request_.person.id);
    change.emplace_back(store::Expose{{record.id, request_.tenant, experiment.name, experiment.seed,
                                       experiment.arms[exposure.arm].name, weights_text(experiment),
                                       person, created}});
  }
  return change;
}

asio::awaitable<Result<void>> Start::before_send(const AccountRuntime& account,
                                                 const plugin::SendStep& send) {
  crash_point("start.before_hold");
  store::Change with;
  if (!case_->is_inserted()) with = first_change();
  Result<void> held = co_await case_->hold(account, send, std::move(with));
  crash_point("start.held");
  // A budget without room is this account's matter; anything else ends the request.
  if (!held && held.error().code() != Errc::budget_exhausted) broken_ = held.error();
  co_return held;
}

void Start::opened(const AccountRuntime& account, plugin::FinishStep finish) {
  is_open_ = true;
  VerificationRecord& record = case_->record();
  Verification& verification = record.verification;
  verification.status = Status::awaiting_user;
  verification.account = account.config.name;
  verification.product = account.config.product;
  verification.expires_unix_ms = finish.action.expires_unix_ms;
  verification.action = std::move(finish.action);
  verification.vendor_reference = std::move(finish.vendor_reference);
  record.state = std::move(finish.state);
  if (!request_.vendor_options.empty()) record.options = options_.at(account.config.name);
}

bool Start::may_go_on(const OperationReport& report) const {
  return std::chrono::steady_clock::now() < deadline_ &&
         routing::after_failure(report.attempt.error_class, leaves_doubt(report),
                                route_->on_unknown_outcome) == routing::Next::next_account;
}

void Start::fail() {
  Verification& verification = case_->verification();
  verification.status = Status::failed;
  verification.account.clear();
  verification.product.clear();
  if (broken_) {
    verification.failure = to_problem(*broken_);
    return;
  }
  if (!last_) {
    verification.failure = passed_over_.problem();
    return;
  }
  verification.failure =
      problem_of_start(*last_, std::chrono::steady_clock::now() >= deadline_, is_in_doubt_);
  if (!passed_over_.text().empty()) {
    verification.failure.detail += ". Not asked: " + passed_over_.text();
  }
}

store::Change Start::last_change() {
  store::Change change;
  if (idempotency_.key.empty()) return change;
  change.emplace_back(store::Answer{idempotency_.name, [this] {
                                      kept_ = idempotency_.render(case_->verification());
                                      return store::AnswerText{kept_->http_status, kept_->body};
                                    }});
  return change;
}

asio::awaitable<Result<Reply>> Start::answer() {
  // Nothing was sent (no adapter got that far): nothing is kept, and the key stays free.
  if (!case_->is_inserted()) {
    case_->verification().id.clear();
    co_return Reply{case_->shared_verification(), {}};
  }
  crash_point("start.before_outcome");
  const Result<void> written = co_await case_->commit_firmly([this] { return last_change(); });
  if (!written) co_return written.error();
  crash_point("start.outcome");
  co_return Reply{case_->shared_verification(), std::move(kept_)};
}

}  // namespace idswitch::engine
