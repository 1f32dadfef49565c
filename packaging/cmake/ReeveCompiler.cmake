# SPDX-License-Identifier: LGPL-2.1-or-later
# Compiler settings for everything in the tree.
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
        set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_compile_definitions(_GNU_SOURCE REEVE_VERSION="${PROJECT_VERSION}")
add_compile_options(
        -Wall -Wextra -Wno-unused-parameter -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes
        -Wformat=2 -Wundef -Wwrite-strings -Wpointer-arith -Wvla -Wimplicit-fallthrough
        -fno-common -fstack-protector-strong -fstack-clash-protection)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        add_compile_options(-fcf-protection)
endif()
if(REEVE_WERROR)
        add_compile_options(-Werror)
endif()
if(REEVE_SANITIZE)
        add_compile_options(-fsanitize=${REEVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        add_link_options(-fsanitize=${REEVE_SANITIZE})
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
        add_compile_definitions(_FORTIFY_SOURCE=2)
endif()
add_link_options(-Wl,-z,relro,-z,now -pie)
