# SPDX-License-Identifier: MIT
"""The one exception for what the grader cannot do, or will not."""


class GraderError(Exception):
    """The course, the tree or the machine is not as it must be.

    The text is for the person at the terminal: it names the file, the entry,
    the value and the rule. It never stands for a verdict on a submission.
    """
