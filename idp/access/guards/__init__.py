"""What no change of access may do.

Owns three rules: nobody hands out more than they have, the last owner stays, what breaks is said before. Does not own
the changes themselves.
"""
