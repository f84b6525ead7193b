#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

#define HASH_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HASH_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define HASH_A_UPPER "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define HASH_OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define HASH_OF_LINE_END "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"
#define ROUTES "routes: [{method: h5, checks: [liveness], accounts: [main]}]"

TEST(TenantComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"tenants: {}", {"1:10: tenants: no tenant: at least one is needed"}},
      {"tenants:\n shop: {}",
       {"2:2: tenants.shop.api_keys: missing: wanted a list of keys; [] for a tenant without HTTP",
        "2:2: tenants.shop.routes: missing: wanted a list of routes"}},
      {"tenants:\n \"the shop\": {api_keys: [], " ROUTES "}",
       {"2:2: tenants.the shop: not a name: wanted 1 to 64 of a-z, 0-9, _ and -"}},
      {"tenants:\n shop: {api_keys: [], " ROUTES "}\n shop: {api_keys: [], " ROUTES "}",
       {"3:2: tenants.shop: repeated: it stands already in line 2; keep one"}},
      {"tenants:\n shop: {api_keys: [], keep_image: true, " ROUTES "}",
       {"2:23: tenants.shop.keep_image: unknown key: did you mean \"keep_images\"?"}},
      {"tenants:\n shop: {api_keys: [], keep_images: yes, " ROUTES "}",
       {"2:36: tenants.shop.keep_images: found the text \"yes\", wanted true or false"}},
      {"tenants:\n shop: {api_keys: [], keep_images: off, " ROUTES "}",
       {"2:36: tenants.shop.keep_images: found the text \"off\", wanted true or false"}},
      {"tenants:\n shop: {api_keys: [], keep_images: \"true\", " ROUTES "}",
       {"2:36: tenants.shop.keep_images: found the text \"true\", wanted true or false"}},
  };
  expect_complaints(cases);
}

TEST(ApiKeyComplaints, NeverRepeatTheKey) {
  const ComplaintCase cases[] = {
      {"tenants:\n shop:\n  api_keys: sk_live_1\n  " ROUTES,
       {"3:13: tenants.shop.api_keys: wanted a list of {id: NAME, sha256: HEX}, and never a key "
        "itself"}},
      {"tenants:\n shop:\n  api_keys: [sk_live_1]\n  " ROUTES,
       {"3:14: tenants.shop.api_keys[0]: wanted {id: NAME, sha256: HEX}, and never a key itself"}},
      {"tenants:\n shop:\n  api_keys: [{id: a, sha256: sk_live_1}]\n  " ROUTES,
       {"3:30: tenants.shop.api_keys[0].sha256: wanted the 64 hex digits of the key's SHA-256, not "
        "the key: printf %s \"$KEY\" | sha256sum"}},
      {"tenants:\n shop:\n  api_keys: [{id: a, key: sk_live_1}]\n  " ROUTES,
       {"3:14: tenants.shop.api_keys[0].sha256: missing: wanted the SHA-256 of the key",
        "3:22: tenants.shop.api_keys[0].key: a key must not stand in this file: write its sha256, "
        "and change the key (printf %s \"$KEY\" | sha256sum)"}},
      {"tenants:\n shop:\n  api_keys: [{id: a, sha256: " HASH_OF_NOTHING "}]\n  " ROUTES,
       {"3:30: tenants.shop.api_keys[0].sha256: the SHA-256 of nothing: the key was empty when it "
        "was made"}},
      {"tenants:\n shop:\n  api_keys: [{id: a, sha256: " HASH_OF_LINE_END "}]\n  " ROUTES,
       {"3:30: tenants.shop.api_keys[0].sha256: the SHA-256 of nothing: the key was empty when it "
        "was made"}},
      {"tenants:\n shop:\n  api_keys: [{sha256: " HASH_A "}]\n  " ROUTES,
       {"3:14: tenants.shop.api_keys[0].id: missing: wanted a name for the key, for logs"}},
      {"tenants:\n shop:\n  api_keys: [{id: \"sk live\", sha256: " HASH_A "}]\n  " ROUTES,
       {"3:19: tenants.shop.api_keys[0].id: not a name: wanted 1 to 64 of a-z, 0-9, _ and -"}},
      {"tenants:\n"
       " one:\n  api_keys: [{id: a, sha256: " HASH_A "}]\n  " ROUTES "\n"
       " two:\n  api_keys:\n"
       "   - {id: a, sha256: " HASH_B "}\n"
       "   - {id: b, sha256: " HASH_A_UPPER "}\n  " ROUTES,
       {"7:11: tenants.two.api_keys[0].id: the id of another key, in line 3: ids appear in logs",
        "8:22: tenants.two.api_keys[1].sha256: the same key as in line 3: it could not tell who "
        "calls"}},
  };
  expect_complaints(cases);
}

TEST(ReturnUrlComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: https://a.example\n  " ROUTES,
       {"4:16: tenants.shop.return_urls: found the text \"https://a.example\", wanted a list of "
        "URLs"}},
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: [\"https://*.a.example\"]\n  " ROUTES,
       {"4:17: tenants.shop.return_urls[0]: wildcards are not taken: whoever gets one matching "
        "host or page would be sent the people; list each origin, like \"https://shop.example\""}},
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: [\"http://a.example\", "
       "\"http://localhost:3000\"]\n  " ROUTES,
       {"4:17: tenants.shop.return_urls[0]: http is taken for localhost, 127.0.0.1 and [::1] only: "
        "use https"}},
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: [\"myapp://done\"]\n  " ROUTES,
       {"4:17: tenants.shop.return_urls[0]: a URL begins with \"https://\""}},
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: [\"https://a.example/#/done\"]\n  " ROUTES,
       {"4:17: tenants.shop.return_urls[0]: a URL here has no fragment (\"#...\")"}},
      {"tenants:\n shop:\n  api_keys: []\n  default_return_url: https://a.example\n  " ROUTES,
       {"4:23: tenants.shop.default_return_url: not among what return_urls allows: add it there"}},
      {"tenants:\n shop:\n  api_keys: []\n  return_urls: [https://a.example/x/]\n"
       "  default_return_url: https://a.example/y\n  " ROUTES,
       {"5:23: tenants.shop.default_return_url: not among what return_urls allows: add it there"}},
  };
  expect_complaints(cases);
}

TEST(RouteComplaints, AreExact) {
#define ROUTE_LIST "tenants:\n shop:\n  api_keys: []\n  routes:\n"
  const ComplaintCase cases[] = {
      {"tenants:\n shop:\n  api_keys: []\n  routes: []",
       {"4:11: tenants.shop.routes: an empty list: wanted at least one route"}},
      {ROUTE_LIST "   - {}",
       {"5:6: tenants.shop.routes[0].method: missing: wanted h5, sdk, mini_program or video_code",
        "5:6: tenants.shop.routes[0].checks: missing: wanted a list of checks",
        "5:6: tenants.shop.routes[0].accounts: missing: wanted a list of accounts, or the key "
        "use"}},
      {ROUTE_LIST "   - {method: h6, checks: [liveness], accounts: [main]}",
       {"5:15: tenants.shop.routes[0].method: \"h6\" is no method: did you mean \"h5\"?"}},
      {ROUTE_LIST "   - {method: web, checks: [liveness], accounts: [main]}",
       {"5:15: tenants.shop.routes[0].method: \"web\" is no method: known are: h5, sdk, "
        "mini_program, video_code"}},
      {ROUTE_LIST "   - {method: h5, checks: liveness, accounts: [main]}",
       {"5:27: tenants.shop.routes[0].checks: found the text \"liveness\", wanted a list of "
        "checks"}},
      {ROUTE_LIST "   - {method: h5, checks: [livenes, id_match, id_match], accounts: [main]}",
       {"5:28: tenants.shop.routes[0].checks[0]: \"livenes\" is no check: did you mean "
        "\"liveness\"?",
        "5:47: tenants.shop.routes[0].checks[2]: \"id_match\" stands in the list already"}},
      {ROUTE_LIST "   - {method: h5, checks: [liveness], accounts: []}",
       {"5:49: tenants.shop.routes[0].accounts: an empty list: wanted a list of accounts, the "
        "first to ask first"}},
      {ROUTE_LIST "   - {method: h5, checks: [liveness], accounts: [mian]}",
       {"5:50: tenants.shop.routes[0].accounts[0]: \"mian\" is no account of this file: did you "
        "mean \"main\"?"}},
      {ROUTE_LIST "   - {method: h5, checks: [liveness], accounts: [main, spare, main]}",
       {"5:63: tenants.shop.routes[0].accounts[2]: \"main\" stands in the list already: each is "
        "asked once"}},
      {ROUTE_LIST "   - {method: h5, checks: [liveness], accounts: [main], deadline: 10ms}",
       {"5:67: tenants.shop.routes[0].deadline: 10ms is out of range: wanted 500ms to 10m"}},
      {ROUTE_LIST
       "   - {method: h5, checks: [liveness], accounts: [main], on_unknown_outcome: retry}",
       {"5:77: tenants.shop.routes[0].on_unknown_outcome: found the text \"retry\", wanted wait or "
        "go_on"}},
  };
  expect_complaints(cases);
}

TEST(Complaints, OfAWholeFileComeAtOnceInItsOrder) {
  const SampleConfig sample;
  EXPECT_EQ(sample
                .complaints("tenants:\n shop: {api_keys: [], routes: [{method: x}]}\n"
                            "accounts:\n main: {product: 5}\n"
                            "server: {public_url: 7, port: 1}\n")
                .size(),
            7u);
}

}  // namespace
}  // namespace idswitch::config
