#!/bin/sh
# SPDX-License-Identifier: MIT
# Gradescope runs this once, when it builds the image in which submissions are graded.
# `make gradescope` puts it into the autograder's zip file; the course is in h4/ beside it.
#
# H4 wants Debian 12. Where the image is something else (by default it is Ubuntu), a
# Debian 12 is installed below it, and run_autograder works in there. Debian's keys come
# with the zip file: Ubuntu 22.04 has none of those that sign Debian 12 today.
set -eu

base=${AUTOGRADER:-/autograder}
course=$base/source/h4
export DEBIAN_FRONTEND=noninteractive

is_debian_12() {
        (. /etc/os-release && [ "$ID-${VERSION_ID-}" = debian-12 ])
}

if ! is_debian_12; then
        mirror=${MIRROR:-http://deb.debian.org/debian}
        apt-get update
        apt-get install -y --no-install-recommends debootstrap gpgv
        debootstrap --variant=minbase --keyring="$base/source/debian-archive-keyring.gpg" \
                bookworm "$base/debian" "$mirror"
        mv "$course" "$base/debian/h4"
        chroot "$base/debian" apt-get update
        chroot "$base/debian" /h4/grader/deps install grading
        chroot "$base/debian" apt-get clean
        exit
fi
apt-get update
"$course/grader/deps" install grading
