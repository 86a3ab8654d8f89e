"""Tables, one kind of release a file: caption, row and column scope, right-aligned numbers, "≤7"."""
