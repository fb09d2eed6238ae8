"""Account pages on HTTP: cookies that carry a mailed link or a begun registration, forms, answers.

Owns what the views need of request and response. Does not own any rule: those are in the services.
"""
