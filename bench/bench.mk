# SPDX-License-Identifier: GPL-3.0-or-later
#
# The benchmark: see docs/performance.md.
#
#   make bench                         up to 1e6 nodes, two to three minutes
#   make bench BIG=1                   up to 1e7 nodes
#   make bench HUGE=1                  up to 1e8 nodes
#   make bench NODES=1e5 TURNS=3       up to 1e5 nodes, at most 3 turns each
#   make bench TRIAL=FOLDER            with the engine in that folder beside it
#   make bench-sweep                   only studies of many small runs, which bench measures too
#   make bench-instructions            only instructions an event, likewise
#   make bench-growth                  how time and memory grow, away from W1 and W2
#   make bench-growth BASE=COMMIT      likewise, against another commit: ten minutes
#   make bench-compare BASE=COMMIT     this tree against another commit; of growth, what is small
#   make bench-compare BASE=COMMIT FULL=1   all of growth

bench_dir   := build/bench
bench_c     := $(CC) -std=c11 -D_GNU_SOURCE -I. -O3 $(if $(is_gcc),-flto=auto) $(warnings)
bench_nodes := $(if $(HUGE),1e8,$(if $(BIG),1e7,1e6))
bench_sizes := $(if $(NODES),$(NODES),$(bench_nodes))
bench_turns := $(or $(TURNS),16)
sweep_turns := $(or $(TURNS),3)
growth_turns := $(or $(TURNS),5)
growth_few  := $(if $(FULL),3 60,2 10)
bench_trial := $(if $(TRIAL),$(bench_dir)/trial)
bench_ours  := gossipsim=$(abspath gossipsim)

# What programs share; what one does not use is left out.
plain_parts := bench/bits.c bench/queue.c bench/random.c bench/work.c
bench_parts := bench/launch.c bench/spread.c bench/study.c
limit_parts := bench/draws.c bench/work.c
bench_plain := $(patsubst bench/%.c,$(bench_dir)/%,$(wildcard bench/plain/*.c))

bench_with  := $(addprefix $(bench_dir)/,bench limit heap) $(bench_plain) $(bench_trial)

bench: gossipsim $(bench_with) ## measure speed and memory (docs/performance.md)
	@$(bench_dir)/bench build $(bench_sizes) $(bench_turns) $(bench_ours) \
	    limit=$(bench_dir)/limit heap=$(bench_dir)/heap plain=$(bench_dir)/plain \
	    $(bench_trial:%=trial=%)
	@gnuplot -e "folder='build'; programs='gossipsim limit heap $(bench_trial:%=trial)'" \
	    bench/bench.gp
	@echo
	@$(MAKE) --no-print-directory bench-sweep
	@echo
	@$(MAKE) --no-print-directory bench-instructions
	@echo
	@echo "build/bench.svg; build/bench.csv, -medians.csv, -sweep-*.csv, -instructions.csv"

bench-sweep: gossipsim $(bench_dir)/sweep ## measure studies of many small runs
	@$(bench_dir)/sweep build 100 10000 $(sweep_turns) $(bench_ours)
	@$(bench_dir)/sweep build 1000 1000 $(sweep_turns) $(bench_ours)

# Vectors as of any machine: valgrind does not know the widest, so limit does with more
# instructions here than where its time is measured.
bench-instructions: gossipsim $(bench_dir)/heap $(bench_dir)/limit-portable
	@bench/instructions.sh build 2e4 $(bench_ours) limit=$(bench_dir)/limit-portable \
	    heap=$(bench_dir)/heap

# Sizes and seconds of CPU time for each.
bench-growth: gossipsim $(bench_dir)/growth $(if $(BASE),bench-base) ## how time and memory grow
	@$(bench_dir)/growth $(if $(BASE),$(bench_dir),build) 3 60 $(growth_turns) $(bench_ours) \
	    $(if $(BASE),$(base_program))

bench-programs: $(bench_with) $(bench_dir)/growth $(bench_dir)/sweep

# Before the tests that look at them, which run side by side.
ifeq ($(SAN),)
check-programs: bench-programs
endif

# A folder for each commit: files of another one could look older than what was made of them.
bench_commit = $(call once,bench_commit,git rev-parse --verify --quiet "$(BASE)^{commit}")
bench_base   = $(bench_dir)/base-$(bench_commit)
base_program = base=$(abspath $(bench_base)/gossipsim)

bench-base:
	@$(if $(BASE),,$(error BASE=COMMIT says what to compare with))
	@$(if $(bench_commit),,$(error BASE=$(BASE): there is no such commit here))
	@if [[ ! -e $(bench_base) ]]; then \
	    rm -rf $(bench_dir)/unpacked && mkdir -p $(bench_dir)/unpacked && \
	    git archive $(bench_commit) | tar -x -C $(bench_dir)/unpacked && \
	    mv $(bench_dir)/unpacked $(bench_base); fi
	@$(MAKE) --no-print-directory $(jobs) -C $(bench_base) gossipsim

bench-compare: gossipsim $(bench_dir)/bench $(bench_dir)/growth $(bench_dir)/sweep
bench-compare: bench-base ## this tree against BASE=COMMIT
	@$(bench_dir)/bench $(bench_dir) $(bench_sizes) $(bench_turns) $(bench_ours) $(base_program)
	@echo
	@$(bench_dir)/sweep $(bench_dir) 100 10000 $(sweep_turns) $(bench_ours) $(base_program)
	@$(bench_dir)/sweep $(bench_dir) 1000 1000 $(sweep_turns) $(bench_ours) $(base_program)
	@echo
	@$(bench_dir)/growth $(bench_dir) $(growth_few) $(growth_turns) $(bench_ours) $(base_program)
	@echo
	@bench/instructions.sh $(bench_dir) 2e4 $(bench_ours) $(base_program)

# Whether they have the same results (docs/random.md).
compare-random: gossipsim $(scenarios) bench-base ## results of random scenarios, likewise
	@tools/compare-random.sh $(scenarios) $(abspath gossipsim) $(abspath $(bench_base)/gossipsim) \
	    $(or $(COUNT),440)

bench_tables := $(addprefix $(bench_dir)/,bench growth sweep)

$(bench_tables): $(bench_dir)/%: bench/%.c $(bench_parts) $(bench_parts:.c=.h)
	@mkdir -p $(@D)
	$(say) "  LD  $@"
	$(quiet)$(bench_c) -o $@ $(filter %.c,$^) -lsqlite3

$(bench_dir)/limit $(bench_dir)/limit-portable: bench/limit.c $(limit_parts) $(limit_parts:.c=.h)
	@mkdir -p $(@D)
	$(say) "  LD  $@"
	$(quiet)$(bench_c) $(if $(filter %/limit,$@),-march=native) -o $@ $(filter %.c,$^)

$(bench_dir)/heap $(bench_plain): $(bench_dir)/%: bench/%.c $(plain_parts) $(plain_parts:.c=.h)
	@mkdir -p $(@D)
	$(say) "  LD  $@"
	$(quiet)$(bench_c) -o $@ $(filter %.c,$^) -lm

$(bench_dir)/trial: $(wildcard $(TRIAL)/*.[ch])
	@mkdir -p $(@D)
	$(say) "  LD  $@"
	$(quiet)gcc -std=gnu11 -O3 -flto -ffp-contract=off -o $@ \
	    $(addprefix $(TRIAL)/,engine.c set.c rumor_mongering.c push_pull.c anti_entropy.c) -lm

.PHONY: bench bench-base bench-compare bench-growth bench-instructions bench-programs bench-sweep \
        compare-random
