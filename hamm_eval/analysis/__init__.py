"""One module a question: each binds a cohort and params to numbers and returns Estimates."""
