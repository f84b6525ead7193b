#include "simulate/simulated_route.hpp"

namespace idswitch::engine {
namespace {

std::string what_is_asked(const StartRequest& request) {
  std::string text(method_word(request.method));
  char before = ' ';
  for (const std::string_view check : check_words(request.checks)) {
    text.append(1, before).append(check);
    before = '+';
  }
  return text;
}

std::string why_rejected(const StartRequest& request, const Error& error) {
  constexpr std::string_view k_attributes = "/attributes/";
  std::string name = error.field();
  if (name.starts_with(k_attributes)) name.erase(0, k_attributes.size());
  switch (error.code()) {
    case Errc::unknown_field: return "attribute `" + name + "` is unknown";
    case Errc::invalid_field: return "attribute `" + name + "` may not have this value";
    case Errc::unsupported_combination: return "no route for " + what_is_asked(request);
    default: return error.detail();
  }
}

}  // namespace

SimulatedRoute simulated_route(const Setup& setup, const StartRequest& request) {
  SimulatedRoute placed;
  const config::Tenant* tenant = setup.tenant(request.tenant);
  if (tenant == nullptr) {
    placed.rejected = "tenant `" + request.tenant + "` is unknown";
    return placed;
  }
  Result<Choice> choice = find_route(setup, *tenant, request);
  if (!choice) {
    placed.rejected = why_rejected(request, choice.error());
    return placed;
  }
  placed.route = choice->decision.route;
  placed.segment = std::move(choice->segment);
  placed.request = std::move(choice->decision.request);
  return placed;
}

std::string nobody_to_ask(const routing::TableRoute& route) {
  return "route `" + route.route->name + "` has no account that this tenant may use";
}

}  // namespace idswitch::engine
