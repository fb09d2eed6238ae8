"""Pictures and colours.

Owns how uploads are opened and how well a colour can be read. Does not own whose picture it is.
"""
