#include "config/sections/route_section.hpp"

#include <map>

#include "base/text/nearest_word.hpp"
#include "base/values/duration.hpp"
#include "config/sections/condition_section.hpp"
#include "config/yaml/choice.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"
#include "idswitch/abi/vocabulary.h"
#include "idswitch/verification.hpp"

namespace idswitch::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

#define IDSWITCH_WORD_ITEM(name, number, word, meaning) word,

const std::vector<std::string>& method_words() {
  static const std::vector<std::string> words = {IDSW_METHOD_LIST(IDSWITCH_WORD_ITEM)};
  return words;
}

const std::vector<std::string>& all_check_words() {
  static const std::vector<std::string> words = {IDSW_CHECK_LIST(IDSWITCH_WORD_ITEM)};
  return words;
}

#undef IDSWITCH_WORD_ITEM

std::uint32_t read_method(const Value& value) {
  const auto word = value.text("a method");
  if (!word) return 0;
  const std::uint32_t method = method_of(*word);
  if (method == 0) {
    value.complain("\"" + *word + "\" is no method: " + suggestion(*word, method_words()));
  }
  return method;
}

std::uint32_t read_checks(const Value& value) {
  std::uint32_t checks = 0;
  for (const Value& item : items_of(value, "a list of checks")) {
    const auto word = item.text("a check");
    if (!word) continue;
    const std::uint32_t check = check_of(*word);
    if (check == 0) {
      item.complain("\"" + *word + "\" is no check: " + suggestion(*word, all_check_words()));
    } else if ((checks & check) != 0) {
      item.complain("\"" + *word + "\" stands in the list already");
    }
    checks |= check;
  }
  return checks;
}

std::optional<OnUnknownOutcome> unknown_outcome(const Value& value) {
  return choice<OnUnknownOutcome>(
      value, {{"wait", OnUnknownOutcome::wait}, {"go_on", OnUnknownOutcome::go_on}});
}

Policy read_use(Section& section, PolicyReader& policies) {
  const auto use = section.find("use");
  const auto accounts = use ? section.find("accounts")
                            : section.require("accounts", "a list of accounts, or the key use");
  if (use && accounts) accounts->complain("use and accounts both: give one of them");
  if (use) return policies.read(*use);
  if (accounts) return policies.read_accounts(*accounts);
  return {};
}

void read_times(Section& section, Route& route) {
  section.read("deadline", route.deadline,
               [](const Value& v) { return v.duration(milliseconds(500), minutes(10)); });
  section.read("attempts_max", route.attempts_max,
               [](const Value& v) { return v.integer(0, 1'000); });
  section.read("on_unknown_outcome", route.on_unknown_outcome, unknown_outcome);
  const auto hedge = section.find("hedge_after");
  if (!hedge) return;
  const auto read = hedge->duration(milliseconds(0), minutes(10));
  if (!read) return;
  route.hedge_after = *read;
  if (*read >= route.deadline) {
    hedge->complain("not shorter than deadline, " + duration_text(route.deadline) +
                    ": the second account would never be asked");
  }
}

class RouteList {
 public:
  RouteList(const Tenant& tenant, PolicyReader& policies) : tenant_(tenant), policies_(policies) {}

  std::vector<Route> read(const Value& value) {
    std::vector<Route> routes;
    for (const Value& item : items_of(value, "at least one route")) {
      routes.push_back(read_one(item, routes.size() + 1));
    }
    return routes;
  }

 private:
  Route read_one(const Value& value, std::size_t number) {
    Route route;
    route.where = value.key_position();
    Section section(value);
    read_name(section, number, route);
    if (const auto method = section.require("method", "h5, sdk, mini_program or video_code")) {
      route.method = read_method(*method);
    }
    if (const auto checks = section.require("checks", "a list of checks")) {
      route.checks = read_checks(*checks);
    }
    if (const auto when = section.find("when")) {
      route.when = read_condition(*when, tenant_.attributes);
    }
    route.use = read_use(section, policies_);
    route.accounts = accounts_of(route.use, tenant_.experiments);
    read_times(section, route);
    section.finish();
    return route;
  }

  void read_name(Section& section, std::size_t number, Route& route) {
    route.name = "route-" + std::to_string(number);
    const auto given = section.find("name");
    if (given) route.name = given->name().value_or(route.name);
    const auto [first, is_new] = lines_by_name_.emplace(route.name, route.where.line);
    if (is_new) return;
    const Value& where = given ? *given : section.value();
    where.complain(quoted(route.name) + (given ? " is" : ", which it gets without a name, is") +
                   " the name of the route in line " + std::to_string(first->second) +
                   ": give it another");
  }

  const Tenant& tenant_;
  PolicyReader& policies_;
  std::map<std::string, int> lines_by_name_;
};

}  // namespace

std::vector<Route> read_routes(const Value& value, const Tenant& tenant, PolicyReader& policies) {
  return RouteList(tenant, policies).read(value);
}

}  // namespace idswitch::config
