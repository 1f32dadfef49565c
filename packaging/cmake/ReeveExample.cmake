# SPDX-License-Identifier: LGPL-2.1-or-later
# reeve_example(NAME KEY FILES file… SCRIPTS file…): an example that consists of scripts. Two copies that differ from the
# source in the directory of the scripts alone, the value KEY: to run from the build, and to install.
function(reeve_example NAME KEY)
        cmake_parse_arguments(PARSE_ARGV 2 EXAMPLE "" "" "FILES;SCRIPTS")
        set(INSTALLED ${CMAKE_INSTALL_FULL_DOCDIR}/examples/${NAME})
        foreach(COPY build install)
                if(COPY STREQUAL build)
                        set(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR})
                        set(PLACE ${CMAKE_CURRENT_BINARY_DIR})
                else()
                        set(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/installed)
                        set(PLACE ${INSTALLED})
                endif()
                foreach(FILE ${EXAMPLE_FILES} ${EXAMPLE_SCRIPTS})
                        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${FILE})
                        file(READ ${FILE} TEXT)
                        string(REPLACE "\n${KEY}=/usr/share/doc/reeve/examples/${NAME}\n" "\n${KEY}=${PLACE}\n" TEXT "${TEXT}")
                        file(WRITE ${DIRECTORY}/${FILE} "${TEXT}")
                endforeach()
                foreach(FILE ${EXAMPLE_SCRIPTS})
                        file(CHMOD ${DIRECTORY}/${FILE} PERMISSIONS
                                OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
                endforeach()
        endforeach()
        install(DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/installed/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/${NAME}
                COMPONENT doc USE_SOURCE_PERMISSIONS)
endfunction()
