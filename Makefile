# SPDX-License-Identifier: MIT
# The front door. `make help` lists what there is.

include grader/common.mk

BUILD ?= build

.PHONY: student class docs gradescope new-exercise lint-labs mutants mutants-auto test host-test \
	fuzz fuzz-l4 check format bench soak size \
	compile_commands.json clean

help:
	@sed -n 's/^#: //p' Makefile

#: make deps                      install everything from Debian's packages
#: make grade  [LAB=n|all] [TEST=name|n.m] [BASE=reference] [WITH=n.m,n.m,...]
#:             [EMULATOR=bochs|qemu] [MEMORY=megabytes] [CC_STAGE=gcc|clang]
#:             [SEED=n] [LOGS=dir] [SUBMISSION=dir]
#:             [HTML=file] [JSON=file] [JUNIT=file] [GRADESCOPE=file]
#:                                the verdict as a page with pictures, and for programs
#:             [JITTER=n]         the timer's interrupts come where this seed says
#: make watch  [LAB=n] [TEST=name|n.m]  grade again whenever an exercise is saved, and
#:                                say what is new; Ctrl-C ends it
#: make progress [HTML=file]      what is done, in points and hours, by the last verdicts
#: make shell                     a shell that completes targets, labs and tests by Tab
#: make run    LAB=n              boot a stage and watch it
#:             [PROGRAM=name]     where L4 runs: this root program; without LAB, in the
#:                                last lab that has it
#:             [PARANOID=1|2]     H looks after each operation whether all is well:
#:                                at what it touched, or at everything
#: make debug  LAB=n [TEST=name] [PROGRAM=name]  gdb on the stage (EMULATOR=bochs: its
#:                                debugger)
#: make memory LAB=n [TEST=name] [SVG=file] [PROGRAM=name]  the picture of physical
#:                                memory, from lab 7 on of mappings too, or what
#:                                they were before and after a test
#: make hint   EX=n.m             the next of three hints
#: make check-client [CLIENT=folder] [CC_STAGE=gcc|clang]  does a client keep to
#:                                the H interface, and to nothing else?
#: make student DIR=path          write or renew a student's tree
#: make class DIR=folder OUT=folder [LAB=n,n|all] [JOBS=n] [LATE=file]
#:             [BASE=best|own|reference] [SECONDS=n] [UNCONFINED=1]
#:                                grade a folder of submissions, each confined; goes on
#:                                where it was interrupted
#: make gradescope LAB=n|all [BASE=reference] [ZIP=file]
#:                                the zip file of an autograder for Gradescope
#: make test                      everything that must hold of the course itself
#: make host-test                 of it: the parts that run as programs of this host
#: make fuzz   [SECONDS=n]        H on the host, with calls that a fuzzer chooses
#:             [INPUT=file]       what it found once more
#: make fuzz-l4 [SECONDS=n] [CALLS=n] [MEMORY=megabytes] [EMULATOR=bochs|qemu]
#:             [SEED=n]           hostile programs on the whole system, with seeds that
#:                                are printed; one of them once more
#: make check                     formatting and static analysis
#: make format                    lay out the C sources as the checks want them
#: make new-exercise LAB=n NAME=name [TITLE="words"]
#:                                the skeleton of an exercise: region, header, test,
#:                                mutant, hints, section; handouts/instructors.md goes
#:                                on from there
#: make lint-labs                 do manifests, sources, tests, mutants and handouts
#:                                agree, and what is still to be written?
#: make mutants [LAB=n] [EXERCISE=n.m]  the matrix of mistakes and the tests that see them
#:             [MESSAGES=folder]  instead of it what students are told of each
#: make mutants-auto [LAB=n] [EXERCISE=n.m] [FILE=path] [SAMPLE=n [SEED=n]]
#:                                mistakes made by rule in the solutions, those that no
#:                                test sees, and those that are explained
#: make bench  [JSON=file] [SVG=dir] [ONLY=instructions|ipc|memory|size|times|class]
#:                                what H's operations cost, messages and threads of L4,
#:                                how boots and verdicts last
#: make size   [JSON=file]        lines to be trusted, kernel image, environment
#: make soak   [ONLY=verdicts|laws|programs|hostile|seeds|halves|jitter|mutants|class] [RUNS=n]
#:                                the same verdict again and again, under load, and on
#:                                slower machines, with RUNS=n (100; of wrong
#:                                submissions a fifth)
#:             [SEED=n] [LAW=n] [CASES=n]  the laws of H, with many seeds
#:             [SEED=n] [FIRST=n] random programs in user space; the seed is printed
#:             [SEED=n]           hostile programs on L4: boots of 25,000 system calls
#:             [SEED=n] [LAB=n]   every test with 200 schedules (JITTER)
#: make docs   [OUT=folder]       the handouts as a site and as a PDF, in build/docs
#: make compile_commands.json     for editors and clang-tidy
#: make clean

student: check-deps
	@$(GRADE) student $(call option,DIR,dir)

class: check-deps
	@$(GRADE) class $(call option,DIR,dir) $(call option,OUT,out) \
		$(call option,LAB,lab) $(call option,BASE,base) \
		$(call option,LATE,late) $(call option,JOBS,jobs) \
		$(call option,EMULATOR,emulator) $(call option,MEMORY,memory) \
		$(call option,SECONDS,seconds) $(if $(UNCONFINED),--unconfined)

gradescope: check-deps
	@$(GRADE) gradescope $(call option,LAB,lab) $(call option,BASE,base) \
		$(call option,ZIP,zip)

new-exercise: check-deps
	@$(GRADE) new-exercise $(call option,LAB,lab) $(call option,NAME,name) \
		$(call option,TITLE,title)

lint-labs: check-deps
	@$(GRADE) lint-labs

mutants: check-deps
	@$(GRADE) mutants $(call option,LAB,lab) $(call option,EXERCISE,exercise) \
		$(call option,MESSAGES,messages)

mutants-auto: check-deps
	@$(GRADE) mutants-auto $(call option,LAB,lab) $(call option,EXERCISE,exercise) \
		$(call option,FILE,file) $(call option,SAMPLE,sample) \
		$(call option,SEED,seed)

bench: check-deps
	@$(GRADE) bench $(call option,JSON,json) $(call option,RUNS,runs) \
		$(call option,SVG,svg) $(call option,ONLY,only)

soak: check-deps
	@$(GRADE) soak $(call option,ONLY,only) $(call option,RUNS,runs) \
		$(call option,LAB,lab) $(call option,SEED,seed) \
		$(call option,LAW,law) $(call option,CASES,cases) \
		$(call option,FIRST,first)

# One process more than two processors: each waits now and then, for a machine that
# sleeps or a page that is drawn.
test: check-deps
	@/usr/bin/python3 -m pytest -n 3 $(PYTEST) grader/tests

host-test: check-deps
	@$(MAKE) -C kernel/tests BUILD=$(abspath $(BUILD))/host
	@$(MAKE) -C h/tests BUILD=$(abspath $(BUILD))/h
	@$(MAKE) -C l4/tests BUILD=$(abspath $(BUILD))/l4
	@$(MAKE) -C labs/4-contexts/tests BUILD=$(abspath $(BUILD))/contexts
	@$(MAKE) -C user/tests BUILD=$(abspath $(BUILD))/user

fuzz: check-deps
	@$(MAKE) -C h/tests fuzz BUILD=$(abspath $(BUILD))/h $(if $(INPUT),INPUT=$(abspath $(INPUT)))

fuzz-l4: check-deps
	@$(GRADE) fuzz-l4 $(call option,SECONDS,seconds) $(call option,SEED,seed) \
		$(call option,CALLS,calls) $(call option,MEMORY,memory) \
		$(call option,EMULATOR,emulator)

size: check-deps
	@$(GRADE) size $(call option,JSON,json)

docs: check-deps
	@$(GRADE) docs $(call option,OUT,out)

compile_commands.json: check-deps
	@$(GRADE) compile-commands

check: check-deps
	@grader/check

format: check-deps
	@grader/check rewrite

clean:
	rm -rf $(BUILD) compile_commands.json
