"""STATES: every state of every page, one row each, by name.

Owns the rows, a file for every room whose pages they show. Does not own the templates they fill.
"""

from idp.gallery.states import apps, house, portal, registration, second_step, sign_in

STATES = {
    state.name: state for room in (sign_in, second_step, registration, portal, apps, house) for state in room.STATES
}
