#include "world/sandbox.hpp"

#include "vendors/aliyun_lite.hpp"
#include "vendors/aliyun_sdk.hpp"

namespace idswitch::sandbox {

void Sandbox::reset(bool with_access_tokens) {
  sessions.clear();
  charges.clear();
  faults.clear();
  nonces.clear();
  signatures.clear();
  request_counts.clear();
  notifications.clear();
  clock.reset();
  if (with_access_tokens) baidu_access_tokens.clear();
}

std::vector<Notification> finish_session(Sandbox& sandbox, Session& session, Outcome outcome) {
  session.result = std::move(outcome);
  switch (session.product) {
    case Product::aliyun_sdk: aliyun_sdk::on_finished(sandbox, session); return {};
    case Product::aliyun_lite: return aliyun_lite::on_finished(sandbox, session);
    case Product::jumdata:
      if (session.result->code == "301") session.expires = sandbox.clock.now();
      return {};
    case Product::baidu:   // the outcome waits for the video
    case Product::megvii:  // billed by the verify call
      return {};
  }
  return {};
}

std::vector<Notification> apply_magic(Sandbox& sandbox, Session& session) {
  const bool has_expired = session.expires <= sandbox.clock.now();
  if (!session.magic || session.has_ended() || has_expired) return {};
  return finish_session(sandbox, session, *session.magic);
}

void refund_expired(Sandbox& sandbox) {
  const TimePoint now = sandbox.clock.now();
  for (const Session& session : sandbox.sessions.all()) {
    if (session.product == Product::jumdata && session.expires <= now) {
      sandbox.charges.settle(Product::jumdata, session.token, ChargeState::refunded,
                             session.expires);
    }
  }
}

}  // namespace idswitch::sandbox
