#include "routing/policy_order.hpp"

#include <algorithm>

#include "routing/latency.hpp"
#include "routing/person_draw.hpp"
#include "routing/seed_draw.hpp"

namespace idswitch::routing {
namespace {

using config::Policy;

bool contains(AccountSet set, std::uint32_t account) {
  return (set >> account & 1) != 0;
}

// The most that one verification can cost by its prices.
std::int64_t worst_price_micros(const AccountNow& now) {
  std::int64_t sum = 0;
  for (const auto& by_end : now.price_micros)
    sum += *std::max_element(by_end.begin(), by_end.end());
  return sum;
}

bool keeps_limits(const Policy& policy, const AccountNow& now, std::uint32_t pass_rate_ppm) {
  if (pass_rate_ppm < policy.pass_rate_min_ppm) return false;
  if (policy.unit_price_max && worst_price_micros(now) > policy.unit_price_max->micros)
    return false;
  if (policy.latency_max.count() == 0) return true;
  const std::optional<std::int64_t> p95 = p95_ms(now.account);
  return !p95 || *p95 <= policy.latency_max.count();
}

Rates rates_now(const TableRoute& route, const Moment& moment, std::uint32_t account) {
  const AccountNow& now = moment.accounts[account];
  const AccountFacts& facts = *route.accounts[account];
  return rates(now.segment, now.account, facts.prior, facts.charged_prior_ppm);
}

}  // namespace

bool leads_to(const PolicyNode& node, AccountSet allowed) {
  if (node.kind == Policy::Kind::account) return contains(allowed, node.account);
  return std::any_of(node.parts.begin(), node.parts.end(),
                     [&](const PolicyNode& part) { return leads_to(part, allowed); });
}

Stage stage_now(const TableRoute& route, const Moment& moment, std::uint32_t account) {
  return stage_of(rates_now(route, moment, account), moment.accounts[account].price_micros);
}

void PolicyOrder::append_one(std::uint32_t account, Why why, const Stage* stage) {
  if (contains(appended_, account)) return;
  appended_ |= AccountSet{1} << account;
  Candidate& candidate = plan_.candidates.emplace_back();
  candidate.account = account;
  candidate.why = why;
  if (stage == nullptr) return;
  candidate.expected_charge_micros = stage->charge_micros;
  candidate.cost_per_pass_micros = cost_per_pass_micros(*stage);
  candidate.pass_ppm = stage->pass_ppm;
}

void PolicyOrder::append(const PolicyNode& node, AccountSet allowed) {
  switch (node.kind) {
    case Policy::Kind::account:
      if (contains(allowed, node.account)) append_one(node.account, Why::listed, nullptr);
      break;
    case Policy::Kind::priority:
      for (const PolicyNode& part : node.parts) append(part, allowed);
      break;
    case Policy::Kind::weighted: append_weighted(node, allowed); break;
    case Policy::Kind::cheapest: append_cheapest(node, allowed); break;
    case Policy::Kind::experiment: append_experiment(node, allowed); break;
  }
}

void PolicyOrder::append_weighted(const PolicyNode& node, AccountSet allowed) {
  std::array<DrawPart, k_parts_max> parts;
  std::array<DrawPlace, k_parts_max> places;
  const std::size_t count = node.parts.size();
  for (std::size_t i = 0; i < count; ++i) {
    parts[i] = {node.part_names[i], node.source->weights[i]};
  }
  const std::string& salt = node.source->seed;
  plan_.is_sticky = plan_.is_sticky && !request_.person_id.empty();
  const PersonDraw draw = request_.person_id.empty() ? PersonDraw::of_seed(salt, seed_)
                                                     : PersonDraw(salt, request_.person_id);
  draw.order({parts.data(), count}, {places.data(), count});
  // Parts without an account to ask are passed over: their people fall to whom they would have
  // drawn next, and come back when it is there again.
  bool is_first = true;
  for (std::size_t place = 0; place < count; ++place) {
    const PolicyNode& part = node.parts[places[place].part];
    if (!leads_to(part, allowed)) continue;
    const std::size_t from = plan_.candidates.size();
    append(part, allowed);
    for (std::size_t i = from; i < plan_.candidates.size(); ++i) {
      Candidate& candidate = plan_.candidates[i];
      if (candidate.why == Why::listed && (!is_first || i == from)) {
        candidate.why = is_first ? Why::drawn : Why::drawn_next;
      }
    }
    is_first = false;
  }
}

const PolicyOrder::Seen& PolicyOrder::seen(std::uint32_t account) {
  Seen& one = seen_[account];
  if (!contains(is_seen_, account)) {
    is_seen_ |= AccountSet{1} << account;
    const Rates rates = rates_now(route_, moment_, account);
    one = {stage_of(rates, moment_.accounts[account].price_micros), rates.pass_rate_ppm};
  }
  return one;
}

std::vector<PolicyOrder::Priced> PolicyOrder::priced(const PolicyNode& node, AccountSet allowed) {
  std::vector<Priced> accounts;
  accounts.reserve(node.parts.size());
  for (const PolicyNode& part : node.parts) {
    if (!contains(allowed, part.account)) continue;
    const AccountNow& now = moment_.accounts[part.account];
    const Seen& one = seen(part.account);
    accounts.push_back(
        {part.account, one.stage, keeps_limits(*node.source, now, one.pass_rate_ppm)});
  }
  const auto missing = std::stable_partition(accounts.begin(), accounts.end(),
                                             [](const Priced& one) { return one.keeps_limits; });
  const auto sort = [&](auto begin, auto end) {
    std::vector<Stage> stages;
    stages.reserve(static_cast<std::size_t>(end - begin));
    for (auto it = begin; it != end; ++it) stages.push_back(it->stage);
    const std::vector<Priced> given(begin, end);
    for (const std::size_t index : cheapest_order(stages, node.source->goal)) {
      *begin++ = given[index];
    }
  };
  sort(accounts.begin(), missing);
  sort(missing, accounts.end());
  return accounts;
}

std::optional<std::size_t> PolicyOrder::explored(const PolicyNode& node,
                                                 const std::vector<Priced>& accounts) const {
  const auto choices = static_cast<std::uint64_t>(std::count_if(
      accounts.begin(), accounts.end(), [](const Priced& one) { return one.keeps_limits; }));
  if (choices < 2 || node.source->explore_ppm == 0) return {};
  const std::uint64_t draw = seed_draw(seed_, 1);
  if (draw % config::k_all_ppm >= node.source->explore_ppm) return {};
  return 1 + seed_draw(seed_, 2) % (choices - 1);
}

void PolicyOrder::append_cheapest(const PolicyNode& node, AccountSet allowed) {
  const std::vector<Priced> accounts = priced(node, allowed);
  const std::optional<std::size_t> tried = explored(node, accounts);
  if (tried) append_one(accounts[*tried].account, Why::explored, &accounts[*tried].stage);
  for (const Priced& one : accounts) {
    append_one(one.account, one.keeps_limits ? Why::cheapest : Why::missed_limit, &one.stage);
  }
}

Exposure PolicyOrder::exposure_of(const PolicyNode& node) const {
  const config::Experiment& experiment = table_.tenant().experiments[node.experiment];
  Exposure exposure{node.experiment, static_cast<std::uint32_t>(experiment.control),
                    Exposure::Kind::counted};
  if (node.experiment < moment_.is_paused.size() && moment_.is_paused[node.experiment] != 0) {
    exposure.kind = Exposure::Kind::paused;
    return exposure;
  }
  if (request_.person_id.empty()) {
    exposure.kind = Exposure::Kind::no_person;
    return exposure;
  }
  const PersonDraw draw(experiment.name + '\0' + experiment.seed, request_.person_id);
  if (!draw.is_covered(experiment.coverage_ppm)) {
    exposure.kind = Exposure::Kind::not_covered;
    return exposure;
  }
  std::array<DrawPart, k_parts_max> parts;
  const std::size_t count = experiment.arms.size();
  for (std::size_t i = 0; i < count; ++i) {
    parts[i] = {experiment.arms[i].name, experiment.arms[i].weight};
  }
  exposure.arm = static_cast<std::uint32_t>(draw.first({parts.data(), count}));
  return exposure;
}

void PolicyOrder::append_experiment(const PolicyNode& node, AccountSet allowed) {
  const Exposure exposure = exposure_of(node);
  if (!plan_.has_exposure()) plan_.exposure = exposure;
  append(node.parts[exposure.arm], allowed);
  // When the whole arm fails, people are served as everybody is; they stay counted in their arm.
  append(node.parts[table_.tenant().experiments[node.experiment].control], allowed);
}

void PolicyOrder::spread(const PolicyNode& node, AccountSet allowed, std::uint32_t share_ppm,
                         std::array<std::uint32_t, k_route_accounts_max>& first) {
  if (share_ppm == 0) return;
  // By weight among the parts that lead somewhere; rounding goes to the last of them, so that the
  // shares add up.
  const auto split = [&](const auto& weight_of) {
    std::uint64_t sum = 0;
    const PolicyNode* last = nullptr;
    for (std::size_t i = 0; i < node.parts.size(); ++i) {
      if (!leads_to(node.parts[i], allowed)) continue;
      sum += weight_of(i);
      if (last == nullptr || weight_of(i) > 0) last = &node.parts[i];
    }
    std::uint32_t left = share_ppm;
    for (std::size_t i = 0; i < node.parts.size() && sum > 0; ++i) {
      if (&node.parts[i] == last || !leads_to(node.parts[i], allowed)) continue;
      const auto part = static_cast<std::uint32_t>(share_ppm * weight_of(i) / sum);
      spread(node.parts[i], allowed, part, first);
      left -= part;
    }
    if (last != nullptr) spread(*last, allowed, left, first);
  };
  switch (node.kind) {
    case Policy::Kind::account:
      if (contains(allowed, node.account)) first[node.account] += share_ppm;
      break;
    case Policy::Kind::priority:
      for (const PolicyNode& part : node.parts) {
        if (leads_to(part, allowed)) return spread(part, allowed, share_ppm, first);
      }
      break;
    case Policy::Kind::weighted:
      split([&](std::size_t i) { return std::uint64_t{node.source->weights[i]}; });
      break;
    case Policy::Kind::cheapest: {
      const std::vector<Priced> accounts = priced(node, allowed);
      if (accounts.empty()) return;
      const auto choices = static_cast<std::uint64_t>(std::count_if(
          accounts.begin(), accounts.end(), [](const Priced& one) { return one.keeps_limits; }));
      std::uint32_t left = share_ppm;
      for (std::size_t i = 1; i < choices; ++i) {
        const auto part =
            static_cast<std::uint32_t>(std::uint64_t{share_ppm} * node.source->explore_ppm /
                                       config::k_all_ppm / (choices - 1));
        first[accounts[i].account] += part;
        left -= part;
      }
      first[accounts[0].account] += left;
      break;
    }
    case Policy::Kind::experiment: {
      const config::Experiment& experiment = table_.tenant().experiments[node.experiment];
      const PolicyNode& control = node.parts[experiment.control];
      const Exposure::Kind kind = exposure_of(node).kind;
      // Whether somebody is covered is drawn like the arm; being paused or nameless is not.
      const bool is_drawn = kind == Exposure::Kind::counted || kind == Exposure::Kind::not_covered;
      const std::uint64_t covered =
          is_drawn ? static_cast<std::uint32_t>(std::uint64_t{share_ppm} * experiment.coverage_ppm /
                                                config::k_all_ppm)
                   : 0;
      // An arm that is away is served as control is; see append_experiment.
      std::uint64_t sum = 0;
      for (const config::Arm& arm : experiment.arms) sum += arm.weight;
      std::uint32_t left = share_ppm;
      for (std::size_t i = 0; i < node.parts.size(); ++i) {
        if (i == experiment.control || !leads_to(node.parts[i], allowed)) continue;
        const auto part = static_cast<std::uint32_t>(covered * experiment.arms[i].weight / sum);
        spread(node.parts[i], allowed, part, first);
        left -= part;
      }
      if (leads_to(control, allowed)) spread(control, allowed, left, first);
      break;
    }
  }
}

}  // namespace idswitch::routing
