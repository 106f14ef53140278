"""External suites, found under LMS_SUITES; `make interop` runs them."""
