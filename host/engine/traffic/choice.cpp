#include "engine/traffic/choice.hpp"

#include "engine/traffic/problems.hpp"
#include "routing/condition.hpp"

namespace idswitch::engine {
namespace {

routing::AttributeInput input_of(const RequestAttribute& attribute) {
  using Kind = routing::AttributeInput::Kind;
  routing::AttributeInput input;
  switch (attribute.type) {
    case RequestAttribute::Type::text: input.kind = Kind::text; break;
    case RequestAttribute::Type::number: input.kind = Kind::number; break;
    case RequestAttribute::Type::truth: input.kind = Kind::truth; break;
  }
  input.text = attribute.value;
  return input;
}

Result<std::vector<routing::AttributeValue>> attributes_of(const config::Tenant& tenant,
                                                           const StartRequest& request) {
  std::vector<routing::AttributeValue> values;
  if (request.attributes.empty()) return values;
  values.resize(tenant.attributes.size());
  for (const RequestAttribute& one : request.attributes) {
    const std::string field = "/attributes/" + one.name.substr(0, 64);
    const auto index = routing::attribute_index(tenant, one.name);
    if (!index) return Error(index.error().code(), index.error().detail(), field);
    auto value = routing::attribute_value(tenant.attributes[*index], input_of(one));
    if (!value) return Error(value.error().code(), value.error().detail(), field);
    values[*index] = std::move(*value);
  }
  return values;
}

// "shop/region=cn-gd": the tenant is part of it, since its people are its own.
std::string segment_of(const config::Tenant& tenant, const routing::Request& request) {
  if (tenant.segment_by.empty()) return {};
  std::string text = tenant.name;
  for (const std::uint32_t index : tenant.segment_by) {
    text += text.size() == tenant.name.size() ? '/' : ';';
    text += tenant.attributes[index].name + "=";
    if (index < request.attributes.size()) text += request.attributes[index].text;
  }
  return text;
}

}  // namespace

Result<Choice> find_route(const Setup& setup, const config::Tenant& tenant,
                          const StartRequest& request) {
  Choice choice;
  auto attributes = attributes_of(tenant, request);
  if (!attributes) return attributes.error();
  routing::Request& asked = choice.decision.request;
  asked.method = request.method;
  asked.checks = request.checks;
  asked.person_id = request.person.id;
  asked.attributes = std::move(*attributes);
  choice.decision.route = setup.table(tenant.name).match(asked);
  if (choice.decision.route == nullptr) return no_route(tenant, request.method, request.checks);
  choice.segment = segment_of(tenant, asked);
  choice.payer = {tenant.name, request.person.id};
  return choice;
}

Result<void> decide(const Setup& setup, Traffic& traffic, store::Store* store,
                    std::int64_t now_unix_ms, std::uint64_t seed, bool explaining, Choice& choice) {
  Decision& decision = choice.decision;
  const routing::TableRoute& route = *decision.route;
  const config::Tenant& tenant = *setup.tenant(choice.payer.tenant);
  auto accounts = traffic.look(setup, store == nullptr ? nullptr : &store->ledger(), route,
                               choice.payer, choice.segment, explaining || route.looks_at_costs);
  if (!accounts) return accounts.error();
  decision.accounts = std::move(*accounts);
  decision.is_paused = traffic.paused(tenant);
  decision.seed = seed;
  decision.at_unix_ms = now_unix_ms;
  decision.plan =
      routing::decide(setup.table(tenant.name), route, decision.moment(), decision.request, seed);
  return {};
}

std::string weights_text(const config::Experiment& experiment) {
  std::string text;
  for (const config::Arm& arm : experiment.arms) {
    text += (text.empty() ? "" : ",") + arm.name + "=" + std::to_string(arm.weight);
  }
  return text;
}

}  // namespace idswitch::engine
