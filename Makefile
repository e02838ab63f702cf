# SPDX-License-Identifier: MIT
# The front door. `make help` lists what there is.

include grader/common.mk

BUILD ?= build

.PHONY: student mutants test host-test check format bench soak \
	compile_commands.json clean

help:
	@sed -n 's/^#: //p' Makefile

#: make deps                      install everything from Debian's packages
#: make grade  [LAB=n|all] [TEST=name|n.m] [BASE=reference] [WITH=n.m]
#:             [EMULATOR=bochs|qemu] [MEMORY=megabytes] [CC_STAGE=gcc|clang]
#:             [SEED=n] [JSON=file] [LOGS=dir] [SUBMISSION=dir]
#: make run    LAB=n              boot a stage and watch it
#: make debug  LAB=n [TEST=name]  gdb on the stage (EMULATOR=bochs: its debugger)
#: make memory LAB=n [TEST=name] [SVG=file]  the picture of physical memory, or
#:                                what it was before and after a test
#: make hint   EX=n.m             the next of three hints
#: make check-client [CLIENT=folder] [CC_STAGE=gcc|clang]  does a client keep to
#:                                the H interface, and to nothing else?
#: make student DIR=path          write or renew a student's tree
#: make test                      everything that must hold of the course itself
#: make check                     formatting and static analysis
#: make format                    lay out the C sources as the checks want them
#: make mutants [LAB=n]           the matrix of mistakes and the tests that see them
#: make bench  [JSON=file]        how long boots and verdicts take
#: make soak                      the same verdict again and again, under load
#: make compile_commands.json     for editors and clang-tidy
#: make clean

student: check-deps
	@$(GRADE) student $(call option,DIR,dir)

mutants: check-deps
	@$(GRADE) mutants $(call option,LAB,lab) $(call option,EXERCISE,exercise)

bench: check-deps
	@$(GRADE) bench $(call option,JSON,json) $(call option,RUNS,runs)

soak: check-deps
	@$(GRADE) soak $(call option,RUNS,runs) $(call option,LAB,lab)

test: check-deps
	@/usr/bin/python3 -m pytest -n 2 $(PYTEST) grader/tests

host-test: check-deps
	@$(MAKE) -C kernel/tests BUILD=$(abspath $(BUILD))/host

compile_commands.json: check-deps
	@$(GRADE) compile-commands

check: check-deps
	@grader/check

format: check-deps
	@grader/check rewrite

clean:
	rm -rf $(BUILD) compile_commands.json
