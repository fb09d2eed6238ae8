"""The shape of what operators type about settings: made from the settings themselves."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm

from idp.stored_settings.labels import label_of
from idp.stored_settings.service import Line

_SWITCH = {"on": _l("on"), "off": _l("off")}


def make_form(lines: Sequence[Line], version: int, typed: Any = None) -> BaseForm:
    """Make the form of a tab: what was typed, or else what is so now."""
    fields: dict[str, Any] = {line.choice.name: _field(line) for line in lines if line.is_open}
    form = BaseForm({**fields, "version": HiddenField()})
    data = {line.choice.name: line.text for line in lines}
    form.process(typed, data={**data, "version": str(version)})
    return form


def _field(line: Line) -> Any:
    label, options = label_of(line.choice.name), line.choice.options
    if options:
        return SelectField(label, choices=[SelectChoice(each, _SWITCH.get(each, each)) for each in options])
    return StringField(label)
