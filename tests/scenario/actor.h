/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Owns: the contract between the actor's script (actor.c) and what it can do (actor_notify.c, actor_brood.c,
 * actor_mischief.c, actor_clean.c, actor_bus.c).
 * Does not own: when any of it happens. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* One line in the log: monotonic µs, name, EVENT, DETAIL. */
void actor_log(const char *event, const char *detail);

/* One datagram to $NOTIFY_SOCKET, where there is one; blocking. */
void notify_send(const char *text);
void notify_bytes(const void *data, size_t n, int n_fds);
/* WHO: child, or a number */
void notify_mainpid(const char *who);
/* Everything a supervisor should survive: empty, NUL, binary, huge, many lines, descriptors, wrong numbers. */
void notify_garbage(void);
/* unix:PATH; accepted by the kernel, never answered */
void listen_at(const char *address);

/* Processes that outlive their parent and are deaf to SIGTERM. */
void brood_double_fork(void);
void brood_setsid(void);
void brood_many(int n);
/* One that ends when it is asked to, and logs child-term. */
void brood_polite(void);
/* Two that start each other again. */
void brood_respawn(void);

/* The hooks of Type=reeve, in a thread of its own; WORDS, separated by commas, say what goes another way:
 * HOOK:late=MS :until=FILE (is there) :never :block=MS :error[=TEXT] :absent :exit=N :signal=N :close :answer-and-exit;
 * no-lifecycle, :resolve=KEY (answers when that is answered); resolve=KEY, again, timeout=MS, release=KEY,
 * publish=NAME:VALUE; ready=MS, connect-on=FILE, never-connect, close=MS, garbage=TEXT, deaf, flood, pry, status=TEXT,
 * extend=MS. */
void bus_serve(const char *words);
/* What a component should not do, by NAMES separated by commas; some never return. */
void mischief(const char *names);
/* RATE MB a second to stdout, until SIGTERM is pending. */
void pour(double rate);

/* The state this process was started in, as lines "what value", into PATH. */
void clean_write(const char *path, int argc, char **argv);

/* The words of a comma-separated list, which may be NULL. */
typedef struct Words {
        char text[512], *rest, *word;
} Words;

static inline Words words_of(const char *list)
{
        Words words = {0};

        strncpy(words.text, list ? list : "", sizeof(words.text) - 1);
        return words;
}

#define words_each(list, name)                                                                                         \
        for (Words words_ = words_of(list);                                                                            \
             (words_.word = strtok_r(words_.rest ? NULL : words_.text, ",", &words_.rest)) != NULL;)                   \
                for (const char *name = words_.word; name; name = NULL)
