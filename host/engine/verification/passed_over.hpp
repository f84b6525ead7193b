#pragma once

// PassedOver: the accounts of a request that were not asked at all, and why; and what to answer
// when nobody was asked. One request.

#include <string>
#include <vector>

#include "base/error.hpp"
#include "engine/traffic/decision_text.hpp"
#include "idswitch/verification.hpp"
#include "routing/account_health.hpp"

namespace idswitch::engine {

class PassedOver {
 public:
  // Left out by the decision.
  void add(const Decision& decision, const routing::LeftOut& one);
  // Refused when its turn came: another request had taken the last place.
  void add(const std::string& account, routing::Refusal refusal);
  // Not sent, for a reason of ours: a budget.
  void add(const std::string& account, const Error& refused);

  // "jumdata asked for a pause; aliyun has used up a budget (monthly)"; empty = everybody was
  // asked.
  const std::string& text() const { return text_; }

  // A budget is used up, every account is busy, or nobody is there. Says which, and when to try
  // again as far as that is known.
  Problem problem() const;

 private:
  void add(const std::string& account, std::string why);
  void add_budget(std::string sentence);

  std::string text_;                  // "jumdata is throttled until ...; aliyun is full"
  std::vector<std::string> budgets_;  // a sentence about each budget without room, each once
  bool is_busy_ = true;               // everybody that is left out has only too much to do
  bool is_any_ = false;
  std::int64_t wait_until_unix_ms_ = 0;  // the earliest; 0 = not known
  std::int64_t decided_unix_ms_ = 0;
};

}  // namespace idswitch::engine
