"""Configuration as a file: APIs, roles, groups, apps and webhooks, described in one TOML manifest.

Owns the manifest's form, the comparison with what is there, the order in which differences are made good, and the
record of what came from the file (idp.operate.managed). Does not own the rules of what it writes (idp.access,
idp.clients, idp.webhooks), which it asks by their services, nor the settings (idp.core), which stand in idp.toml.
"""
