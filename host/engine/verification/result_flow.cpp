#include "engine/verification/result_flow.hpp"

#include "base/crash_point.hpp"
#include "base/log.hpp"
#include "engine/traffic/ledger_step.hpp"
#include "engine/traffic/person_charge.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/sweep_case.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds k_result_deadline{20};
constexpr std::size_t k_attempts_max = 32;

}  // namespace

ResultFlow::ResultFlow(Engine& engine, VerificationRecord record, ResultRequest request,
                       std::size_t lane)
    : engine_(engine),
      setup_(engine.setup()),
      record_(std::move(record)),
      request_(std::move(request)),
      lane_(lane),
      tenant_(setup_->tenant(record_.verification.tenant)),
      book_(record_.id, record_.verification.tenant) {
  payer_.tenant = record_.verification.tenant;
}

asio::awaitable<Result<Verification>> ResultFlow::run() {
  const InFlight::Guard guard = engine_.in_flight_->enter(record_.id.high);
  // Read again now that nobody else works on it: what the caller read may be old.
  if (const auto loaded = load(); !loaded) co_return loaded.error();
  if (guard) {
    const AccountRuntime* account = setup_->account(record_.verification.account);
    const bool asks = account != nullptr && is_worth_asking(*account);
    if (const auto gone = co_await go(asks); !gone) co_return gone.error();
  }
  if (failure_ && request_.ask_vendor_now) co_return *failure_;
  if (!request_.want_images) record_.verification.images.clear();
  if (request_.want_images && record_.verification.images.empty()) {
    if (const auto added = add_kept_images(); !added) co_return added.error();
  }
  record_.verification.charges = book_.charges();
  co_return std::move(record_.verification);
}

asio::awaitable<Result<void>> ResultFlow::sweep() {
  const InFlight::Guard guard = engine_.in_flight_->enter(record_.id.high);
  if (!guard) co_return Result<void>();  // whoever works on it writes when to ask next
  if (const auto loaded = load(); !loaded) co_return loaded.error();
  const AccountRuntime* account = setup_->account(record_.verification.account);
  const AskCase ask = ask_case(record_, book_, account);
  const bool asks = ask.can_ask && engine_.traffic_.may_follow_up(record_.verification.account);
  is_sweeping_ = true;
  co_return co_await go(asks);
}

// Asks, brings to an end what has ended, and writes it down.
asio::awaitable<Result<void>> ResultFlow::go(bool asks) {
  const bool was_final = is_final(record_.verification.status);
  const AccountRuntime* account = setup_->account(record_.verification.account);
  if (asks) {
    if (const auto asked = co_await ask(*account); !asked) co_return asked.error();
  }
  expire_when_due();
  if (is_sweeping_) settle_when_dead();
  // A sweep also writes down when to ask next.
  if (changed_ || !unwritten_.empty() || is_sweeping_) {
    if (const auto written = co_await write(); !written) co_return written.error();
    crash_point("result.written");
  }
  record_.verification.charges = book_.charges();
  if (account != nullptr && !was_final && is_final(record_.verification.status)) {
    engine_.traffic_.ended(*account, record_.segment, record_.verification);
  }
  co_return Result<void>();
}

// What asking cannot settle any more is settled by the product's rule about sessions nobody
// finished, or is unknown.
void ResultFlow::settle_when_dead() {
  const Verification& verification = record_.verification;
  const std::int64_t now = engine_.clock_.now_unix_ms();
  const AccountRuntime* own = setup_->account(verification.account);
  const AskCase ask = ask_case(record_, book_, own);
  const bool is_dead = verification.expires_unix_ms == 0 ? is_final(verification.status)
                                                         : now >= verification.expires_unix_ms;
  for (const Charge& charge : book_.charges()) {
    if (charge.state != ChargeState::held) continue;
    // Another account's session was never handed to the person: a hedged start that lost, and whose
    // end a dead process did not write down.
    const bool is_own = charge.account == verification.account;
    if (is_own && (ask.can_ask ? !is_given_up(ask, now) : !is_dead)) continue;
    const AccountRuntime* account = setup_->account(charge.account);
    if (account == nullptr) continue;  // it may come back; until then the hold is listed as open
    const billing::Evidence evidence = is_own ? unfinished_evidence(*account, charge, ask.can_ask)
                                              : unused_evidence(*account, charge);
    engine_.traffic_.book(payer_, *account, book_, evidence, unwritten_);
  }
}

Result<void> ResultFlow::load() {
  Result<std::optional<VerificationRecord>> record = engine_.store_.find(record_.id);
  if (!record) return record.error();
  if (!*record) return Error(Errc::not_found, "no such verification");
  record_ = std::move(**record);
  const Result<std::vector<LedgerEntry>> entries = engine_.store_.entries_of(record_.id);
  if (!entries) return entries.error();
  book_.replay(*entries);
  tell_end(record_.verification, book_);
  return {};
}

std::uint64_t ResultFlow::person() const {
  return person_number(record_.verification.tenant, record_.verification.person_id);
}

bool ResultFlow::is_worth_asking(const AccountRuntime& account) const {
  const Verification& verification = record_.verification;
  if (!account.product().offers(IDSW_OP_RESULT)) return false;
  if (verification.status == Status::starting || verification.status == Status::submitting ||
      verification.status == Status::failed) {
    return false;
  }
  const bool open = !is_final(verification.status) || book_.awaits_result(verification.account);
  const bool wants_more =
      verification.status == Status::completed && (request_.want_images || request_.want_document);
  if (!open && !wants_more) return false;
  if (request_.ask_vendor_now || wants_more) return true;
  return engine_.in_flight_->may_ask(record_.id.high, account.config.limits.result_interval,
                                     std::chrono::steady_clock::now());
}

plugin::OperationInput ResultFlow::input(std::uint32_t kind) const {
  const Verification& verification = record_.verification;
  plugin::OperationInput input;
  input.kind = kind;
  input.method = verification.method;
  input.checks = verification.checks;
  input.verification_id = verification.id;
  input.reference = verification.reference;
  input.person_id = verification.person_id;
  input.person_name = request_.person.name;
  input.person_id_number = request_.person.id_number;
  input.options = options_;
  input.state = record_.state;
  input.media = &request_.images;
  input.want_images = request_.want_images || (tenant_ != nullptr && tenant_->keep_images);
  input.want_document = request_.want_document;
  return input;
}

asio::awaitable<Result<void>> ResultFlow::ask(const AccountRuntime& account) {
  options_ = record_.options.empty() ? account.config.settings : record_.options;
  const auto payer =
      add_charged_once(account, engine_.store_, person(), engine_.clock_.now_unix_ms(), payer_);
  if (!payer) co_return payer.error();
  const RunContext context{engine_.clock_, engine_.client(lane_),
                           std::chrono::steady_clock::now() + k_result_deadline};
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  const plugin::OperationInput operation = input(IDSW_OP_RESULT);
  Turn turn = engine_.traffic_.begin_follow_up(account.config.name, IDSW_OP_RESULT, record_.id);
  if (!turn.granted()) {
    failure_ = not_asked(account.config.name, turn.refusal());
    co_return Result<void>();
  }
  OperationReport report = co_await run_operation(account, operation, context, std::move(before));
  crash_point("result.replied");
  turn.end(report);
  if (report.refused) co_return *report.refused;
  take(account, report);
  co_return Result<void>();
}

asio::awaitable<Result<void>> ResultFlow::before_send(const AccountRuntime& account,
                                                      const plugin::SendStep& send) {
  auto hold = engine_.traffic_.hold(payer_, account, book_, send);
  if (!hold) co_return hold.error();
  if (!*hold) co_return Result<void>();
  store::Batch batch;
  batch.append(**hold);
  const Result<store::WriteResult> written = co_await engine_.store_.write(std::move(batch));
  if (written) co_return Result<void>();
  engine_.traffic_.take_back(account, **hold);
  co_return written.error();
}

void ResultFlow::take(const AccountRuntime& account, OperationReport& report) {
  std::optional<billing::Ending> ending;
  if (const plugin::FinishStep* finished = report.finish();
      finished != nullptr && finished->outcome == IDSW_OUTCOME_COMPLETED) {
    ending = billing::Ending{finished->verdict, finished->reason, finished->vendor_code};
  }
  engine_.traffic_.book(payer_, account, book_, report.charges, ending, unwritten_);
  if (plugin::FinishStep* finished = std::get_if<plugin::FinishStep>(&report.end)) {
    const bool ended = finished->outcome != IDSW_OUTCOME_PENDING;
    if (ended && !is_final(record_.verification.status)) note_attempt(report.attempt);
    finish(*finished);
  } else {
    if (!is_final(record_.verification.status)) note_attempt(report.attempt);
    failure_ = error_of(report);
  }
}

void ResultFlow::finish(const plugin::FinishStep& finish) {
  Verification& verification = record_.verification;
  verification.images = finish.images;
  if (request_.want_document) verification.document = finish.document;
  // A cancelled or expired verification is still asked about for its charges; its status stays.
  if (is_final(verification.status)) return;
  switch (finish.outcome) {
    case IDSW_OUTCOME_PENDING:
      if (finish.processing && verification.status == Status::awaiting_user) {
        verification.status = Status::processing;
        changed_ = true;
      }
      return;
    case IDSW_OUTCOME_COMPLETED:
      verification.status = Status::completed;
      verification.verdict = finish.verdict;
      verification.reason = finish.reason;
      verification.scores = finish.scores;
      break;
    default: verification.status = Status::expired; break;
  }
  verification.vendor_code = finish.vendor_code;
  verification.vendor_message = finish.vendor_message;
  if (!finish.vendor_reference.empty()) verification.vendor_reference = finish.vendor_reference;
  // The session is over: its token is of no more use to anybody.
  verification.action = {};
  if (!finish.state.empty()) record_.state = finish.state;
  changed_ = true;
}

void ResultFlow::note_attempt(const Attempt& attempt) {
  std::vector<Attempt>& attempts = record_.verification.attempts;
  const bool repeats = !attempts.empty() && attempt.error_class != 0 &&
                       attempts.back().operation == attempt.operation &&
                       attempts.back().error_class == attempt.error_class &&
                       attempts.back().vendor_code == attempt.vendor_code;
  // A vendor that is down for an hour is one line, not a thousand.
  if (repeats || attempts.size() >= k_attempts_max) return;
  attempts.push_back(attempt);
  changed_ = true;
}

void ResultFlow::expire_when_due() {
  Verification& verification = record_.verification;
  const AccountRuntime* account = setup_->account(verification.account);
  const bool can_ask = account != nullptr && account->product().offers(IDSW_OP_RESULT);
  // Where the vendor can be asked, its word decides; elsewhere the session's own lifetime does.
  if (can_ask || verification.status != Status::awaiting_user ||
      verification.expires_unix_ms == 0 ||
      engine_.clock_.now_unix_ms() < verification.expires_unix_ms) {
    return;
  }
  verification.status = Status::expired;
  verification.action = {};
  changed_ = true;
}

asio::awaitable<Result<void>> ResultFlow::write() {
  store::Batch batch;
  const std::int64_t now = engine_.clock_.now_unix_ms();
  if (changed_ || !unwritten_.empty()) record_.verification.updated_unix_ms = now;
  const AccountRuntime* account = setup_->account(record_.verification.account);
  record_.next_ask_unix_ms = next_ask_unix_ms(ask_case(record_, book_, account), now);
  batch.update(record_);
  if (account != nullptr) note_charged(*account, unwritten_, person(), batch);
  for (LedgerEntry& entry : unwritten_) batch.append(std::move(entry));
  if (tenant_ != nullptr && tenant_->keep_images) {
    for (const Image& image : record_.verification.images) batch.keep_image(record_.id, image);
  }
  unwritten_.clear();
  const Result<store::WriteResult> written = co_await engine_.store_.write(std::move(batch));
  if (!written) co_return written.error();
  co_return Result<void>();
}

Result<void> ResultFlow::add_kept_images() {
  Result<std::vector<Image>> kept = engine_.store_.kept_images(record_.id);
  if (!kept) return kept.error();
  record_.verification.images = std::move(*kept);
  return {};
}

asio::awaitable<Result<void>> ResultFlow::run_callback(const std::string& body,
                                                       const std::string& content_type) {
  const AccountRuntime* account = setup_->account(record_.verification.account);
  if (account == nullptr || !account->product().offers(IDSW_OP_CALLBACK)) {
    co_return Error(Errc::not_found, "this verification expects no callback");
  }
  options_ = record_.options.empty() ? account->config.settings : record_.options;
  plugin::OperationInput operation = input(IDSW_OP_CALLBACK);
  operation.callback_body = body;
  operation.callback_content_type = content_type;
  const RunContext context{engine_.clock_, engine_.client(lane_),
                           std::chrono::steady_clock::now() + k_result_deadline};
  const OperationReport report = co_await run_operation(*account, operation, context, nullptr);
  if (report.finish() == nullptr) {
    co_return Error(Errc::bad_request,
                    "the callback cannot be read as this vendor's document says");
  }
  request_.ask_vendor_now = true;
  const Result<Verification> asked = co_await run();
  // The vendor did its part; what we could not ask now is asked again later.
  if (!asked && describe(asked.error().code()).http_status < 500) co_return asked.error();
  co_return Result<void>();
}

}  // namespace idswitch::engine
