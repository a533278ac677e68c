# Nothing that is built here needs the library; src/base takes the header beside this file.
if(NOT TARGET OpenSSL::Crypto)
  add_library(OpenSSL::Crypto INTERFACE IMPORTED)
  target_include_directories(OpenSSL::Crypto INTERFACE "${CMAKE_CURRENT_LIST_DIR}/stand_in")
endif()
set(OpenSSL_FOUND TRUE)
