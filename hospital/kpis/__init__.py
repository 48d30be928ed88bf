"""The figures a hospital is steered by: versioned formulas with numerator, denominator, cohort and exclusions."""
