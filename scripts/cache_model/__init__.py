"""The protocol of the cache as a model that is checked in every order of its steps."""
