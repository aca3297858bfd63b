"""The version of this code: what the OpenAPI document, `/health/ready` and the SBOM tell."""

VERSION = "0.1.0"
