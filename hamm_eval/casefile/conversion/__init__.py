"""From text to typed columns, strictly: what is not understood is a finding, never a guess."""
