#include "engine/verification/submit.hpp"

#include "base/crash_point.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/recovery.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

// A 20 MB video goes up to the vendor, which then looks at it.
constexpr std::chrono::seconds k_submit_deadline{60};

}  // namespace

Submit::Submit(Desk& desk, std::shared_ptr<const Setup> setup, VerificationId id,
               SubmitRequest request, Idempotency idempotency, std::size_t lane)
    : desk_(desk),
      setup_(std::move(setup)),
      id_(id),
      request_(std::move(request)),
      idempotency_(std::move(idempotency)),
      lane_(lane) {
  Image video;
  video.name = "video";
  video.media_type = request_.media_type;
  video.bytes = std::move(request_.video);
  media_.push_back(std::move(video));
}

Result<const AccountRuntime*> Submit::check() const {
  const Verification& verification = case_->verification();
  const AccountRuntime* account = case_->account();
  if (verification.method != IDSW_METHOD_VIDEO_CODE) {
    return Error(Errc::conflict, "a video is only for method video_code; this one is " +
                                     std::string(method_word(verification.method)));
  }
  if (verification.status != Status::awaiting_user) {
    return Error(Errc::conflict, "it is " + std::string(word(verification.status)) +
                                     ", a video is taken once, while it is awaiting_user; start a "
                                     "new verification for another try");
  }
  if (verification.expires_unix_ms != 0 && desk_.now() >= verification.expires_unix_ms) {
    return Error(Errc::conflict, "its code has expired; start a new verification");
  }
  if (account == nullptr || !account->product().offers(IDSW_OP_SUBMIT)) {
    return Error(Errc::conflict, "its account " + verification.account +
                                     " is not in the configuration any more, or takes no video");
  }
  return account;
}

asio::awaitable<Result<Reply>> Submit::run() {
  // The status may have moved on since the first request with this key; its answer stands.
  auto earlier = co_await earlier_answer(desk_, setup_, request_.tenant, idempotency_);
  if (earlier) co_return std::move(*earlier);
  InFlight::Guard guard = desk_.in_flight.enter(id_.high);
  if (!guard) {
    co_return Error(Errc::conflict, "another request is working on it; ask again in a second");
  }
  Result<std::unique_ptr<Case>> loaded = co_await load_whole(desk_, setup_, id_);
  if (!loaded) co_return loaded.error();
  case_ = std::move(*loaded);
  const Result<const AccountRuntime*> account = check();
  if (!account) co_return account.error();

  Turn turn = desk_.traffic.begin_follow_up((*account)->config.name, IDSW_OP_SUBMIT, id_);
  if (!turn.granted()) {
    co_return not_asked((*account)->config.name, turn.refusal());
  }
  const Report reported = co_await ask(**account);
  const OperationReport& report = *reported;
  crash_point("submit.replied");
  turn.end(report);
  if (case_->claim() && case_->claim()->state != store::ClaimState::fresh) {
    guard = {};
    co_return co_await repeated(desk_, setup_, *case_->claim(), idempotency_.render);
  }
  // Nothing was sent: a budget has no room, or the store refused; the video may come again.
  if (report.refused && report.charges.empty()) co_return *report.refused;
  take(**account, report);
  const bool is_answered = report.finish() != nullptr;
  const Result<void> written =
      co_await case_->commit_firmly([this, is_answered] { return last_change(is_answered); });
  if (!written) co_return written.error();
  crash_point("submit.outcome");
  Verification& verification = case_->verification();
  if (is_final(verification.status)) {
    desk_.traffic.ended(**account, case_->record().segment, verification);
  }
  if (!is_answered) co_return error_of(report);
  if (!request_.want_images) verification.images.clear();
  co_return Reply{std::make_shared<const Verification>(std::move(verification)), {}};
}

bool Submit::keeps_images() const {
  const config::Tenant* tenant = setup_->tenant(request_.tenant);
  return tenant != nullptr && tenant->keep_images;
}

asio::awaitable<Report> Submit::ask(const AccountRuntime& account) {
  plugin::OperationInput input = case_->input(IDSW_OP_SUBMIT);
  input.media = &media_;
  input.want_images = input.want_images || request_.want_images;
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  co_return co_await desk_.vendors.run(account, input, lane_,
                                       std::chrono::steady_clock::now() + k_submit_deadline,
                                       std::move(before));
}

asio::awaitable<Result<void>> Submit::before_send(const AccountRuntime& account,
                                                  const plugin::SendStep& send) {
  store::Change with;
  if (!idempotency_.key.empty() && !is_claimed_) {
    with.emplace_back(claim_of(idempotency_, id_, desk_.now()));
  }
  Verification& verification = case_->verification();
  const Status before = verification.status;
  if (before != Status::submitting) {
    // Durable before the video leaves: a crash from here on leaves no doubt that it may have
    // arrived.
    verification.status = Status::submitting;
  }
  crash_point("submit.before_hold");
  Result<void> held =
      co_await case_->hold(account, send, std::move(with), before != Status::submitting);
  if (!held) {
    verification.status = before;
    co_return held;
  }
  is_claimed_ = !idempotency_.key.empty();
  crash_point("submit.held");
  co_return held;
}

void Submit::take(const AccountRuntime& account, const OperationReport& report) {
  Verification& verification = case_->verification();
  case_->take(account, report);
  case_->note(report.attempt);
  case_->change();
  if (const plugin::FinishStep* finished = report.finish()) return finish(*finished);
  // The vendor may have used the code up: a second video would be judged against a dead session.
  if (leaves_doubt(report)) {
    end_without_answer(verification);
  } else {
    verification.status = Status::awaiting_user;
  }
}

void Submit::finish(const plugin::FinishStep& finish) {
  Verification& verification = case_->verification();
  switch (finish.outcome) {
    case IDSW_OUTCOME_COMPLETED:
      verification.status = Status::completed;
      verification.verdict = finish.verdict;
      verification.reason = finish.reason;
      break;
    case IDSW_OUTCOME_EXPIRED: verification.status = Status::expired; break;
    default: verification.status = Status::processing; break;
  }
  verification.action = {};
  verification.vendor_code = finish.vendor_code;
  verification.vendor_message = finish.vendor_message;
  if (!finish.vendor_reference.empty()) verification.vendor_reference = finish.vendor_reference;
  verification.scores = finish.scores;
  verification.images = finish.images;
  if (!finish.state.empty()) case_->record().state = finish.state;
}

store::Change Submit::last_change(bool is_answered) {
  store::Change change;
  if (keeps_images()) {
    for (const Image& image : case_->verification().images) {
      change.emplace_back(store::KeepImage{id_, image});
    }
  }
  if (!is_claimed_) return change;
  if (!is_answered) {
    // A failed hand-over may be tried again with the same key, as long as the code lives.
    change.emplace_back(store::Release{idempotency_.name});
    return change;
  }
  change.emplace_back(
      store::Answer{idempotency_.name, [this] {
                      // Pictures are handed on, not kept: the answer that is kept has none.
                      Verification& verification = case_->verification();
                      std::vector<Image> images = std::exchange(verification.images, {});
                      RenderedAnswer rendered = idempotency_.render(verification);
                      verification.images = std::move(images);
                      return store::AnswerText{rendered.http_status, std::move(rendered.body)};
                    }});
  return change;
}

}  // namespace idswitch::engine
