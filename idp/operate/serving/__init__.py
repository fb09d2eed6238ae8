"""From `idp serve` to the first answer: may it start, on which port, in which processes, and what is then said.

Not here: what the worker does beside the server (idp.operate.worker), nor what is wrong with the house
(idp.operate.doctor).
"""
