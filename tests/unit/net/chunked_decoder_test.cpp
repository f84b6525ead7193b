#include "net/chunked_decoder.hpp"

#include <gtest/gtest.h>

namespace idswitch::net {
namespace {

using Status = ChunkedDecoder::Status;

// Fed in pieces of the given size.
Status decode(std::string_view text, std::string& body, std::size_t piece, std::size_t max = 1000,
              std::string_view* rest = nullptr) {
  ChunkedDecoder decoder;
  Status status = Status::more;
  while (status == Status::more && !text.empty()) {
    std::size_t consumed = 0;
    const std::string_view in = text.substr(0, piece);
    status = decoder.feed(in, consumed, body, max);
    if (status == Status::more) {
      EXPECT_EQ(consumed, in.size());
    }
    text.remove_prefix(consumed);
  }
  if (rest != nullptr) *rest = text;
  return status;
}

TEST(ChunkedDecoder, JoinsChunksHoweverTheyArrive) {
  const std::string text =
      "5;name=\"v\"\r\nhello\r\n1\r\n \r\n00A \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET";
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    std::string body;
    std::string_view rest;
    ASSERT_EQ(decode(text, body, piece, 1000, &rest), Status::done) << piece;
    EXPECT_EQ(body, "hello 0123456789");
    EXPECT_EQ(rest, "GET");
  }
}

TEST(ChunkedDecoder, IsNotDoneBeforeTheLastLine) {
  std::string body;
  EXPECT_EQ(decode("5\r\nhello\r\n0\r\n", body, 100), Status::more);
}

TEST(ChunkedDecoder, RefusesMalformedChunks) {
  for (const char* text :
       {"\r\n", "g\r\n", " 5\r\nhello\r\n", "-5\r\n", "+5\r\n", "0x5\r\n", ";\r\n", "5\nhello\r\n",
        "5\r\rhello", "5\r\nhelloX\r\n", "5\r\nhello\n", "5\r\nhello\r\r", "5;a\nb\r\nhello\r\n",
        "0000000000000000\r\n", "0\r\n X: y\r\n\r\n", "0\r\n: y\r\n\r\n", "0\r\nX: a\nb\r\n\r\n",
        "0\r\n\rX", "0\r\nX: y\r\r"}) {
    std::string body;
    EXPECT_EQ(decode(text, body, 100), Status::malformed) << text;
  }
}

TEST(ChunkedDecoder, RefusesAChunkAboveTheLimitBeforeItsData) {
  std::string body;
  EXPECT_EQ(decode("5\r\nhello\r\n6", body, 100, 10), Status::too_big);
  EXPECT_EQ(body, "hello");
  body.clear();
  EXPECT_EQ(decode("5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n", body, 100, 10), Status::done);
}

TEST(ChunkedDecoder, BoundsWhatItThrowsAway) {
  std::string body;
  EXPECT_EQ(decode("5;" + std::string(20'000, 'x'), body, 1000), Status::malformed);
  EXPECT_EQ(decode("0\r\nX: " + std::string(20'000, 'x'), body, 1000), Status::malformed);
}

}  // namespace
}  // namespace idswitch::net
