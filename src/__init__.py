"""TalentSphere: the backend of a job platform."""
