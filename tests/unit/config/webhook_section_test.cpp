// The mapping `webhooks`: what it becomes, and what is complained about.

#include "complaint_case.hpp"
#include "model/charge_event.hpp"

namespace idswitch::config {
namespace {

using namespace std::chrono_literals;

// 24 and 64 bytes of the letter k.
const std::string k_shortest = "whsec_" + std::string("a2tra2tra2tra2tra2tra2tra2tra2tr");
const std::string k_longest =
    "whsec_a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2traw="
    "=";

class Webhooks : public ::testing::Test {
 protected:
  Webhooks() {
    ::setenv("HOOK_SHORTEST", k_shortest.c_str(), 1);
    sample_.folder().write("hook", k_longest + "\n");
    sample_.folder().write("hook-short", "whsec_a2tra2tra2tra2tra2tra2tra2tra2s=");
    sample_.folder().write("hook-long", k_longest.substr(0, k_longest.size() - 2) + "s=");
    sample_.folder().write("hook-plain", k_shortest.substr(6));
    sample_.folder().write("hook-odd", "whsec_a2tra2tra2tra2tra2tra2tra2tra2!r");
  }

  SampleConfig sample_;
};

TEST_F(Webhooks, AreRead) {
  const LoadResult result = sample_.load(
      "webhooks:\n"
      " billing: {url: \"https://shop.example/hooks?token=1\", ca_file: cert.pem, tenant: shop,\n"
      "  secrets: [env:HOOK_SHORTEST, file:hook], types: [voided, captured], timeout: 2s, "
      "in_flight: 8, "
      "retries: [50ms, 168h]}\n"
      " all: {url: \"https://other.example\", secrets: [file:hook]}\n");
  for (const Complaint& complaint : result.complaints) ADD_FAILURE() << complaint.line();
  ASSERT_EQ(result.config.webhooks.size(), 2u);
  const Webhook& billing = result.config.webhooks[0];
  EXPECT_EQ(billing.name, "billing");
  EXPECT_EQ(billing.url, "https://shop.example/hooks?token=1");
  EXPECT_EQ(billing.ca_file, sample_.folder().path("cert.pem"));
  EXPECT_EQ(billing.tenant, "shop");
  ASSERT_EQ(billing.keys.size(), 2u);
  EXPECT_EQ(billing.keys[0].reveal(), std::string(24, 'k'));
  EXPECT_EQ(billing.keys[1].reveal(), std::string(64, 'k'));
  EXPECT_EQ(billing.types, mask_of(ChargeEvent::captured) | mask_of(ChargeEvent::voided));
  EXPECT_EQ(billing.timeout, 2s);
  EXPECT_EQ(billing.in_flight, 8u);
  EXPECT_EQ(billing.retries, (std::vector<std::chrono::milliseconds>{50ms, 168h}));
  EXPECT_EQ(billing.where.text(), "f:2:2");
  const Webhook& all = result.config.webhooks[1];
  EXPECT_EQ(all.tenant, "");
  EXPECT_EQ(all.types, k_all_charge_events);
  EXPECT_EQ(all.timeout, 15s);
  EXPECT_EQ(all.in_flight, 64u);
  EXPECT_EQ(all.retries.size(), 9u);
  EXPECT_TRUE(sample_.load("").config.webhooks.empty());
}

TEST_F(Webhooks, ComplaintsAreExact) {
  constexpr std::string_view k_no_secret =
      "what stands there is no signing secret: wanted whsec_ and the base64 of 24 to 64 random "
      "bytes, as `echo whsec_$(openssl rand -base64 32)` makes";
  const std::string good = "url: \"https://a.example\", secrets: [file:hook]";

  struct Case {
    std::string entry;
    std::vector<std::string> complaints;
  };

  const Case cases[] = {
      {"{}",
       {"2:2: webhooks.w.url: missing: wanted where events are sent to",
        "2:2: webhooks.w.secrets: missing: wanted a list of secrets to sign with"}},
      {"{url: \"http://a.example\", secrets: [file:hook]}",
       {"2:11: webhooks.w.url: charges go there: the URL begins with \"https://\""}},
      {"{url: \"https://a.example\", secrets: []}",
       {"2:41: webhooks.w.secrets: an empty list: wanted a list of secrets, each env:NAME or "
        "file:PATH"}},
      {"{url: \"https://a.example\", secrets: [whsec_a2tra2tra2tra2tra2tra2tra2tra2tr]}",
       {"2:42: webhooks.w.secrets[0]: a secret must not stand in this file: write env:NAME or "
        "file:PATH, and change the secret if it stood here"}},
      {"{url: \"https://a.example\", secrets: [file:hook-short, file:hook-long, file:hook-plain, "
       "file:hook-odd]}",
       {"2:42: webhooks.w.secrets[0]: " + std::string(k_no_secret),
        "2:59: webhooks.w.secrets[1]: " + std::string(k_no_secret),
        "2:75: webhooks.w.secrets[2]: " + std::string(k_no_secret),
        "2:92: webhooks.w.secrets[3]: " + std::string(k_no_secret)}},
      {"{" + good + ", tenant: shap}",
       {"2:62: webhooks.w.tenant: \"shap\" is no tenant of this file: did you mean \"shop\"?"}},
      {"{" + good + ", types: [captured, captured, settled]}",
       {"2:72: webhooks.w.types[1]: \"captured\" stands in the list already",
        "2:82: webhooks.w.types[2]: \"settled\" is no type of event: known are: held, captured, "
        "voided, adjusted, unknown, disputed"}},
      {"{" + good + ", timeout: 99ms, retries: [49ms, 169h]}",
       {"2:63: webhooks.w.timeout: 99ms is out of range: wanted 100ms to 1m",
        "2:79: webhooks.w.retries[0]: 49ms is out of range: wanted 50ms to 168h",
        "2:85: webhooks.w.retries[1]: 169h is out of range: wanted 50ms to 168h"}},
      {"{" + good + ", in_flight: 257}",
       {"2:65: webhooks.w.in_flight: 257 is out of range: wanted 1 to 256"}},
      {"{" + good + ", retry: [5s]}",
       {"2:54: webhooks.w.retry: unknown key: known are: url, ca_file, tenant, secrets, types, "
        "in_flight, timeout, retries"}},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(sample_.complaints("webhooks:\n w: " + one.entry), one.complaints) << one.entry;
  }
}

TEST_F(Webhooks, NeedNoSecretsToDecideWith) {
  const LoadResult result = load_text(
      "webhooks: {w: {url: \"https://a.example\", ca_file: nowhere, secrets: "
      "[env:HOOK_NOWHERE]}}",
      "f", ".", Secrets::left_out);
  for (const Complaint& complaint : result.complaints) {
    EXPECT_FALSE(complaint.key.starts_with("webhooks")) << complaint.line();
  }
}

}  // namespace
}  // namespace idswitch::config
