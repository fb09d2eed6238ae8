"""Enrolment on HTTP: the two pages, shown in the account and inside a sign-in alike."""
