"""The tables, declared once each; `casefile.tables` lists them."""
