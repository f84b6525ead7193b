#include <gtest/gtest.h>

#include "base/text/nearest_word.hpp"
#include "base/values/byte_size.hpp"
#include "base/values/calendar.hpp"
#include "base/values/decimal.hpp"
#include "base/values/duration.hpp"
#include "base/values/listen_address.hpp"

namespace idswitch::config {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsAWholeNumberAndAUnit) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("10s"), 10s);
  EXPECT_EQ(parse_duration("2m"), 2min);
  EXPECT_EQ(parse_duration("1h"), 1h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* text :
       {"", "s", "10", "10 s", " 10s", "10s ", "-1s", "+1s", "1.5s", "1m30s", "10S", "10sec", "1d",
        "99999999999s", "4294967295h", "0x1s", "\xD9\xA1s"}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, IsWrittenInItsLargestUnit) {
  for (const char* text : {"0s", "1ms", "1500ms", "10s", "90s", "2m", "1h", "36h"}) {
    EXPECT_EQ(duration_text(*parse_duration(text)), text);
  }
  EXPECT_EQ(duration_text(120s), "2m");
}

TEST(ByteSize, IsAWholeNumberAndABinaryUnit) {
  EXPECT_EQ(parse_byte_size("64B"), 64u);
  EXPECT_EQ(parse_byte_size("512KiB"), 512u << 10);
  EXPECT_EQ(parse_byte_size("24MiB"), 24u << 20);
  EXPECT_EQ(parse_byte_size("3GiB"), std::uint64_t{3} << 30);
  for (const char* text : {"", "24", "24MB", "24M", "24mib", "24 MiB", "-1B", "1.5MiB", "MiB",
                           "99999999999B", "4000000000GiB"}) {
    EXPECT_FALSE(parse_byte_size(text)) << text;
  }
  for (const char* text : {"0B", "1500B", "1KiB", "24MiB", "2GiB"}) {
    EXPECT_EQ(byte_size_text(*parse_byte_size(text)), text);
  }
}

TEST(ListenAddress, IsAnAddressAndAPort) {
  for (const char* text : {"127.0.0.1:8080", "0.0.0.0:0", "[::1]:8080", "[::]:65535"}) {
    EXPECT_TRUE(is_listen_address(text)) << text;
  }
  for (const char* text : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                           "::1:80", "localhost:80", "u@127.0.0.1:80", "127.0.0.1:80/",
                           "127.0.0.1:8a", "256.0.0.1:80", "127.0.0.1:-1", "*:80"}) {
    EXPECT_FALSE(is_listen_address(text)) << text;
  }
}

TEST(NearestWord, CountsEdits) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("listen", "listen"), 0u);
  EXPECT_EQ(edit_distance("lisen", "listen"), 1u);
  EXPECT_EQ(edit_distance("lsiten", "listen"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
}

TEST(NearestWord, IsGivenOnlyWhenItWasProbablyMeant) {
  const std::vector<std::string> known = {"listen", "threads", "public_url"};
  EXPECT_EQ(nearest_word("Listen", known), "listen");
  EXPECT_EQ(nearest_word("thread", known), "threads");
  EXPECT_EQ(nearest_word("publicUrl", known), "public_url");
  EXPECT_EQ(nearest_word("port", known), "");
  EXPECT_EQ(nearest_word(std::string(100'000, 'x'), known), "");
  EXPECT_EQ(suggestion("lisen", known), "did you mean \"listen\"?");
  EXPECT_EQ(suggestion("port", known), "known are: listen, threads, public_url");
  EXPECT_EQ(suggestion("port", {}), "none is known here");
}

TEST(Decimal, IsExact) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},        {"0.9", 900'000},    {"-12", -12'000'000},
      {"0.000001", 1}, {"1.10", 1'100'000}, {"999999999999.999999", 999'999'999'999'999'999}};
  for (const auto& [text, millionths] : cases) EXPECT_EQ(parse_decimal(text), millionths) << text;
  for (const char* text : {"", "-", ".5", "5.", "1e3", "0.0000001", "+1", " 1", "1 ", "0x1", "1,5",
                           "1234567890123", "80%", "nan"}) {
    EXPECT_FALSE(parse_decimal(text)) << text;
  }
  for (const char* text : {"0", "0.9", "-12", "0.000001", "1.1", "10"}) {
    EXPECT_EQ(decimal_text(*parse_decimal(text)), text);
  }
}

TEST(Share, IsADecimalOrAPercentage) {
  const std::pair<const char*, std::uint32_t> cases[] = {
      {"0", 0},         {"1", 1'000'000},      {"0.8", 800'000},
      {"80%", 800'000}, {"100%", 1'000'000},   {"0.000001", 1},
      {"0.0001%", 1},   {"12.3456%", 123'456}, {"0.29", 290'000}};
  for (const auto& [text, ppm] : cases) EXPECT_EQ(parse_share(text), ppm) << text;
  for (const char* text : {"", "%", "1.000001", "100.0001%", "0.00001%", "0.0000001", "-0.1", "-0",
                           "80 %", "80%%", "1e-1"}) {
    EXPECT_FALSE(parse_share(text)) << text;
  }
}

TEST(Calendar, KnowsMidnight) {
  EXPECT_EQ(midnight_unix_ms("1970-01-01", 0), 0);
  EXPECT_EQ(midnight_unix_ms("2026-01-01", 0), 1'767'225'600'000);
  EXPECT_EQ(midnight_unix_ms("2026-01-01", 480), 1'767'225'600'000 - 8 * 3'600'000);
  EXPECT_EQ(midnight_unix_ms("2026-01-01", -330), 1'767'225'600'000 + 330 * 60'000);
  EXPECT_EQ(midnight_unix_ms("2024-02-29", 0), 1'709'164'800'000);
  for (const char* text :
       {"", "2026-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-1-1", "2026/01/01",
        "26-01-0001", "1969-12-31", "2026-01-01T00:00", "2026-01-0x"}) {
    EXPECT_FALSE(midnight_unix_ms(text, 0)) << text;
  }
}

TEST(UtcOffset, IsHoursAndMinutes) {
  const std::pair<const char*, int> cases[] = {{"UTC", 0},      {"+00:00", 0},    {"+08:00", 480},
                                               {"+05:45", 345}, {"-03:30", -210}, {"-12:00", -720},
                                               {"+14:00", 840}};
  for (const auto& [text, minutes] : cases) EXPECT_EQ(parse_utc_offset(text), minutes) << text;
  for (const char* text : {"", "utc", "Z", "08:00", "+8:00", "+0800", "+14:01", "-12:01", "+08:60",
                           "+08:0x", "+08:00 "}) {
    EXPECT_FALSE(parse_utc_offset(text)) << text;
  }
}

}  // namespace
}  // namespace idswitch::config
