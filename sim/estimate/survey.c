/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.c - see survey.h. */
#include "sim/estimate/survey.h"
#include "sim/estimate/implied.h"
#include "sim/estimate/pilot.h"

#include <math.h>

enum {
    PILOT_NODES = 64,
    PILOT_NODES_FEW = 16, /* where so many are too much work */
    PARTS_NODES = 4,      /* times the replicas: nodes of a pilot whose nodes hold only parts */
    PARTS_NODES_MAX = 1024,
    PILOT_ENTRIES = 256, /* a quarter of them is still no inline set */
    PILOT_SHARDS = 16,
    FEWER = 4, /* times, to see what depends on it; and so much pilots grow */
};

#define SHARE_FIRST 0.4  /* of the budget, for the first pilot */
#define SHARE_FEWER 0.15 /* for each that has fewer of something */
#define GROWS       1.15 /* what grew more in the second half of the work goes on growing */
#define PLAIN       1.5  /* times what proportion has: growth that needs no larger pilot */
#define LINEAR      0.5  /* power of the size from which on growth counts as linear */
#define LATE        2    /* times the usual time until all agree: that is not to come */

enum dimension { NODES, ENTRIES, SHARDS, DIMENSIONS };

/* The pilots of a configuration and what goes with them. */
struct pilots {
    const struct sim_config *config;
    struct pilot_size whole; /* entries: as many as will be written before the end */
    struct pilot base;
    struct pilot fewer[DIMENSIONS]; /* each with fewer of one thing; */
    bool has_fewer[DIMENSIONS];
    bool is_at_once; /* all updates are written at one instant */
    double left;     /* of the budget */
};

static int64_t extent(const struct pilot_size *size, enum dimension d)
{
    return d == NODES ? size->nodes : d == ENTRIES ? size->entries : size->shards;
}

static void set_extent(struct pilot_size *size, enum dimension d, int64_t extent)
{
    *(d == NODES ? &size->nodes : d == ENTRIES ? &size->entries : &size->shards) = extent;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Of the whole to a pilot. */
static double times(const struct pilots *p, const struct pilot_size *size, enum dimension d)
{
    const int64_t small = extent(size, d);

    return small > 0 ? (double)extent(&p->whole, d) / (double)small : 1;
}

/* The same of shards where they follow the nodes: what there is more of them for each node. */
static double more_shards(const struct pilots *p, const struct pilot_size *size)
{
    const double factor = times(p, size, SHARDS);

    return pilot_has_parts(p->config) ? factor / times(p, size, NODES) : factor;
}

/* ---- which pilots ---- */

static struct pilot try(struct pilots *p, struct pilot_size size, double budget)
{
    const struct pilot pilot = pilot_run(p->config, size, budget);

    p->left -= pilot.cost;
    return pilot;
}

/* As many shards for so many nodes that a node has as many as in the whole. */
static int64_t shards_for(const struct pilots *p, int64_t nodes)
{
    const double share = (double)nodes / (double)p->whole.nodes;
    int64_t shards = p->whole.shards;

    if (pilot_has_parts(p->config))
        shards = (int64_t)((double)shards * share + 0.5);
    if (nodes > PILOT_NODES_FEW)
        return shards < 1 ? 1 : least(shards, PILOT_SHARDS * (nodes / PILOT_NODES_FEW));
    return shards < 1 ? 1 : least(shards, PILOT_SHARDS);
}

static struct pilot_size first_size(const struct pilots *p)
{
    const int64_t replicas = p->config->store.replicas;
    int64_t nodes = PILOT_NODES;

    if (pilot_has_parts(p->config) && replicas * PARTS_NODES > nodes)
        nodes = least(replicas * PARTS_NODES, PARTS_NODES_MAX);
    nodes = least(nodes, p->whole.nodes);
    return (struct pilot_size){ .nodes = nodes,
                                .entries = pilot_has_renewals(p->config)
                                               ? p->whole.entries
                                               : least(PILOT_ENTRIES, p->whole.entries),
                                .shards = least(shards_for(p, nodes), p->whole.shards) };
}

/* The first pilot: of fewer nodes if otherwise it cannot come to its end. */
static void begin(struct pilots *p)
{
    struct pilot_size size = first_size(p);

    p->base = try(p, size, p->left * SHARE_FIRST);
    if (!p->base.is_cut || size.nodes <= PILOT_NODES_FEW || p->left <= 0)
        return;
    size.nodes = PILOT_NODES_FEW;
    size.shards = least(shards_for(p, size.nodes), size.shards);
    p->fewer[NODES] = try(p, size, p->left * SHARE_FIRST);
    p->has_fewer[NODES] = p->fewer[NODES].is_cut && size.shards == p->base.size.shards;
    if (!p->fewer[NODES].is_cut)
        p->base = p->fewer[NODES];
}

static bool is_near(double a, double b)
{
    return a <= PLAIN * b && b <= PLAIN * a;
}

/* Whether the whole, a step larger than the base, needs no trying: from the pilot before to the
 * base all grew nearly in proportion to the nodes, and the end came at nearly the same time.
 * Faults may hit what only the whole has. */
static bool is_plain(const struct pilots *p)
{
    const struct probe_reading *base = &p->base.probe.end, *fewer = &p->fewer[NODES].probe.end;
    const double ratio = (double)p->base.size.nodes / (double)p->fewer[NODES].size.nodes;

    if (!p->has_fewer[NODES] || p->fewer[NODES].is_cut || pilot_has_parts(p->config) ||
        p->config->fault_count > 0 || p->config->graph || /* that may cut them off */
        times(p, &p->base.size, NODES) > FEWER || times(p, &p->base.size, ENTRIES) > 1)
        return false;
    for (enum probe_figure i = 0; i < PROBE_FIGURES; i++)
        if (!is_near(base->figures[i], ratio * fewer->figures[i]))
            return false;
    return is_near((double)base->at, (double)fewer->at);
}

/* Whether a pilot did not end when all agree: it came to the end of time, or was cut when all
 * would have agreed for long, if ever. */
static bool is_late(const struct pilots *p, const struct pilot *pilot)
{
    const double end = (double)pilot->probe.end.at;

    return p->config->stop.when == STOP_CONVERGED &&
           (end >= (double)p->config->stop.at ||
            (pilot->is_cut && end > LATE * implied_convergence(p->config)));
}

/* Whether the base can be compared with one that has fewer: that both end when all agree, or
 * neither. */
static bool can_compare(const struct pilots *p, const struct pilot *fewer)
{
    return fewer->is_cut <= p->base.is_cut && is_late(p, fewer) >= is_late(p, &p->base);
}

/* Makes the pilot larger, by what it has least of, while there is budget. */
static void enlarge(struct pilots *p)
{
    while (!p->base.is_cut) {
        struct pilot_size size = p->base.size;
        enum dimension d = NODES;
        struct pilot larger;

        if (times(p, &size, ENTRIES) > times(p, &size, NODES))
            d = ENTRIES;
        if (times(p, &size, d) <= 1 || p->base.cost * (FEWER + 1) > p->left || is_plain(p))
            return;
        set_extent(&size, d, least(extent(&size, d) * FEWER, extent(&p->whole, d)));
        if (d == NODES && pilot_has_parts(p->config))
            size.shards = least(shards_for(p, size.nodes), p->whole.shards);
        larger = try(p, size, p->left);
        if (larger.is_cut && !is_late(p, &larger))
            return;
        p->has_fewer[NODES] = p->has_fewer[ENTRIES] = false;
        p->fewer[d] = p->base;
        p->base = larger;
        p->has_fewer[d] = can_compare(p, &p->fewer[d]);
    }
}

/* Pilots that have fewer of what the base has less of than the whole. */
static void compare(struct pilots *p)
{
    const double budget = p->left > 0 ? p->left / DIMENSIONS : 0;

    for (enum dimension d = NODES; d < DIMENSIONS; d++) {
        struct pilot_size size = p->base.size;
        const int64_t fewer = extent(&size, d) / FEWER;

        if (p->has_fewer[d] || times(p, &size, d) <= 1 || fewer < 1)
            continue;
        if (d == SHARDS && pilot_has_parts(p->config) && more_shards(p, &size) < FEWER)
            continue;
        set_extent(&size, d, fewer);
        p->fewer[d] = try(p, size, fmax(budget, p->base.cost / FEWER));
        p->has_fewer[d] = can_compare(p, &p->fewer[d]);
    }
}

/* ---- time ---- */

static bool is_peak(enum probe_figure figure)
{
    return figure >= PROBE_QUEUED;
}

/* Peaks of what is under way, which end with its latency. */
static bool is_under_way(enum probe_figure figure)
{
    return is_peak(figure) && figure != PROBE_WAITING && figure != PROBE_INBOXED &&
           figure != PROBE_KEPT && figure != PROBE_RECORDS;
}

/* How many times as much is under way at `end` as at `from`: until then latencies beyond it count
 * as what they have lasted. */
static double more_under_way(const struct pilots *p, double from, double end)
{
    const double before = implied_latency(p->config, from);

    return before > 0 ? implied_latency(p->config, end) / before : 1;
}

/* What waits at `end`, as if none of it had arrived, less what will wait: it arrives meanwhile. */
static double late_arrivals(const struct pilots *p, const struct pilot *pilot, double end)
{
    const struct probe_reading *half = &pilot->probe.half, *last = &pilot->probe.end;
    const double was = half->figures[PROBE_QUEUED], is = last->figures[PROBE_QUEUED];
    const double from = (double)last->at, lasted = from - (double)half->at;
    const double all = is + (is - was) / lasted * (end - from);

    if (is < GROWS * was)
        return 0;
    return fmax(0, all - is * more_under_way(p, from, end));
}

/* A figure of a pilot, as if it had gone on until `end`. */
static double figure_at(const struct pilots *p, const struct pilot *pilot, enum probe_figure figure,
                        double end)
{
    const struct probe_reading *half = &pilot->probe.half, *last = &pilot->probe.end;
    const double was = half->figures[figure], is = last->figures[figure];
    const double from = (double)last->at, lasted = from - (double)half->at;

    if (!pilot->is_cut || end <= from || lasted <= 0 || (is_peak(figure) && is < GROWS * was))
        return is;
    if (is_under_way(figure))
        return is * more_under_way(p, from, end);
    return is + (is - was) / lasted * (end - from) +
           (figure == PROBE_WORK ? late_arrivals(p, pilot, end) : 0);
}

/* ---- size ---- */

/*
 * A figure at `factor` times the size at which it is `now`, having been `before` at a size `FEWER`
 * times smaller, or the ratio given.
 */
static double grown(double now, double before, double ratio, double factor, bool is_linear)
{
    if (now <= before || factor <= 1)
        return now;
    if (is_linear || now > before * pow(ratio, LINEAR))
        return now + (now - before) / (1 - 1 / ratio) * (factor - 1);
    return now + (now - before) * log(factor) / log(ratio);
}

/* The part of a figure that all nodes have together, however many. */
static double constant_part(double now, double before, double ratio)
{
    return before * ratio <= now ? 0 : fmin((before * ratio - now) / (ratio - 1), now);
}

/* The same of nodes, where what a node does hardly depends on their number, but for sums over the
 * time that news creeps along a line; peaks are too rough to tell. */
static double grown_by_nodes(double now, double before, double ratio, double factor, bool is_sum)
{
    const double constant = constant_part(now, before, ratio);

    if (constant > 0)
        return factor * (now - constant) + constant;
    if (is_sum)
        return factor * grown(now, before * ratio, ratio, factor, false);
    return factor * (now + (now - before * ratio) * log(factor) / log(ratio));
}

/* The part of a figure by which so many nodes tell who comes and goes, until `end`. */
static double told(const struct pilots *p, double nodes, enum probe_figure figure, double end)
{
    double messages, timers;

    if (figure != PROBE_WORK && figure != PROBE_MESSAGES)
        return 0;
    implied_news(p->config, nodes, end, &messages, &timers);
    return nodes * (messages + (figure == PROBE_WORK ? timers : 0));
}

/* The same, as a pilot has it if it goes on until `end`. */
static double told_by(const struct pilots *p, const struct pilot *pilot, enum probe_figure figure,
                      double end)
{
    const double until =
        pilot->is_cut ? fmax(end, (double)pilot->probe.end.at) : (double)pilot->probe.end.at;

    return fmin(told(p, (double)pilot->size.nodes, figure, until),
                figure_at(p, pilot, figure, end));
}

/* A figure of all nodes, where it is `now` with those of the base. */
static double of_all_nodes(const struct pilots *p, enum probe_figure figure, double now, double end)
{
    const struct pilot *base = &p->base, *fewer = &p->fewer[NODES];
    const double factor = times(p, &base->size, NODES);
    const double rest = now - told_by(p, base, figure, end);
    const double news = told(p, (double)p->whole.nodes, figure, end);

    if (!p->has_fewer[NODES])
        return factor * rest + news;
    return news + grown_by_nodes(rest,
                                 figure_at(p, fewer, figure, end) - told_by(p, fewer, figure, end),
                                 (double)base->size.nodes / (double)fewer->size.nodes, factor,
                                 !is_peak(figure));
}

/* How a figure grows with one dimension: the factor. */
static double growth(const struct pilots *p, enum dimension d, enum probe_figure figure, double end)
{
    const double now = figure_at(p, &p->base, figure, end);
    const double factor = d == SHARDS ? more_shards(p, &p->base.size) : times(p, &p->base.size, d);
    const double fanout = (double)least(implied_fanout(p->config), p->whole.nodes - 1);
    const bool is_sum = !is_peak(figure);
    double before, ratio;

    if (factor <= 1 || now <= 0)
        return 1;
    if (d == NODES && fanout > (double)p->base.size.nodes / FEWER)
        return factor * fmax(1, fanout / (double)(p->base.size.nodes - 1));
    if (d == NODES && figure == PROBE_LEARNED && pilot_has_renewals(p->config))
        return p->has_fewer[d] ? factor * factor : factor; /* of each by each */
    if (d == NODES)
        return of_all_nodes(p, figure, now, end) / now;
    if (!p->has_fewer[d])
        return 1;
    before = figure_at(p, &p->fewer[d], figure, end);
    ratio = (double)extent(&p->base.size, d) / (double)extent(&p->fewer[d].size, d);
    if (d == ENTRIES)
        return grown(now, before, ratio, factor, is_sum && !p->is_at_once) / now;
    return now > before * pow(ratio, LINEAR) ? grown(now, before, ratio, factor, true) / now : 1;
}

/* Where nodes hold only parts, an update is the same work however many they are: part of a figure
 * goes with the nodes and the time, part with the updates. */
static double figure_of_parts(const struct pilots *p, enum probe_figure figure, double end)
{
    const double base = figure_at(p, &p->base, figure, end), nodes = times(p, &p->base.size, NODES);
    const double lasts = is_peak(figure) ? 1 : end / fmax((double)p->base.probe.end.at, 1);
    const double entries = is_peak(figure) && !p->is_at_once ? 1 : times(p, &p->base.size, ENTRIES);
    double constant;

    if (!p->has_fewer[NODES])
        return base * nodes * (p->base.is_cut ? 1 : lasts);
    constant = constant_part(base, figure_at(p, &p->fewer[NODES], figure, end),
                             (double)p->base.size.nodes / (double)p->fewer[NODES].size.nodes);
    return (base - constant) * nodes * (p->base.is_cut ? 1 : lasts) + constant * entries;
}

/* A figure of the whole. */
static double whole_figure(const struct pilots *p, enum probe_figure figure, double end)
{
    if (pilot_has_parts(p->config))
        return figure_of_parts(p, figure, end) * growth(p, SHARDS, figure, end);
    return figure_at(p, &p->base, figure, end) * growth(p, NODES, figure, end) *
           growth(p, ENTRIES, figure, end) * growth(p, SHARDS, figure, end);
}

/* When the run ends, by where the pilots ended. */
static double end_of(const struct pilots *p)
{
    const double stop = (double)p->config->stop.at;
    double end = (double)p->base.probe.end.at;

    if (p->base.is_cut && (p->config->stop.when != STOP_CONVERGED || is_late(p, &p->base)))
        return stop;
    if (p->base.is_cut)
        return fmax(end, fmin(stop, implied_convergence(p->config)));
    for (enum dimension d = NODES; d < SHARDS; d++)
        if (p->has_fewer[d] && !p->fewer[d].is_cut)
            end = grown(end, (double)p->fewer[d].probe.end.at,
                        (double)extent(&p->base.size, d) / (double)extent(&p->fewer[d].size, d),
                        times(p, &p->base.size, d), d == ENTRIES && !p->is_at_once);
    return fmin(end, stop);
}

/* What an update leads to at once, whatever the pilots showed. */
static void heed_mails(const struct pilots *p, double *figures)
{
    const double latency = implied_latency(p->config, (double)p->config->stop.at) * 1e9;
    const double burst = implied_updates(p->config, latency);
    double messages, record_bytes;

    implied_mails(p->config, &messages, &record_bytes);
    if (p->base.is_cut || p->config->stop.when != STOP_CONVERGED) /* else most may be under way */
        figures[PROBE_WORK] =
            fmax(figures[PROBE_WORK], messages * (double)pilot_updates(p->config, p->whole));
    figures[PROBE_QUEUED] = fmax(figures[PROBE_QUEUED], messages * burst);
    figures[PROBE_RECORDS] = fmax(figures[PROBE_RECORDS], record_bytes * burst);
}

struct survey survey_run(const struct sim_config *config, double budget)
{
    struct pilots p = { .config = config, .whole = pilot_whole(config), .left = budget };
    const double cap = (double)config->stop.events;
    struct survey survey = { .is_whole = false };
    double end;

    p.is_at_once = config->workload.arrival == ARRIVAL_AT_ONCE;
    if (config->workload.updates >= config->store.preload && !pilot_has_renewals(config))
        p.whole.entries = (int64_t)implied_updates(config, (double)config->stop.at);
    begin(&p);
    enlarge(&p);
    compare(&p);
    end = end_of(&p);
    survey.figures[PROBE_WORK] = whole_figure(&p, PROBE_WORK, end);
    if (survey.figures[PROBE_WORK] > cap) /* it fails then */
        end *= cap / survey.figures[PROBE_WORK];
    for (enum probe_figure i = 0; i < PROBE_FIGURES; i++)
        survey.figures[i] = whole_figure(&p, i, end);
    survey.is_whole = !p.base.is_cut && times(&p, &p.base.size, NODES) <= 1 &&
                      times(&p, &p.base.size, ENTRIES) <= 1 && times(&p, &p.base.size, SHARDS) <= 1;
    if (!survey.is_whole)
        heed_mails(&p, survey.figures);
    survey.figures[PROBE_WORK] = fmin(survey.figures[PROBE_WORK], cap);
    survey.end = (sim_time)end;
    return survey;
}
