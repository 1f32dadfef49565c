/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and values in memory: "get KEY" and "set KEY VALUE". */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "line.h"

#define N_ROWS 256

typedef struct Row {
        char key[64];
        char value[512];
} Row;

typedef struct Table {
        Row rows[N_ROWS];
        size_t n;
} Table;

static Row *table_find(Table *table, const char *key)
{
        for (size_t i = 0; i < table->n; i++)
                if (strcmp(table->rows[i].key, key) == 0)
                        return &table->rows[i];
        return NULL;
}

static const char *table_set(Table *table, const char *key, const char *value)
{
        Row *row = table_find(table, key);

        if (strlen(key) >= sizeof(row->key) || strlen(value) >= sizeof(row->value))
                return "error too long";
        if (!row && table->n == N_ROWS)
                return "error full";
        if (!row)
                row = &table->rows[table->n++];
        strcpy(row->key, key);
        strcpy(row->value, value);
        return "ok";
}

static void on_request(char *request, char *answer, size_t size, void *userdata)
{
        Table *table = userdata;
        char *rest = request;
        const char *verb = strsep(&rest, " ");
        const char *key = strsep(&rest, " ");
        const Row *row;

        if (strcmp(verb, "set") == 0 && key && rest)
                (void) snprintf(answer, size, "%s", table_set(table, key, rest));
        else if (strcmp(verb, "get") == 0 && key && !rest) {
                row = table_find(table, key);
                (void) snprintf(answer, size, "%s%s", row ? "ok " : "none", row ? row->value : "");
        } else
                (void) snprintf(answer, size, "error expected get KEY or set KEY VALUE");
}

int main(void)
{
        static Table table;
        LineServer server = {.end = "\n", .handler = on_request, .userdata = &table};

        line_begin();
        server.listener = line_listen();
        if (server.listener < 0)
                return EXIT_FAILURE;
        printf("open, empty\n");
        line_ready("open");
        return line_serve(&server);
}
