"""What an owner proves an account with: the password, how good it is, and how one gets back in without it.

Owns password hashes, ours and those that were made elsewhere, and recovery. Does not own second factors (idp.authn).
"""
