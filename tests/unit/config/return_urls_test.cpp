#include "config/return_urls.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>
#include <string>
#include <vector>

namespace idswitch::config {
namespace {

Tenant tenant_with(std::vector<std::string> return_urls) {
  Tenant tenant;
  tenant.return_urls = std::move(return_urls);
  return tenant;
}

// An origin, a prefix, a page, a page with a query, a port, an address, and plain http at home.
const Tenant k_tenant = tenant_with({
    "https://shop.example",
    "https://m.shop.example/kyc/",
    "https://partner.example/done",
    "https://partner.example/end?from=kyc&x=%41",
    "https://port.example:8443/app/",
    "https://192.0.2.7/",
    "http://localhost:3000",
    "http://127.0.0.1/dev/",
    "http://[::1]:8080",
});

TEST(ReturnUrls, AllowsWhatTheListSays) {
  for (const char* url : {
           "https://shop.example",
           "https://shop.example/",
           "https://shop.example/any/page?with=query&b=%2F",
           "https://shop.example?with=query",
           "https://shop.example//two/slashes",
           "https://m.shop.example/kyc/",
           "https://m.shop.example/kyc/done?order=1",
           "https://m.shop.example/kyc/a/b/c",
           "https://partner.example/done",
           "https://partner.example/end?from=kyc&x=A",
           "https://port.example:8443/app/x",
           "https://192.0.2.7/x",
           "http://localhost:3000/x",
           "http://127.0.0.1/dev/x",
           "http://127.0.0.1:80/dev/x",
           "http://[::1]:8080/x",
       }) {
    EXPECT_TRUE(return_url_allowed(k_tenant, url)) << url;
  }
}

TEST(ReturnUrls, ComparesInNormalForm) {
  for (const char* url : {
           "HTTPS://shop.example/x",
           "https://SHOP.Example/x",
           "https://shop.example:443/x",
           "https://shop.example:/x",
           "https://shop.example:0443/x",
           "https://m.shop.example/a/../kyc/x",
           "https://m.shop.example/./kyc/x",
           "https://m.shop.example/%6B%79c/x",
           "https://m.shop.example/kyc/%e5%90%8d",
           "https://partner.example/%64one",
           "https://partner.example/x/%2e%2E/done",
           "https://m.shop.example/kyc/x/..",
           "https://m.shop.example/kyc/.",
       }) {
    EXPECT_TRUE(return_url_allowed(k_tenant, url)) << url;
  }
}

TEST(ReturnUrls, RefusesOtherHosts) {
  for (const char* url : {
           "https://evil.com",
           "https://shop.example.evil.com",
           "https://shop.example@evil.com",
           "https://shop.example:443@evil.com",
           "https://shop.example:pass@evil.com/",
           "https://user@shop.example/",
           "https://@shop.example/",
           "https://evil.com#@shop.example",
           "https://evil.com?@shop.example",
           "https://evil.com/https://shop.example",
           "https://evil.com\\@shop.example",
           "https://shop.example\\@evil.com",
           "https://shop.example\\.evil.com",
           "https://evilshop.example",
           "https://sub.shop.example",
           "https://shop.exampl",
           "https://shop.example.",
           "https://shop.example..",
           "https://.shop.example",
           "https://shop%2eexample/",
           "https://shop.example%2eevil.com/",
           "https://shop.example%00.evil.com/",
           "https://shop.example%40evil.com/",
           "https://shop.example%23.evil.com/",
           "https://shop.example;evil.com/",
           "https://shop.example,evil.com/",
           "https://*.example/",
           "https://sh\xC3\xB6p.example/",
           "https://shop\357\274\216example/",
           "https://192.0.2.7.evil.com/",
           "https://3221225991/",
           "https://0xc0000207/",
           "https://192.0.2.07/",
           "https://[::ffff:192.0.2.7]/",
       }) {
    EXPECT_FALSE(return_url_allowed(k_tenant, url)) << url;
  }
}

TEST(ReturnUrls, RefusesOtherSchemesAndPorts) {
  for (const char* url : {
           "http://shop.example/",
           "http://shop.example:443/",
           "https://shop.example:80/",
           "https://shop.example:8443/",
           "https://shop.example:65979/",  // 443 modulo 65536
           "https://shop.example:0/",
           "https://shop.example:-443/",
           "https://shop.example:44 3/",
           "https://port.example/app/",
           "https://port.example:443/app/",
           "https://localhost:3000/",
           "http://localhost/",
           "http://localhost.evil.com:3000/",
           "http://localhost.:3000/",
           "http://127.0.0.2/dev/",
           "http://127.1/dev/",
           "http://[::2]:8080/",
           "ftp://shop.example/",
           "javascript:alert(1)//https://shop.example/",
           "data:text/html,https://shop.example",
           "myapp://shop.example/",
           "blob:https://shop.example/",
           "https+evil://shop.example/",
           "wss://shop.example/",
       }) {
    EXPECT_FALSE(return_url_allowed(k_tenant, url)) << url;
  }
}

TEST(ReturnUrls, RefusesWhatIsNoAbsoluteUrl) {
  const std::string with_nul("https://shop.example/\0x", 23);
  EXPECT_FALSE(return_url_allowed(k_tenant, with_nul));
  EXPECT_FALSE(return_url_allowed(k_tenant, "https://shop.example/" + std::string(3000, 'a')));
  for (const char* url : {
           "",
           "/",
           "//shop.example/",
           "/kyc/done",
           "shop.example",
           "https:shop.example",
           "https:/shop.example",
           "https:///shop.example",
           "https://",
           "https:///",
           "https://:443/",
           " https://shop.example/",
           "https://shop.example/ ",
           "https://shop.example/a b",
           "\thttps://shop.example/",
           "https://shop.ex\tample/",
           "ht\ntps://shop.example/",
           "https://shop.example/\r\nSet-Cookie: a=b",
           "https://shop.example/\x7f",
           "https://shop.example/\xE5\x90\x8D",
           "https://shop.example/%",
           "https://shop.example/%zz",
           "https://shop.example/<script>",
           "https://shop.example/\"",
           "https://shop.example/|",
           "https://shop.example/x#y",
           "https://shop.example/#",
           "https://shop.example#@evil.com",
       }) {
    EXPECT_FALSE(return_url_allowed(k_tenant, url)) << url;
  }
}

TEST(ReturnUrls, KeepsToThePath) {
  for (const char* url : {
           "https://m.shop.example",
           "https://m.shop.example/",
           "https://m.shop.example/kyc",
           "https://m.shop.example/kyc?/",
           "https://m.shop.example/kycx/",
           "https://m.shop.example/KYC/",
           "https://m.shop.example//kyc/",
           "https://m.shop.example/kyc/../admin",
           "https://m.shop.example/kyc/..",
           "https://m.shop.example/kyc/%2e%2e/admin",
           "https://m.shop.example/kyc/.%2E/admin",
           "https://m.shop.example/kyc/..%2fadmin",
           "https://m.shop.example/kyc/%2e%2e%2fadmin",
           "https://m.shop.example/kyc/%252e%252e/admin",
           "https://m.shop.example/kyc/..%5cadmin",
           "https://m.shop.example/kyc/..;/admin",
           "https://m.shop.example/kyc/..;x=1/admin",
           "https://m.shop.example/kyc/%00",
           "https://m.shop.example/kyc%2Fdone",
           "https://m.shop.example/../../kyc/../x",
           "https://partner.example/done/",
           "https://partner.example/done?x=1",
           "https://partner.example/done?",
           "https://partner.example/Done",
           "https://partner.example/end",
           "https://partner.example/end?from=kyc",
           "https://partner.example/end?x=A&from=kyc",
           "https://partner.example/end?from=kyc%26x=A",
           "https://partner.example/end?from=kyc&x=A&y=1",
           "https://partner.example/",
       }) {
    EXPECT_FALSE(return_url_allowed(k_tenant, url)) << url;
  }
}

// An oracle that parses nothing: what is allowed begins, letter by letter, with an origin of the
// list, and the origin ends there.
bool begins_with_an_origin(std::string url) {
  std::transform(url.begin(), url.end(), url.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  for (const std::string origin :
       {"https://shop.example", "https://m.shop.example", "https://partner.example",
        "https://port.example:8443", "https://192.0.2.7", "http://localhost:3000",
        "http://127.0.0.1", "http://[::1]:8080"}) {
    if (!url.starts_with(origin)) continue;
    const char next = url.size() > origin.size() ? url[origin.size()] : '/';
    if (next == '/' || next == '?' || next == ':') return true;
  }
  return false;
}

TEST(ReturnUrls, AllowsNoMutationThatLeavesTheOrigin) {
  constexpr std::string_view k_pieces[] = {
      "@", "/", "\\", "#", "?",   ":",   "%2e",      "%2F",  "..", ".", "//", ";",      "a",
      "[", "]", "\t", " ", "443", "%00", "evil.com", "\xC3", "*",  "&", "=",  "http://"};
  const std::string starts[] = {"https://shop.example/x", "https://m.shop.example/kyc/x?y=z",
                                "https://port.example:8443/app/", "http://[::1]:8080/x",
                                "http://localhost:3000/"};
  std::mt19937 random(1);
  int allowed = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::string url = starts[random() % std::size(starts)];
    for (auto edits = random() % 4; edits > 0; --edits) {
      const auto at = random() % (url.size() + 1);
      url.replace(at, random() % 3, k_pieces[random() % std::size(k_pieces)]);
    }
    if (!return_url_allowed(k_tenant, url)) continue;
    ++allowed;
    EXPECT_TRUE(begins_with_an_origin(url)) << url;
  }
  EXPECT_GT(allowed, 5'000);
}

TEST(ReturnUrls, AllowsNothingWithoutAList) {
  EXPECT_FALSE(return_url_allowed(Tenant{}, "https://shop.example/"));
  EXPECT_FALSE(return_url_allowed(Tenant{}, ""));
  // An entry that config_load would not have taken matches nothing, not even itself.
  EXPECT_FALSE(return_url_allowed(tenant_with({""}), ""));
  EXPECT_FALSE(return_url_allowed(tenant_with({"https://*.a.example"}), "https://*.a.example"));
  EXPECT_FALSE(return_url_allowed(tenant_with({"http://a.example"}), "http://a.example"));
}

TEST(ReturnUrls, ExplainsWhatCannotStandOnAList) {
  EXPECT_EQ(return_url_entry_fault("https://a.example"), "");
  EXPECT_EQ(return_url_entry_fault("https://a.example/x/?y=1"), "");
  EXPECT_EQ(return_url_entry_fault("http://[::1]"), "");
  EXPECT_NE(return_url_entry_fault("https://a.example/*").find("wildcards"), std::string::npos);
  EXPECT_NE(return_url_entry_fault("http://a.example").find("use https"), std::string::npos);
  // Whoever reads the log learns nothing from it.
  EXPECT_EQ(return_url_entry_fault("https://u:hunter2@a.example").find("hunter2"),
            std::string::npos);
}

}  // namespace
}  // namespace idswitch::config
