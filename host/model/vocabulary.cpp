#include "idswitch/abi/vocabulary.h"

#include "idswitch/verification.hpp"

namespace idswitch {

bool is_final(Status status) {
  return status == Status::completed || status == Status::expired || status == Status::failed ||
         status == Status::cancelled;
}

std::string_view word(Status status) {
  switch (status) {
    case Status::starting: return "processing";  // the public list has no word for our own gap
    case Status::awaiting_user: return "awaiting_user";
    case Status::processing: return "processing";
    case Status::completed: return "completed";
    case Status::expired: return "expired";
    case Status::failed: return "failed";
    case Status::cancelled: return "cancelled";
    case Status::submitting: return "processing";
  }
  return "unknown";
}

std::string_view word(ChargeState state) {
  switch (state) {
    case ChargeState::held: return "held";
    case ChargeState::captured: return "captured";
    case ChargeState::voided: return "voided";
    case ChargeState::unknown: return "unknown";
  }
  return "unknown";
}

#define IDSWITCH_WORD_CASE(name, number, text, meaning) \
  case number:                                          \
    return text;

#define IDSWITCH_WORD_FUNCTION(function, LIST)                               \
  std::string_view function(std::uint32_t number) {                          \
    switch (number) { LIST(IDSWITCH_WORD_CASE) default : return "unknown"; } \
  }

IDSWITCH_WORD_FUNCTION(method_word, IDSW_METHOD_LIST)
IDSWITCH_WORD_FUNCTION(check_word, IDSW_CHECK_LIST)
IDSWITCH_WORD_FUNCTION(operation_word, IDSW_OPERATION_LIST)
IDSWITCH_WORD_FUNCTION(verdict_word, IDSW_VERDICT_LIST)
IDSWITCH_WORD_FUNCTION(reason_word, IDSW_REASON_LIST)
IDSWITCH_WORD_FUNCTION(error_class_word, IDSW_ERROR_CLASS_LIST)
IDSWITCH_WORD_FUNCTION(action_word, IDSW_ACTION_LIST)
IDSWITCH_WORD_FUNCTION(charge_word, IDSW_CHARGE_LIST)
IDSWITCH_WORD_FUNCTION(source_word, IDSW_SOURCE_LIST)

#define IDSWITCH_NUMBER_CASE(name, number, text, meaning) \
  if (word == (text)) return number;

std::uint32_t method_of(std::string_view word) {
  IDSW_METHOD_LIST(IDSWITCH_NUMBER_CASE)
  return 0;
}

std::uint32_t check_of(std::string_view word) {
  IDSW_CHECK_LIST(IDSWITCH_NUMBER_CASE)
  return 0;
}

#define IDSWITCH_CHECK_APPEND(name, number, text, meaning) \
  if ((checks & (number)) != 0) words.push_back(text);

std::vector<std::string_view> check_words(std::uint32_t checks) {
  std::vector<std::string_view> words;
  IDSW_CHECK_LIST(IDSWITCH_CHECK_APPEND)
  return words;
}

}  // namespace idswitch
