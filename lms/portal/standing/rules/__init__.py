"""Pure decisions of standing: what a gate answers, which tier is earned, and the words for both."""
