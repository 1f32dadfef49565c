/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "thread.h"

#include <signal.h>

int thread_begin(void *(*main)(void *userdata), void *userdata, pthread_t *ret)
{
        sigset_t all, saved;
        pthread_attr_t attributes;
        int error = pthread_attr_init(&attributes);

        if (error)
                return -error;
        (void) pthread_attr_setstacksize(&attributes, THREAD_STACK_SIZE);
        (void) sigfillset(&all);
        (void) pthread_sigmask(SIG_SETMASK, &all, &saved);
        error = pthread_create(ret, &attributes, main, userdata);
        (void) pthread_sigmask(SIG_SETMASK, &saved, NULL);
        (void) pthread_attr_destroy(&attributes);
        return -error;
}
