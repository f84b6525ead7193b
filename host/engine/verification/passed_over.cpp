#include "engine/verification/passed_over.hpp"

#include <algorithm>

#include "engine/traffic/problems.hpp"

namespace idswitch::engine {
namespace {

using routing::Filter;
using routing::Refusal;

std::string_view reason(Filter filter) {
  switch (filter) {
    case Filter::not_allowed: return "is not among the tenant's accounts";
    case Filter::data_region: return "keeps data where this tenant's may not go";
    case Filter::budget: return "has used up a budget";
    case Filter::throttled: return "asked for a pause";
    case Filter::full: return "has as many operations under way as its limits allow";
    case Filter::over_rate: return "has had as many starts this second as its limits allow";
    default: return "is not asked because it failed";
  }
}

Filter filter_of(Refusal refusal) {
  switch (refusal) {
    case Refusal::throttled: return Filter::throttled;
    case Refusal::full: return Filter::full;
    case Refusal::over_rate: return Filter::over_rate;
    default: return Filter::open;
  }
}

bool is_busy(Filter filter) {
  return filter == Filter::full || filter == Filter::over_rate || filter == Filter::throttled;
}

}  // namespace

void PassedOver::add(const std::string& account, std::string why) {
  text_ += (text_.empty() ? "" : "; ") + account + " " + why;
  is_any_ = true;
}

void PassedOver::add_budget(std::string sentence) {
  if (std::find(budgets_.begin(), budgets_.end(), sentence) == budgets_.end()) {
    budgets_.push_back(std::move(sentence));
  }
}

void PassedOver::add(const Decision& decision, const routing::LeftOut& one) {
  const std::string& account = decision.route->route->accounts[one.account];
  const routing::AccountNow& now = decision.accounts[one.account];
  decided_unix_ms_ = decision.at_unix_ms;
  std::string why(reason(one.filter));
  if (one.filter == Filter::budget) {
    why += " (" + now.budget + ")";
    add_budget(now.budget_detail);
  }
  if (one.filter == Filter::throttled && now.until_unix_ms > 0) {
    wait_until_unix_ms_ = wait_until_unix_ms_ == 0
                              ? now.until_unix_ms
                              : std::min(wait_until_unix_ms_, now.until_unix_ms);
  }
  is_busy_ = is_busy_ && is_busy(one.filter);
  add(account, std::move(why));
}

void PassedOver::add(const std::string& account, Refusal refusal) {
  const Filter filter = filter_of(refusal);
  is_busy_ = is_busy_ && is_busy(filter);
  add(account, std::string(reason(filter)));
}

void PassedOver::add(const std::string& account, const Error& refused) {
  is_busy_ = false;
  if (refused.code() == Errc::budget_exhausted) {
    add_budget(refused.detail());
    add(account, std::string(reason(Filter::budget)));
  } else {
    add(account, "was not asked: " + refused.detail());
  }
}

Problem PassedOver::problem() const {
  // All of them: raising the limit of one helps nobody while another one is used up.
  std::string budgets;
  for (const std::string& one : budgets_) budgets += (budgets.empty() ? "" : "; ") + one;
  if (!budgets.empty()) return to_problem(Error(Errc::budget_exhausted, std::move(budgets)));
  if (is_any_ && is_busy_) {
    Problem problem = to_problem(Error(Errc::overloaded, text_ + "; try again"));
    const std::int64_t wait_ms = wait_until_unix_ms_ - decided_unix_ms_;
    if (wait_ms > 0) problem.retry_after_s = static_cast<int>((wait_ms + 999) / 1000);
    return problem;
  }
  return to_problem(Error(Errc::no_vendor_available,
                          "nobody was asked: " + (text_.empty() ? "there is no account" : text_)));
}

}  // namespace idswitch::engine
