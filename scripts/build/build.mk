# SPDX-License-Identifier: MIT
# How a command is run: quietly, and only if a prerequisite is newer than the target or the command
# itself is not the one that made it. The command is kept beside the target as <target>.cmd.

MAKEFLAGS += -rR --no-print-directory
.DELETE_ON_ERROR:

# Make's own defaults, as far as nobody has said otherwise.
ifneq ($(filter default undefined,$(origin CC)),)
CC := gcc
endif
ifneq ($(filter default undefined,$(origin LD)),)
LD := ld
endif

say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' $(1) $(patsubst $(CURDIR)/%,%,$@);)
echo-command = $(if $(filter 1,$(V)),set -x;)
quote = '$(subst ','\'',$(1))'
same = $(and $(findstring x$(1)x,x$(2)x),$(findstring x$(2)x,x$(1)x))

# $(call if-changed,NAME) runs $(cmd-NAME). The target must have FORCE among its prerequisites.
if-changed = $(if $(filter-out FORCE,$?)$(if $(call same,$(strip $(cmd-$(1))),$(strip \
	$(file <$@.cmd))),,changed),$(call run-command,$(1)),@:)
run-command = $(call say,$(1)) [ -d $(@D) ] || mkdir -p $(@D) && { $(echo-command) $(strip $(cmd-$(1))); } && \
	printf '%s\n' $(call quote,$(strip $(cmd-$(1)))) >$@.cmd

# One line of compile_commands.json for each object whose command is known.
cmd-JSON = scripts/build/compile_commands $(filter %.o,$^) >$@.new && mv $@.new $@

# $(call load-folder,FOLDER) appends the objects of a folder to `found`, as FOLDER/x.o.
define load-folder
obj-y :=
dir-y :=
include $(1)/Makefile
found += $$(addprefix $(1)/,$$(obj-y))
$$(foreach o,$$(obj-y),$$(eval cflags-$(1)/$$o := $$(cflags-$$o))$$(eval cflags-$$o :=))
$$(foreach d,$$(dir-y),$$(eval $$(call load-folder,$(1)/$$d)))
endef

warnings := -Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wvla -Wundef

.PHONY: FORCE
FORCE:
