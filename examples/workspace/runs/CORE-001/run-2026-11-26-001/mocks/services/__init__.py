"""The services that this run's pipelines call; each module has `service(seed)`.

Edit a module to change what its service knows. Stages reach them by name:
`await port.call("db", "query", sql="SELECT …")`.
"""
