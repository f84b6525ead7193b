#include "engine/verification/ask.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/crash_point.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "engine/verification/recovery.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

constexpr std::chrono::seconds k_deadline{20};
// News is asked for at once, but whoever holds a return address cannot make us ask more often.
constexpr std::chrono::seconds k_news_floor{1};

}  // namespace

Ask::Ask(Desk& desk, std::shared_ptr<const Setup> setup, VerificationId id, ResultRequest request,
         std::size_t lane)
    : desk_(desk),
      setup_(std::move(setup)),
      id_(id),
      request_(std::move(request)),
      lane_(lane),
      why_(request_.ask_vendor_now ? Why::refreshed : Why::shown) {}

asio::awaitable<Result<Verification>> Ask::run() {
  const InFlight::Guard guard = desk_.in_flight.enter(id_.high);
  if (guard) {
    if (const auto loaded = co_await load(); !loaded) co_return loaded.error();
    if (const auto gone = co_await go(); !gone) co_return gone.error();
  } else {
    // Whoever works on it writes down what becomes of it; this is what is known so far.
    if (why_ == Why::news) desk_.in_flight.hurry(id_, desk_.clock.steady());
    Result<std::unique_ptr<Case>> loaded = Case::load(desk_, setup_, id_);
    if (!loaded) co_return loaded.error();
    case_ = std::move(*loaded);
  }
  if (failure_ && why_ == Why::refreshed) co_return *failure_;
  Verification& verification = case_->verification();
  if (!request_.want_images) verification.images.clear();
  if (request_.want_images && verification.images.empty()) {
    if (const auto added = add_kept_images(); !added) co_return added.error();
  }
  co_return std::move(verification);
}

asio::awaitable<Result<Verification>> Ask::run_for_news() {
  why_ = Why::news;
  co_return co_await run();
}

asio::awaitable<Result<void>> Ask::sweep(bool is_leased) {
  const InFlight::Guard guard = desk_.in_flight.enter(id_.high);
  if (!guard) co_return Result<void>();  // whoever works on it writes when to ask next
  why_ = Why::due;
  is_leased_ = is_leased;
  if (const auto loaded = co_await load(); !loaded) co_return loaded.error();
  co_return co_await go();
}

asio::awaitable<Result<void>> Ask::load() {
  Result<std::unique_ptr<Case>> loaded = co_await load_whole(desk_, setup_, id_);
  if (!loaded) co_return loaded.error();
  case_ = std::move(*loaded);
  co_return Result<void>();
}

// Asks, brings to an end what has ended, and writes it down.
asio::awaitable<Result<void>> Ask::go() {
  const bool was_final = is_final(case_->verification().status);
  const AccountRuntime* account = case_->account();
  if (account != nullptr && is_worth_asking() && co_await may_ask_now()) {
    const Result<bool> claimed = co_await claim();
    if (!claimed) co_return claimed.error();
    if (!*claimed) co_return Result<void>();
    if (const auto asked = co_await ask(*account); !asked) co_return asked.error();
  }
  expire_when_due();
  if (why_ == Why::due) settle_when_dead();
  // A question that learnt nothing costs no row: its claim has moved the next one on already.
  if (case_->is_changed() || case_->has_untold()) {
    if (const auto written = co_await case_->commit_firmly([this] { return pictures(); });
        !written) {
      co_return written.error();
    }
    crash_point("result.written");
  }
  if (why_ == Why::due && was_final) {
    if (const auto left = co_await leave_for_good(); !left) co_return left.error();
  }
  if (account != nullptr && !was_final && is_final(case_->verification().status)) {
    desk_.traffic.ended(*account, case_->record().segment, case_->verification());
  }
  co_return Result<void>();
}

// The claim of the last question has put off a next one.
asio::awaitable<Result<void>> Ask::leave_for_good() {
  const VerificationRecord& record = case_->record();
  const AskCase ask = ask_case(record, case_->book(), case_->account());
  const std::int64_t now = desk_.now();
  const bool is_over = (is_answered_ && is_last_look(ask, now)) || next_ask_unix_ms(ask, now) == 0;
  if (!is_over) co_return Result<void>();
  store::Change change;
  change.emplace_back(store::GiveBack{id_, record.fence, 0});
  const store::Written written = co_await desk_.store.write(std::move(change));
  // Whoever has taken the case meanwhile says when to go on.
  const bool is_done = written.committed() || written.outcome == store::Outcome::lost_case;
  co_return is_done ? Result<void>() : Result<void>(written.error);
}

bool Ask::is_worth_asking() const {
  const Verification& verification = case_->verification();
  const AccountRuntime& account = *case_->account();
  if (!account.product().offers(IDSW_OP_RESULT)) return false;
  if (verification.status == Status::failed) return false;
  const bool open = !is_final(verification.status) || case_->book().has_held() ||
                    is_unheard(verification, case_->book());
  // The vendor may know better than the clock.
  const bool is_late_news = why_ != Why::shown && verification.status == Status::expired;
  const bool wants_more =
      verification.status == Status::completed && (request_.want_images || request_.want_document);
  return open || is_late_news || wants_more;
}

asio::awaitable<bool> Ask::may_ask_now() {
  const SteadyTime now = desk_.clock.steady();
  const std::chrono::milliseconds interval = case_->account()->config.limits.result_interval;
  switch (why_) {
    case Why::due: co_return true;
    case Why::refreshed: {
      // Asked for sure, but not before its time.
      asio::steady_timer rest(co_await asio::this_coro::executor,
                              desk_.in_flight.rest(id_.high, k_news_floor, now));
      co_await rest.async_wait(asio::as_tuple(asio::use_awaitable));
      static_cast<void>(desk_.in_flight.may_ask(id_.high, {}, desk_.clock.steady()));
      co_return true;
    }
    case Why::shown:
      // Pictures are asked for when they are wanted, not polled for.
      co_return case_->verification().status == Status::completed ||
          desk_.in_flight.may_ask(id_.high, interval, now);
    case Why::news: break;
  }
  if (desk_.in_flight.may_ask(id_.high, k_news_floor, now)) co_return true;
  desk_.in_flight.hurry(id_, now + k_news_floor);
  co_return false;
}

// Moves the next question on before this one is asked: once, whoever else looks at it meanwhile.
asio::awaitable<Result<bool>> Ask::claim() {
  if (is_leased_) co_return true;
  VerificationRecord& record = case_->record();
  const std::int64_t now = desk_.now();
  store::Lease lease;
  lease.id = id_;
  lease.fence = record.fence;
  lease.next_ask_unix_ms = next_ask_unix_ms(ask_case(record, case_->book(), case_->account()), now);
  lease.made_unix_ms = now;
  store::Change change;
  change.emplace_back(lease);
  const store::Written written = co_await desk_.store.write(std::move(change));
  if (written.outcome == store::Outcome::lost_case) co_return false;
  if (written.outcome != store::Outcome::committed) co_return written.error;
  ++record.fence;
  record.next_ask_unix_ms = lease.next_ask_unix_ms;
  co_return true;
}

plugin::OperationInput Ask::input(std::uint32_t operation) const {
  plugin::OperationInput input = case_->input(operation);
  input.person_name = request_.person.name;
  input.person_id_number = request_.person.id_number;
  input.media = &request_.images;
  input.want_images = input.want_images || request_.want_images;
  input.want_document = request_.want_document;
  return input;
}

asio::awaitable<Result<void>> Ask::ask(const AccountRuntime& account) {
  Turn turn = desk_.traffic.begin_follow_up(account.config.name, IDSW_OP_RESULT, id_);
  if (!turn.granted()) {
    if (why_ == Why::refreshed) {
      failure_ = not_asked(account.config.name, turn.refusal());
    }
    // Whoever looks again may ask; news must not wait for that. What is due is due again.
    if (why_ == Why::news) desk_.in_flight.hurry(id_, desk_.clock.steady() + k_news_floor);
    co_return Result<void>();
  }
  BeforeSend before = [this, &account](const plugin::SendStep& send) {
    return before_send(account, send);
  };
  const Report report = co_await desk_.vendors.run(
      account, input(IDSW_OP_RESULT), lane_, steady_clock::now() + k_deadline, std::move(before));
  crash_point("result.replied");
  turn.end(*report);
  is_answered_ = report->finish() != nullptr;
  take(account, *report);
  co_return Result<void>();
}

asio::awaitable<Result<void>> Ask::before_send(const AccountRuntime& account,
                                               const plugin::SendStep& send) {
  const bool is_new = send.billable != IDSW_BILLABLE_NEVER &&
                      !case_->book().has(account.config.name, send.sku, send.dedupe_key);
  if (is_new && is_final(case_->verification().status)) {
    co_return Error(Errc::conflict, "it was given up: nothing that may cost money is asked for it");
  }
  // What the platform gives along (a name, a picture to compare with) is not kept; a request that
  // costs money is not made without it.
  constexpr std::uint32_t k_with_data = IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH;
  const bool lacks_data = (case_->verification().checks & k_with_data) != 0 &&
                          request_.person.name.empty() && request_.images.empty();
  if (is_new && lacks_data && why_ != Why::refreshed && why_ != Why::shown) {
    co_return Error(Errc::conflict, "only a request that brings the person's data may ask for it");
  }
  co_return co_await case_->hold(account, send);
}

void Ask::take(const AccountRuntime& account, const OperationReport& report) {
  case_->take(account, report);
  const bool was_final = is_final(case_->verification().status);
  const plugin::FinishStep* finished = report.finish();
  if (finished == nullptr) {
    failure_ = error_of(report);
    // What left a charge in doubt is told, also of one that was given up.
    if (!report.refused && (!was_final || leaves_doubt(report))) case_->note(report.attempt);
    return;
  }
  if (finished->outcome != IDSW_OUTCOME_PENDING && !was_final) case_->note(report.attempt);
  finish(*finished);
}

void Ask::finish(const plugin::FinishStep& finish) {
  Verification& verification = case_->verification();
  verification.images = finish.images;
  if (request_.want_document) verification.document = finish.document;
  // A cancelled verification is still asked about for its charges; its status stays. One that
  // expired by the clock takes late news.
  const bool is_late =
      verification.status == Status::expired && finish.outcome == IDSW_OUTCOME_COMPLETED;
  if (is_final(verification.status) && !is_late) return;
  switch (finish.outcome) {
    case IDSW_OUTCOME_PENDING:
      if (finish.processing && verification.status == Status::awaiting_user) {
        verification.status = Status::processing;
        case_->change();
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
  if (!finish.state.empty()) case_->record().state = finish.state;
  case_->change();
}

void Ask::expire_when_due() {
  Verification& verification = case_->verification();
  const AccountRuntime* account = case_->account();
  const bool can_ask = account != nullptr && account->product().offers(IDSW_OP_RESULT);
  const std::int64_t now = desk_.now();
  const bool is_dead =
      verification.expires_unix_ms != 0 && now >= verification.expires_unix_ms && !can_ask;
  const bool is_old =
      why_ == Why::due && is_given_up(ask_case(case_->record(), case_->book(), account), now);
  // Where the vendor can be asked, its word decides; elsewhere the session's own lifetime does.
  if (is_final(verification.status) ||
      (!is_old && (!is_dead || verification.status != Status::awaiting_user))) {
    return;
  }
  verification.status = Status::expired;
  verification.action = {};
  case_->change();
}

// What asking cannot settle any more is settled by the product's rule about sessions nobody
// finished, or is unknown.
void Ask::settle_when_dead() {
  const Verification& verification = case_->verification();
  const std::int64_t now = desk_.now();
  const AskCase ask = ask_case(case_->record(), case_->book(), case_->account());
  const bool is_dead = verification.expires_unix_ms == 0 ? is_final(verification.status)
                                                         : now >= verification.expires_unix_ms;
  for (const Charge& charge : case_->book().charges()) {
    if (charge.state != ChargeState::held) continue;
    // Another account's session was never handed to the person: a hedged start that lost, and whose
    // end a dead process did not write down.
    const bool is_own = charge.account == verification.account;
    const AccountRuntime* account = setup_->account(charge.account);
    if (is_given_up(ask, now)) {
      case_->conclude(charge, unknown_evidence(charge));
    } else if (account == nullptr) {
      continue;  // it may come back; until then the hold is listed as open
    } else if (!is_own) {
      case_->conclude(charge, unused_evidence(*account, charge));
    } else if (!ask.can_ask && is_dead) {
      case_->conclude(charge, unfinished_evidence(account, charge, false));
    }
  }
}

store::Change Ask::pictures() const {
  store::Change change;
  const config::Tenant* tenant = setup_->tenant(case_->verification().tenant);
  if (tenant == nullptr || !tenant->keep_images) return change;
  for (const Image& image : case_->verification().images) {
    change.emplace_back(store::KeepImage{id_, image});
  }
  return change;
}

Result<void> Ask::add_kept_images() {
  Result<std::vector<Image>> kept = desk_.store.verifications().kept_images(id_);
  if (!kept) return kept.error();
  case_->verification().images = std::move(*kept);
  return {};
}

asio::awaitable<Result<void>> Ask::run_callback(const std::string& body,
                                                const std::string& content_type) {
  Result<std::unique_ptr<Case>> loaded = Case::load(desk_, setup_, id_);
  if (!loaded) co_return loaded.error();
  const AccountRuntime* account = (*loaded)->account();
  if (account == nullptr || !account->product().offers(IDSW_OP_CALLBACK)) {
    co_return Error(Errc::not_found, "this verification expects no callback");
  }
  case_ = std::move(*loaded);
  plugin::OperationInput operation = input(IDSW_OP_CALLBACK);
  operation.callback_body = body;
  operation.callback_content_type = content_type;
  const Report report = co_await desk_.vendors.run(*account, operation, lane_,
                                                   steady_clock::now() + k_deadline, nullptr);
  if (report->finish() == nullptr) {
    co_return Error(Errc::bad_request,
                    "the callback cannot be read as this vendor's document says");
  }
  case_.reset();
  const Result<Verification> asked = co_await run_for_news();
  // The vendor did its part; what we could not ask now is asked again later.
  if (!asked && describe(asked.error().code()).http_status < 500) co_return asked.error();
  co_return Result<void>();
}

}  // namespace idswitch::engine
