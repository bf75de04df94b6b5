"""The API's page for people: drawn from the OpenAPI document that programs read, and from nothing else."""
