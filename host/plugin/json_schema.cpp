#include "plugin/json_schema.hpp"

#include <boost/json.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace idswitch::plugin {

struct JsonSchema::Compiled {
  valijson::Schema schema;
};

Result<JsonSchema> JsonSchema::compile(std::string_view text) {
  boost::system::error_code failure;
  const boost::json::value document = boost::json::parse({text.data(), text.size()}, failure);
  if (failure || !document.is_object()) {
    return Error(Errc::plugin_refused, "a schema of the plugin is not a JSON object");
  }
  JsonSchema made;
  try {
    auto compiled = std::make_shared<Compiled>();
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    parser.populateSchema(valijson::adapters::BoostJsonAdapter(document), compiled->schema);
    made.compiled_ = std::move(compiled);
  } catch (const std::exception&) {
    return Error(Errc::plugin_refused, "a schema of the plugin is not JSON Schema draft 7");
  }
  if (const auto* properties = document.get_object().if_contains("properties");
      properties != nullptr && properties->is_object()) {
    for (const auto& property : properties->get_object()) {
      if (!made.known_names_.empty()) made.known_names_ += ", ";
      made.known_names_ += property.key();
    }
  }
  return made;
}

Result<void> JsonSchema::validate(const boost::json::value& value) const {
  valijson::ValidationResults results;
  try {
    valijson::Validator validator;
    if (validator.validate(compiled_->schema, valijson::adapters::BoostJsonAdapter(value),
                           &results)) {
      return {};
    }
  } catch (const std::exception&) {
    return Error(Errc::invalid_field, "cannot be checked against its schema");
  }
  // The errors come from the outside in; the deepest one names the member.
  std::string pointer;
  std::string what = "does not satisfy its schema";
  for (const auto& error : results) {
    std::string path;
    for (std::size_t i = 1; i < error.context.size(); ++i) {
      std::string step = error.context[i];
      if (step.size() >= 2 && step.front() == '[') step = step.substr(1, step.size() - 2);
      path += "/" + step;
    }
    if (path.size() >= pointer.size()) {
      pointer = path;
      what = error.description;
    }
  }
  if (pointer.empty() && what.find("additionalProperties") != std::string::npos) {
    what += "; known are: " + known_names_;
  }
  return Error(Errc::invalid_field, what, pointer);
}

}  // namespace idswitch::plugin
