"""Who asks for a page, and what a page may ask of them.

A page names who may see it in its signature: `visitor: Reviewer`. Nothing else is needed: who is
not signed in does not come this far, whoever has no such role is refused, and a form must come from
a page of ours (CSRF).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request

from router.human_facts import human
from storage.people.roles import READS_TEXTS, Role
from storage.people.sessions import Session

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who is signed in. `csrf` is what a form of theirs must carry."""

    ref: str
    name: str
    roles: frozenset[Role]
    session: Session
    csrf: str

    @property
    def actor(self) -> str:
        """How the record names them."""
        return human(self.ref)

    @property
    def reads_texts(self) -> bool:
        """Whether they may read what people wrote."""
        return self.may(*READS_TEXTS)

    def may(self, *roles: Role) -> bool:
        """Whether they have one of these roles."""
        return bool(self.roles.intersection(roles))


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """What is wanted is refused. `why` is a word for the record, `text` is for people."""

    def __init__(
        self, why: str, text: str, *, status: int = 403, needs: tuple[Role, ...] = ()
    ) -> None:
        super().__init__(text)
        self.why = why
        self.text = text
        self.status = status
        self.needs = needs


class SignedIn:
    """A dependency: the visitor, who has one of `roles` (any, if none is named)."""

    def __init__(self, *roles: Role) -> None:
        self.roles = roles

    async def __call__(self, request: Request) -> Visitor:
        """The visitor.

        Raises:
            Refusal: they may not have this.
        """
        visitor = visitor_of(request)
        if visitor is None:
            raise Refusal("not_signed_in", "Please sign in first.", status=401)
        if self.roles and not visitor.may(*self.roles):
            raise Refusal("role", _role_text(self.roles), needs=self.roles)
        if request.method not in SAFE_METHODS and not await _is_from_our_form(request, visitor):
            raise Refusal(
                "csrf", "This form is from an older visit. Go back, reload the page and try again."
            )
        return visitor


def signed_in(*roles: Role) -> SignedIn:
    """Who is signed in and has one of `roles`: `Annotated[Visitor, Depends(signed_in(...))]`."""
    return SignedIn(*roles)


def visitor_of(request: Request) -> Visitor | None:
    """Who asks, as the guard found out; None for somebody who is not signed in."""
    return cast("Visitor | None", request.scope.get("state", {}).get("visitor"))


def is_same_site(request: Request) -> bool:
    """Whether the browser says that a page of this site sends this; old ones say nothing."""
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")


async def _is_from_our_form(request: Request, visitor: Visitor) -> bool:
    given = request.headers.get(CSRF_HEADER)
    if given is None:
        form = await request.form()
        given = str(form.get(CSRF_FIELD) or "")
    return hmac.compare_digest(given.encode(), visitor.csrf.encode())


def _role_text(roles: tuple[Role, ...]) -> str:
    names = " or ".join(f"“{role}”" for role in roles)
    return f"This needs the role {names}. An admin can grant it."


Anyone = Annotated[Visitor, Depends(SignedIn())]
Reviewer = Annotated[Visitor, Depends(SignedIn(Role.REVIEWER))]
Reader = Annotated[Visitor, Depends(SignedIn(Role.REVIEWER, Role.PRIVACY))]
Lead = Annotated[Visitor, Depends(SignedIn(Role.LEAD))]
Privacy = Annotated[Visitor, Depends(SignedIn(Role.PRIVACY))]
Admin = Annotated[Visitor, Depends(SignedIn(Role.ADMIN))]
LeadOrAdmin = Annotated[Visitor, Depends(SignedIn(Role.LEAD, Role.ADMIN))]
