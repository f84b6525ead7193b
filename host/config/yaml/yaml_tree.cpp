#include "config/yaml/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <sstream>
#include <utility>

#include "config/yaml/source_text.hpp"

namespace idswitch::config {
namespace {

// Events of yaml-cpp's parser to a tree. Its own node tree forgets the positions of keys, which
// scalars were quoted, and repeated keys.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, YamlTree& tree) : source_(source), tree_(tree) {}

  // For a stray ',' or ']' yaml-cpp begins one empty document after another, without end: nobody
  // may ask for a third.
  bool is_full() const { return documents_ >= 2; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ < 2) return;
    fault(mark, source_.has(mark.line, mark.column, "---")
                    ? "a second document: everything must stand in one, without a further \"---\""
                    : "nothing can stand here: is it indented like what it belongs to?");
  }

  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override {
    add(make(mark, YamlNode::Kind::nothing));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    fault(mark, "an alias (\"*name\"): write the value itself");
    add(make(mark, YamlNode::Kind::scalar));
  }

  void OnAnchor(const YAML::Mark& mark, const std::string&) override {
    fault(mark, "an anchor (\"&name\"): write the value where it is used");
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                const std::string& value) override {
    refuse_tag(mark, tag);
    YamlNode node = make(mark, YamlNode::Kind::scalar);
    node.quoted = tag == "!";
    node.text = value;
    if (node.quoted && source_.is_unclosed_quote(mark.line, mark.column)) {
      fault(mark, "a quote that is never closed");
    }
    add(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open_.push_back({make(mark, YamlNode::Kind::list), {}});
  }

  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    refuse_tag(mark, tag);
    open_.push_back({make(mark, YamlNode::Kind::mapping), {}});
  }

  void OnMapEnd() override { close(); }

 private:
  struct Open {
    YamlNode node;
    std::optional<YamlMember> key;  // of a mapping: read, its value is not
  };

  YamlNode make(const YAML::Mark& mark, YamlNode::Kind kind) const {
    YamlNode node;
    node.kind = kind;
    node.where = source_.mark(mark.line, mark.column);
    return node;
  }

  void fault(const YAML::Mark& mark, std::string text) {
    tree_.faults.push_back({source_.mark(mark.line, mark.column), std::move(text)});
  }

  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      fault(mark, "a tag (\"!name\"): write the value without it, in quotes for a text");
    }
  }

  void close() {
    YamlNode done = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(done));
  }

  void add(YamlNode node) {
    if (open_.empty()) {
      if (documents_ == 1) tree_.root = std::move(node);
      return;
    }
    Open& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::list) {
      parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
      parent.key->value = std::move(node);
      parent.node.members.push_back(std::move(*parent.key));
      parent.key.reset();
    } else {
      if (node.kind != YamlNode::Kind::scalar) {
        tree_.faults.push_back({node.where, "a key must be a word"});
      }
      parent.key = YamlMember{std::move(node.text), node.where, {}};
    }
  }

  const SourceText& source_;
  YamlTree& tree_;
  std::vector<Open> open_;
  int documents_ = 0;
};

// yaml-cpp's words for the frequent mistakes, in words that say what to do.
std::string explain(const std::string& message) {
  static constexpr std::pair<const char*, const char*> k_explanations[] = {
      {"illegal map value",
       "a \":\" where none can stand: indent keys of one level alike, and quote a text that holds "
       "\": \""},
      {"end of map not found", "the indentation does not fit the lines above"},
      {"end of sequence not found", "the indentation does not fit the lines above"},
      {"end of map flow not found", "a \"{\" without its \"}\", or a missing comma"},
      {"end of sequence flow not found", "a \"[\" without its \"]\", or a missing comma"},
      {"illegal flow end", "a \"]\" or \"}\" without its \"[\" or \"{\""},
      {"unknown token", "a text cannot begin with this character: put it in quotes"},
      {"the referenced anchor is not defined", "an alias (\"*name\"): write the value itself"},
  };
  for (const auto& [theirs, ours] : k_explanations) {
    if (message == theirs) return ours;
  }
  return "not YAML: " + message;
}

}  // namespace

YamlTree read_yaml(const std::string& text) {
  const SourceText source(text);
  YamlTree tree;
  tree.faults = source.faults();
  if (!tree.faults.empty()) return tree;
  try {
    std::istringstream stream(source.text());
    YAML::Parser parser(stream);
    TreeBuilder builder(source, tree);
    while (!builder.is_full() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Mark where =
        error.mark.is_null() ? Mark{} : source.mark(error.mark.line, error.mark.column);
    tree.faults.push_back({where, explain(error.msg)});
  }
  return tree;
}

}  // namespace idswitch::config
