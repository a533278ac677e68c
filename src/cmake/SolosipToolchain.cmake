# What the compiler is asked for beyond a target's own flags: a build type and ccache where we are
# the project itself, sanitizers, and libatomic where 64-bit atomics need it.
include_guard(GLOBAL)
include(CheckCXXSourceCompiles)

if(PROJECT_IS_TOP_LEVEL)
  find_program(SOLOSIP_CCACHE ccache)
  if(SOLOSIP_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${SOLOSIP_CCACHE}")
  endif()
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo)
  endif()
endif()

# 32-bit MIPS, ARM and PowerPC have no 64-bit atomic instructions: std::atomic<std::uint64_t> calls
# into libatomic there. Linking it everywhere would add a dependency that most do not have.
set(solosip_atomic_probe [[
#include <atomic>
#include <cstdint>
int main(int argc, char**)
{
    std::atomic<std::uint64_t> n{static_cast<std::uint64_t>(argc)};
    n.fetch_add(1);
    return n.load() == 0;
}]])
check_cxx_source_compiles("${solosip_atomic_probe}" SOLOSIP_ATOMIC_WITHOUT_LIBRARY)
set(SOLOSIP_ATOMIC "")
if(NOT SOLOSIP_ATOMIC_WITHOUT_LIBRARY)
  list(APPEND CMAKE_REQUIRED_LIBRARIES atomic)
  check_cxx_source_compiles("${solosip_atomic_probe}" SOLOSIP_ATOMIC_WITH_LIBRARY)
  list(REMOVE_ITEM CMAKE_REQUIRED_LIBRARIES atomic)
  if(NOT SOLOSIP_ATOMIC_WITH_LIBRARY)
    message(FATAL_ERROR "64-bit atomics compile neither with nor without libatomic")
  endif()
  set(SOLOSIP_ATOMIC atomic)
endif()

if(SOLOSIP_SANITIZE)
  add_compile_options(-fsanitize=${SOLOSIP_SANITIZE} -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SOLOSIP_SANITIZE})
endif()
if(SOLOSIP_LIBFUZZER)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "SOLOSIP_LIBFUZZER needs Clang: -DCMAKE_CXX_COMPILER=clang++-16")
  endif()
  # Coverage for every room; only the fuzzers link libFuzzer's main.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
