"""Sealing anew: values that an older key-encryption key sealed are sealed with the newest, in the background.

Owns the count of what is sealed with which key, and the job. Does not own the keys nor how a value is sealed
(idp.core.cipher), nor the columns: their slices name them (idp.core.sealed).
"""

from idp.sealing import service as _service  # noqa: F401 - its kind of job must be known
