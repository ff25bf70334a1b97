"""The porting ladder of Destexhe (2009): the same network from Hoc and NMODL to pure PyNN, one change at a time."""
