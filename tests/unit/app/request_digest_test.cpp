// Two requests have one digest only when they ask for the same.

#include "app/request_digest.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace idswitch::app {
namespace {

using Type = RequestAttribute::Type;

constexpr std::string_view k_key = "a key of the store's own";

StartRequest sample() {
  StartRequest request;
  request.tenant = "shop";
  request.method = 1;
  request.checks = 2;
  request.person = {"person-17", "王小明", "11010519491231002X"};
  request.reference = "case-1";
  request.return_url = "https://shop.example/done";
  request.vendor_options = "{}";
  request.attributes = {{"risk", Type::text, "1"}, {"channel", Type::text, "web"}};
  request.images = {{"ref1", "image/jpeg", "face", ""}};
  request.idempotency_key = "order-4711";
  return request;
}

TEST(RequestDigest, IsTheSameForTheSameRequest) {
  EXPECT_EQ(request_digest(k_key, sample()), request_digest(k_key, sample()));
  StartRequest elsewhere = sample();
  elsewhere.tenant = "bank";  // looked up under these two
  elsewhere.idempotency_key = "order-4712";
  EXPECT_EQ(request_digest(k_key, elsewhere), request_digest(k_key, sample()));
}

TEST(RequestDigest, DiffersWithEachPartOfAStart) {
  using Change = std::function<void(StartRequest&)>;
  const Change changes[] = {
      [](StartRequest&) {},
      [](StartRequest& r) { r.method = 2; },
      [](StartRequest& r) { r.checks = 3; },
      [](StartRequest& r) { r.person.id = "person-18"; },
      [](StartRequest& r) { r.person.name = "李四"; },
      [](StartRequest& r) { r.person.id_number = "110101199001011237"; },
      [](StartRequest& r) { std::swap(r.person.name, r.person.id_number); },
      [](StartRequest& r) { r.reference = "case-2"; },
      [](StartRequest& r) { std::swap(r.reference, r.return_url); },
      [](StartRequest& r) { r.return_url += "/"; },
      [](StartRequest& r) { r.vendor_options = "{\"a\":1}"; },
      [](StartRequest& r) { r.attributes[0].type = Type::number; },
      [](StartRequest& r) { r.attributes[0].value = "2"; },
      [](StartRequest& r) { r.attributes[0].name = "amount"; },
      [](StartRequest& r) { std::swap(r.attributes[0], r.attributes[1]); },
      [](StartRequest& r) { r.attributes.pop_back(); },
      [](StartRequest& r) { r.images[0].name = "ref2"; },
      [](StartRequest& r) { r.images[0].media_type = "image/png"; },
      [](StartRequest& r) { r.images[0].bytes = "another face"; },
      [](StartRequest& r) { r.images[0].url = "https://shop.example/face"; },
      [](StartRequest& r) { r.images.push_back(r.images[0]); },
      [](StartRequest& r) { r.images.clear(); },
      // What ends one part does not begin the next.
      [](StartRequest& r) {
        r.person = {"person-17王", "小明", "11010519491231002X"};
      },
  };
  std::set<RequestDigest> seen;
  for (const Change& change : changes) {
    StartRequest request = sample();
    change(request);
    EXPECT_TRUE(seen.insert(request_digest(k_key, request)).second) << seen.size();
  }
}

TEST(RequestDigest, DiffersWithEachPartOfASubmit) {
  SubmitRequest request;
  request.id = "ver_1";
  request.video = "a video";
  const RequestDigest first = request_digest(k_key, request);
  request.media_type = "video/webm";
  EXPECT_NE(request_digest(k_key, request), first);
  request = {};
  request.id = "ver_1";
  request.video = "another video";
  EXPECT_NE(request_digest(k_key, request), first);
  request.id = "ver_1another ";
  request.video = "video";
  EXPECT_NE(request_digest(k_key, request), first);
}

TEST(RequestDigest, OfAStartIsNeverThatOfASubmit) {
  EXPECT_NE(request_digest(k_key, StartRequest{}), request_digest(k_key, SubmitRequest{}));
}

TEST(RequestDigest, DependsOnTheKey) {
  EXPECT_NE(request_digest("another key", sample()), request_digest(k_key, sample()));
}

}  // namespace
}  // namespace idswitch::app
