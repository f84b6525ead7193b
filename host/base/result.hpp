#pragma once

// Result<T>: a value or an Error, and the compiler complains when it is dropped. Any thread.

#include <boost/system/result.hpp>

#include "base/error.hpp"

namespace idswitch {

inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
  throw_exception_from_error(error, static_cast<const void*>(nullptr));
}

template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
 public:
  using boost::system::result<T, Error>::result;
};

template <>
class [[nodiscard]] Result<void> : public boost::system::result<void, Error> {
 public:
  using boost::system::result<void, Error>::result;
};

}  // namespace idswitch
