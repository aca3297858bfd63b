"""What people mean by the words of a search, and other systems by the rows of an import: tables
and rules.

Pure: no database, no request. The tables in data/ are loaded once a process; data/README.md says
where their facts come from.
"""
