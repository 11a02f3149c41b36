"""Several newsrooms tell one story: who speaks, in whose words, with what numbers, and where they copy or contradict."""
