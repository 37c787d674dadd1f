"""The kit that packs' tests import: a composed project, built by real dbt on a real small warehouse."""

from __future__ import annotations

from fintech_accelerator.testing.many_projects import composed_projects
from fintech_accelerator.testing.project import ComposedProject, composed_project

__all__ = ["ComposedProject", "composed_project", "composed_projects"]
