"""The demo town's stories: each returns its beats, with places that fit together on the map."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from app.demo.city_plan import AVENUES, LANDMARKS, STREETS, Landmark, Spot, crossing

CRITICAL, HIGH, NORMAL, LOW = 1, 2, 3, 4
EAST_AVENUES = tuple(AVENUES)[4:]
INNER_STREETS = tuple(STREETS)[2:-2]
VEHICLES = (
    "silver hatchback", "dark blue SUV", "white van", "black sedan", "red pickup", "grey minivan",
    "green estate car", "white box truck",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beat:
    """One alert of a story, or (same ``slot``, higher ``revision``) a correction of it."""

    after_s: float
    slot: str
    kind: str
    urgency: int
    title: str
    detail: str
    place: str
    at: Spot
    revision: int = 0


def _corner(rng: Random) -> tuple[str, str, Spot]:
    street, avenue = rng.choice(INNER_STREETS), rng.choice(EAST_AVENUES)
    return street, avenue, crossing(street, avenue)


def _landmark(rng: Random, sort: str) -> Landmark:
    return rng.choice([place for place in LANDMARKS if place.sort == sort])


def _plate(rng: Random) -> str:
    return f"WF-{rng.randint(1000, 9999)}"


def _away(rng: Random, start: Spot, far_m: float) -> tuple[str, Spot, str]:
    """Return a spot ``far_m`` or a little more from ``start`` along the nearest avenue, and the way there."""
    avenue = min(AVENUES, key=lambda name: abs(AVENUES[name] - start[0]))
    north = start[1] < 0 if abs(start[1]) > 500 else rng.random() < 0.5
    return avenue, (AVENUES[avenue], start[1] + (far_m if north else -far_m)), "north" if north else "south"


def _along(avenue: str, at: Spot) -> str:
    return f"{avenue} near {min(STREETS, key=lambda name: abs(STREETS[name] - at[1]))}"


def _getaway(rng: Random, start: Spot, after_s: float, reason: str, vehicle: str, plate: str) -> list[Beat]:
    """Two plate reads, one after the other along the avenue that leads away."""
    avenue, first, way = _away(rng, start, rng.uniform(330, 420))
    sign = 1 if way == "north" else -1
    second = (first[0], first[1] + sign * rng.uniform(420, 520))
    return [
        Beat(after_s, "p", "plate_hit", HIGH, f"Plate {plate}: {vehicle}, {way}bound on {avenue}", reason,
             _along(avenue, first), first),
        Beat(
            after_s + 24, "q", "plate_hit", HIGH, f"Plate {plate} again, still {way}bound on {avenue}",
            f"Second read of the {vehicle}.", _along(avenue, second), second,
        ),
    ]  # fmt: skip


def shooting(rng: Random) -> list[Beat]:
    """A call, a gunshot near by, a car that leaves, and the call corrected."""
    street, avenue, at = _corner(rng)
    east = rng.choice((-1, 1)) * rng.uniform(150, 210)
    heard = (at[0] + east, at[1] + rng.uniform(-25, 25))
    vehicle, plate = rng.choice(VEHICLES), _plate(rng)
    rounds = rng.randint(2, 6)
    return [
        Beat(
            0, "c", "call_911", HIGH, f"Caller heard shots near {street} and {avenue}",
            "Caller is indoors and cannot see the street.", f"{street} & {avenue}", at,
        ),
        Beat(
            20, "g", "gunshot", CRITICAL, f"{rounds} rounds detected on {street}",
            f"Sensor confidence {rng.randint(88, 98)} %. Single weapon.",
            f"{street}, {'east' if east > 0 else 'west'} of {avenue}", heard,
        ),
        *_getaway(rng, heard, 36, f"Matches the vehicle seen leaving {street}.", vehicle, plate),
        Beat(
            47, "c", "call_911", CRITICAL, f"Shots fired, one person hurt at {rng.randint(2, 98)} {street}",
            f"Caller now outside. One person hurt, conscious. A {vehicle} left towards {avenue}.",
            f"{street}, near {avenue}", (heard[0] + rng.uniform(-30, 30), heard[1]), revision=1,
        ),
    ]  # fmt: skip


def fireworks(rng: Random) -> list[Beat]:
    """A gunshot alert that turns out to be nothing."""
    street, avenue, at = _corner(rng)
    return [
        Beat(
            0, "g", "gunshot", CRITICAL, f"Possible gunshots near {street} and {avenue}",
            f"{rng.randint(3, 12)} impulses. Sensor confidence {rng.randint(51, 67)} %.",
            f"{street} & {avenue}", at,
        ),
        Beat(
            26, "g", "gunshot", LOW, f"Fireworks near {street} and {avenue}",
            "Reviewed by the acoustic desk: regular spacing, no weapon signature.",
            f"{street} & {avenue}", at,
            revision=1,
        ),
    ]  # fmt: skip


def school_panic(rng: Random) -> list[Beat]:
    """A school's panic button, a call from next door, and the office's answer."""
    school = _landmark(rng, "school")
    near = (school.at[0] + rng.uniform(60, 140), school.at[1] + rng.uniform(-60, 60))
    drill = rng.random() < 0.5
    told = (
        ("Drill not announced, confirmed by the office. No danger.", LOW, f"{school.name}: drill confirmed")
        if drill
        else ("Office confirms an intruder in the gym wing. Doors locked.", CRITICAL,
        f"{school.name}: intruder in gym wing")
    )  # fmt: skip
    return [
        Beat(
            0, "b", "panic", CRITICAL, f"Panic button: {school.name}",
            f"Button {rng.randint(1, 14)}, {rng.choice(('main office', 'gym wing', 'east hallway'))}.",
            school.name,
            school.at,
        ),
        Beat(
            17, "c", "call_911", HIGH, f"Neighbour reports alarm at {school.name}",
            "Pupils are seen leaving by the side door.", f"near {school.name}", near,
        ),
        Beat(38, "b", "panic", told[1], told[2], told[0], school.name, school.at, revision=1),
    ]  # fmt: skip


def robbery(rng: Random) -> list[Beat]:
    """A shop's button, a witness, and a car that leaves."""
    shop = _landmark(rng, "shop")
    vehicle, plate = rng.choice(VEHICLES), _plate(rng)
    seen = (shop.at[0] + rng.uniform(-60, 60), shop.at[1] + rng.uniform(-60, 60))
    return [
        Beat(0, "b", "panic", CRITICAL, f"Hold-up button: {shop.name}", "Silent alarm from the till.",
        shop.name, shop.at),
        Beat(
            16, "c", "call_911", HIGH, f"Robbery at {shop.name}, caller outside",
            f"Two people ran to a {vehicle}. No injuries seen.", shop.name, seen,
        ),
        *_getaway(rng, shop.at, 34, f"Wanted for the robbery at {shop.name}.", vehicle, plate),
    ]  # fmt: skip


def crash(rng: Random) -> list[Beat]:
    """A crash, told by two callers, the first corrected."""
    street, avenue, at = _corner(rng)
    vehicle = rng.choice(VEHICLES)
    other = (at[0] + rng.uniform(-40, 40), at[1] + rng.uniform(-40, 40))
    return [
        Beat(
            0, "c", "call_911", NORMAL, f"Two vehicles collided at {street} and {avenue}",
            "No injuries reported. Vehicles block one lane.", f"{street} & {avenue}", at,
        ),
        Beat(
            19, "d", "call_911", HIGH, f"Crash at {street} and {avenue}, driver trapped",
            f"Second caller: driver of the {vehicle} cannot get out.", f"{street} & {avenue}", other,
        ),
        Beat(
            33, "c", "call_911", HIGH, f"Collision with injury at {street} and {avenue}",
            "Joined with the second call. Fuel on the road, both lanes shut.", f"{street} & {avenue}",
            at, revision=1,
        ),
    ]  # fmt: skip


def stolen_car(rng: Random) -> list[Beat]:
    """A plate on the hotlist, read twice on its way."""
    _, _, at = _corner(rng)
    reason = "Reported stolen. Confirm plate and state before acting."
    return _getaway(rng, at, 0, reason, rng.choice(VEHICLES), _plate(rng))


_SMALL: tuple[tuple[int, str, str, str], ...] = (
    (HIGH, "Smoke from a second-floor window at {corner}", "Caller sees no flames. People are leaving.", ""),
    (HIGH, "Person collapsed at {place}", "Breathing. Bystander with the person.", "transit"),
    (NORMAL, "Fight between several people at {place}", "About six people, no weapons seen.", "park"),
    (HIGH, "Child missing at {place}", "Seven years old, yellow raincoat, last seen ten minutes ago.",
    "park"),
    (LOW, "Water over the roadway at {corner}", "Looks like a burst main.", ""),
    (NORMAL, "Vehicle stalled in the junction at {corner}", "Hazard lights on, traffic backs up.", ""),
    (LOW, "Loud music near {corner}", "Third call tonight.", ""),
    (HIGH, "Unattended bag at {place}", "Under a bench, no owner in sight.", "transit"),
    (NORMAL, "Fence cut at {place}", "Guard found the gap on his round.", "yard"),
    (NORMAL, "Person climbing scaffolding at {corner}", "Wears dark clothes, alone.", ""),
)  # fmt: skip


def small_call(rng: Random) -> list[Beat]:
    """One call with nothing after it."""
    urgency, title, detail, sort = rng.choice(_SMALL)
    if sort:
        place = _landmark(rng, sort)
        return [
            Beat(0, "c", "call_911", urgency, title.format(place=place.name), detail, place.name, place.at)
        ]
    street, avenue, at = _corner(rng)
    corner = f"{street} and {avenue}"
    return [
        Beat(0, "c", "call_911", urgency, title.format(corner=corner), detail, f"{street} & {avenue}", at)
    ]


Story = Callable[[Random], list[Beat]]
OPENERS: tuple[Story, ...] = (
    small_call, shooting, small_call, stolen_car, small_call, school_panic, fireworks, small_call,
)  # fmt: skip
"""What the first seconds tell, so that the queue fills with one of each kind."""
STORIES: tuple[Story, ...] = (
    shooting, robbery, school_panic, fireworks, crash, crash, stolen_car, stolen_car, small_call, small_call,
    small_call,
)  # fmt: skip
