/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario_details.h - what the reference says of some keys beside their help; for the table of
 * keys alone. */
#ifndef EXPERIMENT_LANGUAGE_SCENARIO_DETAILS_H
#define EXPERIMENT_LANGUAGE_SCENARIO_DETAILS_H

static const char loss_details[] =
    "`loss` with `burst`: the uplink of each node is good or bad, and loses every message while it "
    "is bad; it may change with each message that the node sends, whatever becomes of it, and "
    "starts in the state that the long run leaves it in. Bursts of `b` messages lose a share of at "
    "most `b / (1 + b)`.";
static const char bandwidth_details[] =
    "`bandwidth`: a message takes (its bytes + `header`) · 8 / `bandwidth` to leave, and others of "
    "its node wait for it, in the order of sending. One for which the `queue` has no room is "
    "dropped (`dropped_queue`); the one that is leaving is not in the queue. When a node crashes, "
    "what waits is dropped too, and what is leaving arrives; after a graceful leave all of it "
    "does. A message that is lost takes its time on the uplink like any other.";
static const char downlink_details[] =
    "`downlink`: a message that has come through the network takes (its bytes + `header`) · 8 / "
    "`downlink` to reach its receiver, and others to it wait, in the order in which they came; "
    "the `queue` holds there, too. They wait in the network: a crash of the receiver drops none.";
static const char duplicate_details[] =
    "`duplicate`: this share of the messages that get through arrives twice (`duplicated`), each "
    "time after a latency, or at least a jitter, of its own; the sender sends, and pays, once.";

static const char sharing_details[] =
    "`sharing: fair`: messages that a node sends leave it side by side, as parallel streams do, "
    "each "
    "with an equal part of the `bandwidth`: k equal ones that begin together all end after k times "
    "as long as one. None waits, so there is no `queue`. When a node crashes, what has not left is "
    "dropped (`dropped_queue`).";
static const char processing_details[] =
    "`processing`: a node handles one message at a time, each for a `time` (drawn for each message "
    "if it is a random quantity), in the order in which they came; its models see a message when "
    "that is over. Their timers do not wait. What takes `0s` is handled as it comes, as without "
    "`processing`. What finds `queue` messages waiting, besides the one that is being handled, is "
    "dropped (`dropped_inbox`), and so is all that waits when a node goes down; over a connection "
    "it is then sent again. `inbox_wait`, `inbox_wait_max`, `inbox_max`, `busy` and `busy_max` "
    "tell the load.";
static const char trace_details[] =
    "`trace`: `{file: churn.csv, unit: s}` names a file of lines `node,time,up|down`, under a "
    "heading or not; or one with a line for each node of how long it was up, away, up and so on (a "
    "first 0: it began away); or a folder with a file for each node of lines `time U|D`, as the "
    "Failure Trace Archive has them. Times have their units, or `unit` tells it; `skip` passes "
    "over lines at the start. What holds before a node's first line is the opposite of it. The run "
    "begins at `from` (0 s) of the record. With `assign: in-order` a node follows the recorded "
    "node of its number: those with numbers for names are in their order, others in that of the "
    "file; what the record has more is left out. With `assign: random` it follows one that is "
    "drawn for it, so that a short record serves for many nodes. At the end of the record what was "
    "last holds, or with `repeat: true` it begins again; with `shift: true`, too, each node begins "
    "at a moment of the record that is drawn for it, which keeps lengths and loses what nodes did "
    "at the same time.";

#endif
