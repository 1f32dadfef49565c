/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The light, or whatever else is switched on when the shop opens and off when it closes. */
#include <stdio.h>
#include <stdlib.h>

#include "line.h"

int main(int argc, char **argv)
{
        line_begin();
        printf("%s is on\n", argc > 1 ? argv[1] : "light");
        return line_serve(&(LineServer){.listener = -1});
}
