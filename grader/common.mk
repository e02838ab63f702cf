# SPDX-License-Identifier: MIT
# The targets that an instructor and a student both have. Each is a front for
# grader/grade; what a variable means, `grader/grade COMMAND --help` tells.

GRADE := grader/grade

# $(call option,VARIABLE,name): `--name value` where the variable is set.
option = $(if $($1),--$2='$($1)')
# $(call capitals,name,NAME): stops where the variable is set on the command line.
capitals = $(if $(filter command,$(origin $1)),$(error $1=$($1): \
	variables have capital letters here: $2=$($1)))
STAGE_OPTIONS = $(call option,LAB,lab) $(call option,BASE,base) \
	$(call option,WITH,with) $(call option,EMULATOR,emulator) \
	$(call option,CC_STAGE,compiler) $(call option,MEMORY,memory) \
	$(call option,SUBMISSION,submission) $(call option,PARANOID,paranoid)

# The verdict in files, each in a form of its own.
REPORTS = $(call option,JSON,json) $(call option,JUNIT,junit) \
	$(call option,GRADESCOPE,gradescope) $(call option,HTML,html) \
	$(call option,CLASSROOM,classroom)

# In small letters it would be another variable, which nobody reads.
NAMES := LAB TEST EX BASE WITH SEED JITTER MEMORY PROGRAM EMULATOR HTML JSON
SMALL := lab test ex base with seed jitter memory program emulator html json
$(foreach pair,$(join $(addsuffix :,$(SMALL)),$(NAMES)),$(call \
	capitals,$(firstword $(subst :, ,$(pair))),$(lastword $(subst :, ,$(pair)))))

.DEFAULT_GOAL := help
.PHONY: help deps check-deps grade watch progress shell run debug memory hint \
	check-client

# A package that is missing is named before anything else is tried. Where
# `deps` is asked for in the same call, it comes first, also with -j.
check-deps: $(filter deps,$(MAKECMDGOALS))
	@grader/deps check

deps:
	@grader/deps install

grade: check-deps
	@$(GRADE) grade $(STAGE_OPTIONS) $(call option,TEST,test) \
		$(call option,SEED,seed) $(REPORTS) \
		$(call option,LOGS,logs) $(call option,JITTER,jitter)

watch: check-deps
	@$(GRADE) watch $(STAGE_OPTIONS) $(call option,TEST,test) \
		$(call option,SEED,seed) $(call option,JITTER,jitter)

progress: check-deps
	@$(GRADE) progress $(call option,HTML,html)

# A shell of its own, so that nothing of the user's is changed. What make tells the
# makes below it is not for those that are typed there.
shell:
	@env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES H4_SHELL=1 \
		bash --rcfile grader/completion.bash -i

run: check-deps
	@$(GRADE) run $(STAGE_OPTIONS) $(call option,PROGRAM,program)

debug: check-deps
	@$(GRADE) debug $(STAGE_OPTIONS) $(call option,TEST,test) \
		$(call option,SEED,seed) $(call option,PROGRAM,program) \
		$(call option,JITTER,jitter)

memory: check-deps
	@$(GRADE) memory $(STAGE_OPTIONS) $(call option,TEST,test) \
		$(call option,SEED,seed) $(call option,SVG,svg) \
		$(call option,PROGRAM,program)

hint: check-deps
	@$(GRADE) hint $(call option,EX,exercise) $(if $(AGAIN),--again)

check-client: check-deps
	@$(GRADE) check-client $(call option,CC_STAGE,compiler) $(CLIENT)
