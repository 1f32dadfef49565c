/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A private container in the foreground. The daemon has a process group of its own, so that Ctrl-C on a terminal
 * reaches the command and us, and the daemon is told once, by us, when it is time to stop. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bus_address.h"
#include "child.h"
#include "clock.h"
#include "place.h"
#include "reeved.h"
#include "verb.h"

#define COMMAND_TIMEOUT_USEC UINT64_C(10000000) /* from SIGTERM to SIGKILL, as TimeoutStopSec= has it */
#define STATUS_NONE (-1)
#define FROM_TERMINAL SI_KERNEL

static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

typedef struct Run {
        Ctl *ctl;
        int signal_fd;
        Place place;
        sigset_t mask; /* as we were started */
        char *address; /* of the private socket */
        pid_t daemon;  /* 0: not running */
        pid_t command;
        uint64_t command_end_usec; /* when it is killed; UINT64_MAX: never */
        int daemon_status;         /* STATUS_NONE until it ended */
        int command_status;
        int signal; /* the first that was sent to us */
        unsigned n_interrupts;
        bool is_ready;
        bool is_stopping;
        bool is_over;
        bool is_lost;    /* the container ended before the command */
        bool is_crashed; /* the daemon did not end by itself: it may have left processes behind */
} Run;

static bool has_command(const Run *run)
{
        return run->ctl->options.command && run->ctl->options.command->pdata[0];
}

static void stop_daemon(Run *run)
{
        run->is_stopping = true;
        if (run->daemon > 0)
                (void) kill(run->daemon, SIGTERM);
        else
                run->is_over = true;
}

static void on_command_timeout(Run *run)
{
        run->command_end_usec = UINT64_MAX;
        if (run->command > 0)
                (void) kill(run->command, SIGKILL);
}

/* SIGNAL 0: it has got one */
static void end_command(Run *run, int signal)
{
        (void) kill(run->command, signal);
        run->command_end_usec = MIN(run->command_end_usec, clock_monotonic() + COMMAND_TIMEOUT_USEC);
}

static int start_daemon(Run *run)
{
        g_autofree char *path = reeved_find(run->ctl);
        g_autoptr(GPtrArray) arguments = NULL;
        g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "NOTIFY_SOCKET", run->place.notify, true);
        ChildSpec spec = {.mask = &run->mask, .is_background = true, .has_output_as_error = has_command(run)};
        int r;

        if (!path)
                return -ENOENT;
        if (ctl_has(run->ctl, OPTION_NO_COLOR))
                environment = g_environ_setenv(environment, "NO_COLOR", "1", true);
        arguments = reeved_arguments(run->ctl, path, "--foreground");
        g_ptr_array_add(arguments, g_strdup("--runtime-directory"));
        g_ptr_array_add(arguments, g_strdup(run->place.directory));
        g_ptr_array_add(arguments, NULL);
        spec.file = path;
        spec.arguments = (char *const *) arguments->pdata;
        spec.environment = environment;
        r = child_start(&spec, &run->daemon);
        if (r < 0)
                ctl_error(run->ctl, "run: %s: cannot be executed: %s", path, strerror(-r));
        return r;
}

/* The command finds reevectl also where it runs from a build tree, last of all. */
static char **add_own_directory(char **environment)
{
        const char *path = g_environ_getenv(environment, "PATH");
        g_autofree char *directory = reevectl_directory(), *longer = NULL;

        if (!directory)
                return environment;
        longer = path && *path ? g_strconcat(path, ":", directory, NULL) : g_strdup(directory);
        return g_environ_setenv(environment, "PATH", longer, true);
}

/* A command that cannot be executed counts as one that ended, with a shell's status for that. */
static void start_command(Run *run)
{
        GPtrArray *command = run->ctl->options.command;
        g_auto(GStrv) environment = g_environ_setenv(g_get_environ(), "REEVE_ADDRESS", run->address, true);
        ChildSpec spec = {.mask = &run->mask};
        int r;

        environment = g_environ_setenv(environment, "REEVE_RUNTIME_DIRECTORY", run->place.directory, true);
        environment = add_own_directory(environment);
        spec.file = command->pdata[0];
        spec.arguments = (char *const *) command->pdata;
        spec.environment = environment;
        r = child_start(&spec, &run->command);
        if (r >= 0)
                return;
        ctl_error(run->ctl, "run: %s: cannot be executed: %s", spec.file, strerror(-r));
        run->command_status = r == -ENOENT ? 127 : 126;
        stop_daemon(run);
}

static void on_notify(Run *run)
{
        if (!place_is_ready(&run->place, run->daemon) || run->is_ready)
                return;
        run->is_ready = true;
        if (has_command(run) && !run->is_stopping)
                start_command(run);
        else if (!run->is_stopping)
                ctl_note(run->ctl, "run: “reevectl --address %s” talks to it, Ctrl-C stops it", run->address);
}

static void on_daemon_end(Run *run, const siginfo_t *info)
{
        run->daemon = 0;
        run->daemon_status = child_exit_status(info);
        run->is_crashed = info->si_code != CLD_EXITED;
        if (run->is_crashed)
                ctl_error(run->ctl, "run: reeved was killed by signal %d (%s)", info->si_status,
                          strsignal(info->si_status));
        if (run->command == 0) {
                run->is_over = true;
                return;
        }
        run->is_lost = true;
        ctl_error(run->ctl, "run: the container ended (status %d) before the command did; ending the command",
                  run->daemon_status);
        end_command(run, SIGTERM);
}

static void on_child(Run *run)
{
        for (;;) {
                siginfo_t info = {0};

                if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG) < 0 || info.si_pid == 0)
                        return;
                if (info.si_pid == run->daemon) {
                        on_daemon_end(run, &info);
                } else if (info.si_pid == run->command) {
                        run->command = 0;
                        run->command_status = child_exit_status(&info);
                        stop_daemon(run);
                }
        }
}

/* A terminal has told the command already. What an interrupt means is the command's to decide: a shell goes on. */
static void pass_to_command(Run *run, int number, bool is_from_terminal)
{
        if (number != SIGINT)
                end_command(run, is_from_terminal ? 0 : number);
        else if (!is_from_terminal)
                (void) kill(run->command, SIGINT);
}

static void on_signal(Run *run, const struct signalfd_siginfo *signal)
{
        int number = (int) signal->ssi_signo;

        run->signal = run->signal ? run->signal : number;
        if (run->command > 0) {
                pass_to_command(run, number, signal->ssi_code == FROM_TERMINAL);
                return;
        }
        if (number == SIGINT)
                run->n_interrupts++;
        if (number == SIGQUIT || run->n_interrupts > 2) {
                if (run->daemon > 0)
                        (void) kill(run->daemon, SIGKILL);
                return;
        }
        if (run->n_interrupts == 2)
                ctl_note(run->ctl, "run: stopping in order; once more kills everything");
        if (!run->is_stopping)
                stop_daemon(run);
}

/* Before anything exists that would have to be tidied up. What our parent had ignored (nohup) stays so. */
static int prepare(Run *run)
{
        sigset_t set;

        (void) sigemptyset(&set);
        (void) sigaddset(&set, SIGCHLD);
        for (size_t i = 0; i < G_N_ELEMENTS(handled); i++) {
                struct sigaction action;

                if (sigaction(handled[i], NULL, &action) == 0 && action.sa_handler != SIG_IGN)
                        (void) sigaddset(&set, handled[i]);
        }
        if (sigprocmask(SIG_BLOCK, &set, &run->mask) < 0)
                return -errno;
        /* our messages may go into a pipe that nobody reads any more: that must not leave a container behind */
        (void) signal(SIGPIPE, SIG_IGN);
        child_adopt_orphans();
        run->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        return run->signal_fd < 0 ? -errno : 0;
}

static void read_signals(Run *run)
{
        struct signalfd_siginfo signal;

        while (read(run->signal_fd, &signal, sizeof(signal)) == sizeof(signal))
                if (signal.ssi_signo == SIGCHLD)
                        on_child(run);
                else
                        on_signal(run, &signal);
}

/* That the container is ready is heard before that it has ended. */
static int loop(Run *run)
{
        struct pollfd waits[] = {{.fd = run->place.notify_fd, .events = POLLIN},
                                 {.fd = run->signal_fd, .events = POLLIN}};

        while (!run->is_over) {
                uint64_t now = clock_monotonic(), end = run->command_end_usec;
                int rest = end == UINT64_MAX ? -1
                           : end <= now      ? 0
                                             : (int) MIN((end - now) / 1000 + 1, (uint64_t) INT_MAX);

                if (poll(waits, G_N_ELEMENTS(waits), rest) < 0 && errno != EINTR)
                        return -errno;
                if (waits[0].revents)
                        on_notify(run);
                if (waits[1].revents)
                        read_signals(run);
                if (clock_monotonic() >= run->command_end_usec)
                        on_command_timeout(run);
        }
        return 0;
}

static int run_container(Run *run)
{
        g_autofree char *path = NULL;
        int r = place_init(&run->place, run->ctl);

        if (r < 0)
                return r;
        path = g_build_filename(run->place.directory, "bus", NULL);
        run->address = bus_address_of_path(path);
        r = start_daemon(run);
        return r < 0 ? r : loop(run);
}

static int result(const Run *run)
{
        if (run->command_status != STATUS_NONE)
                return run->is_lost && run->daemon_status > 0 ? run->daemon_status : run->command_status;
        if (!has_command(run) || run->daemon_status > 0)
                return MAX(run->daemon_status, 0);
        if (run->signal)
                return 128 + run->signal;
        ctl_error(run->ctl, "run: the container ended before it was ready; the command was not run");
        return EXIT_OTHER;
}

int verb_run(Ctl *ctl)
{
        Run run = {.ctl = ctl,
                   .signal_fd = -1,
                   .command_end_usec = UINT64_MAX,
                   .daemon_status = STATUS_NONE,
                   .command_status = STATUS_NONE,
                   .place.notify_fd = -1};
        int r;

        if (ctl_has(ctl, OPTION_OVERLAY)) {
                ctl_error(ctl, "run: --overlay: not available yet");
                return EXIT_USAGE;
        }
        if (ctl->options.command && !has_command(&run)) {
                ctl_error(ctl, "run: which command? Nothing stands behind “--”");
                return EXIT_USAGE;
        }
        r = prepare(&run);
        if (r < 0)
                ctl_error(ctl, "run: cannot handle signals: %s", strerror(-r));
        else
                r = run_container(&run);
        if (run.is_crashed)
                child_end_all();
        place_done(&run.place, ctl);
        if (run.signal_fd >= 0)
                (void) close(run.signal_fd);
        g_free(run.address);
        return r < 0 ? EXIT_OTHER : result(&run);
}
