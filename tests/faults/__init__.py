"""What a run comes to when machines, disks and processes fail under it."""
