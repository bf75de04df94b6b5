"""What the coding school teaches, and who teaches it."""

from dataclasses import dataclass
from typing import Any, Final

_ONE_TO_ONE: Final[dict[str, Any]] = {
    "format": "one_to_one",
    "delivery": "online",
    "resource_kind": "online_room",
    "duration_minutes": 60,
    "trial_price": 1500,
}
_CLUB: Final[dict[str, Any]] = {"format": "group", "delivery": "online", "duration_minutes": 90, "capacity": 6}

COURSES: Final[dict[str, dict[str, Any]]] = {
    "Scratch Starters": _ONE_TO_ONE | {
        "description": "Your child makes a first game, a first story and a first animation, block by block. No code to "
        "read yet, and no experience needed. Each lesson ends with something to show at the dinner table.",
        "price": 4500, "age_min": 7, "age_max": 10, "difficulty": "beginner",
    },
    "Minecraft Modding": _ONE_TO_ONE | {
        "description": "New blocks, new creatures, new rules: children who love the game learn how it is built. They "
        "start with blocks of code and end with their first lines of Java.",
        "price": 4800, "age_min": 8, "age_max": 13, "difficulty": "beginner",
    },
    "Python Foundations": _ONE_TO_ONE | {
        "description": "From the first line to a finished game. Variables, loops and functions come up when the "
        "project needs them, so that they make sense at once and stay.",
        "price": 5000, "age_min": 10, "age_max": 17, "difficulty": "intermediate",
    },
    "Build for the Web": _ONE_TO_ONE | {
        "description": "A site of one's own with HTML, CSS and JavaScript, put online in the fourth lesson and made "
        "better in every one after it.",
        "price": 5000, "age_min": 11, "age_max": 17, "difficulty": "intermediate",
    },
    "Python for AP Computer Science": _ONE_TO_ONE | {
        "description": "Practice for school and exam: algorithms, data structures and reading other people's code, at "
        "the student's own pace and with last year's papers.",
        "price": 6000, "age_min": 14, "age_max": 17, "difficulty": "advanced",
    },
    "Saturday Robotics Club": _CLUB | {
        "description": "Six children, one simulated robot and a new task every week. They plan together, test together "
        "and learn to explain what they did.",
        "price": 2500, "age_min": 8, "age_max": 13,
    },
    "Game Jam Club": _CLUB | {
        "description": "A theme on Wednesday, a playable game ninety minutes later. For those who know their way "
        "around Scratch or Python and like working with others.",
        "price": 2500, "age_min": 9, "age_max": 15,
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tutor:
    """`opens` and `closes`: hours by the school's clocks. The tutor's own clocks show `behind` hours less."""

    name: str
    about: str
    courses: tuple[str, ...]
    days: tuple[int, ...]
    opens: int
    closes: int
    rate: int
    zone: str = "America/New_York"
    behind: int = 0

    @property
    def hours(self) -> list[tuple[int, str, str]]:
        return [(day, f"{self.opens - self.behind:02}:00", f"{self.closes - self.behind:02}:00") for day in self.days]

    @property
    def starts(self) -> list[tuple[int, int]]:
        """Weekday and hour of every lesson that fits."""
        return [(day, hour) for day in self.days for hour in range(self.opens, self.closes)]


@dataclass(frozen=True, slots=True)
class Club:
    course: str
    tutor: str
    weekday: int
    starts: str


CLUBS: Final = (
    Club("Saturday Robotics Club", "Maya Chen", 6, "10:00"),
    Club("Game Jam Club", "Julian Brooks", 3, "19:00"),
)

_SCRATCH, _MINECRAFT, _PYTHON, _WEB, _EXAM = list(COURSES)[:5]
_ROBOTS, _JAM = list(COURSES)[5:]
_WEEKDAYS = (1, 2, 3, 4, 5)
_CHICAGO: Final[dict[str, Any]] = {"zone": "America/Chicago", "behind": 1}
_PACIFIC: Final[dict[str, Any]] = {"zone": "America/Los_Angeles", "behind": 3}

TUTORS: Final = (
    Tutor("Maya Chen", "Seven years of teaching children to code, and still surprised by what they build. Leads the "
          "robotics club.", (_SCRATCH, _PYTHON, _ROBOTS), _WEEKDAYS, 14, 19, 2600),
    Tutor("Omar Haddad", "Ten years a Python developer, five a teacher. Patient with questions, strict about names.",
          (_PYTHON, _EXAM), _WEEKDAYS, 15, 20, 2800),
    Tutor("Ines Costa", "A maths teacher by training. Good with children who think that they are not good at it.",
          (_SCRATCH, _MINECRAFT), (1, 2, 3, 6), 14, 18, 2400),
    Tutor("Julian Brooks", "Makes small games and helps others make theirs. Leads the game jam.",
          (_MINECRAFT, _PYTHON, _JAM), (1, 2, 3, 4), 14, 19, 2500),
    Tutor("Priya Nair", "Studied computer science in Pune and New York. Teaches the exam course and enjoys it.",
          (_PYTHON, _EXAM, _WEB), (2, 3, 4, 5), 15, 20, 2900),
    Tutor("Grace Kim", "Web designer in the mornings, tutor in the afternoons. Likes a tidy page.",
          (_WEB, _PYTHON), _WEEKDAYS, 15, 19, 2600),
    Tutor("Andres Herrera", "Teaches in English and Spanish, often to families who speak both.",
          (_SCRATCH, _MINECRAFT, _PYTHON), (1, 3, 5, 6), 13, 18, 2400),
    Tutor("Nora Sullivan", "Was a school librarian. Starts with the story, then finds the code that it needs.",
          (_SCRATCH,), _WEEKDAYS, 14, 18, 2300),
    Tutor("Kofi Mensah", "Robotics engineer. Explains loops with a tea towel and a chair.",
          (_PYTHON, _MINECRAFT), (2, 4, 6), 13, 19, 2500, **_CHICAGO),
    Tutor("Hannah Weiss", "Has taught more than three hundred first lessons and remembers most of them.",
          (_SCRATCH, _MINECRAFT), _WEEKDAYS, 14, 18, 2400, **_CHICAGO),
    Tutor("Daniel Rivera", "Front-end developer. Every student has a page online by the end of the first month.",
          (_WEB,), (1, 2, 4, 6), 14, 19, 2600, **_CHICAGO),
    Tutor("Mei Huang", "Came to code through music. Her students' games always have a good soundtrack.",
          (_SCRATCH, _PYTHON), (1, 2, 3, 4), 15, 19, 2500),
    Tutor("Tomasz Nowak", "University lecturer on leave. Calm, exact, and kind about mistakes.",
          (_PYTHON, _EXAM), (1, 3, 5), 16, 20, 3000, **_PACIFIC),
    Tutor("Zainab Balogun", "Software tester: she knows how things break, and teaches how to mend them.",
          (_PYTHON, _WEB), (2, 4, 5, 6), 16, 20, 2600, **_PACIFIC),
    Tutor("Ethan Foster", "Started with mods at eleven. Teaches what he would have liked to be taught.",
          (_MINECRAFT, _SCRATCH), _WEEKDAYS, 16, 20, 2300, **_PACIFIC),
)  # fmt: skip
