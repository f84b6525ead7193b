#include "api/query.hpp"

#include <gtest/gtest.h>

namespace idswitch::api {
namespace {

TEST(Query, GivesTheFirstValueOfThatNameDecoded) {
  struct Row {
    const char* query;
    std::optional<std::string> value;
  };

  const Row rows[] = {
      {"", {}},
      {"b=1", {}},
      {"a=1", "1"},
      {"a", ""},
      {"a=", ""},
      {"a&b=2", ""},
      {"b=2&a=1", "1"},
      {"a=1&a=2", "1"},
      {"aa=1&a=2", "2"},
      {"A=1", {}},
      {"&&a=1&&", "1"},
      {"a=b=c", "b=c"},
      {"a=x+y", "x y"},
      {"a=%E7%8E%8b", "\xE7\x8E\x8B"},
      {"a=100%", "100%"},
      {"a=%4", "%4"},
      {"a=%zz%41", "%zzA"},
      {"a=%2541", "%41"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.query);
    EXPECT_EQ(query_value(row.query, "a"), row.value);
  }
}

TEST(Query, DecodesANulByteLikeAnyOther) {
  EXPECT_EQ(query_value("a=%00b", "a"), std::string("\0b", 2));
}

TEST(Query, IsAddedWhereItBelongs) {
  const auto with = [](std::string_view url) {
    return with_query(url, {{"id", "ver_1"}, {"status", "completed"}});
  };
  EXPECT_EQ(with("https://s.example/done"), "https://s.example/done?id=ver_1&status=completed");
  EXPECT_EQ(with("https://s.example/done?x=1"),
            "https://s.example/done?x=1&id=ver_1&status=completed");
  EXPECT_EQ(with("https://s.example/#top"), "https://s.example/?id=ver_1&status=completed#top");
  EXPECT_EQ(with("https://s.example/?x=1#a?b"),
            "https://s.example/?x=1&id=ver_1&status=completed#a?b");
}

TEST(Query, ValuesCannotBreakOut) {
  EXPECT_EQ(with_query("https://s.example/", {{"v", "a&b=c#d\r\nX: 1 %"}}),
            "https://s.example/?v=a%26b%3Dc%23d%0D%0AX%3A%201%20%25");
}

}  // namespace
}  // namespace idswitch::api
