"""A checked workflow becomes files that an orchestrator takes: targets, the driver, forecasts."""
