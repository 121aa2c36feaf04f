"""Reports: a frozen submission and its scorecard become one tagged, repeatable PDF."""
