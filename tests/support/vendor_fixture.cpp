#include "support/vendor_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace idswitch::test {
namespace {

namespace json = boost::json;

#define IDSWITCH_WORD(name, number, word, meaning) \
  if (text == word) return number;

std::uint32_t operation_of(std::string_view text) {
  IDSW_OPERATION_LIST(IDSWITCH_WORD)
  throw std::runtime_error("unknown operation");
}

#undef IDSWITCH_WORD

std::string_view outcome_word(std::uint32_t outcome) {
  static constexpr std::string_view k_words[] = {"none",      "opened",  "pending",
                                                 "completed", "expired", "hint"};
  return outcome < std::size(k_words) ? k_words[outcome] : "unknown";
}

std::uint32_t transport_of(std::string_view word) {
  static constexpr std::string_view k_words[] = {"", "not_sent", "sent_no_reply", "reply_too_big",
                                                 "reply_broken"};
  for (std::uint32_t i = 1; i < std::size(k_words); ++i) {
    if (word == k_words[i]) return i;
  }
  throw std::runtime_error("unknown transport");
}

json::object read(const std::filesystem::path& file) {
  std::ifstream in(file);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return json::parse(text).as_object();
}

std::string text_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr ? std::string() : std::string(value->as_string());
}

bool flag_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->as_bool();
}

// A body is text as it is, or JSON that is written out.
std::string body_of(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr) return {};
  return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

// The strings that an OperationInput's views point to.
struct Inputs {
  explicit Inputs(const json::object& from)
      : kind(text_of(from, "kind")),
        method(text_of(from, "method")),
        verification_id(text_of(from, "verification_id")),
        person_name(text_of(from, "person_name")),
        person_id_number(text_of(from, "person_id_number")),
        return_url(text_of(from, "return_url")),
        callback_url(text_of(from, "callback_url")),
        callback_body(body_of(from, "callback_body")),
        callback_content_type(text_of(from, "callback_content_type")),
        options(body_of(from, "options")),
        state(body_of(from, "state")),
        want_images(flag_of(from, "want_images")),
        want_document(flag_of(from, "want_document")) {
    if (verification_id.empty()) verification_id = "ver_01jxfixture000000000000000";
    if (const json::value* names = from.if_contains("checks")) {
      for (const json::value& name : names->as_array()) checks |= check_of(name.as_string());
    } else {
      checks = IDSW_CHECK_LIVENESS;
    }
    const json::value* list = from.if_contains("media");
    for (std::size_t i = 0; list != nullptr && i < list->as_array().size(); ++i) {
      const json::object& one = list->as_array()[i].as_object();
      media.push_back(
          {text_of(one, "name"), text_of(one, "media_type"), text_of(one, "bytes"), {}});
    }
  }

  plugin::OperationInput input() const {
    plugin::OperationInput input;
    input.kind = operation_of(kind);
    input.method = method.empty() ? 0 : method_of(method);
    input.checks = checks;
    input.verification_id = verification_id;
    input.person_name = person_name;
    input.person_id_number = person_id_number;
    input.return_url = return_url;
    input.callback_url = callback_url;
    input.callback_body = callback_body;
    input.callback_content_type = callback_content_type;
    if (!options.empty()) input.options = options;
    input.state = state;
    input.media = media.empty() ? nullptr : &media;
    input.want_images = want_images;
    input.want_document = want_document;
    return input;
  }

  std::string kind, method, verification_id, person_name, person_id_number, return_url,
      callback_url;
  std::string callback_body, callback_content_type, options, state;
  bool want_images, want_document;
  std::uint32_t checks = 0;
  std::vector<Image> media;
};

Answer answer_of(const json::object& from) {
  if (from.contains("transport")) return Answer::no_reply(transport_of(text_of(from, "transport")));
  Answer answer;
  answer.body = body_of(from, "body");
  if (const json::value* status = from.if_contains("status")) {
    answer.status = static_cast<int>(status->as_int64());
  }
  if (const json::value* headers = from.if_contains("headers")) {
    for (const auto& header : headers->as_object()) {
      answer.headers.emplace_back(header.key(), header.value().as_string());
    }
  }
  return answer;
}

void expect_text(const json::object& expect, std::string_view name, std::string_view actual) {
  if (expect.contains(name)) {
    EXPECT_EQ(body_of(expect, name), actual) << name;
  }
}

void expect_request(const json::object& expect, const plugin::SendStep& sent) {
  expect_text(expect, "method", sent.method);
  expect_text(expect, "target", sent.target);
  expect_text(expect, "body", sent.body);
  if (const json::value* headers = expect.if_contains("headers")) {
    for (const json::value& line : headers->as_array()) {
      const std::string whole = std::string(line.as_string()) + "\r\n";
      EXPECT_NE(sent.headers.find(whole), std::string::npos) << whole << "in\n" << sent.headers;
    }
  }
}

void expect_action(const json::object& expect, const Action& action) {
  expect_text(expect, "kind", action_word(action.kind));
  expect_text(expect, "url", action.url);
  expect_text(expect, "token", action.token);
  expect_text(expect, "component", action.component);
  expect_text(expect, "code", action.code);
  if (const json::value* at = expect.if_contains("expires_unix_ms")) {
    EXPECT_EQ(at->as_int64(), action.expires_unix_ms);
  }
}

void expect_pairs(const json::object& expect, const std::vector<Pair>& actual) {
  EXPECT_EQ(expect.size(), actual.size());
  for (const auto& member : expect) {
    const auto is_named = [&](const Pair& pair) { return pair.name == member.key(); };
    const auto found = std::find_if(actual.begin(), actual.end(), is_named);
    if (found == actual.end()) {
      ADD_FAILURE() << "missing " << member.key();
    } else {
      EXPECT_EQ(std::string(member.value().as_string()), found->value) << found->name;
    }
  }
}

void expect_charges(const json::array& expect, const std::vector<Evidence>& actual) {
  ASSERT_EQ(expect.size(), actual.size()) << "charges";
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const json::object& one = expect[i].as_object();
    EXPECT_EQ(text_of(one, "state"), charge_word(actual[i].state));
    expect_text(one, "source", source_word(actual[i].source));
    expect_text(one, "sku", actual[i].sku);
    expect_text(one, "dedupe_key", actual[i].event);
    expect_text(one, "vendor_reference", actual[i].vendor_reference);
    expect_text(one, "vendor_code", actual[i].vendor_code);
  }
}

void expect_finish(const json::object& expect, const plugin::FinishStep& finish) {
  EXPECT_FALSE(expect.contains("error_class")) << "it finished instead";
  expect_text(expect, "outcome", outcome_word(finish.outcome));
  expect_text(expect, "verdict", verdict_word(finish.verdict));
  expect_text(expect, "reason", finish.reason == 0 ? "" : reason_word(finish.reason));
  expect_text(expect, "account_error",
              finish.account_error == 0 ? "" : error_class_word(finish.account_error));
  expect_text(expect, "vendor_code", finish.vendor_code);
  expect_text(expect, "vendor_message", finish.vendor_message);
  expect_text(expect, "vendor_reference", finish.vendor_reference);
  expect_text(expect, "state", finish.state);
  if (const json::value* processing = expect.if_contains("processing")) {
    EXPECT_EQ(processing->as_bool(), finish.processing);
  }
  if (const json::value* action = expect.if_contains("action")) {
    expect_action(action->as_object(), finish.action);
  }
  if (const json::value* scores = expect.if_contains("scores")) {
    expect_pairs(scores->as_object(), finish.scores);
  }
  if (const json::value* document = expect.if_contains("document")) {
    expect_pairs(document->as_object(), finish.document);
  }
  if (const json::value* images = expect.if_contains("images")) {
    ASSERT_EQ(images->as_array().size(), finish.images.size());
    for (std::size_t i = 0; i < finish.images.size(); ++i) {
      EXPECT_EQ(std::string(images->as_array()[i].as_string()), finish.images[i].name);
    }
  }
}

void expect_fail(const json::object& expect, const plugin::FailStep& fail) {
  EXPECT_FALSE(expect.contains("outcome"))
      << "it failed instead: " << error_class_word(fail.error_class) << " " << fail.detail;
  expect_text(expect, "error_class", error_class_word(fail.error_class));
  expect_text(expect, "field", fail.field);
  expect_text(expect, "vendor_code", fail.vendor_code);
  expect_text(expect, "vendor_message", fail.vendor_message);
  expect_text(expect, "vendor_reference", fail.vendor_reference);
}

void expect_run(const json::object& fixture, const OperationRun& run) {
  const json::array& exchanges = fixture.at("exchanges").as_array();
  ASSERT_EQ(exchanges.size(), run.sent.size());
  for (std::size_t i = 0; i < run.sent.size(); ++i) {
    if (const json::value* request = exchanges[i].as_object().if_contains("request")) {
      expect_request(request->as_object(), run.sent[i]);
    }
  }
  const json::object& expect = fixture.at("expect").as_object();
  if (run.finish) expect_finish(expect, *run.finish);
  if (run.fail) expect_fail(expect, *run.fail);
  if (const json::value* tokens = expect.if_contains("tokens")) {
    EXPECT_EQ(tokens->as_int64(), run.tokens);
  }
  if (const json::value* charges = expect.if_contains("charges")) {
    expect_charges(charges->as_array(), run.charges);
  }
}

}  // namespace

std::vector<std::filesystem::path> fixtures_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) throw std::runtime_error("no fixtures in " + folder.string());
  return files;
}

void run_fixture(PluginDriver& driver, const std::filesystem::path& file) {
  SCOPED_TRACE(file.filename().string());
  const json::object fixture = read(file);
  const json::value* operation = fixture.if_contains("operation");
  const Inputs inputs(operation == nullptr ? json::object() : operation->as_object());
  std::vector<Answer> answers;
  for (const json::value& exchange : fixture.at("exchanges").as_array()) {
    answers.push_back(answer_of(exchange.as_object().at("response").as_object()));
  }
  if (const json::value* now = fixture.if_contains("now_unix_ms"))
    driver.now_unix_ms = now->as_int64();
  expect_run(fixture, driver.run(inputs.input(), std::move(answers)));
}

}  // namespace idswitch::test
