"""The job worker: makes reports right after a submission, in a process of its own."""

from portal.jobs.queue import bell

__all__ = ["bell"]
