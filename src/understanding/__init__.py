"""What people mean by the words of a search: occupations, places, kinds of work; tables and rules.

Pure: no database, no request. The tables in data/ are loaded once a process; data/README.md says
where their facts come from.
"""
