#include "world/sessions.hpp"

#include <algorithm>

namespace idswitch::sandbox {

bool Session::is_dead(TimePoint now) const {
  const bool in_progress = result && result->word == "LIVING_IN_PROGRESS";
  return !has_ended() && !in_progress && expires <= now;
}

Session& Sessions::open(Product product, std::string token, TimePoint now, Duration lifetime) {
  Session& session = sessions_.emplace_back();
  session.token = std::move(token);
  session.product = product;
  session.created = now;
  session.expires = now + lifetime;
  by_token_[session.token] = &session;
  return session;
}

Session* Sessions::find(std::string_view token) {
  const auto found = by_token_.find(std::string(token));
  return found == by_token_.end() ? nullptr : found->second;
}

Session* Sessions::find(Product product, std::string_view token) {
  Session* session = find(token);
  return session && session->product == product ? session : nullptr;
}

Session* Sessions::last(Product product) {
  const auto found =
      std::find_if(sessions_.rbegin(), sessions_.rend(),
                   [&](const Session& session) { return session.product == product; });
  return found == sessions_.rend() ? nullptr : &*found;
}

void Sessions::clear() {
  by_token_.clear();
  sessions_.clear();
}

}  // namespace idswitch::sandbox
