#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# make.sh - records of churn that are made from what was published: `make.sh peers` and
# `make.sh cluster` print peers.csv and cluster.csv.
#
# Nobody measured these very nodes.  Laws and shares are those of the papers named below and in the
# records' heads; "from memory" is what was not looked up again, "derived" what was chosen so that
# the published numbers come out.
#
# Every awk computes the same: products stay below 2^53, and the only function is log(), whose
# result is cut to whole minutes.
set -eu
export LC_ALL=C

# The generator of Park and Miller, "Random number generators: good ones are hard to find" (CACM 31,
# 1988), with the later multiplier 48271.  below(n) is one of 0 to n - 1.
# shellcheck disable=SC2016
draws='
function draw() { seed = (seed * 48271) % 2147483647; return seed }
function below(n) { return draw() % n }
'

peers() {
    cat <<'END'
# SPDX-License-Identifier: GPL-3.0-or-later
# 200 peers of a file-sharing network over two days, from midnight, to the minute. Made by make.sh,
# not measured. Six sessions a peer and day, and more peers by day than by night: Bhagwan, Savage,
# Voelker, Understanding availability (IPTPS 2003), section 4, Overnet (from memory). Session
# lengths Weibull with shape 0.5: Stutzbach, Rejaie, Understanding churn in peer-to-peer networks
# (IMC 2006), section 4, has 0.34 to 0.59. Mean of 1.5 h and hours of coming: derived.
node,time,state
END
    # A day of warming up goes by before the record begins.  Who is away comes with a chance a
    # minute that follows the clock; the square of an exponential variable is Weibull with shape
    # 1/2.
    awk "$draws"'
    BEGIN {
        seed = 2003
        split("8 5 3 2 2 3 6 12 20 26 30 32 34 36 40 48 60 78 96 100 92 68 40 18", coming, " ")
        for (node = 0; node < 200; node++) {
            up = until = 0
            for (minute = -1440; minute < 2880; minute++) {
                was = up
                if (up && minute >= until)
                    up = 0
                else if (!up && below(4500) < coming[int((minute + 1440) / 60) % 24 + 1]) {
                    up = 1
                    root = log(draw() / 2147483647)
                    until = minute + 1 + int(45 * root * root)
                }
                if (minute == 0 || (minute > 0 && up != was))
                    print node "," minute * 60 "," (up ? "up" : "down")
            }
        }
    }'
}

cluster() {
    cat <<'END'
# SPDX-License-Identifier: GPL-3.0-or-later
# 300 nodes in 15 racks of 20 (0 to 19, ...) over two days, to the second. Made by make.sh, not
# measured. Ford et al., Availability in globally distributed storage systems (OSDI 2010), from
# memory: nine in ten absences under 15 minutes (section 3), more than a third of them in bursts
# with less than two minutes between one and the next (section 4), whole racks among them. One
# absence a node in two days, racks and lengths of bursts: derived, and more often than measured.
node,time,state
END
    # First who goes when and for how long, then in the order of time, without those already away.
    # One burst in three takes its nodes from anywhere, as an upgrade does, the others from a rack.
    awk "$draws"'
    function away() {
        share = below(1000)
        return below(10) ? 30 + int(869 * share * share / 998001) \
                         : 900 + int(20700 * share * share * share / 997002999)
    }
    BEGIN {
        seed = 8
        for (event = 0; event < 190; event++)
            print below(172800), below(300), away()
        for (burst = 0; burst < 12; burst++) {
            time = below(170000)
            rack = burst % 3 ? below(15) : -1
            lasts = away()
            for (one = 0; one < 20; one++)
                if (rack < 0 || below(2)) {
                    node = rack < 0 ? below(300) : rack * 20 + one
                    print time, node, lasts + below(60)
                    time += rack < 0 ? 20 + below(60) : below(4)
                }
        }
    }' | sort -n | awk '
    BEGIN {
        for (node = 0; node < 300; node++)
            print node ",0,up"
    }
    $1 >= back[$2] {
        print $2 "," $1 ",down"
        print $2 "," (back[$2] = $1 + $3) ",up"
    }' | sort -t, -k1,1n -k2,2n
}

case ${1-} in
peers | cluster) "$1" ;;
*) echo "usage: $0 peers|cluster" >&2 && exit 2 ;;
esac
