#pragma once

// Indentation: the blanks and tabs a line begins with. Looks at them and at one character more,
// whatever follows: a file has as many lines as it likes. Pure.

#include <algorithm>

namespace idswitch::config {

template <class Iterator>
struct Indentation {
  Iterator tab;  // the first one in it; `end` when there is none
  Iterator end;
};

template <class Iterator>
Indentation<Iterator> indentation_of(Iterator line, Iterator end_of_text) {
  Indentation<Iterator> found{end_of_text, line};
  bool has_tab = false;
  for (; found.end != end_of_text && (*found.end == ' ' || *found.end == '\t'); ++found.end) {
    if (*found.end == '\t' && !has_tab) {
      found.tab = found.end;
      has_tab = true;
    }
  }
  if (!has_tab) found.tab = found.end;
  return found;
}

}  // namespace idswitch::config
