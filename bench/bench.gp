# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench.gp - ns an event against nodes, from the medians that bench.c wrote.
#
#   gnuplot -e "folder='build'; programs='gossipsim limit heap'" bench/bench.gp

set terminal svg size 900,400 dynamic background rgb 'white' font 'sans,12'
set output folder.'/bench.svg'
set datafile separator ','
set datafile missing NaN # rows of other programs do not break a line
set logscale xy
set xrange [5e3:2e7]
set yrange [1:2000]
set format x '10^{%T}'
set xlabel 'nodes'
set ylabel 'ns per event (median, lowest and highest)'
set grid
set key top left
set multiplot layout 1,2
do for [work in 'W1 W2'] {
    set title work
    plot for [p in programs] folder.'/bench-medians.csv' skip 1 \
        using (strcol(1) eq work && strcol(3) eq p ? $2 : NaN):4:5:6 \
        with yerrorlines pointtype 7 pointsize 0.6 linewidth 1.5 title p
}
unset multiplot
