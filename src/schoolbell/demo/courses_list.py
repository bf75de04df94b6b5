"""What the course seller sells, where, by whom and how often."""

from dataclasses import dataclass
from typing import Any, Final

_EVENING: Final[dict[str, Any]] = {"delivery": "at_venue", "price_per": "course", "tax_rate": 1800}

COURSES: Final[dict[str, dict[str, Any]]] = {
    "Data Analysis with Spreadsheets": _EVENING | {
        "description": "Four evenings from a messy table to a chart that answers a question. Bring a laptop and, if "
        "you can, figures of your own.",
        "duration_minutes": 120, "price": 1_200_000, "capacity": 24,
    },
    "Python for Analysts": _EVENING | {
        "description": "Eight evenings for people who know spreadsheets and want more: reading files, cleaning, "
        "grouping, plotting. Ends with a report that writes itself.",
        "duration_minutes": 120, "price": 1_850_000, "capacity": 18, "difficulty": "intermediate",
    },
    "Phone Photography": _EVENING | {
        "description": "Two mornings outdoors, one on light and one on people. You go home with twelve pictures that "
        "you would hang on a wall.",
        "duration_minutes": 150, "price": 450_000, "capacity": 14,
    },
    "Public Speaking": _EVENING | {
        "description": "Six evenings, six short talks. Everybody speaks every time, and everybody is listened to.",
        "duration_minutes": 120, "price": 900_000, "capacity": 12,
    },
    "Spoken Kannada for Beginners": _EVENING | {
        "description": "Ten lessons for the market, the bus and the neighbours. No script, much speaking.",
        "duration_minutes": 90, "price": 750_000, "capacity": 16,
    },
    "Pottery on the Wheel": _EVENING | {
        "description": "Five Saturdays: centring, bowls, cups, trimming and glazing. Clay and two firings included.",
        "duration_minutes": 180, "price": 1_100_000, "capacity": 8,
    },
    "Block Printing, Two Sundays": _EVENING | {
        "description": "Two Sundays of carving, mixing and printing. You take home two metres of cloth and the blocks.",
        "duration_minutes": 300, "price": 680_000, "capacity": 10,
    },
    "Cooking of the Coast": _EVENING | {
        "description": "Three evenings from Mangaluru to Kochi. We cook in pairs and eat together.",
        "duration_minutes": 180, "price": 820_000, "capacity": 10,
    },
    "Personal Finance in Plain Words": _EVENING | {
        "description": "Three online evenings on budgets, insurance, funds and tax. Nothing is sold to you.",
        "duration_minutes": 90, "price": 350_000, "capacity": 40, "delivery": "online",
    },
    "Creative Writing Circle": _EVENING | {
        "description": "Six evenings, six exercises, one short story. We read aloud and are kind.",
        "duration_minutes": 120, "price": 650_000, "capacity": 12,
    },
    "Yoga, one morning at a time": _EVENING | {
        "description": "An hour before breakfast. Take the mornings that you like; mats are there.",
        "duration_minutes": 60, "price": 60_000, "price_per": "lesson", "capacity": 15,
    },
    "Open Sketching Studio": _EVENING | {
        "description": "A model, a still life or the street, and somebody who looks over your shoulder when you ask. "
        "Come on the evenings that suit you.",
        "duration_minutes": 120, "price": 90_000, "price_per": "lesson", "capacity": 12,
    },
}  # fmt: skip

STUDIOS: Final[dict[str, tuple[int, dict[str, Any]]]] = {
    "Indiranagar Studio": (30, {"address_line1": "14, 12th Main Road", "city": "Bengaluru", "postcode": "560038",
                                "facilities": {"projector": True, "air_conditioning": True, "step_free": True},
                                "parking_info": "Two-wheelers in the yard; cars on 80 Feet Road."}),
    "Koramangala Loft": (16, {"address_line1": "3rd Floor, 7th Block", "city": "Bengaluru", "postcode": "560095",
                              "facilities": {"kitchen": True, "lift": True}, "parking_info": "Basement."}),
    "Jayanagar Workshop": (12, {"address_line1": "9th Cross, 4th Block", "city": "Bengaluru", "postcode": "560011",
                                "facilities": {"kiln": True, "wheels": 8}, "parking_info": "In the street."}),
}  # fmt: skip

DATA, PYTHON, PHOTO, SPEAKING, KANNADA, POTTERY, BLOCKS, COOKING, FINANCE, WRITING, YOGA, SKETCHING = COURSES

STAFF: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "Meera Iyer": ("Analyst by day, teacher by evening. Likes a clean table.", (DATA, PYTHON)),
    "Arjun Rao": ("Photographs weddings and mountains.", (PHOTO, DATA)),
    "Lakshmi Menon": ("Twenty years in front of audiences, on the radio and off it.", (SPEAKING, WRITING)),
    "Harish Bhat": ("Teaches Kannada as it is spoken at home.", (KANNADA,)),
    "Sneha Kulkarni": ("Potter with a studio of her own in Jayanagar.", (POTTERY, BLOCKS)),
    "Suresh Pillai": ("Cooked in hotels from Goa to Kochi.", (COOKING,)),
    "Nikhil Desai": ("Fee-only adviser: he earns nothing by what you buy.", (FINANCE, DATA)),
    "Divya Hegde": ("Yoga teacher since 2009. Early riser.", (YOGA,)),
    "Anita Chatterjee": ("Illustrator. Carries three sketchbooks.", (SKETCHING, BLOCKS)),
}


@dataclass(frozen=True, slots=True)
class Run:
    """A course that is given again and again: every so many weeks, on these weekdays of so many weeks in a row."""

    course: str
    staff: tuple[str, ...]
    studio: str
    weekdays: tuple[int, ...]
    starts: str
    weeks: int
    every: int
    first_week: int  # of one run; the others follow from it
    choose: bool = False
    notes: str = ""


_INDIRANAGAR, _KORAMANGALA, _JAYANAGAR = STUDIOS

RUNS: Final = (
    Run(DATA, ("Meera Iyer", "Nikhil Desai"), _INDIRANAGAR, (2,), "18:30", 4, 7, 1, notes="Bring a laptop."),
    Run(PYTHON, ("Meera Iyer",), _INDIRANAGAR, (4,), "18:30", 8, 10, 2, notes="Bring a laptop."),
    Run(PHOTO, ("Arjun Rao",), "", (6,), "06:30", 2, 5, 1, notes="We meet at the glass house in Lalbagh."),
    Run(SPEAKING, ("Lakshmi Menon",), _KORAMANGALA, (3,), "19:00", 6, 9, 1),
    Run(KANNADA, ("Harish Bhat",), _INDIRANAGAR, (1, 3), "18:30", 5, 8, 2),
    Run(POTTERY, ("Sneha Kulkarni",), _JAYANAGAR, (6,), "10:00", 5, 7, 1),
    Run(BLOCKS, ("Sneha Kulkarni", "Anita Chatterjee"), _JAYANAGAR, (7,), "10:00", 2, 8, 2),
    Run(COOKING, ("Suresh Pillai",), _KORAMANGALA, (5,), "18:00", 3, 6, 1),
    Run(FINANCE, ("Nikhil Desai",), "", (1,), "20:00", 3, 7, 3),
    Run(WRITING, ("Lakshmi Menon",), _KORAMANGALA, (2,), "19:00", 6, 9, 3),
    Run(YOGA, ("Divya Hegde",), _INDIRANAGAR, (2, 4, 7), "07:00", 4, 4, 1, choose=True),
    Run(SKETCHING, ("Anita Chatterjee",), _KORAMANGALA, (4,), "18:30", 6, 6, 1, choose=True),
)
