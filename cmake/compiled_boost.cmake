# Asio, Asio-SSL and Beast compiled once instead of in every file that mentions them.
add_library(idswitch_compiled_boost STATIC ${CMAKE_CURRENT_LIST_DIR}/compiled_boost.cpp)
target_compile_definitions(idswitch_compiled_boost PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_HAS_CO_AWAIT)
# JSON too, so that all that links this has the same definitions: precompiled headers ask for that.
target_link_libraries(idswitch_compiled_boost PUBLIC Boost::headers Boost::json OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
add_library(idswitch::compiled_boost ALIAS idswitch_compiled_boost)
