#include "routing/route_table.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>

#include "routing/condition.hpp"

namespace idswitch::routing {
namespace {

using config::Condition;
using config::Policy;

std::uint32_t index_of(const std::vector<std::string>& accounts, const std::string& name) {
  return static_cast<std::uint32_t>(std::find(accounts.begin(), accounts.end(), name) -
                                    accounts.begin());
}

// The name of the first account a part leads to: it stays the same when parts change places or
// weights, and when what follows the first account changes.
const std::string& first_account(const Policy& policy, const config::Tenant& tenant) {
  if (policy.kind == Policy::Kind::account) return policy.account;
  if (policy.kind == Policy::Kind::experiment) return policy.experiment;
  return first_account(policy.parts.front(), tenant);
}

std::vector<std::string> names_of_parts(const Policy& policy, const config::Tenant& tenant) {
  std::vector<std::string> names;
  for (const Policy& part : policy.parts) {
    const std::string& base = first_account(part, tenant);
    std::string name = base;
    for (int number = 2; std::find(names.begin(), names.end(), name) != names.end(); ++number) {
      name = base + "#" + std::to_string(number);
    }
    names.push_back(std::move(name));
  }
  return names;
}

PolicyNode node_of(const Policy& policy, const config::Route& route, const config::Tenant& tenant) {
  PolicyNode node;
  node.kind = policy.kind;
  node.source = &policy;
  switch (policy.kind) {
    case Policy::Kind::account: node.account = index_of(route.accounts, policy.account); break;
    case Policy::Kind::experiment: {
      const auto found = std::find_if(
          tenant.experiments.begin(), tenant.experiments.end(),
          [&](const auto& experiment) { return experiment.name == policy.experiment; });
      node.experiment = static_cast<std::uint32_t>(found - tenant.experiments.begin());
      for (const config::Arm& arm : found->arms) {
        node.parts.push_back(node_of(arm.use, route, tenant));
      }
      break;
    }
    default:
      for (const Policy& part : policy.parts) node.parts.push_back(node_of(part, route, tenant));
      if (policy.kind == Policy::Kind::weighted) node.part_names = names_of_parts(policy, tenant);
  }
  return node;
}

bool has_cheapest(const PolicyNode& node) {
  return node.kind == Policy::Kind::cheapest ||
         std::any_of(node.parts.begin(), node.parts.end(), has_cheapest);
}

Filter static_filter(const config::Tenant& tenant, const AccountFacts& account) {
  const auto among = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  if (!tenant.allowed_accounts.empty() && !among(tenant.allowed_accounts, account.name)) {
    return Filter::not_allowed;
  }
  if (tenant.data_regions.empty()) return Filter::none;
  const bool stays =
      std::all_of(account.data_regions.begin(), account.data_regions.end(),
                  [&](const auto& region) { return among(tenant.data_regions, region); });
  return stays && !account.data_regions.empty() ? Filter::none : Filter::data_region;
}

// ---- rows of a lens ----------------------------------------------------------------------------

constexpr std::size_t k_absent_row = 0;     // the request has no such attribute
constexpr std::size_t k_odd_row = 1;        // it has another type: nothing is known
constexpr std::size_t k_first_row = 2;      // the first for a value
constexpr std::size_t k_own_rows_max = 64;  // texts with a row of their own
constexpr std::size_t k_hash_rows = 64;     // for all the others
constexpr std::size_t k_number_rows = 128;
constexpr std::size_t k_slots = 256;
constexpr std::size_t k_whole_text = std::numeric_limits<std::size_t>::max();
constexpr std::size_t k_branches_max = 8;  // of one route
constexpr std::size_t k_lenses_max = 16;   // further attributes are only looked at

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash >> 24;
}

// What is known of a condition when only the row of one attribute is.
enum class Known : std::uint8_t { no, nothing, yes };

// The values of one row.
struct RowValues {
  std::uint32_t attribute = 0;
  std::size_t row = 0;
  std::int64_t least = 0;             // number
  std::int64_t most = 0;              // number
  const std::string* only = nullptr;  // text: this one and no other; nullptr:
  std::function<bool(std::string_view text)> may_be;
  std::size_t key_bytes = 0;

  Known test(const Condition& condition) const;
  Known of(const Condition& condition) const;
};

Known RowValues::test(const Condition& condition) const {
  const auto known = [](bool may_hold) { return may_hold ? Known::nothing : Known::no; };
  switch (condition.kind) {
    case Condition::Kind::is_in:
    case Condition::Kind::prefix:
      if (only != nullptr) {
        const AttributeValue value{AttributeValue::Kind::text, *only, 0, false};
        return is_satisfied(condition, value) ? Known::yes : Known::no;
      }
      return known(std::any_of(condition.texts.begin(), condition.texts.end(),
                               [&](const std::string& text) {
                                 const bool is_short = condition.kind == Condition::Kind::prefix &&
                                                       text.size() < key_bytes;
                                 return is_short || may_be(text);
                               }) ||
                   std::any_of(condition.numbers.begin(), condition.numbers.end(),
                               [&](std::int64_t one) { return one >= least && one <= most; }));
    case Condition::Kind::range:
      if (condition.least <= least && most <= condition.most) return Known::yes;
      return known(condition.least <= most && least <= condition.most);
    default: return Known::nothing;
  }
}

Known RowValues::of(const Condition& condition) const {
  Known all = Known::yes;
  Known any = Known::no;
  for (const Condition& part : condition.parts) {
    const Known one = of(part);
    all = std::min(all, one);
    any = std::max(any, one);
  }
  switch (condition.kind) {
    case Condition::Kind::all: return all;
    case Condition::Kind::any: return any;
    case Condition::Kind::none:
      return any == Known::nothing ? any : any == Known::no ? Known::yes : Known::no;
    default: break;
  }
  if (condition.attribute != attribute || row == k_odd_row) return Known::nothing;
  return row == k_absent_row ? Known::no : test(condition);
}

// ---- what the lenses of a group are about ------------------------------------------------------

// The ways in which a condition can hold.
std::vector<std::vector<const Condition*>> branches_of(const Condition& condition) {
  std::vector<std::vector<const Condition*>> found;
  if (condition.kind == Condition::Kind::any && !condition.parts.empty()) {
    for (const Condition& part : condition.parts) {
      for (auto& branch : branches_of(part)) found.push_back(std::move(branch));
    }
  } else if (condition.kind == Condition::Kind::all) {
    found.emplace_back();
    for (const Condition& part : condition.parts) {
      std::vector<std::vector<const Condition*>> longer;
      const auto ways = branches_of(part);
      for (const auto& branch : found) {
        for (const auto& way : ways) {
          longer.push_back(branch);
          longer.back().insert(longer.back().end(), way.begin(), way.end());
        }
      }
      found = std::move(longer);
      if (found.size() > k_branches_max) break;
    }
  } else {
    found = {{&condition}};
  }
  if (found.size() > k_branches_max) return {{&condition}};
  return found;
}

// What the conditions of a group say about one attribute.
struct Mentions {
  bool is_any = false;
  std::size_t prefix_bytes = k_whole_text;  // of the shortest
  std::vector<std::string> texts;
  std::vector<std::int64_t> bounds;

  // False: the condition says nothing about it.
  bool add(const Condition& condition, std::uint32_t attribute);
};

bool Mentions::add(const Condition& condition, std::uint32_t attribute) {
  bool is_about_it = false;
  for (const Condition& part : condition.parts) is_about_it |= add(part, attribute);
  if (condition.kind <= Condition::Kind::none || condition.attribute != attribute) {
    return is_about_it;
  }
  is_any = true;
  const auto add_bounds = [this](std::int64_t least, std::int64_t most) {
    constexpr std::int64_t k_most = std::numeric_limits<std::int64_t>::max();
    bounds.push_back(least);
    if (most != k_most) bounds.push_back(most + 1);
  };
  if (condition.kind == Condition::Kind::range) add_bounds(condition.least, condition.most);
  for (const std::int64_t number : condition.numbers) add_bounds(number, number);
  if (condition.kind == Condition::Kind::is_in) {
    texts.insert(texts.end(), condition.texts.begin(), condition.texts.end());
  }
  if (condition.kind == Condition::Kind::prefix) {
    for (const std::string& text : condition.texts) {
      prefix_bytes = std::min(prefix_bytes, text.size());
    }
  }
  return true;
}

// Those that are mentioned most often.
std::vector<std::string> frequent(std::vector<std::string> texts) {
  std::map<std::string, std::size_t> counts;
  for (std::string& text : texts) ++counts[std::move(text)];
  std::vector<std::pair<std::size_t, std::string>> ranked;
  ranked.reserve(counts.size());
  for (const auto& [text, count] : counts) ranked.emplace_back(count, text);
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  ranked.resize(std::min(ranked.size(), k_own_rows_max));
  std::vector<std::string> kept;
  kept.reserve(ranked.size());
  for (auto& [count, text] : ranked) kept.push_back(std::move(text));
  return kept;
}

// At most k_number_rows - 1 of them, so that about as many lie between two as between other two.
std::vector<std::int64_t> thinned(std::vector<std::int64_t> bounds) {
  std::sort(bounds.begin(), bounds.end());
  bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
  if (bounds.size() < k_number_rows) return bounds;
  std::vector<std::int64_t> kept;
  for (std::size_t i = 0; i + 1 < k_number_rows; ++i) {
    kept.push_back(bounds[i * bounds.size() / (k_number_rows - 1)]);
  }
  return kept;
}

}  // namespace

RouteTable::RouteTable(const config::Tenant& tenant,
                       const std::function<const AccountFacts&(const std::string&)>& facts)
    : tenant_(&tenant) {
  for (const config::Route& route : tenant.routes) {
    TableRoute row;
    row.route = &route;
    row.index = static_cast<std::uint32_t>(routes_.size());
    for (const std::string& name : route.accounts) {
      const AccountFacts& account = facts(name);
      row.accounts.push_back(&account);
      row.always.push_back(static_filter(tenant, account));
    }
    row.policy = node_of(route.use, route, tenant);
    row.looks_at_costs = has_cheapest(row.policy);
    routes_.push_back(std::move(row));
  }
  for (const config::Route& route : tenant.routes) group(route.method, route.checks);
}

void RouteTable::group(std::uint32_t method, std::uint32_t checks) {
  for (const Group& group : groups_) {
    if (group.method == method && group.checks == checks) return;
  }
  Group group{method, checks, {}, 0, {}};
  std::vector<Branch> branches;
  for (const TableRoute& row : routes_) {
    if (row.route->method != method || row.route->checks != checks) continue;
    for (Branch& branch : branches_of(row.route->when)) {
      branches.push_back(std::move(branch));
      group.branches.push_back(row.index);
    }
  }
  group.words = (branches.size() + 63) / 64;
  for (std::uint32_t attribute = 0; attribute < tenant_->attributes.size(); ++attribute) {
    Mentions mentions;
    std::vector<Branch> about(branches.size());  // what each says about the attribute
    for (std::size_t i = 0; i < branches.size(); ++i) {
      for (const Condition* condition : branches[i]) {
        if (mentions.add(*condition, attribute)) about[i].push_back(condition);
      }
    }
    const config::AttributeType type = tenant_->attributes[attribute].type;
    if (!mentions.is_any || type == config::AttributeType::truth) continue;
    if (group.lenses.size() + 2 > k_lenses_max) break;
    Lens lens{attribute, type, k_whole_text, {}, {}, thinned(mentions.bounds), {}};
    if (type == config::AttributeType::text) {
      lens.texts = frequent(mentions.texts);
      lens.slots.resize(k_slots);
      for (std::size_t i = 0; i < lens.texts.size(); ++i) {
        std::size_t slot = hash_of(lens.texts[i]) % k_slots;
        while (lens.slots[slot] != 0) slot = (slot + 1) % k_slots;
        lens.slots[slot] = static_cast<std::uint8_t>(i + 1);
      }
    }
    add_lens(group, about, std::move(lens));
    if (type == config::AttributeType::text && mentions.prefix_bytes != k_whole_text) {
      add_lens(group, about, {attribute, type, mentions.prefix_bytes, {}, {}, {}, {}});
    }
  }
  groups_.push_back(std::move(group));
}

void RouteTable::add_lens(Group& group, const std::vector<Branch>& branches, Lens lens) const {
  const bool is_number = lens.type == config::AttributeType::number;
  const std::size_t rows =
      k_first_row + (is_number ? lens.bounds.size() + 1 : lens.texts.size() + k_hash_rows);
  lens.bits.resize(rows * group.words);
  for (std::size_t row = 0; row < rows; ++row) {
    RowValues values;
    values.attribute = lens.attribute;
    values.row = row;
    values.key_bytes = lens.key_bytes;
    values.may_be = [&](std::string_view text) { return lens.row_of_text(text) == row; };
    values.least = std::numeric_limits<std::int64_t>::min();
    values.most = std::numeric_limits<std::int64_t>::max();
    if (is_number && row > k_first_row) values.least = lens.bounds[row - k_first_row - 1];
    if (is_number && row >= k_first_row && row - k_first_row < lens.bounds.size()) {
      values.most = lens.bounds[row - k_first_row] - 1;
    }
    if (row >= k_first_row && row - k_first_row < lens.texts.size()) {
      values.only = &lens.texts[row - k_first_row];
    }
    for (std::size_t i = 0; i < branches.size(); ++i) {
      const bool may_hold = std::all_of(
          branches[i].begin(), branches[i].end(),
          [&](const Condition* condition) { return values.of(*condition) != Known::no; });
      if (may_hold) lens.bits[row * group.words + i / 64] |= std::uint64_t{1} << i % 64;
    }
  }
  group.lenses.push_back(std::move(lens));
}

std::size_t RouteTable::Lens::row_of_text(std::string_view text) const {
  const std::uint64_t hash = hash_of(text.substr(0, key_bytes));
  if (!slots.empty()) {
    for (std::size_t slot = hash % k_slots; slots[slot] != 0; slot = (slot + 1) % k_slots) {
      const std::size_t index = slots[slot] - 1U;
      if (texts[index] == text) return k_first_row + index;
    }
  }
  return k_first_row + texts.size() + hash / k_slots % k_hash_rows;
}

std::size_t RouteTable::Lens::row_of(const AttributeValue& value) const {
  if (value.kind == AttributeValue::Kind::absent) return k_absent_row;
  if (type == config::AttributeType::text && value.kind == AttributeValue::Kind::text) {
    return row_of_text(value.text);
  }
  if (type == config::AttributeType::number && value.kind == AttributeValue::Kind::number) {
    const auto after = std::upper_bound(bounds.begin(), bounds.end(), value.number);
    return k_first_row + static_cast<std::size_t>(after - bounds.begin());
  }
  return k_odd_row;
}

const TableRoute* RouteTable::match(const Request& request) const {
  for (const Group& group : groups_) {
    if (group.method != request.method || group.checks != request.checks) continue;
    std::array<const std::uint64_t*, k_lenses_max> rows{};
    std::size_t count = 0;
    for (const Lens& lens : group.lenses) {
      const std::size_t row = lens.attribute < request.attributes.size()
                                  ? lens.row_of(request.attributes[lens.attribute])
                                  : k_absent_row;
      rows[count++] = lens.bits.data() + row * group.words;
    }
    for (std::size_t word = 0; word < group.words; ++word) {
      std::uint64_t left = ~std::uint64_t{0};
      for (std::size_t i = 0; i < count; ++i) left &= rows[i][word];
      for (; left != 0; left &= left - 1) {
        const std::size_t branch = word * 64 + static_cast<std::size_t>(std::countr_zero(left));
        if (branch >= group.branches.size()) break;  // without lenses: beyond the last
        const TableRoute& row = routes_[group.branches[branch]];
        if (matches(row.route->when, request.attributes)) return &row;
      }
    }
    return nullptr;
  }
  return nullptr;
}

const TableRoute* RouteTable::find(std::string_view name) const {
  const auto found = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const TableRoute& row) { return row.route->name == name; });
  return found == routes_.end() ? nullptr : &*found;
}

}  // namespace idswitch::routing
