#include "net/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace idswitch::net {
namespace {

using Step = RequestReader::Step;

void feed(RequestReader& reader, std::string_view text) {
  while (!text.empty()) {
    const auto space = reader.space();
    const std::size_t size = std::min(space.size(), text.size());
    std::memcpy(space.data(), text.data(), size);
    reader.added(size);
    text.remove_prefix(size);
  }
}

TEST(RequestReader, ReadsPipelinedRequestsByteByByte) {
  const std::string text =
      "\r\nPOST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
      "GET /c HTTP/1.1\r\nHost: h\r\nX-Long-Header-Name-To-Leave-SSO: value\r\n\r\n";
  RequestReader reader(1024, 1024);
  std::string seen;
  for (const char c : text) {
    feed(reader, {&c, 1});
    if (reader.advance() != Step::complete) continue;
    seen += std::string(reader.head().target) + "=" + std::string(reader.body()) + " ";
    EXPECT_EQ(find_header(reader.headers(), "host"), "h");
    reader.next();
    EXPECT_TRUE(reader.idle());
  }
  EXPECT_EQ(seen, "/a=abc /b=de /c= ");
}

TEST(RequestReader, ReadsPipelinedRequestsThatArriveAtOnce) {
  RequestReader reader(1024, 1024);
  feed(reader, "GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_EQ(reader.advance(), Step::complete);
  EXPECT_EQ(reader.head().target, "/1");
  reader.next();
  EXPECT_FALSE(reader.idle());
  ASSERT_EQ(reader.advance(), Step::complete);
  EXPECT_EQ(reader.head().target, "/2");
}

TEST(RequestReader, KeepsItsViewsWhileALargeBodyArrives) {
  RequestReader reader(1024, 1 << 20);
  feed(reader, "POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n");
  ASSERT_EQ(reader.advance(), Step::need_input);
  const std::string_view target = reader.head().target;
  const std::string piece(10'000, 'x');
  for (int i = 0; i < 30; ++i) {
    feed(reader, piece);
    ASSERT_EQ(reader.advance(), i < 29 ? Step::need_input : Step::complete);
  }
  EXPECT_EQ(target, "/large");
  EXPECT_EQ(reader.body().size(), 300'000U);
}

TEST(RequestReader, AsksForTheContinueOnceAndOnlyWhenTheBodyIsAwaited) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader waiting(1024, 1024);
  feed(waiting, head);
  EXPECT_EQ(waiting.advance(), Step::send_continue);
  EXPECT_EQ(waiting.advance(), Step::need_input);
  feed(waiting, "ab");
  EXPECT_EQ(waiting.advance(), Step::complete);

  RequestReader sending(1024, 1024);
  feed(sending, head + "a");
  EXPECT_EQ(sending.advance(), Step::need_input);

  RequestReader refused(1024, 1);
  feed(refused, head);
  EXPECT_EQ(refused.advance(), Step::refused);
  EXPECT_EQ(refused.fault().status, 413);
}

TEST(RequestReader, RefusesByTheRightStatus) {
  const auto status = [](const std::string& text) {
    RequestReader reader(200, 10);
    feed(reader, text);
    EXPECT_EQ(reader.advance(), Step::refused) << text;
    EXPECT_EQ(reader.advance(), Step::refused);  // and stays so
    return reader.fault().status;
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(200, 'x')), 431);
  EXPECT_EQ(status("GET / HTTP/1.1\r\nX: " + std::string(200, 'x') + "\r\n\r\n"), 431);
  EXPECT_EQ(status(post + "Content-Length: 11\r\n\r\n"), 413);
  EXPECT_EQ(status(post + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n6\r\n"), 413);
  EXPECT_EQ(status(post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), 400);
  EXPECT_EQ(status("\r\n\r\nGET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status("\x16\x03\x01\r\n\r\n"), 400);  // TLS on the plain port
}

}  // namespace
}  // namespace idswitch::net
