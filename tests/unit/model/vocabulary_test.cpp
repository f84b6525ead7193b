#include "idswitch/abi/vocabulary.h"

#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "idswitch/verification.hpp"

namespace idswitch {
namespace {

// For every list: each number has its word, words are unique, and a number of no list is "unknown".
#define IDSWITCH_EXPECT_WORD(name, number, text, meaning) \
  EXPECT_EQ(function(number), text);                      \
  EXPECT_TRUE(words.insert(text).second) << text;         \
  EXPECT_FALSE(std::string_view(meaning).empty()) << text;

#define IDSWITCH_TEST_LIST(TestName, LIST, word_function)                             \
  TEST(Vocabulary, TestName) {                                                        \
    std::set<std::string_view> words;                                                 \
    const auto function = [](std::uint32_t number) { return word_function(number); }; \
    LIST(IDSWITCH_EXPECT_WORD)                                                        \
    EXPECT_EQ(function(0), "unknown");                                                \
    EXPECT_EQ(function(0xFFFF'FFFF), "unknown");                                      \
    EXPECT_FALSE(words.contains("unknown"));                                          \
  }

IDSWITCH_TEST_LIST(NamesMethods, IDSW_METHOD_LIST, method_word)
IDSWITCH_TEST_LIST(NamesChecks, IDSW_CHECK_LIST, check_word)
IDSWITCH_TEST_LIST(NamesOperations, IDSW_OPERATION_LIST, operation_word)
IDSWITCH_TEST_LIST(NamesVerdicts, IDSW_VERDICT_LIST, verdict_word)
IDSWITCH_TEST_LIST(NamesReasons, IDSW_REASON_LIST, reason_word)
IDSWITCH_TEST_LIST(NamesErrorClasses, IDSW_ERROR_CLASS_LIST, error_class_word)
IDSWITCH_TEST_LIST(NamesActions, IDSW_ACTION_LIST, action_word)
IDSWITCH_TEST_LIST(NamesCharges, IDSW_CHARGE_LIST, charge_word)
IDSWITCH_TEST_LIST(NamesSources, IDSW_SOURCE_LIST, source_word)

#define IDSWITCH_EXPECT_METHOD(name, number, text, meaning) \
  EXPECT_EQ(method_of(text), std::uint32_t{number});
#define IDSWITCH_EXPECT_CHECK(name, number, text, meaning) \
  EXPECT_EQ(check_of(text), std::uint32_t{number});

TEST(Vocabulary, FindsNumbersByWord) {
  IDSW_METHOD_LIST(IDSWITCH_EXPECT_METHOD)
  IDSW_CHECK_LIST(IDSWITCH_EXPECT_CHECK)
  for (const char* word : {"", "H5", "unknown", "h5 ", "live"}) {
    EXPECT_EQ(method_of(word), 0u) << word;
    EXPECT_EQ(check_of(word), 0u) << word;
  }
}

TEST(Vocabulary, ChecksAreBitsOfAMask) {
  EXPECT_TRUE(check_words(0).empty());
  EXPECT_EQ(check_words(IDSW_CHECK_ID_OCR | IDSW_CHECK_LIVENESS),
            (std::vector<std::string_view>{"liveness", "id_ocr"}));
  EXPECT_EQ(check_words(0xFFFF'FFFF).size(), 4u);
}

TEST(Vocabulary, NamesEveryStatus) {
  EXPECT_EQ(word(Status::starting), "processing") << "the public list has no word for our own gap";
  EXPECT_EQ(word(Status::awaiting_user), "awaiting_user");
  EXPECT_EQ(word(Status::processing), "processing");
  EXPECT_EQ(word(Status::completed), "completed");
  EXPECT_EQ(word(Status::expired), "expired");
  EXPECT_EQ(word(Status::failed), "failed");
  EXPECT_EQ(word(Status::cancelled), "cancelled");
  EXPECT_EQ(word(static_cast<Status>(200)), "unknown");
  EXPECT_EQ(word(ChargeState::held), "held");
  EXPECT_EQ(word(ChargeState::captured), "captured");
  EXPECT_EQ(word(ChargeState::voided), "voided");
  EXPECT_EQ(word(ChargeState::unknown), "unknown");
}

TEST(Vocabulary, OnlyFourStatusesAreFinal) {
  for (const Status status :
       {Status::completed, Status::expired, Status::failed, Status::cancelled}) {
    EXPECT_TRUE(is_final(status)) << word(status);
  }
  for (const Status status : {Status::starting, Status::awaiting_user, Status::processing}) {
    EXPECT_FALSE(is_final(status)) << word(status);
  }
}

}  // namespace
}  // namespace idswitch
