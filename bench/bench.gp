# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench.gp - ns an event against nodes, from the medians that bench.c wrote.
#
#   gnuplot -e "folder='build'; programs='gossipsim limit heap'" bench/bench.gp

medians = folder.'/bench-medians.csv'
colours = '#0072b2 #009e73 #d55e00 #777777'
titles = '"W1: a rumor is pushed" "W2: push-pull exchanges"'

set datafile separator ','
set datafile missing NaN # rows of other programs do not break a line
stats medians skip 1 using (strcol(1) eq 'W1' ? column(2) : NaN) name 'nodes' nooutput

set terminal svg size 960,440 dynamic background rgb 'white' font 'sans,14'
set output folder.'/bench.svg'
set logscale xy
set xrange [nodes_min/1.7:nodes_max*1.7]
set yrange [1:1000<*]
set format x '10^{%T}'
set xlabel 'nodes'
set border 3
set tics nomirror out
set grid xtics ytics linetype 1 linecolor rgb '#d8d8d8' linewidth 1
set bars 0.6
set label 9 'ns an event (median, lowest, highest)' at screen 0.018,0.56 center rotate
unset key # one for both panels, below them
do for [k = 1:words(programs)] {
    set label k word(programs, k) at screen 0.52 + 0.16 * (k - 0.5 * words(programs) - 0.8), 0.045 \
        left offset 1,0 point pointtype 7 pointsize 1 linecolor rgb word(colours, k)
}
set multiplot layout 1,2 margins 0.11,0.98,0.27,0.9 spacing 0.09
do for [w = 1:2] {
    set title word(titles, w)
    plot for [k = 1:words(programs)] medians skip 1 \
        using (strcol(1) eq 'W'.w && strcol(3) eq word(programs, k) ? $2 : NaN):4:5:6 \
        with yerrorlines linecolor rgb word(colours, k) pointtype 7 pointsize 0.7 linewidth 2
    unset label
}
unset multiplot
