"""The parcels specialist, as a plain object, and the plugin, as an object with a hook."""

from pathlib import Path

from frontdesk import Answer, Context, Handoff, Specialist, Ticket, hookimpl

EXAMPLES = (
    "where is my parcel",
    "the package has not arrived yet",
    "tracking says delivered but there is nothing here",
    "can I change the delivery address of a parcel",
    "how long does shipping take",
    "my parcel arrived damaged",
    "the courier left the box in the rain",
    "I missed the delivery, what now",
    "do you ship to Norway",
    "which carrier delivers my order",
    "the tracking number does not work",
    "can somebody else pick up my package",
)


class Parcels:
    """Answers what is about the way of a parcel, and hands over what is about its price."""

    name = "parcels"
    handles = (
        "parcels and deliveries: where a shipment is, tracking numbers, missed, late or damaged "
        "deliveries, changing the delivery address, shipping times and carriers"
    )
    examples = EXAMPLES
    knowledge = Path(__file__).parent / "knowledge"

    async def answer(self, ticket: Ticket, context: Context) -> Answer:
        """Answer from the articles; shipping charges are billing's."""
        if "shipping charge" in ticket.text.lower():
            return Handoff("billing", "it is about a charge", ticket.text)
        return await context.answer(ticket)


class _Plugin:
    frontdesk_api = 1

    @hookimpl
    def register_specialists(self) -> list[Specialist]:
        """Offer the parcels specialist: not a subclass, and as good as one."""
        return [Parcels()]  # type: ignore[list-item]


specialists = _Plugin()
