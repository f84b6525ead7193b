#include "engine/verification/request_check.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

config::Tenant tenant() {
  config::Tenant tenant;
  tenant.return_urls = {"https://shop.example"};
  tenant.default_return_url = "https://shop.example/done";
  return tenant;
}

StartRequest request() {
  StartRequest request;
  request.method = IDSW_METHOD_SDK;
  request.checks = IDSW_CHECK_LIVENESS;
  return request;
}

struct Row {
  const char* name;
  std::function<void(StartRequest&)> change;
  Errc code;
  const char* field;
};

class RequestCheck : public testing::TestWithParam<Row> {};

TEST_P(RequestCheck, NamesTheField) {
  StartRequest changed = request();
  GetParam().change(changed);
  const auto checked = check_start(tenant(), changed);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code(), GetParam().code);
  EXPECT_EQ(checked.error().field(), GetParam().field);
  EXPECT_FALSE(checked.error().detail().empty());
}

const Row k_rows[] = {
    {"NoMethod", [](auto& r) { r.method = 0; }, Errc::invalid_field, "/method"},
    {"UnknownMethod", [](auto& r) { r.method = 77; }, Errc::invalid_field, "/method"},
    {"NoChecks", [](auto& r) { r.checks = 0; }, Errc::invalid_field, "/checks"},
    {"LongId", [](auto& r) { r.person.id.assign(129, 'x'); }, Errc::invalid_field, "/person/id"},
    {"LongReference", [](auto& r) { r.reference.assign(129, 'x'); }, Errc::invalid_field,
     "/reference"},
    {"NotUtf8", [](auto& r) { r.person.name = "\xC3("; }, Errc::invalid_field, "/person/name"},
    {"Newline", [](auto& r) { r.reference = "a\nb"; }, Errc::invalid_field, "/reference"},
    {"Nul", [](auto& r) { r.person.id = std::string("a\0b", 3); }, Errc::invalid_field,
     "/person/id"},
    {"Delete", [](auto& r) { r.person.id_number = "1\x7F"; }, Errc::invalid_field,
     "/person/id_number"},
    {"NoName",
     [](auto& r) {
       r.checks = IDSW_CHECK_ID_MATCH;
       r.person.id_number = "1";
     },
     Errc::missing_field, "/person/name"},
    {"NoNumber",
     [](auto& r) {
       r.checks = IDSW_CHECK_ID_MATCH;
       r.person.name = "x";
     },
     Errc::missing_field, "/person/id_number"},
    {"NoPicture", [](auto& r) { r.checks = IDSW_CHECK_FACE_MATCH; }, Errc::missing_field,
     "/images/ref1"},
    {"OnlyTheSecondPicture",
     [](auto& r) {
       r.checks = IDSW_CHECK_FACE_MATCH;
       r.images.push_back({"ref2", "image/jpeg", "x", {}});
     },
     Errc::missing_field, "/images/ref1"},
    {"UnknownPicture",
     [](auto& r) {
       r.images.push_back({"ref3", "image/jpeg", "x", {}});
     },
     Errc::unknown_field, "/images/ref3"},
    {"EmptyPicture",
     [](auto& r) {
       r.images.push_back({"ref1", "image/jpeg", "", {}});
     },
     Errc::invalid_field, "/images/ref1"},
    {"ForeignReturnUrl", [](auto& r) { r.return_url = "https://evil.example/"; },
     Errc::return_url_not_allowed, "/return_url"},
    {"LookalikeReturnUrl", [](auto& r) { r.return_url = "https://shop.example.evil.example/"; },
     Errc::return_url_not_allowed, "/return_url"},
};

INSTANTIATE_TEST_SUITE_P(Table, RequestCheck, testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(RequestCheckAccepts, WhatIsEnough) {
  EXPECT_TRUE(check_start(tenant(), request()));
  StartRequest page = request();
  page.method = IDSW_METHOD_H5;
  EXPECT_TRUE(check_start(tenant(), page));
  page.return_url = "https://shop.example/kyc?x=1";
  EXPECT_TRUE(check_start(tenant(), page));
  StartRequest by_card = request();
  by_card.checks = IDSW_CHECK_ID_MATCH | IDSW_CHECK_ID_OCR;
  EXPECT_TRUE(check_start(tenant(), by_card)) << "the card says who it is";
  StartRequest longest = request();
  longest.person.id.assign(128, 'x');
  EXPECT_TRUE(check_start(tenant(), longest));
}

TEST(RequestCheckOfARefresh, TakesWhatAStartWouldTake) {
  ResultRequest request;
  EXPECT_TRUE(check_result(request));
  request.person.name = "王小明";
  request.images.push_back({"ref1", "image/jpeg", "x", {}});
  EXPECT_TRUE(check_result(request));
  request.person.id_number.assign(129, '1');
  EXPECT_EQ(check_result(request).error().field(), "/person/id_number");
  request.person.id_number.clear();
  request.images.push_back({"selfie", "image/jpeg", "x", {}});
  EXPECT_EQ(check_result(request).error().field(), "/images/selfie");
}

TEST(RequestCheckAccepts, APageOnlyWithAWayBack) {
  config::Tenant nowhere = tenant();
  nowhere.default_return_url.clear();
  StartRequest page = request();
  page.method = IDSW_METHOD_H5;
  const auto checked = check_start(nowhere, page);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().field(), "/return_url");
  EXPECT_TRUE(check_start(nowhere, request())) << "only h5 sends a browser back";
}

}  // namespace
}  // namespace idswitch::engine
