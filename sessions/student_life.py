"""Half a year of a student's life, made up: the courses, and each sitting over one of them; writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from subjects.models import PriorityLevel, Status

ZONE = ZoneInfo("Europe/Berlin")
SEED = 1789
HALF_A_YEAR = timedelta(days=182)
HOLIDAYS = (range(12, 16), range(74, 86), range(127, 131))
"""Days off, counted from the first of the half year."""
TERM_ABROAD = range(95, 110)
ZONE_ABROAD = ZoneInfo("America/New_York")
SITTINGS_A_DAY = {"weekday": (1, 2, 2, 3, 3, 4), "weekend": (0, 0, 0, 1, 1, 2), "before an exam": (3, 4, 4, 5)}
SITTINGS_BEGIN = (time(8), time(10, 45), time(14), time(17, 15), time(20, 15), time(23))
"""So far apart that the longest sitting, begun as late as can be, ends before the next begins."""
LATEST_BEGINNING_MINUTES = 14
REVISION_DAYS = 14


@dataclass(frozen=True)
class Course:
    """A subject, the days of the half year on which it is studied, and its usual minutes; an exam may end it."""

    name: str
    description: str
    priority: PriorityLevel
    status: Status
    goal_hours: int
    days: range
    minutes: tuple[int, int]
    notes: tuple[str, ...]
    has_exam: bool = False

    def is_revised_on(self, day: int) -> bool:
        return self.has_exam and self.days.stop - REVISION_DAYS <= day < self.days.stop


COURSES = (
    Course(
        "Linear Algebra",
        "Lecture on Mondays, problem sheet due on Thursdays.",
        PriorityLevel.HIGH,
        Status.COMPLETED,
        120,
        range(73),
        (60, 150),
        (
            "Problem sheet: eigenvalues & eigenvectors",
            "Lecture notes, chapter 4",
            "Bases; still unsure about quotients",
        ),
        has_exam=True,
    ),
    Course(
        "Organic Chemistry",
        "An elective, dropped after the spring term.",
        PriorityLevel.LOW,
        Status.ARCHIVED,
        60,
        range(60),
        (45, 90),
        ("Alkanes and alkenes", "Lab report", "Flash cards"),
    ),
    Course(
        "Statistics",
        "Exam next week.",
        PriorityLevel.HIGH,
        Status.ACTIVE,
        180,
        range(86, 188),
        (50, 140),
        ("Exercises: p < 0.05 or not", "Maximum likelihood", "Watched the recording at double speed"),
        has_exam=True,
    ),
    Course(
        "Databases",
        "Project with three others.",
        PriorityLevel.MEDIUM,
        Status.ACTIVE,
        140,
        range(86, 183),
        (40, 150),
        ("Normal forms", "Query plans; why is this a Seq Scan?", "Project: schema", "Isolation levels"),
    ),
    Course(
        "Spanish",
        "A little every day.",
        PriorityLevel.MEDIUM,
        Status.ACTIVE,
        60,
        range(183),
        (20, 40),
        ("Vocabulary: en la cocina", "Subjuntivo", "Podcast, twice", "¿Por qué no?"),
    ),
)


@dataclass(frozen=True)
class Sitting:
    """One session before it is written down."""

    course: Course
    start: datetime
    end: datetime
    notes: str
    zone: ZoneInfo


def half_a_year(now: datetime, seed: int = SEED) -> list[Sitting]:
    """What was studied in the 182 days before `now`, in order of time; the same for the same moment."""
    chance = Random(seed)  # noqa: S311 - the life of a student is no secret
    first_day = (now - HALF_A_YEAR).astimezone(ZONE).date()
    sittings = [each for day in range(HALF_A_YEAR.days + 1) for each in one_day(first_day, day, chance)]
    return [each for each in sittings if now - HALF_A_YEAR <= each.start and each.end < now]


def one_day(first_day: date, day: int, chance: Random) -> Iterator[Sitting]:
    """The sittings of one day, none on a holiday; each course is taken up where it is studied at that time."""
    today = first_day + timedelta(days=day)
    courses = courses_of(day)
    if not courses or any(day in holiday for holiday in HOLIDAYS):
        return
    wanted = chance.choice(SITTINGS_A_DAY[kind_of_day(day, today)])
    for begins in sorted(chance.sample(SITTINGS_BEGIN, wanted)):
        yield sit_down(chance.choice(courses), day, datetime.combine(today, begins), chance)


def courses_of(day: int) -> list[Course]:
    """Those that are studied on a day; before an exam, little else than what is examined."""
    studied = [course for course in COURSES if day in course.days]
    return studied + 3 * [course for course in studied if course.is_revised_on(day)]


def kind_of_day(day: int, today: date) -> str:
    if any(course.is_revised_on(day) for course in COURSES):
        return "before an exam"
    return "weekend" if today.isoweekday() > 5 else "weekday"


def sit_down(course: Course, day: int, wall_clock: datetime, chance: Random) -> Sitting:
    """A sitting that begins some minutes after the wall clock's time, and is noted about every other time."""
    late = timedelta(minutes=chance.randint(0, LATEST_BEGINNING_MINUTES))
    zone = ZONE_ABROAD if day in TERM_ABROAD else ZONE
    start = (wall_clock + late).replace(tzinfo=zone).astimezone(UTC)
    notes = "Old exam papers" if course.is_revised_on(day) else chance.choice(course.notes)
    minutes = chance.randint(*course.minutes)
    return Sitting(course, start, start + timedelta(minutes=minutes), notes if chance.random() < 0.6 else "", zone)
