/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "foreign_key.h"

#include <stddef.h>
#include <string.h>

typedef struct ForeignKey {
        const char *key, *hint;
} ForeignKey;

#define REQUIRES "write Requires=, which waits until the other is ready, or Wants=, which goes on without it"
#define LISTEN "write Listen=NAME=tcp:ADDRESS:PORT or Listen=NAME=unix:, or AllocatePort=NAME for a program that binds"
#define BEFORE "write a component of Type=oneshot that does it, and Requires= of that one here"
#define READY "write ExecStartup= with a command that ends well as soon as it works"
#define FOLDER "REEVE_RUNTIME_DIR is a folder of its own, made before it starts"

static const ForeignKey keys[] = {
        {"Before", "write After= in the other component"},
        {"BindsTo", REQUIRES},
        {"ExecCondition", "see the Condition…= keys of `reeved --schema`"},
        {"ExecStartPost", "write ExecStartup=, which runs when it is ready by its own account"},
        {"ExecStartPre", BEFORE},
        {"ExecStop", "write ExecShutdown=; KillSignal= is sent after it"},
        {"ExecStopPost", "write ExecPreDestroy=, which runs last, before KillSignal="},
        {"ListenDatagram", LISTEN},
        {"ListenStream", LISTEN},
        {"PartOf", REQUIRES},
        {"RequiredBy", "write Requires= in the other component"},
        {"Requisite", REQUIRES},
        {"RuntimeDirectory", FOLDER},
        {"SetCredential", "write a [Value NAME] with Secret=yes, and LoadCredential=NAME here"},
        {"Sockets", LISTEN},
        {"WantedBy", "leave it out: what stands in a module is started, unless Start=lazy"},
        {"command", "write ExecStart="},
        {"depends_on", REQUIRES},
        {"entrypoint", "write ExecStart="},
        {"env_file", "write EnvironmentFile="},
        {"expose", LISTEN},
        {"healthcheck", READY},
        {"image", "write ExecStart=: a component is a program of this machine"},
        {"ports", LISTEN},
        {"secrets", "write a [Value NAME] with Secret=yes and File=, and LoadCredential=NAME here"},
        {"working_dir", "write WorkingDirectory="},
};

const char *foreign_key_hint(const char *key)
{
        for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
                if (strcmp(keys[i].key, key) == 0)
                        return keys[i].hint;
        return NULL;
}
