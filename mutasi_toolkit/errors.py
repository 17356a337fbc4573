"""The few kinds of error a caller can meet, each with the exit code the command line gives it."""

from __future__ import annotations


class MutasiError(Exception):
    """Base of every error this package raises on purpose; `exit_code` is what the command returns."""

    exit_code = 1


class InputError(MutasiError):
    """The tables, settings or arguments are not usable; the message says where, what, why and the remedy."""

    exit_code = 2


class InfeasibleError(MutasiError):
    """No plan satisfies the hard rules; the message names the smallest conflicting set of rules."""

    exit_code = 3


class ReproductionError(MutasiError):
    """A run could not be reproduced byte for byte; the message names the outputs that differ."""

    exit_code = 4
