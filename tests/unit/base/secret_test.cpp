#include "base/secret.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <ostream>
#include <type_traits>

namespace idswitch {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};

template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};

static_assert(!Printable<Secret>);
static_assert(!Comparable<Secret>);
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<std::string, Secret>);

// Short enough to lie inside the object, where it can still be looked at.
constexpr std::string_view k_short = "hunter2";

bool holds(const unsigned char* memory, std::size_t size, std::string_view text) {
  return std::search(memory, memory + size, text.begin(), text.end()) != memory + size;
}

TEST(Secret, WipesItsMemoryWhenItGoes) {
  alignas(Secret) unsigned char memory[sizeof(Secret)] = {};
  auto* secret = new (memory) Secret{std::string(k_short)};
  ASSERT_TRUE(holds(memory, sizeof memory, k_short)) << "the test looks in the wrong place";
  secret->~Secret();
  // volatile: the compiler may think that nobody looks after the destructor.
  unsigned char after[sizeof memory];
  const volatile unsigned char* source = memory;
  for (std::size_t i = 0; i < sizeof memory; ++i) after[i] = source[i];
  EXPECT_FALSE(holds(after, sizeof after, k_short));
}

TEST(Secret, WipeOverwritesAndEmpties) {
  std::string text(k_short);
  const char* memory = text.data();
  wipe(text);
  EXPECT_TRUE(text.empty());
  // The buffer is still the string's own: nothing was freed.
  EXPECT_TRUE(std::all_of(memory, memory + k_short.size(), [](char c) { return c == '\0'; }));
}

TEST(Secret, RevealsOnlyWhenAsked) {
  EXPECT_TRUE(Secret().empty());
  const Secret secret{std::string(k_short)};
  EXPECT_FALSE(secret.empty());
  const Secret copy = secret;
  EXPECT_EQ(copy.reveal(), k_short);
  EXPECT_EQ(secret.reveal(), k_short);
}

}  // namespace
}  // namespace idswitch
