# idswitch_precompile(TARGET KIND): the headers that most of its files include, compiled once for all targets of a kind.
#   plain     the standard library, Result
#   waiting   plain, and Asio's coroutines; for what links idswitch::compiled_boost
#   testing, testing_waiting   the same two, and GoogleTest
# A file includes what it uses all the same: with IDSWITCH_PRECOMPILED off it must compile.
option(IDSWITCH_PRECOMPILED "Compile common headers once" ON)

function(idswitch_make_precompiled kind)
  add_library(idswitch_precompiled_${kind} OBJECT ${PROJECT_SOURCE_DIR}/cmake/precompiled.cpp)
  target_precompile_headers(idswitch_precompiled_${kind} PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled_${kind}.hpp)
  target_link_libraries(idswitch_precompiled_${kind} PRIVATE idswitch_warnings ${ARGN})
endfunction()

if(IDSWITCH_PRECOMPILED)
  idswitch_make_precompiled(plain Boost::headers)
  idswitch_make_precompiled(waiting idswitch::compiled_boost Boost::json)
endif()

function(idswitch_precompile target kind)
  if(IDSWITCH_PRECOMPILED)
    # The headers are compiled as for a library; a program must be compiled alike.
    get_target_property(type ${target} TYPE)
    if(type STREQUAL "EXECUTABLE")
      set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
      target_compile_options(${target} PRIVATE -fPIC)
    endif()
    target_precompile_headers(${target} REUSE_FROM idswitch_precompiled_${kind})
  endif()
endfunction()
