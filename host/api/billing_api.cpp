#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "api/query.hpp"
#include "present/ledger_report_json.hpp"

// /v1/billing/summary: what a tenant's verifications cost.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

// A page of JSON of about a megabyte.
constexpr std::size_t k_rows_max = 2'000;

}  // namespace

asio::awaitable<void> HttpApi::summary(const Request& request, std::string_view tenant,
                                       Reply& reply) {
  LedgerReport report;
  ReportWords& words = report.words;
  words.tenant = tenant;
  words.may_ask_by_tenant = false;
  words.account = query_value(request.query, "account").value_or("");
  words.by = query_value(request.query, "by").value_or("");
  words.from = query_value(request.query, "from").value_or("");
  words.to = query_value(request.query, "to").value_or("");
  words.time = query_value(request.query, "time").value_or("");
  const auto query = report_query(words, engine_.setup()->config);
  if (!query) {
    api::write_error(query.error(), reply);
    co_return;
  }
  report.query = *query;
  report.query.rows_max = k_rows_max;
  const auto work = [&]() -> asio::awaitable<Result<std::vector<store::ReportRow>>> {
    co_return engine_.store().ledger().report(report.query);
  };
  auto rows = co_await asio::co_spawn(slow_, work, asio::use_awaitable);
  if (!rows) {
    api::write_error(rows.error(), reply);
    co_return;
  }
  report.rows = std::move(*rows);
  reply.body = report_json(report);
}

}  // namespace idswitch::api
