#include "net/request_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>

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

// As a server without an opinion does.
Step advance(RequestReader& reader) {
  static BodyBudget boundless(std::size_t{1} << 40);
  Step step = reader.advance();
  if (step == Step::head_read) {
    reader.admit(std::size_t{1} << 40, boundless);
    step = reader.advance();
  }
  return step;
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
    if (advance(reader) != Step::complete) continue;
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
  ASSERT_EQ(advance(reader), Step::complete);
  EXPECT_EQ(reader.head().target, "/1");
  reader.next();
  EXPECT_FALSE(reader.idle());
  ASSERT_EQ(advance(reader), Step::complete);
  EXPECT_EQ(reader.head().target, "/2");
}

TEST(RequestReader, KeepsItsViewsWhileALargeBodyArrives) {
  RequestReader reader(1024, 1 << 20);
  feed(reader, "POST /large HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n");
  ASSERT_EQ(advance(reader), Step::need_input);
  const std::string_view target = reader.head().target;
  const std::string piece(10'000, 'x');
  for (int i = 0; i < 30; ++i) {
    feed(reader, piece);
    ASSERT_EQ(advance(reader), i < 29 ? Step::need_input : Step::complete);
  }
  EXPECT_EQ(target, "/large");
  EXPECT_EQ(reader.body().size(), 300'000U);
}

TEST(RequestReader, AsksForTheContinueOnceAndOnlyWhenTheBodyIsAwaited) {
  const std::string head =
      "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
  RequestReader waiting(1024, 1024);
  feed(waiting, head);
  EXPECT_EQ(advance(waiting), Step::send_continue);
  EXPECT_EQ(advance(waiting), Step::need_input);
  feed(waiting, "ab");
  EXPECT_EQ(advance(waiting), Step::complete);

  RequestReader sending(1024, 1024);
  feed(sending, head + "a");
  EXPECT_EQ(advance(sending), Step::need_input);

  RequestReader refused(1024, 1);
  feed(refused, head);
  EXPECT_EQ(advance(refused), Step::refused);
  EXPECT_EQ(refused.fault().status, 413);
}

TEST(RequestReader, RefusesByTheRightStatus) {
  const auto status = [](const std::string& text) {
    RequestReader reader(200, 10);
    feed(reader, text);
    EXPECT_EQ(advance(reader), Step::refused) << text;
    EXPECT_EQ(advance(reader), Step::refused);  // and stays so
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

std::string post(const std::string& headers) {
  return "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n";
}

TEST(RequestReader, KeepsNothingOfABodyBeforeItIsAdmitted) {
  RequestReader reader(1024, 1 << 20);
  feed(reader, post("Content-Length: 100000\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(reader.advance(), Step::head_read);
  feed(reader, std::string(5'000, 'x'));
  EXPECT_EQ(reader.advance(), Step::head_read);  // however often it is asked
  EXPECT_TRUE(reader.body().empty());

  BodyBudget budget(1 << 20);
  reader.admit(100'000, budget);
  EXPECT_EQ(reader.advance(), Step::need_input);
  EXPECT_EQ(budget.held(), 100'000U);  // all of it, not only what is here
  feed(reader, std::string(95'000, 'x'));
  EXPECT_EQ(reader.advance(), Step::complete);
  reader.next();
  EXPECT_EQ(budget.held(), 0U);
}

TEST(RequestReader, PromisesToContinueOnlyWhatWasAdmitted) {
  BodyBudget budget(1 << 20);
  RequestReader reader(1024, 1 << 20);
  feed(reader, post("Content-Length: 10\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(reader.advance(), Step::head_read);
  reader.admit(10, budget);
  EXPECT_EQ(reader.advance(), Step::send_continue);
}

TEST(RequestReader, DoesNotAskAboutWhatCameWholeWithItsHead) {
  RequestReader reader(1024, 1 << 20);
  feed(reader, post("Content-Length: 3\r\n") + "abc");
  EXPECT_EQ(reader.advance(), Step::complete);
  reader.next();
  feed(reader, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(reader.advance(), Step::complete);
  reader.next();
  // Its end is not known, so more than has come may follow.
  feed(reader, post("Transfer-Encoding: chunked\r\n") + "1\r\na\r\n0\r\n\r\n");
  EXPECT_EQ(reader.advance(), Step::head_read);
}

TEST(RequestReader, TakesNoMoreThanThePathDoes) {
  BodyBudget budget(1 << 20);
  for (const char* framing : {"Content-Length: 20001\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RequestReader reader(1024, 1 << 20);
    feed(reader, post(framing));
    ASSERT_EQ(reader.advance(), Step::head_read);
    reader.admit(20'000, budget);
    if (reader.head().framing == BodyFraming::chunked) {
      ASSERT_EQ(reader.advance(), Step::need_input);
      feed(reader, "4e21\r\n" + std::string(20'001, 'x'));
    }
    EXPECT_EQ(reader.advance(), Step::refused);
    EXPECT_EQ(reader.fault().status, 413);
    EXPECT_LE(budget.held(), 20'000U);
  }
  EXPECT_EQ(budget.held(), 0U);
}

// A thousand that each bring the first 100 kB of 24 MiB: what is kept of them stays within the
// budget, and the rest is told so.
TEST(RequestReader, BoundsWhatAThousandLargeBodiesKeep) {
  constexpr std::size_t k_budget = 64 << 20;
  constexpr std::size_t k_body = 24 << 20;
  BodyBudget budget(k_budget);
  std::vector<std::unique_ptr<RequestReader>> readers;
  std::size_t let_in = 0;
  for (int i = 0; i < 1'000; ++i) {
    const bool is_chunked = i % 2 == 1;
    RequestReader& reader = *readers.emplace_back(std::make_unique<RequestReader>(1024, k_body));
    feed(reader, post(is_chunked ? std::string("Transfer-Encoding: chunked\r\n")
                                 : "Content-Length: " + std::to_string(k_body) + "\r\n"));
    ASSERT_EQ(reader.advance(), Step::head_read);
    reader.admit(k_body, budget);
    Step step = reader.advance();
    if (step == Step::need_input) {
      if (is_chunked) feed(reader, "1000000\r\n");
      feed(reader, std::string(100'000, 'x'));
      step = reader.advance();
    }
    if (step == Step::need_input)
      ++let_in;
    else
      EXPECT_EQ(reader.fault().status, 503);
  }
  EXPECT_LE(budget.held(), k_budget);
  EXPECT_GT(let_in, 2U);
  EXPECT_LT(let_in, k_budget / 100'000);
  readers.clear();
  EXPECT_EQ(budget.held(), 0U);
}

TEST(RequestReader, GivesTheBodyBackBeforeItsAnswerIsRead) {
  BodyBudget budget(1 << 20);
  RequestReader reader(1024, 1 << 20);
  feed(reader, post("Content-Length: 100000\r\n"));
  ASSERT_EQ(reader.advance(), Step::head_read);
  reader.admit(100'000, budget);
  feed(reader, std::string(100'000, 'x'));
  ASSERT_EQ(reader.advance(), Step::complete);
  reader.drop_body();
  EXPECT_EQ(budget.held(), 0U);
  EXPECT_EQ(reader.head().target, "/");
}

}  // namespace
}  // namespace idswitch::net
