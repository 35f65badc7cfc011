# `cmake --install build/release` puts everything where systemd and man look for it; `--target deb` makes a Debian package.
include(GNUInstallDirs)

install(TARGETS pforte RUNTIME DESTINATION bin)
install(FILES README.md ARCHITECTURE.md DESTINATION share/doc/pforte)
install(DIRECTORY docs/ DESTINATION share/doc/pforte)
install(FILES packaging/copyright packaging/pforte.toml DESTINATION share/doc/pforte)

# What depends on the prefix of the installation, which may differ from that of the configuration. A system's prefix has its
# configuration in /etc, where the program looks for it; an existing one is never overwritten.
set(service_template ${CMAKE_CURRENT_SOURCE_DIR}/packaging/pforte.service.in)
set(service ${CMAKE_CURRENT_BINARY_DIR}/pforte.service)
set(packaging ${CMAKE_CURRENT_SOURCE_DIR}/packaging)
set(compressed ${CMAKE_CURRENT_BINARY_DIR}/compressed)
file(GLOB manual CONFIGURE_DEPENDS man/*.[1-8])
set(changelog ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md)
install(CODE "
  set(service_template [[${service_template}]])
  set(service [[${service}]])
  set(packaging [[${packaging}]])
  set(compressed [[${compressed}]])
  set(changelog [[${changelog}]])
  set(manual [[${manual}]])")
install(CODE [[
  set(etc "${CMAKE_INSTALL_PREFIX}/etc")
  if(CMAKE_INSTALL_PREFIX MATCHES "^/usr(/local)?/?$")
    set(etc /etc)
  endif()
  set(BINDIR "${CMAKE_INSTALL_PREFIX}/bin")
  configure_file(${service_template} ${service} @ONLY)
  file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system" TYPE FILE FILES ${service})
  if(NOT EXISTS "$ENV{DESTDIR}${etc}/pforte/pforte.toml")
    file(INSTALL DESTINATION "${etc}/pforte" TYPE FILE FILES ${packaging}/pforte.toml)
  endif()
  file(INSTALL DESTINATION "${etc}/logrotate.d" TYPE FILE RENAME pforte FILES ${packaging}/pforte.logrotate)

  file(MAKE_DIRECTORY ${compressed})
  foreach(page IN LISTS manual changelog)
    cmake_path(GET page FILENAME name)
    execute_process(COMMAND gzip -9nc ${page} OUTPUT_FILE ${compressed}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCH "[1-8]$" section ${name})
    if(section)
      file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/share/man/man${section}" TYPE FILE FILES ${compressed}/${name}.gz)
    else()
      file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/share/doc/pforte" TYPE FILE RENAME changelog.gz
           FILES ${compressed}/${name}.gz)
    endif()
  endforeach()
]])

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pforte)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Pforte authors <pforte@pforte.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "gate in front of business applications")
set(CPACK_PACKAGE_DESCRIPTION "Terminates TLS, lets through the context paths that rules allow, read as the application behind will \
read them, and carries requests to the application.")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION httpd)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS logrotate)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/debian/conffiles ${packaging}/debian/postinst ${packaging}/debian/prerm ${packaging}/debian/postrm)
include(CPack)

# CMake's own target `package` builds everything first, tests too; this builds what is packaged.
add_custom_target(deb COMMAND ${CMAKE_CPACK_COMMAND} --config ${CMAKE_BINARY_DIR}/CPackConfig.cmake -B ${CMAKE_BINARY_DIR}
                  COMMENT "Packaging pforte" VERBATIM)
add_dependencies(deb pforte)
