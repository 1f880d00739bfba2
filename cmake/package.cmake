# The Debian package: `cpack` in a release build makes pixelpim_<version>_<architecture>.deb.
set(deploy ${PROJECT_SOURCE_DIR}/deploy)

install(TARGETS pixelpim RUNTIME DESTINATION bin)
install(FILES ${deploy}/systemd/pixelpim.service ${deploy}/systemd/pixelpim.socket DESTINATION /lib/systemd/system)
install(FILES ${deploy}/debian/pixelpim.toml DESTINATION /etc/pixelpim)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md DESTINATION share/doc/pixelpim)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/pixelpim RENAME copyright)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION share/doc/pixelpim PATTERN decisions EXCLUDE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pixelpim)
set(CPACK_PACKAGE_VENDOR PixelPim)
set(CPACK_PACKAGE_CONTACT "PixelPim <pixelpim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "product information management with a trash that loses nothing")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# Its own database where no other is named, and images: found when they are there.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "passwd, ca-certificates, postgresql-client-15, libvips42")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS postgresql-15)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
file(WRITE ${PROJECT_BINARY_DIR}/conffiles "/etc/pixelpim/pixelpim.toml\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
  ${deploy}/debian/postinst ${deploy}/debian/prerm ${deploy}/debian/postrm ${PROJECT_BINARY_DIR}/conffiles)
include(CPack)
