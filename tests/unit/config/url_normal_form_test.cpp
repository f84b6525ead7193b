#include "base/values/url_normal_form.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace idswitch::config {
namespace {

TEST(UrlNormalForm, DecodesOnlyWhatNeedsNoEncoding) {
  EXPECT_EQ(normal_octets("%41%7a%30%2D%2e%5f%7E"), "Az0-._~");
  EXPECT_EQ(normal_octets("%2f%3F%26%3d%23%25%20%00"), "%2F%3F%26%3D%23%25%20%00");
  EXPECT_EQ(normal_octets("%e5%90%8d"), "%E5%90%8D");
  EXPECT_EQ(normal_octets("%252e"), "%252e");
  EXPECT_EQ(normal_octets(""), "");
}

TEST(UrlNormalForm, AppliesDotSegments) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"/", "/"},
      {"/a/b", "/a/b"},
      {"/a/b/", "/a/b/"},
      {"/a/b/c/./../../g", "/a/g"},  // RFC 3986, 5.2.4
      {"/a/.", "/a/"},
      {"/a/..", "/"},
      {"/a/b/..", "/a/"},
      {"/..", "/"},
      {"/../../a", "/a"},
      {"/a//b", "/a//b"},
      {"/a//../b", "/a/b"},
      {"/.a/..b/...", "/.a/..b/..."},
  };
  for (const auto& [path, normal] : cases) EXPECT_EQ(without_dot_segments(path), normal) << path;
}

}  // namespace
}  // namespace idswitch::config
