# SPDX-License-Identifier: MIT
"""H4's grader: from a tree of sources to a verdict that can be trusted."""
