"""Trials: an administrator signs in to an app from the console, and sees every leg of it.

Owns the row of a trial, the exception it makes for one redirect address, and the walk through the endpoints. Does not
own the pages (`admin/clients/trying`) nor any rule of the protocol: the same server answers, inside this process. No
token leaves it: pages get what a token says, never the token, and the walk ends with its revocation.
"""
