#include "store/sqlite/verification_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "base/text/json_text.hpp"

namespace idswitch::store {
namespace {

namespace json = boost::json;

// Writes only what is not the default, which is also what reading falls back to.
class Members {
 public:
  explicit Members(std::string& out) : object_(out) {}

  Members& operator()(std::string_view name, const std::string& value) {
    object_.text_if(name, value);
    return *this;
  }

  Members& operator()(std::string_view name, std::int64_t value) {
    if (value != 0) object_.number(name, value);
    return *this;
  }

 private:
  json_text::Object object_;
};

// Reads members that the object may lack; one of another type spoils the whole.
class Fields {
 public:
  explicit Fields(const json::value& value)
      : object_(value.if_object()), good_(object_ != nullptr) {}

  Fields& operator()(std::string_view name, std::string& out) {
    if (const json::value* value = find(name)) {
      if (const json::string* text = value->if_string()) {
        out.assign(text->data(), text->size());
      } else {
        good_ = false;
      }
    }
    return *this;
  }

  template <class Integer>
  Fields& operator()(std::string_view name, Integer& out) {
    if (const json::value* value = find(name)) {
      if (value->is_int64()) {
        out = static_cast<Integer>(value->get_int64());
      } else {
        good_ = false;
      }
    }
    return *this;
  }

  bool good() const { return good_; }

 private:
  const json::value* find(std::string_view name) const {
    return object_ == nullptr ? nullptr : object_->if_contains(name);
  }

  const json::object* object_;
  bool good_;
};

bool parse(std::string_view text, json::value& out) {
  boost::system::error_code error;
  out = json::parse(text, error);
  return !error;
}

template <class Field>
void attempt_members(Field&& field, auto& attempt) {
  field("account", attempt.account)("operation", attempt.operation)(
      "error_class", attempt.error_class)("transport", attempt.transport)(
      "http_status", attempt.http_status)("step", attempt.step)("vendor_code", attempt.vendor_code)(
      "vendor_message", attempt.vendor_message)("detail", attempt.detail)(
      "started_unix_ms", attempt.started_unix_ms)("latency_us", attempt.latency_us);
}

template <class Field>
void action_members(Field&& field, auto& action) {
  field("kind", action.kind)("expires_unix_ms", action.expires_unix_ms)("url", action.url)(
      "token", action.token)("component", action.component)("code", action.code);
}

bool is_empty(const Action& action) {
  return action.kind == 0 && action.expires_unix_ms == 0 && action.url.empty() &&
         action.token.empty() && action.component.empty() && action.code.empty();
}

bool is_empty(const Problem& problem) {
  return problem.code.empty() && problem.http_status == 0 && problem.title.empty() &&
         problem.detail.empty() && problem.field.empty() && !problem.retryable;
}

}  // namespace

void write_action(std::string& out, const Action& action) {
  if (is_empty(action)) return;
  Members members(out);
  action_members(members, action);
}

void write_scores(std::string& out, const std::vector<Pair>& scores) {
  if (scores.empty()) return;
  char before = '[';
  for (const Pair& score : scores) {
    out += before;
    out += '[';
    json_text::append_string(out, score.name);
    out += ',';
    json_text::append_string(out, score.value);
    out += ']';
    before = ',';
  }
  out += ']';
}

void write_attempts(std::string& out, const std::vector<Attempt>& attempts) {
  if (attempts.empty()) return;
  char before = '[';
  for (const Attempt& attempt : attempts) {
    out += before;
    Members members(out);
    attempt_members(members, attempt);
    before = ',';
  }
  out += ']';
}

void write_failure(std::string& out, const Problem& failure) {
  if (is_empty(failure)) return;
  Members members(out);
  members("code", failure.code)("http_status", failure.http_status)("title", failure.title)(
      "detail", failure.detail)("field", failure.field)("retryable", failure.retryable ? 1 : 0);
}

bool read_action(std::string_view text, Action& action) {
  if (text.empty()) return true;
  json::value value;
  if (!parse(text, value)) return false;
  Fields fields(value);
  action_members(fields, action);
  return fields.good();
}

bool read_scores(std::string_view text, std::vector<Pair>& scores) {
  if (text.empty()) return true;
  json::value value;
  if (!parse(text, value) || !value.is_array()) return false;
  for (const json::value& item : value.get_array()) {
    const json::array* pair = item.if_array();
    if (pair == nullptr || pair->size() != 2 || !(*pair)[0].is_string() ||
        !(*pair)[1].is_string()) {
      return false;
    }
    scores.push_back({std::string((*pair)[0].get_string()), std::string((*pair)[1].get_string())});
  }
  return true;
}

bool read_attempts(std::string_view text, std::vector<Attempt>& attempts) {
  if (text.empty()) return true;
  json::value value;
  if (!parse(text, value) || !value.is_array()) return false;
  for (const json::value& item : value.get_array()) {
    Fields fields(item);
    attempt_members(fields, attempts.emplace_back());
    if (!fields.good()) return false;
  }
  return true;
}

bool read_failure(std::string_view text, Problem& failure) {
  if (text.empty()) return true;
  json::value value;
  if (!parse(text, value)) return false;
  Fields fields(value);
  fields("code", failure.code)("http_status", failure.http_status)("title", failure.title)(
      "detail", failure.detail)("field", failure.field)("retryable", failure.retryable);
  return fields.good();
}

}  // namespace idswitch::store
