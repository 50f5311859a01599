"""The made-up company: the people, channels and user group a fresh workspace starts with."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.records import Channel, User


@dataclass(frozen=True)
class Person:
    """One line of the cast. `suffix` ends the user id, so ids can be read in a log."""

    suffix: str
    name: str
    real_name: str
    title: str
    color: str
    guest: bool = False
    admin: bool = False
    outside: bool = False


CAST = (
    Person("ANA", "ana", "Ana Ribeiro", "Sales", "c0563f"),
    Person("BEN", "ben", "Ben Okafor", "Design", "3f7d58"),
    Person("SAM", "sam", "Sam Lindqvist", "Support", "5b5ea6", admin=True),
    Person("KIM", "kim", "Kim Tanaka", "Support", "8c6a1f"),
    Person("GUS", "gus", "Gus Moreau", "Contractor (guest)", "6b7280", guest=True),
    Person("ZOE", "zoe", "Zoe Hart", "Globex (another company)", "9d4edd", outside=True),
)

CHANNELS = (
    ("HELP", "help", "channel", "Ask here. Frontdesk answers or finds someone who does.", False),
    ("TRIAGE", "triage", "group", "What needs a person.", False),
    ("RANDOM", "random", "channel", "Everything else.", False),
    ("PARTNERS", "partners", "channel", "Shared with Globex.", True),
)

MEMBERS = {
    "help": ("ana", "ben", "sam", "kim", "gus"),
    "triage": ("sam", "kim"),
    "random": ("ana", "ben", "sam", "kim"),
    "partners": ("ana", "sam", "zoe"),
}

STAFF = ("sam", "kim")
NO_BOT = ("random",)
OTHER_TEAM = "T0GLOBEX0"


def make_users(team_id: str, key: str) -> list[User]:
    """Return the cast as users of the workspace `team_id`; `key` keeps their ids apart."""
    return [_user(person, team_id, key) for person in CAST]


def _user(person: Person, team_id: str, key: str) -> User:
    return User(
        id=f"U{key}{person.suffix}".ljust(9, "0"),
        name=person.name,
        real_name=person.real_name,
        title=person.title,
        color=person.color,
        team_id=OTHER_TEAM if person.outside else team_id,
        is_restricted=person.guest,
        is_admin=person.admin,
        is_stranger=person.outside,
    )


def make_channels(users: dict[str, str], bot_user_id: str, key: str) -> list[Channel]:
    """Return the channels with their members; `users` maps names to ids."""
    made = []
    for suffix, name, kind, topic, shared in CHANNELS:
        members = [users[member] for member in MEMBERS[name]]
        if name not in NO_BOT:
            members.append(bot_user_id)
        made.append(
            Channel(
                id=f"C{key}{suffix}".ljust(9, "0"),
                name=name,
                kind=kind,
                members=members,
                topic=topic,
                is_ext_shared=shared,
            )
        )
    return made
