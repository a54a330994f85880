# SPDX-License-Identifier: GPL-3.0-or-later
#
# The benchmark: see docs/performance.md.
#
#   make bench                         up to 1e6 nodes, about two minutes
#   make bench BIG=1                   up to 1e7 nodes
#   make bench NODES=1e5 TURNS=3       up to 1e5 nodes, at most 3 turns each
#   make bench TRIAL=FOLDER            with the engine in that folder beside it
#   make bench-compare BASE=COMMIT     this tree against another commit
#   make bench-instructions            instructions an event, which no other load disturbs

bench_dir   := build/bench
bench_c     := $(CC) -std=c11 -D_GNU_SOURCE -I. -O3 $(if $(is_gcc),-flto=auto) $(warnings)
# What the programs share; what one does not use is left out.
bench_parts := bench/bits.c bench/queue.c bench/random.c bench/work.c
bench_plain := $(patsubst bench/%.c,$(bench_dir)/%,$(wildcard bench/plain/*.c))
bench_nodes := $(if $(BIG),1e7,1e6)
bench_sizes := $(if $(NODES),$(NODES),$(bench_nodes))
bench_turns := $(or $(TURNS),16)
bench_trial := $(if $(TRIAL),$(bench_dir)/trial)

bench_with  := $(bench_dir)/bench $(bench_dir)/limit $(bench_dir)/heap $(bench_trial)

bench: gossipsim $(bench_with) ## measure speed and memory (docs/performance.md)
	@$(bench_dir)/bench build $(bench_sizes) $(bench_turns) gossipsim=$(abspath gossipsim) \
	    limit=$(bench_dir)/limit heap=$(bench_dir)/heap $(bench_trial:%=trial=%)
	@gnuplot -e "folder='build'; programs='gossipsim limit heap $(bench_trial:%=trial)'" \
	    bench/bench.gp
	@echo "build/bench.csv, build/bench.svg"

bench-programs: $(bench_dir)/limit $(bench_dir)/heap $(bench_plain)

# Before the tests that look at them, which run side by side.
ifeq ($(SAN),)
check-programs: bench-programs
endif

bench-compare: gossipsim $(bench_dir)/bench ## paired ratios of this tree against BASE=COMMIT
	@$(if $(BASE),,$(error make bench-compare BASE=COMMIT))
	@git worktree prune
	@if [[ -e $(bench_dir)/base/.git ]]; then git -C $(bench_dir)/base checkout -q --detach $(BASE); \
	else git worktree add -q --detach $(bench_dir)/base $(BASE); fi
	@$(MAKE) --no-print-directory -C $(bench_dir)/base gossipsim
	@$(bench_dir)/bench $(bench_dir) $(bench_sizes) $(bench_turns) gossipsim=$(abspath gossipsim) \
	    base=$(abspath $(bench_dir)/base/gossipsim)

bench-instructions: gossipsim $(bench_dir)/heap
	@bench/instructions.sh $(bench_dir) 1e5

$(bench_dir)/bench: bench/bench.c
	@mkdir -p $(@D)
	$(bench_c) -o $@ $< -lsqlite3

$(bench_dir)/limit: bench/limit.c bench/draws.c bench/draws.h bench/work.c bench/work.h
	@mkdir -p $(@D)
	$(bench_c) -march=native -o $@ $(filter %.c,$^)

$(bench_dir)/heap $(bench_plain): $(bench_dir)/%: bench/%.c $(bench_parts) $(bench_parts:.c=.h)
	@mkdir -p $(@D)
	$(bench_c) -o $@ $(filter %.c,$^) -lm

$(bench_dir)/trial: $(wildcard $(TRIAL)/*.[ch])
	@mkdir -p $(@D)
	gcc -std=gnu11 -O3 -flto -ffp-contract=off -o $@ \
	    $(addprefix $(TRIAL)/,engine.c set.c rumor_mongering.c push_pull.c anti_entropy.c) -lm

.PHONY: bench bench-programs bench-compare bench-instructions
