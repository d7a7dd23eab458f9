"""Laws about runs, tenants and stages that must not see or stop each other."""
