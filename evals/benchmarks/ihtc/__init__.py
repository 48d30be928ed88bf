"""Integrated planning as the Integrated Healthcare Timetabling Competition 2024 poses it: read, solve, score."""
