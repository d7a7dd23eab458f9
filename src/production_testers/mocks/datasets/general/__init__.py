"""Data of no industry: requests, tenants, messages, values, prompts, documents, conversations."""
