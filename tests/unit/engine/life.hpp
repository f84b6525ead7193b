#pragma once

// Life: a whole switch without a process or a socket. The store is a real file, the configuration a
// real one, its plugin is in this process; the vendors answer what the test says, the clock stands
// still until it is told, and the store fails at the write that the test names.

#include <boost/asio/io_context.hpp>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/verification/ask.hpp"
#include "engine/verification/cancel.hpp"
#include "engine/verification/forget.hpp"
#include "engine/verification/settle.hpp"
#include "engine/verification/start.hpp"
#include "engine/verification/submit.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine::test {

inline constexpr std::int64_t k_now = 1'795'000'000'000;  // in November 2026
inline constexpr std::int64_t k_hour_ms = 3'600'000;

// One operation as a vendor plays it.
struct Played {
  struct Send {
    std::uint32_t billable = IDSW_BILLABLE_NEVER;
    std::string sku;
    std::string event;
    std::optional<Evidence> reply;  // what it says of a charge
  };

  std::vector<Send> sends;
  std::vector<Evidence> charges;  // at the end
  std::variant<plugin::FinishStep, plugin::FailStep> end;
  std::function<void()> meanwhile;  // between the last request and its reply
};

Played opened(std::uint32_t charge = IDSW_CHARGE_HELD);
Played start_failed(std::uint32_t error_class, std::uint32_t charge);
Played pending();
Played ended(std::uint32_t verdict, std::uint32_t charge);
Played result_failed(std::uint32_t error_class);

// Plays what the test put down, by account and operation, in order; the last one again and again.
class PlayedVendors final : public Vendors {
 public:
  void play(const std::string& account, std::uint32_t operation, Played played);

  boost::asio::awaitable<Report> run(const AccountRuntime& account, plugin::OperationInput input,
                                     std::size_t lane, TimePoint deadline,
                                     BeforeSend before_send) override;

  // Requests that left, "account operation sku".
  std::vector<std::string> sent;

 private:
  std::map<std::string, std::deque<Played>> played_;
};

// The real store, but for the writes that are to fail.
class FailingStore final : public store::Store {
 public:
  explicit FailingStore(std::unique_ptr<store::Store> real) : real_(std::move(real)) {}

  void end_reads() override { real_->end_reads(); }

  const store::StoreKey& key() const override { return real_->key(); }

  using Store::write;
  void write(store::Change change, std::function<void(store::Written)> done) override;

  store::Verifications& verifications() override { return real_->verifications(); }

  store::Ledger& ledger() override { return real_->ledger(); }

  store::Webhooks& webhooks() override { return real_->webhooks(); }

  store::Agreement& agreement() override { return real_->agreement(); }

  int fails_in = -1;  // 1: the next write fails
  int fails_for = 1;  // so many in a row
  std::size_t writes = 0;

 private:
  std::unique_ptr<store::Store> real_;
};

class Life {
 public:
  // prices: of account a's contract, YAML. budgets: below `budgets:`, may be empty.
  explicit Life(std::string prices = R"({check: "0.30"})", std::string budgets = "",
                std::string more_accounts = "");
  ~Life();

  // What is in memory is gone; the file is opened again.
  void crash();

  Result<Verification> start(const std::string& person = "person-1", const std::string& key = "");
  Result<Verification> result(const std::string& id, bool now = false);
  Result<Verification> returned(const std::string& id);
  Result<Verification> submit(const std::string& id);
  Result<Verification> cancelled(const std::string& id);
  // By "mei"; no amount: it is not charged.
  Result<Settled> settle(const std::string& id, const ChargeName& charge,
                         std::optional<Money> amount, const std::string& why = "line 17");
  // By "lee", of tenant shop unless another is named.
  Result<Forgotten> forget(const std::string& person, const std::string& tenant = "shop");
  // What is due by the clock, once.
  void sweep();

  void step(std::int64_t ms) { clock.advance(std::chrono::milliseconds(ms)); }

  // "hold 0.30, capture 0.30 (prices.check)" of one verification, in order.
  std::string ledger(const std::string& id);
  std::string charges(const std::string& id);
  std::string status(const std::string& id);

  // Counts differ from a fold of the entries, a hold has no next time to ask, and the like: empty.
  std::string faults();

  // How many rows a query of the file gives, read beside the store.
  int rows(const std::string& sql) const;
  // Somebody changes the file behind the store's back.
  void tamper(const std::string& sql) const;
  // The text stands somewhere in a row of the file.
  bool has_text(const std::string& text) const;

  std::string file() const { return (folder_ / "x.db").string(); }

  template <class T>
  T run(boost::asio::awaitable<T> work);

  ManualClock clock{k_now};
  PlayedVendors vendors;
  std::unique_ptr<FailingStore> store;
  std::shared_ptr<Setup> setup;
  std::unique_ptr<Traffic> traffic;
  std::shared_ptr<InFlight> in_flight;
  std::unique_ptr<VerificationIds> ids;
  std::unique_ptr<Desk> desk;

 private:
  void open();

  boost::asio::io_context io_;
  std::filesystem::path folder_;
  std::string config_;
};

}  // namespace idswitch::engine::test
