"""Bills of materials: what a delivery is made of, in the two formats that scanners read."""

from .bill import Bill, Component, Delivered
from .cyclonedx import cyclonedx
from .spdx import spdx

__all__ = ["Bill", "Component", "Delivered", "cyclonedx", "spdx"]
