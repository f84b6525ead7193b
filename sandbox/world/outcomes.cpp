#include "world/outcomes.hpp"

#include <algorithm>
#include <array>

namespace idswitch::sandbox {
namespace {

// Baidu supplement 1.5 (video liveness and quality) and 1.7 (what is billed). The words after code
// 0 are this sandbox's own: a success whose result must not be taken for a pass.
constexpr DocumentedOutcome baidu_outcomes[] = {
    {"0", "SUCCESS", true},
    {"0", "LOW_SCORE", true},
    {"0", "LOW_SIMILARITY", true},
    {"0", "LIP_FAIL", true},
    {"0", "ACTION_FAIL", true},
    {"216430", "rtse/face service error"},
    {"216431", "voice service error"},
    {"216432", "video service call fail"},
    {"216433", "video service error"},
    {"216434", "liveness check fail"},
    {"216500", "code digit error", true},
    {"216501", "not found face"},
    {"216502", "session lapse"},
    {"216505", "redis connect error"},
    {"216506", "redis operation error"},
    {"216507", "found many faces"},
    {"216508", "not found video info"},
    {"216509", "voice can not identify"},
    {"216510", "video time is too long"},
    {"216511", "voice file error"},
    {"216512", "action type need session id"},
    {"216513", "model param error"},
    {"216612", "system busy"},
    {"216908", "face quality is too low"},
    {"222202", "pic not has face"},
    {"223051", "lip check fail"},
    {"223113", "face is covered"},
    {"223114", "face is fuzzy"},
    {"223115", "face light is not good"},
    {"223116", "incomplete face"},
    {"223120", "liveness check fail", true},
    {"223121", "left eye is occlusion"},
    {"223122", "right eye is occlusion"},
    {"223123", "left cheek is occlusion"},
    {"223124", "right cheek is occlusion"},
    {"223125", "chin contour is occlusion"},
    {"223126", "nose is occlusion"},
    {"223127", "mouth is occlusion"},
    {"223129", "face is not frontal"},
    {"223130", "spoofing face"},
    {"223131", "synthetic face"},
};

// Jumdata document, result codes and charging chapter.
constexpr DocumentedOutcome jumdata_outcomes[] = {
    {"200", "活体检测通过", true},
    {"202", "活体检测未通过", true},
    {"201", "未查询到检测结果", false, false},
    {"203", "检测失败"},
    {"301", "token已过期"},
};

// ---- FaceID: what its three documents list alike, and what each adds ----------------------------

template <std::size_t... Sizes>
constexpr auto joined(const std::array<DocumentedOutcome, Sizes>&... lists) {
  std::array<DocumentedOutcome, (Sizes + ...)> whole{};
  auto next = whole.begin();
  ((next = std::copy(lists.begin(), lists.end(), next)), ...);
  return whole;
}

constexpr auto compared = std::to_array<DocumentedOutcome>({
    {"1000", "SUCCESS", true},
    {"2000", "PASS_LIVING_NOT_THE_SAME", true},
    {"3000", "NO_ID_CARD_NUMBER", true},
    {"3000", "ID_NUMBER_NAME_NOT_MATCH", true},
});

// The SDKs' alone. Megvii's page has no words for 4200 and 9000: those of the SDK v1.2 document.
constexpr auto bad_registry_photo = std::to_array<DocumentedOutcome>({
    {"3000", "NO_FACE_FOUND", true},
    {"3000", "NO_ID_PHOTO", true},
    {"3000", "PHOTO_FORMAT_ERROR", true},
});
constexpr auto failed_on_device = std::to_array<DocumentedOutcome>({
    {"4200", "BIZ_TOKEN_DENIED"},
    {"4200", "AUTHENTICATION_FAIL"},
    {"4200", "MOBILE_PHONE_NOT_SUPPORT"},
    {"4200", "SDK_TOO_OLD"},
    {"4200", "MOBILE_PHONE_NO_AUTHORITY"},
    {"4200", "USER_CANCELLATION"},
    {"4200", "USER_TIMEOUT"},
    {"4200", "VERIFICATION_FAILURE"},
    {"4200", "UNDETECTED_FACE"},
    {"4200", "ACTION_ERROR"},
});
constexpr auto unfinished = std::to_array<DocumentedOutcome>({
    {"9000", "LIVING_NOT_START", false, false},
    {"9000", "LIVING_IN_PROGRESS", false, false},
    {"9000", "LIVING_OVERTIME", false, false},
});

// Supplement 2.3 (v3 verify, the nearest relative of the undocumented v5 reply).
constexpr auto megvii_outcomes = joined(compared, bad_registry_photo,
                                        std::to_array<DocumentedOutcome>({
                                            {"3000", "DATA_SOURCE_ERROR"},
                                            {"3100", "DATA_ERROR"},
                                            {"4100", "FAIL_LIVING_FACE_ATTACK"},
                                            {"4100", "VIDEO_LACK_FRAMES"},
                                            {"4100", "FAIL_EYES_CLOSE_DETECTION"},
                                            {"4100", "REPLACED_FACE_ATTACK"},
                                        }),
                                        failed_on_device, unfinished);

// SDK v1.2 document, step 3. 1000, 2000 and 3000 are billed without exception there.
constexpr auto aliyun_sdk_outcomes = joined(compared, bad_registry_photo,
                                            std::to_array<DocumentedOutcome>({
                                                {"3000", "DATA_SOURCE_ERROR", true},
                                                {"4100", "FAIL_LIVING_FACE_ATTACK"},
                                                {"4100", "REPLACED_FACE_ATTACK"},
                                            }),
                                            failed_on_device,
                                            std::to_array<DocumentedOutcome>({
                                                {"5000", "IP_NOT_ALLOWED"},
                                                {"5000", "NON_ENTERPRISE_CERTIFICATION"},
                                                {"5000", "BALANCE_NOT_ENOUGH"},
                                                {"5000", "MORE_RETRY_TIMES"},
                                                {"5000", "ACCOUNT_DISCONTINUED"},
                                                {"5000", "EXPIRED_SIGN"},
                                                {"5000", "INVALID_SIGN"},
                                                {"5000", "REPLAY_ATTACK"},
                                                {"6000", "USER_CANCEL"},
                                                {"6000", "NO_CAMERA_PERMISSION"},
                                                {"6000", "ILLEGAL_PARAMETER"},
                                                {"6000", "DEVICE_NOT_SUPPORT"},
                                                {"6000", "INVALID_BUNDLE_ID"},
                                                {"6000", "NETWORK_ERROR"},
                                                {"6000", "FACE_INIT_FAIL"},
                                                {"6000", "LIVENESS_DETECT_FAILED"},
                                                {"6000", "NO_SENSOR_PERMISSION"},
                                                {"6000", "INIT_FAILED"},
                                            }),
                                            unfinished);

// Lite document, result codes. It states no billing rule: 1000/2000/3000 as the SDK's is assumed.
constexpr auto aliyun_lite_outcomes =
    joined(compared, std::to_array<DocumentedOutcome>({
                         {"3100", "IDCARD_PHOTO_FRONTSIDE"},
                         {"3100", "IDCARD_BACKSIDE_BLURRED"},
                         {"3100", "NO_FACE_FOUND_IDCARD"},
                         {"3100", "IDCARD_PHOTO_NOTFRONTSIDE"},
                         {"3100", "IDCARD_PHOTO_NOTBACKSIDE"},
                         {"3200", "FAIL_OCR_FAKE_IDCARD"},
                         {"4100", "FAIL_LIVING_FACE_ATTACK"},
                         {"4100", "CHANGE_FACE_ATTACK"},
                         {"4200", "NO_FACE_FOUND"},
                         {"4200", "FACE_QUALITY_TOO_LOW"},
                         {"4200", "INVALID_VIDEO_DURATION"},
                         {"4200", "VIDEO_TOO_LARGE"},
                         {"4200", "SR_ERROR"},
                         {"4200", "NOT_SYNCHRONIZED"},
                         {"4200", "NO_AUDIO"},
                         {"4200", "VIDEO_FORMAT_UNSUPPORTED"},
                         {"4200", "LIP_VOICE_NOT_SYNC"},
                         {"4200", "VIDEO_OK"},
                         {"4200", "VIDEO_MANY_TIMES"},
                         {"4200", "VIDEO_INTERNAL_ERROR"},
                         {"5000", "NON_ENTERPRISE_CERTIFICATION"},
                         {"5000", "BALANCE_NOT_ENOUGH"},
                         {"5000", "ACCOUNT_DISABLED"},
                         {"6000", "USER_CANCEL"},
                         {"9000", "LIVING_NOT_START", false, false},
                     }));

}  // namespace

std::span<const DocumentedOutcome> documented_outcomes(Product product) {
  switch (product) {
    case Product::baidu: return baidu_outcomes;
    case Product::jumdata: return jumdata_outcomes;
    case Product::megvii: return megvii_outcomes;
    case Product::aliyun_sdk: return aliyun_sdk_outcomes;
    case Product::aliyun_lite: return aliyun_lite_outcomes;
  }
  return {};
}

const DocumentedOutcome* find_documented(Product product, const Outcome& outcome) {
  for (const DocumentedOutcome& row : documented_outcomes(product)) {
    if (row.code == outcome.code && row.word == outcome.word) return &row;
  }
  return nullptr;
}

Outcome complete_outcome(Product product, std::string_view code, std::string_view word) {
  if (!word.empty()) return {std::string(code), std::string(word)};
  for (const DocumentedOutcome& row : documented_outcomes(product)) {
    if (row.code == code) return {std::string(code), std::string(row.word)};
  }
  return {std::string(code), "UNDOCUMENTED"};
}

bool is_final(Product product, const Outcome& outcome) {
  const DocumentedOutcome* row = find_documented(product, outcome);
  return row ? row->is_final : outcome.code != "9000" && outcome.code != "201";
}

std::optional<Outcome> find_magic(Product product, std::string_view text) {
  static constexpr std::string_view prefix = "sandbox:";
  for (std::size_t at = text.find(prefix); at != std::string_view::npos;
       at = text.find(prefix, at + 1)) {
    std::string_view rest = text.substr(at + prefix.size());
    const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
    if (digits == 0 || digits > 9) continue;
    const std::string_view code = rest.substr(0, digits);
    rest.remove_prefix(digits);
    std::string_view word;
    if (rest.starts_with(':')) {
      rest.remove_prefix(1);
      const auto is_word = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      };
      const auto end = std::ranges::find_if_not(rest, is_word);
      word = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    }
    return complete_outcome(product, code, word);
  }
  return std::nullopt;
}

}  // namespace idswitch::sandbox
