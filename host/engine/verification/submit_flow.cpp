#include "engine/verification/submit_flow.hpp"

#include "base/crash_point.hpp"
#include "engine/traffic/ledger_step.hpp"
#include "engine/traffic/person_charge.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/sweep_case.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

// A 20 MB video goes up to the vendor, which then looks at it.
constexpr std::chrono::seconds k_submit_deadline{60};

}  // namespace

SubmitFlow::SubmitFlow(Engine& engine, VerificationId id, SubmitRequest request,
                       Idempotency idempotency, std::size_t lane)
    : engine_(engine),
      setup_(engine.setup()),
      id_(id),
      request_(std::move(request)),
      idempotency_(std::move(idempotency)),
      lane_(lane),
      book_(id, request_.tenant) {
  Image video;
  video.name = "video";
  video.media_type = request_.media_type;
  video.bytes = std::move(request_.video);
  media_.push_back(std::move(video));
}

Result<void> SubmitFlow::load() {
  Result<std::shared_ptr<VerificationRecord>> record = engine_.store_.verifications().find(id_);
  if (!record) return record.error();
  if (!*record) return Error(Errc::not_found, "no such verification");
  record_ = std::move(**record);
  const Result<std::vector<LedgerEntry>> entries = engine_.store_.ledger().of(id_);
  if (!entries) return entries.error();
  book_.replay(*entries);
  tell_end(record_.verification, book_);
  return {};
}

Result<const AccountRuntime*> SubmitFlow::check() const {
  const Verification& verification = record_.verification;
  const AccountRuntime* account = setup_->account(verification.account);
  if (verification.method != IDSW_METHOD_VIDEO_CODE) {
    return Error(Errc::conflict, "a video is only for method video_code; this one is " +
                                     std::string(method_word(verification.method)));
  }
  if (verification.status != Status::awaiting_user) {
    return Error(Errc::conflict, "it is " + std::string(word(verification.status)) +
                                     ", a video is taken once, while it is awaiting_user; start a "
                                     "new verification for another try");
  }
  if (verification.expires_unix_ms != 0 &&
      engine_.clock_.now_unix_ms() >= verification.expires_unix_ms) {
    return Error(Errc::conflict, "its code has expired; start a new verification");
  }
  if (account == nullptr || !account->product().offers(IDSW_OP_SUBMIT)) {
    return Error(Errc::conflict, "its account " + verification.account +
                                     " is not in the configuration any more, or takes no video");
  }
  return account;
}

std::uint64_t SubmitFlow::person() const {
  return person_number(record_.verification.tenant, record_.verification.person_id);
}

asio::awaitable<Result<Reply>> SubmitFlow::run() {
  // The status may have moved on since the first request with this key; its answer stands.
  auto earlier = engine_.earlier_answer(request_.tenant, idempotency_);
  if (earlier) co_return std::move(*earlier);
  InFlight::Guard guard = engine_.in_flight_->enter(id_.high);
  if (!guard)
    co_return Error(Errc::conflict, "another request is working on it; ask again in a second");
  if (const auto loaded = load(); !loaded) co_return loaded.error();
  const Result<const AccountRuntime*> account = check();
  if (!account) co_return account.error();

  payer_.tenant = request_.tenant;
  if (const auto added = add_charged_once(**account, engine_.store_, person(),
                                          engine_.clock_.now_unix_ms(), payer_);
      !added) {
    co_return added.error();
  }
  Turn turn = engine_.traffic_.begin_follow_up((*account)->config.name);
  OperationReport report = co_await ask(**account);
  crash_point("submit.replied");
  turn.end(report);
  if (early_) co_return std::move(*early_);
  // A budget has no room: nothing was sent, and the video may come again.
  if (report.refused) co_return *report.refused;
  take(**account, report);
  const bool answered = report.finish() != nullptr;
  record_.verification.charges = book_.charges();
  if (const auto written = co_await write(**account, answered); !written) {
    co_return written.error();
  }
  crash_point("submit.outcome");
  if (is_final(record_.verification.status)) {
    engine_.traffic_.ended(**account, record_.segment, record_.verification);
  }
  if (!answered) co_return error_of(report);
  co_return Reply(std::move(record_.verification));
}

asio::awaitable<OperationReport> SubmitFlow::ask(const AccountRuntime& account) {
  const Verification& verification = record_.verification;
  const config::Tenant* tenant = setup_->tenant(verification.tenant);
  options_ = record_.options.empty() ? account.config.settings : record_.options;
  plugin::OperationInput input;
  input.kind = IDSW_OP_SUBMIT;
  input.method = verification.method;
  input.checks = verification.checks;
  input.verification_id = verification.id;
  input.reference = verification.reference;
  input.person_id = verification.person_id;
  input.options = options_;
  input.state = record_.state;
  input.media = &media_;
  input.want_images = request_.want_images || (tenant != nullptr && tenant->keep_images);
  const RunContext context{engine_.clock_, engine_.client(lane_),
                           std::chrono::steady_clock::now() + k_submit_deadline};
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  co_return co_await run_operation(account, input, context, std::move(before));
}

asio::awaitable<Result<void>> SubmitFlow::before_send(const AccountRuntime& account,
                                                      const plugin::SendStep& send) {
  auto hold = engine_.traffic_.hold(payer_, account, book_, send);
  if (!hold) co_return hold.error();
  store::Change change;
  if (!idempotency_.key.empty() && !claimed_) {
    change.push_back(store::Claim{request_.tenant, idempotency_.key, idempotency_.request_digest,
                                  id_, engine_.clock_.now_unix_ms()});
  }
  if (record_.verification.status != Status::submitting) {
    // Durable before the video leaves: a crash from here on leaves no doubt that it may have
    // arrived.
    record_.verification.status = Status::submitting;
    change.push_back(store::progress_of(store::share(record_)));
  }
  if (*hold) change.push_back(store::Append{{**hold}});
  if (change.empty()) co_return Result<void>();
  crash_point("submit.before_hold");
  const store::Written written = co_await engine_.store_.write(std::move(change));
  if ((written.has_failed() || written.claim.state != store::ClaimState::fresh) && *hold) {
    engine_.traffic_.take_back(account, **hold);
  }
  if (written.has_failed()) {
    early_ = written.error;
    co_return written.error;
  }
  if (written.claim.state != store::ClaimState::fresh) {
    early_ = engine_.repeated(request_.tenant, written.claim, idempotency_.render);
    co_return Error(Errc::conflict, "answered before");
  }
  claimed_ = !idempotency_.key.empty();
  crash_point("submit.held");
  co_return Result<void>();
}

void SubmitFlow::take(const AccountRuntime& account, OperationReport& report) {
  Verification& verification = record_.verification;
  std::optional<billing::Ending> ending;
  if (const plugin::FinishStep* ended = report.finish();
      ended != nullptr && ended->outcome == IDSW_OUTCOME_COMPLETED) {
    ending = billing::Ending{ended->verdict, ended->reason, ended->vendor_code};
  }
  engine_.traffic_.book(payer_, account, book_, report.charges, ending, unwritten_);
  verification.attempts.push_back(report.attempt);
  const plugin::FinishStep* finish = report.finish();
  if (finish == nullptr) {
    // The vendor may have used the code up: a second video would be judged against a dead session.
    if (outcome_is_unknown(report)) {
      end_without_answer(verification);
    } else {
      verification.status = Status::awaiting_user;
    }
    return;
  }
  switch (finish->outcome) {
    case IDSW_OUTCOME_COMPLETED:
      verification.status = Status::completed;
      verification.verdict = finish->verdict;
      verification.reason = finish->reason;
      break;
    case IDSW_OUTCOME_EXPIRED: verification.status = Status::expired; break;
    default: verification.status = Status::processing; break;
  }
  verification.action = {};
  verification.vendor_code = finish->vendor_code;
  verification.vendor_message = finish->vendor_message;
  if (!finish->vendor_reference.empty()) verification.vendor_reference = finish->vendor_reference;
  verification.scores = finish->scores;
  verification.images = finish->images;
  if (!finish->state.empty()) record_.state = finish->state;
}

asio::awaitable<Result<void>> SubmitFlow::write(const AccountRuntime& account, bool answered) {
  Verification& verification = record_.verification;
  verification.updated_unix_ms = engine_.clock_.now_unix_ms();
  record_.next_ask_unix_ms =
      next_ask_unix_ms(ask_case(record_, book_, &account), verification.updated_unix_ms);
  store::Change change;
  change.push_back(store::progress_of(store::share(record_)));
  note_charged(account, unwritten_, person(), change);
  change.push_back(store::Append{std::move(unwritten_)});
  unwritten_.clear();
  const config::Tenant* tenant = setup_->tenant(verification.tenant);
  if (tenant != nullptr && tenant->keep_images) {
    for (const Image& image : verification.images) change.push_back(store::KeepImage{id_, image});
  }
  if (!request_.want_images) verification.images.clear();
  if (claimed_ && answered) {
    // Pictures are handed on, not kept: the answer that is kept has none.
    std::vector<Image> images = std::exchange(verification.images, {});
    RenderedAnswer rendered = idempotency_.render(verification);
    verification.images = std::move(images);
    change.push_back(store::Answer{request_.tenant, idempotency_.key,
                                   store::fixed(rendered.http_status, std::move(rendered.body))});
  } else if (claimed_) {
    // A failed hand-over may be tried again with the same key, as long as the code lives.
    change.push_back(store::Release{request_.tenant, idempotency_.key});
  }
  const store::Written written = co_await engine_.store_.write(std::move(change));
  if (written.has_failed()) co_return written.error;
  co_return Result<void>();
}

}  // namespace idswitch::engine
