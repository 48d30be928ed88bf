"""The things a hospital has: places, people, bookings, supplies, history and work waiting."""
