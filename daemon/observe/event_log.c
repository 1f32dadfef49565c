/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "event_log.h"

#include "base/log.h"
#include "base/names.h"
#include "limiter.h"
#include "summary.h"

/* Of one class and second: enough for a handful of components that fall together, not for a thousand. */
#define LINES_A_CLASS 8

struct EventLog {
        Container *container;   /* borrowed */
        const Metrics *metrics; /* borrowed */
        Limiter *limiter;
        uint64_t stop_begun;
};

static void tell_held(EventLog *journal, uint64_t now)
{
        const char *class;
        uint32_t n;

        while ((class = limiter_sweep(journal->limiter, now, &n)) != NULL)
                log_warning("%s: %u more of these were not shown", class, n);
}

/* CLASS is what happened, and to whom where one component alone can make many. */
static bool may_say(EventLog *journal, const RunEvent *event, const char *class, uint32_t burst)
{
        uint32_t n;

        if (!limiter_pass(journal->limiter, class, burst, event->usec, &n))
                return false;
        if (n > 0)
                log_warning("%s: %u more of these were not shown", class, n);
        return true;
}

static void on_transition(EventLog *journal, const RunEvent *event)
{
        log_debug("%s: %s → %s (%s)", event->component, name_of(state_names, STATE_N_, (int) event->from),
                  name_of(state_names, STATE_N_, (int) event->to), event->reason);
        if (event->to == STATE_BLOCKED) {
                if (may_say(journal, event, "blocked", LINES_A_CLASS))
                        log_warning("%s: blocked: something it requires is not there (%s)", event->component,
                                    event->reason);
        } else if (event->to == STATE_FAILED && may_say(journal, event, "failed", LINES_A_CLASS)) {
                log_error("%s: failed (%s)", event->component, event->reason);
        }
}

static void on_warning(EventLog *journal, const RunEvent *event)
{
        g_autofree char *class = g_strdup_printf("%s%s%s", event->component ? event->component : "",
                                                 event->component ? ": " : "", event->reason);

        /* One component says a thing once a second; all of them together say it a few times. */
        if (!may_say(journal, event, class, 1) || !may_say(journal, event, event->reason, LINES_A_CLASS))
                return;
        if (event->component)
                log_warning("%s: %s", event->component, event->text ? event->text : event->reason);
        else
                log_warning("%s", event->text ? event->text : event->reason);
}

static void on_container(EventLog *journal, const RunEvent *event)
{
        log_debug("container: %s → %s (%s)", name_of(container_state_names, CONTAINER_N_, (int) event->container_from),
                  name_of(container_state_names, CONTAINER_N_, (int) event->container_to), event->reason);
        if (event->container_to == CONTAINER_DRAINING) {
                journal->stop_begun = event->usec;
                log_info("stopping (%s)", event->reason);
        } else if (journal->stop_begun != 0 &&
                   (event->container_to == CONTAINER_STOPPED || event->container_to == CONTAINER_FAILED)) {
                g_autofree char *text =
                        summary_of_stop(journal->container, journal->metrics, journal->stop_begun, event->usec);

                journal->stop_begun = 0;
                log_info("%s", text);
        }
}

static void on_startup(EventLog *journal)
{
        StartupOutcome outcome = metrics_outcome(journal->metrics);
        g_autofree char *text = summary_of_start(journal->container, &outcome);

        if (!outcome.is_success)
                log_error("%s", text);
        else if (outcome.n_failed + outcome.n_blocked > 0)
                log_warning("%s", text);
        else
                log_info("%s", text);
}

static void on_event(const RunEvent *event, void *userdata)
{
        EventLog *journal = userdata;

        tell_held(journal, event->usec);
        switch (event->kind) {
        case RUN_TRANSITION:
                on_transition(journal, event);
                break;
        case RUN_WARNING:
                on_warning(journal, event);
                break;
        case RUN_CONTAINER:
                on_container(journal, event);
                break;
        case RUN_STARTUP_FINISHED:
                on_startup(journal);
                break;
        case RUN_SUB_STATE:
                log_debug("%s: %s (%s)", event->component, name_of(sub_state_names, SUB_N_, (int) event->sub_state),
                          event->reason);
                break;
        case RUN_CHANGE:
                log_debug("change %" G_GUINT64_FORMAT ": %s", event->number, event->reason);
                break;
        case RUN_MAIN_PID:
        case RUN_ENDPOINTS:
        case RUN_STATUS:
        case RUN_KIND_N_:
                break;
        }
}

EventLog *event_log_new(Container *container, const Metrics *metrics)
{
        EventLog *journal = g_new0(EventLog, 1);

        journal->container = container;
        journal->metrics = metrics;
        journal->limiter = limiter_new();
        observers_add(container_observers(container), on_event, journal);
        return journal;
}

void event_log_free(EventLog *journal)
{
        if (!journal)
                return;
        observers_remove(container_observers(journal->container), on_event, journal);
        tell_held(journal, UINT64_MAX);
        limiter_free(journal->limiter);
        g_free(journal);
}
