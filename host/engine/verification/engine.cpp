#include "engine/verification/engine.hpp"

#include "billing/charge_book.hpp"
#include "engine/verification/ask.hpp"
#include "engine/verification/cancel.hpp"
#include "engine/verification/request_check.hpp"
#include "engine/verification/start.hpp"
#include "engine/verification/submit.hpp"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

Error no_such_verification() {
  return Error(Errc::not_found, "no such verification; ids look like ver_ and 26 characters");
}

}  // namespace

// Over each lane's own connections.
class Engine::LaneVendors final : public Vendors {
 public:
  LaneVendors(net::Lanes& lanes, const Clock& clock) : clock_(clock) {
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      clients_.push_back(std::make_unique<net::HttpClient>(lanes.at(lane)));
    }
  }

  asio::awaitable<Report> run(const AccountRuntime& account, plugin::OperationInput input,
                              std::size_t lane, TimePoint deadline,
                              BeforeSend before_send) override {
    const RunContext context{clock_, *clients_[lane], deadline};
    return run_operation(account, input, context, std::move(before_send));
  }

 private:
  const Clock& clock_;
  std::vector<std::unique_ptr<net::HttpClient>> clients_;
};

Engine::Engine(std::shared_ptr<const Setup> setup, net::Lanes& lanes, store::Store& store,
               const Clock& clock)
    : setup_(setup),
      store_(store),
      clock_(clock),
      traffic_(*setup, clock),
      ids_(store.verifications().last_id().value()),
      vendors_(std::make_unique<LaneVendors>(lanes, clock)),
      desk_{.store = store_,
            .traffic = traffic_,
            .vendors = *vendors_,
            .in_flight = *in_flight_,
            .ids = ids_,
            .clock = clock_} {}

Engine::~Engine() = default;

Result<void> Engine::adopt(std::shared_ptr<const Setup> setup) {
  traffic_.adopt(*setup);
  setup_.replace(std::move(setup));
  return {};
}

Result<void> Engine::load() {
  return traffic_.load(store_);
}

Result<Engine::Owned> Engine::find(const std::string& tenant, const std::string& id) {
  const auto parsed = VerificationId::parse(id);
  if (!parsed) return no_such_verification();
  Result<Owned> record = store_.verifications().find(*parsed);
  if (!record) return record.error();
  // Another tenant's id is as unknown as one that never was.
  if (*record == nullptr || (*record)->verification.tenant != tenant) return no_such_verification();
  return std::move(*record);
}

Result<Engine::Owned> Engine::find(const PathToken& token, PathToken::Use use) {
  Result<Owned> record = store_.verifications().find(token.id);
  if (!record) return record.error();
  if (*record == nullptr || !token.opens(**record, use)) {
    return Error(Errc::not_found, "no such page");
  }
  return std::move(*record);
}

asio::awaitable<Result<Reply>> Engine::start(StartRequest request, Idempotency idempotency,
                                             std::size_t lane) {
  const auto story =
      std::make_shared<Start>(desk_, setup(), std::move(request), std::move(idempotency), lane);
  co_return co_await story->run();
}

asio::awaitable<Result<Verification>> Engine::result(ResultRequest request, std::size_t lane) {
  if (const auto checked = check_result(request); !checked) co_return checked.error();
  const Result<Owned> record = find(request.tenant, request.id);
  if (!record) co_return record.error();
  Ask story(desk_, setup(), (*record)->id, std::move(request), lane);
  co_return co_await story.run();
}

asio::awaitable<Result<Reply>> Engine::submit(SubmitRequest request, Idempotency idempotency,
                                              std::size_t lane) {
  const Result<Owned> record = find(request.tenant, request.id);
  if (!record) co_return record.error();
  Submit story(desk_, setup(), (*record)->id, std::move(request), std::move(idempotency), lane);
  co_return co_await story.run();
}

asio::awaitable<Result<Verification>> Engine::cancel(std::string tenant, std::string id) {
  const Result<Owned> record = find(tenant, id);
  if (!record) co_return record.error();
  co_return co_await engine::cancel(desk_, setup(), (*record)->id);
}

asio::awaitable<Result<Settled>> Engine::settle(SettleOrder order) {
  co_return co_await engine::settle(desk_, setup(), std::move(order));
}

asio::awaitable<Result<Forgotten>> Engine::forget(ForgetOrder order, FindPerson find) {
  co_return co_await engine::forget(desk_, setup(), std::move(order), std::move(find));
}

asio::awaitable<Result<ReturnTarget>> Engine::person_returned(PathToken token, std::size_t lane) {
  const Result<Owned> record = find(token, PathToken::Use::person_return);
  if (!record) co_return record.error();
  ReturnTarget target{(*record)->return_url, (*record)->verification};
  ResultRequest request;
  request.tenant = target.verification.tenant;
  Ask story(desk_, setup(), token.id, std::move(request), lane);
  Result<Verification> verification = co_await story.run_for_news();
  // The person must not be stranded because the vendor is slow: they go back, the status says where
  // things stand.
  if (verification) target.verification = std::move(*verification);
  co_return target;
}

asio::awaitable<Result<void>> Engine::vendor_called(PathToken token, std::string body,
                                                    std::string content_type, std::size_t lane) {
  const Result<Owned> record = find(token, PathToken::Use::callback);
  if (!record) co_return record.error();
  ResultRequest request;
  request.tenant = (*record)->verification.tenant;
  Ask story(desk_, setup(), token.id, std::move(request), lane);
  co_return co_await story.run_callback(body, content_type);
}

asio::awaitable<Result<void>> Engine::sweep(VerificationId id, bool is_leased, std::size_t lane) {
  Ask story(desk_, setup(), id, ResultRequest(), lane);
  co_return co_await story.sweep(is_leased);
}

Result<std::vector<Verification>> Engine::list(const store::ListQuery& query) {
  Result<std::vector<VerificationRecord>> records = store_.verifications().list(query);
  if (!records) return records.error();
  std::vector<Verification> verifications;
  for (VerificationRecord& record : *records) {
    if (const auto added = add_charges(record); !added) return added.error();
    verifications.push_back(std::move(record.verification));
  }
  return verifications;
}

Result<Verification> Engine::stored(const std::string& tenant, const std::string& id) {
  const Result<Owned> record = find(tenant, id);
  if (!record) return record.error();
  if (const auto added = add_charges(**record); !added) return added.error();
  return std::move((*record)->verification);
}

Result<void> Engine::add_charges(VerificationRecord& record) {
  const Result<std::vector<LedgerEntry>> entries = store_.ledger().of(record.id);
  if (!entries) return entries.error();
  billing::ChargeBook book(record.id, record.verification.tenant);
  book.replay(*entries);
  record.verification.charges = book.charges();
  return {};
}

}  // namespace idswitch::engine
