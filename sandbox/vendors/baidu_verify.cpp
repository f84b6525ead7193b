#include <boost/json/array.hpp>

#include "vendors/baidu.hpp"
#include "vendors/faceid.hpp"
#include "wire/arguments.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::baidu {
namespace {

namespace json = boost::json;

constexpr std::size_t video_bytes_max = std::size_t{20} * 1024 * 1024;

struct VerifyRequest {
  std::string video;
  bool is_action = false;
  bool with_lip = false;
  Session* session = nullptr;  // nullptr: liveness only, no code to compare (voice)
};

// Fills `wanted` or returns the error code of the first thing wrong.
std::string read_request(Sandbox& sandbox, const Form& form, VerifyRequest& wanted) {
  auto video = base64_decode(form.text("video_base64"));
  if (!video || video->empty()) return "216508";  // also for a "data:" prefix
  if (video->size() > video_bytes_max) return "222304";
  wanted.video = std::move(*video);
  const std::string_view type = form.text("type_identify");
  if (type != "" && type != "voice" && type != "action") return "222002";
  wanted.is_action = type == "action";
  const std::string_view lip = form.text("lip_identify");
  if (lip != "" && lip != "OFF" && lip != "COMMON" && lip != "STRICT") return "222002";
  wanted.with_lip = lip == "COMMON" || lip == "STRICT";
  const std::string_view session_id = form.text("session_id");
  if (session_id.empty()) return wanted.is_action ? "216512" : "";
  wanted.session = sandbox.sessions.find(Product::baidu, session_id);
  if (!wanted.session || wanted.session->used || wanted.session->expires <= sandbox.clock.now() ||
      wanted.session->is_action != wanted.is_action) {
    return "216502";
  }
  return "";
}

// What the control API ordered, else what the video itself asks for, else whether the video "says"
// the code.
Outcome judge(const VerifyRequest& wanted) {
  if (wanted.session && wanted.session->result) return *wanted.session->result;
  if (auto magic = find_magic(Product::baidu, wanted.video)) return std::move(*magic);
  if (!wanted.session ||
      wanted.video.find("code:" + wanted.session->spoken_code) != std::string::npos) {
    return {"0", "SUCCESS"};
  }
  return wanted.is_action ? Outcome{"0", "ACTION_FAIL"}
                          : complete_outcome(Product::baidu, "216500", "");
}

json::object result_of(Sandbox& sandbox, const VerifyRequest& wanted, const std::string& word) {
  Identifiers& identifiers = sandbox.identifiers;
  const double score = word == "LOW_SCORE" ? 0.000812 : 0.984654366;
  json::object result = {
      {"score", score},
      {"maxspoofing", 0.000012},
      {"spoofing_score", 0.000009},
      {"thresholds", {{"frr_1e-4", 0.05}, {"frr_1e-3", 0.3}, {"frr_1e-2", 0.9}}}};
  if (wanted.session) {
    const std::string& code = wanted.session->spoken_code;
    const bool is_similar = word != "LOW_SIMILARITY";
    result["code"] = {{"create", code},
                      {"identify", is_similar ? code : std::string(code.size(), '8')},
                      {"similarity", is_similar ? 0.96 : 0.41}};
  }
  if (wanted.with_lip) result["lip_language"] = word == "LIP_FAIL" ? "fail" : "pass";
  if (wanted.is_action) result["action_verify"] = word == "ACTION_FAIL" ? "fail" : "pass";
  const std::string photo = invented_photo("baidu best");
  result["best_image"] = {{"pic", photo},
                          {"face_token", identifiers.hex(32)},
                          {"face_id", identifiers.hex(32)},
                          {"liveness_score", score},
                          {"spoofing", 0.000009}};
  result["pic_list"] = json::array{{{"face_token", identifiers.hex(32)},
                                    {"face_id", identifiers.number(1, 9'999'999'999)},
                                    {"pic", photo},
                                    {"liveness_score", score},
                                    {"spoofing", 0.000011}}};
  return result;
}

}  // namespace

Reply verify(Sandbox& sandbox, const Request& request) {
  if (auto refusal = refuse_access_token(sandbox, request)) return std::move(*refusal);
  const auto fail = [&](std::string_view code, std::string_view message) {
    return service_reply(sandbox, *parse_integer(code), message, {}).reply;
  };
  if (request.media_type() != "application/x-www-form-urlencoded") {
    return fail("222001", "Content-Type must be application/x-www-form-urlencoded");
  }
  const auto form = parse_urlencoded(request.body);
  if (!form) return fail("222001", "malformed form body");
  VerifyRequest wanted;
  if (const std::string error = read_request(sandbox, *form, wanted); !error.empty()) {
    return fail(error, message_of(error));
  }
  const Outcome outcome = judge(wanted);
  const bool passed = outcome.code == "0";
  ServiceReply answer =
      service_reply(sandbox, *parse_integer(outcome.code), passed ? "success" : outcome.word,
                    passed ? result_of(sandbox, wanted, outcome.word) : json::object());
  if (wanted.session) {
    wanted.session->used = true;
    wanted.session->result = outcome;
  }
  const DocumentedOutcome* row = find_documented(Product::baidu, outcome);
  if (passed || (row && row->billed)) {
    sandbox.charges.capture(Product::baidu, "verify",
                            wanted.session ? wanted.session->token : answer.log_id, answer.log_id,
                            sandbox.clock.now());
  }
  return std::move(answer.reply);
}

}  // namespace idswitch::sandbox::baidu
