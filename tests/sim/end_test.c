/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The end of a run is its own: the last sample is the state that the metrics are of, and how often
 * a run is looked at changes neither when it ends nor anything that happens in it.
 */
#include "teller.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct distribution *stay_of(double seconds)
{
    return distribution_new(
        &(struct distribution_spec){ .kind = DISTRIBUTION_EXPONENTIAL, .a = seconds * 1e9 });
}

/* ---- the last sample ---- */

static void assert_last_sample(const struct sim_result *r)
{
    const struct sim_sample *last = &r->samples[r->sample_count - 1];
    const double known = 1 - metric(r, "residue");

    assert_int_equal(last->at, r->end);
    assert_true(r->sample_count < 2 || last[-1].at < last->at);
    assert_int_equal(last->alive, metric(r, "alive"));
    assert_true(last->alive == 0 || fabs(last->informed / last->alive - known) < 1e-12);
    assert_true(last->staleness == metric(r, "staleness"));
    assert_true(last->entropy == metric(r, "entropy"));
    assert_int_equal(last->messages, metric(r, "messages"));
}

static void the_last_sample_is_the_final_state(void **state)
{
    struct distribution *session = stay_of(5), *downtime = stay_of(2);
    uint32_t converged = 0;

    (void)state;
    for (uint32_t i = 0; i < 200; i++) {
        struct trial t;

        trial_open(&t, 20, "");
        if (i % 2)
            setup_rounds(&t.setup);
        t.setup.config.replication = i;
        t.setup.config.stop = (struct sim_stop){ 30 * SIM_SECOND, STOP_CONVERGED, 1000000 };
        t.setup.config.network.loss = 0.3;
        t.setup.config.workload.updates = t.setup.config.workload.keys = 3;
        t.setup.config.churn = (struct sim_churn){
            .session = session, .downtime = downtime, .share = 1, .start = CHURN_UP
        };
        t.setup.config.sample_every = i % 3 ? 0 : SIM_SECOND;
        trial_run(&t);
        assert_last_sample(&t.result);
        converged += strcmp(t.result.stop_reason, "converged") == 0;
        trial_close(&t);
    }
    assert_true(converged > 50 && converged < 200); /* both kinds of ends */
    distribution_free(session);
    distribution_free(downtime);
}

/* ---- quiet ---- */

struct end {
    sim_time at;
    uint64_t events, fingerprint;
};

static struct end end_of(struct setup *setup, sim_time sample_every, const char *reason)
{
    struct sim_result result;
    struct end end;

    setup->config.sample_every = sample_every;
    sim_run(&setup->config, &result);
    assert_string_equal(result.stop_reason, reason);
    end = (struct end){ result.end, result.events, result.fingerprint };
    assert_last_sample(&result);
    sim_result_clear(&result);
    return end;
}

/* Looked at rarely, often, and by itself. */
static struct end assert_same_end(struct setup *setup, const char *reason)
{
    static const sim_time every[] = { SIM_MILLISECOND, 333 * SIM_MILLISECOND, 7 * SIM_SECOND,
                                      SIM_DAY };
    const struct end end = end_of(setup, 0, reason);

    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        const struct end other = end_of(setup, every[i], reason);

        assert_int_equal(other.at, end.at);
        assert_int_equal(other.events, end.events);
        assert_int_equal(other.fingerprint, end.fingerprint);
    }
    return end;
}

/* A node by itself has nothing to do from the start, and two nodes from the last message on. */
static void quiet_is_when_the_last_thing_has_happened(void **state)
{
    struct setup alone, mail;

    (void)state;
    setup_init(&alone, 1);
    setup_add(&alone, "ring-repair", "interval=2s");
    alone.config.workload.updates = alone.config.workload.keys = 2;
    alone.config.stop = (struct sim_stop){ 60 * SIM_SECOND, STOP_QUIET, 1000000 };
    assert_int_equal(assert_same_end(&alone, "quiet").at, 0);
    setup_clear(&alone);

    setup_init(&mail, 40);
    setup_add(&mail, "rumor-mongering", "interval=1s k=1");
    mail.config.workload.at = 1234 * SIM_MILLISECOND;
    mail.config.stop = (struct sim_stop){ 600 * SIM_SECOND, STOP_QUIET, 1000000 };
    assert_true(assert_same_end(&mail, "quiet").at % SIM_SECOND != 0);
    mail.config.warmup = SIM_SECOND; /* looks at the run, too */
    mail.config.cooldown = 500 * SIM_SECOND;
    assert_true(assert_same_end(&mail, "quiet").at % SIM_SECOND != 0);
    setup_clear(&mail);
}

/* A node that comes back wakes a quiet run, if it has not ended before: how it is sampled does not
 * matter. */
static void churn_wakes_a_quiet_run_or_not_however_it_is_sampled(void **state)
{
    struct distribution *session = stay_of(3), *downtime = stay_of(20);

    (void)state;
    for (uint32_t i = 0; i < 30; i++) {
        struct setup setup;

        setup_init(&setup, 2);
        if (i % 3 == 0)
            setup_rounds(&setup);
        setup_add(&setup, "direct-mail", i % 3 ? "attempts=2 retry_every=150ms" : "");
        setup.config.replication = i;
        setup.config.network.loss = 0.1;
        setup.config.workload.updates = 40;
        setup.config.workload.keys = 6;
        setup.config.churn = (struct sim_churn){ .session = session,
                                                 .downtime = downtime,
                                                 .share = 1,
                                                 .rejoin = REJOIN_LOSE,
                                                 .start = CHURN_UP };
        setup.config.stop = (struct sim_stop){ 3600 * SIM_SECOND, STOP_QUIET, 2000000 };
        assert_same_end(&setup, "quiet");
        setup_clear(&setup);
    }
    distribution_free(session);
    distribution_free(downtime);
}

/* ---- rounds ---- */

struct listener {
    uint32_t told, news, false_news;
};

static void listen(struct node *n, const struct message *m)
{
    struct listener *l = (struct listener *)(uintptr_t)node_config(n);
    struct set *lacking = set_minus(m->set, node_known(n));
    const bool could_be_news = !set_is_empty(lacking), is_news = node_learn(n, m);

    set_free(lacking);
    l->told++;
    l->news += is_news;
    l->false_news += is_news && !could_be_news;
}

static void start(struct node *n)
{
    node_every(n, SIM_SECOND, PHASE_RANDOM, 0);
}

static void tell(struct node *n, int tag, uint32_t value)
{
    node_id peer;

    (void)tag;
    (void)value;
    if (node_pick_peer(n, &peer))
        node_send(n, peer, 0, set_copy(node_known(n)));
}

static const struct message_kind messages[] = { { .name = "all", .carries = CARRIES_PAYLOAD },
                                                { .name = NULL } };
static const struct param params[] = { PARAM_END };
static const struct model listening = { .name = "listening",
                                        .params = params,
                                        .messages = messages,
                                        .config_size = sizeof(struct listener),
                                        .on_start = start,
                                        .on_timer = tell,
                                        .on_message = listen };

/* Also where dormant deletions have to be asked: what brings nothing is no news. */
static void a_deferred_learning_is_news_only_if_it_is(void **state)
{
    struct setup setup;
    struct sim_result result;
    struct listener *l;

    (void)state;
    setup_init(&setup, 40);
    setup_rounds(&setup);
    setup_add_model(&setup, &listening, "");
    setup_add(&setup, "death-certificates", "retain=10s dormant_sites=10 dormant_retain=1000s");
    l = setup.configs[0];
    setup.config.workload.updates = 40;
    setup.config.workload.keys = 20;
    setup.config.workload.deletes = 0.5;
    setup.config.stop = (struct sim_stop){ 120 * SIM_SECOND, STOP_NEVER, 1000000 };
    sim_run(&setup.config, &result);
    assert_int_equal(result.status, SIM_DONE);
    assert_true(l->told > 4000);
    assert_true(l->news > 100 && l->news < l->told / 4);
    assert_int_equal(l->false_news, 0);
    sim_result_clear(&result);
    setup_clear(&setup);
}

/* ---- too many samples ---- */

static void more_samples_than_may_be_fail_a_run(void **state)
{
    for (int extra = 0; extra < 2; extra++) {
        struct trial t;

        (void)state;
        trial_open(&t, 2, "");
        t.setup.config.sample_every = 1000;
        t.setup.config.stop = (struct sim_stop){ (SIM_SAMPLES_MAX - 1 + extra) * INT64_C(1000),
                                                 STOP_NEVER, 10 * SIM_SAMPLES_MAX };
        trial_run(&t);
        assert_int_equal(t.result.status, extra ? SIM_FAILED : SIM_DONE);
        assert_string_equal(t.result.stop_reason, extra ? "samples" : "time");
        if (extra)
            assert_non_null(strstr(t.result.error, "1000000 samples after 1.000 s"));
        trial_close(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_sample_is_the_final_state),
        cmocka_unit_test(quiet_is_when_the_last_thing_has_happened),
        cmocka_unit_test(churn_wakes_a_quiet_run_or_not_however_it_is_sampled),
        cmocka_unit_test(a_deferred_learning_is_news_only_if_it_is),
        cmocka_unit_test(more_samples_than_may_be_fail_a_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
