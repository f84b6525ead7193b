#include "net/origin.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "certificates.hpp"

namespace idswitch::net {
namespace {

auto make(const std::string& url) {
  OriginConfig config;
  config.base_url = url;
  config.ca_file = test::authority().file();
  return HttpClient::make_origin(config);
}

TEST(Origin, SplitsTheBaseUrl) {
  const auto plain = make("https://api.example.com");
  ASSERT_TRUE(plain);
  EXPECT_EQ((*plain)->host(), "api.example.com");
  EXPECT_EQ((*plain)->port(), 443);
  EXPECT_EQ((*plain)->host_header(), "api.example.com");
  EXPECT_EQ((*plain)->prefix(), "");

  const auto full = make("https://[::1]:8443/a/b/");
  ASSERT_TRUE(full);
  EXPECT_EQ((*full)->host(), "::1");
  EXPECT_TRUE((*full)->host_is_ip());
  EXPECT_EQ((*full)->port(), 8443);
  EXPECT_EQ((*full)->host_header(), "[::1]:8443");
  EXPECT_EQ((*full)->prefix(), "/a/b");
}

TEST(Origin, SaysWhatIsWrongWithABaseUrl) {
  for (const char* url : {"", "example.com", "http://example.com", "https://", "https:///x",
                          "https://u:p@example.com", "https://u@example.com",
                          "https://example.com?x", "https://example.com/#x", "https://exa mple.com",
                          "https://example.com:0", "https://example.com:99999",
                          "https://exam%20ple.com", "https://\xC3\xA9.com", "ftp://example.com"}) {
    const auto made = make(url);
    ASSERT_FALSE(made) << url;
    EXPECT_EQ(made.error().code(), Errc::config_invalid);
    EXPECT_NE(made.error().detail(), "");
  }
}

TEST(Origin, NeedsAReadableCaFile) {
  OriginConfig config;
  config.base_url = "https://example.com";
  config.ca_file = "/nonexistent/ca.pem";
  EXPECT_FALSE(HttpClient::make_origin(config));
  const std::string empty = testing::TempDir() + "/empty.pem";
  std::ofstream(empty) << "no certificate\n";
  config.ca_file = empty;
  const auto made = HttpClient::make_origin(config);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail().find("ca_file"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::net
