"""Many people at once, from a file: read, checked in a dry run, written by a job that a killed worker cannot harm.

Owns the format, what each row would do, and the steps of the job. Does not own the rules of an account or of roles:
each row goes through the same functions as a single person, in the name and with the rights of who started it.
"""
