"""The workspace on disk: its tree, its names, its documents. The only code that knows paths.

`workspace.Workspace` is the root, `run_folder.RunFolder` one run; `layout` declares both trees
once, for scaffolding and for validation alike.
"""
