"""The account's own pages on HTTP: one file a page, with what it shows and what happens after its form."""
