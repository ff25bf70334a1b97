"""WITH WHAT result: the arrays a leg leaves. Knows no simulator and no judge."""
