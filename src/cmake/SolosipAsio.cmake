# Standalone Asio 1.22.1 and later, with the settings that every translation unit of a program must
# share, ours and the embedder's; libsndfile; libsamplerate.
include_guard(GLOBAL)
find_package(Threads REQUIRED)
find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)

add_library(solosip_asio INTERFACE)
set_target_properties(solosip_asio PROPERTIES EXPORT_NAME asio)
target_include_directories(solosip_asio SYSTEM INTERFACE "$<BUILD_INTERFACE:${ASIO_INCLUDE_DIR}>")
target_link_libraries(solosip_asio INTERFACE Threads::Threads)
target_compile_definitions(solosip_asio INTERFACE
  ASIO_STANDALONE
  ASIO_NO_DEPRECATED
  ASIO_SEPARATE_COMPILATION
  # 1.22.1 decides on aligned_alloc by which header came first: two files could disagree.
  ASIO_DISABLE_STD_ALIGNED_ALLOC=1
  # 1.22.1 does not see that Clang with libstdc++ has coroutines.
  ASIO_HAS_CO_AWAIT=1
  ASIO_HAS_STD_COROUTINE=1)

find_package(PkgConfig REQUIRED)
pkg_check_modules(sndfile REQUIRED IMPORTED_TARGET GLOBAL sndfile)
if(NOT TARGET SndFile::sndfile)
  add_library(SndFile::sndfile ALIAS PkgConfig::sndfile)
endif()
pkg_check_modules(samplerate REQUIRED IMPORTED_TARGET GLOBAL samplerate)
if(NOT TARGET SampleRate::samplerate)
  add_library(SampleRate::samplerate ALIAS PkgConfig::samplerate)
endif()
