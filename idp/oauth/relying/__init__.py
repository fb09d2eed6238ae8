"""What a relying party has written down about us, read and compared with what is true.

Owns the reading of such a text and the list of what does not fit, with what to do about it. Does not own discovery nor
the apps. Secrets in the text are passed over by their name: they are neither compared nor told again.
"""
