"""What can be wrong with a mail before it is sent."""

from idp.core.errors import DomainError


class UnfitMail(DomainError):
    """An address or a subject that could break out of its header line."""
