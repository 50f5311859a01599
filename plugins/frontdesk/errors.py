"""The error tree: what goes wrong is one of these, what is expected is a value.

FrontdeskError
├── SettingsError       a setting is missing or wrong
├── PluginError         a plugin cannot be used
├── SpecialistError     a specialist could not answer
│   ├── ModelUnavailable    no model is configured, or it did not answer
│   ├── BudgetExceeded      calls, tokens, money or seconds of this ticket are used up
│   ├── NotGranted          the operator has not granted what was used
│   └── HttpFailed          a service did not answer as it should
├── StoreError          the record could not be read or written
└── PostError           a post failed
    └── PostUnknown         nobody knows whether the post went out: look it up before repeating
"""


class FrontdeskError(Exception):
    """Base of every error that Frontdesk raises on purpose."""


class SettingsError(FrontdeskError):
    """A setting is missing or wrong; the text names it and says what to set."""


class PluginError(FrontdeskError):
    """A plugin cannot be used; the text says why."""


class SpecialistError(FrontdeskError):
    """A specialist could not answer; the desk hands the ticket to a human."""


class ModelUnavailable(SpecialistError):  # noqa: N818 - it names a state, as in the glossary
    """No language model is configured, or none answered within its limits."""


class BudgetExceeded(SpecialistError):  # noqa: N818 - it names a state, as in the glossary
    """A hard limit of this ticket (calls, tokens, money, seconds) is reached."""


class NotGranted(SpecialistError):  # noqa: N818 - it names a state, as in the glossary
    """A host, secret or tool was used that the operator has not granted."""


class HttpFailed(SpecialistError):  # noqa: N818 - it names what happened
    """A service could not be reached, or its answer broke a limit of size or time."""


class StoreError(FrontdeskError):
    """The record could not be read or written; nothing visible happened."""


class PostError(FrontdeskError):
    """A post was refused; it is certain that nothing became visible."""


class PostUnknown(PostError):  # noqa: N818 - it names a state, as in the glossary
    """A post may or may not have gone out; look it up by its key before repeating."""
