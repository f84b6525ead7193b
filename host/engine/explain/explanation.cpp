#include "engine/explain/explanation.hpp"

#include <algorithm>

#include "engine/explain/explanation_text.hpp"
#include "engine/verification/request_check.hpp"
#include "idswitch/verification.hpp"
#include "routing/condition.hpp"
#include "routing/latency.hpp"
#include "routing/policy_order.hpp"

namespace idswitch::engine {
namespace {

using routing::AccountNow;
using routing::Filter;

// ---- explanations ------------------------------------------------------------------------------

AccountChoice choice_of(const Setup& setup, const Decision& decision, std::uint32_t index,
                        bool has_figures) {
  AccountChoice choice;
  choice.account = decision.route->route->accounts[index];
  choice.now = decision.accounts[index];
  const AccountRuntime& account = *setup.account(choice.account);
  choice.product = account.config.product;
  if (has_figures) {
    choice.figures = figures_of(account, *decision.route->accounts[index], choice.now);
  }
  return choice;
}

Explanation explanation_of(const Setup& setup, const config::Tenant& tenant,
                           const Decision& decision, std::string segment, bool has_figures) {
  const config::Route& route = *decision.route->route;
  const routing::Plan& plan = decision.plan;
  Explanation out;
  out.config_version = setup.version;
  out.tenant = tenant.name;
  out.route = route.name;
  out.where = route.where;
  out.method = route.method;
  out.checks = route.checks;
  out.when = condition_text(tenant, route.when, false);
  out.segment = std::move(segment);
  if (plan.has_exposure()) {
    const config::Experiment& experiment = tenant.experiments[plan.exposure.experiment];
    out.experiment = experiment.name;
    out.arm = experiment.arms[plan.exposure.arm].name;
    out.exposure = plan.exposure.kind;
  }
  out.seed = decision.seed;
  out.is_sticky = plan.is_sticky;
  out.at_unix_ms = decision.at_unix_ms;
  for (const routing::Candidate& one : plan.candidates) {
    AccountChoice choice = choice_of(setup, decision, one.account, has_figures);
    choice.position = static_cast<std::uint32_t>(out.accounts.size() + 1);
    choice.why = word(one.why);
    choice.sentence = why_text(setup, tenant, decision, one, choice.position == 1, choice.figures);
    choice.first_ppm = one.first_ppm;
    out.accounts.push_back(std::move(choice));
  }
  for (const routing::LeftOut& one : plan.left_out) {
    AccountChoice choice = choice_of(setup, decision, one.account, has_figures);
    choice.why = word(one.filter);
    choice.sentence = "left out: " + filter_text(setup, tenant, decision, one.filter, one.account);
    out.accounts.push_back(std::move(choice));
  }
  return out;
}

std::string not_in_route(const AccountRuntime& account, const config::Route& route) {
  if (!account.product().has_method(route.method)) {
    return "its product offers no method " + std::string(method_word(route.method));
  }
  const std::uint32_t missing = route.checks & ~account.product().declared->checks;
  if (missing != 0) return "its product offers no check " + joined(check_words(missing), ", ");
  return "not named by " + route.name;
}

// The differences between a plan and the same one made again.
class PlanComparison {
 public:
  PlanComparison(const config::Route& route, const config::Tenant& tenant)
      : route_(route), tenant_(tenant) {}

  std::vector<std::string> run(const routing::Plan& recorded, const routing::Plan& again) {
    const std::size_t count = std::max(recorded.candidates.size(), again.candidates.size());
    for (std::size_t i = 0; i < count; ++i) {
      compare("position " + std::to_string(i + 1), at(recorded, i), at(again, i));
    }
    compare("left out", left_out(recorded), left_out(again));
    compare("experiment", exposure(recorded), exposure(again));
    compare("sticky", recorded.is_sticky ? "yes" : "no", again.is_sticky ? "yes" : "no");
    return std::move(differences_);
  }

 private:
  void compare(const std::string& what, const std::string& recorded, const std::string& again) {
    if (recorded != again) {
      differences_.push_back(what + ": recorded " + recorded + "; decided again " + again);
    }
  }

  // All of a candidate, so that equal texts are equal candidates.
  std::string at(const routing::Plan& plan, std::size_t index) const {
    if (index >= plan.candidates.size()) return "nobody";
    const routing::Candidate& one = plan.candidates[index];
    std::string text = route_.accounts[one.account] + " (" + std::string(word(one.why));
    if (one.in_spite_of != Filter::none) text += ", " + std::string(word(one.in_spite_of));
    text += ", first for " + percent(one.first_ppm);
    if (one.expected_charge_micros >= 0) {
      text += ", charge " + Money{one.expected_charge_micros}.text();
    }
    if (one.cost_per_pass_micros >= 0) {
      text += ", per pass " + Money{one.cost_per_pass_micros}.text();
    }
    if (one.pass_ppm > 0) text += ", passes " + percent(one.pass_ppm);
    return text + ")";
  }

  std::string left_out(const routing::Plan& plan) const {
    std::vector<std::string> texts;
    for (const routing::LeftOut& one : plan.left_out) {
      texts.push_back(route_.accounts[one.account] + " (" + std::string(word(one.filter)) + ")");
    }
    return texts.empty() ? "nobody" : joined(texts, ", ");
  }

  std::string exposure(const routing::Plan& plan) const {
    if (!plan.has_exposure()) return "none";
    const config::Experiment& experiment = tenant_.experiments[plan.exposure.experiment];
    return experiment.name + " " + experiment.arms[plan.exposure.arm].name + " (" +
           std::string(word(plan.exposure.kind)) + ")";
  }

  const config::Route& route_;
  const config::Tenant& tenant_;
  std::vector<std::string> differences_;
};

Result<Decision> recorded_decision(const Setup& made_under, const VerificationRecord& record) {
  const Verification& verification = record.verification;
  if (record.decision.empty()) {
    return Error(Errc::not_found, "no routing decision is stored with " + verification.id);
  }
  if (made_under.tenant(verification.tenant) == nullptr) {
    return Error(Errc::not_found, "the configuration has no tenant " + verification.tenant);
  }
  return read_decision(made_under.table(verification.tenant), record.decision, verification.method,
                       verification.checks, verification.person_id);
}

// What the record says of the accounts that the other route has, too. The others stay as they are.
void take_over(const Decision& recorded, Decision& decision, std::vector<std::string>& notes) {
  const std::vector<std::string>& known = recorded.route->route->accounts;
  const std::vector<std::string>& names = decision.route->route->accounts;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::find(known.begin(), known.end(), names[i]);
    if (found == known.end()) {
      notes.push_back("nothing is recorded of " + names[i] +
                      ": taken as up and never seen, at its contract's prices");
      continue;
    }
    const auto prices = decision.accounts[i].price_micros;
    decision.accounts[i] = recorded.accounts[static_cast<std::size_t>(found - known.begin())];
    if (!recorded.route->looks_at_costs) decision.accounts[i].price_micros = prices;
  }
  if (!recorded.route->looks_at_costs && decision.route->looks_at_costs) {
    notes.push_back("what the accounts were seen to do is not recorded: their priors count");
  }
}

// The recorded request in the words of another configuration of the tenant.
routing::Request translated(const Decision& recorded, const config::Tenant& from,
                            const config::Tenant& to) {
  routing::Request request = recorded.request;
  request.attributes.assign(to.attributes.size(), {});
  for (std::size_t i = 0; i < recorded.request.attributes.size(); ++i) {
    const auto index = routing::attribute_index(to, from.attributes[i].name);
    if (index) request.attributes[*index] = recorded.request.attributes[i];
  }
  return request;
}

std::vector<std::uint8_t> translated_pauses(const Decision& recorded, const config::Tenant& from,
                                            const config::Tenant& to) {
  std::vector<std::uint8_t> paused;
  for (const config::Experiment& one : to.experiments) {
    paused.push_back(0);
    for (std::size_t i = 0; i < recorded.is_paused.size(); ++i) {
      const config::Experiment& old = from.experiments[i];
      if (old.name == one.name && old.seed == one.seed) paused.back() = recorded.is_paused[i];
    }
  }
  return paused;
}

}  // namespace

std::vector<std::string> accounts_of(const config::Tenant& tenant) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const config::Route& route : tenant.routes) {
    for (const std::string& name : route.accounts) add(name);
  }
  for (const std::string& name : tenant.allowed_accounts) add(name);
  return names;
}

std::string_view word(routing::Availability availability) {
  constexpr std::string_view k_words[] = {"up",   "ramping", "probing",
                                          "open", "tripped", "throttled"};
  return k_words[static_cast<std::size_t>(availability)];
}

Figures figures_of(const AccountRuntime& account, const routing::AccountFacts& facts,
                   const AccountNow& now) {
  Figures figures;
  figures.currency = account.config.contract.currency;
  figures.rates = routing::rates(now.segment, now.account, facts.prior, facts.charged_prior_ppm);
  const routing::Stage stage = routing::stage_of(figures.rates, now.price_micros);
  figures.expected_charge = {stage.charge_micros};
  if (stage.pass_ppm > 0) figures.cost_per_pass = Money{routing::cost_per_pass_micros(stage)};
  for (const auto& by_end : now.price_micros) {
    figures.worst_price.micros += *std::max_element(by_end.begin(), by_end.end());
  }
  figures.asked_pass_ppm = stage.pass_ppm;
  figures.prior_weight = facts.prior.weight;
  figures.latency_p95_ms = routing::p95_ms(now.account);
  return figures;
}

Result<Explanation> explain(const Setup& setup, Traffic& traffic, store::Store* store,
                            std::int64_t now_unix_ms, const StartRequest& request,
                            std::uint64_t seed) {
  const config::Tenant* tenant = setup.tenant(request.tenant);
  if (tenant == nullptr) {
    return Error(Errc::unauthorized, "no tenant is called \"" + request.tenant + "\"");
  }
  if (const auto checked = check_start(*tenant, request); !checked) return checked.error();
  auto choice = find_route(setup, *tenant, request);
  if (!choice) return choice.error();
  const config::Route& route = *choice->decision.route->route;
  const auto options = merged_options(setup, route, request.vendor_options);
  if (!options) return options.error();
  const auto decided = decide(setup, traffic, store, now_unix_ms, seed, true, *choice);
  if (!decided) return decided.error();
  Explanation out = explanation_of(setup, *tenant, choice->decision, choice->segment, true);
  for (const std::string& name : accounts_of(*tenant)) {
    const bool is_there =
        std::find(route.accounts.begin(), route.accounts.end(), name) != route.accounts.end();
    const AccountRuntime* account = setup.account(name);
    if (is_there || account == nullptr) continue;
    AccountChoice& other = out.accounts.emplace_back();
    other.account = name;
    other.product = account->config.product;
    other.why = "not_in_route";
    other.sentence = not_in_route(*account, route);
    const auto view =
        traffic.view(setup, store == nullptr ? nullptr : &store->ledger(), name, tenant->name);
    if (!view) return view.error();
    other.now = view->now;
    other.figures = figures_of(*account, setup.facts.at(name), other.now);
  }
  return out;
}

Result<Replay> replay(const Setup& made_under, const VerificationRecord& record) {
  const auto recorded = recorded_decision(made_under, record);
  if (!recorded) return recorded.error();
  const config::Tenant& tenant = *made_under.tenant(record.verification.tenant);
  const routing::RouteTable& table = made_under.table(tenant.name);
  const routing::TableRoute& route = *recorded->route;
  Replay out;
  out.recorded =
      explanation_of(made_under, tenant, *recorded, record.segment, route.looks_at_costs);
  const routing::TableRoute* matched = table.match(recorded->request);
  if (matched != &route) {
    out.differences.push_back("route: recorded " + route.route->name + "; decided again " +
                              (matched == nullptr ? "none" : matched->route->name));
  }
  const routing::Plan again =
      routing::decide(table, route, recorded->moment(), recorded->request, recorded->seed);
  const auto differences = PlanComparison(*route.route, tenant).run(recorded->plan, again);
  out.differences.insert(out.differences.end(), differences.begin(), differences.end());
  return out;
}

Result<Redecision> redecide(const Setup& other, const Setup& made_under,
                            const VerificationRecord& record) {
  const auto recorded = recorded_decision(made_under, record);
  if (!recorded) return recorded.error();
  const config::Tenant& from = *made_under.tenant(record.verification.tenant);
  const std::string& route_name = recorded->route->route->name;
  Redecision out;
  const config::Tenant* to = other.tenant(from.name);
  if (to == nullptr) {
    out.notes.push_back("there is no tenant " + from.name + " any more");
    return out;
  }
  const routing::RouteTable& table = other.table(to->name);
  if (table.find(route_name) == nullptr) {
    out.notes.push_back("there is no route " + route_name + " any more");
  }
  Decision decision;
  decision.request = translated(*recorded, from, *to);
  decision.route = table.match(decision.request);
  if (decision.route == nullptr) {
    out.notes.push_back("no route takes the request any more");
    return out;
  }
  if (decision.route->route->name != route_name) {
    out.notes.push_back("route " + decision.route->route->name + " takes the request, not " +
                        route_name);
  }
  // As they would be if nothing had ever happened; the record then says what it knows.
  const ManualClock clock(recorded->at_unix_ms);
  Traffic fresh(other, clock);
  auto accounts = fresh.look(other, nullptr, *decision.route, {to->name, {}}, record.segment, true);
  if (!accounts) return accounts.error();
  decision.accounts = std::move(*accounts);
  take_over(*recorded, decision, out.notes);
  decision.is_paused = translated_pauses(*recorded, from, *to);
  decision.seed = recorded->seed;
  decision.at_unix_ms = recorded->at_unix_ms;
  decision.plan =
      routing::decide(table, *decision.route, decision.moment(), decision.request, decision.seed);
  out.decided = explanation_of(other, *to, decision, record.segment, true);
  return out;
}

}  // namespace idswitch::engine
