#pragma once

// Case: one verification in hand, from the record that was read to the change that is written. It
// holds the record, its charges, and what has been told of them and is not durable yet. Whoever
// works on a verification holds, takes and commits here and nowhere else; what it decides about
// (whom to ask, what an end means) is the stories'. Nothing moves in memory before the disk: a
// commit that fails leaves the case as it was, and may be tried again. On one lane.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "billing/booking.hpp"
#include "billing/charge_book.hpp"
#include "engine/verification/desk.hpp"
#include "engine/verification/lane_turns.hpp"
#include "model/verification_record.hpp"

namespace idswitch::engine {

class Case {
 public:
  // A new one, of which nothing is in the store.
  Case(Desk& desk, std::shared_ptr<const Setup> setup, std::shared_ptr<VerificationRecord> record);

  // One that is in the store, as it is now. Error: not_found, storage_failed.
  static Result<std::unique_ptr<Case>> load(Desk& desk, std::shared_ptr<const Setup> setup,
                                            VerificationId id);

  Case(const Case&) = delete;
  Case& operator=(const Case&) = delete;

  VerificationRecord& record() { return *record_; }

  const VerificationRecord& record() const { return *record_; }

  Verification& verification() { return record_->verification; }

  const Verification& verification() const { return record_->verification; }

  // Not copied: it goes on changing as long as somebody works on the case.
  std::shared_ptr<const Verification> shared_verification() const {
    return {record_, &record_->verification};
  }

  const billing::ChargeBook& book() const { return book_; }

  const Setup& setup() const { return *setup_; }

  // The account that serves it; nullptr when it has none, or the configuration no longer has it.
  const AccountRuntime* account() const { return setup_->account(record_->verification.account); }

  bool is_inserted() const { return is_inserted_; }

  // What an operation on it begins with; the caller adds what only the request knows.
  plugin::OperationInput input(std::uint32_t operation) const;

  // Makes the hold for a request that is about to leave durable, together with `with` and all that
  // was told before; with_record: the record too. Errors: budget_exhausted (nothing was written),
  // storage_failed (likewise), conflict when the claim in `with` is not fresh (see claim()) or
  // somebody else has the case.
  boost::asio::awaitable<Result<void>> hold(const AccountRuntime& account,
                                            const plugin::SendStep& send, store::Change with = {},
                                            bool with_record = false);

  // What an operation told: charges, and the end of the verification if it was one.
  void take(const AccountRuntime& account, const OperationReport& report);

  // What is concluded about a charge without asking. An account that is gone has no prices, so that
  // only a remark can come of it.
  void conclude(const Charge& charge, const Evidence& evidence);

  // What a person says of a charge, who has looked it up. commit() answers invalid_field or
  // not_found for what cannot be taken, and nothing is written then.
  void settle(const ChargeName& charge, const billing::HandWritten& word);

  // One more attempt. Repeated failures are one line, and there are at most 32.
  void note(const Attempt& attempt);

  // The record, when to ask next, all that was told, and `with`: durable together or not at all.
  // answer: kept with the claim's key, rendered when the prices are known.
  boost::asio::awaitable<Result<void>> commit(store::Change with = {});

  // The same, tried again for a while when the store refuses: what a vendor answered is in hand and
  // nowhere else.
  boost::asio::awaitable<Result<void>> commit_firmly(std::function<store::Change()> with);

  // What became of the claim in the last change that had one.
  const std::optional<store::ClaimResult>& claim() const { return claim_; }

  // Something was told that no commit has made durable.
  bool has_untold() const { return !steps_.empty(); }

  // The record differs from the store's.
  void change() { is_changed_ = true; }

  bool is_changed() const { return is_changed_; }

 private:
  // A request that is about to leave.
  struct Wanted {
    std::string sku;
    std::string event;
    bool on_accept = false;
  };

  struct ByHand {
    ChargeName charge;
    billing::HandWritten word;
  };

  // One step of money that waits for its commit.
  struct Step {
    std::uint64_t number = 0;
    std::string account;
    const config::Contract* contract = nullptr;
    const std::vector<std::string>* skus = nullptr;
    std::optional<Wanted> hold;
    std::optional<ByHand> by_hand;
    std::vector<Evidence> evidence;
    std::optional<Ending> ending;
    std::int64_t at_unix_ms = 0;
  };

  // What one attempt to commit makes of the steps; the price function may be called again.
  struct Booking;

  Step step(const std::string& account, const std::string& currency);
  void tell(Step step);
  // Whose verification it is, if that matters to a step; else 0.
  std::uint64_t person();
  boost::asio::awaitable<Result<void>> write(store::Change change, bool with_record);
  Result<void> settle(const store::Written& written, Booking* booking);
  std::shared_ptr<Booking> add_booking(store::Change& change, bool with_record);

  Desk& desk_;
  std::shared_ptr<const Setup> setup_;
  std::shared_ptr<VerificationRecord> record_;
  billing::ChargeBook book_;
  std::optional<std::uint64_t> person_;  // person_number, once a contract wants to know
  std::vector<std::shared_ptr<const Step>> steps_;
  std::uint64_t last_step_ = 0;
  std::vector<std::unique_ptr<config::Contract>> gone_;  // of accounts that are not configured
  std::optional<store::ClaimResult> claim_;
  LaneTurns turns_;  // a hedged start has two attempts that commit
  bool is_inserted_ = false;
  bool is_changed_ = false;
};

}  // namespace idswitch::engine
