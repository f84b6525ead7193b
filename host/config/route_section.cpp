#include "config/route_section.hpp"

#include <algorithm>

#include "config/nearest_word.hpp"
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

std::vector<Value> items_of(const Value& value, std::string_view wanted) {
  auto items = value.list(wanted);
  if (value.node().kind == YamlNode::Kind::list && value.node().items.empty()) {
    value.complain("an empty list: wanted " + std::string(wanted));
  }
  return items;
}

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

std::vector<std::string> read_account_names(const Value& value,
                                            const std::vector<std::string>& known) {
  std::vector<std::string> names;
  for (const Value& item : items_of(value, "a list of accounts, the first to ask first")) {
    const auto name = item.word("the name of an account");
    if (!name) continue;
    if (std::find(known.begin(), known.end(), *name) == known.end()) {
      item.complain("\"" + *name + "\" is no account of this file: " + suggestion(*name, known));
    } else if (std::find(names.begin(), names.end(), *name) != names.end()) {
      item.complain("\"" + *name + "\" stands in the list already: each is asked once");
    } else {
      names.push_back(*name);
    }
  }
  return names;
}

std::optional<OnUnknownOutcome> unknown_outcome(const Value& value) {
  const auto word = value.text("wait or go_on");
  if (!word) return {};
  if (*word == "wait") return OnUnknownOutcome::wait;
  if (*word == "go_on") return OnUnknownOutcome::go_on;
  value.complain_wanted("wait or go_on");
  return {};
}

Route read_route(const Value& value, const std::vector<std::string>& accounts) {
  Route route;
  route.where = value.key_position();
  Section section(value);
  if (const auto method = section.require("method", "h5, sdk, mini_program or video_code")) {
    route.method = read_method(*method);
  }
  if (const auto checks = section.require("checks", "a list of checks")) {
    route.checks = read_checks(*checks);
  }
  if (const auto names = section.require("accounts", "a list of accounts")) {
    route.accounts = read_account_names(*names, accounts);
  }
  section.read("deadline", route.deadline,
               [](const Value& v) { return v.duration(milliseconds(500), minutes(10)); });
  section.read("on_unknown_outcome", route.on_unknown_outcome, unknown_outcome);
  section.finish();
  return route;
}

// Complains when an earlier route serves the same requests.
void check_reachable(const Route& route, const std::vector<Route>& earlier, const Value& value) {
  if (route.method == 0 || route.checks == 0) return;
  const auto same = std::find_if(earlier.begin(), earlier.end(), [&](const Route& other) {
    return other.method == route.method && other.checks == route.checks;
  });
  if (same == earlier.end()) return;
  value.complain("can never be used: line " + std::to_string(same->where.line) +
                 " has the same method and checks; put the accounts into one list");
}

}  // namespace

std::vector<Route> read_routes(const Value& value, const std::vector<std::string>& accounts) {
  std::vector<Route> routes;
  for (const Value& item : items_of(value, "at least one route")) {
    Route route = read_route(item, accounts);
    check_reachable(route, routes, item);
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace idswitch::config
