# Headers, libraries, a CMake package and pkg-config files.
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

get_property(solosip_libraries GLOBAL PROPERTY SOLOSIP_LIBRARIES)
set(solosip_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/solosip")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/solosip" DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.hpp")
install(TARGETS ${solosip_libraries} EXPORT solosipTargets)
if(SOLOSIP_EDGE)
  install(TARGETS solosip_asio EXPORT solosipTargets)
endif()
install(EXPORT solosipTargets NAMESPACE solosip:: DESTINATION "${solosip_package_dir}")

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/solosipConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/solosipConfig.cmake" INSTALL_DESTINATION "${solosip_package_dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/solosipConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/solosipConfig.cmake"
  "${PROJECT_BINARY_DIR}/solosipConfigVersion.cmake" DESTINATION "${solosip_package_dir}")

# solosip_pkg_config(NAME DESCRIPTION text LIBS flags [REQUIRES module...] [NEEDS module...]
#                    [CFLAGS flags]): NEEDS are what only our own object code calls; a user of
# static libraries has to link them, a user of shared ones has not.
function(solosip_pkg_config name)
  cmake_parse_arguments(arg "" "DESCRIPTION;LIBS;CFLAGS" "REQUIRES;NEEDS" ${ARGN})
  if(BUILD_SHARED_LIBS)
    set(private "${arg_NEEDS}")
  else()
    list(APPEND arg_REQUIRES ${arg_NEEDS})
    set(private "")
  endif()
  list(JOIN arg_REQUIRES ", " PC_REQUIRES)
  list(JOIN private ", " PC_REQUIRES_PRIVATE)
  set(PC_NAME ${name})
  set(PC_DESCRIPTION "${arg_DESCRIPTION}")
  set(PC_LIBS "${arg_LIBS}")
  set(PC_CFLAGS "${arg_CFLAGS}")
  configure_file("${PROJECT_SOURCE_DIR}/src/cmake/solosip.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc"
    @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/${name}.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

set(atomic_flag "")
if(SOLOSIP_ATOMIC)
  set(atomic_flag " -latomic")
endif()
solosip_pkg_config(solosip-sip DESCRIPTION "SIP messages: parse, print, check"
  LIBS "-lsolosip-sip${atomic_flag}")
solosip_pkg_config(solosip-core DESCRIPTION "A SIP/RTP user agent without I/O"
  LIBS "-lsolosip-core" REQUIRES solosip-sip NEEDS libcrypto)
solosip_pkg_config(solosip-g711 DESCRIPTION "G.711 for solosip" LIBS "-lsolosip-g711"
  REQUIRES solosip-core)
solosip_pkg_config(solosip-g722 DESCRIPTION "G.722 for solosip" LIBS "-lsolosip-g722"
  REQUIRES solosip-core)
solosip_pkg_config(solosip-l16 DESCRIPTION "L16 for solosip" LIBS "-lsolosip-l16"
  REQUIRES solosip-core)
if(SOLOSIP_OPUS)
  solosip_pkg_config(solosip-opus DESCRIPTION "Opus for solosip" LIBS "-lsolosip-opus"
    REQUIRES solosip-core NEEDS opus)
endif()
set(srtp_package "")
if(SOLOSIP_SRTP)
  solosip_pkg_config(solosip-srtp DESCRIPTION "SRTP for solosip" LIBS "-lsolosip-srtp"
    REQUIRES solosip-core NEEDS libsrtp2)
  set(srtp_package solosip-srtp)
endif()
if(SOLOSIP_EDGE)
  # The settings that every translation unit of a program must share (SolosipAsio.cmake).
  get_target_property(definitions solosip_asio INTERFACE_COMPILE_DEFINITIONS)
  list(TRANSFORM definitions PREPEND "-D")
  list(JOIN definitions " " definitions)
  set(asio_include "")
  if(NOT ASIO_INCLUDE_DIR IN_LIST CMAKE_CXX_IMPLICIT_INCLUDE_DIRECTORIES)
    set(asio_include " -isystem ${ASIO_INCLUDE_DIR}")
  endif()
  solosip_pkg_config(solosip DESCRIPTION "${PROJECT_DESCRIPTION}" LIBS "-lsolosip -pthread"
    CFLAGS "${definitions}${asio_include} -pthread" REQUIRES ${srtp_package} solosip-g711 solosip-g722 solosip-l16 solosip-core
    NEEDS sndfile samplerate)
endif()
