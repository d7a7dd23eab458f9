"""Laws about who may do what: tokens, identities, tenants."""
