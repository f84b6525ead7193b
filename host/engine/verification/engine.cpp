#include "engine/verification/engine.hpp"

#include <openssl/crypto.h>

#include "base/log.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/request_check.hpp"
#include "engine/verification/result_flow.hpp"
#include "engine/verification/start_flow.hpp"
#include "engine/verification/submit_flow.hpp"
#include "engine/verification/sweep_case.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;

namespace {

Error no_such_verification() {
  return Error(Errc::not_found, "no such verification; ids look like ver_ and 26 characters");
}

}  // namespace

std::string PathToken::text() const {
  static constexpr char k_hex[] = "0123456789abcdef";
  std::string out = id.text() + "/";
  for (const std::uint8_t byte : secret) {
    out += k_hex[byte >> 4];
    out += k_hex[byte & 15];
  }
  return out;
}

std::optional<PathToken> PathToken::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || text.size() - slash - 1 != 32) return {};
  const auto id = VerificationId::parse(text.substr(0, slash));
  if (!id) return {};
  PathToken token{*id, {}};
  for (std::size_t i = 0; i < 32; ++i) {
    const char c = text[slash + 1 + i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return {};
    token.secret[i / 2] = static_cast<std::uint8_t>(token.secret[i / 2] << 4 | digit);
  }
  return token;
}

Engine::Engine(std::shared_ptr<const Setup> setup, net::Lanes& lanes, store::Store& store,
               const Clock& clock)
    : setup_(setup),
      lanes_(lanes),
      store_(store),
      clock_(clock),
      traffic_(*setup, clock),
      ids_(store.verifications().last_id().value()) {
  for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
    clients_.push_back(std::make_unique<net::HttpClient>(lanes.at(lane)));
  }
}

Engine::~Engine() = default;

Result<void> Engine::adopt(std::shared_ptr<const Setup> setup) {
  if (const auto adopted = traffic_.adopt(store_, *setup); !adopted) return adopted;
  setup_.store(std::move(setup));
  return {};
}

Result<VerificationRecord> Engine::find(const std::string& tenant, const std::string& id) {
  const auto parsed = VerificationId::parse(id);
  if (!parsed) return no_such_verification();
  Result<std::shared_ptr<VerificationRecord>> record = store_.verifications().find(*parsed);
  if (!record) return record.error();
  // Another tenant's id is as unknown as one that never was.
  if (!*record || (*record)->verification.tenant != tenant) return no_such_verification();
  return std::move(**record);
}

Result<VerificationRecord> Engine::find(const PathToken& token) {
  Result<std::shared_ptr<VerificationRecord>> record = store_.verifications().find(token.id);
  if (!record) return record.error();
  if (!*record ||
      CRYPTO_memcmp((*record)->path_secret.data(), token.secret.data(), token.secret.size()) != 0) {
    return Error(Errc::not_found, "no such page");
  }
  return std::move(**record);
}

asio::awaitable<Result<Reply>> Engine::start(StartRequest request, Idempotency idempotency,
                                             std::size_t lane) {
  const auto flow =
      std::make_shared<StartFlow>(*this, std::move(request), std::move(idempotency), lane);
  co_return co_await flow->run();
}

asio::awaitable<Result<Verification>> Engine::result(ResultRequest request, std::size_t lane) {
  if (const auto checked = check_result(request); !checked) co_return checked.error();
  Result<VerificationRecord> record = find(request.tenant, request.id);
  if (!record) co_return record.error();
  ResultFlow flow(*this, std::move(*record), std::move(request), lane);
  co_return co_await flow.run();
}

asio::awaitable<Result<Reply>> Engine::submit(SubmitRequest request, Idempotency idempotency,
                                              std::size_t lane) {
  const Result<VerificationRecord> record = find(request.tenant, request.id);
  if (!record) co_return record.error();
  SubmitFlow flow(*this, record->id, std::move(request), std::move(idempotency), lane);
  co_return co_await flow.run();
}

asio::awaitable<Result<Verification>> Engine::cancel(std::string tenant, std::string id) {
  Result<VerificationRecord> found = find(tenant, id);
  if (!found) co_return found.error();
  const InFlight::Guard guard = in_flight_->enter(found->id.high);
  if (!guard) {
    co_return Error(Errc::conflict, "another request is working on it; ask again in a second");
  }
  Result<VerificationRecord> record = find(tenant, id);
  if (!record) co_return record.error();
  Verification& verification = record->verification;
  if (verification.status == Status::cancelled) co_return stored(tenant, id);
  if (is_final(verification.status)) {
    co_return Error(Errc::conflict,
                    "it is " + std::string(word(verification.status)) + " and stays so");
  }
  verification.status = Status::cancelled;
  verification.action = {};
  verification.updated_unix_ms = clock_.now_unix_ms();
  const Result<std::vector<LedgerEntry>> entries = store_.ledger().of(record->id);
  if (!entries) co_return entries.error();
  billing::ChargeBook book(record->id, tenant);
  book.replay(*entries);
  record->next_ask_unix_ms =
      next_ask_unix_ms(ask_case(*record, book, setup()->account(verification.account)),
                       verification.updated_unix_ms);
  store::Change change;
  change.push_back(store::progress_of(store::share(*record)));
  const store::Written written = co_await store_.write(std::move(change));
  if (written.has_failed()) co_return written.error;
  if (const auto added = add_charges(*record); !added) co_return added.error();
  if (const AccountRuntime* account = setup()->account(verification.account)) {
    traffic_.ended(*account, record->segment, verification);
  }
  co_return std::move(verification);
}

asio::awaitable<Result<ReturnTarget>> Engine::person_returned(PathToken token, std::size_t lane) {
  Result<VerificationRecord> record = find(token);
  if (!record) co_return record.error();
  ReturnTarget target{record->return_url, record->verification};
  ResultRequest request;
  request.tenant = record->verification.tenant;
  request.ask_vendor_now = true;
  ResultFlow flow(*this, std::move(*record), std::move(request), lane);
  Result<Verification> verification = co_await flow.run();
  // The person must not be stranded because the vendor is slow: they go back, the status says where
  // things stand.
  if (verification) target.verification = std::move(*verification);
  co_return target;
}

asio::awaitable<Result<void>> Engine::vendor_called(PathToken token, std::string body,
                                                    std::string content_type, std::size_t lane) {
  Result<VerificationRecord> record = find(token);
  if (!record) co_return record.error();
  ResultRequest request;
  request.tenant = record->verification.tenant;
  ResultFlow flow(*this, std::move(*record), std::move(request), lane);
  co_return co_await flow.run_callback(body, content_type);
}

asio::awaitable<Result<void>> Engine::sweep(VerificationId id, std::size_t lane) {
  Result<std::shared_ptr<VerificationRecord>> record = store_.verifications().find(id);
  if (!record) co_return record.error();
  if (!*record) co_return Result<void>();
  ResultRequest request;
  request.tenant = (*record)->verification.tenant;
  ResultFlow flow(*this, std::move(**record), std::move(request), lane);
  co_return co_await flow.sweep();
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
  Result<VerificationRecord> record = find(tenant, id);
  if (!record) return record.error();
  if (const auto added = add_charges(*record); !added) return added.error();
  return std::move(record->verification);
}

Result<void> Engine::add_charges(VerificationRecord& record) {
  const Result<std::vector<LedgerEntry>> entries = store_.ledger().of(record.id);
  if (!entries) return entries.error();
  billing::ChargeBook book(record.id, record.verification.tenant);
  book.replay(*entries);
  record.verification.charges = book.charges();
  return {};
}

std::optional<Result<Reply>> Engine::earlier_answer(const std::string& tenant,
                                                    const Idempotency& use) {
  if (use.key.empty()) return {};
  auto claim = store_.verifications().find_claim(tenant, use.key, use.request_digest);
  if (!claim) return Result<Reply>(claim.error());
  if (!*claim) return {};
  return repeated(tenant, **claim, use.render);
}

Result<Reply> Engine::repeated(const std::string& tenant, const store::ClaimResult& claim,
                               const Render& render) {
  const std::string id = claim.verification.text();
  switch (claim.state) {
    case store::ClaimState::answered:
      return Reply(RenderedAnswer{claim.http_status, claim.body, id});
    case store::ClaimState::mismatch:
      return Error(
          Errc::idempotency_mismatch,
          "this Idempotency-Key was used with another request; take a new key for a new one",
          "Idempotency-Key");
    case store::ClaimState::running:
    case store::ClaimState::fresh: break;
  }
  if (!in_flight_->is_working(claim.verification.high)) {
    const Result<Verification> verification = stored(tenant, id);
    if (!verification) return verification.error();
    RenderedAnswer answer = render(*verification);
    answer.verification_id = id;
    return Reply(std::move(answer));
  }
  return Error(
      Errc::idempotency_running,
      "the first request with this Idempotency-Key has no answer yet; ask again in a second");
}

}  // namespace idswitch::engine
