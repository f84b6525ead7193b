#include "net/reply_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace idswitch::net {
namespace {

using Step = ReplyReader::Step;

// Reads text in pieces; the last step.
Step read(ReplyReader& reader, std::string_view text, std::size_t piece) {
  Step step = Step::need_input;
  while (!text.empty() && step == Step::need_input) {
    const auto space = reader.space();
    const std::size_t size = std::min({space.size(), text.size(), piece});
    std::memcpy(space.data(), text.data(), size);
    reader.added(size);
    text.remove_prefix(size);
    step = reader.advance();
  }
  return step;
}

TEST(ReplyReader, ReadsARepliesBodyHoweverItArrives) {
  const std::string text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  ReplyReader reader;
  for (std::size_t piece = 1; piece <= text.size(); ++piece) {
    Reply reply;
    reader.start(false, 100, reply);
    ASSERT_EQ(read(reader, text, piece), Step::complete) << piece;
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "abc");
    EXPECT_EQ(reply.headers.size(), 1U);
    EXPECT_TRUE(reader.keeps_alive());
  }
}

TEST(ReplyReader, ExpectsNoBodyWhereThereIsNone) {
  ReplyReader reader;
  Reply reply;
  reader.start(true, 100, reply);
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", 1000), Step::complete);
  EXPECT_TRUE(reader.keeps_alive());
  reader.start(false, 100, reply);
  EXPECT_EQ(read(reader, "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 1000),
            Step::complete);
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(ReplyReader, DoesNotReuseAConnectionWithBytesTooMany) {
  ReplyReader reader;
  Reply reply;
  reader.start(false, 100, reply);
  EXPECT_EQ(read(reader, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", 1000), Step::complete);
  EXPECT_EQ(reply.body, "a");
  EXPECT_FALSE(reader.keeps_alive());
}

TEST(ReplyReader, EndsABodyWithoutLengthOnlyWhenTheEndIsClean) {
  for (const bool clean : {true, false}) {
    ReplyReader reader;
    Reply reply;
    reader.start(false, 100, reply);
    ASSERT_EQ(read(reader, "HTTP/1.1 200 OK\r\n\r\nabc", 4), Step::need_input);
    EXPECT_EQ(reader.end_of_input(clean), clean ? Step::complete : Step::broken);
    EXPECT_EQ(reply.body, "abc");
    if (clean) {
      EXPECT_FALSE(reader.keeps_alive());
    }
  }
}

TEST(ReplyReader, RefusesWhatIsBrokenOrTooBig) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const auto step = [](const std::string& text) {
    ReplyReader reader;
    Reply reply;
    reader.start(false, 10, reply);
    return read(reader, text, 100'000);
  };
  EXPECT_EQ(step("<html>"), Step::broken);
  EXPECT_EQ(step("HTTP/2"), Step::broken);
  EXPECT_EQ(step("HTTP/1.1 101 Switching\r\n\r\n"), Step::broken);
  EXPECT_EQ(step(ok + "Bad Header: x\r\n\r\n"), Step::broken);
  EXPECT_EQ(step(ok + "Transfer-Encoding: chunked\r\n\r\nzz"), Step::broken);
  EXPECT_EQ(step(ok + "Content-Length: 11\r\n\r\n"), Step::too_big);
  EXPECT_EQ(step(ok + "Transfer-Encoding: chunked\r\n\r\nb\r\n"), Step::too_big);
  EXPECT_EQ(step(ok + "\r\n01234567890"), Step::too_big);
  EXPECT_EQ(step(ok + "X: " + std::string(70'000, 'x')), Step::too_big);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  EXPECT_EQ(step(interim), Step::broken);
}

}  // namespace
}  // namespace idswitch::net
