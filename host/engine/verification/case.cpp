#include "engine/verification/case.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <iterator>

#include "base/log.hpp"
#include "engine/traffic/person_number.hpp"
#include "engine/verification/ask_schedule.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_attempts_max = 32;

constexpr std::chrono::milliseconds k_first_pause{50};
constexpr std::chrono::milliseconds k_longest_pause{2'000};

void log_warnings(const std::vector<billing::BudgetWarning>& warnings) {
  for (const billing::BudgetWarning& warning : warnings) {
    log::write(log::Level::warn, warning.is_over_limit ? "budget_exceeded" : "budget_near_limit",
               {{"budget", warning.budget},
                {"period", warning.period},
                {"limit", warning.limit.text()},
                {"committed", warning.committed.text()}});
  }
}

template <class Key>
void add(std::vector<Key> more, std::vector<Key>& keys) {
  for (Key& key : more) {
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
}

void add(Touch more, Touch& touch) {
  add(std::move(more.persons), touch.persons);
  add(std::move(more.usage), touch.usage);
  add(std::move(more.spend), touch.spend);
  add(std::move(more.budgets), touch.budgets);
}

}  // namespace

struct Case::Booking {
  billing::ChargeBook before;
  std::vector<std::shared_ptr<const Step>> steps;
  const billing::Budgets* budgets = nullptr;
  std::uint64_t person = 0;
  // Of the last call:
  billing::ChargeBook after;
  std::vector<billing::BudgetWarning> warnings;
  std::optional<billing::Exhausted> exhausted;
  std::optional<Error> untakable;

  billing::Terms terms(const Step& step) const {
    return {step.account, *step.contract, *budgets, *step.skus};
  }

  Touch touch() const {
    const Step& first = *steps.front();
    if (steps.size() == 1 && first.hold) {
      return billing::touch_of_hold(before, terms(first), person, first.hold->sku,
                                    first.at_unix_ms);
    }
    Touch all;
    for (const auto& one : steps) {
      // What an earlier step opens, a later one may ask for as well: all of the account's counts.
      add(billing::touch_of(before, terms(*one), person, one->at_unix_ms), all);
    }
    return all;
  }

  Result<billing::Booked> book(const Step& one, Counts& counts) {
    if (one.by_hand) {
      return billing::settle_by_hand(after, terms(one), person, one.by_hand->charge,
                                     one.by_hand->word, one.at_unix_ms, counts);
    }
    if (one.hold) {
      return billing::book_hold(after, terms(one), person, one.hold->sku, one.hold->event,
                                one.hold->on_accept, one.at_unix_ms, counts);
    }
    return billing::book_evidence(after, terms(one), person, one.evidence, one.ending,
                                  one.at_unix_ms, counts);
  }

  Booked price(Counts& counts) {
    after = before;
    warnings.clear();
    exhausted.reset();
    untakable.reset();
    Booked booked;
    for (const auto& one : steps) {
      Result<billing::Booked> made = book(*one, counts);
      if (!made) {
        untakable = made.error();
        booked.refused = untakable->detail();
        break;
      }
      billing::Booked& added = *made;
      std::move(added.entries.begin(), added.entries.end(), std::back_inserter(booked.entries));
      std::move(added.warnings.begin(), added.warnings.end(), std::back_inserter(warnings));
      if (!added.refused) continue;
      exhausted = std::move(added.refused);
      booked.refused = exhausted->text;
      break;
    }
    return booked;
  }
};

Case::Case(Desk& desk, std::shared_ptr<const Setup> setup,
           std::shared_ptr<VerificationRecord> record)
    : desk_(desk),
      setup_(std::move(setup)),
      record_(std::move(record)),
      book_(record_->id, record_->verification.tenant) {}

Result<std::unique_ptr<Case>> Case::load(Desk& desk, std::shared_ptr<const Setup> setup,
                                         VerificationId id) {
  Result<std::shared_ptr<VerificationRecord>> record = desk.store.verifications().find(id);
  if (!record) return record.error();
  if (*record == nullptr) return Error(Errc::not_found, "no such verification");
  const Result<std::vector<LedgerEntry>> entries = desk.store.ledger().of(id);
  if (!entries) return entries.error();
  auto loaded = std::make_unique<Case>(desk, std::move(setup), std::move(*record));
  loaded->is_inserted_ = true;
  loaded->book_.replay(*entries);
  const Verification& verification = loaded->verification();
  if (verification.status == Status::completed) {
    loaded->book_.ended(verification.account,
                        {verification.verdict, verification.reason, verification.vendor_code});
  }
  loaded->record_->verification.charges = loaded->book_.charges();
  return loaded;
}

plugin::OperationInput Case::input(std::uint32_t operation) const {
  const Verification& verification = record_->verification;
  const config::Tenant* tenant = setup_->tenant(verification.tenant);
  plugin::OperationInput input;
  input.kind = operation;
  input.method = verification.method;
  input.checks = verification.checks;
  input.verification_id = verification.id;
  input.reference = verification.reference;
  input.person_id = verification.person_id;
  input.state = record_->state;
  const AccountRuntime* serving = account();
  if (!record_->options.empty()) {
    input.options = record_->options;
  } else if (serving != nullptr) {
    input.options = serving->config.settings;
  }
  input.want_images = tenant != nullptr && tenant->keep_images;
  return input;
}

Case::Step Case::step(const std::string& account, const std::string& currency) {
  static const std::vector<std::string> k_no_skus;
  Step step;
  step.number = ++last_step_;
  step.account = account;
  step.at_unix_ms = desk_.now();
  if (const AccountRuntime* runtime = setup_->account(account)) {
    step.contract = &runtime->config.contract;
    step.skus = &runtime->skus;
    return step;
  }
  gone_.push_back(std::make_unique<config::Contract>());
  gone_.back()->currency = currency;
  step.contract = gone_.back().get();
  step.skus = &k_no_skus;
  return step;
}

void Case::tell(Step step) {
  steps_.push_back(std::make_shared<const Step>(std::move(step)));
}

std::uint64_t Case::person() {
  const bool matters = std::any_of(steps_.begin(), steps_.end(), [](const auto& one) {
    return billing::charges_persons(*one->contract);
  });
  if (!matters) return 0;
  if (!person_) {
    person_ = person_number(record_->verification.tenant, record_->verification.person_id);
  }
  return *person_;
}

asio::awaitable<Result<void>> Case::hold(const AccountRuntime& account,
                                         const plugin::SendStep& send, store::Change with,
                                         bool with_record) {
  const bool is_billable = send.billable != IDSW_BILLABLE_NEVER;
  std::uint64_t own = 0;
  if (is_billable) {
    Step wanted = step(account.config.name, account.config.contract.currency);
    wanted.hold = Wanted{send.sku, send.dedupe_key, send.billable == IDSW_BILLABLE_ON_ACCEPT};
    own = wanted.number;
    tell(std::move(wanted));
  }
  if (!is_billable && with.empty() && is_inserted_ && !with_record) co_return Result<void>();
  Result<void> written = co_await write(std::move(with), with_record);
  // Nothing is sent, so nothing is held; what was told before, and another attempt's hold, wait for
  // their own commits.
  if (!written) std::erase_if(steps_, [own](const auto& one) { return one->number == own; });
  co_return written;
}

void Case::take(const AccountRuntime& account, const OperationReport& report) {
  std::optional<Ending> ending;
  if (const plugin::FinishStep* finished = report.finish();
      finished != nullptr && finished->outcome == IDSW_OUTCOME_COMPLETED) {
    ending = Ending{finished->verdict, finished->reason, finished->vendor_code};
  }
  // What is held already need not be said: most sessions begin with it. And an adapter that has
  // asked nobody only guesses: what was seen leaving without a reply stays unknown.
  const bool is_guess = report.attempt.transport == IDSW_TRANSPORT_NOT_SENT;
  std::vector<Evidence> news;
  std::copy_if(report.charges.begin(), report.charges.end(), std::back_inserter(news),
               [&](const Evidence& one) {
                 if (book_.holds_already(account.config.name, one)) return false;
                 return !is_guess || !is_free(one.state) ||
                        !book_.is_unknown(account.config.name, one);
               });
  if (news.empty() && !ending) return;
  Step told = step(account.config.name, account.config.contract.currency);
  told.evidence = std::move(news);
  told.ending = std::move(ending);
  tell(std::move(told));
}

void Case::conclude(const Charge& charge, const Evidence& evidence) {
  Step concluded = step(charge.account, charge.currency);
  concluded.evidence.push_back(evidence);
  tell(std::move(concluded));
}

void Case::settle(const ChargeName& charge, const billing::HandWritten& word) {
  const billing::ChargeBook& book = book_;
  const ChargeFold* line = book.find(charge);
  Step said = step(charge.account, line == nullptr ? std::string() : line->hold.currency);
  said.by_hand = ByHand{charge, word};
  tell(std::move(said));
}

void Case::note(const Attempt& attempt) {
  std::vector<Attempt>& attempts = record_->verification.attempts;
  const bool repeats = !attempts.empty() && attempt.error_class != 0 &&
                       attempts.back().operation == attempt.operation &&
                       attempts.back().account == attempt.account &&
                       attempts.back().error_class == attempt.error_class &&
                       attempts.back().vendor_code == attempt.vendor_code;
  // A vendor that is down for an hour is one line, not a thousand.
  if (repeats || attempts.size() >= k_attempts_max) return;
  attempts.push_back(attempt);
  is_changed_ = true;
}

std::shared_ptr<Case::Booking> Case::add_booking(store::Change& change, bool with_record) {
  if (steps_.empty()) return nullptr;
  auto booking = std::make_shared<Booking>(
      Booking{book_, steps_, &setup_->budgets, person(), billing::ChargeBook(book_), {}, {}, {}});
  Touch touch = booking->touch();
  // The record is finished here, on the writer's thread, while its maker waits: when to ask next
  // depends on what is still held.
  change.emplace_back(store::Booking{
      std::move(touch),
      [booking, with_record, record = record_, setup = setup_, now = desk_.now()](Counts& counts) {
        Booked booked = booking->price(counts);
        if (with_record && !booked.refused) finish_record(*record, booking->after, *setup, now);
        return booked;
      }});
  return booking;
}

asio::awaitable<Result<void>> Case::write(store::Change change, bool with_record) {
  const LaneTurns::Turn turn = co_await turns_.enter();
  const bool inserts = !is_inserted_;
  if (inserts) {
    // First of all: what else is in the change may speak of it.
    change.insert(change.begin(), store::Insert{record_});
  } else if (with_record) {
    record_->verification.updated_unix_ms = desk_.now();
  }
  const std::shared_ptr<Booking> booking = add_booking(change, with_record && !inserts);
  const std::size_t told = steps_.size();
  if (with_record && !inserts) {
    if (!booking) finish_record(*record_, book_, *setup_, desk_.now());
    change.emplace_back(store::Progress{record_->id, record_->fence, record_});
  }
  if (change.empty()) co_return Result<void>();
  const store::Written written = co_await desk_.store.write(std::move(change));
  if (const Result<void> settled = settle(written, booking.get()); !settled) co_return settled;
  // What was told while the commit ran is not in it.
  steps_.erase(steps_.begin(), steps_.begin() + static_cast<std::ptrdiff_t>(told));
  is_inserted_ = true;
  if (with_record) is_changed_ = false;
  co_return Result<void>();
}

Result<void> Case::settle(const store::Written& written, Booking* booking) {
  switch (written.outcome) {
    case store::Outcome::committed: break;
    case store::Outcome::claimed_before:
      claim_ = written.claim;
      return Error(Errc::conflict, "answered before");
    case store::Outcome::refused:
      if (booking != nullptr && booking->untakable) return *booking->untakable;
      return Error(Errc::budget_exhausted, written.refused.value_or("a budget has no room"));
    case store::Outcome::lost_case:
      return Error(Errc::conflict, "another request has worked on it meanwhile; ask again");
    case store::Outcome::fenced:
    case store::Outcome::failed: return written.error;
  }
  claim_ = written.claim;
  if (booking == nullptr) return {};
  book_ = std::move(booking->after);
  record_->verification.charges = book_.charges();
  log_warnings(booking->warnings);
  return {};
}

asio::awaitable<Result<void>> Case::commit(store::Change with) {
  co_return co_await write(std::move(with), true);
}

asio::awaitable<Result<void>> Case::commit_firmly(std::function<store::Change()> with) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point give_up = Clock::now() + desk_.firm_for;
  auto pause = k_first_pause;
  for (;;) {
    Result<void> written = co_await write(with(), true);
    const bool may_pass = !written && written.error().code() == Errc::storage_failed;
    if (!may_pass || Clock::now() + pause >= give_up) co_return written;
    asio::steady_timer timer(co_await asio::this_coro::executor, pause);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    pause = std::min(2 * pause, k_longest_pause);
  }
}

}  // namespace idswitch::engine
