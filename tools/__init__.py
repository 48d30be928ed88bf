"""What can be done: the desk, which is the one door, and one small file per ability."""
