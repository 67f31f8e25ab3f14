"""What crosses a process or outlives one: values, task specs, outcomes, records, addresses, events."""
