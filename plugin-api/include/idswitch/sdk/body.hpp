#pragma once

// Bodies over ropes: an HTML form, multipart/form-data and a JSON object. Text is encoded here, secrets
// and blobs by the host. One thread at a time.

#include <string>
#include <string_view>

#include "idswitch/sdk/rope.hpp"

namespace idswitch::sdk {

// application/x-www-form-urlencoded, and the query of a URL.
class Form {
 public:
  Form& field(std::string_view name, std::string_view value) {
    begin(name);
    std::string text;
    append_percent(text, value, true);
    rope_.add(text);
    return *this;
  }

  // Leaves the field out when the value is empty.
  Form& field_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : field(name, value);
  }

  Form& secret(std::string_view name, std::uint64_t slot) {
    begin(name);
    rope_.secret(slot, {Encode::form});
    return *this;
  }

  // As base64, as the vendors want pictures and videos in forms.
  Form& blob_base64(std::string_view name, std::uint64_t blob_id) {
    begin(name);
    rope_.blob(blob_id, {Encode::base64, Encode::form});
    return *this;
  }

  Form& rope(std::string_view name, Rope value) {
    begin(name);
    rope_.rope(std::move(value), {Encode::form});
    return *this;
  }

  const Rope& rope() const { return rope_; }

  static constexpr std::string_view media_type() { return "application/x-www-form-urlencoded"; }

 private:
  void begin(std::string_view name) {
    std::string text = rope_.empty() ? "" : "&";
    append_percent(text, name, true);
    text += '=';
    rope_.add(text);
  }

  Rope rope_;
};

// multipart/form-data (RFC 7578). The boundary comes from the exchange's entropy, so that the same
// inputs give the same bytes.
class Multipart {
 public:
  explicit Multipart(std::span<const std::uint8_t> entropy)
      : boundary_("idswitch-" + hex(entropy.first(entropy.size() < 16 ? entropy.size() : 16))) {}

  Multipart& field(std::string_view name, std::string_view value) {
    begin(name, {}, {});
    rope_.add(value);
    rope_.add("\r\n");
    return *this;
  }

  Multipart& field_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : field(name, value);
  }

  Multipart& rope(std::string_view name, const Rope& value) {
    begin(name, {}, {});
    rope_.append(value);
    rope_.add("\r\n");
    return *this;
  }

  // A file part: the blob's bytes as they are.
  Multipart& file(std::string_view name, std::string_view file_name, std::string_view media_type,
                  std::uint64_t blob_id) {
    begin(name, file_name, media_type);
    rope_.blob(blob_id);
    rope_.add("\r\n");
    return *this;
  }

  Rope rope() const {
    Rope whole = rope_;
    whole.add("--" + boundary_ + "--\r\n");
    return whole;
  }

  std::string media_type() const { return "multipart/form-data; boundary=" + boundary_; }

 private:
  // Names and file names are the adapter's own literals; quotes and line ends in them are dropped.
  static std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c != '"' && c != '\r' && c != '\n') out += c;
    }
    return out + '"';
  }

  void begin(std::string_view name, std::string_view file_name, std::string_view media_type) {
    std::string head = "--" + boundary_ + "\r\nContent-Disposition: form-data; name=" + quoted(name);
    if (!file_name.empty()) head += "; filename=" + quoted(file_name);
    if (!media_type.empty()) head += "\r\nContent-Type: " + std::string(media_type);
    rope_.add(head + "\r\n\r\n");
  }

  std::string boundary_;
  Rope rope_;
};

// One flat JSON object; nested ones through rope().
class JsonBody {
 public:
  JsonBody& field(std::string_view name, std::string_view value) {
    begin(name);
    rope_.add("\"").add(value, {Encode::json}).add("\"");
    return *this;
  }

  JsonBody& field_if(std::string_view name, std::string_view value) {
    return value.empty() ? *this : field(name, value);
  }

  JsonBody& number(std::string_view name, std::int64_t value) {
    begin(name);
    rope_.add(std::to_string(value));
    return *this;
  }

  JsonBody& secret(std::string_view name, std::uint64_t slot) {
    begin(name);
    rope_.add("\"").secret(slot, {Encode::json}).add("\"");
    return *this;
  }

  JsonBody& blob_base64(std::string_view name, std::uint64_t blob_id) {
    begin(name);
    rope_.add("\"").blob(blob_id, {Encode::base64}).add("\"");
    return *this;
  }

  // value is JSON already.
  JsonBody& rope(std::string_view name, const Rope& value) {
    begin(name);
    rope_.append(value);
    return *this;
  }

  Rope rope() const {
    Rope whole("{");
    whole.append(rope_).add("}");
    return whole;
  }

  static constexpr std::string_view media_type() { return "application/json"; }

 private:
  void begin(std::string_view name) {
    rope_.add(rope_.empty() ? "\"" : ",\"").add(name, {Encode::json}).add("\":");
  }

  Rope rope_;
};

}  // namespace idswitch::sdk
