# This machine's Catch2 2, which is a header, without the rest of /usr/include.
set(Catch2_VERSION 2)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/headers")
file(CREATE_LINK /usr/include/catch2 "${CMAKE_BINARY_DIR}/headers/catch2" SYMBOLIC)
if(NOT TARGET Catch2::Catch2)
  add_library(Catch2::Catch2 INTERFACE IMPORTED)
  set_target_properties(Catch2::Catch2 PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_BINARY_DIR}/headers")
endif()
set(Catch2_FOUND TRUE)
