"""The synthetic city: scenario, world, truth and export. No conclusion about Hamm may be drawn from it."""
