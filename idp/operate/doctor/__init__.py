"""What is wrong with the house, asked question by question, each answer with its reason and its fix.

Not here: what keeps a server from starting at all (idp.operate.serving.preflight, idp.operate.config_problems).
"""
