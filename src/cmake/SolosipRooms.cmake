# A room is an object library: its sources are compiled once and go into one installed library and
# into the tests, which can so be built while other rooms do not compile.
include_guard(GLOBAL)

add_library(solosip_options INTERFACE)
target_compile_features(solosip_options INTERFACE cxx_std_20)
target_include_directories(solosip_options INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>")

function(solosip_warnings target)
  if(SOLOSIP_WARNINGS)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wshadow -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # GCC bug 105329: "literal" + std::string is taken for an overlapping copy at -O3.
      target_compile_options(${target} PRIVATE "$<$<CONFIG:Release>:-Wno-restrict>")
    endif()
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND SOLOSIP_SANITIZE)
      # With -fsanitize, GCC 12 loses the ranges that these three need and warns of correct code.
      target_compile_options(${target} PRIVATE
        -Wno-error=maybe-uninitialized -Wno-error=stringop-overflow -Wno-error=array-bounds)
      # ThreadSanitizer does not see fences; Asio's stand beside locks, which it sees.
      if(SOLOSIP_SANITIZE MATCHES "thread")
        target_compile_options(${target} PRIVATE -Wno-tsan)
      endif()
    endif()
  endif()
endfunction()

# solosip_room(NAME SOURCES file... [LINK target...])
function(solosip_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_library(solosip_room_${name} OBJECT ${arg_SOURCES})
  target_link_libraries(solosip_room_${name} PUBLIC solosip_options ${arg_LINK})
  set_target_properties(solosip_room_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  solosip_warnings(solosip_room_${name})
endfunction()

# solosip_library(NAME ROOMS room... [PUBLIC target...] [PRIVATE target...]): solosip::NAME
function(solosip_library name)
  cmake_parse_arguments(arg "" "" "ROOMS;PUBLIC;PRIVATE" ${ARGN})
  set(target solosip_${name})
  add_library(${target})
  add_library(solosip::${name} ALIAS ${target})
  foreach(room IN LISTS arg_ROOMS)
    target_sources(${target} PRIVATE $<TARGET_OBJECTS:solosip_room_${room}>)
  endforeach()
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    OUTPUT_NAME $<IF:$<STREQUAL:${name},solosip>,solosip,solosip-${name}>
    LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION}
    SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:include>")
  target_link_libraries(${target} PUBLIC ${arg_PUBLIC} PRIVATE ${arg_PRIVATE} ${SOLOSIP_ATOMIC})
  set_property(GLOBAL APPEND PROPERTY SOLOSIP_LIBRARIES ${target})
endfunction()
