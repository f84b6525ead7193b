#include "life.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <stdexcept>

#include "base/digest.hpp"
#include "billing/charge_book.hpp"
#include "present/verification_json.hpp"
#include "stub_setup.hpp"

namespace idswitch::engine::test {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_config = R"(
server: {public_url: "https://id.example.com", certificate_file: none.pem, private_key_file: none.pem}
store: {path: x.db}
plugins: {directory: ".", allow: []}
accounts:
  a: {product: stub/page, secrets: {key: "env:NONE"}, contract: {currency: CNY, prices: PRICES}}
  b: {product: stub/page, secrets: {key: "env:NONE"}, contract: {currency: CNY, prices: {check: "0.40"}}}
  v: {product: stub/video, secrets: {key: "env:NONE"}, contract: {currency: CNY, prices: {check: "0.20"}}}
MORE
BUDGETS
tenants:
  shop:
    api_keys: []
    return_urls: ["https://shop.example"]
    default_return_url: "https://shop.example/done"
    routes:
      - {method: h5, checks: [liveness], accounts: [a, b]}
      - {method: video_code, checks: [liveness], accounts: [v]}
)";

Evidence evidence(std::uint32_t state) {
  Evidence one;
  one.state = state;
  one.source = state == IDSW_CHARGE_UNKNOWN ? std::uint32_t{IDSW_SOURCE_INFERRED}
                                            : std::uint32_t{IDSW_SOURCE_RESULT_CODE};
  one.sku = "check";
  one.event = "init";
  return one;
}

}  // namespace

// ---- what a vendor may do ----------------------------------------------------------------------

Played opened(std::uint32_t charge) {
  Played played;
  played.sends = {{IDSW_BILLABLE_ON_ACCEPT, "check", "init", {}}};
  played.charges = {evidence(charge)};
  plugin::FinishStep finish;
  finish.outcome = IDSW_OUTCOME_OPENED;
  finish.state = "token";
  finish.action.kind = IDSW_ACTION_REDIRECT;
  finish.action.url = "https://vendor.example/page";
  finish.action.expires_unix_ms = k_now + 2 * k_hour_ms;
  played.end = finish;
  return played;
}

Played start_failed(std::uint32_t error_class, std::uint32_t charge) {
  Played played = opened(charge);
  plugin::FailStep fail;
  fail.error_class = error_class;
  played.end = fail;
  return played;
}

Played pending() {
  Played played;
  played.sends = {{}};
  plugin::FinishStep finish;
  finish.outcome = IDSW_OUTCOME_PENDING;
  played.end = finish;
  return played;
}

Played ended(std::uint32_t verdict, std::uint32_t charge) {
  Played played;
  played.sends = {{}};
  played.charges = {evidence(charge)};
  plugin::FinishStep finish;
  finish.outcome = IDSW_OUTCOME_COMPLETED;
  finish.verdict = verdict;
  played.end = finish;
  return played;
}

Played result_failed(std::uint32_t error_class) {
  Played played;
  played.sends = {{}};
  plugin::FailStep fail;
  fail.error_class = error_class;
  played.end = fail;
  return played;
}

void PlayedVendors::play(const std::string& account, std::uint32_t operation, Played played) {
  played_[account + " " + std::string(operation_word(operation))].push_back(std::move(played));
}

asio::awaitable<Report> PlayedVendors::run(const AccountRuntime& account,
                                           plugin::OperationInput input, std::size_t, TimePoint,
                                           BeforeSend before_send) {
  const std::string name = account.config.name + " " + std::string(operation_word(input.kind));
  std::deque<Played>& plays = played_[name];
  Report reported = std::make_unique<OperationReport>();
  OperationReport& report = *reported;
  report.attempt.account = account.config.name;
  report.attempt.operation = input.kind;
  if (plays.empty()) {
    ADD_FAILURE() << "nobody expected " << name;
    co_return reported;
  }
  const Played played = plays.front();
  if (played.sends.empty()) report.attempt.transport = IDSW_TRANSPORT_NOT_SENT;
  if (plays.size() > 1) plays.pop_front();
  for (const Played::Send& send : played.sends) {
    plugin::SendStep step;
    step.billable = send.billable;
    step.sku = send.sku;
    step.dedupe_key = send.event;
    const Result<void> ready = co_await before_send(step);
    if (!ready) {
      report.refused = ready.error();
      report.attempt.error_class = IDSW_ERROR_UNAVAILABLE;
      report.end = plugin::FailStep{IDSW_ERROR_UNAVAILABLE, 0, {}, {}, {}, {}, "not sent"};
      co_return reported;
    }
    sent.push_back(name + (send.sku.empty() ? "" : " " + send.sku));
    if (send.reply) report.charges.push_back(*send.reply);
  }
  if (played.meanwhile) played.meanwhile();
  report.charges.insert(report.charges.end(), played.charges.begin(), played.charges.end());
  if (const auto* fail = std::get_if<plugin::FailStep>(&played.end)) {
    report.end = *fail;
    report.attempt.error_class = fail->error_class;
  } else {
    report.end = std::get<plugin::FinishStep>(played.end);
  }
  co_return reported;
}

void FailingStore::write(store::Change change, std::function<void(store::Written)> done) {
  ++writes;
  if (fails_in > 0 && --fails_in == 0) {
    if (--fails_for > 0) fails_in = 1;
    store::Written written;
    written.outcome = store::Outcome::failed;
    written.error = Error(Errc::storage_failed, "the disk is full");
    return done(written);
  }
  real_->write(std::move(change), std::move(done));
}

// ---- the whole of it ---------------------------------------------------------------------------

Life::Life(std::string prices, std::string budgets, std::string more_accounts) {
  std::string pattern = (std::filesystem::temp_directory_path() / "idswitch-life-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder");
  folder_ = pattern;
  config_ = replaced(std::string(k_config), "PRICES", prices);
  config_ = replaced(config_, "MORE\n", more_accounts);
  config_ = replaced(config_, "BUDGETS\n", budgets.empty() ? "" : "budgets:\n" + budgets);
  open();
}

Life::~Life() {
  desk.reset();
  store.reset();
  std::filesystem::remove_all(folder_);
}

void Life::open() {
  setup = stub_setup(stub_config(config_));
  store::Options options;
  options.path = (folder_ / "x.db").string();
  auto opened = store::Store::open(options);
  if (!opened) throw std::runtime_error(opened.error().detail());
  store = std::make_unique<FailingStore>(std::move(*opened));
  const auto adopted = store->agreement().adopt(config_, sha256(config_), clock.now_unix_ms(),
                                                setup->budgets.limits());
  if (!adopted) throw std::runtime_error(adopted.error().detail());
  traffic = std::make_unique<Traffic>(*setup, clock);
  in_flight = std::make_shared<InFlight>();
  ids = std::make_unique<VerificationIds>(store->verifications().last_id().value());
  desk = std::make_unique<Desk>(
      Desk{*store, *traffic, vendors, *in_flight, *ids, clock, std::chrono::milliseconds(300)});
}

void Life::crash() {
  desk.reset();
  store.reset();
  open();
}

template <class T>
T Life::run(asio::awaitable<T> work) {
  io_.restart();
  std::future<T> answer = asio::co_spawn(io_, std::move(work), asio::use_future);
  auto keep = asio::make_work_guard(io_);
  io_.restart();  // the end of the guard before has stopped it
  while (answer.wait_for(std::chrono::seconds(0)) != std::future_status::ready) io_.run_one();
  io_.poll();
  return answer.get();
}

Result<Verification> Life::start(const std::string& person, const std::string& key) {
  StartRequest request;
  request.tenant = "shop";
  request.method = IDSW_METHOD_H5;
  request.checks = IDSW_CHECK_LIVENESS;
  request.person.id = person;
  Idempotency use;
  use.key = key;
  use.render = api::render_started;
  const auto story = std::make_shared<Start>(*desk, setup, request, use, 0);
  Result<Reply> reply = run(story->run());
  if (!reply) return reply.error();
  if (reply->verification != nullptr) return *reply->verification;
  Verification replayed;
  replayed.id = reply->kept->verification_id;
  return replayed;
}

Result<Verification> Life::result(const std::string& id, bool now) {
  ResultRequest request;
  request.tenant = "shop";
  request.ask_vendor_now = now;
  Ask story(*desk, setup, *VerificationId::parse(id), request, 0);
  return run(story.run());
}

Result<Verification> Life::returned(const std::string& id) {
  ResultRequest request;
  request.tenant = "shop";
  Ask story(*desk, setup, *VerificationId::parse(id), request, 0);
  return run(story.run_for_news());
}

Result<Verification> Life::cancelled(const std::string& id) {
  return run(cancel(*desk, setup, *VerificationId::parse(id)));
}

Result<Settled> Life::settle(const std::string& id, const ChargeName& charge,
                             std::optional<Money> amount, const std::string& why) {
  return run(engine::settle(*desk, setup,
                            {*VerificationId::parse(id), charge, {amount, "mei", why, "ref-9"}}));
}

Result<Forgotten> Life::forget(const std::string& person, const std::string& tenant) {
  const auto find = [this](const ForgetOrder& order,
                           std::uint64_t after) -> asio::awaitable<Result<PersonVerifications>> {
    co_return find_person(*store, order, after);
  };
  return run(engine::forget(*desk, setup, {tenant, person, "lee"}, find));
}

void Life::sweep() {
  const auto due = store->verifications().due(clock.now_unix_ms(), 1000);
  ASSERT_TRUE(due);
  for (const store::DueVerification& one : *due) {
    Ask story(*desk, setup, one.id, ResultRequest(), 0);
    static_cast<void>(run(story.sweep(false)));
  }
  const auto unfinished = store->verifications().unfinished(0, 1000);
  ASSERT_TRUE(unfinished);
  for (const VerificationId& id : unfinished->ids) {
    Ask story(*desk, setup, id, ResultRequest(), 0);
    static_cast<void>(run(story.sweep(false)));
  }
}

std::string Life::ledger(const std::string& id) {
  const auto entries = store->ledger().of(*VerificationId::parse(id));
  if (!entries) return entries.error().detail();
  std::string text;
  for (const LedgerEntry& entry : *entries) {
    static constexpr const char* k_kinds[] = {"", "hold", "capture", "void", "adjust"};
    text += (text.empty() ? "" : ", ") + std::string(k_kinds[static_cast<int>(entry.kind)]) + " " +
            entry.account + " " + entry.amount.text();
    if (entry.kind == EntryKind::adjust) text += " " + std::string(charge_word(entry.evidence));
  }
  return text;
}

std::string Life::charges(const std::string& id) {
  const auto entries = store->ledger().of(*VerificationId::parse(id));
  if (!entries) return entries.error().detail();
  billing::ChargeBook book(*VerificationId::parse(id), "shop");
  book.replay(*entries);
  std::string text;
  for (const Charge& charge : book.charges()) {
    text += (text.empty() ? "" : ", ") + charge.account + " " + std::string(word(charge.state)) +
            " " + Money{charge.amount_micros}.text();
  }
  return text;
}

std::string Life::status(const std::string& id) {
  const auto record = store->verifications().find(*VerificationId::parse(id));
  if (!record || *record == nullptr) return "none";
  return std::string(word((*record)->verification.status));
}

std::string Life::faults() {
  store::LedgerCheck check;
  const auto faults = store->ledger().verify(check);
  if (!faults) return faults.error().detail();
  std::string text;
  for (const auto& fault : faults->listed) text += std::string(store::name_of(fault.kind)) + "\n";
  return text;
}

}  // namespace idswitch::engine::test
