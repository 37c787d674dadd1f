"""The access matrix: data, what follows from it for a project, and how what stands differs."""
