#include "report/minimum_commitment.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "billing/period.hpp"
#include "billing/pricing.hpp"

namespace idswitch::engine {
namespace {

using config::Per;

// Time of the first entry; nothing when there is none. account: empty = of any.
Result<std::optional<std::int64_t>> first_entry(store::Store& store, const std::string& account) {
  store::EntryQuery query;
  query.account = account;
  query.limit = 1;
  for (;;) {
    const Result<store::EntryPage> page = store.ledger().page(query);
    if (!page) return page.error();
    if (!page->entries.empty()) return std::optional(page->entries.front().at_unix_ms);
    if (page->is_last) return std::optional<std::int64_t>();
    query.after = page->next;
  }
}

bool promises(const config::Contract& contract) {
  return std::any_of(contract.versions.begin(), contract.versions.end(),
                     [](const config::ContractVersion& one) { return one.minimum > Money{}; });
}

// What was charged in each day and each month, by the contract's time; for one currency.
class Charged {
 public:
  Charged(store::Store& store, const config::Account& account) : store_(store) {
    query_.account = account.name;
    query_.utc_offset_min = account.contract.utc_offset_min;
    currency_ = account.contract.currency;
  }

  Result<void> read(std::int64_t from_unix_ms, std::int64_t until_unix_ms, Per per) {
    query_.from_unix_ms = from_unix_ms;
    query_.until_unix_ms = until_unix_ms;
    query_.period = per == Per::day ? store::ReportPeriod::day : store::ReportPeriod::month;
    const auto rows = store_.ledger().report(query_);
    if (!rows) return rows.error();
    for (const store::ReportRow& row : *rows) {
      if (row.currency == currency_) sums_[row.period] = row.charged();
    }
    return {};
  }

  Money of(const std::string& period) const {
    const auto found = sums_.find(period);
    return found == sums_.end() ? Money{} : found->second;
  }

 private:
  store::Store& store_;
  store::ReportQuery query_;
  std::string currency_;
  std::map<std::string, Money> sums_;  // days and months have names of different lengths
};

class AccountPeriods {
 public:
  AccountPeriods(const config::Account& account, store::Store& store)
      : account_(account), contract_(account.contract), charged_(store, account) {}

  // Appends the periods of this length that lie between the two instants.
  Result<void> append(std::int64_t from_unix_ms, std::int64_t until_unix_ms, Per per,
                      std::vector<MinimumCommitment>& commitments) {
    if (from_unix_ms >= until_unix_ms || !uses(per)) return {};
    if (const auto read = charged_.read(from_unix_ms, until_unix_ms, per); !read)
      return read.error();
    const int offset = contract_.utc_offset_min;
    billing::Period period = billing::period_of(from_unix_ms, per, offset);
    for (; period.end_unix_ms <= until_unix_ms;
         period = billing::period_of(period.end_unix_ms, per, offset)) {
      if (period.begin_unix_ms < from_unix_ms) continue;
      // The version of its last moment: the next one may begin with the next period.
      const config::ContractVersion& version =
          billing::version_at(contract_, period.end_unix_ms - 1);
      if (version.minimum <= Money{} || version.minimum_per != per) continue;
      MinimumCommitment commitment;
      commitment.account = account_.name;
      commitment.period = billing::period_name(period.begin_unix_ms, per, offset);
      commitment.currency = contract_.currency;
      commitment.minimum = version.minimum;
      commitment.charged = charged_.of(commitment.period);
      commitment.due = billing::minimum_due(version, commitment.charged);
      commitments.push_back(std::move(commitment));
    }
    return {};
  }

 private:
  bool uses(Per per) const {
    return std::any_of(contract_.versions.begin(), contract_.versions.end(), [&](const auto& one) {
      return one.minimum > Money{} && one.minimum_per == per;
    });
  }

  const config::Account& account_;
  const config::Contract& contract_;
  Charged charged_;
};

}  // namespace

Result<std::vector<MinimumCommitment>> minimum_commitments(const config::Config& config,
                                                           store::Store& store,
                                                           const CommitmentQuery& query) {
  std::vector<MinimumCommitment> commitments;
  const auto ledger_begin = first_entry(store, {});
  if (!ledger_begin) return ledger_begin.error();
  if (!*ledger_begin) return commitments;
  const std::int64_t until = std::min(query.until_unix_ms, query.now_unix_ms);
  for (const auto& [name, account] : config.accounts) {
    if ((!query.account.empty() && name != query.account) || !promises(account.contract)) continue;
    std::int64_t begin = account.contract.versions.front().from_unix_ms;
    if (begin == std::numeric_limits<std::int64_t>::min()) {
      const auto first = first_entry(store, name);
      if (!first) return first.error();
      if (!*first) continue;
      begin = **first;
    }
    begin = std::max(begin, **ledger_begin);
    AccountPeriods periods(account, store);
    for (const Per per : {Per::day, Per::month}) {
      // The period in which the account began counts as a whole.
      const billing::Period first = billing::period_of(begin, per, account.contract.utc_offset_min);
      const auto added = periods.append(std::max(query.from_unix_ms, first.begin_unix_ms), until,
                                        per, commitments);
      if (!added) return added.error();
    }
  }
  return commitments;
}

}  // namespace idswitch::engine
