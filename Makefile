# SPDX-License-Identifier: GPL-3.0-or-later
# A first build; grows with the project.
CC      ?= gcc
BUILD   ?= build
OPT     ?= -O3 -flto=auto
SHELL   := /bin/bash

PACKAGES := glib-2.0 sqlite3 yaml-0.1 gsl
CFLAGS   := -std=c11 -D_GNU_SOURCE -g $(OPT) -ffp-contract=off -Wall -Wextra -Wpedantic -Wconversion \
            -Wshadow -I. -I$(BUILD) $(shell pkg-config --cflags $(PACKAGES)) -pthread
LDLIBS   := $(shell pkg-config --libs $(PACKAGES)) -lm -pthread

lib_sources := $(wildcard base/*.c sim/*.c models/*.c experiment/*.c analysis/*.c)
cli_sources := $(wildcard cli/*.c)
models      := $(basename $(notdir $(wildcard models/*.c)))
# Every file of cli/ is a verb, but for these.
cli_shared  := main options
verbs       := $(filter-out $(cli_shared),$(basename $(notdir $(cli_sources))))
lib_objects := $(lib_sources:%.c=$(BUILD)/%.o) $(BUILD)/registry.o $(BUILD)/schema.o
cli_objects := $(cli_sources:%.c=$(BUILD)/%.o) $(BUILD)/verbs.o

all: gossipsim
gossipsim: $(cli_objects) $(lib_objects)
	$(CC) $(CFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/registry.c: $(wildcard models/*.c) Makefile
	@mkdir -p $(@D)
	{ echo '#include "sim/model.h"'; \
	  for m in $(models); do echo "extern const struct model model_$$m;"; done; \
	  echo 'const struct model *const model_registry[] = {'; \
	  for m in $(models); do echo "    &model_$$m,"; done; echo '    0,'; echo '};'; } > $@

$(BUILD)/verbs.c: $(cli_sources) Makefile
	@mkdir -p $(@D)
	{ echo '#include "cli/verb.h"'; \
	  for v in $(verbs); do echo "extern const struct verb verb_$$v;"; done; \
	  echo 'const struct verb *const verb_registry[] = {'; \
	  for v in $(verbs); do echo "    &verb_$$v,"; done; echo '    0,'; echo '};'; } > $@

# The schema as a string; as numbers, because ISO C bounds the length of a literal.
$(BUILD)/schema.c: experiment/schema.sql Makefile
	@mkdir -p $(@D)
	{ echo 'extern const char results_schema[];'; echo 'const char results_schema[] = {'; \
	  od -An -v -tx1 $< | sed 's/ \(..\)/0x\1,/g'; echo '0};'; } > $@

-include $(lib_objects:.o=.d) $(cli_objects:.o=.d)
.PHONY: all
