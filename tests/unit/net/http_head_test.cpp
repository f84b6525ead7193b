#include "net/http_head.hpp"

#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <random>
#include <string>

namespace idswitch::net {
namespace {

using std::string_literals::operator""s;

HeadFault read_request(const std::string& text, Head& head) {
  return read_request_head(text, head);
}

TEST(HttpHead, ReadsARequest) {
  const std::string text =
      "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nX-Empty:\r\nContent-Length: 12 \r\n"
      "Expect: 100-Continue\r\nX:\t a b \t\r\n\r\n";
  Head head;
  ASSERT_FALSE(read_request(text, head));
  EXPECT_EQ(head.method, "POST");
  EXPECT_EQ(head.target, "/v1/x?a=b");
  ASSERT_EQ(head.fields.size(), 5U);
  EXPECT_EQ(head.fields[1].name, "X-Empty");
  EXPECT_EQ(head.fields[1].value, "");
  EXPECT_EQ(head.fields[4].value, "a b");
  EXPECT_EQ(head.framing, BodyFraming::length);
  EXPECT_EQ(head.content_length, 12U);
  EXPECT_TRUE(head.keep_alive);
  EXPECT_TRUE(head.expects_continue);
}

TEST(HttpHead, ForgetsThePreviousMessage) {
  const std::string first = "POST / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  const std::string second = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  Head head;
  ASSERT_FALSE(read_request(first, head));
  EXPECT_FALSE(head.expects_continue);  // HTTP/1.0 does not know it
  ASSERT_FALSE(read_request(second, head));
  EXPECT_EQ(head.framing, BodyFraming::none);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_EQ(head.fields.size(), 1U);
}

TEST(HttpHead, DecidesOnKeepAlive) {
  const auto kept = [](const std::string& line, const std::string& version) {
    const std::string text = "GET / HTTP/" + version + "\r\nHost: h\r\n" + line + "\r\n";
    Head head;
    EXPECT_FALSE(read_request_head(text, head)) << text;
    return head.keep_alive;
  };
  EXPECT_TRUE(kept("", "1.1"));
  EXPECT_FALSE(kept("Connection: close\r\n", "1.1"));
  EXPECT_FALSE(kept("connection: Foo , CLOSE\r\n", "1.1"));
  EXPECT_FALSE(kept("", "1.0"));
  EXPECT_TRUE(kept("Connection: keep-alive\r\n", "1.0"));
  EXPECT_FALSE(kept("Connection: keep-alive, close\r\n", "1.1"));
}

TEST(HttpHead, RefusesMalformedRequests) {
  const std::string h = " HTTP/1.1\r\nHost: h\r\n";
  const std::string table[] = {
      "\r\n\r\n",
      "GET\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
      " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / x HTTP/1.1\r\nHost: h\r\n\r\n",
      "GET / HTTP/1.2\r\nHost: h\r\n\r\n",
      "GET / HTTP/2.0\r\nHost: h\r\n\r\n",
      "GET / http/1.1\r\nHost: h\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\n",
      "G(T /" + h + "\r\n",
      "GET x" + h + "\r\n",
      "GET /\x01" + h + "\r\n",
      "GET /\x80" + h + "\r\n",
      "GET /a\tb" + h + "\r\n",
      "GET /\0"s + h + "\r\n",
      "GET ftp://x/" + h + "\r\n",
      "GET /" + h + "X\r\n\r\n",
      "GET /" + h + ": v\r\n\r\n",
      "GET /" + h + "X : v\r\n\r\n",
      "GET /" + h + "X\t: v\r\n\r\n",
      "GET /" + h + " X: v\r\n\r\n",
      "GET /" + h + "X: v\r\n folded\r\n\r\n",
      "GET /" + h + "X: v\r\n\tfolded\r\n\r\n",
      "GET /" + h + "X: a\rb\r\n\r\n",
      "GET /" + h + "X: a\nb\r\n\r\n",
      "GET /" + h + "X: a\0b\r\n\r\n"s,
      "GET /" + h + "X: a\x7F\r\n\r\n",
      "GET /" + h + "X(: a\r\n\r\n",
      "GET /" + h + "X\xC3\xA9: a\r\n\r\n",
      "GET / HTTP/1.1\nHost: h\n\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",         // no Host
      "GET /" + h + "Host: h\r\n\r\n",  // two
      "POST /" + h + "Content-Length:\r\n\r\n",
      "POST /" + h + "Content-Length: -1\r\n\r\n",
      "POST /" + h + "Content-Length: +1\r\n\r\n",
      "POST /" + h + "Content-Length: 0x1\r\n\r\n",
      "POST /" + h + "Content-Length: 1 1\r\n\r\n",
      "POST /" + h + "Content-Length: 1,1\r\n\r\n",
      "POST /" + h + "Content-Length: 1.0\r\n\r\n",
      "POST /" + h + "Content-Length: 99999999999999999999\r\n\r\n",
      "POST /" + h + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
      "POST /" + h + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST /" + h + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: gzip\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: gzip, chunked\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: chunked, identity\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: xchunked\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: \"chunked\"\r\n\r\n",
      "POST /" + h + "Transfer-Encoding:\r\n\r\n",
      "POST /" + h + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  };
  for (const std::string& text : table) {
    Head head;
    const HeadFault fault = read_request(text, head);
    EXPECT_EQ(fault.status, 400) << text;
  }
}

TEST(HttpHead, RefusesTooManyFields) {
  std::string text = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 1; i < k_fields_max; ++i) text += "a: b\r\n";
  Head head;
  EXPECT_FALSE(read_request(text + "\r\n", head));
  EXPECT_EQ(read_request(text + "a: b\r\n\r\n", head).status, 431);
}

TEST(HttpHead, ReadsReplies) {
  struct Row {
    std::string text;
    int status;
    BodyFraming framing;
  };

  const Row table[] = {
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 200, BodyFraming::length},
      {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", 200,
       BodyFraming::length},
      {"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", 200, BodyFraming::none},
      {"HTTP/1.1 200 \r\n\r\n", 200, BodyFraming::until_close},
      {"HTTP/1.0 500 No \xC3\xA9\r\n\r\n", 500, BodyFraming::until_close},
      {"HTTP/1.1 204 No Content\r\n\r\n", 204, BodyFraming::none},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, BodyFraming::none},
      {"HTTP/1.1 100 Continue\r\n\r\n", 100, BodyFraming::none},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", 200, BodyFraming::chunked},
  };
  for (const Row& row : table) {
    Head head;
    ASSERT_FALSE(read_reply_head(row.text, head)) << row.text;
    EXPECT_EQ(head.status, row.status);
    EXPECT_EQ(head.framing, row.framing) << row.text;
  }
}

TEST(HttpHead, RefusesMalformedReplies) {
  const std::string table[] = {
      "HTTP/1.1\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 099 OK\r\n\r\n",
      "HTTP/1.1  200 OK\r\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n",
      "HTTP/1.1 200 O\x01K\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
      "HTTP/1.1 200 OK\r\nSet Cookie: a\r\n\r\n",
  };
  for (const std::string& text : table) {
    Head head;
    EXPECT_TRUE(read_reply_head(text, head)) << text;
  }
}

TEST(HttpHead, FindsTheEndWhereverItIsCut) {
  const std::string text = "GET / HTTP/1.1\r\nHost: h\r\n\r\nbody";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    std::size_t searched = 0;
    const std::size_t before = head_end(std::string_view(text).substr(0, cut), searched);
    EXPECT_EQ(before, cut < 27 ? 0U : 27U);
    EXPECT_EQ(head_end(text, searched), 27U) << cut;
  }
}

// Mutates good requests at random. Whatever we accept, Beast's independent parser must accept too,
// and read the same out of it: that is where smuggling would begin.
TEST(HttpHead, AcceptsNothingThatBeastReadsOtherwise) {
  namespace http = boost::beast::http;
  const std::string seeds[] = {
      "POST /a?b HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\n",
      "GET /a HTTP/1.0\r\nConnection: keep-alive\r\nX:  v \r\n\r\n",
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n",
  };
  const std::string alphabet = "\r\n :\t,;aAchunked0159-/\x7F\0\x80"s;
  std::mt19937 random(20260101);
  int accepted = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string text = seeds[random() % std::size(seeds)];
    for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0: text[at] = c; break;
        case 1: text.insert(at, 1, c); break;
        default: text.erase(at, 1);
      }
    }
    std::size_t searched = 0;
    const std::size_t size = head_end(text, searched);
    if (size == 0) continue;
    Head head;
    if (read_request_head(std::string_view(text).substr(0, size), head)) continue;
    ++accepted;

    http::request_parser<http::string_body> beast;
    beast.header_limit(65'536);
    boost::system::error_code error;
    beast.put(boost::asio::buffer(text.data(), size), error);
    // Beast reads Connection by its grammar; we only look for the words that we know.
    if (error == http::error::bad_value && text.find("nection") != text.npos) continue;
    ASSERT_FALSE(error) << error.message() << "\n" << text;
    ASSERT_TRUE(beast.is_header_done()) << text;
    ASSERT_EQ(std::string_view(beast.get().target()), head.target) << text;
    ASSERT_EQ(beast.chunked(), head.framing == BodyFraming::chunked) << text;
    ASSERT_EQ(beast.content_length().value_or(0), head.content_length) << text;
    ASSERT_EQ(static_cast<std::size_t>(std::distance(beast.get().begin(), beast.get().end())),
              head.fields.size())
        << text;
    if (beast.chunked() || !beast.content_length()) {
      ASSERT_EQ(beast.keep_alive(), head.keep_alive) << text;
    }
  }
  EXPECT_GT(accepted, 5'000);
}

}  // namespace
}  // namespace idswitch::net
