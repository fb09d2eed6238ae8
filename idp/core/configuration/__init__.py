"""The parts of the settings: their sections, the places they come from, and how each is told.

Owns every setting's bounds, default and sentence. Does not own the object that is asked (idp.core.settings) nor
values the console changed (idp.stored_settings).
"""
