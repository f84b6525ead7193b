#include "engine/webhooks/billing_event.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace idswitch::engine {
namespace {

LedgerEntry sample() {
  LedgerEntry entry;
  entry.sequence = 42;
  entry.number = 2;
  entry.verification = {0x0123'4567'89AB'CDEF, 7};
  entry.tenant = "shop";
  entry.account = "jumdata-main";
  entry.sku = "life_check";
  entry.event = "init";
  entry.kind = EntryKind::capture;
  entry.amount = {300'000};
  entry.currency = "CNY";
  entry.at_unix_ms = 1'795'253'400'007;
  entry.evidence = IDSW_CHARGE_CAPTURED;
  entry.source = IDSW_SOURCE_VENDOR_FLAG;
  entry.vendor_code = "200";
  entry.vendor_reference = "task \"1\"";
  entry.contract_version = "2026-01-01";
  entry.rule = "price";
  return entry;
}

std::string event_text(const LedgerEntry& entry) {
  std::string text;
  append_event(text, entry, "/idswitch/id.example.com");
  return text;
}

TEST(BillingEvent, IsACloudEvent) {
  EXPECT_EQ(event_text(sample()),
            "{\"specversion\":\"1.0\",\"id\":\"evt_" + sample().verification.text() +
                "_2\",\"source\":\"/idswitch/id.example.com\","
                "\"type\":\"xyz.idswitch.charge.captured\",\"subject\":\"" +
                sample().verification.text() +
                "\",\"time\":\"2026-11-21T09:30:00.007Z\",\"datacontenttype\":\"application/json\","
                "\"data\":{\"tenant\":\"shop\",\"account\":\"jumdata-main\",\"sku\":\"life_check\","
                "\"key\":\"init\",\"call\":1,\"kind\":\"captured\",\"amount\":\"0.30\","
                "\"currency\":\"CNY\","
                "\"evidence\":\"captured\",\"evidence_source\":\"vendor_flag\","
                "\"vendor_code\":\"200\",\"vendor_reference\":\"task \\\"1\\\"\","
                "\"contract_version\":\"2026-01-01\",\"rule\":\"price\"}}");
}

TEST(BillingEvent, LeavesOutWhatIsEmpty) {
  LedgerEntry entry = sample();
  entry.vendor_code.clear();
  entry.vendor_reference.clear();
  entry.contract_version.clear();
  entry.rule.clear();
  const auto event = boost::json::parse(event_text(entry)).as_object();
  const auto& data = event.at("data").as_object();
  EXPECT_EQ(data.size(), 10u);
  EXPECT_FALSE(data.contains("rule"));
}

TEST(BillingEvent, HasATypeForEveryEntry) {
  struct Case {
    EntryKind kind;
    std::int64_t micros;
    std::uint32_t evidence;
    std::string_view rule;
    std::string_view type;
  };

  const Case cases[] = {
      {EntryKind::hold, 300'000, IDSW_CHARGE_HELD, "price", "xyz.idswitch.charge.held"},
      {EntryKind::capture, 300'000, IDSW_CHARGE_CAPTURED, "price", "xyz.idswitch.charge.captured"},
      {EntryKind::capture, 0, IDSW_CHARGE_CAPTURED, "price", "xyz.idswitch.charge.captured"},
      {EntryKind::void_, 0, IDSW_CHARGE_RELEASED, "price", "xyz.idswitch.charge.voided"},
      {EntryKind::adjust, -100'000, IDSW_CHARGE_CAPTURED, "price", "xyz.idswitch.charge.adjusted"},
      {EntryKind::adjust, 1, IDSW_CHARGE_UNKNOWN, "price", "xyz.idswitch.charge.adjusted"},
      {EntryKind::adjust, 0, IDSW_CHARGE_UNKNOWN, "", "xyz.idswitch.charge.unknown"},
      {EntryKind::adjust, 0, IDSW_CHARGE_CAPTURED, "", "xyz.idswitch.charge.disputed"},
      {EntryKind::adjust, 0, IDSW_CHARGE_NOT_CHARGED, "", "xyz.idswitch.charge.disputed"},
      {EntryKind::adjust, 0, IDSW_CHARGE_CAPTURED, "price", "xyz.idswitch.charge.adjusted"},
  };
  for (const Case& one : cases) {
    LedgerEntry entry = sample();
    entry.kind = one.kind;
    entry.amount.micros = one.micros;
    entry.evidence = one.evidence;
    entry.rule = one.rule;
    EXPECT_EQ(event_type(event_of(entry)), one.type);
    EXPECT_EQ(boost::json::parse(event_text(entry)).at("type").as_string(), one.type);
  }
}

TEST(BillingEvent, SaysInferredWhenNoVendorSaidAnything) {
  LedgerEntry entry = sample();
  entry.source = IDSW_SOURCE_INFERRED;
  entry.evidence = IDSW_CHARGE_UNKNOWN;
  const auto data = boost::json::parse(event_text(entry)).at("data");
  EXPECT_EQ(data.at("evidence").as_string(), "unknown");
  EXPECT_EQ(data.at("evidence_source").as_string(), "inferred");
}

TEST(BillingEvent, SourceIsTheSwitchesAddress) {
  EXPECT_EQ(event_source("https://id.example.com"), "/idswitch/id.example.com");
  EXPECT_EQ(event_source("http://127.0.0.1:8080/kyc"), "/idswitch/127.0.0.1:8080/kyc");
}

TEST(BillingEvent, IdGivesTheNameBack) {
  const VerificationId verification{0x0123'4567'89AB'CDEF, 7};
  for (const std::uint32_t number : {1u, 10u, 0xFFFF'FFFFu}) {
    const EventName name{verification, number};
    EXPECT_EQ(event_of_id(event_id(name)), name);
  }
  EXPECT_EQ(event_id({verification, 10}), "evt_" + verification.text() + "_10");
}

TEST(BillingEvent, CursorGivesTheSequenceBack) {
  for (const std::uint64_t sequence :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{255}, std::uint64_t{10'000'000},
        std::uint64_t{0x7FFF'FFFF'FFFF'FFFF}}) {
    EXPECT_EQ(sequence_of_cursor(event_cursor(sequence)), sequence);
  }
  EXPECT_EQ(event_cursor(255), "c1-000000000000000000ff");
}

TEST(BillingEvent, CursorsFromBeforeThereWereLanesStayGood) {
  EXPECT_EQ(sequence_of_cursor("evt_00000000000000ff"), 255u);
}

TEST(BillingEvent, OtherTextsAreNoIdsAndNoCursors) {
  const std::string id = VerificationId{0x0123'4567'89AB'CDEF, 7}.text();
  for (const std::string& text :
       {std::string(), std::string("evt_"), std::string("led_42"), "evt_" + id, "evt_" + id + "_",
        "evt_" + id + "_0", "evt_" + id + "_02", "evt_" + id + "_-1", "evt_" + id + "_2 ",
        "evt_" + id + "_4294967296", "evt_" + id.substr(1) + "_2", "EVT_" + id + "_2", id + "_2"}) {
    EXPECT_FALSE(event_of_id(text)) << text;
  }
  for (const char* text :
       {"", "evt_", "evt_ff", "evt_00000000000000FF", "evt_000000000000000g",
        "evt_8000000000000000", "evt_000000000000000ff", "led_1", "c1-", "c1-00000000000000ff",
        "c1-000100000000000000ff", "c1-000000000000000000FF", "c1-00008000000000000000",
        "c2-000000000000000000ff"}) {
    EXPECT_FALSE(sequence_of_cursor(text)) << text;
  }
}

}  // namespace
}  // namespace idswitch::engine
