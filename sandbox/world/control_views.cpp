#include "world/control_views.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "vendors/errors.hpp"

namespace idswitch::sandbox {

namespace json = boost::json;

json::value session_view(const Sandbox& sandbox, const Session& session) {
  json::object view = {{"product", name_of(session.product)},
                       {"token", session.token},
                       {"state", session.has_ended()                    ? "ended"
                                 : session.is_dead(sandbox.clock.now()) ? "expired"
                                                                        : "open"},
                       {"created", format_time(session.created)},
                       {"expires", format_time(session.expires)},
                       {"used", session.used},
                       {"opening_request", session.opening_request}};
  if (session.result) {
    view["code"] = session.result->code;
    view["word"] = session.result->word;
  }
  const auto add = [&](std::string_view key, const std::string& text) {
    if (!text.empty()) view[key] = text;
  };
  add("biz_no", session.biz_no);
  add("return_url", session.return_url);
  add("notify_url", session.notify_url);
  add("title", session.title);
  add("spoken_code", session.spoken_code);
  return view;
}

json::value sessions_view(Sandbox& sandbox, std::optional<Product> product) {
  json::array sessions;
  for (const Session& session : sandbox.sessions.all()) {
    if (!product || session.product == *product) sessions.push_back(session_view(sandbox, session));
  }
  return {{"sessions", std::move(sessions)}};
}

json::value faults_view(const Sandbox& sandbox) {
  json::array faults;
  for (const Fault& fault : sandbox.faults.all()) faults.push_back(to_json(fault));
  return {{"faults", std::move(faults)}};
}

json::value requests_view(const Sandbox& sandbox) {
  json::object counts;
  for (const auto& [name, count] : sandbox.request_counts) counts[name] = count;
  return counts;
}

json::value clock_view(const Sandbox& sandbox) {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  return {{"now", format_time(sandbox.clock.now())},
          {"advanced_s", duration_cast<seconds>(sandbox.clock.advanced()).count()},
          {"skew_s", duration_cast<seconds>(sandbox.clock.skew()).count()}};
}

json::value outcomes_view() {
  json::object view;
  for (const Product product : all_products) {
    json::array outcomes;
    for (const DocumentedOutcome& outcome : documented_outcomes(product)) {
      outcomes.push_back({{"code", outcome.code},
                          {"word", outcome.word},
                          {"billed", outcome.billed},
                          {"final", outcome.is_final}});
    }
    json::array errors;
    for (const DocumentedError& error : documented_errors(product)) {
      errors.push_back({{"code", error.code}, {"status", error.status}});
    }
    view[name_of(product)] = {{"outcomes", std::move(outcomes)}, {"errors", std::move(errors)}};
  }
  return view;
}

}  // namespace idswitch::sandbox
