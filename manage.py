#!/usr/bin/env python
"""The command line of StudyTrack."""

import sys

from environs import EnvError

from studytrack.environment import choose_settings


def main() -> None:
    """Run a management command; a setting that makes no sense is refused in one line."""
    try:
        choose_settings()
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except EnvError as refusal:
        sys.exit(f"StudyTrack does not start: {refusal}")


if __name__ == "__main__":
    main()
