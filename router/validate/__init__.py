"""The validator: a chain of checks and a second model. Only its approval lets a draft out."""

from router.validate.chain import Validator
from router.validate.check import Check, ValidatorAgent
from router.validate.defaults import ValidationSettings, default_checks
from router.validate.draft import Draft
from router.validate.hidden import visible
from router.validate.inbound import Suspicion, suspicion

__all__ = [
    "Check",
    "Draft",
    "Suspicion",
    "ValidationSettings",
    "Validator",
    "ValidatorAgent",
    "default_checks",
    "suspicion",
    "visible",
]
