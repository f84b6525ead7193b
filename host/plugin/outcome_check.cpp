#include "plugin/outcome_check.hpp"

#include <algorithm>

#include "base/text/base64.hpp"
#include "base/text/utf8.hpp"
#include "idswitch/verification.hpp"

namespace idswitch::plugin {
namespace {

constexpr std::size_t k_state_bytes_max = 4096;
constexpr std::size_t k_url_bytes_max = 4096;
constexpr std::uint64_t k_items_max = 64;

// Which outcomes an operation may finish with.
bool fits(std::uint32_t operation, std::uint32_t outcome) {
  switch (operation) {
    case IDSW_OP_START: return outcome == IDSW_OUTCOME_OPENED;
    case IDSW_OP_RESULT:
    case IDSW_OP_SUBMIT:
      return outcome == IDSW_OUTCOME_PENDING || outcome == IDSW_OUTCOME_COMPLETED ||
             outcome == IDSW_OUTCOME_EXPIRED;
    case IDSW_OP_CALLBACK: return outcome == IDSW_OUTCOME_HINT;
    default: return false;
  }
}

bool is_web_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

std::string read_action(const idsw_action& from, Action& to) {
  to.kind = from.kind;
  to.expires_unix_ms = from.expires_unix_ms;
  to.url = clean_text(from.url, k_url_bytes_max);
  to.token = clean_text(from.token, k_url_bytes_max);
  to.component = clean_text(from.component, 128);
  to.code = clean_text(from.code, 64);
  switch (to.kind) {
    case IDSW_ACTION_REDIRECT:
      return is_web_url(to.url) ? "" : "redirects to something that is not a web address";
    case IDSW_ACTION_SDK:
    case IDSW_ACTION_MINI_PROGRAM:
      if (!to.url.empty() && !is_web_url(to.url)) return "opens a page that is not a web address";
      return to.token.empty() || to.component.empty() ? "opens without token and component" : "";
    case IDSW_ACTION_SPEAK_CODE: return to.code.empty() ? "asks for no code" : "";
    default: return "opens with an action that is not known";
  }
}

std::vector<Pair> read_pairs(const idsw_pair* pairs, std::uint64_t count) {
  std::vector<Pair> out;
  for (std::uint64_t i = 0; pairs != nullptr && i < count && i < k_items_max; ++i) {
    out.push_back({clean_text(pairs[i].name, 128), clean_text(pairs[i].value, 1024)});
  }
  return out;
}

// By the first bytes: vendors do not say.
std::string_view media_type_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "image/jpeg";
  if (bytes.starts_with("\x89PNG")) return "image/png";
  if (bytes.starts_with("RIFF")) return "image/webp";
  return "application/octet-stream";
}

void read_images(const idsw_outcome& outcome, std::vector<Image>& images) {
  for (std::uint64_t i = 0; outcome.images != nullptr && i < outcome.image_count && i < k_items_max;
       ++i) {
    const idsw_image& from = outcome.images[i];
    Image image;
    image.name = clean_text(from.name, 64);
    if (from.form == IDSW_IMAGE_URL) {
      image.url = clean_text({reinterpret_cast<const char*>(from.data.ptr), from.data.len},
                             k_url_bytes_max);
      if (!is_web_url(image.url)) continue;
    } else {
      image.bytes = from.form == IDSW_IMAGE_BASE64 ? base64_decode(view(from.data)).value_or("")
                                                   : std::string(view(from.data));
      if (image.bytes.empty()) continue;
      image.media_type = media_type_of(image.bytes);
    }
    images.push_back(std::move(image));
  }
}

}  // namespace

std::string clean_text(const idsw_str& text, std::size_t bytes_max) {
  std::string_view rest = view(text);
  // Nearly all of it is plain ASCII that fits: one look, one copy.
  const auto printable = [](char c) { return c >= 0x20 && c < 0x7F; };
  if (rest.size() <= bytes_max && std::all_of(rest.begin(), rest.end(), printable)) {
    return std::string(rest);
  }
  std::string out;
  while (!rest.empty()) {
    const std::size_t size = utf8::sequence_length(rest);
    if (size == 0) {
      rest.remove_prefix(1);
      continue;
    }
    const bool control =
        size == 1 && (static_cast<unsigned char>(rest[0]) < 0x20 || rest[0] == 0x7F);
    if (out.size() + size > bytes_max) break;
    if (!control) out.append(rest.substr(0, size));
    rest.remove_prefix(size);
  }
  return out;
}

std::string read_outcome(const idsw_outcome& outcome, std::uint32_t operation, FinishStep& step) {
  if (!fits(operation, outcome.kind)) {
    return "finishes " + std::string(operation_word(operation)) + " with outcome " +
           std::to_string(outcome.kind) + ", which does not fit";
  }
  if (outcome.state.len > k_state_bytes_max) return "leaves more than 4096 bytes of state";
  step.outcome = outcome.kind;
  step.processing = outcome.processing != 0;
  step.account_error = outcome.account_error <= IDSW_ERROR_PROTOCOL
                           ? outcome.account_error
                           : std::uint32_t{IDSW_ERROR_PROTOCOL};
  step.vendor_code = clean_text(outcome.vendor_code, 128);
  step.vendor_message = clean_text(outcome.vendor_message, 512);
  step.vendor_reference = clean_text(outcome.vendor_reference, 256);
  step.state = view(outcome.state);
  step.scores = read_pairs(outcome.scores, outcome.score_count);
  step.document = read_pairs(outcome.document, outcome.document_count);
  read_images(outcome, step.images);
  if (outcome.kind == IDSW_OUTCOME_OPENED) return read_action(outcome.action, step.action);
  if (outcome.kind == IDSW_OUTCOME_COMPLETED) {
    const bool known = verdict_word(outcome.verdict) != "unknown";
    step.verdict = known ? outcome.verdict : std::uint32_t{IDSW_VERDICT_INCONCLUSIVE};
    step.reason = outcome.reason;
    const bool reason_known = reason_word(outcome.reason) != "unknown";
    if (!known || (!reason_known && (outcome.reason != 0 || step.verdict != IDSW_VERDICT_PASS))) {
      step.reason = IDSW_REASON_VENDOR_UNKNOWN_CODE;
    }
  }
  return {};
}

FailStep read_failure(const idsw_failure& failure) {
  FailStep step;
  const bool known = error_class_word(failure.error_class) != "unknown";
  step.error_class = known ? failure.error_class : std::uint32_t{IDSW_ERROR_PROTOCOL};
  step.retry_after_ms = failure.retry_after_ms;
  step.field = clean_text(failure.field, 256);
  step.vendor_code = clean_text(failure.vendor_code, 128);
  step.vendor_message = clean_text(failure.vendor_message, 512);
  step.vendor_reference = clean_text(failure.vendor_reference, 256);
  return step;
}

}  // namespace idswitch::plugin
