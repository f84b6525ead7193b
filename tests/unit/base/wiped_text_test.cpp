#include "base/wiped_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <new>

namespace idswitch {
namespace {

// Short enough to lie inside the object, where it can still be looked at.
constexpr std::string_view k_short = "hunter2-hunter3";
// A string may write over the beginning when it lets go of a text; the end must be wiped.
constexpr std::string_view k_end = k_short.substr(9);

template <class Object>
bool holds_it(const Object& object) {
  const auto* bytes = reinterpret_cast<const volatile unsigned char*>(&object);
  unsigned char copy[sizeof object];
  for (std::size_t i = 0; i < sizeof object; ++i) copy[i] = bytes[i];
  return std::search(copy, copy + sizeof copy, k_end.begin(), k_end.end()) != copy + sizeof copy;
}

template <class Text>
void is_gone_from_where_it_was() {
  Text first{std::string(k_short)};
  ASSERT_TRUE(holds_it(first)) << "the test looks in the wrong place";
  Text second(std::move(first));
  EXPECT_FALSE(holds_it(first));
  Text third;
  third = std::move(second);
  EXPECT_FALSE(holds_it(second));
  ASSERT_TRUE(holds_it(third));
  third = Text(std::string("other"));
  EXPECT_FALSE(holds_it(third));
  Text fourth{std::string(k_short)};
  const Text longer{std::string(100, 'x')};
  fourth = longer;  // on the heap: what was inside the object is not used any more
  EXPECT_FALSE(holds_it(fourth));
}

TEST(Secret, LeavesNoShortOneWhereItWas) {
  is_gone_from_where_it_was<Secret>();
}

TEST(WipedText, LeavesNoShortOneWhereItWas) {
  is_gone_from_where_it_was<WipedText>();
}

TEST(WipedText, IsWipedWhenItGoes) {
  alignas(WipedText) unsigned char memory[sizeof(WipedText)] = {};
  auto* text = new (memory) WipedText{std::string(k_short)};
  ASSERT_TRUE(holds_it(memory));
  text->~WipedText();
  EXPECT_FALSE(holds_it(memory));
}

TEST(WipedText, WipesAlsoBehindItsEnd) {
  std::string text(40, 'x');
  text.replace(20, k_short.size(), k_short);
  text.resize(3);
  const char* const memory = text.data();
  const char* const end = memory + text.capacity();
  ASSERT_NE(std::search(memory, end, k_short.begin(), k_short.end()), end);
  wipe(text);
  ASSERT_EQ(text.data(), memory) << "still the string's own";
  EXPECT_EQ(std::search(memory, end, k_short.begin(), k_short.end()), end);
}

TEST(WipedText, GrowsWithoutMovingWhatWasMadeRoomFor) {
  WipedText text{std::string(k_short)};
  WipedText::make_room(text, 500);
  EXPECT_EQ(text, k_short);
  EXPECT_FALSE(holds_it(text)) << "the place inside the object is not used any more";
  const char* const memory = text.data();
  text.append(500, 'x');
  EXPECT_EQ(text.data(), memory);
}

}  // namespace
}  // namespace idswitch
