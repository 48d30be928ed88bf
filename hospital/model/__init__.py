"""The things a hospital has: places, people, bookings, supplies and the feeds that report them."""
