#include "api/admission.hpp"

namespace idswitch::api {
namespace {

Result<std::string_view> caller_of(const engine::KeyRing& keys, Caller wanted,
                                   std::string_view authorization) {
  switch (wanted) {
    case Caller::tenant: return keys.tenant_of(authorization);
    case Caller::admin: return keys.admin_of(authorization);
    case Caller::anybody: break;
  }
  return std::string_view();
}

}  // namespace

Admission admit(const engine::KeyRing& keys, std::string_view method, std::string_view target,
                std::string_view authorization) {
  Admission admission;
  const std::string_view path = target.substr(0, target.find('?'));
  const RouteMatch found = find_route(method, path);
  if (found.route == nullptr) {
    admission.allowed = allowed_methods(path);
    admission.refusal = admission.allowed.empty() ? no_such_path()
                                                  : Error(Errc::method_not_allowed,
                                                          "this path takes " + admission.allowed);
    return admission;
  }
  const auto caller = caller_of(keys, found.route->caller, authorization);
  if (!caller) {
    admission.refusal = caller.error();
    return admission;
  }
  admission.route = found.route;
  admission.parts = found.parts;
  admission.caller = *caller;
  admission.body_bytes_max = found.route->body_bytes_max;
  return admission;
}

Answer refusal_answer(const Admission& refused) {
  Answer answer = error_answer(refused.refusal);
  if (!refused.allowed.empty()) answer.headers += "Allow: " + refused.allowed + "\r\n";
  return answer;
}

}  // namespace idswitch::api
