#include "engine/traffic/decision_text.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>

#include "base/text/json_text.hpp"
#include "engine/traffic/counts_text.hpp"

namespace idswitch::engine {
namespace {

namespace json = boost::json;
using routing::AccountNow;
using routing::AttributeValue;
using routing::Availability;

constexpr std::string_view k_availabilities[] = {"up",   "ramping", "probing",
                                                 "open", "tripped", "throttled"};

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_state(std::string& out, const AccountNow& now) {
  json_text::Object object(out);
  if (now.availability != Availability::up) {
    object.text("is", k_availabilities[static_cast<std::size_t>(now.availability)]);
    object.number("share", now.share_ppm).number("error", now.error_class);
    object.number("until", now.until_unix_ms);
  }
  if (now.is_full) object.boolean("full", true);
  if (now.is_over_rate) object.boolean("over_rate", true);
  object.text_if("budget", now.budget);
}

bool is_plain(const AccountNow& now) {
  return now.availability == Availability::up && !now.is_full && !now.is_over_rate &&
         now.budget.empty();
}

// Names in a configuration have nothing to escape: a-z, 0-9, _ and -.
void append_name(std::string& out, std::string_view name) {
  out += '"';
  out += name;
  out += '"';
}

// The numbers of a candidate, written down. With twenty accounts they are most of the text, and
// most of them are those of the one before.
class CandidateLine {
 public:
  std::string_view of(const routing::Candidate& one) {
    const std::array<std::int64_t, 6> numbers{static_cast<std::int64_t>(one.why),
                                              static_cast<std::int64_t>(one.in_spite_of),
                                              one.first_ppm,
                                              one.expected_charge_micros,
                                              one.cost_per_pass_micros,
                                              one.pass_ppm};
    if (end_ == line_ || numbers != numbers_) write(numbers);
    return {line_, static_cast<std::size_t>(end_ - line_)};
  }

 private:
  void write(const std::array<std::int64_t, 6>& numbers) {
    numbers_ = numbers;
    end_ = line_;
    for (const std::int64_t number : numbers) {
      *end_++ = ',';
      end_ = std::to_chars(end_, line_ + sizeof line_, number).ptr;
    }
    *end_++ = ']';
  }

  std::array<std::int64_t, 6> numbers_{};
  char line_[160];
  char* end_ = line_;
};

void append_plan(std::string& out, const config::Route& route, const routing::Plan& plan) {
  CandidateLine line;
  out += '[';
  for (std::size_t i = 0; i < plan.candidates.size(); ++i) {
    out += i > 0 ? ",[" : "[";
    append_name(out, route.accounts[plan.candidates[i].account]);
    out += line.of(plan.candidates[i]);
  }
  out += ']';
}

void append_attributes(json_text::Object& object, const config::Tenant& tenant,
                       const routing::Request& request) {
  const auto is_there = [](const AttributeValue& value) {
    return value.kind != AttributeValue::Kind::absent;
  };
  if (std::none_of(request.attributes.begin(), request.attributes.end(), is_there)) return;
  json_text::Object attributes(object.member("attributes"));
  for (std::size_t i = 0; i < request.attributes.size(); ++i) {
    const AttributeValue& value = request.attributes[i];
    const std::string& name = tenant.attributes[i].name;
    switch (value.kind) {
      case AttributeValue::Kind::absent: break;
      case AttributeValue::Kind::text: attributes.text(name, value.text); break;
      case AttributeValue::Kind::number: attributes.number(name, value.number); break;
      case AttributeValue::Kind::truth: attributes.boolean(name, value.truth); break;
    }
  }
}

// ---- reading: boost::json throws on a wrong type, and read_decision turns that into an error ----

void read_state(const json::object& state, AccountNow& now) {
  if (const auto* is = state.if_contains("is")) {
    const auto* found = std::find(std::begin(k_availabilities), std::end(k_availabilities),
                                  std::string_view(is->as_string()));
    if (found == std::end(k_availabilities)) throw std::out_of_range("availability");
    now.availability = static_cast<Availability>(found - std::begin(k_availabilities));
    now.share_ppm = static_cast<std::uint32_t>(state.at("share").as_int64());
    now.error_class = static_cast<std::uint32_t>(state.at("error").as_int64());
    now.until_unix_ms = state.at("until").as_int64();
  }
  now.is_full = state.contains("full");
  now.is_over_rate = state.contains("over_rate");
  if (const auto* budget = state.if_contains("budget")) now.budget = budget->as_string().c_str();
}

std::uint32_t account_index(const config::Route& route, const json::value& name) {
  const auto found =
      std::find(route.accounts.begin(), route.accounts.end(), std::string_view(name.as_string()));
  if (found == route.accounts.end()) throw std::out_of_range("account");
  return static_cast<std::uint32_t>(found - route.accounts.begin());
}

template <class Item>
std::uint32_t named_index(const std::vector<Item>& items, const json::value& name) {
  const auto found = std::find_if(items.begin(), items.end(), [&](const Item& item) {
    return item.name == std::string_view(name.as_string());
  });
  if (found == items.end()) throw std::out_of_range("name");
  return static_cast<std::uint32_t>(found - items.begin());
}

void read_attributes(const json::object& object, const config::Tenant& tenant,
                     routing::Request& request) {
  request.attributes.resize(tenant.attributes.size());
  const auto* given = object.if_contains("attributes");
  if (given == nullptr) return;
  for (const auto& member : given->as_object()) {
    AttributeValue& value = request.attributes[named_index(tenant.attributes, member.key())];
    if (member.value().is_string()) {
      value.kind = AttributeValue::Kind::text;
      value.text = member.value().as_string().c_str();
    } else if (member.value().is_bool()) {
      value.kind = AttributeValue::Kind::truth;
      value.truth = member.value().as_bool();
    } else {
      value.kind = AttributeValue::Kind::number;
      value.number = member.value().as_int64();
    }
  }
}

routing::Plan plan_of(const json::object& object, const config::Route& route,
                      const config::Tenant& tenant) {
  routing::Plan plan;
  for (const json::value& item : object.at("plan").as_array()) {
    const json::array& parts = item.as_array();
    routing::Candidate& one = plan.candidates.emplace_back();
    one.account = account_index(route, parts.at(0));
    one.why = static_cast<routing::Why>(parts.at(1).as_int64());
    one.in_spite_of = static_cast<routing::Filter>(parts.at(2).as_int64());
    one.first_ppm = static_cast<std::uint32_t>(parts.at(3).as_int64());
    one.expected_charge_micros = parts.at(4).as_int64();
    one.cost_per_pass_micros = parts.at(5).as_int64();
    one.pass_ppm = static_cast<std::uint32_t>(parts.at(6).as_int64());
  }
  for (const json::value& item : object.at("left_out").as_array()) {
    const json::array& parts = item.as_array();
    plan.left_out.push_back(
        {account_index(route, parts.at(0)), static_cast<routing::Filter>(parts.at(1).as_int64())});
  }
  if (const auto* arm = object.if_contains("arm")) {
    const json::array& parts = arm->as_array();
    plan.exposure.experiment = named_index(tenant.experiments, parts.at(0));
    plan.exposure.arm = named_index(tenant.experiments[plan.exposure.experiment].arms, parts.at(1));
    plan.exposure.kind = static_cast<routing::Exposure::Kind>(parts.at(2).as_int64());
  }
  plan.is_sticky = !object.contains("not_sticky");
  return plan;
}

Decision decision_of(const routing::RouteTable& table, const json::object& object) {
  const config::Tenant& tenant = table.tenant();
  Decision decision;
  decision.route = table.find(std::string_view(object.at("route").as_string()));
  if (decision.route == nullptr) throw std::out_of_range("route");
  const config::Route& route = *decision.route->route;
  const std::string_view seed = object.at("seed").as_string();
  std::from_chars(seed.data(), seed.data() + seed.size(), decision.seed);
  decision.at_unix_ms = object.at("at").as_int64();
  decision.accounts.resize(route.accounts.size());
  decision.is_paused.resize(tenant.experiments.size());
  read_attributes(object, tenant, decision.request);
  if (const auto* paused = object.if_contains("paused")) {
    for (const json::value& name : paused->as_array()) {
      decision.is_paused[named_index(tenant.experiments, name)] = 1;
    }
  }
  if (const auto* states = object.if_contains("now")) {
    for (const auto& member : states->as_object()) {
      read_state(member.value().as_object(), decision.accounts[account_index(route, member.key())]);
    }
  }
  if (const auto* seen = object.if_contains("seen")) {
    for (const auto& member : seen->as_object()) {
      const json::array& parts = member.value().as_array();
      AccountNow& now = decision.accounts[account_index(route, member.key())];
      now.segment = counts_of(parts.at(0));
      now.account = counts_of(parts.at(1));
      read_prices(parts.at(2), now.price_micros);
    }
  }
  decision.plan = plan_of(object, route, tenant);
  return decision;
}

}  // namespace

std::string decision_text(const config::Tenant& tenant, const Decision& decision) {
  const config::Route& route = *decision.route->route;
  const routing::Plan& plan = decision.plan;
  std::string out;
  // What a plain decision needs; names and prices may make it more.
  out.reserve(192 + 64 * (plan.candidates.size() + plan.left_out.size()));
  json_text::Object object(out);
  object.text("route", route.name)
      .text("seed", std::to_string(decision.seed))
      .number("at", decision.at_unix_ms);
  append_attributes(object, tenant, decision.request);
  const auto begin_member = [&](std::string_view name, std::size_t& count) {
    if (count++ == 0) object.member(name) += '{';
    if (out.back() != '{') out += ',';
  };
  std::size_t count = 0;
  for (std::size_t i = 0; i < decision.accounts.size(); ++i) {
    if (is_plain(decision.accounts[i])) continue;
    begin_member("now", count);
    append_name(out, route.accounts[i]);
    out += ':';
    append_state(out, decision.accounts[i]);
  }
  if (count > 0) out += '}';
  count = 0;
  for (std::size_t i = 0; i < decision.accounts.size() && decision.route->looks_at_costs; ++i) {
    const AccountNow& now = decision.accounts[i];
    begin_member("seen", count);
    append_name(out, route.accounts[i]);
    out += ":[";
    append_counts(out, now.segment);
    out += ',';
    append_counts(out, now.account);
    out += ',';
    append_prices(out, now.price_micros);
    out += ']';
  }
  if (count > 0) out += '}';
  const bool is_any_paused = std::any_of(decision.is_paused.begin(), decision.is_paused.end(),
                                         [](std::uint8_t one) { return one != 0; });
  if (is_any_paused) {
    std::string& list = object.member("paused");
    list += '[';
    for (std::size_t i = 0; i < decision.is_paused.size(); ++i) {
      if (decision.is_paused[i] == 0) continue;
      if (list.back() != '[') list += ',';
      json_text::append_string(list, tenant.experiments[i].name);
    }
    list += ']';
  }
  append_plan(object.member("plan"), route, plan);
  std::string& left_out = object.member("left_out");
  left_out += '[';
  for (const routing::LeftOut& one : plan.left_out) {
    if (left_out.back() != '[') left_out += ',';
    left_out += '[';
    append_name(left_out, route.accounts[one.account]);
    left_out += ',';
    append_number(left_out, static_cast<std::int64_t>(one.filter));
    left_out += ']';
  }
  left_out += ']';
  if (plan.has_exposure()) {
    const config::Experiment& experiment = tenant.experiments[plan.exposure.experiment];
    std::string& arm = object.member("arm");
    arm += '[';
    json_text::append_string(arm, experiment.name);
    arm += ',';
    json_text::append_string(arm, experiment.arms[plan.exposure.arm].name);
    arm += ',';
    append_number(arm, static_cast<std::int64_t>(plan.exposure.kind));
    arm += ']';
  }
  if (!plan.is_sticky) object.boolean("not_sticky", true);
  object.close();
  return out;
}

Result<Decision> read_decision(const routing::RouteTable& table, std::string_view text,
                               std::uint32_t method, std::uint32_t checks,
                               std::string_view person_id) {
  try {
    const json::value value = json::parse(json::string_view(text.data(), text.size()));
    Decision decision = decision_of(table, value.as_object());
    decision.request.method = method;
    decision.request.checks = checks;
    decision.request.person_id = person_id;
    return decision;
  } catch (const std::exception&) {
    return Error(Errc::invalid_field,
                 "the stored decision does not fit this configuration: give the one it was made "
                 "under");
  }
}

}  // namespace idswitch::engine
