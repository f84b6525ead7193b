#include "api/routes.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

#include "api/openapi.hpp"

namespace idswitch::api {
namespace {

// "GET /v1/accounts"
std::string name_of(const Route& route) {
  return std::string(route.method) + " " + std::string(route.path);
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

struct Operation {
  Caller caller = Caller::tenant;  // what the document says for all
  bool has_body = false;
};

// The operations under `paths` of openapi.yaml by "METHOD PATH". The document is laid out by
// indents of two, which is all that this reads.
std::map<std::string, Operation> operations_of_the_contract() {
  static const std::set<std::string> k_methods = {"get", "head", "post", "put", "patch", "delete"};
  std::map<std::string, Operation> found;
  std::istringstream lines{std::string(openapi_yaml())};
  std::string line;
  std::string path;
  Operation* operation = nullptr;
  bool in_paths = false;
  while (std::getline(lines, line)) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos) continue;
    const std::string text = line.substr(indent);
    if (indent == 0) in_paths = text == "paths:";
    if (!in_paths) continue;
    if (indent == 2 && text.front() == '/') {
      path = text.substr(0, text.size() - 1);
    } else if (indent == 4 && k_methods.count(text.substr(0, text.size() - 1)) > 0) {
      operation = &found[upper(text.substr(0, text.size() - 1)) + " " + path];
    } else if (indent == 6 && operation != nullptr) {
      if (text == "security: []") operation->caller = Caller::anybody;
      if (text == "security: [{adminKey: []}]") operation->caller = Caller::admin;
      if (text == "requestBody:") operation->has_body = true;
    }
  }
  return found;
}

TEST(Routes, AreThoseOfTheContractAndNoOthers) {
  const auto contract = operations_of_the_contract();
  ASSERT_GT(contract.size(), 20u);
  std::set<std::string> rows;
  for (const Route& route : k_routes) {
    EXPECT_TRUE(rows.insert(name_of(route)).second) << name_of(route) << " is there twice";
    EXPECT_EQ(contract.count(name_of(route)), 1u) << "openapi.yaml lacks " << name_of(route);
  }
  for (const auto& [name, operation] : contract) {
    EXPECT_EQ(rows.count(name), 1u) << "the table of routes lacks " << name;
  }
}

TEST(Routes, AskForTheKeysAndBodiesThatTheContractNames) {
  const auto contract = operations_of_the_contract();
  for (const Route& route : k_routes) {
    const auto found = contract.find(name_of(route));
    if (found == contract.end()) continue;  // the test above says so
    EXPECT_EQ(route.caller, found->second.caller) << name_of(route);
    EXPECT_EQ(route.body != Body::none, found->second.has_body) << name_of(route);
  }
}

TEST(Routes, TakeLargeBodiesOnlyWithAKey) {
  for (const Route& route : k_routes) {
    if (route.body_bytes_max <= k_small_bytes) continue;
    EXPECT_EQ(route.caller, Caller::tenant) << name_of(route);
  }
  EXPECT_GT(find_route("POST", "/v1/verifications").route->body_bytes_max, 20u << 20);
  EXPECT_GT(find_route("POST", "/v1/verifications/x/video").route->body_bytes_max, 20u << 20);
}

TEST(Routes, GiveTheirPartsInOrder) {
  const RouteMatch found = find_route("POST", "/admin/experiments/shop/faces:pause");
  ASSERT_NE(found.route, nullptr);
  EXPECT_EQ(found.route->path, "/admin/experiments/{tenant}/{name}:pause");
  EXPECT_EQ(found.parts[0], "shop");
  EXPECT_EQ(found.parts[1], "faces");
  EXPECT_EQ(find_route("GET", "/v1/verifications/ver_1").parts[0], "ver_1");
}

TEST(Routes, MatchWholePathsOnly) {
  for (const char* path :
       {"", "/", "/v1", "/v1/", "/v1/verifications/", "/v1/verificationsX", "/v1/verifications/x/y",
        "/v1/verifications/x/video/", "/v1/verifications/x:explode", "/v1/verifications/:refresh",
        "/V1/verifications", "/return/", "/return/x", "/return/x/", "/return/x/y/z",
        "/admin/experiments/faces:pause", "/admin/webhooks/all", "/healthz/"}) {
    EXPECT_EQ(allowed_methods(path), "") << path;
    EXPECT_EQ(find_route("GET", path).route, nullptr) << path;
  }
}

TEST(Routes, SayWhatAPathTakes) {
  EXPECT_EQ(allowed_methods("/v1/verifications"), "GET, POST");
  EXPECT_EQ(allowed_methods("/v1/verifications/x"), "GET");
  EXPECT_EQ(allowed_methods("/v1/verifications/x:refresh"), "POST");
  EXPECT_EQ(allowed_methods("/return/x/y"), "GET, POST");
  EXPECT_EQ(allowed_methods("/healthz"), "GET, HEAD");
  EXPECT_EQ(find_route("DELETE", "/v1/verifications").route, nullptr);
}

}  // namespace
}  // namespace idswitch::api
