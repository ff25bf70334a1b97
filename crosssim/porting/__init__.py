"""What will bite when a Hoc and NMODL model is ported, and the nearest PyNN standard model of each mechanism."""

from crosssim.porting.finding import FileScan, Finding, ParameterMap, Proposal, ScanResult, Severity, Unreadable
from crosssim.porting.scan import scan

__all__ = ["FileScan", "Finding", "ParameterMap", "Proposal", "ScanResult", "Severity", "Unreadable", "scan"]
