# SPDX-License-Identifier: GPL-3.0-or-later
#
# The build of gossipsim.  `make help` lists the targets.
#
# The folders are the register: every .c file of a floor is built, every models/NAME.c that
# defines a `struct model` is a model, every cli/NAME.c that defines a `struct verb` is a command,
# every analysis/plots/NAME.c that defines a `struct figure_kind` is a kind of figure,
# every tests/**/NAME_test.c and tests/**/NAME.bats is a test.  Nothing is listed here by name.
#
#   CC=gcc|clang      the compiler; gcc builds with link-time optimisation, which the engine's
#                     speed needs (models, sets and event loop in one unit)
#   SAN=address|undefined|thread   a build with sanitizers; SANITIZED tells tests that it is slow
#                                  and maps much memory
#   OPT=-O0           another optimisation; asserts stay on in every build
#   DEV=1             warnings are errors
#   MODELS=DIR        with the models of another folder: its NAME.c as in models/, their parts,
#                     and its tests NAME_test.c and NAME.bats
#   LINK=-fno-lto     links the program in a second, as the tests are: its events are slower
#   V=1               shows the commands
# Each combination builds in a folder of its own under build/; only the release build of gcc
# leaves the program at ./gossipsim, and with MODELS at DIR/gossipsim.

SHELL := /bin/bash
MAKEFLAGS += --no-builtin-rules

ifeq ($(origin CC),default)
CC := $(or $(firstword $(foreach c,gcc clang,$(if $(shell command -v $c),$c))),cc)
endif
is_gcc := $(if $(findstring clang,$(CC)),,yes)

ifeq ($(SAN),)
OPT ?= -O3
lto := $(if $(is_gcc),-flto=auto -ffat-lto-objects)
else ifeq ($(SAN),address)
OPT ?= -O1
san := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
       -DSANITIZED
else ifeq ($(SAN),undefined)
OPT ?= -O1
san := -fsanitize=undefined -fno-sanitize-recover=all
else ifeq ($(SAN),thread)
OPT ?= -O1
san := -fsanitize=thread -DSANITIZED
else
$(error SAN=$(SAN): there is address, undefined and thread)
endif

LINK   := $(lto)

config := $(or $(SAN),release)$(if $(is_gcc),,-$(notdir $(CC)))
ifeq ($(filter command line environment,$(origin OPT)),)
else
config := $(config)$(OPT)
endif
handed := $(filter release,$(config))
ifneq ($(MODELS),)
outside := $(realpath $(MODELS))
ifneq ($(words $(outside)),1)
$(error MODELS=$(MODELS): there is no such folder, or its path has blanks)
endif
# By name, for those who look, and by the sum of its path: another folder may have the same name.
config := $(config)-$(notdir $(outside))-$(firstword $(shell echo '$(outside)' | cksum))
endif
BUILD   ?= build/$(config)
program := $(if $(handed),$(addsuffix /,$(outside))gossipsim,$(BUILD)/gossipsim)

PREFIX   ?= /usr/local
packages := glib-2.0 sqlite3 yaml-0.1 gsl
# Asked once, and only when something is compiled: a fresh machine has no pkg-config.
once            = $(eval $1 := $$(shell $2))$($1)
package_cflags = $(call once,package_cflags,pkg-config --cflags $(packages) igraph)
package_libs    = $(call once,core_libs,pkg-config --libs $(packages)) $(igraph_libs)
# Of igraph the few functions that measure graphs are linked in: its shared library, with all that
# it needs in turn, would take 3 ms to load at every start.  Where there is no archive it must do.
igraph_folder   = $(call once,igraph_libdir,pkg-config --variable=libdir igraph)
igraph_archive  = $(wildcard $(igraph_folder)/libigraph.a)
igraph_libs     = $(if $(igraph_archive),-Wl$(comma)--as-needed $(igraph_archive) -lm, \
                  $(call once,igraph_shared,pkg-config --libs igraph))
comma           := ,
hash            := \#

warnings := -Wall -Wextra -Wpedantic -Wconversion -Wshadow $(if $(DEV),-Werror)
# No contraction: the same results everywhere.  No vectors made of neighbouring stores: an event
# written in one piece would wait for its parts (2 to 5 % of W1 and W2).
flags    := -std=c11 -D_GNU_SOURCE -I. -pthread -g $(OPT) -ffp-contract=off \
            -fno-tree-slp-vectorize $(san) $(warnings) $(CFLAGS)
compile   = $(CC) $(flags) $(package_cflags)

floors       := base sim models experiment analysis
lib_sources  := $(wildcard $(floors:%=%/*.c) $(floors:%=%/*/*.c))
cli_sources  := $(wildcard cli/*.c)
headers      := $(wildcard $(floors:%=%/*.h) $(floors:%=%/*/*.h) cli/*.h)
# A header that its own .c file includes before all else compiles alone, or that file does not.
first_of_all  = $(shell awk '/^\#include/ { own = FILENAME; sub(/c$$/, "h", own); \
                    if ($$2 == "\"" own "\"") print own; nextfile }' $(lib_sources) $(cli_sources))
outside_files := $(if $(outside),$(filter-out %_test.c,$(wildcard $(outside)/*.c)))
model_files  := $(shell grep -ls '^const struct model model_' models/*.c $(outside_files))
models       := $(sort $(basename $(notdir $(model_files))))
ifneq ($(words $(models)),$(words $(model_files)))
$(error MODELS=$(MODELS): a model there has the name of one in models/)
endif
ifneq ($(outside),)
ifeq ($(filter $(outside)/%,$(model_files)),)
$(error MODELS=$(MODELS): no file there defines `const struct model model_NAME`)
endif
endif
plots        := $(sort $(basename $(notdir \
                $(shell grep -ls '^const struct figure_kind figure_' analysis/plots/*.c))))
verbs        := $(sort $(basename $(notdir $(shell grep -ls '^const struct verb verb_' cli/*.c))))
regions      := $(wildcard scenarios/data/regions/*.csv)
region_objects := $(regions:scenarios/data/regions/%.csv=$(BUILD)/regions/%.o)
replay_page  := $(addprefix $(BUILD)/replay/,page.o style.o script.o)
# What a page of HTML holds beside text: analysis/page/page.css is the string page_css.
assets       := $(wildcard analysis/*/*.css analysis/*/*.js)
asset_objects := $(assets:%=$(BUILD)/%.o)
lib_objects  := $(lib_sources:%.c=$(BUILD)/%.o) $(BUILD)/models.o $(BUILD)/plots.o \
                $(BUILD)/schema.o $(region_objects) $(replay_page) $(asset_objects) \
                $(outside_files:$(outside)/%.c=$(BUILD)/outside/%.o)
cli_objects  := $(cli_sources:%.c=$(BUILD)/%.o) $(BUILD)/verbs.o $(BUILD)/template.o
# Backwards: the tests of theory are the slowest, so they start first.
test_sources := $(shell find tests -name '*.c' | LC_ALL=C sort -r)
test_objects := $(test_sources:%.c=$(BUILD)/%.o)
c_tests      := $(patsubst %.c,$(BUILD)/%,$(filter %_test.c,$(test_sources)))
shared_tests := $(patsubst %.c,$(BUILD)/%.o,$(filter-out %_test.c,$(test_sources)))
bats_tests   := $(shell find tests -name '*.bats' | LC_ALL=C sort)
as_main      := -Dmain=main_of_
ifneq ($(outside),)
outside_tests := $(patsubst $(outside)/%.c,$(BUILD)/outside/%,$(wildcard $(outside)/*_test.c))
test_objects += $(outside_tests:%=%.o)
c_tests      += $(outside_tests)
bats_tests   += $(wildcard $(outside)/*.bats)
endif

quiet := $(if $(V),,@)
say   := @$(if $(V),:,echo)

# Draws random scenarios, and tries them (docs/random.md).
scenarios    := $(BUILD)/tests/random/scenarios_test

# Sub-makes use every core unless the caller gave -j.
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))

all: $(program) ## build the program (the default)

##@ The two ways in: both install what is missing first

demo: ## run scenarios/first.yaml, print its table, draw its curves
	@tools/deps.sh install
	@$(MAKE) --no-print-directory $(jobs) all
	@tools/demo.sh

test: ## run the tests; the last line says how many passed and failed
	@tools/deps.sh install
	@$(MAKE) --no-print-directory $(jobs) all check-programs
	@$(MAKE) --no-print-directory check

##@ For those who change it

test-slow: ## the tests that `make test` leaves out, because each takes half a minute or more
	@tools/deps.sh install
	@$(MAKE) --no-print-directory $(jobs) $(program) $(scenarios)
	@$(MAKE) --no-print-directory check c_run= bats_run="$(slow_tests)"

test-all: ## every test with SAN=address|undefined|thread, or without: the slow ones too
	@tools/deps.sh install
	@$(MAKE) --no-print-directory $(jobs) $(program) check-programs
	@$(if $(SAN),,$(MAKE) --no-print-directory $(jobs) variants)
	@$(MAKE) --no-print-directory check VARIANTS="$(variants)" bats_run="$(bats_all)" \
	    SCENARIOS=$(or $(SCENARIOS),10000) TEST_SECONDS=$(or $(TEST_SECONDS),1800)

validate: all ## published tables and laws beside what this build measures; fails where one is off
	@$(abspath $(program)) validate $(if $(QUICK),--quick)

coverage: all check-programs ## how often intervals hold: the tables of docs/statistics.md
	@rm -f build/coverage.db
	@$(abspath $(program)) run tests/analysis/coverage.yaml -q -o build/coverage.db \
	    > build/coverage.txt
	@$(BUILD)/tests/analysis/coverage_test 2000 build/coverage.db

fits: check-programs ## how often the intervals of fits hold: the table of docs/fit.md
	@$(BUILD)/tests/analysis/fitting_test $(or $(TRIES),1000) $(or $(JUDGED),100)

estimates: all check-programs ## what runs take beside estimates: docs/estimates.md
	@tools/estimates.sh $(BUILD)/tests/experiment/estimate_test

random: ## print random scenario number N (docs/random.md)
	@$(MAKE) --no-print-directory $(jobs) $(scenarios) >&2
	@$(scenarios) print $(or $(N),1)

deps: ## install what is missing (Debian packages); with DEV=1 also what tidy and site need
	@tools/deps.sh install $(if $(DEV),dev site)

headers: | build/deps-found ## check that every header compiles alone
	@$(compile) -fsyntax-only -x c $(filter-out $(first_of_all),$(headers))

floors: $(lib_objects) ## check that every #include and call goes to the same floor or a lower one
	@tools/floors.sh . $(BUILD)

tidy: $(lib_objects) ## check style: format, lengths, banned calls, writable data, licence lines
	@tools/tidy.sh $(BUILD)

format: ## lay out all C files by .clang-format
	clang-format -i $(shell find $(floors) cli bench tests -name '*.[ch]')

docs: all ## write anew what the documentation shows: reference, tables, figures
	@tools/docs.sh

figures: all ## draw anew the figures of the documentation, and only those
	@tools/docs.sh figures

site: all ## the documentation as a site with search: build/site/index.html
	@tools/deps.sh install site
	@mkdocs build
	@echo "build/site/index.html"

clean: ## remove what make built (results stay)
	rm -rf build gossipsim

help: ## this list
	@awk -F ':.*## ' '/^##@/ { print "\n" substr($$0, 5) } \
	    /^[a-z-]+:.* ## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

##@ To use it elsewhere

share       = $(DESTDIR)$(PREFIX)/share
made        = $(BUILD)/gossipsim.1 $(BUILD)/gossipsim.schema.json \
              $(addprefix $(BUILD)/completions/gossipsim.,bash zsh fish)

# The pages link to each other and to the scenarios as they do in the source tree.
install: all $(made) ## install program, manual, docs, scenarios, completions below DESTDIR PREFIX
	install -D $(program) $(DESTDIR)$(PREFIX)/bin/gossipsim
	install -D -m 644 $(BUILD)/gossipsim.1 $(share)/man/man1/gossipsim.1
	install -D -m 644 -t $(share)/gossipsim/scenarios scenarios/*.yaml
	install -D -m 644 -t $(share)/gossipsim/scenarios/data/fit scenarios/data/fit/*
	install -D -m 644 -t $(share)/gossipsim/scenarios/data/regions $(regions)
	install -D -m 644 -t $(share)/gossipsim/scenarios/data/churn scenarios/data/churn/*.csv
	install -D -m 644 -t $(share)/gossipsim $(BUILD)/gossipsim.schema.json
	install -D -m 644 $(BUILD)/completions/gossipsim.bash \
	    $(share)/bash-completion/completions/gossipsim
	install -D -m 644 $(BUILD)/completions/gossipsim.zsh $(share)/zsh/site-functions/_gossipsim
	install -D -m 644 $(BUILD)/completions/gossipsim.fish \
	    $(share)/fish/vendor_completions.d/gossipsim.fish
	install -D -m 644 -t $(share)/doc/gossipsim README.md LICENSE
	install -D -m 644 -t $(share)/doc/gossipsim/results results/README.md
	find docs -type d | while read -r folder; do \
	    install -d "$(share)/doc/gossipsim/$$folder" && \
	    find "$$folder" -maxdepth 1 -type f -exec \
	        install -m 644 -t "$(share)/doc/gossipsim/$$folder" {} + || exit 1; done
	ln -sfn ../../gossipsim/scenarios $(share)/doc/gossipsim/scenarios

uninstall: ## remove what install put there
	rm -f $(DESTDIR)$(PREFIX)/bin/gossipsim $(share)/man/man1/gossipsim.1
	rm -f $(share)/bash-completion/completions/gossipsim $(share)/zsh/site-functions/_gossipsim
	rm -f $(share)/fish/vendor_completions.d/gossipsim.fish
	rm -rf $(share)/gossipsim $(share)/doc/gossipsim

# ------------------------------------------------------------------------------- the program

ifneq ($(program),$(BUILD)/gossipsim)
$(program): $(BUILD)/gossipsim
	@ln -f $< $@ 2>/dev/null || cp $< $@
endif

$(BUILD)/gossipsim: $(cli_objects) $(lib_objects)
	$(say) "  LD  $@"
	$(quiet)$(CC) $(flags) $(LINK) -o $@ $^ $(package_libs) -lm

$(BUILD)/%.o: %.c $(BUILD)/flags | build/deps-found
	$(compile_object)
$(BUILD)/%.o: $(BUILD)/%.c $(BUILD)/flags | build/deps-found
	$(compile_object)
ifneq ($(outside),)
$(BUILD)/outside/%.o: $(outside)/%.c $(BUILD)/flags | build/deps-found
	$(compile_object)
endif
define compile_object
	@mkdir -p $(@D)
	$(say) "  CC  $@"
	$(quiet)$(compile) $(lto) $(main) -MMD -MP -c -o $@ $<
endef

# Objects are as old as the flags they were made with.
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(flags) $(lto) $(as_main)' | cmp -s - $@ || \
	    echo '$(CC) $(flags) $(lto) $(as_main)' > $@

$(BUILD)/gossipsim.1: $(BUILD)/gossipsim tools/manual.sh
	@tools/manual.sh $< > $@

$(BUILD)/gossipsim.schema.json: $(BUILD)/gossipsim
	@$< schema > $@

$(BUILD)/completions/gossipsim.%: $(BUILD)/gossipsim tools/completions.sh
	@mkdir -p $(@D)
	@tools/completions.sh $* $< > $@

build/deps-found:
	@tools/deps.sh check build
	@mkdir -p build && touch $@

# ------------------------------------------------------------------------------- generated C

# Written anew when their text changes, so a file that is added, renamed or removed counts.
define replace_if_changed
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
endef

$(BUILD)/models.c: FORCE
	@mkdir -p $(@D)
	@{ echo '#include "sim/model.h"'; \
	   for m in $(models); do echo "extern const struct model model_$$m;"; done; \
	   echo 'const struct model *const model_registry[] = {'; \
	   for m in $(models); do echo "    &model_$$m,"; done; echo '    0,'; echo '};'; \
	   echo '#include "sim/world/loop.h"'; \
	   for m in $(models); do echo "loop_fn loop_$$m;"; done; \
	   echo 'const struct model_loop loop_registry[] = {'; \
	   for m in $(models); do echo "    { &model_$$m, loop_$$m },"; done; \
	   echo '    { 0, 0 },'; echo '};'; } > $@.new
	$(replace_if_changed)

# A model and the loop that runs it alone are one unit; where a model's callbacks are hot, so is it.
model_objects := $(patsubst %.c,$(BUILD)/%.o,$(patsubst $(outside)/%,outside/%,$(model_files)))
$(model_objects): %.o: %.loop.c $(BUILD)/flags | build/deps-found
	$(compile_object)
$(BUILD)/models/%.loop.c: models/%.c FORCE
	$(write_loop)
ifneq ($(outside),)
$(BUILD)/outside/%.loop.c: $(outside)/%.c FORCE
	$(write_loop)
endif
define write_loop
	@mkdir -p $(@D)
	@{ echo '#include "$<"'; echo '#include "sim/world/loop.h"'; echo 'loop_fn loop_$*;'; \
	   if grep -q '^static MODEL_HOT' $<; then echo 'MODEL_HOT'; fi; \
	   echo 'void loop_$*(struct run *run)'; \
	   echo '{'; echo '    loop_bucket(run, &model_$*);'; echo '}'; } > $@.new
	$(replace_if_changed)
endef

$(BUILD)/verbs.c: FORCE
	@mkdir -p $(@D)
	@{ echo '#include "cli/verb.h"'; \
	   for v in $(verbs); do echo "extern const struct verb verb_$$v;"; done; \
	   echo 'const struct verb *const verb_registry[] = {'; \
	   for v in $(verbs); do echo "    &verb_$$v,"; done; echo '    0,'; echo '};'; } > $@.new
	$(replace_if_changed)

$(BUILD)/plots.c: FORCE
	@mkdir -p $(@D)
	@{ echo '#include "analysis/figure/figure.h"'; \
	   for p in $(plots); do echo "extern const struct figure_kind figure_$$p;"; done; \
	   echo 'const struct figure_kind *const figure_registry[] = {'; \
	   for p in $(plots); do echo "    &figure_$$p,"; done; echo '    0,'; echo '};'; } > $@.new
	$(replace_if_changed)

# A file as the string $1; as numbers, because ISO C bounds the length of a literal.
define embed
	@mkdir -p $(@D)
	@{ echo 'extern const char $1[];'; echo 'const char $1[] = {'; \
	   $2 $< | od -An -v -tx1 | sed 's/ \(..\)/0x\1,/g'; echo '0};'; } > $@
endef
$(BUILD)/schema.c: experiment/store/schema.sql
	$(call embed,results_schema,cat)
# A matrix of latencies by its name: scenarios/data/regions/cloud-13.csv is region_cloud_13.
$(BUILD)/regions/%.c: scenarios/data/regions/%.csv
	$(call embed,region_$(subst -,_,$*),cat)
# Without their licence lines: they are in all that users make.
$(BUILD)/analysis/%.css.c: analysis/%.css
	$(call embed,$(notdir $*)_css,tail -n +2)
$(BUILD)/analysis/%.js.c: analysis/%.js
	$(call embed,$(notdir $*)_js,tail -n +2)
# Without its licence line: what users make of it is theirs.
$(BUILD)/template.c: cli/template.yaml
	$(call embed,init_template,tail -n +2)
# The page of a replay; its script begins with the parts that the last one is made of.
page := analysis/replay/page
$(BUILD)/replay/page.c: $(page)/replay.html
	$(call embed,replay_page,cat)
$(BUILD)/replay/style.c: $(page)/replay.css
	$(call embed,replay_style,tail -n +2)
script := $(addprefix $(page)/,replay.js data.js state.js view.js layout.js sprites.js \
              stage.js chart.js panel.js)
$(BUILD)/replay/script.c: $(script)
	$(call embed,replay_script,grep -hv SPDX $(wordlist 2,99,$(script)))

# ------------------------------------------------------------------------------------- tests

tagged      = $(shell grep -lsE '^$(hash) bats file_tags=(.*,)?$1(,.*)?$$' $(bats_tests))
slow_tests := $(call tagged,slow)

# Sanitizers see what the program does: the tests of the sources stay out.  Bats files with the tag
# `threads`, and C tests of the runner, start threads and have the thread sanitizer; the others have
# those of addresses and what is undefined; so has the comparison with the program without them.
# In `test-all` these have all of cli.
threaded   := $(call tagged,threads)
ifeq ($(SAN),thread)
bats_all := $(threaded)
bats_run := $(threaded)
c_run    := $(patsubst %.c,$(BUILD)/%,$(shell grep -l '^$(hash)include "experiment/runner/' \
                $(filter %_test.c,$(test_sources))))
else
bats_all := $(filter $(if $(SAN),tests/cli/)%,$(bats_tests))
bats_run := $(filter-out $(slow_tests),$(if $(SAN),tests/cli/determinism.bats \
                $(filter-out $(threaded),$(filter tests/cli/%,$(bats_tests))),$(bats_tests)))
c_run    := $(c_tests)
endif
c_programs := $(sort $(c_run) $(scenarios) $(filter $(c_tests),$(MAKECMDGOALS)))

# The C tests are one program under as many names: to link each by itself took longer than to run
# most.  No link-time optimisation, for the same reason.
check-programs: $(c_programs) ; @:

# What takes no part in events is translated once, not twice.
$(filter-out $(BUILD)/base/% $(BUILD)/sim/% $(BUILD)/models/% $(BUILD)/outside/%,$(lib_objects)) \
$(cli_objects) $(test_objects): private lto :=
$(c_tests:%=%.o): private main = $(as_main)$(subst /,_,$(@:$(BUILD)/%.o=%))
$(c_programs): $(BUILD)/tests/main
	@ln -f $< $@
$(BUILD)/tests/main: $(c_programs:%=%.o) $(shared_tests) $(BUILD)/tests.o $(BUILD)/libgossipsim.a
	$(say) "  LD  $@"
	$(quiet)$(CC) $(flags) -fno-lto -o $@ $^ $(package_libs) -lcmocka -lm
$(BUILD)/tests.c: FORCE
	@mkdir -p $(@D)
	@{ for t in $(c_programs:$(BUILD)/%=%); do echo "int main_of_$${t//\//_}(void);"; done; \
	   echo 'const struct test_program { const char *path; int (*run)(void); } test_programs[] = {'; \
	   for t in $(c_programs:$(BUILD)/%=%); do \
	       echo "    { \"$$t\", main_of_$${t//\//_} },"; done; \
	   echo '    { 0, 0 },'; echo '};'; } > $@.new
	$(replace_if_changed)

$(BUILD)/libgossipsim.a: $(lib_objects)
	@rm -f $@
	@ar crs $@ $^

check:
	@GOSSIPSIM=$(abspath $(program)) OUTSIDE="$(outside)" SANITIZED=$(SAN) \
	    VARIANTS="$(or $(VARIANTS),$(if $(SAN),$(variants)))" \
	    RANDOM_SCENARIO=$(abspath $(scenarios)) OBJECTS=$(abspath $(BUILD)) \
	    $(if $(SCENARIOS),SCENARIOS=$(SCENARIOS)) \
	    $(if $(TEST_SECONDS),TEST_SECONDS=$(TEST_SECONDS)) \
	    tools/run-tests.sh $(BUILD) $(c_run) $(bats_run)

# The program by other compilers and optimisations, which must give the same results: beside one
# with sanitizers the one without, if it is there.
ifeq ($(SAN),)
variants := $(if $(is_gcc),$(foreach v,release-O0 release-clang release-clang-O0, \
                $(abspath build/$v/gossipsim)))
else
variants := $(abspath $(wildcard gossipsim))
endif
variants:
	@$(MAKE) --no-print-directory CC=$(CC) OPT=-O0
	@$(MAKE) --no-print-directory CC=clang
	@$(MAKE) --no-print-directory CC=clang OPT=-O0

##@ Speed

-include $(wildcard bench/bench.mk)
-include $(lib_objects:.o=.d) $(cli_objects:.o=.d) $(test_objects:.o=.d)

FORCE:
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: FORCE all demo test test-all validate coverage fits deps random headers floors tidy format \
        docs figures site clean help install uninstall check check-programs test-slow variants
