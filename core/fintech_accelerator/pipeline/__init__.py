"""What a run does, stage by stage, and what is done around it: packs, parameters, checks, documents."""
