#include "api/handlers.hpp"
#include "api/list_query.hpp"
#include "api/query.hpp"
#include "api/summary_period.hpp"
#include "base/text/json_text.hpp"
#include "engine/webhooks/billing_event.hpp"
#include "engine/webhooks/entry_numbers.hpp"
#include "present/ledger_report_json.hpp"
#include "present/verification_json.hpp"

// /v1/billing: what a tenant's verifications cost, charge by charge, in sums, and as events.

namespace idswitch::api::billing_api {

namespace asio = boost::asio;

namespace {

// A page of JSON of about a megabyte.
constexpr std::size_t k_rows_max = 2'000;
constexpr std::size_t k_events = 100;

Result<store::EntryQuery> entry_query(std::string_view query, std::string_view tenant) {
  store::EntryQuery wanted;
  wanted.tenant = tenant;
  wanted.account = query_value(query, "account").value_or("");
  const auto limit = limit_of(query, k_events);
  if (!limit) return limit.error();
  wanted.limit = *limit;
  if (const auto cursor = query_value(query, "cursor")) {
    const auto sequence = engine::sequence_of_cursor(*cursor);
    if (!sequence) {
      return Error(Errc::invalid_field,
                   "must be a cursor, as `next` gave it; leave it out to begin", "cursor");
    }
    wanted.after = *sequence;
  }
  return wanted;
}

Result<store::EntryPage> numbered_page(store::Store& store, const store::EntryQuery& query) {
  auto page = store.ledger().page(query);
  if (!page) return page.error();
  if (auto numbered = engine::number_entries(store.ledger(), page->entries); !numbered) {
    return numbered.error();
  }
  return page;
}

ReportWords words_of(const Call& call) {
  const auto word = [&](std::string_view name) {
    return query_value(call.request.query, name).value_or("");
  };
  ReportWords words;
  words.tenant = call.caller;
  words.may_ask_by_tenant = false;
  words.account = word("account");
  words.by = word("by");
  words.from = word("from");
  words.to = word("to");
  words.time = word("time");
  return words;
}

}  // namespace

Result<Answer> charges(const Services& services, const Call& call) {
  const auto query = list_query(call.request.query, call.caller);
  if (!query) return query.error();
  const auto found = services.engine.list(*query);
  if (!found) return found.error();
  std::string out;
  json_text::Object page(out);
  page.raw("charges", charges_json(*found));
  if (found->size() == query->limit) page.text("next", found->back().id);
  page.close();
  return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> summary(const Services& services, const Call& call) {
  LedgerReport report;
  report.words = words_of(call);
  const auto query = report_query(report.words, call.setup.config);
  if (!query) co_return query.error();
  report.query = *query;
  report.query.rows_max = k_rows_max;
  const auto kept = keep_period(report, services.engine.clock().now_unix_ms());
  if (!kept) co_return kept.error();
  auto rows = co_await services.reports.run(std::string(call.caller), [&] {
    return services.engine.store().ledger().report(report.query);
  });
  if (!rows) co_return rows.error();
  report.rows = std::move(*rows);
  co_return json_answer(report_json(report));
}

asio::awaitable<Result<Answer>> events(const Services& services, const Call& call) {
  const auto query = entry_query(call.request.query, call.caller);
  if (!query) co_return query.error();
  // It may have to look at many entries of others.
  const Result<store::EntryPage> page = co_await services.reports.run(
      std::string(call.caller), [&] { return numbered_page(services.engine.store(), *query); });
  if (!page) co_return page.error();
  const std::string source = engine::event_source(call.setup.config.server.public_url);
  std::string out;
  json_text::Object(out)
      .list("events", page->entries,
            [&](std::string& list, const LedgerEntry& entry) {
              engine::append_event(list, entry, source);
            })
      .text("next", engine::event_cursor(page->next))
      .boolean("more", !page->is_last);
  co_return json_answer(std::move(out));
}

}  // namespace idswitch::api::billing_api
