"""How good the first ten answers of job search are, by judgements of people.

`python -m scripts.relevance FOLDER`, with FOLDER holding the posting files and queries.txt, over a
database into which those postings were imported. docs/search.md says how they were judged.
"""
