# SPDX-License-Identifier: LGPL-2.1-or-later
# reeve_layer(NAME SOURCES file... LOWER layer... [LIBRARIES target...])
# One static library a folder of daemon/. LOWER names the layers it may call; nothing else of the daemon is linked, so
# that a call upwards fails when the layer's tests are linked whole.
function(reeve_layer NAME)
        cmake_parse_arguments(ARG "" "" "SOURCES;LOWER;LIBRARIES" ${ARGN})
        add_library(reeve-${NAME} STATIC ${ARG_SOURCES})
        target_include_directories(reeve-${NAME} PUBLIC ${CMAKE_SOURCE_DIR}/daemon)
        list(TRANSFORM ARG_LOWER PREPEND reeve-)
        target_link_libraries(reeve-${NAME} PUBLIC ${ARG_LOWER} PkgConfig::GLIB ${ARG_LIBRARIES})
endfunction()

# reeve_unit_tests(LAYER LIBRARIES target...): one cmocka binary for each test_*.c of tests/unit/LAYER, with its *fixture.c
# where there are such.
function(reeve_unit_tests LAYER)
        cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
        file(GLOB FILES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${LAYER}/test_*.c)
        file(GLOB SHARED CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/${LAYER}/*fixture.c)
        foreach(FILE ${FILES})
                get_filename_component(TEST ${FILE} NAME_WE)
                set(TARGET unit-${LAYER}-${TEST})
                add_executable(${TARGET} ${FILE} ${SHARED})
                target_include_directories(${TARGET} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
                target_link_libraries(${TARGET} PRIVATE ${ARG_LIBRARIES} PkgConfig::CMOCKA)
                add_test(NAME unit/${LAYER}/${TEST} COMMAND ${TARGET})
                set_tests_properties(unit/${LAYER}/${TEST} PROPERTIES LABELS unit TIMEOUT 180 SKIP_RETURN_CODE 77)
        endforeach()
endfunction()
