/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "child.h"
#include "place.h"

static void send_to(const Place *place, const char *text)
{
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        assert_true(fd >= 0);
        (void) g_strlcpy(address.sun_path, place->notify, sizeof(address.sun_path));
        assert_int_equal(sendto(fd, text, strlen(text), 0, (const struct sockaddr *) &address, sizeof(address)),
                         strlen(text));
        (void) close(fd);
}

/* P21: READY counts from the daemon alone, and as a line of its own */
static void test_ready(void **state)
{
        static const struct {
                const char *text;
                bool is_daemon, is_ready;
        } cases[] = {
                {"READY=1", true, true},   {"STATUS=5 ready\nREADY=1\n", true, true},
                {"READY=1", false, false}, {"STATUS=not READY=1", true, false},
                {"READY=10", true, false}, {"READY=0", true, false},
        };
        Ctl ctl = {0};
        Place place;

        (void) state;
        assert_int_equal(place_init(&place, &ctl), 0);
        assert_false(place_is_ready(&place, getpid()));
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                send_to(&place, cases[i].text);
                assert_int_equal(place_is_ready(&place, cases[i].is_daemon ? getpid() : getpid() + 1),
                                 cases[i].is_ready);
        }
        place_done(&place, &ctl);
}

static void test_removed_whole(void **state)
{
        g_autofree char *outside = g_dir_make_tmp("reeve-test-XXXXXX", NULL), *base = NULL, *deep = NULL, *link = NULL,
                        *kept = NULL;
        struct stat info;
        Ctl ctl = {0};
        Place place;

        (void) state;
        assert_non_null(outside);
        kept = g_build_filename(outside, "kept", NULL);
        assert_true(g_file_set_contents(kept, "x", 1, NULL));
        assert_int_equal(place_init(&place, &ctl), 0);
        base = g_strdup(place.base);
        assert_int_equal(stat(base, &info), 0);
        assert_int_equal(info.st_mode & 0777, geteuid() == 0 ? 0711 : 0700);
        deep = g_build_filename(place.directory, "c", "db", "x", NULL);
        assert_int_equal(g_mkdir_with_parents(deep, 0700), 0);
        link = g_build_filename(place.directory, "c", "link", NULL);
        assert_int_equal(symlink(outside, link), 0);
        place_done(&place, &ctl);
        assert_int_equal(access(base, F_OK), -1);
        assert_int_equal(access(kept, F_OK), 0);
        (void) unlink(kept);
        (void) rmdir(outside);
}

static int run_and_wait(const char *file, const char *script)
{
        const char *const arguments[] = {file, "-c", script, NULL};
        const char *const environment[] = {"PATH=/usr/bin:/bin", NULL};
        sigset_t mask;
        ChildSpec spec = {
                .file = file,
                .arguments = (char *const *) arguments,
                .environment = (char *const *) environment,
                .mask = &mask,
                .is_background = true,
        };
        siginfo_t info = {0};
        pid_t pid;
        int r;

        (void) sigemptyset(&mask);
        r = child_start(&spec, &pid);
        if (r < 0)
                return r;
        assert_int_equal(waitid(P_PID, (id_t) pid, &info, WEXITED), 0);
        return child_exit_status(&info);
}

static void test_child(void **state)
{
        static const struct {
                const char *file, *script;
                int status;
        } cases[] = {
                {"sh", "exit 7", 7},
                {"/bin/sh", "kill -9 $$", 137},
                {"sh", "read line; exit $?", 1},                                       /* the background has no input */
                {"sh", "read -r _ _ _ _ group _ </proc/$$/stat; test $group = $$", 0}, /* of its own */
                {"/does/not/exist", "", -ENOENT},
                {"/etc/passwd", "", -EACCES},
        };

        (void) state;
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_int_equal(run_and_wait(cases[i].file, cases[i].script), cases[i].status);
}

/* P5, for a private container whose daemon crashed: deaf, double-forked, in a session of its own */
static void test_end_all(void **state)
{
        sigset_t set;

        (void) state;
        (void) sigemptyset(&set);
        (void) sigaddset(&set, SIGCHLD);
        assert_int_equal(sigprocmask(SIG_BLOCK, &set, NULL), 0);
        child_adopt_orphans();
        assert_int_equal(run_and_wait("sh", "trap '' TERM; setsid sleep 1000 & sleep 1000 & exit 0"), 0);
        child_end_all();
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ready),
                cmocka_unit_test(test_removed_whole),
                cmocka_unit_test(test_child),
                cmocka_unit_test(test_end_all),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
