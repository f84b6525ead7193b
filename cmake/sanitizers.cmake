# IDSWITCH_SANITIZE: empty, "address" (with undefined) or "thread". Applies to everything we build.
set(IDSWITCH_SANITIZE "" CACHE STRING "Sanitizer: address or thread")
if(IDSWITCH_SANITIZE STREQUAL "address")
  # gcc 12 takes the sanitizers' own checks for reads of uninitialised memory.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=address,undefined)
elseif(IDSWITCH_SANITIZE STREQUAL "thread")
  # gcc 12 warns that Asio's fences are not understood by the thread sanitizer; they only add order.
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
  add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
  add_link_options(-fsanitize=thread)
elseif(NOT IDSWITCH_SANITIZE STREQUAL "")
  message(FATAL_ERROR "IDSWITCH_SANITIZE must be empty, address or thread")
endif()
